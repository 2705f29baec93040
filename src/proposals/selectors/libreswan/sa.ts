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
  /** The same in digits. */
  readonly digits: string;
  readonly path: Path;
}

/** An attribute's number: 32 bits at most, the greatest number instead of a greater one; since 5.1 63 bits. */
export function attributeValue(
  form: number,
  word: number,
  octets: Uint8Array,
  { release }: Bench,
): { readonly value: number; readonly digits: string } {
  const greatest = release.since('5.1') ? LONGEST : WIDE;
  let number = 0n;
  if ((form & names.TV) !== 0) number = BigInt(word);
  else for (const octet of octets) number = number < greatest ? (number << 8n) + BigInt(octet) : greatest;
  if (number > greatest) number = greatest;
  return { value: Number(number), digits: String(number) };
}

const WIDE = 0xffff_ffffn;
const LONGEST = 0x7fff_ffff_ffff_ffffn;
