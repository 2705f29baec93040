/**
 * IKEv1 phase 1: the one proposal of an ISAKMP SA, its transforms in the initiator's order, the first good one wins.
 *
 * Order of the checks: libreswan `parse_isakmp_sa_body`, and before it the choice of a connection by what the offer says
 * of authentication, `preparse_isakmp_sa_body`.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Path } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import { answerSa } from '../freeswan/sa.ts';
import type { Bench } from './bench.ts';
import { NOTIFY, type Outcome } from './ledger.ts';
import { book } from './log.ts';
import * as names from './names.ts';
import { readOakleyTransform } from './oakley-transform.ts';
import { type Block, PROPOSAL, readHeader, readOctets, rest, transformLayout } from './packet.ts';
import { refuseSituation } from './sa.ts';

/** The transforms of phase 1. */
export const TRANSFORM = transformLayout('ISAKMP', names.ISAKMP_TRANSFORM);
/** Octets of an SPI that is not looked at. */
export const LONGEST_SPI = 16;
const PROTOCOL_ISAKMP = 1;
const NEXT_NONE = 0;
const NEXT_TRANSFORM = 3;
const NO_SPI = new Uint8Array();
const SYNTAX = NOTIFY.badProposalSyntax;

/** Judges what stands behind the DOI of a phase 1 SA. */
export function judgeOakley(sa: Block, doi: number, bench: Bench): Outcome {
  const { ledger, release, check } = bench;
  const refused = refuseSituation(sa, doi, 'unsupportedDoi', bench);
  if (refused) return refused;
  const header = readHeader(sa, PROPOSAL);
  if (header.fault) return ledger.end([0, 0], NOTIFY.payloadMalformed, header.fault);
  const { next, number, protocol, spiSize, count } = header.values;
  if (next !== NEXT_NONE) {
    const payload = names.longName(names.PAYLOAD, next, release);
    return ledger.end([], NOTIFY.payloadMalformed, book.write('notAlone', { payload }));
  }
  if (protocol !== PROTOCOL_ISAKMP) {
    const reason: Reason = { code: 'protocol-mismatch', offered: protocol, allowed: [PROTOCOL_ISAKMP] };
    const line = book.write('wrongProtocol', { protocol: names.longName(names.PROTOCOL, protocol, release) });
    return ledger.end([0, 0], NOTIFY.invalidProtocolId, line, reason);
  }
  if (spiSize > LONGEST_SPI) return ledger.end([0, 0], NOTIFY.invalidSpi, book.write('spiSize', { size: spiSize }));
  const spi = readOctets(header.body, spiSize, release.since('5.1') ? 'Oakley SPI (ignored)' : 'Oakley SPI', release);
  if (!(spi instanceof Uint8Array)) return ledger.end([0, 0], NOTIFY.payloadMalformed, spi);
  if (check && count !== 1) return ledger.end([0, 0], SYNTAX, book.write('singleTransform', { count }));
  return judgeTransforms(header.body, { number, count }, bench);
}

/** One after the other, until one is good, one ends the SA, or none is left. */
function judgeTransforms(block: Block, proposal: { readonly number: number; readonly count: number }, bench: Bench): Outcome {
  const { ledger } = bench;
  const end = (path: Path, line: LogLine): Outcome => ledger.end(path, SYNTAX, line);
  let previous = -1;
  for (let i = 0; ; i++) {
    const path = [0, 0, i];
    if (i === proposal.count) return end([0, 0], book.write('countDisagrees'));
    const header = readHeader(block, TRANSFORM);
    if (header.fault) return end(path, header.fault);
    const { number, id, next } = header.values;
    if (number <= previous) return end(path, book.write('notIncreasing'));
    previous = number;
    const attributes = rest(header.body);
    const transform = readOakleyTransform(header.body, number, path, bench);
    if (transform.faults.length === 0) {
      ledger.log(book.write('transformAccepted', { transform: number }));
      ledger.accept(path);
      const { choices, group } = transform;
      const selection = { group: 0, parts: [{ path, protocol: PROTOCOL_ISAKMP, choices }] };
      // Number, id and attributes come back as they came; an SPI does not.
      const answer = { number: proposal.number, protocol: PROTOCOL_ISAKMP, spiSize: 0, spi: NO_SPI, transform: number, id, attributes };
      return { code: 0, selection, group, reply: answerSa([answer]) };
    }
    const ended = ledger.refuse(path, transform.faults);
    if (ended !== undefined) return { code: ended };
    if (next === NEXT_TRANSFORM) continue;
    // The payload that is named is the one behind the proposal, and that is none.
    if (next !== NEXT_NONE) return end(path, book.write('unexpectedPayload', { payload: 'ISAKMP_NEXT_NONE' }));
    if (i + 1 !== proposal.count) return end([0, 0], book.write('countDisagrees'));
    ledger.log(book.write('noAcceptable'));
    return { code: NOTIFY.noProposalChosen };
  }
}
