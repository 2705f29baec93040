/**
 * The responder of both versions: datagrams with their senders in, datagrams and events out. A port that listens is a loop around it.
 *
 * Rule 1: it never throws on what comes, and asks nothing of a clock or of chance but what it is given.
 * Rule 2: everything it says goes to where the datagram came from that it answers. It begins nothing on its own.
 * Rule 3: who chooses is a function, so that it can have the mind of any implementation; its refusals leave in that one's form.
 * Rule 4: memory is bounded, whoever asks (half-open.ts, idle.ts).
 *
 * @example
 * const responder = new Responder({ provider, random, identity, select, ikev2: { authenticate: () => sharedKey(key) } });
 * const { replies, events } = responder.hear(datagram, { from, own, now });
 *
 * @module
 */
import type { Identity } from '../crypto/x509/certificate.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { Entropy } from '../entropy.ts';
import { decodeMessage, encodeMessage, type Message } from '../message.ts';
import { EXCHANGE, FLAG } from '../numbers.ts';
import type { Happening, ResponderEvent } from './events.ts';
import type { ResponderLimits } from './half-open.ts';
import { Ikev1Responder } from './ikev1/responder.ts';
import { isZero, newCookie } from './ikev1/phase1.ts';
import { type Ikev1Side, plainNotice } from './ikev1/responder-setup.ts';
import { NOTIFY_V2, notifyPayload } from './ikev2/notifies.ts';
import { Ikev2Responder } from './ikev2/responder.ts';
import { refuseInit } from './ikev2/responder-init.ts';
import type { Ikev2Side } from './ikev2/responder-setup.ts';
import type { Millis } from './machine.ts';
import type { Misbehaviour } from './misbehaviour.ts';
import type { Place } from './place.ts';
import type { Said } from './responder-heard.ts';
import type { Refusal, Select } from './selecting.ts';

/** One side that waits to be asked. A version that is left out is not spoken. */
export interface ResponderSetup {
  readonly provider: CryptoProvider;
  readonly random: Entropy;
  readonly identity: Identity;
  readonly select: Select;
  readonly ikev1?: Ikev1Side | undefined;
  readonly ikev2?: Ikev2Side | undefined;
  readonly otherVersions?: OtherVersions;
  readonly limits?: Partial<ResponderLimits>;
  readonly misbehaviour?: Misbehaviour;
}

/** What the first message of a version gets that is not spoken; silence when left out. */
export interface OtherVersions {
  /** INVALID_MAJOR_VERSION is said in IKEv2. */
  readonly ikev1?: Refusal;
  readonly ikev2?: Refusal;
  /** Major versions that nobody has are told so. @see RFC 7296 §2.5 */
  readonly unknown?: true;
}

/** How a datagram came. */
export interface Arrival {
  readonly from: Place;
  readonly now: Millis;
  /** Where it was received: without it NAT detection is not spoken of. */
  readonly own?: Place;
  /** On a port that ESP shares: IKE stands behind four octets of zero, in both directions. @see RFC 3948 §2.2 */
  readonly marked?: boolean;
}

export interface Heard {
  readonly replies: readonly Uint8Array[];
  readonly events: readonly ResponderEvent[];
}

/** It decides, whoever drives it carries. */
export class Responder {
  readonly ikev1: Ikev1Responder | undefined;
  readonly ikev2: Ikev2Responder | undefined;
  readonly #setup: ResponderSetup;
  #heard = 0;
  #sent = 0;

  constructor(setup: ResponderSetup) {
    this.#setup = setup;
    const { ikev1, ikev2 } = setup;
    this.ikev1 = ikev1 && new Ikev1Responder({ ...setup, ...ikev1 });
    this.ikev2 = ikev2 && new Ikev2Responder({ ...setup, ...ikev2 });
  }

  /** Half-open SAs of both versions. */
  get halfOpen(): number {
    return (this.ikev1?.halfOpen ?? 0) + (this.ikev2?.halfOpen ?? 0);
  }

  /** What goes back to the sender of a datagram, and what it was about. */
  hear(datagram: Uint8Array, { from, now, own, marked }: Arrival): Heard {
    const { drop, lose } = this.#setup.misbehaviour ?? {};
    const bytes = marked === true ? unmarked(datagram) : datagram;
    const decoded = bytes && drop?.(this.#heard++) !== true ? decodeMessage(bytes) : undefined;
    if (!bytes || decoded?.ok !== true) return { replies: [], events: [] };
    const message = decoded.value;
    const { header } = message;
    const version = header.version >> 4 === 1 ? 1 : 2;
    const said = this.#spoken(message)?.hear({ message, datagram: bytes, from, own, now }) ?? this.#otherVersion(message);
    const replies = said.replies.filter(() => lose?.(this.#sent++) !== true);
    const about = { version, from, initiatorSpi: (said.initiatorSpi ?? header.initiatorSpi).slice() } as const;
    const over = (said.over ?? []).map((each): ResponderEvent => ({ kind: 'ended', why: 'time', version, ...each }));
    const events = (said.events ?? []).map((each: Happening): ResponderEvent => ({ ...each, ...about }));
    return { replies: marked === true ? replies.map(withMarker) : replies, events: [...over, ...events] };
  }

  #spoken({ header }: Message): Ikev1Responder | Ikev2Responder | undefined {
    const major = header.version >> 4;
    return major === 1 ? this.ikev1 : major === 2 ? this.ikev2 : undefined;
  }

  #otherVersion({ header }: Message): Said {
    const { otherVersions: { ikev1, ikev2, unknown } = {}, random } = this.#setup;
    const major = header.version >> 4;
    const events = [{ kind: 'other-version', major }] as const;
    if (major !== 1 && major !== 2) return { events, replies: unknown ? [invalidMajorVersion(header, header.exchange)] : [] };
    const begins =
      major === 2
        ? header.exchange === EXCHANGE.saInit
        : header.exchange === EXCHANGE.mainMode || header.exchange === EXCHANGE.aggressiveMode;
    const refusal = major === 2 ? ikev2 : ikev1;
    if (!refusal || !begins || !isZero(header.responderSpi)) return { events, replies: [] };
    if (refusal.type === NOTIFY_V2.invalidMajorVersion) return { events, replies: [invalidMajorVersion(header, EXCHANGE.informational)] };
    const own = newCookie(random);
    if (major === 1)
      return { events, replies: [plainNotice({ random }, { initiatorCookie: header.initiatorSpi, responderCookie: own }, refusal)] };
    const { type, data, responderSpi } = refusal;
    return { events, replies: [refuseInit(header, type, data, responderSpi === 'zero' ? {} : { responderSpi: own })] };
  }
}

/** In IKEv2, whatever was asked in; the initiator flag is the other one. */
function invalidMajorVersion({ initiatorSpi, responderSpi, flags, messageId }: Message['header'], exchange: number): Uint8Array {
  return encodeMessage({
    initiatorSpi,
    responderSpi,
    version: 0x20,
    exchange,
    flags: FLAG.response | (~flags & FLAG.initiator),
    messageId,
    payloads: [notifyPayload(NOTIFY_V2.invalidMajorVersion)],
  });
}

const MARKER = 4;

/** Nothing for ESP packets and keepalives. */
function unmarked(packet: Uint8Array): Uint8Array | undefined {
  return packet.length > MARKER && packet.subarray(0, MARKER).every((octet) => octet === 0) ? packet.subarray(MARKER) : undefined;
}

function withMarker(message: Uint8Array): Uint8Array {
  const packet = new Uint8Array(message.length + MARKER);
  packet.set(message, MARKER);
  return packet;
}
