/**
 * IKEv1 SAs of a capture: what their first messages say in the clear, and the chains of IVs.
 *
 * Rule 1: the first KE in the clear is the initiator's, the second the responder's, in main and in aggressive mode.
 * Rule 2: a chain goes on only with a message that opened; a repeated message has the octets, and the answer, of the first.
 * Rule 3: an SA may have several keys: with different pre-shared keys each side has its own, and what it says last is under that one.
 *
 * @see RFC 2409 Appendix B
 * @module
 */
import { OAKLEY, type SuiteTransform } from '../../proposals/model.ts';
import { phase1CipherKey, phase1Iv, phase1Keys, phase2Iv } from '../crypto/keymat-v1.ts';
import { oakleyHash } from '../crypto/prf.ts';
import type { Cbc, CryptoProvider, HashName } from '../crypto/provider.ts';
import { concat, HASH_BYTES } from '../crypto/provider.ts';
import { decryptChain, decryptedPayloads, type OakleyCipher, oakleyCipher } from '../crypto/sealing-v1.ts';
import type { Message } from '../message.ts';
import { type ClosedReason, type Deciphered, isZero, keyOf, MOST_OF_SA, MOST_SAS, RecentMap } from './deciphered.ts';
import type { Ikev1SessionKey, Ikev1SharedSecret } from './session-keys.ts';

/** What is known of an SA. */
interface Sa {
  readonly initiatorCookie: Uint8Array;
  responderCookie: Uint8Array;
  readonly publics: Uint8Array[];
  readonly nonces: Uint8Array[];
  chosen?: SuiteTransform | undefined;
  /** One for each key that may be its own. */
  chains?: readonly Chain[];
  readonly seen: RecentMap<Deciphered>;
}

/** The cipher under its key, and where each exchange's chain stands. */
interface Chain {
  readonly cbc: Cbc;
  readonly blockBytes: number;
  readonly hash: HashName;
  /** The last ciphertext block of phase 1; before the first one, the IV itself. */
  phase1: Uint8Array;
  readonly others: RecentMap<Uint8Array>;
  opened: boolean;
}

/** Every IKEv1 SA that was seen. */
export class SessionsV1 {
  readonly #provider: CryptoProvider;
  readonly #keys: readonly (Ikev1SessionKey | Ikev1SharedSecret)[];
  readonly #begun = new RecentMap<Sa>(MOST_SAS);
  readonly #sas = new RecentMap<Sa>(MOST_SAS);

  constructor(provider: CryptoProvider, keys: readonly (Ikev1SessionKey | Ikev1SharedSecret)[]) {
    this.#provider = provider;
    this.#keys = keys;
  }

  /** One message, in the order of the capture. */
  add(message: Message, octets: Uint8Array): Deciphered {
    const sa = this.#saOf(message);
    const id = keyOf(this.#provider.hash('sha256', octets));
    const before = sa.seen.get(id);
    if (before) return before.state === 'opened' ? { ...before, message, repeated: true } : before;
    const [sealed] = message.payloads;
    if (sealed?.kind !== 'encrypted') {
      learn(sa, message);
      return sa.seen.set(id, { state: 'clear', message });
    }
    const result = this.#open(sa, message, sealed.type, sealed.data);
    // What is closed may open once the rest of its beginning was seen.
    return result.state === 'opened' ? sa.seen.set(id, result) : result;
  }

  /** A first message has no responder's cookie yet: the answer's state begins as a copy, so that several answers do not mix. */
  #saOf({ header: { initiatorSpi, responderSpi } }: Message): Sa {
    const initiator = keyOf(initiatorSpi);
    const begun = this.#begun.get(initiator);
    if (isZero(responderSpi)) return begun ?? this.#begun.set(initiator, newSa(initiatorSpi, responderSpi, begun));
    const id = keyOf(initiatorSpi, responderSpi);
    return this.#sas.get(id) ?? this.#sas.set(id, newSa(initiatorSpi, responderSpi, begun));
  }

