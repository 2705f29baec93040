/**
 * Phase 1: the one proposal of an ISAKMP SA, its transforms in the initiator's order, the first good one wins.
 *
 * Order of the checks: FreeS/WAN 2.0x `spdb.c`, `parse_isakmp_sa_body`.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Choice, Path } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import type { Bench } from './bench.ts';
import { PLUTO } from './log.ts';
import { isFaulty, type Ledger, type Outcome, structure } from './ledger.ts';
import * as names from './names.ts';
import { MANDATORY, type OakleyTransform, readOakleyTransform } from './phase1-transform.ts';
import { answerSa, NOTIFY, refuseSituation } from './sa.ts';
import { type Block, left, PROPOSAL, readRaw, readStructure, transformLayout } from './structure.ts';

const TRANSFORM = transformLayout('ISAKMP', names.ISAKMP_TRANSFORM);
const SYNTAX = NOTIFY.badProposalSyntax;
const PROTOCOL_ISAKMP = 1;
const NEXT_TRANSFORM = 3;

/** Judges what stands behind the DOI of a phase 1 SA. */
export function judgePhase1(sa: Block, doi: number, bench: Bench): Outcome {
  const { ledger, connection } = bench;
  const refused = refuseSituation(sa, doi, 'wrongDoi1', ledger);
  if (refused) return refused;
  const { values, body, fault } = readStructure(sa, PROPOSAL);
  const { next, number, protocol, spiSize, count } = values;
  if (fault || !body) return end(ledger, [0, 0], fault, NOTIFY.payloadMalformed);
  if (next !== 0) {
    const line = PLUTO.write('proposalNotAlone', { payload: names.show(names.PAYLOAD, next) });
    return end(ledger, [], line, NOTIFY.payloadMalformed);
  }
  if (protocol !== PROTOCOL_ISAKMP) {
    const line = PLUTO.write('notIsakmp', { protocol: names.show(names.PROTOCOL, protocol) });
    const reason: Reason = { code: 'protocol-mismatch', offered: protocol, allowed: [PROTOCOL_ISAKMP] };
    return ledger.end([0, 0], reason, NOTIFY.invalidProtocolId, line);
  }
  if (spiSize > 16) return end(ledger, [0, 0], PLUTO.write('oakleySpiSize', { size: spiSize }), NOTIFY.invalidSpi);
  const spi = readRaw(body, spiSize, 'Oakley SPI');
  if ('text' in spi) return end(ledger, [0, 0], spi, NOTIFY.payloadMalformed);
  if (connection.initiatorCheck && count !== 1) {
    return end(ledger, [0, 0], PLUTO.write('notSingle', { count }));
  }
  const scanned = bench.dialect.phase1.prescan ? prescan(body, count, bench) : undefined;
  if (scanned) return scanned;
  return judgeTransforms(body, { number, count }, bench);
}

/** One after the other, until one is good, one ends the SA, or none is left. */
function judgeTransforms(block: Block, proposal: { readonly number: number; readonly count: number }, bench: Bench): Outcome {
  const { ledger } = bench;
  const disagrees = PLUTO.write('countDisagrees');
  let previous = -1;
  for (let i = 0; ; i++) {
    const path = [0, 0, i];
    if (i === proposal.count) return end(ledger, [0, 0], disagrees);
    const { values, body, fault } = readStructure(block, TRANSFORM);
    if (fault || !body) return end(ledger, path, fault);
    const { number, id, next } = values;
    if (number <= previous) return end(ledger, path, PLUTO.write('oakleyNumbers'));
    previous = number;
    const attributes = body.bytes.subarray(body.at, body.end);
    const transform = readOakleyTransform(body, number, path, bench);
    if (!isFaulty(transform.faults)) {
      ledger.log(PLUTO.write('accepted', { number }));
      ledger.accept(path);
      const spi = new Uint8Array(0);
      const reply = answerSa([{ number: proposal.number, protocol: PROTOCOL_ISAKMP, spiSize: 0, spi, transform: number, id, attributes }]);
      return { ...accepted(transform, path), reply };
    }
    const ended = ledger.refuse(path, transform.faults);
    if (ended !== undefined) return { code: ended };
    if (next === NEXT_TRANSFORM) continue;
    if (next !== 0) return end(ledger, path, PLUTO.write('unexpectedPayloadInProposal', { payload: 'ISAKMP_NEXT_NONE' }));
    if (i + 1 !== proposal.count) return end(ledger, [0, 0], disagrees);
    ledger.log(PLUTO.write('noTransform'));
    return { code: NOTIFY.noProposalChosen };
  }
}

type Accepted = Omit<Extract<Outcome, { code: 0 }>, 'reply'>;
type Four = readonly [Choice, Choice, Choice, Choice];

/** A transform without a fault has all four. */
function accepted({ chosen, lifeSeconds }: OakleyTransform, path: Path): Accepted {
  const choices = MANDATORY.map(({ slot }) => chosen.get(slot)) as unknown as Four;
  const [encryption, hash, auth, group] = choices;
  return {
    code: 0,
    selection: { group: 0, parts: [{ path, protocol: PROTOCOL_ISAKMP, choices }] },
    decoded: { phase: 1, encryption: encryption.id, hash: hash.id, auth: auth.id, group: group.id, lifeSeconds },
  };
}

/** Later members look through the whole offer for methods of authentication, and stumble over any flaw on the way. */
function prescan(body: Block, count: number, { ledger, dialect }: Bench): Outcome | undefined {
  const block = { ...body };
  let previous = -1;
  for (let i = 0; i < count; i++) {
    const path = [0, 0, i];
    const { values, body: attributes, fault } = readStructure(block, TRANSFORM);
    if (fault || !attributes) return end(ledger, path, fault);
    if (values.number <= previous) return end(ledger, path, PLUTO.write('oakleyNumbers'));
    previous = values.number;
    while (left(attributes) > 0) {
      const { fault: flaw } = readStructure(attributes, dialect.phase1.attributes);
      if (flaw) return end(ledger, path, flaw);
    }
  }
  return undefined;
}

function end(ledger: Ledger, path: Path, line: LogLine | undefined, notify: number = SYNTAX): Outcome {
  return ledger.end(path, structure(line?.text ?? '', path), notify, line);
}
