/**
 * What becomes of one message of a capture.
 *
 * @module
 */
import type { Message } from '../message.ts';
import type { Payload } from '../payloads/index.ts';

/** Why a message stays closed. */
export type ClosedReason =
  /** The octets are no IKE message. */
  | 'not-ike'
  /** No key was given for its SA. */
  | 'no-keys'
  /** What the keys need besides (negotiated algorithms, public values) was not captured. */
  | 'no-beginning'
  /** The SA settled on what this backend cannot do, or on DES; or a key has another length. */
  | 'algorithm'
  /** Too short, or not whole blocks. */
  | 'length'
  /** IKEv2: no given key makes the checksum right. */
  | 'integrity'
  /** IKEv2: the padding is longer than the message. */
  | 'padding'
  /** IKEv1, which has no checksum: the key opened nothing yet, and this is no payload chain either. */
  | 'wrong-key'
  /** IKEv1: the key is right, but the message before this one is missing. */
  | 'out-of-order'
  /** More or other fragments than can belong together. */
  | 'fragments';

/** One message: as it was captured, and what was inside. */
export type Deciphered =
  /** Nothing in it is encrypted. */
  | { readonly state: 'clear'; readonly message: Message }
  | {
      readonly state: 'opened';
      /** As captured; of a fragmented message its last fragment. */
      readonly message: Message;
      readonly payloads: readonly Payload[];
      /** Offsets count from the first octet inside. */
      readonly faults: Message['faults'];
      /** The octets of the payloads. */
      readonly plain: Uint8Array;
      /** The same octets as an earlier message. */
      readonly repeated?: true;
    }
  /** Read, but others are missing before the message is whole. */
  | { readonly state: 'fragment'; readonly message: Message; readonly number: number; readonly total?: number }
  | { readonly state: 'closed'; readonly message?: Message; readonly reason: ClosedReason };

/** A map that forgets its oldest entry beyond a number. */
export class RecentMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): V {
    this.#entries.set(key, value);
    if (this.#entries.size > this.#most) this.#entries.delete(this.#entries.keys().next().value ?? '');
    return value;
  }
}

/** SAs remembered at once, and messages or exchanges remembered of each. */
export const MOST_SAS = 4096;
export const MOST_OF_SA = 256;

/** Octets as a key of a map. */
export function keyOf(...parts: readonly Uint8Array[]): string {
  return parts.map((part) => Array.from(part, (octet) => octet.toString(16).padStart(2, '0')).join('')).join('-');
}

/** Whether an SPI or cookie is not yet chosen. */
export const isZero = (spi: Uint8Array): boolean => spi.every((octet) => octet === 0);
