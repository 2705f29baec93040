/**
 * The result of probing one peer: exactly the object that `probe --json` prints (`schema/probe.json`).
 *
 * Rule 1: plain data. Algorithms stand as canonical keywords of the suite notation, so a reader needs no registry.
 * Rule 2: every claim about the peer says how it is known (`basis`) and where it was seen (`evidence`: datagrams of the
 *         transcript, both directions, counted from 0).
 * Rule 3: fields may be added, never renamed.
 *
 * @module
 */
import type { Slot } from '../proposals/model.ts';
import type { Reason } from '../proposals/verdict.ts';

/** Seen on the wire | follows from observations | default of a fingerprint. */
export type Basis = 'observed' | 'inferred' | 'assumed';

/** Indices of datagrams in the transcript, from 0, both directions. */
export type Evidence = readonly number[];

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

export type ExchangeName = 'ikev1-main' | 'ikev1-aggressive' | 'ikev1-quick' | 'ikev2-init' | 'ikev2-child';

/** Canonical keywords per slot: AND over slots, OR inside a slot. */
export type NamedBox = Readonly<Partial<Record<Slot, readonly string[]>>>;

/** One object for one peer. `complete` is false when the work was cut short: what is there is still true. */
export interface ProbeReport {
  readonly schema: 'ike-probe/1';
  readonly kind: 'probe';
  readonly complete: boolean;
  readonly tool: { readonly name: string; readonly version: string };
  readonly target: { readonly input: string; readonly address: string; readonly port: number };
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly durationMs: number;
  readonly traffic: Traffic;
  readonly reachability: Reachability;
  readonly exchanges: readonly ExchangeReport[];
  readonly peer: PeerReport;
  readonly findings: readonly ProbeFinding[];
  /** With credentials: one for each IKE version that was gone through with. */
  readonly sessions?: readonly SessionReport[];
}

/** `requests` counts distinct requests, `sent` every datagram (retransmissions and releases included). */
export interface Traffic {
  readonly requests: number;
  readonly sent: number;
  readonly received: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly retransmitted: number;
  /** Half-open SAs on the peer: made by our questions, given back at once, and those that wait for the peer's own time-out. */
  readonly halfOpen: SaCount;
  /** With credentials: IKE SAs and child SAs that came about, how many were deleted again, and how many the peer may still hold. */
  readonly ikeSas?: SaCount;
  readonly childSas?: SaCount;
}

export interface SaCount {
  readonly opened: number;
  readonly released: number;
  readonly left: number;
}

/**
 * `answered` any IKE datagram; `refused` ICMP port unreachable; `prohibited` ICMP administratively prohibited;
 * `unreachable` ICMP host or network; `silent` nothing at all.
 */
export interface Reachability {
  readonly state: 'answered' | 'refused' | 'prohibited' | 'unreachable' | 'silent';
  readonly evidence: Evidence;
}

export type ExchangeState = 'answered' | 'refused-all' | 'no-connection' | 'not-spoken' | 'silent' | 'not-tried';

/** Why an exchange is in its state. Stable names; the sentences are in `src/report/explain.ts`. */
export type WhyCode =
  | 'algorithms-refused' // the peer answers, and no suite of the universe is acceptable
  | 'method-refused' // the algorithms would do, the authentication method does not
  | 'no-connection' // the peer has no configuration for us in this IKE version
  | 'not-spoken' // the peer does not speak this IKE version
  | 'mode-not-spoken' // the version is spoken, this mode is not answered
  | 'silent' // nothing came back although the same path is known to carry answers
  | 'unknown' // nothing came back and no control tells loss from refusal
  | 'unreachable' // ICMP said so before anything could be asked
  | 'not-asked' // the user did not ask for it
  | 'traffic-refused' // child SAs: the traffic selectors are refused, whatever the algorithms are
  | 'not-installed' // child SAs: a suite was said to be acceptable, and then refused: the peer cannot install it
  | 'not-authenticated' // child SAs: there was no connection to ask over
  | 'session-lost' // child SAs: the connection ended before all was asked
  | 'budget' // the packet budget was used up
  | 'interrupted'; // stopped by hand

