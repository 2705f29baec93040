/**
 * The encrypted payload of IKEv2 under one direction's keys: SK and, piece by piece, SKF.
 *
 * @see RFC 7296 §3.14, RFC 5282, RFC 5930, RFC 7383 §2.5
 * @module
 */
import type { Entropy } from '../entropy.ts';
import { decodeMessage, decodePayloadChain, encodeMessage, encodePayloadChain, type Message, type MessageDraft } from '../message.ts';
import { PAYLOAD_V2 } from '../numbers.ts';
import type { Payload } from '../payloads/index.ts';
import { type Integrity, integrity } from './prf.ts';
import { concat, type CryptoProvider, drawn, sameOctets } from './provider.ts';

/** The algorithms of an IKE SA, in the numbers of IKEv2. */
export interface SealingSuite {
  readonly encryption: { readonly id: number; readonly keyBits?: number };
  /** None with AEAD. */
  readonly integrity?: number;
}

/** What a cipher needs. Lengths in octets. */
interface CipherShape {
  readonly kind: 'cbc' | 'ctr' | 'aead';
  readonly block: 'aes' | 'camellia' | '3des' | 'chacha20';
  readonly mode?: 'gcm' | 'ccm';
  /** The key length when no attribute says another. */
  readonly keyBytes?: number;
  readonly ivBytes: number;
  readonly saltBytes: number;
  readonly icvBytes: number;
}

const gcm = (icvBytes: number): CipherShape => ({ kind: 'aead', block: 'aes', mode: 'gcm', ivBytes: 8, saltBytes: 4, icvBytes });
const ccm = (block: 'aes' | 'camellia', icvBytes: number): CipherShape => ({
  kind: 'aead',
  block,
  mode: 'ccm',
  ivBytes: 8,
  saltBytes: 3,
  icvBytes,
});

/** By encryption transform. DES is not here: nothing is ever sealed with it. */
const CIPHERS: ReadonlyMap<number, CipherShape> = new Map<number, CipherShape>([
  [3, { kind: 'cbc', block: '3des', keyBytes: 24, ivBytes: 8, saltBytes: 0, icvBytes: 0 }],
  [12, { kind: 'cbc', block: 'aes', ivBytes: 16, saltBytes: 0, icvBytes: 0 }],
  [13, { kind: 'ctr', block: 'aes', ivBytes: 8, saltBytes: 4, icvBytes: 0 }],
  [14, ccm('aes', 8)],
  [15, ccm('aes', 12)],
  [16, ccm('aes', 16)],
  [18, gcm(8)],
  [19, gcm(12)],
  [20, gcm(16)],
  [23, { kind: 'cbc', block: 'camellia', ivBytes: 16, saltBytes: 0, icvBytes: 0 }],
  [24, { kind: 'ctr', block: 'camellia', ivBytes: 8, saltBytes: 4, icvBytes: 0 }],
  [25, ccm('camellia', 8)],
  [26, ccm('camellia', 12)],
  [27, ccm('camellia', 16)],
  [28, { kind: 'aead', block: 'chacha20', keyBytes: 32, ivBytes: 8, saltBytes: 4, icvBytes: 16 }],
]);

/** Octets of SK_e (salt included) and SK_a; nothing for a suite that no IKE SA of ours can have. */
export function sealingKeyLengths(
  provider: CryptoProvider,
  suite: SealingSuite,
): { readonly cipherBytes: number; readonly integrityBytes: number } | undefined {
  const shape = CIPHERS.get(suite.encryption.id);
  const keyBytes = keyBytesOf(suite);
  const mac = macOf(provider, suite);
  if (!shape || keyBytes === undefined || (shape.kind !== 'aead' && !mac)) return undefined;
  return { cipherBytes: keyBytes + shape.saltBytes, integrityBytes: shape.kind === 'aead' ? 0 : (mac?.keyBytes ?? 0) };
}

function keyBytesOf({ encryption: { id, keyBits } }: SealingSuite): number | undefined {
  return keyBits === undefined ? CIPHERS.get(id)?.keyBytes : keyBits / 8;
}

function macOf(provider: CryptoProvider, suite: SealingSuite): Integrity | undefined {
  return suite.integrity === undefined || suite.integrity === 0 ? undefined : integrity(provider, suite.integrity);
}

/** Why a message was not opened. */
export type OpenFault = 'not-encrypted' | 'too-short' | 'integrity' | 'padding';

