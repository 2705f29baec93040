/**
 * A phase 1 transform against the lines of `ike=`: all of one line must be met.
 *
 * @see libreswan `ikev1_verify_ike`
 * @module
 */
import type { Algorithm, Path, Slot } from '../../model.ts';
import type { Want } from '../../policy.ts';
import { choiceReason } from '../../rules.ts';
import type { Reason } from '../../verdict.ts';
import { acceptsAnything, allowed, type Bench, wantsOf } from './bench.ts';
import type { Fault } from './ledger.ts';
import { book } from './log.ts';
import type { Settled } from './oakley-transform.ts';

const AT = { negotiation: 'ikev1-phase1', protocol: 1 } as const;
const SLOTS = ['encryption', 'hash', 'group'] as const;
/** In the log's order. */
const WORDS = { encryption: 'encryption', hash: 'PRF', group: 'DH' } as const;

/**
 * Nothing when a line is met. One fault for each thing that is not, the first with pluto's words.
 *
 * @param before what was wrong already, and is not said twice
 */
export function policyFaults(settled: Settled, path: Path, before: readonly Fault[], bench: Bench): Fault[] {
  const { cipher, keyBits, prf, group, choices } = settled;
  const has = { encryption: cipher, hash: prf, group };
  const absent = SLOTS.filter((slot) => has[slot] === undefined);
  const missing = absent
    .filter((slot) => !choices.has(slot))
    .map((slot): Fault => {
      const line = book.write('missing', { what: WORDS[slot] });
      return { reason: { code: 'slot-missing', slot, allowed: allOf(slot, bench) }, line };
    });
  if (acceptsAnything(bench)) return missing;
  const blamed = new Set(
    before.flatMap(({ reason }) =>
      'offered' in reason && typeof reason.offered === 'object' && 'slot' in reason.offered ? [reason.offered.slot] : [],
    ),
  );
  const reasons = nearest(settled, bench).filter(
    (reason) => !('offered' in reason && typeof reason.offered === 'object' && 'slot' in reason.offered && blamed.has(reason.offered.slot)),
  );
  if (reasons.length === 0 || cipher === undefined || prf === undefined || group === undefined) {
    return [...missing, ...reasons.map((reason) => ({ reason }))];
  }
  const line = book.write('refused', { cipher: cipher.name, bits: keyBits, prf: prf.name, group: group.name });
  const [first, ...more] = reasons;
  return [{ reason: first ?? { code: 'structure', detail: line.text, path }, line }, ...more.map((reason) => ({ reason }))];
}

function allOf(slot: Slot, bench: Bench): Algorithm[] {
  return wantsOf(bench).flatMap((want) => allowed(want, slot));
}

/** What is wrong with respect to the line that is nearest; nothing when one is met. Empty policy: nothing suits. */
function nearest(settled: Settled, bench: Bench): readonly Reason[] {
  let best: readonly Reason[] | undefined;
  for (const want of wantsOf(bench)) {
    const reasons = mismatches(settled, want);
    if (best === undefined || reasons.length < best.length) best = reasons;
  }
  return best ?? SLOTS.flatMap((slot) => reasonsOf(slot, settled, [], false));
}

function mismatches(settled: Settled, want: Want): Reason[] {
  return SLOTS.flatMap((slot) => {
    const wanted = allowed(want, slot);
    // No length on either side is like any length.
    const fits = wanted.some(({ id, keyBits = 0 }) => {
      if (settled.choices.get(slot)?.id !== id) return false;
      return slot !== 'encryption' || keyBits === 0 || settled.keyBits === 0 || keyBits === settled.keyBits;
    });
    return reasonsOf(slot, settled, wanted, fits);
  });
}

function reasonsOf(slot: Slot, { choices, keyBits, cipher }: Settled, wanted: readonly Algorithm[], fits: boolean): Reason[] {
  const offered = choices.get(slot);
  if (fits || offered === undefined) return [];
  return [choiceReason(slot === 'encryption' && cipher?.fixed !== true && keyBits > 0 ? { ...offered, keyBits } : offered, wanted, AT)];
}
