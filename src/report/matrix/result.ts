/**
 * The result of a matrix run: exactly the object that `matrix --json` prints and that `results.json` holds (`schema/matrix.json`).
 *
 * Rule 1: plain data. Algorithms stand in the suite notation, messages and notifications under their IANA names.
 * Rule 2: what was foretold and what happened are told in the same words, so that comparing them is comparing two values.
 * Rule 3: logs, configurations and identities are as the daemons wrote them: whoever shows them escapes them.
 * Rule 4: fields may be added, never renamed.
 *
 * @module
 */

/** One run. `complete` is false when it was cut short: what is there is still true, and `--resume` goes on. */
export interface MatrixReport {
  readonly schema: 'ike-probe/1';
  readonly kind: 'matrix';
  readonly complete: boolean;
  readonly tool: { readonly name: string; readonly version: string };
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly durationMs: number;
  readonly implementations: readonly MatrixImplementation[];
  readonly cases: readonly MatrixCase[];
  /** In the order of cases, then of initiators, then of responders. */
  readonly cells: readonly MatrixCell[];
}

/** A row or column. `id` is `strongswan@5.9.8`, `ike-probe` (our own machines) or `model:racoon@0.8.2` (a profile, no daemon). */
export interface MatrixImplementation {
  readonly id: string;
  /** For people: `strongSwan 5.9.8`. */
  readonly title: string;
  readonly kind: 'daemon' | 'own' | 'model';
  /** The family: `strongswan`, `libreswan`, … */
  readonly family: string;
  readonly release: string | null;
  /** Where it was had from: `Debian bookworm, 5.9.8-5+deb12u6`. */
  readonly origin: string;
  /** IKE versions that this build speaks. */
  readonly versions: readonly (1 | 2)[];
  /** Why it cannot be had today: a grey column. */
  readonly unavailable: string | null;
}

/** In which exchange the interesting thing of a case happens. */
export type MatrixArea = 'ikev1-main' | 'ikev1-aggressive' | 'ikev1-quick' | 'ikev2-init' | 'ikev2-auth' | 'ikev2-child' | 'ikev2-rekey';

/** What is configured on both sides, and what it is to show. */
export interface MatrixCase {
  /** Stable: `v2-same-suite`. */
  readonly id: string;
  readonly title: string;
  readonly area: MatrixArea;
  readonly version: 1 | 2;
  /** `RFC 7296 §2.7`. */
  readonly reference: string;
  /** Why the case is worth running, in one or two sentences. */
  readonly about: string;
  /** What is configured on each side, line by line, in the project's own neutral form. */
  readonly initiator: readonly string[];
  readonly responder: readonly string[];
}

/** How foretold and actual stand to each other. */
export type CellOutcome =
  /** All steps came about, as foretold. */
  | 'works'
  /** A step was refused, as foretold. */
  | 'refuses'
  /** Something else happened than was foretold. */
  | 'disagrees'
  /** The pair cannot do the case: an adapter said so. */
  | 'unsupported'
  /** The run itself went wrong. */
  | 'error';

/** One case of one pair. */
export interface MatrixCell {
  /** `<case>/<initiator>/<responder>`. Links to a cell carry it. */
  readonly id: string;
  readonly case: string;
  readonly initiator: string;
  readonly responder: string;
  readonly outcome: CellOutcome;
  /** Why it is so, in one sentence. */
  readonly reason: string;
  /** Made by the selectors from both configurations before anything ran; none where the pair cannot do the case. */
  readonly predicted: readonly StepOutcome[] | null;
  /** From the wire and from both daemons' own status. */
  readonly actual: readonly StepOutcome[] | null;
  /** A disagreement that is understood: the explanation. */
  readonly known?: string;
  readonly durationMs: number;
  /** The command that runs just this cell again. */
  readonly rerun: string;
  /** The file with its `CellDetails`, relative to `results.json`; none when nothing ran. */
  readonly details: string | null;
}

