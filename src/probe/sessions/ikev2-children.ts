/**
 * Questions about child SAs over an IKEv2 session: each is one CREATE_CHILD_SA, and what comes about is deleted at once.
 *
 * Rule: no child SA outlives its question, and nothing is ever sent through one.
 *
 * @module
 */
import type { ChildOutcome } from '../../ike/exchanges/ikev2/child.ts';
import { createChild } from '../../ike/exchanges/ikev2/create-child.ts';
import { deleteChildren } from '../../ike/exchanges/ikev2/informational.ts';
import { attend, type ChildSa, type Session } from '../../ike/exchanges/ikev2/session.ts';
import type { Script } from '../../ike/exchanges/script.ts';
import type { Slot, Suite } from '../../proposals/model.ts';
import type { Answer, AnswerBody, ChildQuestion, Inference } from '../question.ts';
import { answered, type SaTally, since, type TrafficWish, type Watch } from './watch.ts';

/** What all questions of a session share. */
export interface Asking {
  readonly on: Session;
  readonly watch: Watch;
  readonly tally: SaTally;
  /** Shown each child SA that comes about. */
  readonly seen?: (child: ChildSa) => void;
}

/** Runs an inference; it is told that nothing is asked any more once the session has ended or `stop` says so. */
export function* interviewChildren<T>(asking: Asking, run: Inference<T, ChildQuestion>, traffic: TrafficWish): Script<T> {
  let step = run.next([]);
  while (step.done !== true) {
    const answers: Answer<ChildQuestion>[] = [];
    for (const question of step.value) answers.push(yield* askChild(asking, question, traffic));
    step = run.next(answers);
  }
  return step.value;
}

/** One question. */
export function* askChild(asking: Asking, question: ChildQuestion, traffic: TrafficWish): Script<Answer<ChildQuestion>> {
  const { on, watch } = asking;
  if (on.ended !== undefined || watch.stop()) return answered(question, { kind: 'not-asked' }, []);
  const { outcome, evidence } = yield* makeChild(asking, question, traffic);
  return answered(question, meaningOf(outcome), evidence);
}

/** What became of a child SA that was asked for, and what shows it. */
export interface Made {
  readonly outcome: ChildOutcome;
  readonly evidence: readonly number[];
}

/** One CREATE_CHILD_SA, and its deletion. `transport`: transport mode is asked for. */
export function* makeChild(asking: Asking, { offer, keGroup }: ChildQuestion, { own, peer }: TrafficWish, transport?: true): Script<Made> {
  const { on, watch, tally } = asking;
  const wish = { offer, ownTraffic: own, peerTraffic: peer, ...(transport && { transport }) };
  for (let turn = 0; ; turn++) {
    const mark = watch.mark();
    watch.requested();
    const outcome = yield* createChild(on, wish, { pfs: keGroup ?? 'none', once: true });
    const evidence = since(watch, mark);
    if (outcome.kind === 'refused' && outcome.notify === TEMPORARY_FAILURE && turn < MOST_TURNS) {
      yield* attend(on, on.now + LATER);
      continue;
    }
    const made = outcome.kind === 'established' ? outcome.child : outcome.kind === 'answer' ? outcome.made : undefined;
    if (made) tally.opened++;
    if (outcome.kind === 'established') asking.seen?.(outcome.child);
    // What the exchange itself found wrong it has deleted itself.
    if (outcome.kind === 'established' && (yield* deleteChildren(on, [outcome.child]))) tally.released++;
    else if (made && outcome.kind === 'answer' && on.ended === undefined) tally.released++;
    return { outcome, evidence };
  }
}

/** The peer is busy with a rekeying of its own. @see RFC 7296 §2.25 */
const TEMPORARY_FAILURE = 43;
const INVALID_KE_PAYLOAD = 17;
const MOST_TURNS = 3;
const LATER = 1000;

/** What an outcome says about the question. Single DES, which we do not use, is an answer like any other. */
function meaningOf(outcome: ChildOutcome): AnswerBody {
  switch (outcome.kind) {
    case 'established':
      return chosen(suiteOfSlots(outcome.child.settled.slots));
    case 'refused': {
      const [high = 0, low = 0] = outcome.data;
      if (outcome.notify === INVALID_KE_PAYLOAD && outcome.data.length === 2) return { kind: 'wrong-group', group: (high << 8) | low };
      return { kind: 'refused', notify: outcome.notify, form: { spiSize: 0, messageId: 0, responderSpi: true } };
    }
    case 'answer':
      if (outcome.fault === 'des' && outcome.settled) return chosen(suiteOfSlots(outcome.settled.slots));
      return { kind: 'garbled', code: outcome.fault };
    case 'silence':
      return { kind: 'silence', sends: 0 };
    case 'none':
      return { kind: 'not-asked' };
    default:
      return outcome satisfies never;
  }
}

function chosen(suite: Suite): AnswerBody {
  return { kind: 'chosen', suite, form: { order: [], proposalNumber: 0 } };
}

/** "None" of a slot is no choice; the size of sequence numbers is always one. */
export function suiteOfSlots(slots: ReadonlyMap<Slot, { readonly id: number; readonly keyBits?: number }>): Suite {
  const said = [...slots].filter(([slot, { id }]) => id !== 0 || slot === 'esn');
  const suite = Object.fromEntries(said.map(([slot, { id, keyBits }]) => [slot, keyBits === undefined ? { id } : { id, keyBits }]));
  return { esn: { id: 0 }, ...suite };
}
