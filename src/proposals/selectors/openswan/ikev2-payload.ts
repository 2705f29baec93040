/**
 * An IKEv2 SA payload as Openswan reads it: structure by structure, with what ends the message on the way.
 *
 * @see Openswan 3.0.0 `packet.c`, `spdb_v2_struct.c`, `ikev2_process_transforms`
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Path } from '../../model.ts';
import { PAYLOAD, TV } from '../freeswan/names.ts';
import { type AttributeLayout, type Block, type Layout, left, readRaw, readStructure } from '../freeswan/structure.ts';
import { OPENSWAN } from './log.ts';

/** One transform of the lists that are tried. A key length of -1 was not given. */
export interface Listed {
  readonly id: number;
  readonly keyBits: number;
  readonly path: Path;
}

/** Transforms by type; of each type at most 32 are kept. */
export type Lists = Map<number, Listed[]>;

/** What stands in front of the transforms. */
export interface Head {
  readonly next: number;
  readonly number: number;
  readonly protocol: number;
  readonly spiSize: number;
  readonly count: number;
  readonly body: Block;
}

/** What ended the reading: the notify type, and the line. */
export interface Stop {
  readonly code: number;
  readonly line: LogLine;
}

const MOST = 32;
const MOST_SPI = 16;
const KEY_LENGTH = 14;
const [INVALID_SPI, BAD_PROPOSAL_SYNTAX, PAYLOAD_MALFORMED] = [11, 15, 16];
const ISAKMP = 1;

const HEAD = [
  { key: 'next', size: 1, kind: 'number', label: 'next payload type', names: PAYLOAD },
  { key: undefined, size: 1, kind: 'number', label: 'reserved' },
  { key: undefined, size: 2, kind: 'length', label: 'length' },
] as const;

const PROPOSAL: Layout<'next' | 'number' | 'protocol' | 'spiSize' | 'count'> = {
  name: 'IKEv2 Proposal Substructure Payload',
  fields: [
    ...HEAD,
    { key: 'number', size: 1, kind: 'number', label: 'prop #' },
    { key: 'protocol', size: 1, kind: 'number', label: 'proto ID' },
    { key: 'spiSize', size: 1, kind: 'number', label: 'spi size' },
    { key: 'count', size: 1, kind: 'number', label: '# transforms' },
  ],
};
const TRANSFORM: Layout<'type' | 'id' | 'next'> = {
  name: 'IKEv2 Transform Substructure Payload',
  fields: [
    ...HEAD,
    { key: 'type', size: 1, kind: 'number', label: 'transform type' },
    { key: undefined, size: 1, kind: 'number', label: 'reserved' },
    { key: 'id', size: 2, kind: 'number', label: 'transform ID' },
  ],
};
const ATTRIBUTE: AttributeLayout = {
  name: 'IKEv2 Attribute Substructure Payload',
  fields: [
    { key: 'type', size: 2, kind: 'form', label: 'af+type', names: new Map([KEY_LENGTH, KEY_LENGTH | TV].map((type) => [type, ''])) },
    { key: 'value', size: 2, kind: 'value', label: 'length/value' },
  ],
};

/** The next proposal of an IKE SA, up to its transforms. */
export function readHead(sa: Block): Head | Stop {
  const { values, body, fault } = readStructure(sa, PROPOSAL);
  if (fault || !body) return { code: PAYLOAD_MALFORMED, line: fault ?? OPENSWAN.write('notParent') };
  if (values.protocol !== ISAKMP) return { code: PAYLOAD_MALFORMED, line: OPENSWAN.write('notParent') };
  if (values.spiSize > MOST_SPI) return { code: INVALID_SPI, line: OPENSWAN.write('spiSize', { size: values.spiSize }) };
  const spi = readRaw(body, values.spiSize, 'PARENT SA SPI');
  if ('text' in spi) return { code: PAYLOAD_MALFORMED, line: spi };
  return { ...values, body };
}

/** Puts the transforms of a proposal behind those that are in the lists. */
export function readTransforms({ body, count }: Head, at: Path, lists: Lists, logs: LogLine[]): Stop | undefined {
  for (let i = 0; i < count; i++) {
    const { values, body: attributes, fault } = readStructure(body, TRANSFORM);
    if (fault || !attributes) return { code: BAD_PROPOSAL_SYNTAX, line: fault ?? OPENSWAN.write('notParent') };
    let keyBits = -1;
    while (left(attributes) > 0) {
      const { values: attribute, fault: flaw } = readStructure(attributes, ATTRIBUTE);
      if (flaw) return { code: BAD_PROPOSAL_SYNTAX, line: flaw };
      if (attribute.type === (KEY_LENGTH | TV)) keyBits = attribute.value;
      else logs.push(OPENSWAN.write('unknownAttribute', { type: attribute.type }));
    }
    const list = lists.get(values.type) ?? [];
    lists.set(values.type, list);
    if (list.length < MOST) list.push({ id: values.id, keyBits, path: [...at, i] });
  }
  return undefined;
}