export type Opened =
  | {
      readonly ok: true;
      readonly payloads: readonly Payload[];
      readonly faults: ReturnType<typeof decodePayloadChain>['faults'];
      /** The octets of the payloads, without padding. */
      readonly plain: Uint8Array;
      /** The type of the first payload inside. */
      readonly first: number;
      /** Of a fragment: which, and of how many; its octets belong together with the others'. */
      readonly fragment?: { readonly number: number; readonly total: number };
    }
  | { readonly ok: false; readonly fault: OpenFault };

/** One direction of an IKE SA. */
export interface Sealing {
  /** The message with everything behind its header in one SK payload. */
  seal(draft: Omit<MessageDraft, 'payloads'>, payloads: readonly Payload[], random: Entropy): Uint8Array;
  /** The same in SKF payloads, each message at most that long. */
  sealFragments(
    draft: Omit<MessageDraft, 'payloads'>,
    payloads: readonly Payload[],
    random: Entropy,
    mostOctets: number,
  ): readonly Uint8Array[];
  /** What is in the SK or SKF payload of a message; `decoded` is the same, where somebody has decoded it already. */
  open(message: Uint8Array, decoded?: Message): Opened;
}

/** Key material of one direction: SK_e (salt behind the key) and SK_a. */
export interface DirectionKeys {
  readonly encryption: Uint8Array;
  readonly integrity: Uint8Array;
}

/** Nothing when the backend lacks an algorithm, or a key has the wrong length. */
export function sealing(provider: CryptoProvider, suite: SealingSuite, keys: DirectionKeys): Sealing | undefined {
  const body = protection(provider, suite, keys);
  return body && { seal: sealer(body), sealFragments: fragmenter(body), open: opener(body) };
}

