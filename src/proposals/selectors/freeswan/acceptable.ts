/**
 * Which AH, ESP and IPCOMP transforms Pluto can use, once they are well formed.
 *
 * @module
 */
import type { Algorithm, Path } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import type { Fault } from './ledger.ts';
import { PLUTO } from './log.ts';
import * as names from './names.ts';
import { type Bench, ipsecName } from './bench.ts';
import { IPSEC, type IpsecTransform } from './phase2-transform.ts';
import { NOTIFY } from './sa.ts';

const HMACS: readonly Algorithm[] = [{ id: 1 }, { id: 2 }];
/** The same as AH transforms. */
const AH_HMACS: readonly Algorithm[] = [{ id: 2 }, { id: 3 }];
const TRIPLE_DES: readonly Algorithm[] = [{ id: 3 }];
/** ESP transforms that are single DES. */
const SINGLE_DES: ReadonlySet<number> = new Set([1, 2, 9]);
/** The AH transform that belongs to an authentication algorithm: MD5, SHA1, DES-MAC, KPDK. */
const AH_OF: ReadonlyMap<number, number> = new Map([
  [1, 2],
  [2, 3],
  [3, 4],
  [4, 2],
]);
const SYNTAX = NOTIFY.badProposalSyntax;

export function judgeAh({ id, auth }: IpsecTransform, path: Path, bench: Bench): readonly Fault[] {
  if (auth === 0) {
    const reason: Reason = { code: 'attribute-missing', attributes: [IPSEC.auth], path };
    return [{ reason, line: PLUTO.write('ahAuthMissing'), notify: SYNTAX }];
  }
  const faults: Fault[] = [];
  const { connection, dialect } = bench;
  const shown = { auth: ipsecName(bench, IPSEC.auth, auth), transform: names.show(dialect.names.ahTransform, id) };
  if (AH_OF.get(auth) !== id) {
    const reason: Reason = { code: 'value-invalid', attribute: IPSEC.auth, value: auth, path };
    faults.push({ reason, line: PLUTO.write('ahInappropriate', shown), notify: SYNTAX });
  }
  if (!HMACS.some((hmac) => hmac.id === auth)) {
    const reason: Reason = AH_HMACS.some((hmac) => hmac.id === id)
      ? { code: 'value-invalid', attribute: IPSEC.auth, value: auth, path }
      : notConfigured('integrity', id, AH_HMACS, path);
    faults.push({ reason, line: PLUTO.write('ahUnsupported', { ...shown, peer: connection.peer }) });
  }
  return faults;
}

/** `besideAh`: an AH proposal stands in the same group, so that ESP need not authenticate. */
export function judgeEsp({ id, auth, keyBits }: IpsecTransform, path: Path, besideAh: boolean, bench: Bench): readonly Fault[] {
  const { connection, dialect } = bench;
  const { peer } = connection;
  const faults: Fault[] = [];
  if (!TRIPLE_DES.some((cipher) => cipher.id === id)) {
    const reason: Reason = SINGLE_DES.has(id)
      ? { code: 'algorithm-forbidden', offered: { slot: 'encryption', id, path }, by: 'FreeS/WAN' }
      : {
          code: 'algorithm-not-configured',
          offered: { slot: 'encryption', id, ...(keyBits > 0 && { keyBits }), path },
          allowed: TRIPLE_DES,
        };
    faults.push({ reason, line: PLUTO.write('espUnsupported', { transform: names.show(dialect.names.espTransform, id), peer }) });
  }
  if (auth === 0 && !besideAh) {
    const reason: Reason = { code: 'slot-missing', slot: 'integrity', allowed: HMACS };
    faults.push({ reason, line: PLUTO.write('espWithoutAuth', { peer }) });
  }
  if (auth !== 0 && !HMACS.some((hmac) => hmac.id === auth)) {
    const line = PLUTO.write('espAuthUnsupported', { auth: ipsecName(bench, IPSEC.auth, auth), peer });
    faults.push({ reason: notConfigured('integrity', auth, HMACS, path), line });
  }
  return faults;
}

export function judgeIpcomp(
  { id }: IpsecTransform,
  path: Path,
  wellKnownCpi: number | undefined,
  { connection, dialect }: Bench,
): readonly Fault[] {
  const allowed = dialect.phase2.wellKnownCpis.map((method) => ({ id: method }));
  const faults: Fault[] = [];
  if (wellKnownCpi !== undefined && wellKnownCpi !== id) {
    const line = PLUTO.write('wrongWellKnownCpi');
    faults.push({ reason: { code: 'structure', detail: line.text, path }, line, notify: SYNTAX });
  }
  if (!allowed.some((method) => method.id === id)) {
    const line = PLUTO.write('ipcompUnsupported', { transform: names.show(dialect.names.ipcompTransform, id), peer: connection.peer });
    faults.push({ reason: notConfigured('compression', id, allowed, path), line });
  }
  return faults;
}

export function notConfigured(
  slot: 'encryption' | 'integrity' | 'compression',
  id: number,
  allowed: readonly Algorithm[],
  path: Path,
): Reason {
  return { code: 'algorithm-not-configured', offered: { slot, id, path }, allowed };
}
