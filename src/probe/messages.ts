/**
 * Questions as messages and messages as answers: the first message of main mode, aggressive mode and IKE_SA_INIT.
 *
 * Pure: what is random (SPI, nonce) and what is costly (public values) comes in as an argument.
 *
 * @see RFC 2409 §5, RFC 7296 §1.2
 * @module
 */
import { encodeMessage, EXCHANGE, FLAG, type Message, type Notify, type Payload, PAYLOAD_V1, PAYLOAD_V2 } from '../ike/index.ts';
import {
  type Algorithm,
  type Attribute,
  KEY_LENGTH_ATTRIBUTE,
  OAKLEY,
  type Offer,
  type Slot,
  type Suite,
  type SuiteTransform,
  TRANSFORM_TYPE_SLOT,
  type Transform,
} from '../proposals/model.ts';
import type { AnswerBody, Question } from './question.ts';

/** The parts of a request that are made fresh for each question. */
export interface Material {
  /** 8 octets. */
  readonly initiatorSpi: Uint8Array;
  readonly nonce: Uint8Array;
  /** Public value of the question's KE group, padded to its full length; empty when the exchange has none. */
  readonly publicValue: Uint8Array;
  /** Who we say to be where that has to be said in the clear; a name that nobody can have when left out. */
  readonly identity?: { readonly idType: number; readonly data: Uint8Array } | undefined;
}

/** What a datagram means to a question; `undefined` when it says nothing about it. */
export type Meaning = AnswerBody | { readonly kind: 'cookie'; readonly cookie: Uint8Array };

const NO_SPI = new Uint8Array(8);
const NOTIFY = { invalidKePayload: 17, noProposalChosen: 14, invalidMajorVersion: 5, cookie: 16390, intermediate: 16438 } as const;
/** Our identity in aggressive mode, where one has to be named: a name that nobody can have. RFC 2606 §2. */
const NOBODY = { idType: 2, data: ascii('ike-probe.invalid') };

/** The request of a question. A cookie goes first and leaves the rest as it was. @see RFC 7296 §2.6 */
export function encodeQuestion(question: Question, material: Material, cookie?: Uint8Array): Uint8Array {
  const head = { initiatorSpi: material.initiatorSpi, responderSpi: NO_SPI, messageId: 0 };
  const nonce = (type: number): Payload => ({ kind: 'nonce', type, data: material.nonce });
  switch (question.exchange) {
    case 'ikev1-main':
      return encodeMessage({
        ...head,
        version: 0x10,
        exchange: EXCHANGE.mainMode,
        flags: 0,
        payloads: [sa(PAYLOAD_V1.sa, question.offer)],
      });
    case 'ikev1-aggressive':
      return encodeMessage({
        ...head,
        version: 0x10,
        exchange: EXCHANGE.aggressiveMode,
        flags: 0,
        payloads: [
          sa(PAYLOAD_V1.sa, question.offer),
          { kind: 'ke', type: PAYLOAD_V1.ke, data: material.publicValue },
          nonce(PAYLOAD_V1.nonce),
          { kind: 'id', type: PAYLOAD_V1.id, protocol: 17, port: 500, ...(material.identity ?? NOBODY) },
        ],
      });
    case 'ikev2-init':
      return encodeMessage({
        ...head,
        version: 0x20,
        exchange: EXCHANGE.saInit,
        flags: FLAG.initiator,
        payloads: [
          ...(cookie === undefined ? [] : [notify(NOTIFY.cookie, cookie)]),
          sa(PAYLOAD_V2.sa, question.offer),
          { kind: 'ke', type: PAYLOAD_V2.ke, group: question.keGroup ?? 0, data: material.publicValue },
          nonce(PAYLOAD_V2.nonce),
          // Peers refuse additional key exchanges from who does not announce them. RFC 9370 §2.2.1
          ...(hasAdditionalKeyExchange(question.offer) ? [notify(NOTIFY.intermediate, new Uint8Array())] : []),
        ],
      });
    default:
      return question.exchange satisfies never;
  }
}

