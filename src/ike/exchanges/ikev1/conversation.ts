/**
 * Waiting for an answer while the peer may begin something of its own: what it asks meanwhile is answered, and goes on being waited for.
 *
 * @module
 */
import type { Millis, Output } from '../machine.ts';
import { nextWait, type Patience, type Script } from '../script.ts';

/** What happens besides the result of an exchange. Nothing secret is ever in it. */
export type Ikev1Event =
  /** The peer said something under the keys that we did not ask for; `notify` below 16384 is an error. */
  | { readonly kind: 'notified'; readonly notify: number; readonly protocol: number; readonly spi: Uint8Array }
  | { readonly kind: 'deleted'; readonly protocol: number; readonly spis: readonly Uint8Array[] }
  /** It asked whether we live, and was told so. */
  | { readonly kind: 'asked-alive' }
  /** It wanted a user name and password, or gave or asked for addresses: refused. */
  | { readonly kind: 'config-refused'; readonly what: 'xauth' | 'mode-config' }
  /** A datagram of this SA that cannot be opened, or whose hash is wrong. */
  | { readonly kind: 'passed-over'; readonly exchange: number };

export type Says = Output<never, Ikev1Event>;

/** What a datagram is: the answer, or something aside, or nothing to us. */
export type Heard<Value> = { readonly value: Value } | { readonly says: readonly Says[] } | undefined;

/** What came, or that nothing did; and when that was known. */
export type Answer<Value> =
  | { readonly answered: true; readonly value: Value; readonly now: Millis }
  | { readonly answered: false; readonly sent: number; readonly now: Millis };

/** How datagrams are sent. */
export interface Manner extends Patience {
  readonly from: Millis;
  readonly floated: boolean;
  /** Goes ahead of each repetition. */
  readonly again?: readonly Uint8Array[];
}

export const sends = (datagrams: readonly Uint8Array[], floated: boolean): Says[] =>
  datagrams.map((bytes) => ({ kind: 'send', bytes, ...(floated && { floated: true }) }));

/**
 * Sends datagrams until `hear` finds the answer among what comes.
 *
 * @see RFC 2408 §5.1: the one who waits repeats
 */
export function* converse<Value>(
  datagrams: readonly Uint8Array[],
  hear: (datagram: Uint8Array) => Heard<Value>,
  how: Manner,
): Script<Answer<Value>, Ikev1Event> {
  const request = sends(datagrams, how.floated);
  let wait = how.firstWait;
  let wake = how.from + wait;
  let sent = 1;
  let wants: readonly Says[] = [...request, { kind: 'wake', at: wake }];
  for (;;) {
    const { input, now } = yield wants;
    wants = [];
    if (input.kind === 'datagram') {
      const heard = hear(input.bytes);
      if (heard && 'value' in heard) return { answered: true, value: heard.value, now };
      wants = heard?.says ?? [];
    } else if (input.kind === 'timer' && now >= wake) {
      if (sent > how.retries) return { answered: false, sent, now };
      sent++;
      wait = nextWait(wait, how);
      wake = now + wait;
      wants = [...sends(how.again ?? [], how.floated), ...request, { kind: 'wake', at: wake }];
    }
  }
}

/** Sends what nobody answers, and listens for so long. */
export function* sendAway(
  datagrams: readonly Uint8Array[],
  hear: (datagram: Uint8Array) => Heard<never>,
  how: { readonly from: Millis; readonly floated: boolean; readonly linger: Millis },
): Script<void, Ikev1Event> {
  yield* converse(datagrams, hear, { ...how, firstWait: how.linger, retries: 0 });
}