/** The steps of a negotiation, in their order. */
export type MatrixStep = 'ike' | 'child' | 'rekey-child' | 'rekey-ike';

/** What became of one step. A step that was not come to is left out. */
export interface StepOutcome {
  readonly step: MatrixStep;
  readonly state: 'established' | 'refused' | 'silent';
  /** What was settled on. */
  readonly suite: string | null;
  /** Who refused, in which exchange, with which notification; `null` where nothing was said. */
  readonly refusal: StepRefusal | null;
}

export interface StepRefusal {
  readonly by: 'initiator' | 'responder';
  /** `IKE_SA_INIT`, `IKE_AUTH`, `CREATE_CHILD_SA`, `main mode`, `quick mode`, … */
  readonly exchange: string;
  /** `NO_PROPOSAL_CHOSEN`. */
  readonly notify: string | null;
}

/** What lies behind a cell. */
export interface CellDetails {
  /** The cell's id. */
  readonly id: string;
  readonly initiator: SideDetails;
  readonly responder: SideDetails;
  /** Every message on the wire, decrypted where keys are known. */
  readonly messages: readonly MessageLine[];
  /** The classic pcap format, base64; opens in Wireshark. */
  readonly capture: string | null;
  /** Lines of Wireshark's key tables (IKEv1, IKEv2), where keys are known. */
  readonly keys: readonly string[];
  /** What the selectors thought, transform by transform, as text of `select`. */
  readonly trace: readonly TraceSection[];
}

/** One side's own words. */
export interface SideDetails {
  readonly configuration: readonly { readonly name: string; readonly text: string }[];
  /** Trimmed in the middle when it is long, and says so there. */
  readonly log: string;
  /** What the daemon's control program says of its SAs. */
  readonly status: string;
}

export interface MessageLine {
  /** Milliseconds after the first message. */
  readonly at: number;
  readonly from: 'initiator' | 'responder';
  /** `IKE_SA_INIT request: SA KE No N(NAT_DETECTION_SOURCE_IP)`. */
  readonly summary: string;
  /** Payloads in more detail, a line each. */
  readonly lines: readonly string[];
}

/** One offer as its receiver judged it: an OR of groups. `trace.ts` makes it of a verdict. */
export interface TraceSection {
  readonly step: MatrixStep;
  readonly judgedBy: 'initiator' | 'responder';
  /** The profile whose mind it is: `libreswan@4.10`. */
  readonly profile: string;
  /** The offer as a tree for drawing: where each transform failed. */
  readonly groups: readonly TraceGroup[];
  /** Sentences about the whole offer. */
  readonly reasons: readonly string[];
}

/** AND: the proposals of one group of an offer apply together. */
export interface TraceGroup {
  readonly proposals: readonly TraceProposal[];
}

/** OR: one of the transforms of one protocol; in IKEv2 one of each slot. */
export interface TraceProposal {
  /** `IKE`, `ESP`, `AH`, `IPCOMP`. */
  readonly protocol: string;
  readonly number: number;
  readonly state: TraceState;
  readonly transforms: readonly TraceTransform[];
  /** What the proposal as a whole lacks: `no PRF`. */
  readonly missing: readonly string[];
  /** Sentences about the proposal as a whole; in IKEv2 all that was found. */
  readonly reasons: readonly string[];
}

/** `acceptable`: nothing was said against it, and another was chosen or its neighbours failed. */
export type TraceState = 'chosen' | 'acceptable' | 'refused' | 'not-looked-at';

/** AND: all attributes of a transform apply. */
export interface TraceTransform {
  /** A suite (`aes256-sha256-modp2048`) or one keyword with its slot. */
  readonly text: string;
  readonly slot: string | null;
  readonly state: TraceState;
  /** Its attributes, those that are missing too, and at which it failed. */
  readonly attributes: readonly TraceAttribute[];
  /** Sentences: why it was refused. The first is the one that the implementation stops at. */
  readonly reasons: readonly string[];
}

export interface TraceAttribute {
  readonly text: string;
  readonly failed: boolean;
}