/** A clear Informational that tells an IKEv1 responder to forget the exchange it began. */
export function encodeRelease(initiatorSpi: Uint8Array, responderSpi: Uint8Array, messageId: number): Uint8Array {
  const payload: Notify = {
    kind: 'notify',
    type: PAYLOAD_V1.notify,
    doi: 1,
    protocol: 1,
    spi: new Uint8Array(),
    notify: NOTIFY.noProposalChosen,
    data: new Uint8Array(),
  };
  return encodeMessage({
    initiatorSpi,
    responderSpi,
    version: 0x10,
    exchange: EXCHANGE.informationalV1,
    flags: 0,
    messageId,
    payloads: [payload],
  });
}

/** Reads an answer. The caller has matched the initiator SPI already. */
export function readMeaning(message: Message, question: Question): Meaning | undefined {
  const major = message.header.version >> 4;
  const asked = question.exchange === 'ikev2-init' ? 2 : 1;
  const error = message.payloads.find(
    (payload): payload is Notify => payload.kind === 'notify' && (payload.notify < 16384 || payload.notify === NOTIFY.cookie),
  );
  if (major !== 1 && major !== 2) return { kind: 'garbled', code: 'version-unknown' };
  if (major !== asked || error?.notify === NOTIFY.invalidMajorVersion) return { kind: 'other-version', version: major };
  const answer = message.payloads.find((payload) => payload.kind === 'sa');
  if (answer?.kind === 'sa' && error === undefined) return readChoice(answer.body.offer, question);
  if (error !== undefined) return readNotify(error, message, question);
  if (message.payloads.some((payload) => payload.kind === 'encrypted')) return { kind: 'garbled', code: 'encrypted' };
  return { kind: 'garbled', code: message.faults[0]?.code ?? 'no-answer-in-it' };
}

function readNotify(error: Notify, message: Message, question: Question): Meaning {
  if (question.exchange === 'ikev2-init') {
    if (error.notify === NOTIFY.cookie) {
      const fits = error.data.length > 0 && error.data.length <= 64;
      return fits ? { kind: 'cookie', cookie: error.data } : { kind: 'garbled', code: 'cookie-length' };
    }
    if (error.notify === NOTIFY.invalidKePayload && error.data.length === 2) {
      const group = ((error.data[0] ?? 0) << 8) | (error.data[1] ?? 0);
      // A group that was not offered is no answer to this offer, and one that was used already is none at all.
      return offersGroup(question.offer, group) && group !== question.keGroup
        ? { kind: 'wrong-group', group }
        : { kind: 'garbled', code: 'invalid-ke' };
    }
  }
  const { header } = message;
  const form = { spiSize: error.spi.length, messageId: header.messageId, responderSpi: header.responderSpi.some((octet) => octet !== 0) };
  return { kind: 'refused', notify: error.notify, form };
}

function readChoice(offer: Offer, question: Question): Meaning {
  const group = offer.groups[0];
  const proposal = group?.proposals[0];
  if (group === undefined || proposal === undefined || offer.groups.length > 1) return { kind: 'garbled', code: 'not-one-proposal' };
  if (question.exchange === 'ikev2-init') {
    const form = {
      order: proposal.transforms.map((transform) => (transform.kind === 'single' ? transform.type : -1)),
      proposalNumber: group.number,
    };
    const suite = suiteOfSingles(proposal.transforms);
    return offersSingles(question.offer, suite) ? { kind: 'chosen', suite, form } : { kind: 'garbled', code: 'not-offered' };
  }
  const [transform] = proposal.transforms;
  if (transform?.kind !== 'suite' || proposal.transforms.length > 1) return { kind: 'garbled', code: 'not-one-transform' };
  const written = suiteOfAttributes(transform.attributes);
  const form = {
    order: transform.attributes.map((attribute) => attribute.type),
    proposalNumber: group.number,
    transformNumber: transform.number,
    ...(written.auth === undefined ? {} : { authMethod: written.auth.id }),
  };
  const suite = offeredSuite(question.offer, transform, written);
  return offersSuite(question.offer, suite) ? { kind: 'chosen', suite, form } : { kind: 'garbled', code: 'not-offered' };
}

