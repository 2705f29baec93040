/**
 * What main mode and aggressive mode have in common: who begins, what can go wrong, and the keys that come of it.
 *
 * @see RFC 2409 §5
 * @module
 */
import type { Offer } from '../../../proposals/model.ts';
import { type Phase1Keys, phase1CipherKey, phase1Hash, phase1Iv, phase1Keys, type Phase1Signed, phase2Iv } from '../../crypto/keymat-v1.ts';
import { type Cbc, type CryptoProvider, type HashName, KeyExchangeError, sameOctets } from '../../crypto/provider.ts';
import { decryptChain, decryptedPayloads } from '../../crypto/sealing-v1.ts';
import type { Entropy } from '../../entropy.ts';
import { decodeMessage, encodePayloadChain, type Message } from '../../message.ts';
import { EXCHANGE, FLAG, PAYLOAD_V1 } from '../../numbers.ts';
import type { Identification } from '../../payloads/id.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Millis } from '../machine.ts';
import type { Patience } from '../script.ts';
import type { Authenticator, ProofFault } from './authenticator.ts';
import { type Cookies, type IsakmpSa, openHashed } from './isakmp-sa.ts';
import { type Ends, findError, type Nat, natHash, VENDOR_IDS, vendorPayload } from './numbers.ts';
import { type AnswerFault, type SuiteTools } from './suite.ts';

/** Who begins phase 1, and with what. */
export interface Phase1Setup {
  readonly provider: CryptoProvider;
  readonly random: Entropy;
  readonly patience: Patience;
  readonly offer: Offer;
  readonly authenticator: Authenticator;
  readonly identity: Pick<Identification, 'idType' | 'data'>;
  /** Both ends, for NAT detection; without them it is not spoken of. */
  readonly ends?: Ends;
  /** Octets of our nonce; 32 when left out. */
  readonly nonceBytes?: number;
}

/** Which pair of messages failed. In aggressive mode the first pair is all three. */
export type Phase1Step = 'proposal' | 'key-exchange' | 'authentication';

export type Phase1Failure =
  /** `repeats`: the peer lives and sends again what it sent before, so ours came to nothing. */
  | { readonly kind: 'silence'; readonly step: Phase1Step; readonly sent: number; readonly repeats?: true }
  /** `authentic`: under our keys, so that it is the peer's word and the keys are the same. */
  | { readonly kind: 'notify'; readonly step: Phase1Step; readonly notify: number; readonly data: Uint8Array; readonly authentic: boolean }
  /** Encrypted, and not under our keys. */
  | { readonly kind: 'undecipherable'; readonly step: 'authentication' }
  | { readonly kind: 'answer'; readonly step: Phase1Step; readonly fault: AnswerFault | 'incomplete' | 'key-exchange' }
  /** In main mode the peer had an SA by then, and was told to delete it; in aggressive mode it waits for our third message. */
  | { readonly kind: 'proof'; readonly step: Phase1Step; readonly fault: ProofFault };

/** An ISAKMP SA, and what was seen on the way. */
export interface Established {
  readonly sa: IsakmpSa;
  readonly nat: Nat;
  readonly vendors: readonly Uint8Array[];
  readonly at: Millis;
}

export type Phase1Result = { readonly ok: true; readonly value: Established } | { readonly ok: false; readonly failure: Phase1Failure };

export const failed = (failure: Phase1Failure): Phase1Result => ({ ok: false, failure });

/**
 * Whether a failure says that the pre-shared keys differ. `certain`: a hash that only another key makes. `likely`: words or silence that a
 * daemon also has for other things, but hardly at this point.
 */
export function anotherKey(failure: Phase1Failure): 'certain' | 'likely' | undefined {
  if (failure.kind === 'proof') return failure.fault === 'hash' ? 'certain' : undefined;
  if (failure.step !== 'authentication') return undefined;
  if (failure.kind === 'undecipherable' || (failure.kind === 'silence' && failure.repeats === true)) return 'likely';
  return failure.kind === 'notify' && !failure.authentic && KEY_NOTIFIES.has(failure.notify) ? 'likely' : undefined;
}

/** INVALID-PAYLOAD-TYPE, PAYLOAD-MALFORMED, INVALID-HASH-INFORMATION, AUTHENTICATION-FAILED: what junk under another key is called. */
const KEY_NOTIFIES: ReadonlySet<number> = new Set([1, 16, 23, 24]);

/** Zero would be no cookie. */
export function newCookie(random: Entropy): Uint8Array {
  const cookie = random(8);
  if (cookie.every((octet) => octet === 0)) cookie[7] = 1;
  return cookie;
}

