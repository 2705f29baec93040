/**
 * An ISAKMP SA: its cookies, its keys, and the messages of later exchanges sealed and opened under them.
 *
 * @see RFC 2409 §5.5, §5.7, Appendix B
 * @module
 */
import { exchangeHash, type Phase1Keys, phase2Iv } from '../../crypto/keymat-v1.ts';
import { type Cbc, concat, type CryptoProvider, sameOctets } from '../../crypto/provider.ts';
import { decryptChain, decryptedPayloads, encryptChain } from '../../crypto/sealing-v1.ts';
import type { Entropy } from '../../entropy.ts';
import { decodeMessage, encodeMessage, encodePayloadChain, type Message } from '../../message.ts';
import { FLAG, PAYLOAD_V1 } from '../../numbers.ts';
import type { Identification } from '../../payloads/id.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Remembered } from './remembered.ts';
import type { Phase1Suite } from './suite.ts';

export interface Cookies {
  readonly initiatorCookie: Uint8Array;
  readonly responderCookie: Uint8Array;
}

/** One side's view of an ISAKMP SA. */
export interface IsakmpSa extends Cookies {
  readonly provider: CryptoProvider;
  /** Whether we began it. */
  readonly initiator: boolean;
  readonly suite: Phase1Suite;
  readonly keys: Phase1Keys;
  readonly cbc: Cbc;
  /** The last ciphertext block of phase 1, from which every later exchange takes its first IV. */
  readonly lastBlock: Uint8Array;
  readonly peerIdentity: Identification;
  /** Messages go to port 4500, behind the marker. */
  readonly floated: boolean;
  /** The last message of aggressive mode, which nobody acknowledges: repetitions of what comes next bring it along. */
  readonly unconfirmed?: Uint8Array;
  /** What was answered to which datagram, so that a repetition is answered alike. */
  readonly remembered: Remembered;
}

/** Where an exchange after phase 1 is: its message ID and the IV of its next message. */
export interface Chain {
  readonly messageId: number;
  readonly iv: Uint8Array;
}

/** A sealed message, and the chain after it. */
export interface Sealed {
  readonly bytes: Uint8Array;
  readonly chain: Chain;
}

/** An opened message of an exchange, its hash not yet looked at. */
export interface Opened {
  readonly payloads: readonly Payload[];
  /** What the HASH payload says, and the octets behind it that it speaks of. */
  readonly hash: Uint8Array;
  readonly hashed: Uint8Array;
  readonly chain: Chain;
}

/** The protected part of an exchange: what seals and opens are the same for all that have these. */
export type Protection = Cookies & Pick<IsakmpSa, 'provider' | 'keys' | 'cbc' | 'lastBlock'>;

/** The chain of an exchange that begins. */
export function beginChain({ provider, keys, lastBlock }: Protection, messageId: number): Chain {
  return { messageId, iv: phase2Iv(provider, keys.hash, lastBlock, messageId) };
}

/** Never zero, which is phase 1. */
export function newMessageId(random: Entropy): number {
  const [a = 0, b = 0, c = 0, d = 0] = random(4);
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0 || 1;
}

/** HASH over message ID, `before` and the payloads, then these, encrypted. */
export function seal(
  sa: Protection,
  exchange: number,
  chain: Chain,
  payloads: readonly Payload[],
  before: readonly Uint8Array[] = [],
): Sealed {
  const body = encodePayloadChain(payloads, 1);
  const hash = exchangeHash(sa.provider, sa.keys, chain.messageId, ...before, body);
  return sealWith(sa, exchange, chain, hash, payloads);
}

/** The same with a HASH that is made otherwise. */
export function sealWith(
  sa: Protection,
  exchange: number,
  { messageId, iv }: Chain,
  hash: Uint8Array,
  payloads: readonly Payload[],
): Sealed {
  const plain = encodePayloadChain([{ kind: 'hash', type: PAYLOAD_V1.hash, data: hash }, ...payloads], 1);
  const { data, nextIv } = encryptChain(sa.cbc, iv, plain);
  return { bytes: encryptedMessage(sa, { exchange, messageId }, PAYLOAD_V1.hash, data), chain: { messageId, iv: nextIv } };
}

/** A message whose payloads are ciphertext. */
export function encryptedMessage(
  { initiatorCookie, responderCookie }: Cookies,
  { exchange, messageId }: { readonly exchange: number; readonly messageId: number },
  first: number,
  data: Uint8Array,
): Uint8Array {
  const head = { initiatorSpi: initiatorCookie, responderSpi: responderCookie, version: 0x10, exchange, flags: FLAG.encryption, messageId };
  return encodeMessage({ ...head, payloads: [{ kind: 'encrypted', type: first, data }] });
}

/** Opens a message whose first payload has to be a HASH; nothing when the octets do not make sense under these keys. */
export function open(sa: Protection, message: Message, chain: Chain): Opened | undefined {
  const [sealed] = message.payloads;
  if (sealed?.kind !== 'encrypted' || sealed.type !== PAYLOAD_V1.hash) return undefined;
  const decrypted = decryptChain(sa.cbc, chain.iv, sealed.data);
  if (!decrypted) return undefined;
  const { payloads, faults, trailing } = decryptedPayloads(decrypted.data, sealed.type);
  const [hash, ...rest] = payloads;
  if (hash?.kind !== 'hash' || faults.length > 0) return undefined;
  const end = decrypted.data.length - (trailing?.length ?? 0);
  const hashed = decrypted.data.subarray(hash.data.length + 4, end);
  return { payloads: rest, hash: hash.data, hashed, chain: { messageId: chain.messageId, iv: decrypted.nextIv } };
}

/** Opens a message whose HASH covers message ID, `before` and its payloads; nothing when that is not so. */
export function openHashed(sa: Protection, message: Message, chain: Chain, before: readonly Uint8Array[] = []): Opened | undefined {
  const opened = open(sa, message, chain);
  if (!opened) return undefined;
  return sameOctets(opened.hash, exchangeHash(sa.provider, sa.keys, chain.messageId, ...before, opened.hashed)) ? opened : undefined;
}

/** A decoded datagram of this SA, if it claims to be one. */
export function messageOf({ initiatorCookie, responderCookie }: Cookies, datagram: Uint8Array): Message | undefined {
  const decoded = decodeMessage(datagram);
  if (!decoded.ok) return undefined;
  const { header } = decoded.value;
  const ours = sameOctets(header.initiatorSpi, initiatorCookie) && sameOctets(header.responderSpi, responderCookie);
  return ours && header.version >> 4 === 1 ? decoded.value : undefined;
}

/** Both cookies, as deletes and notifications name an ISAKMP SA. */
export const cookiesOf = ({ initiatorCookie, responderCookie }: Cookies): Uint8Array => concat(initiatorCookie, responderCookie);
