/**
 * Openswan's choice from an IKEv2 IKE proposal: the peer's order of proposals and of transforms decides.
 *
 * Rule 1: per proposal every combination of cipher, integrity, PRF and group is tried, the group turning fastest; the first that
 *         its list suits is it. Other transform types are not looked at.
 * Rule 2: in 2.6 the transforms of a refused proposal stay among those that are tried with the next one.
 * Rule 3: proposals with one number were meant as a conjunction, which ends in a malformed payload.
 *
 * @see Openswan 3.0.0 and 2.6.52.3 `spdb_v2_struct.c`, `ikev2_parse_parent_sa_body`; `ikev2_parent_R1.c`; `ikev2.c`
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Algorithm, Choice, Path, Slot, Suite } from '../../model.ts';
import type { Judgement, Reason } from '../../verdict.ts';
import { askForGroup, choice, ikev2Answer, judgement, notify, PROCEEDS, refusal } from '../answers.ts';
import { PLUTO } from '../freeswan/log.ts';
import type { Request, Response } from '../profile.ts';
import { type Head, type Listed, type Lists, readHead, readTransforms, type Stop } from './ikev2-payload.ts';
import { OPENSWAN } from './log.ts';
import { type Combination, matchesParent, matchParent, type Written } from './parent-match.ts';

const [ENCR, PRF, INTEG, DH] = [1, 2, 3, 4];
const IKE = 1;
const NEXT_PROPOSAL = 2;
const [NO_PROPOSAL_CHOSEN, INVALID_MESSAGE_ID] = [14, 9];
/** Types in the order in which they are missed, and what they are called. */
const NEEDED = [
  [ENCR, 'cipher', 'encryption'],
  [INTEG, 'integrity', 'integrity'],
  [PRF, 'prf', 'prf'],
  [DH, 'diffie-hellman', 'group'],
] as const;

/** How an Openswan is set up for IKEv2. */
export interface Ikev2Setup {
  readonly list: readonly Suite[];
  readonly since3: boolean;
  /** Groups that can be computed. */
  readonly groups: readonly number[];
  /** Key lengths by cipher that the answer says, and those it takes when none is said. */
  readonly usualKeyBits: ReadonlyMap<number, number>;
  readonly peer: string;
}

interface Found {
  readonly number: number;
  readonly group: number;
  readonly choices: readonly [Choice, Choice, Choice, Choice];
}

interface Progress {
  readonly trace: Judgement[];
  readonly logs: LogLine[];
}

/** Judges the SA payload of IKE_SA_INIT; `check` as the initiator, who reads an answer in the same way. */
export function judgeIkeSa(request: Request, setup: Ikev2Setup, check: boolean): Response {
  const { keGroup } = request;
  const progress: Progress = { trace: [], logs: [] };
  // A group that it cannot compute is noticed first, and a slip of numbers makes another notification of it.
  if (!check && keGroup !== undefined && !setup.groups.includes(keGroup)) {
    progress.logs.push(OPENSWAN.write('invalidGroup', { address: setup.peer, port: 500, group: keGroup }));
    const reason: Reason = {
      code: 'algorithm-not-configured',
      offered: { slot: 'group', id: keGroup, path: [] },
      allowed: setup.groups.map((id) => ({ id })),
    };
    return refuse(INVALID_MESSAGE_ID, { ...progress, trace: [judgement([], [reason], { fatal: INVALID_MESSAGE_ID })] });
  }
  const found = search(request.sa, setup, progress);
  if ('code' in found) return refuse(found.code, progress);
  const { number, group, choices } = found;
  const selected = choices[3].id;
  if (keGroup !== undefined && keGroup !== selected) {
    const line = OPENSWAN.write('otherGroup', { offered: keGroup, selected });
    return askForGroup(selected, { protocol: IKE }, progress.trace, [...progress.logs, line]);
  }
  const parts = [{ path: [group, 0], protocol: IKE, choices }];
  const wire = check ? PROCEEDS : { kind: 'answer' as const, sa: answerOf(number, choices, setup) };
  return choice({ group, parts }, wire, progress.trace, progress.logs);
}

