/**
 * One transform of a phase 2 proposal. Whatever is wrong with its form ends the whole SA.
 *
 * Order of the checks: libreswan `parse_ipsec_transform`.
 *
 * @module
 */
import type { Path } from '../../model.ts';
import { IPSEC } from '../../clauses.ts';
import type { LogLine } from '../../log-lines.ts';
import { CIPHERS, INTEGRITIES } from './algorithms.ts';
import { walkAttributes } from './attributes.ts';
import type { Bench } from './bench.ts';
import { judgeIpsecAttribute } from './ipsec-attribute.ts';
import { AH, type PfsGroup, ESP, fatal, IPCOMP, OWN_SLOT, type Settled } from './ipsec-reading.ts';
import { type Fault, structure } from './ledger.ts';
import { book } from './log.ts';
import * as names from './names.ts';
import { attributeLayout, type Block, readHeader, rest, type TransformLayout, transformLayout } from './packet.ts';
import type { Seen } from './sa.ts';

const NEXT_NONE = 0;
const NEXT_TRANSFORM = 3;
const DEFLATE = 2;
const TRANSPORT = 2;
const ATTRIBUTE = attributeLayout('ISAKMP IPsec DOI attribute', names.IPSEC_ATTRIBUTE);
/** Before 4.6 the types end at 10. */
const OLD_ATTRIBUTE = attributeLayout(
  'ISAKMP IPsec DOI attribute',
  names.without(names.IPSEC_ATTRIBUTE, ...[11, 12, 13, 14, 15].map((type) => type + names.TV)),
);
const NEWER_ATTRIBUTE = attributeLayout('ISAKMP IPsec DOI attribute', names.without(names.IPSEC_ATTRIBUTE, 12 + names.TV));

export const LAYOUT = layouts(names.ESP_TRANSFORM);
/** Since 5.1 numbers that are nobody's have no name. */
export const NEWER_LAYOUT = layouts(names.without(names.ESP_TRANSFORM, 17, 254, 255));

function layouts(esp: names.Names): Readonly<Record<number, TransformLayout>> {
  return {
    [AH]: transformLayout('AH', names.AH_TRANSFORM),
    [ESP]: transformLayout('ESP', esp),
    [IPCOMP]: transformLayout('COMP', names.IPCOMP_TRANSFORM),
  };
}

/** Where a transform stands. */
export interface Place {
  readonly path: Path;
  /** By the count of its proposal. */
  readonly last: boolean;
  /** The number of the transform before it, -1 for the first. */
  readonly previous: number;
  readonly layout: TransformLayout;
  readonly protocol: number;
}

/** A transform, read. Its faults end the SA. */
export interface IpsecTransform extends Readonly<Settled> {
  readonly faults: readonly Fault[];
  readonly number: number;
  readonly id: number;
  readonly path: Path;
  /** Verbatim, for the answer. */
  readonly attributes: Uint8Array;
}

/** Reads one transform and moves behind it. */
export function readIpsecTransform(block: Block, place: Place, pfs: PfsGroup, bench: Bench): IpsecTransform {
  const { path, protocol } = place;
  const { release, ledger } = bench;
  const settled: Settled = { deflate: false, mode: 0, group: 0, keyBits: 0, keyed: false, lifeType: 0, lifeTypes: new Set(), choices: [] };
  const header = readHeader(block, place.layout);
  const { number = 0, id = 0 } = header.values;
  const done = (faults: readonly Fault[], attributes: Uint8Array = NOTHING): IpsecTransform => ({
    ...settled,
    faults,
    number,
    id,
    path,
    attributes,
  });
  if (header.fault) return done([headerFault(header.fault, id, place)]);
  const attributes = rest(header.body);
  const chain = chainFault(header.values.next, place, number, bench);
  if (chain) return done([fatal(chain, path)], attributes);
  settle(settled, id, protocol);
  const unsupported = release.since('5.1') ? unsupportedLine(settled, id, protocol, bench) : undefined;
  if (unsupported) {
    ledger.log(unsupported);
    return done([], attributes);
  }
  const { faults, seen } = walkAttributes(
    header.body,
    {
      layout: release.since('5.1') ? NEWER_ATTRIBUTE : release.since('4.6') ? ATTRIBUTE : OLD_ATTRIBUTE,
      path,
      corrupt: (fault) => fault,
      repeated: (attribute) => book.write('ipsecRepeated', { attribute: repeatedName(attribute, bench), transform: number }),
      judge: (attribute, before) => judgeIpsecAttribute(attribute, before, settled, protocol, bench),
    },
    bench,
  );
  faults.push(...formFaults(settled, seen, place, faults.length === 0 ? pfs : undefined, bench));
  if (faults.length === 0) complete(settled, seen, protocol, bench);
  return done(faults, attributes);
}

