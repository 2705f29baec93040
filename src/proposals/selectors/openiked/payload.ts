/**
 * iked's own reading of an SA payload. What it cannot read ends the whole message; an unknown transform type ends its proposal.
 *
 * @see OpenIKED ikev2_pld.c ikev2_pld_sa, ikev2_pld_xform, ikev2_pld_attr
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Path } from '../../model.ts';
import { GENERIC_HEADER } from '../answers.ts';
import { book } from './book.ts';
import type { IkedProposal, IkedTransform } from './matching.ts';
import { attributeName, protocolName, transformName, typeName } from './names.ts';

/** A transform as the peer sent it, and where it stands in the offer. */
export interface PeerTransform extends IkedTransform {
  readonly path: Path;
}

/** A proposal as iked keeps it: those with one number and protocol are one. */
export interface PeerProposal extends IkedProposal {
  readonly transforms: readonly PeerTransform[];
  readonly spi: Uint8Array;
  readonly path: Path;
}

/** A proposal that was dropped for a transform of a type that iked does not know. */
export interface DroppedProposal {
  readonly path: Path;
  readonly type: number;
}

/** What iked has after reading. */
export interface PeerOffer {
  readonly proposals: readonly PeerProposal[];
  readonly dropped: readonly DroppedProposal[];
  /** The protocol of the proposal read last; nothing when that was dropped. */
  readonly last?: number;
  /** The SPI read last, as a number; a proposal without one keeps that of the proposal before. */
  readonly lastSpi: string;
  /** The message cannot be read, and why in iked's words. */
  readonly broken?: string;
  readonly logs: readonly LogLine[];
}

/** Reads an SA payload with its generic header. Never throws. */
export function readPeerOffer(sa: Uint8Array): PeerOffer {
  const reading = new Reading(sa);
  try {
    reading.payload();
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return reading.result(error.message);
  }
  return reading.result();
}

/** A fault that ends the message; never leaves this file. */
class Broken extends Error {}

interface Filing {
  readonly number: number;
  readonly protocol: number;
  readonly path: Path;
  readonly transforms: Map<string, PeerTransform>;
  spi: Uint8Array;
}

class Reading {
  readonly #octets: Uint8Array;
  readonly #view: DataView;
  readonly #proposals = new Map<string, Filing>();
  readonly #dropped: DroppedProposal[] = [];
  readonly #logs: LogLine[] = [];
  #last: number | undefined;
  /** iked prints the SPI before as a plain number where there is none. */
  #spi = '0';

  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  result(broken?: string): PeerOffer {
    const proposals = [...this.#proposals.values()].map((each) => ({ ...each, transforms: [...each.transforms.values()] }));
    return {
      proposals,
      dropped: this.#dropped,
      ...(this.#last !== undefined && { last: this.#last }),
      lastSpi: this.#spi,
      ...(broken !== undefined && { broken }),
      logs: this.#logs,
    };
  }

  payload(): void {
    const { length: left } = this.#octets;
    if (left < GENERIC_HEADER) this.#break(book.write('payloadTooShort', { left, need: GENERIC_HEADER }));
    const length = this.#view.getUint16(2);
    if (left < length) this.#break(book.write('payloadBeyondMessage', { left, length }));
    if (length < GENERIC_HEADER) this.#break(book.write('payloadBelowMinimum', { length, need: GENERIC_HEADER }));
    let at = GENERIC_HEADER;
    let group = -1;
    let inGroup = 0;
    let number = -1;
    for (let more = true; more; ) {
      const proposalLength = this.#validateProposal(at, length - at);
      more = this.#octets[at] !== 0;
      const own = this.#octets[at + 4] as number;
      inGroup = own === number ? inGroup + 1 : 0;
      if (own !== number) group++;
      number = own;
      this.#proposal(at, proposalLength, length - at, [group, inGroup]);
      at += proposalLength;
    }
  }

  #validateProposal(at: number, left: number): number {
    if (left < PROPOSAL) this.#break(book.write('saTooShort', { left, need: PROPOSAL }));
    const length = this.#view.getUint16(at + 2);
    if (length < PROPOSAL) this.#break(book.write('saBelowMinimum', { length, need: PROPOSAL }));
    if (left < length) this.#break(book.write('saTooLong', { left, length }));
    const more = this.#octets[at] !== 0;
    if (!more && left !== length) this.#break(book.write('saMismatch', { left, length }));
    if (more && left <= length) this.#break(book.write('saTooSmall', { left, length }));
    return length;
  }

  #proposal(at: number, length: number, left: number, path: Path): void {
    const [more, reserved, , , number, protocol, spiSize, count] = this.#octets.subarray(at, at + PROPOSAL) as unknown as Head;
    if (spiSize > left - PROPOSAL) this.#break(book.write('spiBeyondPayload', { left: left - PROPOSAL, size: spiSize }));
    if (spiSize > length - PROPOSAL) this.#break(book.write('spiBeyondProposal', { left: length - PROPOSAL, size: spiSize }));
    if (spiSize !== 0 && spiSize !== 4 && spiSize !== 8) this.#break(book.write('spiSize', { size: spiSize }));
    const spi = this.#octets.slice(at + PROPOSAL, at + PROPOSAL + spiSize);
    const hex = [...spi].map((octet) => octet.toString(16).padStart(2, '0')).join('');
    if (spiSize > 0) this.#spi = BigInt(`0x${hex}`).toString();
    const shown = { more, reserved, length, number, protocol: protocolName(protocol), spiSize, count };
    this.#logs.push(book.write('proposal', { ...shown, spi: spiSize > 0 ? `0x${hex}` : this.#spi }));
    const key = `${number} ${protocol}`;
    const filed = this.#proposals.get(key) ?? { number, protocol, path, spi, transforms: new Map<string, PeerTransform>() };
    filed.spi = spi;
    this.#proposals.set(key, filed);
    this.#last = protocol;
    // A count of none is believed; any other is not looked at.
    if (count === 0) return;
    const unknown = this.#transforms(at + PROPOSAL + spiSize, at + length, filed, path);
    if (unknown === undefined) return;
    this.#logs.push(book.write('proposalDropped'));
    this.#proposals.delete(key);
    this.#dropped.push({ path, type: unknown });
    this.#last = undefined;
  }