function refuse(code: number, { trace, logs }: Progress): Response {
  return { ...refusal(notify(code, { protocol: IKE }), trace, logs), code };
}

/** Proposal after proposal, until one suits. */
function search(sa: Uint8Array, setup: Ikev2Setup, progress: Progress): Found | { readonly code: number } {
  const length = (sa[2] ?? 0) * 256 + (sa[3] ?? 0);
  if (sa.length < 4 || length < 4 || length > sa.length) {
    return stop({ code: INVALID_SYNTAX, line: PLUTO.write('malformedPayload') }, [], progress);
  }
  const block = { bytes: sa, at: 4, end: length, name: 'IKEv2 Security Association Payload' };
  let lists: Lists = new Map();
  let previous: number | undefined;
  let next = NEXT_PROPOSAL;
  for (let index = 0; next === NEXT_PROPOSAL; index++) {
    const head = readHead(block);
    const path = [index, 0];
    if ('code' in head) return stop(head, path, progress);
    // The second part of a conjunction whose first was refused is passed over; its "next payload" with it.
    if (head.number === previous) {
      progress.trace.push(
        judgement(path, [{ code: 'structure', detail: 'the same proposal number as the refused one before it', path }], { shown: 0 }),
      );
      continue;
    }
    previous = head.number;
    if (setup.since3) lists = new Map();
    const stopped = readTransforms(head, path, lists, progress.logs);
    if (stopped) return stop(stopped, path, progress);
    next = head.next;
    const found = match(head, path, lists, setup, progress);
    if (found) return overruled(block, head, found, setup, progress);
  }
  return { code: NO_PROPOSAL_CHOSEN };
}

/** Behind a match the next header is read: a flaw there, or another part of the same number, still ends it. */
function overruled(
  block: Parameters<typeof readHead>[0],
  { next, number }: Head,
  found: Found,
  setup: Ikev2Setup,
  progress: Progress,
): Found | { readonly code: number } {
  if (next !== NEXT_PROPOSAL) return found;
  const path = [found.group + 1, 0];
  const head = readHead(block);
  if ('code' in head) return stop(head, path, progress);
  if (head.number !== number) return found;
  const lists: Lists = new Map();
  const stopped = readTransforms(head, path, lists, progress.logs);
  if (stopped) return stop(stopped, path, progress);
  const second = match(head, path, lists, setup, progress);
  return second ? overruled(block, head, second, setup, progress) : { code: NO_PROPOSAL_CHOSEN };
}

function stop({ code, line }: Stop, path: Path, { trace, logs }: Progress): { readonly code: number } {
  logs.push(line);
  trace.push(judgement(path, [{ code: 'structure', detail: line.text, path }], { fatal: code, shown: 1 }));
  return { code };
}

function match({ number }: Head, path: Path, lists: Lists, setup: Ikev2Setup, { trace, logs }: Progress): Found | undefined {
  const { list } = setup;
  for (const [type, what, slot] of NEEDED) {
    if (lists.has(type)) continue;
    logs.push(OPENSWAN.write('nothingOf', { number, what }));
    trace.push(judgement(path, [{ code: 'slot-missing', slot, allowed: allowedOf(list, slot) }], { shown: 1 }));
    return undefined;
  }
  const types = NEEDED.map(([type]) => lists.get(type) ?? []);
  const four = firstMatch(types, number, setup, logs);
  if (four) {
    trace.push(judgement(path));
    return { number, group: path[0] ?? 0, choices: choicesOf(four) };
  }
  trace.push(judgement(path, reasonsOf(types, list), { shown: 0 }));
  return undefined;
}

/** The debug log speaks of this many combinations of a proposal: Openswan's goes on to a million. */
const MOST_LOGGED = 64;

