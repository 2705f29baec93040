/**
 * racoon's own reading of an SA payload: what it cannot use it leaves out, and only when nothing is left the payload fails. Proposals are
 * filed by their number, and those of one number belong together.
 *
 * @see ipsec-tools racoon ipsec_doi.c get_proppair_and_doi_sit, get_transform; isakmp.c isakmp_parsewoh
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Path } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import { GENERIC_HEADER } from '../answers.ts';
import { book } from './book.ts';
import { checkTransform } from './checks.ts';

/** An attribute; `value` is the second 16 bits of its head, whatever they mean. */
export interface RacoonAttribute {
  readonly type: number;
  readonly short: boolean;
  readonly value: number;
  /** Of the long form as much as is there. */
  readonly octets: Uint8Array;
  /** Whether it ends inside its transform. */
  readonly whole: boolean;
  readonly path: Path;
}

/** A transform, and the octets that go back when it is chosen. */
export interface RacoonTransform {
  readonly number: number;
  readonly id: number;
  readonly octets: Uint8Array;
  readonly attributes: readonly RacoonAttribute[];
  readonly path: Path;
}

/** A proposal with what transforms of it can be used: one at least. */
export interface RacoonProposal {
  readonly number: number;
  readonly protocol: number;
  readonly reserved: number;
  readonly spi: Uint8Array;
  readonly transforms: readonly RacoonTransform[];
  readonly path: Path;
}

/** What was left out, and why. */
export interface Skipped {
  readonly path: Path;
  readonly reason: Reason;
}

/** What racoon has after reading. */
export interface RacoonOffer {
  /** In the order of their numbers; each is an AND of its proposals. */
  readonly bundles: readonly (readonly RacoonProposal[])[];
  readonly skipped: readonly Skipped[];
  /** Why the payload fails. */
  readonly broken?: string;
  readonly logs: readonly LogLine[];
}

/** Why something is left out, in racoon's words and in ours. */
export interface Objection {
  readonly reason: Reason;
  readonly log?: LogLine;
}

/** Reads an SA payload with its generic header, in phase 1 or 2. Never throws. */
export function readRacoonOffer(sa: Uint8Array, phase: 1 | 2): RacoonOffer {
  const reading = new Reading(sa, phase);
  const broken = reading.payload();
  const bundles = [...reading.filed].sort(([a], [b]) => a - b).map(([, bundle]) => bundle);
  const { skipped, logs } = reading;
  if (broken !== undefined) return { bundles: [], skipped, broken, logs };
  if (bundles.length > 0) return { bundles, skipped, logs };
  return { bundles, skipped, broken: 'no proposal that can be used', logs: [...logs, book.write('noProposal')] };
}

interface Piece {
  readonly type: number;
  readonly at: number;
  readonly length: number;
}

class Reading {
  readonly filed = new Map<number, RacoonProposal[]>();
  readonly skipped: Skipped[] = [];
  readonly logs: LogLine[] = [];
  readonly #octets: Uint8Array;
  readonly #view: DataView;
  readonly #phase: 1 | 2;

  constructor(octets: Uint8Array, phase: 1 | 2) {
    this.#octets = octets;
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    this.#phase = phase;
  }

  /** Why it fails; nothing when it does not. */
  payload(): string | undefined {
    const { length } = this.#octets;
    if (length < PROPOSALS) {
      this.logs.push(book.write('saLength', { length: Math.max(0, length - GENERIC_HEADER) }));
      return 'SA payload too short';
    }
    const doi = this.#view.getUint32(4);
    if (doi !== 1) {
      this.logs.push(book.write('doi', { doi: hex(doi) }));
      return `DOI ${doi}`;
    }
    const situation = this.#view.getUint32(8);
    if (situation !== 1) {
      const known = situation === 2 || situation === 4;
      this.logs.push(book.write(known ? 'situationUnsupported' : 'situation', { situation: hex(situation) }));
      return `situation ${situation}`;
    }
    const pieces = this.#pieces(PROPOSAL, PROPOSALS, length - PROPOSALS);
    return pieces === undefined ? 'length of a proposal' : this.#proposals(pieces);
  }

