/**
 * The proposals of one AND group, gathered before any transform is read; every SPI is checked here at once.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Path } from '../../model.ts';
import { type Outcome, structure } from './ledger.ts';
import { PLUTO } from './log.ts';
import * as names from './names.ts';
import type { Bench } from './bench.ts';
import { AH, ESP, IPCOMP } from './phase2-transform.ts';
import { NOTIFY } from './sa.ts';
import { type Block, PROPOSAL, readRaw, readStructure, type Structure } from './structure.ts';

const NEXT_PROPOSAL = 2;
/** Below this, SPIs are reserved. @see RFC 2402 §2.4, RFC 2406 §2.1 */
const FIRST_SPI = 256;
const CPI_RANGE = [256, 61_439] as const;

/** A proposal of a group, ready to have its transforms read. */
export interface Gathered {
  readonly path: Path;
  readonly number: number;
  readonly protocol: number;
  readonly spiSize: number;
  readonly spi: number;
  readonly wellKnownCpi?: number;
  readonly count: number;
  readonly transforms: Block;
}

type Head = ReturnType<typeof readProposalHead>;

/** The group's proposals by protocol, and the header behind it if there is one. */
export interface Group {
  readonly proposals: ReadonlyMap<number, Gathered>;
  readonly next: Head | undefined;
}

/** The header of the next proposal. */
export function readProposalHead(sa: Block): Structure<'next' | 'number' | 'protocol' | 'spiSize' | 'count'> {
  return readStructure(sa, PROPOSAL);
}

/** Reads on while the number stays the same. */
export function gatherGroup(sa: Block, first: Head, group: number, bench: Bench): Group | Outcome {
  const { ledger, traits, dialect } = bench;
  const { layouts, wellKnownCpis, withoutTransforms } = dialect.phase2;
  const proposals = new Map<number, Gathered>();
  let head = first;
  for (let index = 0; ; index++) {
    const path = [group, index];
    const end = (line: LogLine | undefined, notify: number = NOTIFY.badProposalSyntax): Outcome =>
      ledger.end(path, structure(line?.text ?? '', path), notify, line);
    const { values, body, fault } = head;
    if (fault || !body) return end(fault);
    const { number, protocol, spiSize, count, next } = values;
    if (index > 0 && number !== proposals.values().next().value?.number) return { proposals, next: head };

    const cpis = traits.wellKnownCpi ? wellKnownCpis : undefined;
    const readOwn = (): Spi => (protocol === IPCOMP && traits.ipcomp ? readCpi(body, spiSize, cpis) : readSpi(body, spiSize));
    let spi = readOwn();
    if (count === 0) {
      if (!('fault' in spi) && withoutTransforms === 'noTransforms') return end(PLUTO.write('noTransforms'));
      spi = skipped(spi, readOwn, bench);
    }
    if ('fault' in spi) return ledger.end(path, structure(spi.fault, path), NOTIFY.invalidSpi, spi.line);
    const shown = names.show(names.PROTOCOL, protocol);
    if (proposals.has(protocol)) return end(PLUTO.write('simultaneous', { protocol: shown.replace(/^PROTO_(IPSEC_)?/, '') }));
    const allowed = [AH, ESP, IPCOMP].filter((each) => layouts[each] !== undefined && (each !== IPCOMP || traits.ipcomp));
    if (!allowed.includes(protocol)) {
      const line = PLUTO.write('unexpectedProtocol', { protocol: shown });
      return ledger.end(path, { code: 'protocol-mismatch', offered: protocol, allowed }, NOTIFY.invalidProtocolId, line);
    }
    proposals.set(protocol, { path, number, protocol, spiSize, count, transforms: body, ...spi });
    if (next === 0) return { proposals, next: undefined };
    if (next !== NEXT_PROPOSAL) return end(PLUTO.write('unexpectedInProposal', { payload: names.show(names.PAYLOAD, next) }));
    head = readProposalHead(sa);
  }
}

/** It says "skipped", but goes on with the same proposal, so that what stands behind the SPI is taken for the next SPI. */
function skipped(first: Spi, read: () => Spi, { ledger }: Bench): Spi {
  let spi = first;
  while (!('fault' in spi)) {
    ledger.log(PLUTO.write('transformsSkipped'));
    spi = read();
  }
  return spi;
}

/** `fault` names the flaw, with a line unless Pluto says nothing. */
type Spi = { readonly spi: number; readonly wellKnownCpi?: number } | { readonly fault: string; readonly line?: LogLine };

function flaw(line: LogLine): Spi {
  return { fault: line.text, line };
}

function readSpi(body: Block, size: number): Spi {
  if (size !== 4) return flaw(PLUTO.write('spiSize', { size }));
  const octets = readRaw(body, 4, 'SPI');
  if ('text' in octets) return flaw(octets);
  const spi = bigEndian(octets);
  return spi < FIRST_SPI ? flaw(PLUTO.write('spiReserved', { spi: spi.toString(16) })) : { spi };
}

/** Two octets, or four of which the first two are zero. */
function readCpi(body: Block, size: number, wellKnown: readonly number[] | undefined): Spi {
  if (size !== 2 && !(size === 4 && wellKnown)) return flaw(PLUTO.write('cpiSize', { size }));
  if (size === 4) {
    const filler = readRaw(body, 2, 'CPI filler');
    if ('text' in filler) return flaw(filler);
    if (bigEndian(filler) !== 0) return { fault: 'CPI filler not zero' };
  }
  const octets = readRaw(body, 2, 'CPI');
  if ('text' in octets) return flaw(octets);
  const spi = bigEndian(octets);
  if (wellKnown?.includes(spi)) return { spi, wellKnownCpi: spi };
  const [first, last] = CPI_RANGE;
  if (spi >= first && spi <= last) return { spi };
  return flaw(PLUTO.write('cpiRange', { cpi: spi.toString(16) }));
}

function bigEndian(octets: Uint8Array): number {
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}
