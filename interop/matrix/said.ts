/** What the messages of a phase say: what was settled on, who refused what, and what was never answered. */
import { EXCHANGE, exchangeName, FLAG, isErrorNotify, notifyName, type Payload } from '../../src/ike/index.ts';
import type { StepRefusal } from '../../src/report/index.ts';
import type { Role } from '../daemons/connection.ts';
import type { WireMessage } from './messages.ts';
import { type Notice, noticesIn } from './notices.ts';
import { suiteOfAnswer } from './suites.ts';

export type Refused = StepRefusal;

const VERSION_1: ReadonlyMap<number, string> = new Map<number, string>([
  [EXCHANGE.mainMode, 'main mode'],
  [EXCHANGE.aggressiveMode, 'aggressive mode'],
  [EXCHANGE.quickMode, 'quick mode'],
]);

/** As reports call it: `main mode`, `IKE_AUTH`. */
export function exchangeOf({ header }: WireMessage): string {
  return versionOf(header) === 1 ? (VERSION_1.get(header.exchange) ?? exchangeName(1, header.exchange)) : exchangeName(2, header.exchange);
}

const versionOf = ({ version }: WireMessage['header']): 1 | 2 => (version >> 4 === 1 ? 1 : 2);
const isResponse = ({ header }: WireMessage): boolean => versionOf(header) === 2 && (header.flags & FLAG.response) !== 0;
const opened = ({ state }: WireMessage): boolean => state === 'clear' || state === 'opened';

function answerIn(messages: readonly WireMessage[], exchange: number): string | undefined {
  // The responder of IKEv2 may ask for a child of its own accord.
  const answers = messages.filter(
    (each) =>
      each.header.exchange === exchange && each.from === 'responder' && opened(each) && (versionOf(each.header) === 1 || isResponse(each)),
  );
  for (const { payloads } of answers.toReversed()) {
    const sa = payloads.find((payload) => payload.kind === 'sa');
    if (sa?.kind === 'sa') return suiteOfAnswer(sa.body.offer) ?? undefined;
  }
  return undefined;
}

/** What the responder chose for the IKE SA; it is never encrypted. */
export function ikeSuite(messages: readonly WireMessage[]): string | undefined {
  return answerIn(messages, EXCHANGE.saInit) ?? answerIn(messages, EXCHANGE.mainMode) ?? answerIn(messages, EXCHANGE.aggressiveMode);
}

/** What it chose for the first child, where that can be read. */
export function childSuite(messages: readonly WireMessage[]): string | undefined {
  return answerIn(messages, EXCHANGE.auth) ?? answerIn(messages, EXCHANGE.quickMode);
}

/** What was chosen at a rekeying, where that can be read. */
export function rekeyedSuite(messages: readonly WireMessage[], step: 'rekey-ike' | 'rekey-child' | 'ike' | 'child'): string | undefined {
  if (step === 'rekey-child') return answerIn(messages, EXCHANGE.createChildSa) ?? answerIn(messages, EXCHANGE.quickMode);
  return answerIn(messages, EXCHANGE.createChildSa);
}

/** What refused a step, if something was said: the first error that was not made good by asking again. */
export function refusalIn(
  messages: readonly WireMessage[],
  logs: { readonly [R in Role]: string },
  of: 'ike' | 'child' | 'rekey-ike' | 'rekey-child',
): Refused | undefined {
  let asked: WireMessage | undefined;
  let found: Refused | undefined;
  for (const message of messages) {
    if (!isInformational(message) && !message.repeated) {
      // Another group is asked for, or some patience, and the initiator asks again: nothing is refused yet.
      if (!isResponse(message) && AGAIN.has(found?.notify ?? '')) found = undefined;
      asked = message;
    }
    const error = opened(message) ? errorIn(message.payloads) : undefined;
    if (error === undefined || found !== undefined) continue;
    const version = versionOf(message.header);
    const about = isInformational(message) ? asked : message;
    found = { by: message.from, exchange: exchangeOf(about ?? message), notify: notifyName(version, error) };
  }
  if (found !== undefined) return found;
  return messages.some(({ state }) => state === 'closed') ? noticed(messages, logs, of) : undefined;
}

const AGAIN: ReadonlySet<string> = new Set(['INVALID_KE_PAYLOAD', 'TEMPORARY_FAILURE']);

/** What the logs tell of messages that are closed. */
function noticed(
  messages: readonly WireMessage[],
  logs: { readonly [R in Role]: string },
  of: 'ike' | 'child' | 'rekey-ike' | 'rekey-child',
): Refused | undefined {
  const notices: readonly Notice[] = [...noticesIn(logs.responder, 'responder'), ...noticesIn(logs.initiator, 'initiator')];
  const later = of.startsWith('rekey');
  // Another group is asked for once, and what comes behind IKE_AUTH makes up for what did not come about in it.
  const [notice] = notices.filter(({ notify, exchange }) => later || (notify !== 'INVALID_KE_PAYLOAD' && exchange !== 'CREATE_CHILD_SA'));
  if (notice === undefined) return undefined;
  const last = messages.findLast((each) => !isInformational(each));
  const version = last === undefined ? 2 : versionOf(last.header);
  const exchange = notice.exchange ?? (last === undefined ? 'nothing' : exchangeOf(last));
  return { by: notice.by, exchange, notify: version === 1 ? notice.notify.replaceAll('_', '-') : notice.notify };
}

/** The request that was never answered, and who owes the answer. */
export function unanswered(messages: readonly WireMessage[]): { readonly by: Role; readonly exchange: string } | undefined {
  const exchanges = messages.filter((each) => !isInformational(each));
  const last = exchanges.findLast(({ repeated }) => !repeated);
  if (last === undefined) return undefined;
  const repeats = exchanges.filter((each) => each.repeated && each.from === last.from).length;
  const one = versionOf(last.header) === 1;
  if (!one && isResponse(last)) return undefined;
  // In IKEv1 the last message of a mode is answered by nobody.
  if (one && repeats === 0) return undefined;
  return { by: last.from === 'initiator' ? 'responder' : 'initiator', exchange: exchangeOf(last) };
}

/** Notifications and deletes, which are about other exchanges. */
export function isInformational({ header }: WireMessage): boolean {
  return header.exchange === EXCHANGE.informational || header.exchange === EXCHANGE.informationalV1;
}

function errorIn(payloads: readonly Payload[]): number | undefined {
  const found = payloads.find((payload) => payload.kind === 'notify' && isErrorNotify(payload.notify));
  return found?.kind === 'notify' ? found.notify : undefined;
}
