/**
 * Whole IKE messages: octets ↔ `Message`, for both versions.
 *
 * Rule 1: decoding never throws. What is wrong stands in `faults`; one bad payload does not hide the one beside it.
 * Rule 2: octet strings in a decoded message are views into the input.
 * Rule 3: what was decoded can be written again to the same octets; the encoder writes wrong things when told to.
 *
 * @module
 */
import { Reader, Writer } from '../proposals/wire/bytes.ts';
import { type DecodeFault, faultOf } from '../proposals/wire/errors.ts';
import { SA_LIMITS } from '../proposals/wire/sa.ts';
import { HEADER_SIZE, type Header, readHeader, writeHeader } from './header.ts';
import { FLAG, PAYLOAD_V1, PAYLOAD_V2, type Version } from './numbers.ts';
import type { MessageLimits, ReadContext } from './payloads/base.ts';
import { decodePayload, type Payload, writePayload } from './payloads/index.ts';

/** A value, or why there is none. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: DecodeFault };

export interface Message {
  readonly header: Header;
  readonly payloads: readonly Payload[];
  /** In the order of their discovery; those of broken payloads are among them. */
  readonly faults: readonly DecodeFault[];
  /** Octets that belong to no payload; a fault stands beside them. */
  readonly trailing?: Uint8Array;
}

/** What `encodeMessage` writes: a header without the two fields that follow from the payloads. */
export interface MessageDraft extends Omit<Header, 'nextPayload' | 'length'> {
  readonly payloads: readonly Payload[];
  readonly trailing?: Uint8Array;
  /** Only to lie: left out it is the type of the first payload. */
  readonly nextPayload?: number;
  /** Only to lie: left out it is the number of octets written. */
  readonly length?: number;
}

export const MESSAGE_LIMITS: MessageLimits = { ...SA_LIMITS, payloads: 255 };

/** The codec that a header's version octet asks for, if there is one. */
export function versionOf(header: Pick<Header, 'version'>): Version | undefined {
  const major = header.version >> 4;
  return major === 1 || major === 2 ? major : undefined;
}

/**
 * Decodes one message, without the non-ESP marker of port 4500. Never throws; fails only without a whole header.
 *
 * @example
 * const decoded = decodeMessage(datagram);
 * if (decoded.ok) for (const payload of decoded.value.payloads) if (payload.kind === 'sa') show(payload.body.offer);
 */
export function decodeMessage(octets: Uint8Array, limits: MessageLimits = MESSAGE_LIMITS): Decoded<Message> {
  let header: Header;
  try {
    header = readHeader(new Reader(octets));
  } catch (error) {
    return { ok: false, fault: faultOf(error) };
  }
  const faults: DecodeFault[] = [];
  const end = statedEnd(header, octets, faults);
  const r = new Reader(octets, 0, HEADER_SIZE, end);
  const version = versionOf(header);
  if (version === undefined) faults.push({ code: 'version-unknown', offset: 17, field: 'header.version' });
  const payloads = version === undefined ? [] : decodePayloads(r, header, { version, limits, faults });
  const used = r.offset;
  if (used < end && faults.length === 0) faults.push(r.fault('trailing-bytes', 'message'));
  const value = used === octets.length ? { header, payloads, faults } : { header, payloads, faults, trailing: octets.subarray(used) };
  return { ok: true, value };
}

/**
 * Encodes a message. Throws `RangeError` for what has no encoding: SPIs that have not 8 octets, bodies beyond 65,531.
 *
 * @example
 * encodeMessage({ initiatorSpi, responderSpi: new Uint8Array(8), version: 0x20, exchange: EXCHANGE.saInit,
 *   flags: FLAG.initiator, messageId: 0, payloads: [{ kind: 'nonce', type: PAYLOAD_V2.nonce, data }] });
 */
export function encodeMessage(draft: MessageDraft): Uint8Array {
  const w = new Writer();
  const { payloads } = draft;
  writeHeader(w, draft, draft.nextPayload ?? payloads[0]?.type ?? 0);
  writeChain(w, payloads, versionOf(draft) ?? 2);
  if (draft.trailing) w.put(draft.trailing);
  return w.patch32(LENGTH_AT, draft.length ?? w.length).finish();
}

/** A decoded message as a draft that encodes to the same octets, its lies included. */
export function draftOf(message: Message): MessageDraft {
  const { header, payloads, trailing } = message;
  return trailing ? { ...header, payloads, trailing } : { ...header, payloads };
}