/** The vendor IDs of a first message. */
export function ownVendors(ends: Ends | undefined): readonly Payload[] {
  return [...(ends ? [vendorPayload(VENDOR_IDS.natTraversal)] : []), vendorPayload(VENDOR_IDS.dpd)];
}

export function vendorsOf(payloads: readonly Payload[]): readonly Uint8Array[] {
  return payloads.flatMap((payload) => (payload.kind === 'vendor' ? [payload.data] : []));
}

export const speaksNat = (vendors: readonly Uint8Array[]): boolean => vendors.some((each) => sameOctets(each, VENDOR_IDS.natTraversal));

/** The body of a payload: what follows its generic header. */
export const bodyOf = (payload: Payload): Uint8Array => encodePayloadChain([payload], 1).subarray(4);

export function identityPayload({ idType, data }: Pick<Identification, 'idType' | 'data'>): Identification {
  return { kind: 'id', type: PAYLOAD_V1.id, idType, protocol: 0, port: 0, data };
}

/** KE and nonce of one side; nothing when one is missing or the nonce has no legal length. @see RFC 2409 §5: 8 to 256 octets */
export function keysOffered(payloads: readonly Payload[]): { readonly publicValue: Uint8Array; readonly nonce: Uint8Array } | undefined {
  const ke = payloads.find(({ kind }) => kind === 'ke');
  const nonce = payloads.find(({ kind }) => kind === 'nonce');
  if (ke?.kind !== 'ke' || nonce?.kind !== 'nonce') return undefined;
  return nonce.data.length < 8 || nonce.data.length > 256 ? undefined : { publicValue: ke.data, nonce: nonce.data };
}

/** A shared secret, or nothing when the peer's value must not be used. */
export function guarded<Value>(compute: () => Value): Value | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof KeyExchangeError) return undefined;
    throw error;
  }
}

/** What both sides have put on the table, from the initiator's and the responder's side. */
export interface Exchanged extends Cookies {
  readonly initiatorPublic: Uint8Array;
  readonly responderPublic: Uint8Array;
  readonly initiatorNonce: Uint8Array;
  readonly responderNonce: Uint8Array;
  readonly secret: Uint8Array;
  /** The body of the initiator's SA payload. */
  readonly sa: Uint8Array;
}

/** The keys of phase 1, its cipher, and the first IV. */
export interface Secured {
  readonly keys: Phase1Keys;
  readonly cbc: Cbc;
  readonly iv: Uint8Array;
}

export function secured(
  provider: CryptoProvider,
  { hash, cipher }: Pick<SuiteTools, 'hash' | 'cipher'>,
  exchanged: Exchanged,
  { method }: Authenticator,
): Secured {
  const keys = phase1Keys(provider, { hash, ...exchanged }, method);
  const cbc = cipher.withKey(phase1CipherKey(provider, keys, cipher.keyBytes));
  return { keys, cbc, iv: phase1Iv(provider, hash, exchanged.initiatorPublic, exchanged.responderPublic, cipher.blockBytes) };
}

/** The hash that an ECDSA method signs with: HASH_I and HASH_R are made with it too, whatever was negotiated. @see RFC 4754 §1, measured on charon */
const METHOD_HASHES: ReadonlyMap<number, HashName> = new Map([
  [9, 'sha256'],
  [10, 'sha384'],
  [11, 'sha512'],
]);

/** HASH_I or HASH_R of an identity, under the method that was settled on. */
export function hashOf(
  provider: CryptoProvider,
  { keys, auth }: { readonly keys: Phase1Keys; readonly auth: number },
  exchanged: Exchanged,
  side: 'initiator' | 'responder',
  identity: Identification,
): Uint8Array {
  const { initiatorPublic, responderPublic, initiatorCookie, responderCookie, sa } = exchanged;
  const signed: Phase1Signed =
    side === 'initiator'
      ? {
          ownPublic: initiatorPublic,
          peerPublic: responderPublic,
          ownCookie: initiatorCookie,
          peerCookie: responderCookie,
          sa,
          identity: bodyOf(identity),
        }
      : {
          ownPublic: responderPublic,
          peerPublic: initiatorPublic,
          ownCookie: responderCookie,
          peerCookie: initiatorCookie,
          sa,
          identity: bodyOf(identity),
        };
  return phase1Hash(provider, { ...keys, hash: METHOD_HASHES.get(auth) ?? keys.hash }, signed);
}