const NOTHING = new Uint8Array();

/** 4.x names the form with the type, 5.1 and later behind it. */
function repeatedName({ type, form }: Seen, { release }: Bench): string {
  if (!release.since('5.1')) return names.longName(names.IPSEC_ATTRIBUTE, form, release);
  return `${names.longName(names.IPSEC_ATTRIBUTE, type | names.TV, release)}(${(form & names.TV) !== 0 ? 'TV' : 'TLV'})`;
}

function settle(settled: Settled, id: number, protocol: number): void {
  const cipher = protocol === ESP ? CIPHERS.find(({ esp }) => esp === id) : undefined;
  if (cipher) settled.cipher = cipher;
  settled.deflate = protocol === IPCOMP && id === DEFLATE;
}

function unsupportedLine({ cipher, deflate }: Settled, id: number, protocol: number, { release }: Bench): LogLine | undefined {
  if (protocol === ESP && !cipher) return book.write('unsupportedCipher', { cipher: names.longName(names.ESP_TRANSFORM, id, release) });
  if (protocol !== IPCOMP || deflate) return undefined;
  return book.write('unsupportedIpcomp', { algorithm: names.longName(names.IPCOMP_TRANSFORM, id, release) });
}

/** An id without a name is an algorithm that is not known; anything else is a flaw of the form. */
function headerFault(line: LogLine, id: number, { path, protocol }: Place): Fault {
  const known = !line.text.includes('transform ID of');
  return fatal(
    line,
    path,
    known ? structure(line, path) : { code: 'algorithm-unknown', offered: { slot: OWN_SLOT[protocol] ?? 'encryption', id, path } },
  );
}

function chainFault(next: number, { previous, last }: Place, number: number, { release }: Bench): LogLine | undefined {
  if (number <= previous) return book.write('ipsecNotIncreasing');
  if (next === NEXT_TRANSFORM) return last ? book.write('moreTransforms') : undefined;
  if (next === NEXT_NONE) return last ? undefined : book.write('fewerTransforms');
  return book.write('expectingTransform', { payload: names.longName(names.PAYLOAD, next, release) });
}

/** What is seen only when all attributes were read. */
function formFaults(settled: Settled, seen: ReadonlySet<number>, place: Place, pfs: PfsGroup | undefined, bench: Bench): Fault[] {
  const { path, protocol } = place;
  const { release, check } = bench;
  const faults: Fault[] = [];
  // All transforms of an SA must agree, and having no group counts; IPCOMP need not have one.
  if (pfs && (protocol !== IPCOMP || settled.group !== 0)) {
    pfs.group ??= settled.group;
    if (pfs.group !== settled.group) {
      faults.push(fatal(book.write('groupInconsistent', { other: check ? 'the Proposal' : 'a previous Transform' }), path));
    }
  }
  if (release.since('5.1') && settled.lifeType !== 0) {
    faults.push(fatal(book.write('lifeTypeOpen', { value: names.longName(names.SA_LIFE, settled.lifeType, release) }), path));
  }
  if (!seen.has(IPSEC.mode) && protocol !== IPCOMP) {
    faults.push(fatal(book.write('modeMissing'), path, { code: 'attribute-missing', attributes: [IPSEC.mode], path }));
  }
  if (protocol === AH && !seen.has(IPSEC.integrity)) {
    faults.push(fatal(book.write('ahWithoutAuth'), path, { code: 'attribute-missing', attributes: [IPSEC.integrity], path }));
  }
  return faults;
}

/** What was not said. A cipher that needs a length and has none is no cipher. */
function complete(settled: Settled, seen: ReadonlySet<number>, protocol: number, { ledger }: Bench): void {
  if (protocol === IPCOMP && !seen.has(IPSEC.mode)) settled.mode = TRANSPORT;
  if (protocol !== ESP) return;
  const { cipher } = settled;
  if (cipher && !seen.has(IPSEC.keyLength)) {
    if (cipher.fixed === true) settled.keyBits = cipher.defaultBits;
    else {
      ledger.log(book.write('keyLengthMissing', { cipher: cipher.name }));
      delete settled.cipher;
    }
  }
  const none = INTEGRITIES.find(({ auth }) => auth === 0);
  if (none && !seen.has(IPSEC.integrity)) settled.integrity = none;
}