  #proposals(pieces: readonly Piece[]): string | undefined {
    let group = -1;
    let inGroup = 0;
    let before = -1;
    for (const { type, at, length } of pieces) {
      if (type !== PROPOSAL) {
        this.logs.push(book.write('payloadType', { type }));
        return `payload ${type} among proposals`;
      }
      const number = this.#octet(at + 4);
      inGroup = number === before ? inGroup + 1 : 0;
      if (number !== before) group++;
      before = number;
      const failed = this.#proposal(at, length, [group, inGroup]);
      if (failed !== undefined) return failed;
    }
    return undefined;
  }

  #proposal(at: number, length: number, path: Path): string | undefined {
    const [number, protocol, spiSize] = [this.#octet(at + 4), this.#octet(at + 5), this.#octet(at + 6)];
    if (!this.#knowsProtocol(protocol, path) || !this.#knowsSpi(protocol, spiSize, path)) return undefined;
    const start = at + PROPOSAL_HEADER + spiSize;
    const pieces = this.#pieces(TRANSFORM, start, length - PROPOSAL_HEADER - spiSize);
    if (pieces === undefined) return 'length of a transform';
    const transforms: RacoonTransform[] = [];
    for (const [i, piece] of pieces.entries()) {
      if (piece.type !== TRANSFORM) {
        this.logs.push(book.write('payloadType', { type: piece.type }));
        break;
      }
      const transform = this.#transform(piece, [...path, i]);
      const objection = checkTransform(protocol, transform);
      if (objection === undefined) transforms.push(transform);
      else this.#skip(transform.path, objection);
    }
    if (transforms.length === 0) return undefined;
    const spi = this.#octets.slice(at + PROPOSAL_HEADER, start);
    const proposal = { number, protocol, reserved: this.#octet(at + 1), spi, transforms, path };
    const bundle = this.filed.get(number);
    if (bundle) bundle.push(proposal);
    else this.filed.set(number, [proposal]);
    return undefined;
  }

  #knowsProtocol(protocol: number, path: Path): boolean {
    if (this.#phase === 1 ? protocol === ISAKMP : protocol >= AH && protocol <= IPCOMP) return true;
    const log = this.#phase === 1 ? book.write('illegalProtocol', { protocol }) : book.write('invalidProtocol', { protocol });
    this.#skip(path, { reason: { code: 'protocol-mismatch', offered: protocol, allowed: this.#phase === 1 ? [1] : [2, 3, 4] }, log });
    return false;
  }

  #knowsSpi(protocol: number, size: number, path: Path): boolean {
    if (protocol === ISAKMP) {
      if (size !== 0) this.logs.push(book.write('spiNotZero'));
      return true;
    }
    if (size === 4 || (protocol === IPCOMP && size === 2)) return true;
    const log = book.write('spiSize', { size, kind: protocol === IPCOMP ? 'IPCOMP' : 'IPSEC' });
    this.#skip(path, { reason: { code: 'structure', detail: `SPI of ${size} octets`, path }, log });
    return false;
  }

  #transform({ at, length }: Piece, path: Path): RacoonTransform {
    const octets = this.#octets.subarray(at, at + length);
    return { number: this.#octet(at + 4), id: this.#octet(at + 5), octets, attributes: this.#attributes(at + 8, at + length, path), path };
  }

  /** A rest that is too short for a head is an attribute of whatever follows it. */
  #attributes(start: number, end: number, path: Path): RacoonAttribute[] {
    const found: RacoonAttribute[] = [];
    for (let at = start; at < end; ) {
      const head = (this.#octet(at) << 8) | this.#octet(at + 1);
      const value = (this.#octet(at + 2) << 8) | this.#octet(at + 3);
      const short = (head & 0x8000) !== 0;
      const stop = at + 4 + (short ? 0 : value);
      const octets = short ? this.#octets.subarray(at + 2, at + 4) : this.#octets.subarray(at + 4, Math.min(stop, end));
      found.push({ type: head & 0x7fff, short, value, octets, whole: stop <= end, path: [...path, found.length] });
      at = stop;
    }
    return found;
  }

  /** Payloads to the one that says none follows, or to the end; nothing when a length is wrong. */
  #pieces(first: number, start: number, length: number): readonly Piece[] | undefined {
    const pieces: Piece[] = [];
    let type = first;
    let at = start;
    for (let left = length; left > 0 && type !== NONE; ) {
      const own = left <= 4 ? 0 : this.#view.getUint16(at + 2);
      if (own < 4 || own > left) {
        this.logs.push(book.write('payloadLength'));
        return undefined;
      }
      pieces.push({ type, at, length: own });
      type = this.#octet(at);
      at += own;
      left -= own;
    }
    return pieces;
  }

  #skip(path: Path, { reason, log }: Objection): void {
    this.skipped.push({ path, reason });
    if (log) this.logs.push(log);
  }

  /** 0 behind the end. */
  #octet(at: number): number {
    return this.#octets[at] ?? 0;
  }
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
const [NONE, PROPOSAL, TRANSFORM] = [0, 2, 3];
const [ISAKMP, AH, IPCOMP] = [1, 2, 4];
/** Payload header, DOI and situation. */
const PROPOSALS = 12;
const PROPOSAL_HEADER = 8;
