/**
 * Questions to a peer and its answers: what an inference yields and what it is fed.
 *
 * An inference is a generator. It owns no socket and no clock, so the same code runs against a live peer, a simulated
 * selector or a recorded transcript.
 *
 * @module
 */
import type { Offer, Suite } from '../proposals/model.ts';

/** The exchange whose first message carries the offer, by its name in reports. */
export type ExchangeName = 'ikev1-main' | 'ikev1-aggressive' | 'ikev2-init';

/** The exchange that carries an offer of child SAs. */
export type ChildExchange = 'ikev1-quick' | 'ikev2-child';

/** One offer to put to the peer. */
export interface Question {
  readonly exchange: ExchangeName;
  readonly offer: Offer;
  /** Group of the KE payload (IKEv2, aggressive mode). In IKEv2 a group outside the offer leaves no state at the peer. */
  readonly keGroup?: number;
  /** A second way to ask that is worth a try when the first gets no answer: the same, but in a small datagram. */
  readonly instead?: Question;
  /** Patience: how many datagrams may be spent on this question; the oracle's default when absent. */
  readonly tries?: number;
}

/** One offer of child SAs, to be put over an authenticated connection. */
export interface ChildQuestion {
  readonly exchange: ChildExchange;
  readonly offer: Offer;
  /** Group of the KE payload; without one no keys are exchanged anew. */
  readonly keGroup?: number;
}

/** Indices into the transcript that show an answer. */
export type Evidence = readonly number[];

/** `reply` is the datagram that answered, if one did. */
export type Answer<Asked = Question> = { readonly evidence: Evidence; readonly asked: Asked; readonly reply?: Uint8Array } & AnswerBody;

/** An answer to whatever was asked. */
export type AnyAnswer = Answer<Question | ChildQuestion>;

export type AnswerBody =
  /** The peer picked one suite; `form` describes how it wrote it. */
  | { readonly kind: 'chosen'; readonly suite: Suite; readonly form: AnswerForm }
  /** INVALID_KE_PAYLOAD: the offer is fine, with this group. */
  | { readonly kind: 'wrong-group'; readonly group: number }
  /** An error notify, and what in its form tells implementations apart. */
  | { readonly kind: 'refused'; readonly notify: number; readonly form: RefusalForm }
  /** The peer speaks another major version. */
  | { readonly kind: 'other-version'; readonly version: number }
  /** Nothing came back although the question was repeated. */
  | { readonly kind: 'silence'; readonly sends: number }
  /** An ICMP error said that nobody listens or that the way is closed. */
  | { readonly kind: 'unreachable'; readonly state: 'refused' | 'prohibited' | 'unreachable' }
  /** Something came back that is no answer to an SA. */
  | { readonly kind: 'garbled'; readonly code: string }
  /** The budget was used up or the user interrupted: the question was not asked. */
  | { readonly kind: 'not-asked' };

/** How a chosen suite was written, for telling implementations apart. */
export interface AnswerForm {
  /** Attribute types (IKEv1) or transform types (IKEv2) in the order of the answer. */
  readonly order: readonly number[];
  readonly proposalNumber: number;
  readonly transformNumber?: number;
  readonly authMethod?: number;
}

/** Octets of the SPI in the notify, message ID of the header, and whether the header names a responder SPI. */
export interface RefusalForm {
  readonly spiSize: number;
  readonly messageId: number;
  readonly responderSpi: boolean;
}

/**
 * The refusal of an IKEv1 peer that has no connection for us at all. strongSwan names both cookies in the notify when it refuses
 * algorithms, and none when it has no connection; who else names none uses message ID 0. Measured on strongSwan 5.9.8, libreswan 4.10.
 */
export function saysNoConnection(answer: AnyAnswer): boolean {
  const { exchange } = answer.asked;
  if (answer.kind !== 'refused' || (exchange !== 'ikev1-main' && exchange !== 'ikev1-aggressive')) return false;
  return answer.notify === 14 && answer.form.spiSize === 0 && answer.form.messageId !== 0;
}

/** Yields a batch of questions that may be in flight together, takes their answers in the same order. */
export type Inference<T, Asked = Question> = Generator<readonly Asked[], T, readonly Answer<Asked>[]>;

export interface Oracle {
  ask(batch: readonly Question[]): Promise<readonly Answer[]>;
}

/** Runs an inference against an oracle. */
export async function interview<T>(run: Inference<T>, oracle: Oracle): Promise<T> {
  let step = run.next([]);
  while (!step.done) step = run.next(await oracle.ask(step.value));
  return step.value;
}

/** Runs an inference against a pure function, for properties. `asked` in an answer says that it answers the other form of the question. */
export function simulate<T, Asked = Question>(
  run: Inference<T, Asked>,
  answer: (question: Asked) => AnswerBody & { readonly asked?: Asked },
): { value: T; questions: Asked[] } {
  const questions: Asked[] = [];
  let step = run.next([]);
  while (!step.done) {
    const asked = step.value;
    step = run.next(asked.map((question) => ({ asked: question, ...answer(question), evidence: [questions.push(question) - 1] })));
  }
  return { value: step.value, questions };
}
