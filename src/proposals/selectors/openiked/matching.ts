/**
 * How iked picks: own proposals in order, the peer's proposal with the lowest score for the first of them that matches any.
 *
 * @see OpenIKED policy.c proposals_negotiate, proposals_match; config.c config_add_transform
 * @module
 */
import { PROTOCOL, TYPE } from './names.ts';

/** A transform in iked's memory: no Key Length attribute is a length of 0. */
export interface IkedTransform {
  readonly type: number;
  readonly id: number;
  readonly length: number;
}

/** A proposal in iked's memory. */
export interface IkedProposal {
  readonly number: number;
  readonly protocol: number;
  readonly transforms: readonly IkedTransform[];
}

/** What a choice hangs on beside the two lists. */
export interface Circumstances {
  /** In CREATE_CHILD_SA for a child; there a group is required of ESP where one is configured. */
  readonly rekey: boolean;
  /** The group of the KE payload; -1 where none is looked at. */
  readonly keGroup: number;
  /** Since 7.3 the group of the KE payload is taken for an IKE SA too, where both sides list it. */
  readonly followsKe: boolean;
}

/** The transforms of an own proposal that a peer's proposal leads to; a score of 0 is no match. */
export interface Match {
  readonly score: number;
  /** By type. */
  readonly chosen: ReadonlyMap<number, Scored>;
}

/** A configured transform and what choosing it costs. */
export interface Scored extends IkedTransform {
  readonly score: number;
}

/** What was chosen, and every score on the way, in order. */
export interface Negotiated<Peer extends IkedProposal> {
  readonly peer?: Peer;
  readonly local?: IkedProposal;
  /** By ascending type. */
  readonly transforms: readonly IkedTransform[];
  readonly scores: readonly number[];
}

/**
 * The choice among a peer's proposals.
 *
 * @example
 * negotiate(local, offered, { rekey: false, keGroup: -1, followsKe: true }).peer?.number;
 */
export function negotiate<Peer extends IkedProposal>(
  local: readonly IkedProposal[],
  offered: readonly Peer[],
  circumstances: Circumstances,
): Negotiated<Peer> {
  const scores: number[] = [];
  for (const own of local) {
    const scored = withScores(own.transforms);
    let best: { readonly peer: Peer; readonly match: Match } | undefined;
    for (const peer of offered) {
      if (peer.protocol !== own.protocol) continue;
      const match = matchProposal(scored, peer, circumstances);
      scores.push(match.score);
      if (match.score > 0 && (best === undefined || match.score < best.match.score)) best = { peer, match };
    }
    if (best) {
      const chosen = [...best.match.chosen.values()].sort((a, b) => a.type - b.type);
      return { peer: best.peer, local: own, transforms: chosen.map(({ type, id, length }) => ({ type, id, length })), scores };
    }
  }
  return { transforms: [], scores };
}

/** Which scores a configured list has: 1 for the first of a type, and a step more for each after it. Repetitions vanish. */
export function withScores(transforms: readonly IkedTransform[]): readonly Scored[] {
  const before = new Map<number, number>();
  return distinct(transforms).map((transform) => {
    const rank = before.get(transform.type) ?? 0;
    before.set(transform.type, rank + 1);
    return { ...transform, score: 1 + rank * (STEP[transform.type] ?? 1) };
  });
}

/** The first of each. */
export function distinct<T extends IkedTransform>(transforms: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  return transforms.filter(({ type, id, length }) => {
    const key = `${type} ${id} ${length}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Whether a cipher of the peer rules integrity transforms out: of the combined ciphers only those of IKE's own table do. */
export function impliesIntegrity({ type, id }: IkedTransform): boolean {
  return type === TYPE.encryption && (id === GCM_12 || id === GCM_16);
}

function matchProposal(local: readonly Scored[], peer: IkedProposal, circumstances: Circumstances): Match {
  const implied = peer.transforms.some(impliesIntegrity);
  if (implied && peer.transforms.some(({ type }) => type === TYPE.integrity)) return NO_MATCH;
  const chosen = new Map<number, Scored>();
  const group = new GroupRule(peer.protocol, circumstances);
  for (const offered of peer.transforms) {
    for (const own of local) {
      group.see(own);
      if (own.type !== offered.type || own.id !== offered.id || own.length !== offered.length) continue;
      const verdict = group.prefer(own);
      if (verdict === 'pass') continue;
      const before = verdict === 'take' ? undefined : chosen.get(own.type);
      if (before === undefined || own.score < before.score) chosen.set(own.type, own);
    }
  }
  if (requiredTypes(peer.protocol, implied, group.required).some((type) => !chosen.has(type))) return NO_MATCH;
  if (peer.transforms.some(({ type }) => !chosen.has(type))) return NO_MATCH;
  return { score: [...chosen.values()].reduce((sum, { score }) => sum + score, 0), chosen };
}

/** The types without which a proposal of this protocol does not match. ESP needs no integrity, whatever its cipher. */
export function requiredTypes(protocol: number, implied: boolean, group: boolean): readonly number[] {
  if (protocol === PROTOCOL.ike) return [TYPE.encryption, TYPE.prf, ...(implied ? [] : [TYPE.integrity]), TYPE.group];
  if (protocol === PROTOCOL.ah) return [TYPE.integrity, TYPE.esn];
  return protocol === PROTOCOL.esp ? [TYPE.encryption, ...(group ? [TYPE.group] : []), TYPE.esn] : [];
}

/** Which group wins, and whether there must be one. iked learns of its own groups while it compares, so order counts. */
class GroupRule {
  readonly #childWithGroup: boolean;
  readonly #keGroup: number;
  readonly #follows: boolean;
  #configured = false;
  #noneConfigured = false;
  #forced = false;

  constructor(protocol: number, { rekey, keGroup, followsKe }: Circumstances) {
    this.#childWithGroup = rekey && protocol === PROTOCOL.esp;
    this.#keGroup = keGroup;
    this.#follows = keGroup >= 0 && (followsKe || this.#childWithGroup);
  }

  see({ type, id }: IkedTransform): void {
    if (!this.#childWithGroup || type !== TYPE.group) return;
    if (id === 0) this.#noneConfigured = true;
    else this.#configured = true;
  }

  /** A group equal to the KE's is taken whatever stood before it, and none is taken after it. */
  prefer({ type, id }: IkedTransform): 'compare' | 'pass' | 'take' {
    if (type !== TYPE.group || !this.#follows || this.#noneConfigured) return 'compare';
    if (this.#forced) return 'pass';
    if (id !== this.#keGroup) return 'compare';
    this.#forced = true;
    return 'take';
  }

  get required(): boolean {
    return this.#configured && !this.#noneConfigured;
  }
}

const NO_MATCH: Match = { score: 0, chosen: new Map() };
const STEP: Readonly<Record<number, number>> = { [TYPE.encryption]: 3, [TYPE.integrity]: 3, [TYPE.group]: 2 };
const [GCM_12, GCM_16] = [19, 20];
