/**
 * What can be seen of an answer, one word per trait: the same words whether a datagram shows it or a profile foretells it.
 *
 * Rule 1: nothing that is random or that the request does not decide has a word (SPIs, nonces, vendor IDs).
 * Rule 2: words are data. Two sights are equal when their texts are.
 *
 * @module
 */
import { decodeMessage, type Message, type Notify } from '../../ike/index.ts';
import { attributeNumber } from '../../proposals/clauses.ts';
import { type Attribute, OAKLEY, type Offer, type Transform } from '../../proposals/model.ts';
import { readSa } from '../../proposals/selectors/answers.ts';
import type { Response } from '../../proposals/selectors/profile.ts';
import type { ExchangeName } from '../question.ts';

/** `unreadable`: something came back that is neither an SA nor an error; `other-version`: in the other IKE version. */
export type SightForm = 'answer' | 'notify' | 'silence' | 'other-version' | 'unreadable';

export interface Sight {
  readonly form: SightForm;
  /** By trait; empty for a form that says everything. */
  readonly words: Readonly<Record<string, string>>;
  /** `SA proposal=1 transform=9 …`, `N(14) spi=cookies …`, `silence`. */
  readonly text: string;
}

export const SILENT: Sight = { form: 'silence', words: {}, text: 'silence' };

/** What a profile's answer looks like from outside. */
export function sightOfResponse({ wire }: Response, sent: Offer): Sight {
  if (wire.kind === 'answer') {
    const { value } = readSa(wire.sa, sent.negotiation);
    return value === undefined ? UNREADABLE : sightOfOffer(value.offer, sent);
  }
  // A first message is never answered encrypted, and an initiator's content is no answer.
  if (wire.kind !== 'notify' || wire.encrypted === true) return SILENT;
  return sightOfNotify(wire.type, {
    data: wire.data,
    protocol: wire.protocol,
    spi: wire.spi,
    responderSpi: wire.responderSpi,
    messageId: wire.messageId === 'same' ? 'zero' : wire.messageId,
    exchange: wire.ownExchange === true ? 'own' : 'same',
  });
}

/** What a datagram shows. `own`: its initiator cookie is not that of the request. Nothing for what is no answer, such as a COOKIE. */
export function sightOfDatagram(octets: Uint8Array, exchange: ExchangeName, sent: Offer, own = false): Sight {
  const decoded = decodeMessage(octets);
  if (!decoded.ok) return UNREADABLE;
  const message = decoded.value;
  const major = message.header.version >> 4;
  if (major !== (exchange === 'ikev2-init' ? 2 : 1)) return { form: 'other-version', words: {}, text: `version ${major}` };
  const error = message.payloads.find((payload): payload is Notify => payload.kind === 'notify' && payload.notify < STATUS);
  if (error !== undefined) return sightOfNotify(error.notify, formOf(error, message, own));
  const sa = message.payloads.find((payload) => payload.kind === 'sa');
  return sa?.kind === 'sa' ? sightOfOffer(sa.body.offer, sent) : UNREADABLE;
}

interface NotifyForm {
  readonly data: Uint8Array;
  readonly protocol: number;
  readonly spi: string;
  readonly responderSpi: string;
  readonly messageId: string;
  readonly exchange: string;
}

function formOf({ data, protocol, spi }: Notify, { header }: Message, own: boolean): NotifyForm {
  return {
    data,
    protocol,
    spi: spi.length === 0 ? 'none' : spi.length === 16 ? 'cookies' : `${spi.length} octets`,
    responderSpi: header.responderSpi.some((octet) => octet !== 0) ? 'set' : 'zero',
    messageId: header.messageId === 0 ? 'zero' : 'random',
    exchange: own ? 'own' : 'same',
  };
}

