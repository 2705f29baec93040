/**
 * IKEv2: every proposal of the peer against every proposal of our own. A later one of the peer's counts only if it meets an
 * earlier one of ours; of each type the earliest of our transforms is taken.
 *
 * Order of the checks: libreswan `ikev2_process_proposals`, `process_transforms`.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Path } from '../../model.ts';
import type { Bench } from './bench.ts';
import { type Local, matchProposal, type Taken } from './ikev2-match.ts';
import { readTransforms } from './ikev2-transforms.ts';
import { NOTIFY, structure } from './ledger.ts';
import { book } from './log.ts';
import * as names from './names.ts';
import { behind, Shown } from './shown.ts';
import { type Block, IKEV2_PROPOSAL, readHeader, readOctets } from './packet.ts';

/** What was chosen: the peer's number and SPI, our transforms. */
export interface Best {
  readonly number: number;
  readonly protocol: number;
  readonly spi: Uint8Array;
  readonly taken: readonly Taken[];
  /** Index of the peer's proposal. */
  readonly index: number;
}

/** `code` 0: chosen. */
export type Processed = { readonly code: 0; readonly best: Best } | { readonly code: number; readonly best?: undefined };

const LAST_FOLLOWS = 2;
const [IKE, AH, ESP] = [1, 2, 3];
/** Of an SPI in a proposal, by protocol. */
const SPI_SIZE: Readonly<Record<number, number>> = { [IKE]: 8, [AH]: 4, [ESP]: 4 };

/** What is expected of the SA payload. */
export interface Expected {
  readonly ike: boolean;
  readonly spi: boolean;
}

/** Judges the body of an SA payload against our proposals, the first of which has the number 1. */
export function processProposals(sa: Block, locals: readonly Local[], expected: Expected, bench: Bench): Processed {
  const { ledger, check } = bench;
  const shown = new Shown();
  let best: Best | undefined;
  let bound = locals.length + 1;
  let code = 0;
  for (let index = 0, more = true; more; index++) {
    const step = readProposal(sa, index, locals.length, expected, shown, bench);
    if (step.fatal !== undefined) {
      code = step.fatal;
      break;
    }
    more = step.more;
    if (!step.proposal) continue;
    const { number, protocol, spi, count, body } = step.proposal;
    const offered = readTransforms(body, { number, count, path: [index, 0] }, shown, bench);
    if (offered === undefined) continue;
    if ('fatal' in offered) {
      code = offered.fatal;
      break;
    }
    const range = check ? [number, number + 1] : [1, bound];
    const match = matchProposal({ number, protocol, path: [index, 0], transforms: offered }, locals, range as [number, number], bench);
    if (!match) continue;
    shown.add(best ? '[better-match]' : '[first-match]');
    bound = match.number;
    best = { number, protocol, spi, taken: match.taken, index };
  }
  if (code !== 0) {
    ledger.log(book.write('partial', { proposals: shown.text }));
    return { code };
  }
  if (!best) {
    ledger.log(check ? book.write('acceptedInvalid', { proposals: shown.text }) : book.write('noMatch', { proposals: shown.text }));
    return { code: NOTIFY.noProposalChosen };
  }
  ledger.log(
    check
      ? book.write('accepted', { proposals: shown.text })
      : book.write('chosen', { chosen: chosenText(best, bench), proposals: shown.text }),
  );
  return { code: 0, best };
}

interface Step {
  readonly fatal?: number;
  /** Another proposal follows by the word of this one. */
  readonly more: boolean;
  readonly proposal?: {
    readonly number: number;
    readonly protocol: number;
    readonly spi: Uint8Array;
    readonly count: number;
    readonly body: Block;
  };
}

/** The head of one proposal: a flaw of the form ends the SA, an unfit protocol or SPI the proposal. */
function readProposal(sa: Block, index: number, locals: number, expected: Expected, shown: Shown, bench: Bench): Step {
  const { ledger, release, check } = bench;
  const path: Path = [index, 0];
  const fatal = (line: LogLine, mark: string): Step => {
    shown.add(mark);
    ledger.refuse(path, [{ reason: structure(line, path), line, notify: NOTIFY.invalidSyntax }]);
    return { fatal: NOTIFY.invalidSyntax, more: false };
  };
  const header = readHeader(sa, IKEV2_PROPOSAL);
  if (header.fault)
    return fatal(book.write('proposalCorrupt', { number: index + 1, fault: behind(header.fault, bench) }), ' [corrupt-proposal]');
  const { next, number, protocol, spiSize, count } = header.values;
  shown.proposal(`${number}:${names.shortName(names.IKEV2_PROTOCOL, protocol, release)}:`);
  if (check && next !== 0) return fatal(book.write('tooMany'), '[too-many-accepted-proposals]');
  if (check && (number < 1 || number > locals)) return fatal(book.write('invalidAccepted'), '[invalid-accepted-proposal]');
  if (!check && number !== index + 1) return fatal(book.write('proposalNumber', { number, expected: index + 1 }), '[wrong-protonum]');
  const more = next === LAST_FOLLOWS;
  const skip = (line: LogLine, mark: string, allowed?: readonly number[]): Step => {
    shown.add(mark);
    const reason = allowed ? ({ code: 'protocol-mismatch', offered: protocol, allowed } as const) : structure(line, path);
    ledger.refuse(path, [{ reason, line }]);
    return { more };
  };
  const suits = expected.ike ? protocol === IKE : protocol === AH || protocol === ESP;
  if (!suits) {
    const line = book.write('unexpectedProtocol', { number, protocol, expected: expected.ike ? 'IKE' : 'AH or ESP' });
    return skip(line, '[unexpected-protoid]', expected.ike ? [IKE] : [AH, ESP]);
  }
  const size = expected.spi ? (SPI_SIZE[protocol] ?? 0) : 0;
  if (spiSize !== size) return skip(book.write('ikev2SpiSize', { number, size: spiSize, expected: size }), '[spi-size]');
  const spi = readOctets(header.body, size, 'remote SPI', release);
  if (!(spi instanceof Uint8Array)) return fatal(book.write('spiCorrupt', { number, fault: behind(spi, bench) }), '[corrupt-spi]');
  return { more, proposal: { number, protocol, spi, count, body: header.body } };
}

function chosenText({ number, protocol, spi, taken }: Best, { release }: Bench): string {
  const transforms = taken
    .filter(({ implied }) => !implied)
    .map(({ type, id, keyBits }) => names.chosenTransform(type, id, keyBits, release));
  const hex = [...spi].map((octet) => octet.toString(16).padStart(2, '0')).join('');
  const shownProtocol = names.shortName(names.IKEV2_PROTOCOL, protocol, release);
  return `${number}:${shownProtocol}=${transforms.join('-')}${hex === '' ? '' : ` SPI=${hex}`}`;
}