function firstMatch(
  types: readonly (readonly Listed[])[],
  number: number,
  { list, since3 }: Ikev2Setup,
  logs: LogLine[],
): Four | undefined {
  let tried = 0;
  const written: Written = new Map();
  for (const four of product(types)) {
    if (++tried > MOST_LOGGED) break;
    const verdict = matchParent(combinationOf(four), list, number, since3, written);
    logs.push(...verdict.logs);
    if (verdict.matched) return four;
  }
  if (tried <= MOST_LOGGED) return undefined;
  // What no entry suits cannot be part of a match: few are left, in the same order.
  const suited = NEEDED.map(([, , slot], i) => {
    const allowed = allowedOf(list, slot);
    const fit = (types[i] ?? []).filter((offered) => allowed.some((own) => suitsOwn(offered, own)));
    return [...new Map(fit.toReversed().map((offered) => [`${offered.id}/${offered.keyBits}`, offered])).values()].toReversed();
  });
  for (const four of product(suited)) if (matchesParent(combinationOf(four), list, since3)) return four;
  return undefined;
}

function suitsOwn({ id, keyBits }: Listed, own: Algorithm): boolean {
  return own.id === id && (own.keyBits === undefined || own.keyBits === keyBits);
}

type Four = readonly [Listed, Listed, Listed, Listed];

/** Cipher, integrity, PRF, group; the last turns fastest. */
function* product([ciphers = [], integrities = [], prfs = [], groups = []]: readonly (readonly Listed[])[]): Generator<Four> {
  for (const cipher of ciphers) {
    for (const integrity of integrities) for (const prf of prfs) for (const group of groups) yield [cipher, integrity, prf, group];
  }
}

function combinationOf([cipher, integrity, prf, group]: Four): Combination {
  return { encryption: cipher.id, keyBits: cipher.keyBits, integrity: integrity.id, prf: prf.id, group: group.id };
}

function choicesOf([cipher, integrity, prf, group]: Four): Found['choices'] {
  const of = (slot: Slot, { id, path, keyBits }: Listed): Choice => ({ slot, id, path, ...(keyBits > 0 && { keyBits }) });
  return [of('encryption', cipher), of('integrity', integrity), of('prf', prf), of('group', group)];
}

/** One reason per type of which nothing suits; when each type alone would do, their combination is what is not listed. */
function reasonsOf(types: readonly (readonly Listed[])[], list: readonly Suite[]): readonly Reason[] {
  const reasons = NEEDED.flatMap(([, , slot], i): Reason[] => {
    const allowed = allowedOf(list, slot);
    const offered = types[i] ?? [];
    if (offered.some((each) => allowed.some((own) => suitsOwn(each, own)))) return [];
    return offered.map(({ id, keyBits, path }): Reason => {
      const given: Choice = { slot, id, path, ...(keyBits > 0 && { keyBits }) };
      const lengths = allowed.flatMap((own) => (own.id === id && own.keyBits !== undefined ? [own.keyBits] : []));
      return lengths.length > 0
        ? { code: 'key-length-mismatch', offered: given, allowed: lengths }
        : { code: 'algorithm-not-configured', offered: given, allowed };
    });
  });
  if (reasons.length > 0) return reasons;
  return [{ code: 'policy-requires', what: 'a listed combination', path: types[0]?.[0]?.path.slice(0, 2) ?? [] }];
}

function allowedOf(list: readonly Suite[], slot: Slot): readonly Algorithm[] {
  const seen = new Map(
    list.flatMap((suite) => (suite[slot] ? [[`${suite[slot].id}/${suite[slot].keyBits ?? ''}`, suite[slot]] as const] : [])),
  );
  return [...seen.values()];
}

/** Cipher, integrity, PRF, group; the key length stands where the cipher has several, said or not. */
function answerOf(number: number, [encryption, integrity, prf, group]: Found['choices'], { usualKeyBits }: Ikev2Setup): Uint8Array {
  const usual = usualKeyBits.get(encryption.id);
  const keyBits = usual === undefined ? undefined : (encryption.keyBits ?? usual);
  return ikev2Answer('ikev2-ike', {
    number,
    protocol: IKE,
    transforms: [
      { type: ENCR, id: encryption.id, ...(keyBits !== undefined && { keyBits }) },
      { type: INTEG, id: integrity.id },
      { type: PRF, id: prf.id },
      { type: DH, id: group.id },
    ],
  });
}

const INVALID_SYNTAX = 7;
