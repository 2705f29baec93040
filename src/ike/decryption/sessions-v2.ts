/**
 * IKEv2 SAs of a capture: which suite each negotiated, which keys open its messages, and fragments put together.
 *
 * Rule 1: nothing is opened without its checksum: keys that name no SA can be tried on all of them.
 * Rule 2: an SA may have several sets of keys, as after IKE_INTERMEDIATE with another key exchange (RFC 9370); the one
 *         that opened the last message is tried first.
 *
 * @module
 */
import { sameOctets, concat, type CryptoProvider } from '../crypto/provider.ts';
import { ikeKeys, skeyseed } from '../crypto/keymat-v2.ts';
import { prf } from '../crypto/prf.ts';
import { type Opened, sealing, type Sealing, sealingKeyLengths } from '../crypto/sealing-v2.ts';
import { decodePayloadChain, type Message } from '../message.ts';
import { EXCHANGE, FLAG } from '../numbers.ts';
import type { Payload } from '../payloads/index.ts';
import { type ClosedReason, type Deciphered, isZero, keyOf, MOST_OF_SA, MOST_SAS, RecentMap } from './deciphered.ts';
import type { Ikev2SessionKeys, Ikev2SharedSecret } from './session-keys.ts';
import { type NegotiatedSuite, negotiatedSuite, rekeySpi } from './negotiated.ts';

interface Sa {
  readonly initiatorSpi: Uint8Array;
  readonly responderSpi: Uint8Array;
  suite?: NegotiatedSuite;
  initiatorNonce?: Uint8Array;
  responderNonce?: Uint8Array;
  /** Keys that opened something, the latest first. */
  readonly opened: Pair[];
  /** How often all keys were tried in vain. */
  failures: number;
  readonly fragments: RecentMap<Fragments>;
  /** SPIs offered for a new IKE SA, by direction and message ID. */
  readonly rekeys: RecentMap<Uint8Array>;
}

/** Both directions. */
interface Pair {
  readonly initiator: Sealing;
  readonly responder: Sealing;
}

/** Every IKEv2 SA that was seen. */
export class SessionsV2 {
  readonly #provider: CryptoProvider;
  readonly #keys: readonly (Ikev2SessionKeys | Ikev2SharedSecret)[];
  readonly #requests = new RecentMap<Uint8Array>(MOST_SAS);
  readonly #sas = new RecentMap<Sa>(MOST_SAS);

  constructor(provider: CryptoProvider, keys: readonly (Ikev2SessionKeys | Ikev2SharedSecret)[]) {
    this.#provider = provider;
    this.#keys = keys;
  }

  /** One message, in the order of the capture. */
  add(message: Message, octets: Uint8Array): Deciphered {
    const last = message.payloads.at(-1);
    if (last?.kind !== 'encrypted' && last?.kind !== 'fragment') {
      if (message.header.exchange === EXCHANGE.saInit) this.#learnInit(message);
      return { state: 'clear', message };
    }
    const { initiatorSpi, responderSpi, flags } = message.header;
    const sa = this.#saOf(initiatorSpi, responderSpi);
    const opened = this.#open(sa, octets, (flags & FLAG.initiator) !== 0);
    if (typeof opened === 'string') return { state: 'closed', message, reason: opened };
    return this.#whole(sa, message, opened);
  }

