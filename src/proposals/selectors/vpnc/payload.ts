/**
 * vpnc's own reading of an SA payload.
 *
 * @see vpnc isakmp-pkt.c parse_isakmp_payload, parse_isakmp_attributes
 * @module
 */
import type { Path } from '../../model.ts';
import { GENERIC_HEADER } from '../answers.ts';

/** An attribute; nothing is a value in the long form. */
export interface VpncAttribute {
  readonly type: number;
  readonly value?: number;
  readonly path: Path;
}

/** A transform. */
export interface VpncTransform {
  readonly id: number;
  readonly attributes: readonly VpncAttribute[];
  readonly path: Path;
}

/** A proposal. */
export interface VpncProposal {
  readonly protocol: number;
  readonly spiSize: number;
  readonly transforms: readonly VpncTransform[];
  readonly path: Path;
}

/** What is read, or the notification type for what cannot be. */
export type VpncOffer = { readonly proposals: readonly VpncProposal[] } | { readonly reject: number; readonly detail: string };

/** Reads an SA payload with its generic header. Never throws. */
export function readVpncOffer(sa: Uint8Array): VpncOffer {
  try {
    return { proposals: new Reading(sa).proposals() };
  } catch (error) {
    if (!(error instanceof Reject)) throw error;
    return { reject: error.type, detail: error.message };
  }
}

/** A fault that ends the message; never leaves this file. */
class Reject extends Error {
  readonly type: number;

  constructor(type: number, detail: string) {
    super(detail);
    this.type = type;
  }
}

class Reading {
  readonly #octets: Uint8Array;
  readonly #view: DataView;
  /** It means to allow octets behind the last element, but reads on there: what follows is then not a payload. */
  #leftOver = false;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  proposals(): VpncProposal[] {
    const { length } = this.#header(0, this.#octets.length, SA_MINIMUM);
    const doi = this.#view.getUint32(GENERIC_HEADER);
    if (doi !== 1) throw new Reject(2, `DOI ${doi}`);
    const situation = this.#view.getUint32(GENERIC_HEADER + 4);
    if (situation !== 1) throw new Reject(3, `situation ${situation}`);
    const found: VpncProposal[] = [];
    for (let at = SA_MINIMUM, more = true; more; ) {
      const head = this.#header(at, length, MINIMUM);
      if (head.next !== PROPOSAL && head.next !== NONE) throw new Reject(1, `payload ${head.next} among proposals`);
      found.push(this.#proposal(at, at + head.length, [found.length, 0]));
      more = head.next !== NONE;
      at += head.length;
      if (!more && at < length) this.#leftOver = true;
    }
    if (this.#leftOver) throw new Reject(16, 'octets left over');
    return found;
  }

  #proposal(at: number, end: number, path: Path): VpncProposal {
    const [protocol = 0, spiSize = 0, count = 0] = this.#octets.subarray(at + 5, at + 8);
    const start = at + MINIMUM + spiSize;
    if (start > end) throw new Reject(16, 'SPI beyond the proposal');
    const transforms: VpncTransform[] = [];
    for (let place = start, more = true; more; ) {
      const head = this.#header(place, end, MINIMUM);
      if (head.next !== TRANSFORM && head.next !== NONE) throw new Reject(1, `payload ${head.next} among transforms`);
      if (this.#view.getUint16(place + 6) !== 0) throw new Reject(15, 'reserved field of a transform');
      const own = [...path, transforms.length];
      const attributes = this.#attributes(place + MINIMUM, place + head.length, own);
      transforms.push({ id: this.#octets[place + 5] ?? 0, attributes, path: own });
      more = head.next !== NONE;
      place += head.length;
      if (more && this.#leftOver) throw new Reject(16, 'octets left over');
      if (!more && place < end) this.#leftOver = true;
    }
    if (count !== transforms.length) throw new Reject(15, 'transform count');
    return { protocol, spiSize, transforms, path };
  }

  #attributes(start: number, end: number, path: Path): VpncAttribute[] {
    const found: VpncAttribute[] = [];
    let at = start;
    while (end - at >= 4) {
      const head = this.#view.getUint16(at);
      const value = this.#view.getUint16(at + 2);
      const own = [...path, found.length];
      at += 4;
      if ((head & 0x8000) !== 0) {
        found.push({ type: head & 0x7fff, value, path: own });
        continue;
      }
      if (end - at < value) throw new Reject(16, 'attribute beyond its transform');
      found.push({ type: head, path: own });
      at += value;
    }
    if (at < end) this.#leftOver = true;
    return found;
  }

  #header(at: number, end: number, minimum: number): { readonly next: number; readonly length: number } {
    if (end - at < minimum) throw new Reject(16, 'payload too short');
    if (this.#octets[at + 1] !== 0) throw new Reject(16, 'reserved field');
    const length = this.#view.getUint16(at + 2);
    if (length > end - at || length < minimum) throw new Reject(16, 'payload length');
    return { next: this.#octets[at] as number, length };
  }
}

const [NONE, PROPOSAL, TRANSFORM] = [0, 2, 3];
const SA_MINIMUM = 12;
const MINIMUM = 8;
