/**
 * Captured IKE messages → what they say, given keys. Both versions, both directions, no network and no clock.
 *
 * Rule 1: never throws on any octets; what stays closed says why.
 * Rule 2: memory is bounded: the oldest SAs and exchanges are forgotten.
 * Rule 3: keys are used, never shown: no result holds one.
 *
 * @module
 */
import type { CryptoProvider } from '../crypto/provider.ts';
import { decodeMessage, type Message, versionOf } from '../message.ts';
import type { Deciphered } from './deciphered.ts';
import type { Ikev1SessionKey, Ikev1SharedSecret, Ikev2SessionKeys, Ikev2SharedSecret, SessionKeys } from './session-keys.ts';
import { FragmentsV1, SessionsV1 } from './sessions-v1.ts';
import { SessionsV2 } from './sessions-v2.ts';

/**
 * Reads the messages of any number of SAs, fed in the order in which they were sent.
 *
 * @example
 * const decryptor = new Decryptor(portable, readIkev2DecryptionTable(text).keys);
 * for (const octets of messages) {
 *   const read = decryptor.add(octets);
 *   if (read.state === 'opened') show(read.payloads);
 * }
 */
export class Decryptor {
  readonly #v1: SessionsV1;
  readonly #v2: SessionsV2;
  readonly #fragments = new FragmentsV1();

  constructor(provider: CryptoProvider, keys: readonly SessionKeys[]) {
    this.#v1 = new SessionsV1(provider, keys.filter(isV1));
    this.#v2 = new SessionsV2(provider, keys.filter(isV2));
  }

  /** One IKE message, without the marker of port 4500 (`ikeMessageOf` takes it off). */
  add(octets: Uint8Array): Deciphered {
    const decoded = decodeMessage(octets);
    const version = decoded.ok ? versionOf(decoded.value.header) : undefined;
    if (!decoded.ok || version === undefined) return { state: 'closed', reason: 'not-ike' };
    return version === 2 ? this.#v2.add(decoded.value, octets) : this.#addV1(decoded.value, octets);
  }

  #addV1(message: Message, octets: Uint8Array): Deciphered {
    const [fragment] = message.payloads;
    if (fragment?.kind !== 'fragment') return this.#v1.add(message, octets);
    const whole = this.#fragments.add(message);
    if (!whole) return { state: 'fragment', message, number: fragment.number };
    const decoded = decodeMessage(whole);
    const inner = decoded.ok ? decoded.value : undefined;
    // A whole message that is itself a fragment is nobody's.
    if (!inner || versionOf(inner.header) !== 1 || inner.payloads[0]?.kind === 'fragment') {
      return { state: 'closed', message, reason: 'fragments' };
    }
    return this.#v1.add(inner, whole);
  }
}

function isV1(keys: SessionKeys): keys is Ikev1SessionKey | Ikev1SharedSecret {
  return keys.version === 1;
}

function isV2(keys: SessionKeys): keys is Ikev2SessionKeys | Ikev2SharedSecret {
  return keys.version === 2;
}

const NAT_PORT = 4500;
const MARKER = 4;

/**
 * The IKE message of a UDP datagram by its ports: behind four zero octets on port 4500, where anything else is ESP or a keepalive.
 *
 * @see RFC 3948 §2.2
 */
export function ikeMessageOf(payload: Uint8Array, sourcePort: number, destinationPort: number): Uint8Array | undefined {
  if (sourcePort !== NAT_PORT && destinationPort !== NAT_PORT) return payload;
  const marked = payload.length > MARKER && payload.subarray(0, MARKER).every((octet) => octet === 0);
  return marked ? payload.subarray(MARKER) : undefined;
}
