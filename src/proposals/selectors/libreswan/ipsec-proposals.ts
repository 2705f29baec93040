/**
 * The proposals of one AND group of phase 2: adjacent, of one number, at most one of each protocol.
 *
 * @see libreswan `parse_ipsec_sa_body`
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Path } from '../../model.ts';
import type { Bench } from './bench.ts';
import { AH, ESP, IPCOMP } from './ipsec-reading.ts';
import { NOTIFY, type Outcome } from './ledger.ts';
import { book } from './log.ts';
import * as names from './names.ts';
import { type Block, type Header, PROPOSAL, readHeader, readOctets } from './packet.ts';

/** A proposal whose head was read. */
export type Head = Extract<Header<'next' | 'number' | 'protocol' | 'spiSize' | 'count'>, { readonly body: Block }>;

/** A proposal whose SPI will do. */
export interface Gathered {
  readonly path: Path;
  readonly number: number;
  readonly protocol: number;
  readonly spiSize: number;
  readonly count: number;
  readonly transforms: Block;
  /** The CPI stands for DEFLATE itself. */
  readonly wellKnownCpi: boolean;
}

const NEXT_NONE = 0;
const NEXT_PROPOSAL = 2;
const SPI_SIZE = 4;
const CPI_SIZE = 2;
/** Smaller ones are reserved. */
const LEAST_SPI = 0x100;
const DEFLATE = 2;
const [FIRST_CPI, LAST_CPI] = [256, 61_439];
const WORDS: Readonly<Record<number, string>> = { [AH]: 'AH', [ESP]: 'ESP', [IPCOMP]: 'IPCOMP' };

/** All proposals with the number of `head`, and the head of what follows them. */
export function gatherGroup(
  sa: Block,
  head: Head,
  group: number,
  bench: Bench,
): { readonly proposals: ReadonlyMap<number, Gathered>; readonly next?: Head } | Extract<Outcome, { code: number }> {
  const { ledger, release } = bench;
  const proposals = new Map<number, Gathered>();
  for (let index = 0, current = head; ; index++) {
    const path = [group, index];
    const { number, protocol, spiSize, count, next } = current.values;
    const spi = readSpi(current, path, bench);
    if ('code' in spi) return spi;
    if (proposals.has(protocol))
      return ledger.end(path, NOTIFY.badProposalSyntax, book.write('twoOfOne', { protocol: WORDS[protocol] ?? '' }));
    if (WORDS[protocol] === undefined) {
      const line = book.write('ipsecProtocol', { protocol: names.longName(names.PROTOCOL, protocol, release) });
      return ledger.end(path, NOTIFY.invalidProtocolId, line, { code: 'protocol-mismatch', offered: protocol, allowed: [AH, ESP, IPCOMP] });
    }
    proposals.set(protocol, { path, number, protocol, spiSize, count, transforms: current.body, wellKnownCpi: spi.wellKnown });
    if (next === NEXT_NONE) return { proposals };
    if (next !== NEXT_PROPOSAL) {
      const payload = names.longName(names.PAYLOAD, next, release);
      return ledger.end(path, NOTIFY.badProposalSyntax, book.write('unexpectedInProposal', { payload }));
    }
    const following = readHeader(sa, PROPOSAL);
    if (following.fault) return ledger.end([group, index + 1], NOTIFY.badProposalSyntax, following.fault);
    if (following.values.number !== head.values.number) return { proposals, next: following };
    current = following;
  }
}

/** A proposal without transforms is read again from behind its SPI, until what it finds there is no SPI. */
function readSpi(head: Head, path: Path, bench: Bench): { readonly wellKnown: boolean } | Extract<Outcome, { code: number }> {
  for (;;) {
    const spi = head.values.protocol === IPCOMP ? readCpi(head, bench) : readOneSpi(head, bench);
    if ('line' in spi) return spi.line ? bench.ledger.end(path, NOTIFY.invalidSpi, spi.line) : silently(path, bench);
    if (head.values.count !== 0) return spi;
    bench.ledger.log(book.write('noTransforms'));
  }
}

function silently(path: Path, { ledger }: Bench): { readonly code: number } {
  ledger.refuse(path, [{ reason: { code: 'structure', detail: 'CPI filler', path }, notify: NOTIFY.invalidSpi }]);
  return { code: NOTIFY.invalidSpi };
}

type Spi = { readonly wellKnown: boolean } | { readonly line: LogLine | undefined };

function readOneSpi({ values, body }: Head, { release }: Bench): Spi {
  if (values.spiSize !== SPI_SIZE) return { line: book.write('ipsecSpiSize', { size: values.spiSize }) };
  const octets = readOctets(body, SPI_SIZE, 'SPI', release);
  if (!(octets instanceof Uint8Array)) return { line: octets };
  const spi = numberOf(octets);
  return spi < LEAST_SPI ? { line: book.write('invalidSpi', { spi: spi.toString(16) }) } : { wellKnown: false };
}

function readCpi({ values, body }: Head, { release }: Bench): Spi {
  if (values.spiSize !== SPI_SIZE && values.spiSize !== CPI_SIZE) return { line: book.write('cpiSize', { size: values.spiSize }) };
  if (values.spiSize === SPI_SIZE) {
    const filler = readOctets(body, SPI_SIZE - CPI_SIZE, 'CPI filler', release);
    if (!(filler instanceof Uint8Array)) return { line: filler };
    if (numberOf(filler) !== 0) return { line: undefined };
  }
  const octets = readOctets(body, CPI_SIZE, 'CPI', release);
  if (!(octets instanceof Uint8Array)) return { line: octets };
  const cpi = numberOf(octets);
  if (cpi === DEFLATE) return { wellKnown: true };
  return cpi < FIRST_CPI || cpi > LAST_CPI ? { line: book.write('cpiRange', { cpi: cpi.toString(16) }) } : { wellKnown: false };
}

function numberOf(octets: Uint8Array): number {
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}