export interface Why {
  readonly code: WhyCode;
  readonly text: string;
  readonly basis: Basis;
  readonly evidence: Evidence;
}

export interface ExchangeReport {
  readonly exchange: ExchangeName;
  readonly state: ExchangeState;
  readonly why: Why | null;
  /** Exactly the suites that the peer would choose if it were offered that suite alone. */
  readonly accepted: readonly AcceptedSuite[];
  /** Disjoint boxes that cover all refused combinations of the universe. */
  readonly rejected: readonly RejectedBox[];
  /** One per transform of `--offer`, in the order given. */
  readonly offers: readonly OfferVerdict[];
  /** The inferred policy as a union of AND-boxes. */
  readonly policy: readonly NamedBox[];
  readonly preference: Preference;
  readonly universe: { readonly name: string; readonly combinations: number };
  readonly coverage: { readonly decided: number; readonly undecided: number };
  /** Combinations that are neither accepted nor refused: questions that stayed without an answer. */
  readonly undecided?: readonly NamedBox[];
  /** IKEv1 authentication methods asked, and whether the peer looks at the method in its first answer at all. */
  readonly methods?: MethodsAsked;
  /** Lifetimes in the peer's answers. */
  readonly lifetimes?: readonly AnsweredLifetime[];
  /** What the probe saw or had to do on the way. */
  readonly notes?: readonly NoteView[];
}

/** `auth`: methods, or '*' when the peer does not look at the method yet (always so in IKEv2). */
export interface AcceptedSuite {
  readonly suite: string;
  readonly auth: readonly string[] | '*';
  readonly basis: Basis;
  readonly evidence: Evidence;
}

export interface RejectedBox {
  readonly box: NamedBox;
  /** Combinations in the box. */
  readonly count: number;
  readonly reasons: readonly ReasonView[];
}

export interface OfferVerdict {
  readonly suite: string;
  readonly auth: readonly string[] | '*';
  readonly accepted: boolean;
  /** Set when nothing answered: then `accepted` is false and means "not seen to be accepted". */
  readonly undecided?: boolean;
  readonly reasons: readonly ReasonView[];
  readonly basis?: Basis;
  readonly evidence?: Evidence;
}

/** Reasons that follow from a live peer's behaviour; those of a selector keep their own codes. */
export type InferredCode =
  | 'algorithm-not-accepted' // this value stands in no accepted suite
  | 'key-length-not-accepted' // the cipher is accepted, with other key lengths
  | 'protocol-not-accepted' // child SAs: AH is refused where ESP is accepted, or the other way round
  | 'method-not-accepted' // the authentication method stands in no accepted suite
  | 'combination-not-accepted'; // each value is accepted somewhere, these not together

/** One reason of a refusal: what was offered in which slot, and what would have been accepted instead. */
export interface ReasonView {
  readonly code: InferredCode | Reason['code'];
  /** The slot to blame; for a combination the first slot of the smallest change. */
  readonly slot: Slot | null;
  /** Keyword as offered; for a combination all its keywords joined by '-'; null when something is missing. */
  readonly offered: string | null;
  /** Keywords accepted in `slot` here, best first; empty when none is known. */
  readonly accepted: readonly string[];
  readonly basis: Basis;
  readonly evidence: Evidence;
  readonly text: string;
  /** Combination only: the smallest sets of slots to change, each slot with the keywords that would do. */
  readonly changes?: readonly NamedBox[];
}

/** `peer`: its list decides; `ours`: the first acceptable of our list wins. `ranking` lists suites, most wanted first. */
export interface Preference {
  readonly order: 'peer' | 'ours' | 'unknown';
  readonly ranking: readonly string[];
  readonly basis: Basis;
}

/** `lookedAt` null: not found out. */
export interface MethodsAsked {
  readonly asked: readonly string[];
  readonly lookedAt: boolean | null;
  readonly evidence: Evidence;
}

