/**
 * IKEv1: from the octets of an SA payload to what pluto answers.
 *
 * @module
 */
import { notify, PROCEEDS, refusal, SILENCE } from '../answers.ts';
import type { Request, Response, Wire } from '../profile.ts';
import { GROUPS, NONE } from './algorithms.ts';
import { refuseConnection } from './authentication.ts';
import { type Bench, benchOf, type Here } from './bench.ts';
import { judgeIpsec } from './ipsec.ts';
import { DROPPED, NOTIFY, type Outcome, structure } from './ledger.ts';
import { book } from './log.ts';
import { judgeOakley } from './oakley.ts';
import { type Block, readHeader, SA } from './packet.ts';

/** As responder, or the check of an answer. */
export function judgeIkev1(request: Request, check: boolean, here: Here): Response {
  const bench = benchOf(here, check);
  const { ledger } = bench;
  const outcome = judge(request, bench);
  const { trace, logs } = ledger;
  if ('selection' in outcome) {
    const wire: Wire = check ? PROCEEDS : { kind: 'answer', sa: outcome.reply };
    // A good offer of phase 2 is read twice: first for its group, then for the answer.
    const twice = request.step === 'quick' && !check;
    return { outcome: 'selected', selection: outcome.selection, trace, wire, logs: twice ? [...logs, ...logs] : logs, code: 0 };
  }
  return { ...refusal(refusalWire(outcome.code, request), trace, logs), code: outcome.code };
}

function judge(request: Request, bench: Bench): Outcome {
  const { sa: bytes, negotiation, step, keGroup } = request;
  const { ledger } = bench;
  const whole: Block = { bytes, at: 0, end: bytes.length, name: SA.name };
  const header = readHeader(whole, SA);
  if (header.fault) {
    ledger.refuse([], [{ reason: structure(header.fault, []), line: header.fault }]);
    ledger.log(book.write('malformedPayload'));
    return { code: DROPPED };
  }
  const { doi } = header.values;
  if (negotiation === 'ikev1-phase2') return judgeIpsec(header.body, doi, request, bench);
  const stranger = bench.check ? undefined : refuseConnection(header.body, step === 'aggressive', bench);
  if (stranger) return stranger;
  const outcome = judgeOakley(header.body, doi, bench);
  if (step !== 'aggressive' || !('selection' in outcome) || keGroup === undefined || outcome.group === keGroup) return outcome;
  // The public value is as long as that of its own group, and too short or too long for another.
  const octets = octetsOf(keGroup);
  const required = octetsOf(outcome.group ?? NONE);
  if (octets !== undefined && required !== undefined && octets !== required) ledger.log(book.write('publicValue', { octets, required }));
  return { code: NOTIFY.invalidKeyInformation };
}

/**
 * The responder's cookie is left out of a notification about the first two messages of phase 1, by either side. A malformed payload is never
 * complained of: at most one such notification a second is meant to leave, but the comparison is the wrong way about.
 */
function refusalWire(code: number, { step }: Request): Wire {
  if (code === DROPPED || code === NOTIFY.payloadMalformed) return SILENCE;
  if (step === 'quick') return notify(code, { protocol: 1, messageId: 'random', encrypted: true });
  return notify(code, { protocol: 1, responderSpi: 'zero' });
}

/** Of a public value. */
function octetsOf(group: number): number | undefined {
  return GROUPS.find(({ id }) => id === group)?.octets;
}
