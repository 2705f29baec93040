/**
 * The verdicts on `--offer` as the tree of what was offered: at which algorithm each suite failed.
 *
 * @module
 */
import type { ExchangeReport, OfferVerdict, ReasonView } from '../probe/result.ts';
import { slotName } from './explain.ts';
import type { TraceState, TraceTransform } from './matrix/result.ts';
import { type SuitePart, suiteParts } from './strength.ts';

/** The suites of an offer, an OR, each an AND of its algorithms. One that was accepted is `chosen`, an undecided one `not-looked-at`. */
export function offeredSuites({ exchange, offers }: Pick<ExchangeReport, 'exchange' | 'offers'>): readonly TraceTransform[] {
  return offers.map((offer) => suiteOf(offer, exchange, stateOf(offer)));
}

function stateOf({ accepted, undecided }: OfferVerdict): TraceState {
  if (undecided === true) return 'not-looked-at';
  return accepted ? 'chosen' : 'refused';
}

function suiteOf({ suite, auth, reasons }: OfferVerdict, exchange: string, state: TraceState): TraceTransform {
  const methods = auth === '*' ? [] : auth.map((keyword): SuitePart => ({ slot: 'auth', keyword }));
  const parts = [...suiteParts(suite, exchange), ...methods];
  const attributes = parts.map((part) => ({ text: part.keyword, failed: reasons.some((reason) => isAgainst(reason, part)) }));
  const missing = reasons.flatMap(({ slot, offered }) =>
    slot !== null && offered === null && !parts.some((part) => part.slot === slot) ? [{ text: `no ${slotName(slot)}`, failed: true }] : [],
  );
  return { text: suite, slot: null, state, attributes: [...attributes, ...missing], reasons: reasons.map(({ text }) => text) };
}

/** A combination is refused at all slots of the smallest change that would help. */
function isAgainst({ code, slot, offered, changes = [] }: ReasonView, part: SuitePart): boolean {
  if (code === 'combination-not-accepted') return changes[0] === undefined ? part.slot === slot : part.slot in changes[0];
  return part.slot === slot && (offered === null || offered === part.keyword);
}
