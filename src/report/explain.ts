/**
 * Every sentence for a human that is made of codes and data. The core speaks in codes; only here they become words.
 *
 * Rule 1: a refusal has three parts: what was offered, what was wanted, what to change. Never "mismatch" alone.
 * Rule 2: nobody is told to allow a weak algorithm: weak values are left out of advice while a better one is known.
 *
 * @module
 */
import type { ExchangeName, FingerprintReport, NamedBox, NoteCode, NoteFacts, ReasonView, WhyCode } from '../probe/result.ts';
import type { Algorithm, Negotiation, Slot } from '../proposals/model.ts';
import type { Reason } from '../proposals/verdict.ts';
import { remark } from './strength.ts';

/** The canonical keyword of an algorithm; the registry's own naming is passed in where it is at hand. */
export type NameAlgorithm = (slot: Slot, algorithm: Algorithm, negotiation: Negotiation) => string;

const EXCHANGES: Readonly<Record<ExchangeName, string>> = {
  'ikev1-main': 'IKEv1 main mode',
  'ikev1-aggressive': 'IKEv1 aggressive mode',
  'ikev1-quick': 'IKEv1 quick mode',
  'ikev2-init': 'IKEv2 IKE_SA_INIT',
  'ikev2-child': 'IKEv2 child SA',
};

/** What people call an exchange. */
export function exchangeTitle(exchange: ExchangeName): string {
  return EXCHANGES[exchange];
}

const SLOTS: Readonly<Partial<Record<Slot, string>>> = {
  encryption: 'cipher',
  integrity: 'integrity algorithm',
  prf: 'PRF',
  hash: 'hash',
  group: 'key exchange group',
  auth: 'authentication method',
  mode: 'encapsulation mode',
  esn: 'sequence number size',
  compression: 'compression',
};

