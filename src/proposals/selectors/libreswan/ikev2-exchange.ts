/**
 * IKEv2: from the octets of an SA payload to what pluto answers.
 *
 * @module
 */
import { askForGroup, ikev2Answer, notify, PROCEEDS, refusal, SILENCE } from '../answers.ts';
import { TRANSFORM_TYPE_SLOT } from '../../model.ts';
import type { Selection } from '../../verdict.ts';
import type { Request, Response, Step, Wire } from '../profile.ts';
import { groupsOf, NONE } from './algorithms.ts';
import { type Bench, benchOf, type Here } from './bench.ts';
import { choiceOf, type Taken } from './ikev2-match.ts';
import { type Best, processProposals } from './ikev2.ts';
import { NOTIFY, structure } from './ledger.ts';
import { localsOf } from './locals.ts';
import { book } from './log.ts';
import * as names from './names.ts';

const KE = 4;
const GENERIC_HEADER = 4;
const SA_NAME = 'IKEv2 Security Association Payload';
const OUR_SPI = Uint8Array.of(0, 0, 0x10, 1);
const OUR_IKE_SPI = Uint8Array.of(0, 0, 0, 0, 0, 0, 0x10, 1);

/** As responder, or the check of an answer. */
export function judgeIkev2(request: Request, check: boolean, here: Here): Response {
  const { negotiation, step, sa } = request;
  const bench = benchOf(here, check);
  const { trace, logs } = bench.ledger;
  const unread = check ? undefined : refuseUnknownGroup(request, bench);
  if (unread) return unread;
  const ike = negotiation === 'ikev2-ike';
  const block = { bytes: sa, at: GENERIC_HEADER, end: Math.max(sa.length, GENERIC_HEADER), name: SA_NAME };
  const expected = { ike, spi: step !== 'sa-init' };
  const { code, best } = processProposals(block, localsOf(negotiation, step, here), expected, bench);
  if (best === undefined && !check) noteFailure(step, bench);
  // An initiator that does not like the answer says nothing in IKE_SA_INIT.
  if (best === undefined) return { ...refusal(check ? SILENCE : notify(code, how(step)), trace, logs), code };
  const selection = selectionOf(best);
  if (check) return { outcome: 'selected', selection, trace, wire: PROCEEDS, logs, code: 0 };
  const group = best.taken.find(({ type }) => type === KE)?.id ?? NONE;
  const wrong = refuseGroup(group, request, bench);
  if (wrong) return wrong;
  return { outcome: 'selected', selection, trace, wire: answerOf(best, request, here), logs, code: 0 };
}

/** How a notification travels: in the clear only in IKE_SA_INIT. */
function how(step: Step): { messageId: 'zero' | 'same'; encrypted?: true } {
  return step === 'sa-init' ? { messageId: 'zero' } : { messageId: 'same', encrypted: true };
}

/** A KE payload of a group without a name cannot be read, and with it the message: there is no IKE SA yet that could answer. */
function refuseUnknownGroup({ keGroup, step }: Request, { release, ledger }: Bench): Response | undefined {
  if (keGroup === undefined || names.known(names.ikev2Groups(release), keGroup)) return undefined;
  const what = 'IKEv2 Key Exchange Payload';
  const fault = book.write('unknownValue', {
    field: release.since('5.4') ? 'KEM' : 'DH group',
    what,
    value: keGroup,
    hex: keGroup.toString(16),
  });
  const line = book.write('malformed', { fault: release.since('5.0') ? `: ${fault.text}` : fault.text });
  ledger.refuse([], [{ reason: structure(fault, []), line, notify: NOTIFY.invalidSyntax }]);
  const wire = notify(NOTIFY.invalidSyntax, { ...how(step), ...(step === 'sa-init' && { responderSpi: 'zero' }) });
  return { ...refusal(wire, ledger.trace, ledger.logs), code: NOTIFY.invalidSyntax };
}

/** The KE payload is to be of the chosen group. For a CHILD SA another one was a flaw of the form up to 4.x. */
function refuseGroup(group: number, { negotiation, step, keGroup }: Request, { release, ledger }: Bench): Response | undefined {
  const { trace, logs } = ledger;
  if (group === NONE || step === 'auth') return undefined;
  if (keGroup === undefined || keGroup === group) return undefined;
  if (negotiation === 'ikev2-child' && !release.since('5.0')) {
    return { ...refusal(notify(NOTIFY.invalidSyntax, how(step)), trace, logs), code: NOTIFY.invalidSyntax };
  }
  const wanted = groupsOf(negotiation, release).find(({ id }) => id === group)?.name ?? group;
  ledger.log(book.write('wrongGroup', { group: names.shortName(names.ikev2Groups(release), keGroup, release), wanted }));
  noteFailure(step, { release, ledger });
  return { ...askForGroup(group, how(step), trace, logs), code: NOTIFY.invalidKeyInformation };
}

/** What 4.3 says when an IKE_SA_INIT fails. */
function noteFailure(step: Step, { release, ledger }: Pick<Bench, 'release' | 'ledger'>): void {
  if (step === 'sa-init' && !release.since('4.7')) ledger.log(book.write('transitionFailed'));
}

/** The peer's number, our transforms; none is answered where none was sent. */
function answerOf({ number, protocol, taken }: Best, { negotiation, step }: Request, { setup }: Here): Wire {
  const transforms = taken
    .filter(({ implied }) => !implied)
    .map(({ type, id, keyBits }) => ({ type, id, ...(keyBits > 0 && { keyBits }) }));
  const own = negotiation === 'ikev2-ike' ? OUR_IKE_SPI : OUR_SPI;
  const spi = step === 'sa-init' ? undefined : (setup.spi ?? own);
  return { kind: 'answer', sa: ikev2Answer(negotiation, { number, protocol, transforms, ...(spi && { spi }) }) };
}

function selectionOf({ taken, index, protocol }: Best): Selection {
  const choices = taken
    .filter(({ implied }) => !implied)
    .map((each: Taken) => choiceOf(TRANSFORM_TYPE_SLOT.get(each.type) ?? 'encryption', each));
  return { group: index, parts: [{ path: [index, 0], protocol, choices }] };
}
