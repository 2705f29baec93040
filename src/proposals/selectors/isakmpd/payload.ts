/**
 * isakmpd's own reading of an SA payload: first the structure of all of it, then every proposal, then every transform. The first fault
 * ends the message, with a notification.
 *
 * Lengths are held against the end of the message only; the SA payload is all of the message that is known here.
 *
 * @see isakmpd message.c message_parse_payloads, message_validate_sa, message_validate_proposal, message_validate_transform
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Path } from '../../model.ts';
import { GENERIC_HEADER } from '../answers.ts';
import { book, dropped } from './book.ts';
import { payloadName } from './names.ts';

/** An attribute; `octets` is its value, however it was written. */
export interface IsakmpdAttribute {
  readonly type: number;
  readonly octets: Uint8Array;
  readonly path: Path;
}

/** A transform, and the octets that go back when it is chosen. */
export interface IsakmpdTransform {
  readonly number: number;
  readonly id: number;
  readonly octets: Uint8Array;
  readonly attributes: readonly IsakmpdAttribute[];
  readonly path: Path;
}

/** A proposal. */
export interface IsakmpdProposal {
  readonly number: number;
  readonly protocol: number;
  readonly spi: Uint8Array;
  readonly transforms: readonly IsakmpdTransform[];
  readonly path: Path;
}

/** What ends the message. */
export interface IsakmpdFault {
  readonly notify: number;
  readonly detail: string;
  readonly path: Path;
  readonly attribute?: number;
  readonly logs: readonly LogLine[];
}

/** What isakmpd has after reading. */
export interface IsakmpdOffer {
  readonly proposals: readonly IsakmpdProposal[];
  readonly fault?: IsakmpdFault;
}

/** Reads an SA payload with its generic header, in phase 1 or 2. Never throws. */
export function readIsakmpdOffer(sa: Uint8Array, phase: 1 | 2): IsakmpdOffer {
  const reading = new Reading(sa);
  try {
    reading.payload();
    for (const [i, { number, protocol, path }] of reading.proposals.entries()) {
      if (protocol < 1 || protocol > IPCOMP) throw new Stop(NOTIFY.protocol, `protocol ${protocol}`, path);
      if (number < (reading.proposals[i - 1]?.number ?? 0)) throw new Stop(NOTIFY.syntax, 'proposal numbers decrease', path);
    }
    for (const proposal of reading.proposals) validateTransforms(proposal, phase);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const { notify, message, path, line, attribute } = error;
    const logs = [...(line ? [line] : []), dropped(notify)];
    return { proposals: reading.proposals, fault: { notify, detail: message, path, logs, ...(attribute !== undefined && { attribute }) } };
  }
  return { proposals: reading.proposals };
}

/** The first 16 bits of a value, as isakmpd reads numbers of whatever length; 0 where there are none. */
export function firstNumber({ octets }: IsakmpdAttribute): number {
  return ((octets[0] ?? 0) << 8) | (octets[1] ?? 0);
}

/** A fault that ends the message; never leaves this file. */
class Stop extends Error {
  readonly notify: number;
  readonly path: Path;
  readonly line: LogLine | undefined;
  readonly attribute: number | undefined;

  constructor(notify: number, detail: string, path: Path, line?: LogLine, attribute?: number) {
    super(detail);
    this.notify = notify;
    this.path = path;
    this.line = line;
    this.attribute = attribute;
  }
}

function validateTransforms({ protocol, transforms }: IsakmpdProposal, phase: 1 | 2): void {
  let last = -1;
  for (const { number, id, octets, attributes, path } of transforms) {
    if (!knowsTransform(protocol, id)) throw new Stop(NOTIFY.transform, `transform id ${id}`, path);
    if (octets[6] !== 0 || octets[7] !== 0) throw new Stop(NOTIFY.malformed, 'reserved field of a transform', path);
    if (number <= last) throw new Stop(NOTIFY.syntax, 'transform numbers do not increase', path);
    last = number;
    const unknown = attributes.find(({ type }) => type < 1 || type > (phase === 1 ? 16 : 10));
    if (unknown) throw new Stop(NOTIFY.attributes, 'attribute type', unknown.path, undefined, unknown.type);
  }
}

function knowsTransform(protocol: number, id: number): boolean {
  if (protocol === AH) return id >= 2 && id <= 8;
  if (protocol === ESP) return (id >= 1 && id <= 23) || (id >= 249 && id <= 253);
  return protocol === IPCOMP ? id >= 1 && id <= 4 : id === 1;
}