  /** The type that is unknown; what follows it in the proposal is not read. */
  #transforms(start: number, end: number, into: Filing, path: Path): number | undefined {
    let at = start;
    for (let i = 0; ; i++) {
      const left = end - at;
      if (left < TRANSFORM) this.#breakTransforms(book.write('transformTooShort', { left, need: TRANSFORM }));
      const length = this.#view.getUint16(at + 2);
      if (length < TRANSFORM) this.#breakTransforms(book.write('transformBelowMinimum', { length, need: TRANSFORM }));
      if (left < length) this.#breakTransforms(book.write('transformTooLong', { left, length }));
      const [more, reserved, , , type] = this.#octets.subarray(at, at + TRANSFORM) as unknown as Head;
      const id = this.#view.getUint16(at + 6);
      this.#logs.push(book.write('transform', { more, reserved, length, type: typeName(type), id: transformName(type, id) }));
      const keyLength = length > TRANSFORM ? this.#attributes(at + TRANSFORM, at + length) : 0;
      if (type < 1 || type > LAST_TYPE) {
        this.#logs.push(book.write('invalidType', { type }), book.write('unknownType'));
        return type;
      }
      const known = `${type} ${id} ${keyLength}`;
      if (!into.transforms.has(known)) into.transforms.set(known, { type, id, length: keyLength, path: [...path, i] });
      at += length;
      if (more === MORE_TRANSFORMS) continue;
      if (at !== end) this.#breakTransforms(book.write('transformsLeft', { left: end - at }));
      return undefined;
    }
  }

  /** The last Key Length in the short form. A long attribute's length is taken to count its own header. */
  #attributes(start: number, end: number): number {
    let keyLength = 0;
    for (let at = start; ; ) {
      const left = end - at;
      if (left < ATTRIBUTE) this.#breakTransforms(book.write('attributeTooShort', { left, need: ATTRIBUTE }));
      const head = this.#view.getUint16(at);
      const length = this.#view.getUint16(at + 2);
      const type = head & ~SHORT_FORM;
      this.#logs.push(book.write('attribute', { type: attributeName(type), length, total: left }));
      if ((head & SHORT_FORM) !== 0) {
        if (type === KEY_LENGTH) keyLength = length;
        at += ATTRIBUTE;
      } else {
        if (length < ATTRIBUTE) this.#breakTransforms(book.write('attributeBelowMinimum', { length, need: ATTRIBUTE }));
        if (left < length) this.#breakTransforms(book.write('attributeTooLong', { left, length }));
        at += length;
      }
      if (at === end) return keyLength;
    }
  }

  #break(line: LogLine): never {
    this.#logs.push(line);
    throw new Broken(line.text);
  }

  #breakTransforms(line: LogLine): never {
    this.#logs.push(line, book.write('invalidTransforms'));
    throw new Broken(line.text);
  }
}

type Head = readonly [number, number, number, number, number, number, number, number];

const PROPOSAL = 8;
const TRANSFORM = 8;
const ATTRIBUTE = 4;
const SHORT_FORM = 0x8000;
const KEY_LENGTH = 14;
const LAST_TYPE = 5;
const MORE_TRANSFORMS = 3;
