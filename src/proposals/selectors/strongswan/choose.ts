/**
 * What the four negotiations have in common: reading, searching, and the selection in the offer's own terms.
 *
 * @module
 */
import { type Clause, clauses } from '../../clauses.ts';
import type { LogLine } from '../../log-lines.ts';
import type { Choice, Negotiation, Path } from '../../model.ts';
import type { Selection } from '../../verdict.ts';
import { judgement, notify, refusal } from '../answers.ts';
import type { Notification, Request, Response, Situation } from '../profile.ts';
import { type CharonTransform, type Selected, type SelectionFlags, TYPE } from './algebra.ts';
import type { PayloadFault, Substructure } from './payload.ts';
import type { SETTINGS } from './settings.ts';
import { LOG } from './log.ts';

export type Here = Situation<typeof SETTINGS>;

/** The flags that settings and vendor IDs set. */
export function flagsOf({ kin }: Request, { setting, release }: Here): SelectionFlags {
  return {
    skipPrivate: kin !== true && setting('accept_private_algs') === 'no',
    preferSupplied: setting('prefer_configured_proposals') === 'no',
    additionalKe: release.since('6.0'),
  };
}

/** A payload that was refused before anything was compared. */
export function malformed(
  fault: PayloadFault,
  type: number,
  how: Partial<Omit<Notification, 'kind' | 'type'>>,
  more: readonly LogLine[],
): Response {
  const trace = [judgement([], [{ code: 'structure', detail: fault.detail, path: fault.path }], { shown: 1, fatal: type })];
  return refusal(notify(type, how), trace, [...fault.logs, ...more]);
}

/** What was chosen, in the numbers of the offer. */
export function selectionOf({ supplied, chosen }: Selected, substructures: readonly Substructure[], negotiation: Negotiation): Selection {
  const [group = 0] = supplied.path ?? [];
  const own = supplied.path && clauseAt(negotiation, substructures, supplied.path);
  const places = new Set(chosen.map(({ path }) => path?.join()));
  const choices: Choice[] = [];
  for (const offered of own?.slots.values() ?? []) {
    const taken = offered.find(({ path }) => places.has(path.join()));
    if (taken) choices.push(withKeyBits(taken, chosen));
  }
  return { group, parts: [{ path: supplied.path ?? [], protocol: supplied.protocol, choices }] };
}

const made = new WeakMap<Substructure, readonly Clause[]>();

/** The clause that the proposal at a path was made of; those of a substructure are made once. */
export function clauseAt(negotiation: Negotiation, substructures: readonly Substructure[], path: Path): Clause | undefined {
  const [group, place, transform = 0] = path;
  const from = substructures.find((each) => each.path[0] === group && each.path[1] === place);
  if (from === undefined) return undefined;
  let own = made.get(from);
  if (own === undefined) made.set(from, (own = clauses(negotiation, from.proposal, from.path)));
  return own[transform];
}

/** A key length that was left out, and that charon assumes. */
function withKeyBits(choice: Choice, chosen: readonly CharonTransform[]): Choice {
  const cipher = choice.slot === 'encryption' ? chosen.find(({ type }) => type === TYPE.encryption) : undefined;
  return cipher && cipher.keyBits !== 0 ? { ...choice, keyBits: cipher.keyBits } : choice;
}

/** `… processing failed`; the message ID is known in first messages only. */
export function processingFailed(exchange: string, direction: 'request' | 'response' = 'request'): LogLine {
  return LOG.write('processingFailed', { exchange, direction, id: 0 });
}