/** What people call a slot. */
export function slotName(slot: Slot): string {
  return SLOTS[slot] ?? `additional key exchange ${slot.slice(3)}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function orList(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** The names worth recommending: the strong ones, or all when none is. */
function advisable(names: readonly string[]): readonly string[] {
  const strong = names.filter((name) => remark(name) === undefined);
  return strong.length > 0 ? strong : names;
}

function offerInstead(names: readonly string[], slot: Slot | null): string {
  if (names.length > 0) return `Offer ${orList(advisable(names))} instead.`;
  return `Nothing that it accepts ${slot === null ? 'here' : `as ${slotName(slot)}`} is known yet.`;
}

/** What to do to an offer: `change aes128 to aes256`. `from` and `to` are the names of what stands there and of what should. */
export function explainEdit(slot: Slot | 'lifetime' | 'attribute', from: readonly string[], to: string | undefined): string {
  if (slot === 'lifetime') return `shorten the lifetime from ${from.join('')} to ${to ?? '0'} seconds`;
  if (slot === 'attribute') return `leave out attribute ${from.join('')}`;
  if (to === undefined) return `leave out ${from.join(', ')}`;
  return from.length === 0 ? `add ${to}` : `change ${orList(from)} to ${to}`;
}

/** The offer can stand, another group belongs into the KE payload. */
export function explainWantedGroup(group: string): string {
  return `send the KE payload of ${group}; the offer can stay`;
}

const plainName: NameAlgorithm = (slot, { id, keyBits }) => `${slot}:${id}${keyBits === undefined ? '' : `/${keyBits}`}`;

/** A selector's reason in three parts. `name` gives the keywords; without it algorithms print as `<slot>:<number>[/<bits>]`. */
export function explainReason(reason: Reason, negotiation: Negotiation, name: NameAlgorithm = plainName): string {
  const called = (slot: Slot, algorithm: Algorithm): string => name(slot, algorithm, negotiation);
  switch (reason.code) {
    case 'algorithm-forbidden':
      return `${called(reason.offered.slot, reason.offered)} was offered; ${reason.by} never accepts it, whatever is configured. Offer another ${slotName(reason.offered.slot)}.`;
    case 'algorithm-unknown':
      return `${called(reason.offered.slot, reason.offered)} was offered; this implementation does not know it. Offer a ${slotName(reason.offered.slot)} that it has.`;
    case 'algorithm-not-configured': {
      const { slot } = reason.offered;
      const allowed = reason.allowed.map((algorithm) => called(slot, algorithm));
      return `${called(slot, reason.offered)} was offered as ${slotName(slot)}; configured is ${orList(allowed) || 'nothing'}. ${offerInstead(allowed, slot)}`;
    }
    case 'key-length-mismatch': {
      const bits = reason.offered.keyBits;
      const allowed = orList(reason.allowed.map(String));
      return `${called(reason.offered.slot, reason.offered)} was offered ${bits === undefined ? 'without a key length' : `with a key of ${bits} bits`}; wanted ${allowed === '' ? 'is no key length' : `are ${allowed} bits`}. Change the key length of the offer.`;
    }
    case 'slot-missing': {
      const allowed = reason.allowed.map((algorithm) => called(reason.slot, algorithm));
      return `No ${slotName(reason.slot)} was offered; one is wanted${allowed.length > 0 ? `: ${orList(allowed)}` : ''}. Add it to the offer.`;
    }
    case 'slot-unexpected': {
      const offered = orList(reason.offered.map((choice) => called(reason.slot, choice)));
      return `${offered} was offered as ${slotName(reason.slot)}; none is wanted here. Leave it out of the offer.`;
    }
    case 'protocol-mismatch':
      return `Protocol ${reason.offered} was offered; wanted is ${orList(reason.allowed.map(String))}. Change the protocol of the proposal.`;
    case 'attribute-unsupported':
      return `Attribute ${reason.attribute} was offered; this implementation does not support it. Leave it out.`;
    case 'attribute-repeated':
      return `Attribute ${reason.attribute} stands more than once in the transform; once is wanted. Send it once.`;
    case 'attribute-missing':
      return `The transform lacks attribute ${reason.attributes.join(', ')}; it must have ${reason.attributes.length === 1 ? 'it' : 'them'}. Add what is missing.`;
    case 'lifetime-too-long':
      return `A lifetime of ${reason.seconds} s was offered; at most ${reason.limit} s are taken. Shorten the lifetime.`;
    case 'lifetime-without-type':
      return 'A life duration was offered without a life type before it; each duration needs one. Put the life type in front.';
    case 'policy-requires':
      return `The transform does not offer ${reason.what}; the policy requires it. Add it to the offer, or take it out of the policy.`;
    case 'no-credential':
      return `${called(reason.offered.slot, reason.offered)} was offered; the responder has no key or secret for it with this peer. Load one there, or offer another ${slotName(reason.offered.slot)}.`;
    case 'value-invalid':
      return `Attribute ${reason.attribute} has the value ${reason.value}; that value is not valid here. Send a defined one.`;
    case 'structure':
      return `The proposal is not built as it must be: ${reason.detail}. Correct the sender.`;
    default:
      return reason satisfies never;
  }
}

/** A reason that follows from a live peer's behaviour, in the same three parts. */
export function explainRefusal(r: Omit<ReasonView, 'text'>): string {
  const slot = r.slot === null ? 'value' : slotName(r.slot);
  const here = r.accepted.length > 0 ? `the peer accepts ${r.accepted.join(', ')} here` : `no ${slot} that the peer accepts is known`;
  const advice = r.accepted.length > 0 ? ` ${offerInstead(r.accepted, r.slot)}` : '';
  switch (r.code) {
    case 'algorithm-not-accepted':
      return `${r.offered ?? `no ${slot}`} is refused whatever stands beside it; ${here}.${advice}`;
    case 'key-length-not-accepted':
      return `${r.offered ?? slot} is refused for its key length; ${here}.${advice}`;
    case 'protocol-not-accepted':
      return `${(r.offered ?? '').toUpperCase()} is refused whatever the algorithms are; the peer accepts ${orList(r.accepted).toUpperCase()} here.`;
    case 'method-not-accepted':
      return `Authentication by ${r.offered ?? 'this method'} is refused whatever the algorithms are; ${here}.${advice}`;
    case 'combination-not-accepted': {
      const changes = r.changes ?? (r.slot !== null && r.accepted.length > 0 ? [{ [r.slot]: r.accepted }] : []);
      const edits = changes.map(describeChange);
      return `${r.offered ?? 'This combination'}: each value is accepted, but not these together. ${edits.length > 0 ? `Change ${edits.join('; or ')}.` : 'What to change is not known yet.'}`;
    }
    default:
      return `${r.offered ?? slot} is refused; ${here}.${advice}`;
  }
}

/** `cipher to aes256, and group to modp2048 or ecp256`. */
export function describeChange(change: NamedBox): string {
  return (Object.entries(change) as [Slot, readonly string[]][]).map(([slot, to]) => `${slotName(slot)} to ${orList(to)}`).join(' and ');
}

/** Why an exchange is in its state, and how that is known. */
export function explainWhy(code: WhyCode, exchange: ExchangeName): string {
  const version = exchange.startsWith('ikev1') ? 'IKEv1' : 'IKEv2';
  switch (code) {
    case 'algorithms-refused':
      if (exchange === 'ikev2-child')
        return 'The peer refuses every combination of the universe: it may accept others, or be unable to install what it accepts, of which strongSwan says the same; its log tells.';
      return 'The peer answers, and refuses every combination of the universe: it may accept others, or have no connection for us; this refusal does not tell which.';
    case 'method-refused':
      return 'The algorithms would do, but none of the authentication methods that were offered.';
    case 'no-connection':
      return `The peer speaks ${version} but has no connection for us: it refuses every offer in the way it refuses strangers. Its algorithms are not to blame; look for the address, the identity or the IKE version of its configuration.`;
    case 'not-spoken':
      return `The peer says that it does not speak ${version}.`;
    case 'mode-not-spoken':
      return `Not answered in this mode, though the peer speaks ${version}: it is switched off, or there is no connection for it.`;
    case 'silent':
      if (exchange !== 'ikev1-aggressive')
        return 'No answer, while the same path carries answers to other requests: the peer keeps silent on purpose.';
      return 'Not answered in this mode, while the same path carries answers to other requests: switched off, or no connection for it.';
    case 'unknown':
      return 'No answer, and nothing that tells a lost datagram, a filter and a peer that keeps silent from each other.';
    case 'unreachable':
      return 'the network says that nothing can be reached there.';
    case 'not-asked':
      return 'not asked for.';
    case 'traffic-refused':
      return 'The peer refuses the traffic selectors, whatever the algorithms are: it has no child SA for this traffic. Name the networks that are configured there (--local-ts, --remote-ts).';
    case 'not-installed':
      return 'Other answers show that the peer accepts what it refused when the child SA was to be made: it could not install it. Look for a failure of its kernel in its log; neither algorithms nor traffic selectors are to blame.';
    case 'not-authenticated':
      return 'There is no authenticated connection to ask over.';
    case 'session-lost':
      return 'The connection ended before all was asked.';
    case 'budget':
      return 'the packet budget was used up before it.';
    case 'interrupted':
      return 'the probe was stopped before it.';
    default:
      return code satisfies never;
  }
}

/** From this likelihood on a fingerprint names an implementation. */
const CERTAIN = 0.95;

/** Whom a peer behaves like. */
export function explainFingerprint({ candidates, unknown, observations }: FingerprintReport): string {
  if (observations.length === 0) return 'No odd request could be asked: nothing is known that the peer accepts.';
  const names = [...new Set(candidates.map(({ name }) => name))];
  const of = (name: string): number => candidates.reduce((sum, one) => sum + (one.name === name ? one.likelihood : 0), 0);
  const [best] = names.toSorted((a, b) => of(b) - of(a));
  const asked = several(observations.length, 'odd request');
  if (best !== undefined && of(best) >= CERTAIN) return `The peer answers ${asked} as ${best} does.`;
  if (unknown >= 0.5 || best === undefined)
    return `The peer answers ${asked} as none of the described implementations does: it is unknown.`;
  return `The peer answers ${asked} as ${orList(names)} would; which of them it is cannot be told.`;
}

const several = (n: string | number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
const halfOpen = (n: string | number): string => several(n, 'half-open SA');
const times = (n: string | number): string => (n === 1 ? 'once' : `${n} times`);

/** What the probe saw or did on the way. `facts` as listed beside each code in `probe/result.ts`. */
export function explainNote(code: NoteCode, facts: NoteFacts = {}): string {
  const f = (name: string): string | number => facts[name] ?? '?';
  switch (code) {
    case 'small-datagrams':
      return `Datagrams of ${f('large')} octets got no answer, those of ${f('small')} did: fragments are dropped on the way. Smaller requests were used.`;
    case 'method-not-looked-at':
      return `The peer does not look at the authentication method in this exchange, so only ${f('method')} was asked.`;
    case 'cookie-seen':
      return `The peer asked for a COOKIE ${times(f('count'))}: it counts half-open SAs and protects itself.`;
    case 'paced-half-open':
      return `The peer takes only ${halfOpen(f('limit'))} from one address; the probe waited ${f('waitMs')} ms for them to time out.`;
    case 'released':
      return `${halfOpen(f('count'))} ${f('count') === 1 ? 'was' : 'were'} given back with a notify that this implementation obeys.`;
    case 'left-half-open':
      return `${halfOpen(f('count'))} ${f('count') === 1 ? 'stays on the peer until it times out' : 'stay on the peer until they time out'}.`;
    case 'one-at-a-time':
      return 'Requests were sent one at a time: the peer did not answer two in flight.';
    case 'silent-after':
      return `The peer became silent to everything after ${several(f('count'), 'accepted request')}: that is a limit, not a refusal.`;
    case 'loss':
      return `${f('lost')} of ${f('sent')} datagrams got their answer only after a retransmission: the path loses some.`;
    case 'garbled':
      return `Nothing was concluded from ${several(f('count'), 'answer')} that could not be read (${f('detail')}).`;
    case 'too-many-answers':
      return `The peer sent ${several(f('count'), 'datagram')} that nothing had asked for; they decide nothing.`;
    case 'invalid-ke-loop':
      return `The peer named another group ${times(f('count'))} for the same offer; the question was given up.`;
    case 'cookie-loop':
      return `The peer asked for a new COOKIE ${times(f('count'))} for the same request; the question was given up.`;
    case 'contradiction':
      return `The peer accepted and refused ${f('suite')}; its answers depend on something else than the offer.`;
    case 'weak-group-preferred':
      return `The peer prefers ${f('chosen')} although ${f('over')} was offered too.`;
    case 'source-port':
      return `The requests came from source port ${f('port')}; some peers answer only port 500.`;
    case 'budget':
      return `The budget of ${several(f('budget'), 'packet')} was used up; what is undecided stays so.`;
    case 'interrupted':
      return 'Stopped by hand: what is undecided stays so.';
    default:
      return code satisfies never;
  }
}
