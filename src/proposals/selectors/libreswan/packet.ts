/**
 * Fixed headers as libreswan reads them: field by field, the first odd field refuses the header.
 *
 * Reserved octets and next-payload octets may be anything here; those who read the header look at the latter.
 *
 * @see libreswan programs/pluto/packet.c `pbs_in_struct`
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Release } from '../profile.ts';
import { book } from './log.ts';
import * as names from './names.ts';

/** A stretch of octets that is being read; `at` moves. */
export interface Block {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  /** As the log calls it. */
  readonly name: string;
}

/** Octets not yet read. */
export function left(block: Block): number {
  return block.end - block.at;
}

/** The rest, as a view. */
export function rest(block: Block): Uint8Array {
  return block.bytes.subarray(block.at, block.end);
}

interface Field<K extends string> {
  readonly key?: K;
  readonly size: 1 | 2 | 4;
  /** `length` counts the whole structure; `value` is an attribute's length or value; `form` its type with the bit for TV. */
  readonly kind: 'any' | 'length' | 'value' | 'form' | 'enum' | 'bits';
  readonly label: string;
  readonly names?: names.Names;
}

/** A header: its name and its fields, in the order of the wire. */
export interface Layout<K extends string> {
  readonly name: string;
  readonly fields: readonly Field<K>[];
}

/** What was read, or what the log says is wrong with it. */
export type Header<K extends string> =
  | { readonly values: Readonly<Record<K, number>>; readonly body: Block; readonly fault?: undefined }
  | { readonly values: Readonly<Partial<Record<K, number>>>; readonly fault: LogLine };

/** Reads one header, and moves behind the structure that it begins. Never throws. */
export function readHeader<K extends string>(block: Block, layout: Layout<K>): Header<K> {
  const { name: what, fields } = layout;
  const size = fields.reduce((sum, field) => sum + field.size, 0);
  const start = block.at;
  const values = {} as Record<K, number>;
  if (left(block) < size) return { values, fault: book.write('noRoom', { what, left: left(block), size }) };
  let at = start;
  let length = size;
  let short = false;
  for (const { key, size: width, kind, label: field, names: table } of fields) {
    const value = numberAt(block.bytes, at, width);
    at += width;
    if (key !== undefined) values[key] = value;
    if (kind === 'form') short = (value & names.TV) !== 0;
    if ((kind === 'enum' || kind === 'form') && table && !names.known(table, value)) {
      const shown = kind === 'form' ? `${short ? 'AF+' : ''}${value & ~names.TV}` : value;
      return { values, fault: book.write('unknownValue', { field, what, value: shown, hex: value.toString(16) }) };
    }
    if (kind === 'bits' && table && value > 7) {
      return { values, fault: book.write('unknownBits', { field, what, bits: names.bitNames(table, value), value }) };
    }
    if (kind === 'length' || kind === 'value') {
      length = kind === 'length' ? value : size + (short ? 0 : value);
      if (length < size) return { values, fault: book.write('tooSmall', { length, field, what }) };
      if (length > left(block)) return { values, fault: book.write('tooLarge', { length, field, what }) };
    }
  }
  block.at = start + length;
  return { values, body: { bytes: block.bytes, at: start + size, end: start + length, name: what } };
}

/** The next octets, or what the log says when they are not there. */
export function readOctets(block: Block, count: number, field: string, release: Release): Uint8Array | LogLine {
  if (left(block) < count) {
    const cut = { field, what: block.name };
    return release.since('5.0') ? book.write('cutOffCounted', { count, ...cut }) : book.write('cutOff', cut);
  }
  block.at += count;
  return block.bytes.subarray(block.at - count, block.at);
}

function numberAt(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

const HEAD = [
  { key: 'next', size: 1, kind: 'any', label: 'next payload type' },
  { size: 1, kind: 'any', label: 'reserved' },
  { size: 2, kind: 'length', label: 'length' },
] as const;

export const SA: Layout<'next' | 'doi'> = {
  name: 'ISAKMP Security Association Payload',
  fields: [...HEAD, { key: 'doi', size: 4, kind: 'enum', label: 'DOI', names: names.DOI }],
};

export const SITUATION: Layout<'bits'> = {
  name: 'IPsec DOI SIT',
  fields: [{ key: 'bits', size: 4, kind: 'bits', label: 'IPsec DOI SIT', names: names.SITUATION }],
};

export const PROPOSAL: Layout<'next' | 'number' | 'protocol' | 'spiSize' | 'count'> = {
  name: 'ISAKMP Proposal Payload',
  fields: [
    ...HEAD,
    { key: 'number', size: 1, kind: 'any', label: 'proposal number' },
    { key: 'protocol', size: 1, kind: 'enum', label: 'protocol ID', names: names.PROTOCOL },
    { key: 'spiSize', size: 1, kind: 'any', label: 'SPI size' },
    { key: 'count', size: 1, kind: 'any', label: 'number of transforms' },
  ],
};

/** The layouts differ in the names they know. */
export type TransformLayout = Layout<'next' | 'number' | 'id'>;
export type AttributeLayout = Layout<'type' | 'value'>;

export function transformLayout(protocol: string, table: names.Names): TransformLayout {
  return {
    name: `ISAKMP Transform Payload (${protocol})`,
    fields: [
      ...HEAD,
      { key: 'number', size: 1, kind: 'any', label: `${protocol} transform number` },
      { key: 'id', size: 1, kind: 'enum', label: `${protocol} transform ID`, names: table },
      { size: 2, kind: 'any', label: 'reserved' },
    ],
  };
}

export function attributeLayout(name: string, table: names.Names): AttributeLayout {
  return {
    name,
    fields: [
      { key: 'type', size: 2, kind: 'form', label: 'af+type', names: table },
      { key: 'value', size: 2, kind: 'value', label: 'length/value' },
    ],
  };
}

export const OAKLEY_ATTRIBUTE = attributeLayout('ISAKMP Oakley attribute', names.OAKLEY_ATTRIBUTE);

const KEY_LENGTH_ONLY: names.Names = { prefix: '', names: new Map([[14 + names.TV, 'IKEv2_KEY_LENGTH']]) };

export const IKEV2_PROPOSAL: Layout<'next' | 'number' | 'protocol' | 'spiSize' | 'count'> = {
  name: 'IKEv2 Proposal Substructure Payload',
  fields: [
    { ...HEAD[0], label: 'last proposal' },
    HEAD[1],
    HEAD[2],
    { key: 'number', size: 1, kind: 'any', label: 'prop #' },
    { key: 'protocol', size: 1, kind: 'enum', label: 'proto ID', names: names.IKEV2_PROTOCOL },
    { key: 'spiSize', size: 1, kind: 'any', label: 'spi size' },
    { key: 'count', size: 1, kind: 'any', label: '# transforms' },
  ],
};

export const IKEV2_TRANSFORM: Layout<'next' | 'type' | 'id'> = {
  name: 'IKEv2 Transform Substructure Payload',
  fields: [
    { ...HEAD[0], label: 'last transform' },
    HEAD[1],
    HEAD[2],
    { key: 'type', size: 1, kind: 'any', label: 'IKEv2 transform type' },
    { size: 1, kind: 'any', label: 'reserved' },
    { key: 'id', size: 2, kind: 'any', label: 'IKEv2 transform ID' },
  ],
};

export const IKEV2_ATTRIBUTE = attributeLayout('IKEv2 Attribute Substructure Payload', KEY_LENGTH_ONLY);