function offersGroup(offer: Offer, group: number): boolean {
  return offersSingles(offer, { group: { id: group } });
}

/** One of the proposals holds all of these. */
function offersSingles(offer: Offer, suite: Suite): boolean {
  return offer.groups.some(({ proposals }) =>
    proposals.some(({ transforms }) =>
      Object.entries(suite).every(([slot, wanted]) => transforms.some((one) => sameValue(suiteOfSingles([one])[slot as Slot], wanted))),
    ),
  );
}

/** One of the transforms is this suite, whatever its method. */
function offersSuite(offer: Offer, suite: Suite): boolean {
  const transforms = offer.groups.flatMap(({ proposals }) => proposals.flatMap((proposal) => proposal.transforms));
  return transforms.some((one) => {
    const offered = one.kind === 'suite' ? suiteOfAttributes(one.attributes) : {};
    return (['encryption', 'hash', 'group'] as const).every((slot) => sameValue(offered[slot], suite[slot]));
  });
}

function sameValue(a: Algorithm | undefined, b: Algorithm | undefined): boolean {
  return a?.id === b?.id && a?.keyBits === b?.keyBits;
}

/** The suite as it was offered: some peers add a key length to the answer, or name another method. */
function offeredSuite(offer: Offer, answer: SuiteTransform, written: Suite): Suite {
  const offered = offer.groups[0]?.proposals[0]?.transforms.find(
    (transform) => transform.kind === 'suite' && transform.number === answer.number,
  );
  if (offered?.kind !== 'suite') return written;
  const suite = suiteOfAttributes(offered.attributes);
  const same = (slot: Slot): boolean => suite[slot]?.id === written[slot]?.id;
  return same('encryption') && same('hash') && same('group') ? suite : written;
}

/** The slots of an IKEv1 phase 1 transform; of a repeated attribute the first counts. */
export function suiteOfAttributes(attributes: readonly Attribute[]): Suite {
  const value = (type: number): number | undefined => {
    const attribute = attributes.find((other) => other.type === type);
    return attribute === undefined ? undefined : numberOf(attribute);
  };
  const keyBits = value(OAKLEY.keyLength);
  const suite: Partial<Record<Slot, Algorithm>> = {};
  for (const slot of ['encryption', 'hash', 'auth', 'group'] as const) {
    const id = value(OAKLEY[slot]);
    if (id !== undefined) suite[slot] = slot === 'encryption' && keyBits !== undefined ? { id, keyBits } : { id };
  }
  return suite;
}

/** The slots of an IKEv2 answer; an integrity of NONE beside an AEAD cipher is the same as none. */
export function suiteOfSingles(transforms: readonly Transform[]): Suite {
  const suite: Partial<Record<Slot, Algorithm>> = {};
  for (const transform of transforms) {
    if (transform.kind !== 'single') continue;
    const slot = TRANSFORM_TYPE_SLOT.get(transform.type);
    if (slot === undefined || (slot === 'integrity' && transform.id === 0)) continue;
    const length = transform.attributes.find((attribute) => attribute.type === KEY_LENGTH_ATTRIBUTE && attribute.form === 'TV');
    suite[slot] = length?.form === 'TV' ? { id: transform.id, keyBits: length.value } : { id: transform.id };
  }
  return suite;
}

/** TV values as they are, TLV values big-endian, clamped to what a number can hold. */
function numberOf(attribute: Attribute): number {
  if (attribute.form === 'TV') return attribute.value;
  let value = 0;
  for (const octet of attribute.value.subarray(-6)) value = value * 256 + octet;
  return value;
}

function hasAdditionalKeyExchange(offer: Offer): boolean {
  return offer.groups.some((group) =>
    group.proposals.some((proposal) =>
      proposal.transforms.some((transform) => transform.kind === 'single' && transform.type >= 6 && transform.type <= 12),
    ),
  );
}

function sa(type: number, offer: Offer): Payload {
  return { kind: 'sa', type, body: { offer } };
}

function notify(type: number, data: Uint8Array): Payload {
  return { kind: 'notify', type: PAYLOAD_V2.notify, protocol: 0, spi: new Uint8Array(), notify: type, data };
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
