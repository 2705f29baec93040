/**
 * charon's proposals and how two of them meet.
 *
 * Rule 1: everything here is in charon's own numbers: those of IKEv2, and above 1023 its private ones. IKEv1 is translated before.
 * Rule 2: the preferred side leads in everything: which pair is tried first, and which algorithm of a type is taken.
 *
 * @see strongSwan proposal.c: select_algo, select_algos, proposal_select
 * @module
 */
import type { Path } from '../../model.ts';

/** An algorithm of a transform type; `keyBits` 0 is no key length. */
export interface CharonTransform {
  readonly type: number;
  readonly id: number;
  readonly keyBits: number;
  /** Where it stood in an offer. */
  readonly path?: Path;
}

/** An AND over types of ORs of algorithms. */
export interface CharonProposal {
  readonly protocol: number;
  readonly number: number;
  /** IKEv1 only, else 0. */
  readonly transformNumber: number;
  /** 8 octets, all zero when it has none. */
  readonly spi: Uint8Array;
  readonly transforms: readonly CharonTransform[];
  /** The proposal in the offer. */
  readonly path?: Path;
  /** Made when it is first asked for: each proposal meets every one of the other side. */
  byType?: TypeIndex;
}

/** A proposal's algorithms by type. */
interface TypeIndex {
  /** What it was made of: a copy of the proposal may have others. */
  readonly from: readonly CharonTransform[];
  /** In charon's order. */
  readonly types: readonly TypeGroup[];
}

interface TypeGroup {
  readonly type: number;
  readonly transforms: readonly CharonTransform[];
}

/** Transform types. @see RFC 7296 §3.3.2 */
export const TYPE = { encryption: 1, prf: 2, integrity: 3, group: 4, esn: 5, additional: 6, lastAdditional: 12 } as const;

export const PROTOCOL = { ike: 1, ah: 2, esp: 3, ipcomp: 4 } as const;

/** Numbers from here on are private to charon. */
export const FIRST_PRIVATE = 1024;

/** What changes how two proposals are compared. */
export interface SelectionFlags {
  /** The supplied side leads. */
  readonly preferSupplied?: boolean;
  /** Key exchanges do not count, as when the first CHILD_SA is made. */
  readonly skipKe?: boolean;
  /** Numbers of private use match nothing. */
  readonly skipPrivate?: boolean;
  /** Key exchanges of the types 6 to 12 are known, since 6.0. */
  readonly additionalKe?: boolean;
}

/** How one proposal meets another. */
export interface Meeting {
  /** In charon's order of types; the paths are those of the supplied side. */
  readonly chosen: readonly CharonTransform[];
  /** The types without a common algorithm. */
  readonly failed: readonly number[];
  /** How often an algorithm of private use was passed over. */
  readonly privateSkipped: number;
}

/** A pair that suits. */
export interface Selected {
  readonly configured: CharonProposal;
  readonly supplied: CharonProposal;
  readonly chosen: readonly CharonTransform[];
}

/** What the search does, step by step, for the log. */
export interface SelectionWatcher {
  pair(meeting: Meeting | 'protocol-mismatch'): void;
}

const AEAD: ReadonlySet<number> = new Set([14, 15, 16, 18, 19, 20, 21, 25, 26, 27, 28]);

/** Whether an encryption algorithm needs no integrity algorithm beside it. */
export function isAead(id: number): boolean {
  return AEAD.has(id);
}

/** Whether a transform type is a key exchange. */
export function isKeyExchange(type: number, additionalKe = true): boolean {
  return type === TYPE.group || (additionalKe && type >= TYPE.additional && type <= TYPE.lastAdditional);
}

/** The first pair that suits, the preferred list outermost. */
export function selectFrom(
  configured: readonly CharonProposal[],
  supplied: readonly CharonProposal[],
  flags: SelectionFlags,
  watcher?: SelectionWatcher,
): Selected | undefined {
  const [leading, following] = flags.preferSupplied ? [supplied, configured] : [configured, supplied];
  for (const preferred of leading) {
    for (const other of following) {
      const [ours, theirs] = flags.preferSupplied ? [other, preferred] : [preferred, other];
      if (ours.protocol !== theirs.protocol) {
        watcher?.pair('protocol-mismatch');
        continue;
      }
      const meeting = meet(ours, theirs, flags);
      watcher?.pair(meeting);
      if (meeting.failed.length === 0) return { configured: ours, supplied: theirs, chosen: meeting.chosen };
    }
  }
  return undefined;
}

