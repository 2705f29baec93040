/**
 * A phase 2 transform against the lines of `esp=` and `ah=`.
 *
 * @see libreswan `ikev1_verify_esp`, `ikev1_verify_ah`
 * @module
 */
import type { Algorithm, Choice, Slot } from '../../model.ts';
import type { LogLine } from '../../log-lines.ts';
import { choiceReason } from '../../rules.ts';
import type { Reason } from '../../verdict.ts';
import { NONE } from './algorithms.ts';
import { acceptsAnything, allowed, type Bench, wantsOf } from './bench.ts';
import { AH, ESP, fatal } from './ipsec-reading.ts';
import type { IpsecTransform } from './ipsec-transform.ts';
import type { Fault } from './ledger.ts';
import { book } from './log.ts';
import * as names from './names.ts';

const NEGOTIATION = 'ikev1-phase2';

/** Of AH the first transform that can be understood is compared with the policy, and no other. */
export function judgeAh({ integrity, id, path }: IpsecTransform, bench: Bench): readonly Fault[] | 'next-group' {
  const { release, ledger } = bench;
  const offered: Choice = { slot: 'integrity', id, path };
  if (!integrity) return [{ reason: { code: 'algorithm-unknown', offered }, line: book.write('ahIgnored') }];
  if (integrity.ah !== id) {
    const transform = names.longName(names.AH_TRANSFORM, id, release);
    return [fatal(book.write('inappropriate', { integrity: integrity.name, transform }), path)];
  }
  const wants = wantsOf(bench).filter(({ protocol }) => protocol === AH);
  const wanted = wants.flatMap((want) => allowed(want, 'integrity'));
  if (wanted.some((each) => each.id === id) || (wants.length > 0 && acceptsAnything(bench))) return [];
  const line = wants.length === 0 ? book.write('ahUnset') : book.write('ahRefused', { integrity: integrity.name });
  ledger.refuse(path, [
    { reason: protocolReason(AH, bench) ?? choiceReason(offered, wanted, { negotiation: NEGOTIATION, protocol: AH }), line },
  ]);
  return 'next-group';
}

/** @param ahMode of the AH transform beside it, if there is one */
export function judgeEsp(transform: IpsecTransform, ahMode: number | undefined, bench: Bench): readonly Fault[] {
  const { cipher, integrity, id, path, keyBits, mode, keyed } = transform;
  const offered: Choice = { slot: 'encryption', id, path, ...(keyed && { keyBits }) };
  const refuse = (reason: Reason, line?: LogLine): Fault[] => [{ reason, ...(line && { line }) }];
  const protocol = protocolReason(ESP, bench);
  if (protocol) return refuse(protocol, book.write('espUnset'));
  if (!cipher) {
    const known = names.known(names.ESP_TRANSFORM, id);
    const reason: Reason = known
      ? { code: 'algorithm-not-configured', offered, allowed: wantedOf('encryption', bench) }
      : { code: 'algorithm-unknown', offered };
    return refuse(reason, book.write('espUnknownCipher'));
  }
  if (cipher.nowhere === true) {
    const reason: Reason = { code: 'algorithm-not-configured', offered, allowed: wantedOf('encryption', bench) };
    return refuse(reason, book.write('espNotInKernel', { cipher: cipher.name }));
  }
  const authChoice = transform.choices.find(({ slot }) => slot === 'integrity');
  if (!integrity) {
    return refuse(
      authChoice ? { code: 'algorithm-unknown', offered: authChoice } : { code: 'algorithm-unknown', offered },
      book.write('espUnknownIntegrity'),
    );
  }
  const reasons = acceptsAnything(bench) ? [] : espMismatches(offered, keyBits, integrity.auth ?? NONE, authChoice, bench);
  if (reasons.length > 0) return reasons.map((reason) => ({ reason }));
  if (integrity.auth === NONE && cipher.aead !== true && ahMode === undefined) {
    return refuse(
      { code: 'slot-missing', slot: 'integrity', allowed: wantedOf('integrity', bench) },
      book.write('espNeedsAuth', { peer: '%any' }),
    );
  }
  if (ahMode === undefined || ahMode === mode) return [];
  return refuse({ code: 'policy-requires', what: 'one mode for AH and ESP', path }, book.write('modesDisagree'));
}

/** IPCOMP: only DEFLATE; others are passed over without a word. */
export function judgeIpcomp({ deflate, id, path }: IpsecTransform): readonly Fault[] {
  if (deflate) return [];
  return [{ reason: { code: 'algorithm-not-configured', offered: { slot: 'compression', id, path }, allowed: [{ id: 2 }] } }];
}

function protocolReason(protocol: number, bench: Bench): Reason | undefined {
  const configured = [...new Set(wantsOf(bench).map((want) => want.protocol))];
  return configured.includes(protocol) ? undefined : { code: 'protocol-mismatch', offered: protocol, allowed: configured };
}

function wantedOf(slot: Slot, bench: Bench): Algorithm[] {
  return wantsOf(bench).flatMap((want) => allowed(want, slot));
}

/** Nothing when a line is met; else what is wrong with the one that is nearest. */
function espMismatches(offered: Choice, keyBits: number, auth: number, authChoice: Choice | undefined, bench: Bench): readonly Reason[] {
  let best: readonly Reason[] | undefined;
  for (const want of wantsOf(bench)) {
    if (want.protocol !== ESP) continue;
    const reasons: Reason[] = [];
    const ciphers = allowed(want, 'encryption');
    const at = { negotiation: NEGOTIATION, protocol: ESP } as const;
    // No length on either side is like any length.
    const fits = ciphers.some((each) => each.id === offered.id && ((each.keyBits ?? 0) === 0 || keyBits === 0 || each.keyBits === keyBits));
    if (!fits) reasons.push(choiceReason(offered, ciphers, at));
    const integrities = allowed(want, 'integrity');
    const wanted = integrities.length === 0 ? [{ id: NONE }] : integrities;
    if (!wanted.some(({ id }) => id === auth)) {
      reasons.push(authChoice ? choiceReason(authChoice, wanted, at) : { code: 'slot-missing', slot: 'integrity', allowed: wanted });
    }
    if (best === undefined || reasons.length < best.length) best = reasons;
  }
  return best ?? [];
}
