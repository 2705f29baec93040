/**
 * The whole of a judgement, in any dialect of Pluto: the SA header, then the phase.
 *
 * @module
 */
import type { Bench } from './bench.ts';
import { type Outcome, structure } from './ledger.ts';
import { judgePhase1 } from './phase1.ts';
import { judgePhase2 } from './phase2.ts';
import { DROPPED } from './sa.ts';
import { readStructure, SA } from './structure.ts';

/** Judges an SA payload with its generic header; what is to be said is written into the bench's ledger. Never throws. */
export function judgeSa(saPayload: Uint8Array, phase: 1 | 2, bench: Bench): Outcome {
  const whole = { bytes: saPayload, at: 0, end: saPayload.length, name: 'input packet' };
  const { values, body, fault } = readStructure(whole, SA);
  if (fault || !body) return bench.ledger.end([], structure(fault?.text ?? '', []), DROPPED, fault);
  return phase === 1 ? judgePhase1(body, values.doi, bench) : judgePhase2(body, values.doi, bench);
}
