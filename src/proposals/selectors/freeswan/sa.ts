/**
 * What both phases begin and end with: DOI and situation, durations, the SA of the answer.
 *
 * @module
 */
import { PLUTO } from './log.ts';
import { type Ledger, type Outcome, structure } from './ledger.ts';
import * as names from './names.ts';
import { type Block, readStructure, SITUATION } from './structure.ts';

/** What a selector works with. */
export const NOTIFY = {
  doiNotSupported: 2,
  situationNotSupported: 3,
  invalidProtocolId: 10,
  invalidSpi: 11,
  noProposalChosen: 14,
  badProposalSyntax: 15,
  payloadMalformed: 16,
  invalidKeyInformation: 17,
} as const;

/** The whole message is dropped. */
export const DROPPED = -2;

/** Pluto takes a life of at most a day. */
export const LONGEST_LIFE = 86_400;

/** Nothing when DOI and situation will do; the block then stands at the first proposal. */
export function refuseSituation(sa: Block, doi: number, complaint: 'wrongDoi1' | 'wrongDoi2', ledger: Ledger): Outcome | undefined {
  if (doi !== 1) {
    const line = PLUTO.write(complaint, { doi: names.show(names.DOI, doi) });
    return ledger.end([], structure(line.text, []), NOTIFY.doiNotSupported, line);
  }
  const { values, fault } = readStructure(sa, SITUATION);
  if (fault) return ledger.end([], structure(fault.text, []), NOTIFY.situationNotSupported, fault);
  if (values.bits === 1) return undefined;
  const line = PLUTO.write('wrongSituation', { situation: names.showBits(names.SITUATION, values.bits) });
  return ledger.end([], structure(line.text, []), NOTIFY.situationNotSupported, line);
}

/** A duration in either form: leading zeros dropped, more than 32 bits are 4294967295. */
export function duration(octets: Uint8Array): number {
  const first = octets.findIndex((octet) => octet !== 0);
  if (first < 0) return 0;
  if (octets.length - first > 4) return 0xffffffff;
  return octets.subarray(first).reduce((sum, octet) => sum * 256 + octet, 0);
}

/** One proposal of the answer. */
export interface Answer {
  readonly number: number;
  readonly protocol: number;
  /** The octet in the header, which Pluto copies from the offer even where its own SPI is shorter. */
  readonly spiSize: number;
  readonly spi: Uint8Array;
  readonly transform: number;
  readonly id: number;
  readonly attributes: Uint8Array;
}

/** The SA payload of the answer; its first octet, the next payload of the message, is left at zero. */
export function answerSa(answers: readonly Answer[]): Uint8Array {
  const proposals = answers.flatMap(({ number, protocol, spiSize, spi, transform, id, attributes }, i) => {
    const length = 8 + attributes.length;
    const next = i === answers.length - 1 ? 0 : 2;
    return [
      [next, 0, ...u16(8 + spi.length + length), number, protocol, spiSize, 1, ...spi],
      [0, 0, ...u16(length), transform, id, 0, 0, ...attributes],
    ].flat();
  });
  return Uint8Array.from([0, 0, ...u16(12 + proposals.length), 0, 0, 0, 1, 0, 0, 0, 1, ...proposals]);
}

export function u16(value: number): readonly [number, number] {
  return [(value >> 8) & 0xff, value & 0xff];
}

export function u32(value: number): readonly [number, number, number, number] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}
