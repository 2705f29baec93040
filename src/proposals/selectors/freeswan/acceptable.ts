/**
 * Which AH, ESP and IPCOMP transforms Pluto can use, once they are well formed.
 *
 * @module
 */
import type { Algorithm, Path } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import type { Fault } from './ledger.ts';
import * as names from './names.ts';
import type { Bench } from './bench.ts';
import { IPSEC, type IpsecTransform } from './phase2-transform.ts';
import { NOTIFY } from './sa.ts';

const HMACS: readonly Algorithm[] = [{ id: 1 }, { id: 2 }];
/** The same as AH transforms. */
const AH_HMACS: readonly Algorithm[] = [{ id: 2 }, { id: 3 }];
const TRIPLE_DES: readonly Algorithm[] = [{ id: 3 }];
const DEFLATE: readonly Algorithm[] = [{ id: 2 }];
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
const AUTH_NAMES = names.IPSEC_VALUE.get(IPSEC.auth) ?? new Map<number, string>();

export function judgeAh({ id, auth }: IpsecTransform, path: Path, { connection }: Bench): readonly Fault[] {
  if (auth === 0) {
    const reason: Reason = { code: 'attribute-missing', attributes: [IPSEC.auth], path };
    return [{ reason, text: 'AUTH_ALGORITHM attribute missing in AH Transform', notify: SYNTAX }];
  }
  const faults: Fault[] = [];
  const shown = names.show(AUTH_NAMES, auth);
  const transform = names.show(names.AH_TRANSFORM, id);
  if (AH_OF.get(auth) !== id) {
    const reason: Reason = { code: 'value-invalid', attribute: IPSEC.auth, value: auth, path };
    faults.push({ reason, text: `${shown} attribute inappropriate in ${transform} Transform`, notify: SYNTAX });
  }
  if (!HMACS.some((hmac) => hmac.id === auth)) {
    const text = `${shown} attribute unsupported in ${transform} Transform from ${connection.peer}`;
    const reason: Reason = AH_HMACS.some((hmac) => hmac.id === id)
      ? { code: 'value-invalid', attribute: IPSEC.auth, value: auth, path }
      : notConfigured('integrity', id, AH_HMACS, path);
    faults.push({ reason, text, debug: true });
  }
  return faults;
}

/** `besideAh`: an AH proposal stands in the same group, so that ESP need not authenticate. */
export function judgeEsp({ id, auth, keyBits }: IpsecTransform, path: Path, besideAh: boolean, { connection }: Bench): readonly Fault[] {
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
    faults.push({ reason, text: `unsupported ESP Transform ${names.show(names.ESP_TRANSFORM, id)} from ${peer}`, debug: true });
  }
  if (auth === 0 && !besideAh) {
    const text = `ESP from ${peer} must either have AUTH or be combined with AH`;
    faults.push({ reason: { code: 'slot-missing', slot: 'integrity', allowed: HMACS }, text, debug: true });
  }
  if (auth !== 0 && !HMACS.some((hmac) => hmac.id === auth)) {
    const text = `unsupported ESP auth alg ${names.show(AUTH_NAMES, auth)} from ${peer}`;
    faults.push({ reason: notConfigured('integrity', auth, HMACS, path), text, debug: true });
  }
  return faults;
}

export function judgeIpcomp({ id }: IpsecTransform, path: Path, wellKnownCpi: number | undefined, { connection }: Bench): readonly Fault[] {
  const faults: Fault[] = [];
  if (wellKnownCpi !== undefined && wellKnownCpi !== id) {
    const text = 'illegal proposal: IPCOMP well-known CPI disagrees with transform';
    faults.push({ reason: { code: 'structure', detail: text, path }, text, notify: SYNTAX });
  }
  if (!DEFLATE.some((method) => method.id === id)) {
    const text = `unsupported IPCOMP Transform ${names.show(names.IPCOMP_TRANSFORM, id)} from ${connection.peer}`;
    faults.push({ reason: notConfigured('compression', id, DEFLATE, path), text, debug: true });
  }
  return faults;
}

function notConfigured(slot: 'encryption' | 'integrity' | 'compression', id: number, allowed: readonly Algorithm[], path: Path): Reason {
  return { code: 'algorithm-not-configured', offered: { slot, id, path }, allowed };
}