  #open(sa: Sa, message: Message, first: number, data: Uint8Array): Deciphered {
    const closed = (reason: ClosedReason): Deciphered => ({ state: 'closed', message, reason });
    const chains = sa.chains ?? this.#begin(sa);
    if (typeof chains === 'string') return closed(chains);
    sa.chains = chains;
    for (const chain of chains) {
      const plain = this.#next(chain, message.header.messageId, data);
      if (plain === undefined) continue;
      const { payloads, faults } = decryptedPayloads(plain, first);
      return { state: 'opened', message, payloads, faults, plain };
    }
    const whole = chains.some(({ blockBytes }) => data.length > 0 && data.length % blockBytes === 0);
    if (!whole) return closed('length');
    return closed(chains.some(({ opened }) => opened) ? 'out-of-order' : 'wrong-key');
  }

  /** The chain goes on with a message that it opens. */
  #next(chain: Chain, messageId: number, data: Uint8Array): Uint8Array | undefined {
    const exchange = String(messageId);
    const iv =
      messageId === 0 ? chain.phase1 : (chain.others.get(exchange) ?? phase2Iv(this.#provider, chain.hash, chain.phase1, messageId));
    const opened = decryptChain(chain.cbc, iv, data);
    if (!opened || !isChainOfPayloads(opened.data)) return undefined;
    chain.opened = true;
    if (messageId === 0) chain.phase1 = opened.nextIv;
    else chain.others.set(exchange, opened.nextIv);
    return opened.data;
  }

  #begin(sa: Sa): readonly Chain[] | ClosedReason {
    const wanted = keyOf(sa.initiatorCookie);
    const named = this.#keys.filter(({ initiatorCookie }) => initiatorCookie && keyOf(initiatorCookie) === wanted);
    if (named.length === 0 && !this.#keys.some((key) => key.kind === 'keys' && key.initialIv)) return 'no-keys';
    const [initiatorPublic, responderPublic] = sa.publics;
    const algorithms = sa.chosen && algorithmsOf(sa.chosen);
    if (!algorithms || !initiatorPublic || !responderPublic) return 'no-beginning';
    const { hash, encryption, keyBits } = algorithms;
    const cipher = encryption === undefined ? undefined : oakleyCipher(this.#provider, encryption, keyBits);
    if (!hash || !cipher) return 'algorithm';
    const whole = phase1Iv(this.#provider, hash, initiatorPublic, responderPublic, HASH_BYTES[hash]);
    const begun = this.#keys.filter((each) => each.kind === 'keys' && each.initialIv && isFrontOf(each.initialIv, whole));
    const keys = [...named, ...begun].map((key) => (key.kind === 'keys' ? key.encryptionKey : this.#derived(sa, key, hash, cipher)));
    if (keys.length === 0) return 'no-keys';
    const octets = keys.filter((key) => key !== undefined);
    if (octets.length === 0) return 'no-beginning';
    const usable = octets.filter(({ length }) => length === cipher.keyBytes);
    if (usable.length === 0) return 'algorithm';
    const { blockBytes } = cipher;
    const phase1 = whole.slice(0, blockBytes);
    return usable.map((key): Chain => {
      return { cbc: cipher.withKey(key), blockBytes, hash, phase1, others: new RecentMap(MOST_OF_SA), opened: false };
    });
  }

  #derived(sa: Sa, { secret, psk }: Ikev1SharedSecret, hash: HashName, { keyBytes }: OakleyCipher): Uint8Array | undefined {
    const [initiatorNonce, responderNonce] = sa.nonces;
    if (!initiatorNonce || !responderNonce) return undefined;
    const { initiatorCookie, responderCookie } = sa;
    const exchange = { hash, initiatorCookie, responderCookie, initiatorNonce, responderNonce, secret };
    const keys = phase1Keys(this.#provider, exchange, psk ? { kind: 'psk', psk } : { kind: 'signature' });
    return phase1CipherKey(this.#provider, keys, keyBytes);
  }
}

function newSa(initiatorCookie: Uint8Array, responderCookie: Uint8Array, begun: Sa | undefined): Sa {
  const [publics, nonces] = [[...(begun?.publics ?? [])], [...(begun?.nonces ?? [])]];
  return { initiatorCookie, responderCookie, publics, nonces, seen: new RecentMap(MOST_OF_SA) };
}

/** Public values, nonces, and of an SA payload that answers the transform that was chosen. */
function learn(sa: Sa, { header, payloads }: Message): void {
  for (const payload of payloads) {
    if (payload.kind === 'ke' && sa.publics.length < 2) sa.publics.push(payload.data);
    if (payload.kind === 'nonce' && sa.nonces.length < 2) sa.nonces.push(payload.data);
    if (payload.kind !== 'sa' || isZero(header.responderSpi)) continue;
    const transform = payload.body.offer.groups[0]?.proposals[0]?.transforms[0];
    if (transform?.kind === 'suite') sa.chosen ??= transform;
  }
}

interface Algorithms {
  readonly hash: HashName | undefined;
  readonly encryption: number | undefined;
  readonly keyBits?: number;
}

function algorithmsOf({ attributes }: SuiteTransform): Algorithms {
  const value = (wanted: number): number | undefined => {
    const attribute = attributes.find(({ type }) => type === wanted);
    return attribute?.form === 'TV' ? attribute.value : undefined;
  };
  const keyBits = value(OAKLEY.keyLength);
  return { hash: oakleyHash(value(OAKLEY.hash) ?? 0), encryption: value(OAKLEY.encryption), ...(keyBits !== undefined && { keyBits }) };
}

/** The shortest block of a cipher of IKE. */
const LEAST_IV = 8;

function isFrontOf(part: Uint8Array, whole: Uint8Array): boolean {
  return part.length >= LEAST_IV && part.length <= whole.length && part.every((octet, i) => octet === whole[i]);
}

/** Whether generic headers lead from the first octet to a last payload. Rubbish does so once in millions. */
function isChainOfPayloads(plain: Uint8Array): boolean {
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  for (let at = 0; at + 4 <= plain.length; ) {
    const length = view.getUint16(at + 2);
    if (plain[at + 1] !== 0 || length < 4 || at + length > plain.length) return false;
    if (plain[at] === 0) return true;
    at += length;
  }
  return false;
}

/** Puts the pieces of a message that was cut before encryption's layer together: each carries a part of the whole message. */
export class FragmentsV1 {
  readonly #sets = new RecentMap<Map<number, Uint8Array>>(MOST_SAS);
  readonly #lasts = new RecentMap<number>(MOST_SAS);

  /** The whole message once its last piece is there; nothing before. */
  add({ header, payloads }: Message): Uint8Array | undefined {
    const [fragment] = payloads;
    if (fragment?.kind !== 'fragment') return undefined;
    const id = `${keyOf(header.initiatorSpi, header.responderSpi)}/${fragment.id ?? 0}`;
    const parts = this.#sets.get(id) ?? this.#sets.set(id, new Map());
    parts.set(fragment.number, fragment.data);
    if (((fragment.flags ?? 0) & 1) !== 0) this.#lasts.set(id, fragment.number);
    const last = this.#lasts.get(id);
    if (last === undefined || parts.size < last) return undefined;
    const inOrder = Array.from({ length: last }, (_, i) => parts.get(i + 1));
    const whole = inOrder.every((part) => part !== undefined) ? concat(...inOrder) : undefined;
    if (whole) parts.clear();
    return whole;
  }
}