/** `offered` and `answered` in `unit`; a difference means that the peer changes what it echoes. */
export interface AnsweredLifetime {
  readonly unit: 'seconds' | 'kilobytes';
  readonly offered: number;
  readonly answered: number | null;
  readonly evidence: Evidence;
}

export type NoteCode =
  | 'small-datagrams' // facts: large, small (octets)
  | 'method-not-looked-at' // facts: method
  | 'cookie-seen' // facts: count
  | 'paced-half-open' // facts: limit, waitMs
  | 'released' // facts: count
  | 'left-half-open' // facts: count
  | 'one-at-a-time' // facts: none
  | 'silent-after' // facts: count
  | 'loss' // facts: lost, sent
  | 'garbled' // facts: count, detail
  | 'too-many-answers' // facts: count
  | 'invalid-ke-loop' // facts: count
  | 'cookie-loop' // facts: count
  | 'contradiction' // facts: suite
  | 'weak-group-preferred' // facts: chosen, over
  | 'source-port' // facts: port
  | 'budget' // facts: budget
  | 'interrupted'; // facts: none

/** Values that the sentence of a note is made of. */
export type NoteFacts = Readonly<Record<string, string | number>>;

export interface NoteView {
  readonly code: NoteCode;
  readonly text: string;
  readonly evidence: Evidence;
  readonly facts?: NoteFacts;
}

/** Why a session is in its state. Stable names; the sentences are in `src/report/explain-sessions.ts`. */
export type SessionCode =
  | 'wrong-key' // the pre-shared keys differ: certain, or as likely as the basis says
  | 'key-or-identity' // refused as it is for another key and for an unknown identity; the wire does not tell which
  | 'identity-refused' // the keys agree, the peer does not take our identity
  | 'peer-identity' // the peer proved to be somebody else than expected
  | 'peer-key' // the peer's proof does not fit our key
  | 'peer-certificate-untrusted' // its certificate does not lead to an authority of ours
  | 'peer-certificate-expired'
  | 'peer-certificate-identity' // its certificate is somebody else's
  | 'peer-method' // it proved itself by another method than ours
  | 'certificate-refused' // it does not take our certificate or our signature, or does not know our identity
  | 'certificate-untrusted' // ours is refused, and leads to none of the authorities that the peer asks for
  | 'certificate-expired' // ours is refused, and is out of date
  | 'certificate-identity' // ours is refused, and is not for the identity that we show
  | 'no-common-signature' // nothing that we can sign with is taken
  | 'eap-wanted' // it wants EAP, which is not spoken here
  | 'xauth-wanted' // it wants a user name and password after phase 1
  | 'child-refused' // it refuses the IKE SA because it refuses the child SA
  | 'suite-refused' // the suite that it accepted before is refused now
  | 'des' // it takes nothing but single DES, which is never used
  | 'not-computable' // it takes nothing that can be computed here
  | 'no-method' // the accepted suites want another authentication method than we have credentials for
  | 'credential-refused-before' // the same credential was refused in the other version: it is not tried twice
  | 'broken-answer' // its answer is not one that a session can come of
  | 'silent' // no answer in the midst of it
  | 'not-accepted' // nothing is accepted that could be authenticated
  | 'budget' // too few packets left
  | 'interrupted';