/** Decodes a chain of payloads, such as the inside of a decrypted SK payload. Never throws. */
export function decodePayloadChain(
  octets: Uint8Array,
  first: number,
  version: Version,
  limits: MessageLimits = MESSAGE_LIMITS,
): Pick<Message, 'payloads' | 'faults'> & { readonly trailing?: Uint8Array } {
  const faults: DecodeFault[] = [];
  const r = new Reader(octets);
  const payloads = decodeChain(r, first, { version, limits, faults });
  return r.left === 0 ? { payloads, faults } : { payloads, faults, trailing: r.rest() };
}

/** Encodes a chain of payloads without a header before it. */
export function encodePayloadChain(payloads: readonly Payload[], version: Version): Uint8Array {
  const w = new Writer();
  writeChain(w, payloads, version);
  return w.finish();
}

/** Where the message ends by its own word, or where the octets do. */
function statedEnd(header: Header, octets: Uint8Array, faults: DecodeFault[]): number {
  const { length } = header;
  if (length === octets.length) return length;
  const field = 'header.length';
  if (length < HEADER_SIZE) faults.push({ code: 'length-too-small', offset: LENGTH_AT, field });
  else if (length > octets.length) faults.push({ code: 'length-too-large', offset: LENGTH_AT, field });
  else faults.push({ code: 'trailing-bytes', offset: length, field: 'message' });
  return length < HEADER_SIZE ? octets.length : Math.min(length, octets.length);
}

function decodePayloads(r: Reader, header: Header, context: ReadContext): Payload[] {
  const type = header.nextPayload;
  const sealed = context.version === 1 && (header.flags & FLAG.encryption) !== 0 && type !== PAYLOAD_V1.fragment;
  return sealed ? [{ kind: 'encrypted', type, data: r.rest() }] : decodeChain(r, type, context);
}

/** Reads payloads until the chain says that it ends, or cannot be followed; what is left stays in `r`. */
function decodeChain(r: Reader, first: number, context: ReadContext): Payload[] {
  const payloads: Payload[] = [];
  let type = first;
  while (type !== 0) {
    const fault = chainFault(r, payloads.length, context.limits);
    if (fault) {
      context.faults.push(fault);
      const last = payloads.pop();
      if (last) payloads.push({ ...last, nextPayload: type });
      return payloads;
    }
    const nextPayload = r.u8('payload.next');
    const sealed = context.version === 2 && (type === PAYLOAD_V2.encrypted || type === PAYLOAD_V2.fragment);
    payloads.push(decodeWhole(r, type, sealed && nextPayload !== 0 ? { nextPayload } : undefined, context));
    type = sealed ? 0 : nextPayload;
  }
  if (r.left > 0) context.faults.push(r.fault('trailing-bytes', 'message'));
  return payloads;
}

/** A payload from its second octet on. One that is longer than the message is cut to it. */
function decodeWhole(r: Reader, type: number, inside: { nextPayload: number } | undefined, context: ReadContext): Payload {
  const reserved = r.u8('payload.reserved');
  const length = r.u16('payload.length');
  const cut = length - GENERIC_SIZE > r.left;
  if (cut) context.faults.push(r.fault('length-too-large', 'payload.length', 2));
  const body = r.sub(cut ? r.left : length - GENERIC_SIZE, 'payload');
  const payload = decodePayload(body, type, context, cut);
  if (reserved === 0 && !inside && !cut) return payload;
  return { ...payload, ...(reserved !== 0 && { reserved }), ...inside, ...(cut && { length }) };
}

/** Why the next payload cannot be read. */
function chainFault(r: Reader, count: number, limits: MessageLimits): DecodeFault | undefined {
  if (count === limits.payloads) return r.fault('limit-exceeded', 'message.payloads');
  if (r.left < GENERIC_SIZE) return r.fault('truncated', 'payload');
  return r.peek16(2) < GENERIC_SIZE ? r.fault('length-too-small', 'payload.length') : undefined;
}

function writeChain(w: Writer, payloads: readonly Payload[], version: Version): void {
  const count = payloads.length;
  for (let i = 0; i < count; i++) writeWhole(w, payloads[i] as Payload, i + 1 < count ? (payloads[i + 1] as Payload).type : 0, version);
}

function writeWhole(w: Writer, payload: Payload, next: number, version: Version): void {
  if (version === 1 && payload.kind === 'encrypted') {
    writePayload(w, payload, version);
    return;
  }
  const start = w.length;
  w.u8(payload.nextPayload ?? next)
    .u8(payload.reserved ?? 0)
    .u16(0);
  writePayload(w, payload, version);
  w.patch16(start + 2, payload.length ?? w.length - start);
}

const GENERIC_SIZE = 4;
const LENGTH_AT = 24;
