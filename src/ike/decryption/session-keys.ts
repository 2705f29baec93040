/**
 * Key material for reading captured exchanges, wherever it comes from, and what can be wrong with its text.
 *
 * Rule: a fault says where (line and column) and what kind, and never repeats the text: that may be a secret.
 *
 * @module
 */
import type { DirectionKeys, SealingSuite } from '../crypto/sealing-v2.ts';

/** The cipher's key of an IKEv1 SA ("Ka"). The SA is known by its cookie, or by its first IV: hash(g^xi | g^xr). One of them is needed. */
export interface Ikev1SessionKey {
  readonly version: 1;
  readonly kind: 'keys';
  readonly initiatorCookie?: Uint8Array;
  readonly initialIv?: Uint8Array;
  readonly encryptionKey: Uint8Array;
}

/** What one side of an IKEv1 SA knows: g^xy in full length, and the pre-shared key unless signatures authenticate. */
export interface Ikev1SharedSecret {
  readonly version: 1;
  readonly kind: 'secret';
  readonly initiatorCookie: Uint8Array;
  readonly secret: Uint8Array;
  readonly psk?: Uint8Array;
}

/**
 * SK_ei and SK_er (with their salts), SK_ai and SK_ar of an IKEv2 SA. Without SPIs they are tried on every SA; without a
 * suite that of the SA's own negotiation counts, which then has to be in the capture.
 */
export interface Ikev2SessionKeys {
  readonly version: 2;
  readonly kind: 'keys';
  readonly initiatorSpi?: Uint8Array;
  readonly responderSpi?: Uint8Array;
  readonly suite?: SealingSuite;
  readonly initiator: DirectionKeys;
  readonly responder: DirectionKeys;
}

/** The shared secret of an IKE_SA_INIT exchange, in full length. */
export interface Ikev2SharedSecret {
  readonly version: 2;
  readonly kind: 'secret';
  readonly initiatorSpi: Uint8Array;
  readonly responderSpi: Uint8Array;
  readonly secret: Uint8Array;
}

/** All that a `Decryptor` can be given. */
export type SessionKeys = Ikev1SessionKey | Ikev1SharedSecret | Ikev2SessionKeys | Ikev2SharedSecret;

/** What is wrong with a text of keys. */
export type KeyFaultCode =
  /** Not a hexadecimal digit, or an odd number of them. */
  | 'not-hex'
  /** An SPI or cookie that has not 8 octets, a key that fits no cipher, a dump that ends early. */
  | 'wrong-length'
  /** Too few fields, or too many. */
  | 'wrong-field-count'
  /** A quotation mark without its partner. */
  | 'quote-open'
  /** An algorithm that we have no number for, or that would mean reading without a check. */
  | 'algorithm-unknown'
  /** Keys of which one direction is missing, or that nothing ties to an SA. */
  | 'incomplete'
  /** More keys than the limit; the rest was not read. */
  | 'limit-exceeded';

/** Line and column count from 1. */
export interface KeyFault {
  readonly code: KeyFaultCode;
  readonly line: number;
  readonly column: number;
}

/** What a text of keys holds. */
export interface KeyTable {
  readonly keys: readonly SessionKeys[];
  /** At most `KEY_LIMITS.faults`. */
  readonly faults: readonly KeyFault[];
}

/** How much is read from one text. */
export const KEY_LIMITS = { keys: 4096, faults: 1000 } as const;

/** Gathers what a reader finds, within the limits. */
export class KeyCollection {
  readonly keys: SessionKeys[] = [];
  readonly faults: KeyFault[] = [];

  add(keys: SessionKeys, line: number): void {
    if (this.keys.length < KEY_LIMITS.keys) this.keys.push(keys);
    else if (this.faults.at(-1)?.code !== 'limit-exceeded') this.fault('limit-exceeded', line, 1);
  }

  fault(code: KeyFaultCode, line: number, column: number): void {
    if (this.faults.length < KEY_LIMITS.faults) this.faults.push({ code, line, column });
  }
}

const HEX_PAIR = /^[0-9A-Fa-f]{2}$/;

/** Octets of hexadecimal digits, or the index of the first pair that is none. */
export function hexOctets(digits: string): Uint8Array | number {
  const octets = new Uint8Array(Math.floor(digits.length / 2));
  for (let i = 0; i < digits.length; i += 2) {
    const pair = digits.slice(i, i + 2);
    if (!HEX_PAIR.test(pair)) return i;
    octets[i / 2] = Number.parseInt(pair, 16);
  }
  return octets;
}