/**
 * How two proposals of one protocol meet. charon stops at the first type that fails; `most` says at which of them to stop instead: the others
 * are told too.
 */
export function meet(configured: CharonProposal, supplied: CharonProposal, flags: SelectionFlags, most = 1): Meeting {
  const [preferred, other] = flags.preferSupplied ? [supplied, configured] : [configured, supplied];
  const [leading, following] = [typesOf(preferred), typesOf(other)];
  const chosen: CharonTransform[] = [];
  const failed: number[] = [];
  const exchanges: number[] = [];
  const additionalKe = flags.additionalKe ?? true;
  let aead = false;
  let privateSkipped = 0;
  for (let i = 0, j = 0; i < leading.length || j < following.length; ) {
    const order = rank(leading[i]?.type) - rank(following[j]?.type);
    const type = (order <= 0 ? leading[i] : following[j])?.type ?? 0;
    const first = order <= 0 ? (leading[i++]?.transforms ?? NONE) : NONE;
    const second = order >= 0 ? (following[j++]?.transforms ?? NONE) : NONE;
    const keyExchange = isKeyExchange(type, additionalKe);
    if ((type === TYPE.integrity && aead) || (keyExchange && flags.skipKe)) continue;
    const optional = keyExchange && (type !== TYPE.group || preferred.protocol === PROTOCOL.esp || preferred.protocol === PROTOCOL.ah);
    const { found, skipped } = selectAlgorithm(first, second, optional, flags, keyExchange && additionalKe ? exchanges : NO_EXCHANGES);
    privateSkipped += skipped;
    if (found === undefined) {
      failed.push(type);
      if (failed.length >= most) break;
    } else if (found !== 'nothing' && (found.id !== 0 || type === TYPE.esn)) {
      if (keyExchange) exchanges.push(found.id);
      if (type === TYPE.encryption && isAead(found.id)) aead = true;
      const offered = flags.preferSupplied ? first : second;
      const path = offered.find((each) => each.id === found.id && each.keyBits === found.keyBits)?.path;
      chosen.push({ type, id: found.id, keyBits: found.keyBits, ...(path && { path }) });
    }
  }
  return { chosen, failed, privateSkipped };
}

/** The algorithms of a proposal by type, in charon's order: integrity goes before the PRF. */
export function typesOf(proposal: CharonProposal): readonly TypeGroup[] {
  if (proposal.byType?.from === proposal.transforms) return proposal.byType.types;
  const types: { readonly type: number; readonly transforms: CharonTransform[] }[] = [];
  for (const transform of proposal.transforms) {
    const { type } = transform;
    const at = types.findIndex((each) => rank(each.type) >= rank(type));
    if (at < 0) types.push({ type, transforms: [transform] });
    else if (types[at]?.type === type) types[at].transforms.push(transform);
    else types.splice(at, 0, { type, transforms: [transform] });
  }
  proposal.byType = { from: proposal.transforms, types };
  return types;
}

/** What is not there comes last. */
function rank(type: number | undefined): number {
  if (type === TYPE.prf) return TYPE.integrity;
  return type === TYPE.integrity ? TYPE.prf : (type ?? Number.MAX_SAFE_INTEGER);
}

interface AlgorithmChoice {
  readonly found: CharonTransform | 'nothing' | undefined;
  readonly skipped: number;
}

/** The first of the preferred side that the other has too. `taken` are the key exchange methods that earlier types took. */
function selectAlgorithm(
  first: readonly CharonTransform[],
  second: readonly CharonTransform[],
  optional: boolean,
  flags: SelectionFlags,
  taken: readonly number[],
): AlgorithmChoice {
  if (first.length === 0 || second.length === 0) {
    const none = optional && (first.some(({ id }) => id === 0) || second.some(({ id }) => id === 0));
    return none ? NOTHING : MISSING;
  }
  let skipped = 0;
  for (const ours of first) {
    if (taken.includes(ours.id)) continue;
    for (const theirs of second) {
      if (ours.id !== theirs.id || ours.keyBits !== theirs.keyBits) continue;
      if (!flags.skipPrivate || ours.id < FIRST_PRIVATE) return { found: ours, skipped };
      skipped++;
    }
  }
  return { found: undefined, skipped };
}

const NOTHING: AlgorithmChoice = { found: 'nothing', skipped: 0 };
const MISSING: AlgorithmChoice = { found: undefined, skipped: 0 };
const NONE: readonly CharonTransform[] = [];
const NO_EXCHANGES: readonly number[] = [];
