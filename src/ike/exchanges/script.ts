/**
 * An exchange written from top to bottom: a generator that says what it wants and is told what came, driven as a machine.
 *
 * @module
 */
import type { Input, Machine, Millis, Output } from './machine.ts';

/** What came, and when. */
export interface Happened {
  readonly input: Input;
  readonly now: Millis;
}

/** A part of an exchange: it yields what it wants before it waits, and returns what it was for. */
export type Script<Result, Event = never> = Generator<readonly Output<never, Event>[], Result, Happened>;

/** The machine of a script. The first input must be `start`. */
export function machineOf<Result, Event>(script: (started: Happened) => Script<Result, Event>): Machine<Result, Event> {
  let running: Script<Result, Event> | undefined;
  let ended = false;
  return {
    step(input, now) {
      if (ended) return [];
      const happened = { input, now };
      if (!running && input.kind !== 'start') return [];
      const next = running ? running.next(happened) : (running = script(happened)).next(happened);
      if (next.done !== true) return next.value;
      ended = true;
      return [{ kind: 'done', result: next.value }];
    },
  };
}

/** How a request is repeated. */
export interface Patience {
  /** The first wait; each further one is twice as long. */
  readonly firstWait: Millis;
  /** No wait is longer. */
  readonly longestWait?: Millis;
  /** How often it is sent again. */
  readonly retries: number;
}

export const nextWait = (wait: Millis, { longestWait = Infinity }: Patience): Millis => Math.min(wait * 2, longestWait);

/** Nothing that was accepted came. */
export type NoAnswer = { readonly answered: false; readonly sent: number };
export type Answer<Value> = { readonly answered: true; readonly value: Value; readonly now: Millis } | NoAnswer;

/**
 * Sends datagrams until one comes back that `accept` makes something of. Whatever else comes is passed over or answered
 * aside: it may be forged, late, a repetition, or a request of the peer's own.
 *
 * @see RFC 7296 §2.1: the initiator repeats, the responder answers each repetition alike
 */
export function* request<Value, Event = never>(
  datagrams: readonly Uint8Array[],
  accept: (datagram: Uint8Array, now: Millis) => Value | undefined,
  how: Patience & {
    readonly from: Millis;
    readonly floated?: boolean;
    /** What is said to a datagram that was not accepted: the peer may ask something meanwhile. */
    readonly aside?: (datagram: Uint8Array, now: Millis) => readonly Output<never, Event>[];
  },
  notes: readonly Output<never, Event>[] = [],
): Script<Answer<Value>, Event> {
  const sends = datagrams.map((bytes): Output<never, Event> => ({ kind: 'send', bytes, ...(how.floated === true && { floated: true }) }));
  let wait = how.firstWait;
  let wake = how.from + wait;
  let sent = 1;
  let wants: readonly Output<never, Event>[] = [...notes, ...sends, { kind: 'wake', at: wake }];
  for (;;) {
    const { input, now } = yield wants;
    wants = [];
    if (input.kind === 'datagram') {
      const value = accept(input.bytes, now);
      if (value !== undefined) return { answered: true, value, now };
      wants = how.aside?.(input.bytes, now) ?? [];
    } else if (input.kind === 'timer' && now >= wake) {
      if (sent > how.retries) return { answered: false, sent };
      sent++;
      wait = nextWait(wait, how);
      wake = now + wait;
      wants = [...sends, { kind: 'wake', at: wake }];
    }
  }
}