class Reading {
  readonly proposals: IsakmpdProposal[] = [];
  readonly #octets: Uint8Array;
  readonly #view: DataView;
  #budget = BUDGET;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  payload(): void {
    const { length } = this.#header(0, SA, 0, []);
    const doi = this.#view.getUint32(GENERIC_HEADER);
    if (doi !== 1) throw new Stop(NOTIFY.doi, `DOI ${doi}`, [], book.write('doi'));
    const left = length - SITUATION;
    if (left < 4) throw new Stop(NOTIFY.situation, 'situation', [], book.write('situationShort', { length: left }));
    const situation = this.#view.getUint32(SITUATION);
    if (situation !== 1) throw new Stop(NOTIFY.situation, `situation ${situation}`, [], book.write('situation'));
    let group = -1;
    let inGroup = 0;
    let number = -1;
    this.#chain(SITUATION + 4, PROPOSAL, [], (at) => {
      const own = this.#octets[at + 4] as number;
      inGroup = own === number ? inGroup + 1 : 0;
      if (own !== number) group++;
      number = own;
      this.#proposal(at, [group, inGroup]);
    });
  }

  #proposal(at: number, path: Path): void {
    const [number = 0, protocol = 0, spiSize = 0] = this.#octets.subarray(at + 4, at + 8);
    const spi = this.#octets.slice(at + 8, at + 8 + spiSize);
    const transforms: IsakmpdTransform[] = [];
    this.proposals.push({ number, protocol, spi, transforms, path });
    this.#chain(at + 8 + spiSize, TRANSFORM, path, (start, taken) => {
      this.#budget -= taken;
      if (this.#budget < 0) throw new Stop(NOTIFY.malformed, 'proposals that share their transforms', path);
      const octets = this.#octets.subarray(start, start + taken);
      const own = [...path, transforms.length];
      transforms.push({ number: octets[4] ?? 0, id: octets[5] ?? 0, octets, attributes: attributesOf(octets, own), path: own });
    });
  }

  /** Payloads of one type, one after another, to the one that says NONE. */
  #chain(start: number, wanted: number, path: Path, take: (at: number, length: number) => void): void {
    let payload = wanted;
    for (let at = start; payload !== NONE; ) {
      const { next, length } = this.#header(at, payload, wanted, path);
      // A payload that announces a private one is not looked at.
      if (!isPrivate(next)) take(at, length);
      payload = next;
      at += length;
    }
  }

  #header(at: number, payload: number, wanted: number, path: Path): { readonly next: number; readonly length: number } {
    const left = this.#octets.length - at;
    if (left < GENERIC_HEADER) throw new Stop(NOTIFY.lengths, 'short message', path, book.write('shortMessage'));
    const next = payload === SA ? NONE : (this.#octets[at] as number);
    if (next >= RESERVED && next < PRIVATE) {
      const line = book.write('nextPayload', { next: payloadName(next), payload });
      throw new Stop(NOTIFY.payload, `next payload ${next}`, path, line);
    }
    const reserved = this.#octets[at + 1] as number;
    if (reserved !== 0) {
      throw new Stop(NOTIFY.malformed, 'reserved field', path, book.write('reserved', { value: reserved.toString(16) }));
    }
    const length = this.#view.getUint16(at + 2);
    if (isPrivate(payload) || (payload >= SAK && payload <= POP)) {
      throw new Stop(NOTIFY.malformed, 'payload type', path, book.write('noMinimum', { payload: payloadName(payload) }));
    }
    const minimum = payload === SA || payload === PROPOSAL || payload === TRANSFORM ? 8 : (OTHER_MINIMUM[payload] ?? GENERIC_HEADER);
    if (length < minimum) throw new Stop(NOTIFY.malformed, 'payload too short', path, book.write('tooShort', { length }));
    if (length > left) throw new Stop(NOTIFY.malformed, 'payload too long', path, book.write('tooLong', { length }));
    if (payload !== SA && payload !== wanted && !isPrivate(next)) {
      throw new Stop(NOTIFY.payload, `payload ${payload}`, path, book.write('unexpected', { payload: payloadName(payload) }));
    }
    return { next, length };
  }
}

/** Attributes to the end of a transform; what is cut off counts as an attribute of type 0, which no phase knows. */
function attributesOf(octets: Uint8Array, path: Path): IsakmpdAttribute[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const found: IsakmpdAttribute[] = [];
  for (let at = 8; at < octets.length; ) {
    const own = [...path, found.length];
    const cut = { type: 0, octets: new Uint8Array(), path: own };
    if (at + 4 > octets.length) return [...found, cut];
    const head = view.getUint16(at);
    const short = (head & 0x8000) !== 0;
    const length = short ? 2 : view.getUint16(at + 2);
    const start = at + (short ? 2 : 4);
    if (start + length > octets.length) return [...found, cut];
    found.push({ type: head & 0x7fff, octets: octets.slice(start, start + length), path: own });
    at = start + length;
  }
  return found;
}

const [NONE, SA, PROPOSAL, TRANSFORM] = [0, 1, 2, 3];
const [SAK, POP, RESERVED, PRIVATE] = [15, 19, 22, 128];
/** Two drafts of NAT traversal are public enough. */
const isPrivate = (payload: number): boolean => payload >= PRIVATE && payload !== 130 && payload !== 131;
const [AH, ESP, IPCOMP] = [2, 3, 4];
const SITUATION = 8;
/** Transforms may stand in more than one proposal, as no length of a proposal bounds them; octets that are read of them in all. */
const BUDGET = 0x40000;
/** Smallest sizes of payloads that have no place here; which is said depends on them. */
const OTHER_MINIMUM: Readonly<Record<number, number>> = { 5: 8, 6: 5, 7: 5, 11: 12, 12: 12, 14: 8, 21: 8 };

/** Notification types. */
export const NOTIFY = {
  payload: 1,
  doi: 2,
  situation: 3,
  protocol: 10,
  transform: 12,
  attributes: 13,
  noProposal: 14,
  syntax: 15,
  malformed: 16,
  lengths: 30,
} as const;