/** NAT-D of one side: first the end it sends to, then its own. @see RFC 3947 §3.2 */
export function natPayloads(
  provider: CryptoProvider,
  tools: Pick<SuiteTools, 'hash'>,
  cookies: Cookies,
  { own, peer }: Ends,
): readonly Payload[] {
  return [peer, own].map((place) => ({ kind: 'natd', type: PAYLOAD_V1.natd, data: natHash(provider, tools.hash, cookies, place) }));
}

/** We are behind a NAT when the peer sends to another place than we have; it is when it has another than we send to. */
export function natOf(
  provider: CryptoProvider,
  tools: Pick<SuiteTools, 'hash'>,
  cookies: Cookies,
  ends: Ends | undefined,
  payloads: readonly Payload[],
): Nat {
  const [towards, ...own] = payloads.flatMap((payload) =>
    payload.kind === 'natd' && payload.type === PAYLOAD_V1.natd ? [payload.data] : [],
  );
  if (!ends || !towards || own.length === 0) return { own: false, peer: false };
  const peerHash = natHash(provider, tools.hash, cookies, ends.peer);
  return {
    own: !sameOctets(towards, natHash(provider, tools.hash, cookies, ends.own)),
    peer: !own.some((each) => sameOctets(each, peerHash)),
  };
}

/** The decoded datagram, if it is of IKEv1 and of the exchange with that initiator's cookie. */
export function begunBy(initiatorCookie: Uint8Array, datagram: Uint8Array): Message | undefined {
  const decoded = decodeMessage(datagram);
  if (!decoded.ok) return undefined;
  const { header } = decoded.value;
  return header.version >> 4 === 1 && sameOctets(header.initiatorSpi, initiatorCookie) ? decoded.value : undefined;
}

export const isEncrypted = ({ header }: Message): boolean => (header.flags & FLAG.encryption) !== 0;

export const isZero = (octets: Uint8Array): boolean => octets.every((octet) => octet === 0);

/** A refusal in the clear. */
export function plainRefusal(message: Message, step: Phase1Step): Phase1Failure | undefined {
  if (message.header.exchange !== EXCHANGE.informationalV1 || isEncrypted(message)) return undefined;
  const error = findError(message.payloads);
  return error && { kind: 'notify', step, notify: error.notify, data: error.data, authentic: false };
}

/**
 * A refusal under keys before phase 1 is over: its IV hangs on what the peer takes for the last block: that of our message or the first IV
 * (charon), or nothing at all (pluto 4.10). One that no key opens says that the keys differ.
 */
export function sealedRefusal(
  protection: Cookies & Pick<IsakmpSa, 'provider' | 'keys' | 'cbc'>,
  message: Message,
  lastBlocks: readonly Uint8Array[],
): Phase1Failure | undefined {
  if (message.header.exchange !== EXCHANGE.informationalV1 || !isEncrypted(message)) return undefined;
  const { messageId } = message.header;
  const blockBytes = lastBlocks[0]?.length ?? 0;
  for (const lastBlock of [...lastBlocks, new Uint8Array()]) {
    const iv = phase2Iv(protection.provider, protection.keys.hash, lastBlock, messageId, blockBytes);
    const opened = openHashed({ ...protection, lastBlock }, message, { messageId, iv });
    const error = opened && findError(opened.payloads);
    if (error) return { kind: 'notify', step: 'authentication', notify: error.notify, data: error.data, authentic: true };
    if (opened) return undefined;
  }
  return { kind: 'undecipherable', step: 'authentication' };
}

/** The payloads of an encrypted phase 1 message and the IV after it; nothing when they make no sense. */
export function openPhase1(
  cbc: Cbc,
  iv: Uint8Array,
  message: Message,
): { readonly payloads: readonly Payload[]; readonly nextIv: Uint8Array } | undefined {
  const [sealed] = message.payloads;
  if (sealed?.kind !== 'encrypted') return undefined;
  const decrypted = decryptChain(cbc, iv, sealed.data);
  if (!decrypted) return undefined;
  const { payloads, faults } = decryptedPayloads(decrypted.data, sealed.type);
  return faults.length > 0 ? undefined : { payloads, nextIv: decrypted.nextIv };
}

/** An ISAKMP SA, made of what phase 1 brought. */
export function isakmpSa(
  provider: CryptoProvider,
  cookies: Cookies,
  made: Pick<IsakmpSa, 'initiator' | 'suite' | 'peerIdentity' | 'floated' | 'lastBlock' | 'remembered'> & Secured,
): IsakmpSa {
  const { initiatorCookie, responderCookie } = cookies;
  const { initiator, suite, keys, cbc, lastBlock, peerIdentity, floated, remembered } = made;
  return { provider, initiatorCookie, responderCookie, initiator, suite, keys, cbc, lastBlock, peerIdentity, floated, remembered };
}