function sightOfNotify(type: number, { data, protocol, spi, responderSpi, messageId, exchange }: NotifyForm): Sight {
  const words = {
    type: String(type),
    // A group is asked for; other data is told by its length, for it may hold a copy of anything.
    data: type === INVALID_KE && data.length === 2 ? `group ${((data[0] ?? 0) << 8) | (data[1] ?? 0)}` : `${data.length} octets`,
    protocol: String(protocol),
    spi,
    // The cookies of an exchange of its own are its own.
    responderSpi: exchange === 'own' ? 'any' : responderSpi,
    messageId,
    exchange,
  };
  const facts = [
    ...(data.length > 0 ? [words.data.replace(' ', '=')] : []),
    `protocol=${words.protocol}`,
    `spi=${words.spi}`,
    `responder-spi=${words.responderSpi}`,
    ...(messageId === 'zero' ? [] : ['message-id=random']),
    ...(exchange === 'own' ? ['own-exchange'] : []),
  ];
  return { form: 'notify', words, text: `N(${type}) ${facts.join(' ')}` };
}

function sightOfOffer(offer: Offer, sent: Offer): Sight {
  const [group] = offer.groups;
  const [proposal] = group?.proposals ?? [];
  const [transform] = proposal?.transforms ?? [];
  if (group === undefined || proposal === undefined) return UNREADABLE;
  const words: Record<string, string> = {
    proposals: String(offer.groups.reduce((sum, { proposals }) => sum + proposals.length, 0)),
    proposal: String(group.number),
    protocol: String(proposal.protocol),
    spi: spiWord(proposal.spi, sent),
    odd: proposal.odd === undefined ? 'none' : Object.entries(proposal.odd).flat().join(' '),
    ...(transform?.kind === 'suite' ? suiteWords(transform.number, transform.attributes) : singleWords(proposal.transforms)),
  };
  const facts = ['proposal', 'transform', 'spi', 'order', 'chosen', 'life'].filter((trait) => words[trait] !== undefined);
  return { form: 'answer', words, text: `SA ${facts.map((trait) => `${trait}=${words[trait]}`).join(' ')}` };
}

function suiteWords(number: number, attributes: readonly Attribute[]): Record<string, string> {
  const life = attributes.filter(({ type }) => type === OAKLEY.lifeType || type === OAKLEY.lifeDuration);
  return {
    transform: String(number),
    order: attributes.map(place).join(','),
    chosen: attributes
      .filter((attribute) => !life.includes(attribute))
      .map((attribute) => `${attribute.type}:${attributeNumber(attribute)}`)
      .toSorted()
      .join(' '),
    life: life.length === 0 ? 'none' : life.map(attributeNumber).join(':'),
  };
}

function singleWords(transforms: readonly Transform[]): Record<string, string> {
  const named = transforms.map((one) => {
    if (one.kind === 'suite') return { type: -1, text: 'suite' };
    const attributes = one.attributes.map(
      (attribute) => `/${attribute.type === 14 ? '' : `${attribute.type}:`}${attributeNumber(attribute)}`,
    );
    return { type: one.type, text: `${one.type}:${one.id}${attributes.join('')}` };
  });
  return {
    order: named.map(({ type }) => type).join(','),
    chosen: named
      .map(({ text }) => text)
      .toSorted()
      .join(' '),
  };
}

/** An attribute's type, and its length where it is written out. */
function place(attribute: Attribute): string {
  return attribute.form === 'TV' ? String(attribute.type) : `${attribute.type}(${attribute.value.length})`;
}

/** What became of the SPI that was sent. */
function spiWord(spi: Uint8Array, sent: Offer): string {
  if (spi.length === 0) return 'none';
  if (spi.every((octet) => octet === 0)) return `zero(${spi.length})`;
  const known = sent.groups.some(({ proposals }) =>
    proposals.some((one) => one.spi.length === spi.length && one.spi.every((octet, i) => octet === spi[i])),
  );
  return known ? 'same' : `own(${spi.length})`;
}

const UNREADABLE: Sight = { form: 'unreadable', words: {}, text: 'no answer in it' };
/** From here on notifications are no errors. @see RFC 7296 §3.10.1 */
const STATUS = 16384;
const INVALID_KE = 17;