/** One authenticated connection: how far it came, what was seen of the peer, and what would happen later. */
export interface SessionReport {
  readonly version: 1 | 2;
  readonly exchange: 'ikev1-main' | 'ikev1-aggressive' | 'ikev2-init';
  readonly state: 'established' | 'refused' | 'failed' | 'silent' | 'not-tried';
  readonly why: { readonly code: SessionCode; readonly text: string; readonly basis: Basis; readonly evidence: Evidence } | null;
  /** The suite that it was tried with; null when none could be. */
  readonly suite: string | null;
  /** How we prove who we are: `psk`, `rsasig`, `ecdsa256`, …, in IKEv2 also `signature`. */
  readonly auth: string;
  readonly ours: IdentityView;
  /** Null until it has shown itself. */
  readonly peer: (IdentityView & { readonly auth: string }) | null;
  /** Null where NAT detection found nothing out. */
  readonly nat: { readonly own: boolean; readonly peer: boolean } | null;
  /** The peer's port that the rest went to. */
  readonly port: number;
  /** IKEv2: what became of the child SA within IKE_AUTH, which never exchanges keys of its own. */
  readonly firstChild: ChildView | null;
  /** The traffic that children were made for: as asked, and as the peer narrowed it. */
  readonly traffic: readonly TrafficView[];
  /** Null: not found out. */
  readonly modes: { readonly tunnel: boolean | null; readonly transport: boolean | null };
  /** Forced now: what happens when a lifetime is over. */
  readonly rekeys: readonly RekeyView[];
  /** Our SAs are deleted again; this says whether the peer heard it. */
  readonly ended: 'deleted' | 'deleted-unconfirmed' | 'peer-deleted' | 'silence' | 'refused' | null;
  readonly evidence: Evidence;
}

/** An ID payload: `fqdn`, `ipv4`, `ipv6`, `email`, `dn`, `keyid`, or the number of its type. `text` may hold anything: escape it. */
export interface IdentityView {
  readonly type: string;
  readonly text: string;
}

/** A child SA that was asked for. `notify` is the name of the refusal, or its number. */
export interface ChildView {
  readonly state: 'established' | 'refused' | 'silent' | 'failed';
  readonly suite: string | null;
  readonly notify: string | null;
  readonly evidence: Evidence;
}

/**
 * `refused`: for its sake. `answered` null: nothing was made for it, for whatever reason. Ranges: `10.0.0.0-10.0.0.255`, with
 * `[protocol/port]` where not all of them are meant.
 */
export interface TrafficView {
  readonly asked: { readonly own: readonly string[]; readonly peer: readonly string[] };
  readonly answered: { readonly own: readonly string[]; readonly peer: readonly string[] } | null;
  readonly refused: boolean;
  readonly evidence: Evidence;
}

/** `offered`: what the request named, groups included; `none` in `group` is a rekeying without a key exchange of its own. */
export interface RekeyView extends ChildView {
  readonly what: 'child' | 'ike';
  readonly offered: string;
  readonly group: string;
}

export interface PeerReport {
  readonly vendorIds: readonly VendorIdView[];
  readonly implementation: Implementation | null;
  /** With `--fingerprint`: what behaviour alone says; `implementation` then follows from it. */
  readonly fingerprint?: FingerprintReport;
}

/** `unknown` is the likelihood of an implementation that nobody described; it and those of the candidates sum up to 1. */
export interface FingerprintReport {
  /** The likeliest first; those below 1 % are left out. */
  readonly candidates: readonly { readonly name: string; readonly release: string | null; readonly likelihood: number }[];
  readonly unknown: number;
  readonly observations: readonly FingerprintObservation[];
}

/** `expected` of the likeliest candidate, null when it foretells nothing. Equal texts are equal in everything that is compared. */
export interface FingerprintObservation {
  readonly request: string;
  /** What is odd in the request. */
  readonly asks: string;
  readonly exchange: ExchangeName;
  readonly expected: string | null;
  readonly seen: string;
  readonly evidence: Evidence;
}

/** One vendor ID payload. `text` is set when the octets are printable; escape it before it meets a terminal. */
export interface VendorIdView {
  readonly hex: string;
  readonly name: string | null;
  readonly group: string | null;
  readonly text: string | null;
  readonly tells?: string;
  readonly evidence: Evidence;
}

export interface Implementation {
  readonly name: string;
  readonly release: string | null;
  readonly basis: Basis;
  readonly evidence: Evidence;
}

/** Something worth changing on the peer. `reference` names the text behind it, `fix` what to do. */
export interface ProbeFinding {
  readonly id: string;
  readonly severity: Severity;
  readonly text: string;
  readonly reference: string;
  readonly fix: string;
  readonly basis?: Basis;
  readonly evidence?: Evidence;
}