  #saOf(initiatorSpi: Uint8Array, responderSpi: Uint8Array): Sa {
    const id = keyOf(initiatorSpi, responderSpi);
    const limit = MOST_OF_SA;
    const fresh = (): Sa => ({
      initiatorSpi,
      responderSpi,
      opened: [],
      failures: 0,
      fragments: new RecentMap(limit),
      rekeys: new RecentMap(limit),
    });
    return this.#sas.get(id) ?? this.#sas.set(id, fresh());
  }

  #learnInit({ header, payloads }: Message): void {
    const nonce = payloads.find((payload) => payload.kind === 'nonce')?.data;
    const { initiatorSpi, responderSpi, flags } = header;
    if ((flags & FLAG.response) === 0) {
      if (nonce) this.#requests.set(keyOf(initiatorSpi), nonce);
      return;
    }
    const suite = negotiatedSuite(payloads);
    if (isZero(responderSpi) || !suite) return;
    const sa = this.#saOf(initiatorSpi, responderSpi);
    sa.suite ??= suite;
    const asked = this.#requests.get(keyOf(initiatorSpi));
    if (asked) sa.initiatorNonce ??= asked;
    if (nonce) sa.responderNonce ??= nonce;
  }

  #open(sa: Sa, octets: Uint8Array, byInitiator: boolean): (Opened & { ok: true }) | ClosedReason {
    const side = byInitiator ? 'initiator' : 'responder';
    let worst: ClosedReason = 'no-keys';
    for (const [at, pair] of sa.opened.entries()) {
      const opened = pair[side].open(octets);
      if (opened.ok) {
        sa.opened.unshift(...sa.opened.splice(at, 1));
        return opened;
      }
      worst = reasonOf(opened.fault);
    }
    if (sa.failures >= MOST_FAILURES) return worst;
    for (const key of this.#keys) {
      if (!isFor(key, sa)) continue;
      const pair = this.#pairOf(key, sa);
      if (typeof pair === 'string') {
        if (worst === 'no-keys') worst = pair;
        continue;
      }
      const opened = pair[side].open(octets);
      if (opened.ok) {
        sa.opened.unshift(pair);
        sa.opened.length = Math.min(sa.opened.length, MOST_PAIRS);
        return opened;
      }
      worst = reasonOf(opened.fault);
    }
    if (worst === 'integrity') sa.failures++;
    return worst;
  }

  #pairOf(key: Ikev2SessionKeys | Ikev2SharedSecret, sa: Sa): Pair | ClosedReason {
    const suite = (key.kind === 'keys' ? key.suite : undefined) ?? sa.suite;
    if (!suite) return 'no-beginning';
    const directions = key.kind === 'keys' ? key : this.#derived(key.secret, sa);
    if (typeof directions === 'string') return directions;
    const initiator = sealing(this.#provider, suite, directions.initiator);
    const responder = sealing(this.#provider, suite, directions.responder);
    return initiator && responder ? { initiator, responder } : 'algorithm';
  }

  #derived(secret: Uint8Array, sa: Sa): Pick<Ikev2SessionKeys, 'initiator' | 'responder'> | ClosedReason {
    const { suite, initiatorNonce, responderNonce, initiatorSpi, responderSpi } = sa;
    if (!suite || !initiatorNonce || !responderNonce) return 'no-beginning';
    const lengths = sealingKeyLengths(this.#provider, suite);
    const mac = prf(this.#provider, suite.prf ?? 0);
    if (!lengths || !mac) return 'algorithm';
    const seed = { initiatorNonce, responderNonce, initiatorSpi, responderSpi };
    const { ei, er, ai, ar } = ikeKeys(mac, seed, skeyseed(mac, seed, secret), lengths);
    return { initiator: { encryption: ei, integrity: ai }, responder: { encryption: er, integrity: ar } };
  }

  #whole(sa: Sa, message: Message, opened: Opened & { ok: true }): Deciphered {
    const { fragment, plain, first } = opened;
    if (!fragment) return this.#inside(sa, message, opened.payloads, opened.faults, plain);
    const { number, total } = fragment;
    const id = `${message.header.flags & (FLAG.initiator | FLAG.response)}/${message.header.messageId}`;
    const gathered = sa.fragments.get(id) ?? sa.fragments.set(id, new Fragments());
    const added = gathered.add(number, total, plain, first);
    if (added === 'no') return { state: 'closed', message, reason: 'fragments' };
    if (added === 'more') return { state: 'fragment', message, number, total };
    const { payloads, faults } = decodePayloadChain(added.plain, added.first, 2);
    return this.#inside(sa, message, payloads, faults, added.plain);
  }

  /** What a message says about the next SA is remembered. @see RFC 7296 §1.3.2 */
  #inside(sa: Sa, message: Message, payloads: readonly Payload[], faults: Message['faults'], plain: Uint8Array): Deciphered {
    const { exchange, flags, messageId } = message.header;
    const spi = exchange === EXCHANGE.createChildSa ? rekeySpi(payloads) : undefined;
    const byInitiator = (flags & FLAG.initiator) !== 0;
    if (spi && (flags & FLAG.response) === 0) sa.rekeys.set(`${byInitiator}/${messageId}`, spi);
    else if (spi) {
      const asked = sa.rekeys.get(`${!byInitiator}/${messageId}`);
      const suite = negotiatedSuite(payloads);
      if (asked && suite) this.#saOf(asked, spi).suite ??= suite;
    }
    return { state: 'opened', message, payloads, faults, plain };
  }
}

/** RFC 9370 allows seven further sets. */
const MOST_PAIRS = 8;
/** After so many messages that nothing opened, only keys that once did are tried: octets of a stranger must not cost every key. */
const MOST_FAILURES = 64;

function isFor({ initiatorSpi, responderSpi }: Ikev2SessionKeys | Ikev2SharedSecret, sa: Sa): boolean {
  return (
    (initiatorSpi === undefined || sameOctets(initiatorSpi, sa.initiatorSpi)) &&
    (responderSpi === undefined || sameOctets(responderSpi, sa.responderSpi))
  );
}

function reasonOf(fault: (Opened & { ok: false })['fault']): ClosedReason {
  return fault === 'integrity' || fault === 'padding' ? fault : 'length';
}

/** The pieces of one message. A larger total begins anew, a smaller one is passed over. @see RFC 7383 §2.6 */
class Fragments {
  readonly #parts = new Map<number, { readonly plain: Uint8Array; readonly first: number }>();
  #total = 0;

  add(number: number, total: number, plain: Uint8Array, first: number): 'no' | 'more' | { plain: Uint8Array; first: number } {
    if (number < 1 || number > total || total < this.#total || total > MOST_FRAGMENTS) return 'no';
    if (total > this.#total) this.#parts.clear();
    this.#total = total;
    this.#parts.set(number, { plain, first });
    if (this.#parts.size < total) return 'more';
    const parts = [...this.#parts].sort(([a], [b]) => a - b).map(([, part]) => part);
    return { plain: concat(...parts.map((part) => part.plain)), first: parts[0]?.first ?? 0 };
  }
}

const MOST_FRAGMENTS = 256;