/** Encrypts a plain text under associated data, and back. The IV is in front of what it makes. */
interface Protection {
  readonly ivBytes: number;
  readonly icvBytes: number;
  readonly blockBytes: number;
  protect(head: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array;
  unprotect(head: Uint8Array, iv: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

function protection(
  provider: CryptoProvider,
  suite: SealingSuite,
  { encryption, integrity: macKey }: DirectionKeys,
): Protection | undefined {
  const shape = CIPHERS.get(suite.encryption.id);
  const keyBytes = keyBytesOf(suite);
  if (!shape || keyBytes === undefined || encryption.length !== keyBytes + shape.saltBytes) return undefined;
  const [key, salt] = [encryption.subarray(0, keyBytes), encryption.subarray(keyBytes)];
  if (shape.kind === 'aead') return combined(provider, shape, key, salt);
  const mac = macOf(provider, suite);
  const cipher = mac && plainCipher(provider, shape, key, salt);
  if (!mac || !cipher || macKey.length !== mac.keyBytes) return undefined;
  return {
    ivBytes: shape.ivBytes,
    icvBytes: mac.icvBytes,
    blockBytes: shape.kind === 'cbc' ? shape.ivBytes : 1,
    protect: (head, iv, plain) => {
      const text = cipher.encrypt(iv, plain);
      return concat(text, mac.compute(macKey, head, iv, text));
    },
    unprotect: (head, iv, sealed) => {
      const text = sealed.subarray(0, sealed.length - mac.icvBytes);
      return sameOctets(mac.compute(macKey, head, iv, text), sealed.subarray(text.length)) ? cipher.decrypt(iv, text) : undefined;
    },
  };
}

function combined(provider: CryptoProvider, shape: CipherShape, key: Uint8Array, salt: Uint8Array): Protection | undefined {
  const { block, mode, icvBytes } = shape;
  const name = block === 'chacha20' ? 'chacha20-poly1305' : block === 'camellia' ? 'camellia-ccm' : mode === 'ccm' ? 'aes-ccm' : 'aes-gcm';
  const aead = provider.aead(name, key, icvBytes);
  return (
    aead && {
      ivBytes: shape.ivBytes,
      icvBytes,
      blockBytes: 1,
      protect: (head, iv, plain) => aead.seal(concat(salt, iv), head, plain),
      unprotect: (head, iv, sealed) => aead.open(concat(salt, iv), head, sealed),
    }
  );
}

interface PlainCipher {
  encrypt(iv: Uint8Array, data: Uint8Array): Uint8Array;
  decrypt(iv: Uint8Array, data: Uint8Array): Uint8Array | undefined;
}

function plainCipher(
  provider: CryptoProvider,
  { kind, block, ivBytes }: CipherShape,
  key: Uint8Array,
  salt: Uint8Array,
): PlainCipher | undefined {
  if (block === 'chacha20') return undefined;
  if (kind === 'cbc') {
    const cbc = provider.cbc(block, key);
    return cbc && { encrypt: cbc.encrypt, decrypt: (iv, data) => (data.length % ivBytes === 0 ? cbc.decrypt(iv, data) : undefined) };
  }
  const ctr = block === '3des' ? undefined : provider.ctr(block, key);
  // RFC 5930 §2.3: salt, IV, and a counter that begins at one.
  const run = (iv: Uint8Array, data: Uint8Array): Uint8Array =>
    (ctr as NonNullable<typeof ctr>)(concat(salt, iv, Uint8Array.of(0, 0, 0, 1)), data);
  return ctr && { encrypt: run, decrypt: run };
}

const GENERIC = 4;
const HEADER = 28;
const FRAGMENT_HEAD = 4;

function sealer(body: Protection): Sealing['seal'] {
  return (draft, payloads, random) => {
    const plain = padded(encodePayloadChain(payloads, 2), body.blockBytes);
    const iv = drawn(random, body.ivBytes * 8);
    const size = iv.length + plain.length + body.icvBytes;
    const nextPayload = payloads[0]?.type ?? 0;
    const whole = encodeMessage({
      ...draft,
      payloads: [{ kind: 'encrypted', type: PAYLOAD_V2.encrypted, nextPayload, data: new Uint8Array(size) }],
    });
    return filled(body, whole, HEADER + GENERIC, iv, plain);
  };
}

function fragmenter(body: Protection): Sealing['sealFragments'] {
  return (draft, payloads, random, mostOctets) => {
    const chain = encodePayloadChain(payloads, 2);
    const overhead = HEADER + GENERIC + FRAGMENT_HEAD + body.ivBytes + body.icvBytes + 1;
    const room = Math.floor((mostOctets - overhead + 1) / body.blockBytes) * body.blockBytes - 1;
    if (room < 1) throw new RangeError(`${mostOctets} octets are no room for a fragment`);
    const total = Math.max(1, Math.ceil(chain.length / room));
    if (total > 0xffff) throw new RangeError('more than 65535 fragments');
    return Array.from({ length: total }, (_, i) => {
      const plain = padded(chain.subarray(i * room, (i + 1) * room), body.blockBytes);
      const iv = drawn(random, body.ivBytes * 8);
      const data = new Uint8Array(iv.length + plain.length + body.icvBytes);
      // RFC 7383 §2.5: only the first fragment names the first payload.
      const nextPayload = i === 0 ? (payloads[0]?.type ?? 0) : 0;
      const whole = encodeMessage({
        ...draft,
        payloads: [{ kind: 'fragment', type: PAYLOAD_V2.fragment, nextPayload, number: i + 1, total, data }],
      });
      return filled(body, whole, HEADER + GENERIC + FRAGMENT_HEAD, iv, plain);
    });
  };
}

/** Everything before the IV is the associated data. */
function filled(body: Protection, whole: Uint8Array, at: number, iv: Uint8Array, plain: Uint8Array): Uint8Array {
  whole.set(iv, at);
  whole.set(body.protect(whole.subarray(0, at), iv, plain), at + iv.length);
  return whole;
}

/** Zeros up to a whole block, the last octet counting those before it. */
function padded(plain: Uint8Array, block: number): Uint8Array {
  const length = Math.ceil((plain.length + 1) / block) * block;
  const full = new Uint8Array(length);
  full.set(plain);
  full[length - 1] = length - plain.length - 1;
  return full;
}

function opener(body: Protection): Sealing['open'] {
  return (message, known) => {
    const decoded = known === undefined ? decodeMessage(message) : ({ ok: true, value: known } as const);
    const payload = decoded.ok ? decoded.value.payloads.at(-1) : undefined;
    const sealed = payload?.kind === 'encrypted' || payload?.kind === 'fragment' ? payload : undefined;
    if (sealed === undefined || sealed.length !== undefined) return { ok: false, fault: 'not-encrypted' };
    const { data } = sealed;
    if (data.length < body.ivBytes + body.icvBytes + 1) return { ok: false, fault: 'too-short' };
    // It is the last payload, and a view into the message.
    const at = data.byteOffset - message.byteOffset;
    const iv = data.subarray(0, body.ivBytes);
    const plain = body.unprotect(message.subarray(0, at), iv, data.subarray(body.ivBytes));
    if (plain === undefined) return { ok: false, fault: 'integrity' };
    const pad = plain.at(-1) ?? 0;
    if (pad + 1 > plain.length) return { ok: false, fault: 'padding' };
    const inside = plain.subarray(0, plain.length - pad - 1);
    const first = sealed.nextPayload ?? 0;
    if (sealed.kind === 'fragment') {
      return { ok: true, payloads: [], faults: [], plain: inside, first, fragment: { number: sealed.number, total: sealed.total ?? 0 } };
    }
    const { payloads, faults } = decodePayloadChain(inside, first, 2);
    return { ok: true, payloads, faults, plain: inside, first };
  };
}
