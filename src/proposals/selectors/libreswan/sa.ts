/**
 * What both phases of IKEv1 begin and end with.
 *
 * @module
 */
import type { Path } from '../../model.ts';
import type { Bench } from './bench.ts';
import { NOTIFY, type Outcome } from './ledger.ts';
import { book } from './log.ts';
import * as names from './names.ts';
import { type Block, readHeader, SITUATION } from './packet.ts';

const DOI_IPSEC = 1;
const IDENTITY_ONLY = 1;

/** Nothing when DOI and situation will do; the block then stands at the first proposal. */
export function refuseSituation(
  sa: Block,
  doi: number,
  complaint: 'unsupportedDoi' | 'unsupportedDoi2',
  bench: Bench,
): Outcome | undefined {
  const { ledger, release } = bench;
  if (doi !== DOI_IPSEC) {
    return ledger.end([], NOTIFY.doiNotSupported, book.write(complaint, { doi: names.longName(names.DOI, doi, release) }));
  }
  const { values, fault } = readHeader(sa, SITUATION);
  if (fault) return ledger.end([], NOTIFY.situationNotSupported, fault);
  if (values.bits === IDENTITY_ONLY) return undefined;
  const situation = names.bitNames(names.SITUATION, values.bits);
  return ledger.end([], NOTIFY.situationNotSupported, book.write('unsupportedSituation', { situation }));
}

/** An attribute, read. */
export interface Seen {
  readonly type: number;
  /** With the bit for TV. */
  readonly form: number;
  /** The number that it carries, in either form. */
  readonly value: number;
  readonly path: Path;
}

/** An attribute's number: 32 bits at most, the greatest number instead of a greater one; since 5.1 63 bits. */
export function attributeValue(form: number, value: number, octets: Uint8Array, { release }: Bench): number {
  if ((form & names.TV) !== 0) return value;
  let number = 0;
  for (const octet of octets) number = Math.min(number * 256 + octet, Number.MAX_SAFE_INTEGER);
  return release.since('5.1') ? number : Math.min(number, 0xffffffff);
}
