/**
 * An IKE SA: its SPIs, its keys, and messages sealed and opened under them.
 *
 * @module
 */
import type { Algorithm, Slot } from '../../../proposals/model.ts';
import { type IkeKeys, ikeKeys, type IkeSeed } from '../../crypto/keymat-v2.ts';
import { type Prf, prf } from '../../crypto/prf.ts';
import { concat, type CryptoProvider } from '../../crypto/provider.ts';
import { sealing, type Sealing, sealingKeyLengths, type SealingSuite } from '../../crypto/sealing-v2.ts';
import type { Entropy } from '../../entropy.ts';
import { decodePayloadChain, type Message } from '../../message.ts';
import { FLAG } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';

/** One side's view of an IKE SA. */
export interface IkeSa {
  /** Whether we were the one who began this SA: the flag in our headers. */
  readonly initiator: boolean;
  readonly initiatorSpi: Uint8Array;
  readonly responderSpi: Uint8Array;
  readonly slots: ReadonlyMap<Slot, Algorithm>;
  readonly prf: Prf;
  readonly keys: IkeKeys;
  readonly outgoing: Sealing;
  readonly incoming: Sealing;
  /** Lives on when IKE_INTERMEDIATE replaces the keys. */
  readonly window: Window;
}

/** Where both sides are in their counting, each with a window of one. @see RFC 7296 §2.2, §2.3 */
export interface Window {
  /** The message ID of our next request. */
  nextRequest: number;
  /** The message ID of the peer's next request. */
  nextExpected: number;
  /** The fragments of that request so far. */
  gathering: Assembly;
  /** Our last response, and the request (or its first fragment) that gets it again. */
  answered?: { readonly request: Uint8Array; readonly datagrams: readonly Uint8Array[] };
  /** Both sides said that they take fragments. */
  fragments: boolean;
}

/** A window of an SA on which nothing was said. */
export function freshWindow(nextRequest: number, nextExpected: number, fragments: boolean): Window {
  return { nextRequest, nextExpected, gathering: new Assembly(), fragments };
}

/** What the keys of an IKE SA are made of. */
export interface IkeMaterial extends IkeSeed {
  readonly window: Window;
  readonly slots: ReadonlyMap<Slot, Algorithm>;
  readonly initiator: boolean;
  readonly skeyseed: Uint8Array;
}

/** Nothing when the backend lacks an algorithm of the suite. */
export function ikeSa(provider: CryptoProvider, material: IkeMaterial): IkeSa | undefined {
  const { slots, initiator, initiatorSpi, responderSpi, skeyseed, window } = material;
  const suite = sealingSuite(slots);
  const lengths = suite && sealingKeyLengths(provider, suite);
  const mac = prf(provider, slots.get('prf')?.id ?? 0);
  if (!suite || !lengths || !mac) return undefined;
  const keys = ikeKeys(mac, material, skeyseed, lengths);
  const ours = sealing(provider, suite, { encryption: initiator ? keys.ei : keys.er, integrity: initiator ? keys.ai : keys.ar });
  const theirs = sealing(provider, suite, { encryption: initiator ? keys.er : keys.ei, integrity: initiator ? keys.ar : keys.ai });
  if (!ours || !theirs) return undefined;
  return { initiator, initiatorSpi, responderSpi, slots, prf: mac, keys, outgoing: ours, incoming: theirs, window };
}

function sealingSuite(slots: ReadonlyMap<Slot, Algorithm>): SealingSuite | undefined {
  const encryption = slots.get('encryption');
  const integrity = slots.get('integrity')?.id;
  return encryption && { encryption, ...(integrity !== undefined && { integrity }) };
}

/** Which message of an IKE SA: a request of ours, or our response to the peer's. */
export interface Place {
  readonly exchange: number;
  readonly messageId: number;
  readonly response: boolean;
}

/** The datagrams of a message: one, or fragments when it is longer than `mostOctets` and the peer takes them. @see RFC 7383 §2.5 */
export function seal(
  sa: IkeSa,
  place: Place,
  payloads: readonly Payload[],
  random: Entropy,
  mostOctets = MOST_OCTETS,
): readonly Uint8Array[] {
  const { initiatorSpi, responderSpi } = sa;
  const flags = (sa.initiator ? FLAG.initiator : 0) | (place.response ? FLAG.response : 0);
  const draft = { initiatorSpi, responderSpi, version: 0x20, exchange: place.exchange, flags, messageId: place.messageId };
  const whole = sa.outgoing.seal(draft, payloads, random);
  return whole.length <= mostOctets || !sa.window.fragments ? [whole] : sa.outgoing.sealFragments(draft, payloads, random, mostOctets);
}

/** IPv6's least MTU less the headers of IP and UDP and a non-ESP marker. */
const MOST_OCTETS = 1280 - 40 - 8 - 4;

/** An opened message. */
export interface Opened {
  readonly payloads: readonly Payload[];
  /** Whether all of them could be read. */
  readonly sound: boolean;
  /** The octets inside, as IKE_INTERMEDIATE authenticates them. */
  readonly plain: Uint8Array;
  readonly first: number;
}

/** Puts the fragments of one message together; those of another ID or count begin anew. It keeps at most `MOST_FRAGMENTS`, and so many octets. */
export class Assembly {
  readonly #parts = new Map<number, { readonly plain: Uint8Array; readonly first: number }>();
  #total = 0;
  #octets = 0;

  /** The datagram of the first fragment: the one whose repetition asks for the response again. @see RFC 7383 §2.6.1 */
  firstDatagram: Uint8Array | undefined;

  /** A message once it is whole; nothing for what cannot be opened or is not yet whole. */
  add(sa: IkeSa, datagram: Uint8Array, message: Message): Opened | undefined {
    const opened = sa.incoming.open(datagram, message);
    if (!opened.ok) return undefined;
    const { plain, first, fragment } = opened;
    if (!fragment) return { payloads: opened.payloads, sound: opened.faults.length === 0, plain, first };
    const { number, total } = fragment;
    if (total > MOST_FRAGMENTS || number < 1 || number > total) return undefined;
    // RFC 7383 §2.6: a larger total replaces what was gathered, a smaller one is passed over.
    if (total < this.#total) return undefined;
    if (total > this.#total) this.#parts.clear();
    if (this.#parts.size === 0) this.#octets = 0;
    this.#total = total;
    if (this.#parts.has(number) || this.#octets + plain.length > MOST_GATHERED) return undefined;
    this.#octets += plain.length;
    this.#parts.set(number, { plain, first });
    if (number === 1) this.firstDatagram = datagram;
    if (this.#parts.size < total) return undefined;
    const parts = [...this.#parts].sort(([a], [b]) => a - b).map(([, part]) => part);
    const whole = concat(...parts.map((part) => part.plain));
    const begin = parts[0]?.first ?? 0;
    const { payloads, faults } = decodePayloadChain(whole, begin, 2);
    return { payloads, sound: faults.length === 0, plain: whole, first: begin };
  }
}

const MOST_FRAGMENTS = 64;
/** More than a chain of certificates has. */
const MOST_GATHERED = 0x2_0000;
