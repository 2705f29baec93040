/**
 * Fixed headers as Pluto reads them: field by field, and the first odd field refuses the header.
 *
 * Rule 1: the order of the fields is the order of the complaints.
 * Rule 2: reading goes on behind an odd field as long as the lengths allow, so that hidden reasons can be found; the
 *         caller decides what the fault ends.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import { PLUTO } from './log.ts';
import type { Names } from './names.ts';
import * as names from './names.ts';

/** A stretch of octets that is being read; `at` moves. */
export interface Block {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  /** What Pluto calls the place, for its log. */
  readonly name: string;
}

/** Octets not yet read. */
export function left(block: Block): number {
  return block.end - block.at;
}

interface Field<K extends string> {
  readonly key: K | undefined;
  readonly size: 1 | 2 | 4;
  /**
   * `length` counts the whole structure, `value` is an attribute's length or value, `zero` is reserved, `form` an
   * attribute's type with the bit for TV, `enum` must have a name, `bits` must have a name each.
   */
  readonly kind: 'number' | 'zero' | 'length' | 'value' | 'form' | 'enum' | 'bits';
  readonly label: string;
  readonly names?: Names;
}

/** A header: its name and its fields, in wire order. */
export interface Layout<K extends string> {
  readonly name: string;
  readonly fields: readonly Field<K>[];
}

/** What was read: `fault` is the line that Pluto logs; `body` is missing when the lengths leave no way on. */
export interface Structure<K extends string> {
  readonly values: Readonly<Record<K, number>>;
  /** The header's own octets. */
  readonly octets: Uint8Array;
  readonly body?: Block;
  readonly fault?: LogLine;
}

/** Reads one structure from the block and moves behind it. Never throws. */
export function readStructure<K extends string>(block: Block, layout: Layout<K>): Structure<K> {
  const structure = layout.name;
  const size = layout.fields.reduce((sum, field) => sum + field.size, 0);
  const start = block.at;
  const octets = block.bytes.subarray(start, Math.min(start + size, block.end));
  const values = {} as Record<K, number>;
  if (left(block) < size) return { values, octets, fault: PLUTO.write('noRoom', { structure }) };
  let fault: LogLine | undefined;
  let roof = start + size;
  let short = false;
  for (const { key, size: width, kind, label: field, names: known } of layout.fields) {
    const value = number(block, width);
    if (key !== undefined) values[key] = value;
    if (kind === 'form') short = (value & names.TV) !== 0;
    switch (kind) {
      case 'zero': {
        const odd = octets.subarray(block.at - width - start, block.at - start).findIndex((octet) => octet !== 0);
        if (odd >= 0) fault ??= PLUTO.write('notZero', { byte: block.at - width - start + odd + 1, structure });
        break;
      }
      case 'length':
      case 'value': {
        const length = kind === 'length' ? value : size + (short ? 0 : value);
        if (length < size) return { values, octets, fault: fault ?? PLUTO.write('tooSmall', { field, structure }) };
        if (length > block.end - start) return { values, octets, fault: fault ?? PLUTO.write('tooLarge', { field, structure }) };
        roof = start + length;
        break;
      }
      case 'form':
      case 'enum':
        if (!known?.has(value)) fault ??= PLUTO.write('unknownValue', { field, structure, value });
        break;
      case 'bits':
        if (known && oddBits(known, value))
          fault ??= PLUTO.write('unknownBits', { field, structure, members: names.showBits(known, value) });
        break;
      case 'number':
        break;
      default:
        return kind satisfies never;
    }
  }
  const body = { bytes: block.bytes, at: start + size, end: roof, name: layout.name };
  block.at = roof;
  return fault ? { values, octets, body, fault } : { values, octets, body };
}

/** A view of the next octets, or the line that Pluto logs when they are not there. */
export function readRaw(block: Block, count: number, what: string): Uint8Array | LogLine {
  if (left(block) < count) return PLUTO.write('tooFewBytes', { what, structure: block.name });
  block.at += count;
  return block.bytes.subarray(block.at - count, block.at);
}

function number(block: Block, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 256 + (block.bytes[block.at++] ?? 0);
  return value;
}

function oddBits(known: Names, value: number): boolean {
  return value > [...known.keys()].reduce((sum, bit) => sum + bit, 0);
}

const PAYLOAD_HEAD = [
  { key: 'next', size: 1, kind: 'enum', label: 'next payload type', names: names.PAYLOAD },
  { key: undefined, size: 1, kind: 'zero', label: 'reserved' },
  { key: undefined, size: 2, kind: 'length', label: 'length' },
] as const;

export const SA: Layout<'next' | 'doi'> = {
  name: 'ISAKMP Security Association Payload',
  fields: [...PAYLOAD_HEAD, { key: 'doi', size: 4, kind: 'enum', label: 'DOI', names: names.DOI }],
};

export const SITUATION: Layout<'bits'> = {
  name: 'IPsec DOI SIT',
  fields: [{ key: 'bits', size: 4, kind: 'bits', label: 'IPsec DOI SIT', names: names.SITUATION }],
};

export const PROPOSAL: Layout<'next' | 'number' | 'protocol' | 'spiSize' | 'count'> = {
  name: 'ISAKMP Proposal Payload',
  fields: [
    ...PAYLOAD_HEAD,
    { key: 'number', size: 1, kind: 'number', label: 'proposal number' },
    { key: 'protocol', size: 1, kind: 'enum', label: 'protocol ID', names: names.PROTOCOL },
    { key: 'spiSize', size: 1, kind: 'number', label: 'SPI size' },
    { key: 'count', size: 1, kind: 'number', label: 'number of transforms' },
  ],
};

/** The layouts differ in the names they know. */
export type TransformLayout = Layout<'next' | 'number' | 'id'>;
export type AttributeLayout = Layout<'type' | 'value'>;

export function transformLayout(protocol: string, known: Names): TransformLayout {
  return {
    name: `ISAKMP Transform Payload (${protocol})`,
    fields: [
      ...PAYLOAD_HEAD,
      { key: 'number', size: 1, kind: 'number', label: 'transform number' },
      { key: 'id', size: 1, kind: 'enum', label: 'transform ID', names: known },
      { key: undefined, size: 2, kind: 'zero', label: 'reserved' },
    ],
  };
}

/** An attribute's header, with the types that have a name. */
export function attributeLayout(name: string, known: Names): AttributeLayout {
  return {
    name,
    fields: [
      { key: 'type', size: 2, kind: 'form', label: 'af+type', names: known },
      { key: 'value', size: 2, kind: 'value', label: 'length/value' },
    ],
  };
}
