/**
 * The proposals of one AND group, gathered before any transform is read; every SPI is checked here at once.
 *
 * @module
 */
import type { Path } from '../../model.ts';
import { type Outcome, structure } from './ledger.ts';
import * as names from './names.ts';
import type { Bench } from './bench.ts';
import { AH, ESP, IPCOMP } from './phase2-transform.ts';
import { NOTIFY } from './sa.ts';
import { type Block, PROPOSAL, readRaw, readStructure, type Structure } from './structure.ts';

const NEXT_PROPOSAL = 2;
/** Below this, SPIs are reserved. @see RFC 2402 §2.4, RFC 2406 §2.1 */
const FIRST_SPI = 256;
const CPI_RANGE = [256, 61_439] as const;
/** The one well-known CPI that Pluto takes. */
const DEFLATE = 2;

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
  const { ledger, traits } = bench;
  const proposals = new Map<number, Gathered>();
  let head = first;
  for (let index = 0; ; index++) {
    const path = [group, index];
    const end = (text: string, notify: number = NOTIFY.badProposalSyntax): Outcome => ledger.end(path, structure(text, path), notify, text);
    const { values, body, fault } = head;
    if (fault !== undefined || !body) return end(fault ?? '');
    const { number, protocol, spiSize, count, next } = values;
    if (index > 0 && number !== proposals.values().next().value?.number) return { proposals, next: head };

    const spi = protocol === IPCOMP && traits.ipcomp ? readCpi(body, spiSize, traits.wellKnownCpi) : readSpi(body, spiSize);
    if ('fault' in spi) {
      return ledger.end(path, structure(spi.fault, path), NOTIFY.invalidSpi, spi.silent === true ? undefined : spi.fault);
    }
    if (count === 0) return end('IPsec Proposal contains no Transforms');
    const shown = names.show(names.PROTOCOL, protocol);
    if (proposals.has(protocol)) return end(`IPsec SA contains two simultaneous ${shown.replace(/^PROTO_(IPSEC_)?/, '')} Proposals`);
    if (protocol !== AH && protocol !== ESP && !(protocol === IPCOMP && traits.ipcomp)) {
      const allowed = traits.ipcomp ? [AH, ESP, IPCOMP] : [AH, ESP];
      const text = `unexpected Protocol ID (${shown}) in IPsec Proposal`;
      return ledger.end(path, { code: 'protocol-mismatch', offered: protocol, allowed }, NOTIFY.invalidProtocolId, text);
    }
    proposals.set(protocol, { path, number, protocol, spiSize, count, transforms: body, ...spi });
    if (next === 0) return { proposals, next: undefined };
    if (next !== NEXT_PROPOSAL) return end(`unexpected in Proposal: ${names.show(names.PAYLOAD, next)}`);
    head = readProposalHead(sa);
  }
}

type Spi = { readonly spi: number; readonly wellKnownCpi?: number } | { readonly fault: string; readonly silent?: true };

function readSpi(body: Block, size: number): Spi {
  if (size !== 4) return { fault: `IPsec Proposal with improper SPI size (${size})` };
  const octets = readRaw(body, 4, 'SPI');
  if (typeof octets === 'string') return { fault: octets };
  const spi = bigEndian(octets);
  return spi < FIRST_SPI ? { fault: `IPsec Proposal contains invalid SPI (0x${spi.toString(16)})` } : { spi };
}

/** Two octets, or four of which the first two are zero. */
function readCpi(body: Block, size: number, wellKnown: boolean): Spi {
  if (size !== 2 && !(size === 4 && wellKnown)) return { fault: `IPsec Proposal with improper CPI size (${size})` };
  if (size === 4) {
    const filler = readRaw(body, 2, 'CPI filler');
    if (typeof filler === 'string') return { fault: filler };
    if (bigEndian(filler) !== 0) return { fault: 'CPI filler not zero', silent: true };
  }
  const octets = readRaw(body, 2, 'CPI');
  if (typeof octets === 'string') return { fault: octets };
  const spi = bigEndian(octets);
  if (spi === DEFLATE && wellKnown) return { spi, wellKnownCpi: spi };
  const [first, last] = CPI_RANGE;
  if (spi >= first && spi <= last) return { spi };
  return { fault: `IPsec Proposal contains CPI from non-negotiated range (0x${spi.toString(16)})` };
}

function bigEndian(octets: Uint8Array): number {
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}
