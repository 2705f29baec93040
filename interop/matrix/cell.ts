/**
 * One case between two running peers: both are given their configuration, the initiator begins, and everything that can be seen is kept.
 *
 * Rule: what cannot be done is told in the words of the peer that cannot do it; nothing of a case stays behind for the next one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionKeys } from '../../src/ike/decryption/index.ts';
import { type CaseDefinition, CONNECTION, connectionOf } from '../cases/index.ts';
import type { ConfigFile, Connection, Role } from '../daemons/connection.ts';
import type { IkeStatus, Peer, Told } from '../daemons/peer.ts';
import { readMessages, type WireMessage } from './messages.ts';
import { readKeys } from './keys.ts';
import { type Phase, renewed } from './observe.ts';
import { completed, type Party } from './party.ts';
import { unconfigurable } from './minds.ts';
import type { Recording } from './recording.ts';

/** A peer as a cell needs it; who it is does not matter. */
export type Side = Omit<Peer, 'kind' | 'stop'>;

/** Both sides of a pair, and what records them. */
export interface Stage {
  readonly initiator: Side;
  readonly responder: Side;
  readonly recording: Recording;
  readonly parties: { readonly [R in Role]: Party };
}

/** What came of a cell before anybody judges it. */
export type Ran =
  | { readonly kind: 'unsupported'; readonly by: Role; readonly words: string; readonly sides: Sides }
  | {
      readonly kind: 'ran';
      readonly phases: readonly Phase[];
      readonly messages: readonly WireMessage[];
      readonly capture: Uint8Array;
      /** Of both sides, where they write them down. */
      readonly keys: readonly SessionKeys[];
      readonly sides: Sides;
      /** A rekeying that the initiator cannot be told to do, in its words. */
      readonly cannot?: string;
    };

export type Sides = { readonly [R in Role]: Shown };

/** One side's own words. */
export interface Shown {
  readonly configuration: readonly ConfigFile[];
  readonly log: string;
  readonly status: readonly IkeStatus[];
}

/** How long the initiator may take until it gives up. */
const PATIENCE_MS = 12_000;
/** How long both may take to agree on what they have. */
const SETTLE_MS = 600;

/** Plays a case. Whatever a daemon does wrong is a value, as long as it can be spoken to. */
export async function playCase(one: CaseDefinition, stage: Stage): Promise<Ran> {
  const { initiator, responder, recording } = stage;
  const { parties } = stage;
  const connections = {
    initiator: completed(connectionOf(one, 'initiator', stage), parties.initiator),
    responder: completed(connectionOf(one, 'responder', stage), parties.responder),
  };
  const mindless = mindlessSide(parties, connections);
  if (mindless) return { kind: 'unsupported', ...mindless, sides: NOTHING_SHOWN };
  const logsAt = await logLengths(stage);
  const keysAt = await keyLengths(stage);
  const [mine, theirs] = await Promise.all([initiator.load([connections.initiator]), responder.load([connections.responder])]);
  for (const [by, [refused]] of [
    ['initiator', mine],
    ['responder', theirs],
  ] as const)
    if (refused !== undefined) return { kind: 'unsupported', by, words: refused.reason, sides: await shown(stage, logsAt) };
  const start = await recording.mark();
  const beginAt = await logLengths(stage);
  const raw: Raw[] = [];
  const keep = async (what: Phase['what'], told: Told): Promise<Raw> => {
    const before = raw.at(-1)?.status;
    const status = await settled(stage, (now) => hasAll({ status: now }) && (before === undefined || areNew(before, now, what)));
    const logs = await logsSince(stage, raw.at(-1)?.logsEnd ?? beginAt);
    const end = Date.now();
    const phase: Raw = { what, told, status, logs: logs.text, logsEnd: logs.lengths, end };
    raw.push(phase);
    return phase;
  };
  let cannot: string | undefined;
  let last = await keep('begin', await initiator.initiate(CONNECTION, PATIENCE_MS));
  for (const what of one.rekeys ?? []) {
    if (!hasAll(last)) break;
    const told = await initiator.rekey(CONNECTION, what);
    if (told.outcome === 'unsupported') {
      cannot = told.words;
      break;
    }
    last = await keep(`rekey-${what}`, told);
  }
  const sides = await shown(stage, beginAt, last.status);
  await Promise.all([initiator.terminate(CONNECTION), responder.terminate(CONNECTION)]);
  const capture = await recording.since(start);
  const keys = await keysSince(stage, keysAt);
  const messages = readMessages(capture, { initiator: addressesOf(initiator), responder: addressesOf(responder) }, keys);
  const phases = raw.map(({ what, told, status, logs, end }, i): Phase => {
    const from = raw[i - 1]?.end ?? 0;
    return { what, told, status, logs, messages: messages.filter(({ at }) => at > from && at <= end) };
  });
  return { kind: 'ran', phases, messages, capture, keys, sides, ...(cannot !== undefined && { cannot }) };
}

const NOTHING_SHOWN: Sides = {
  initiator: { configuration: [], log: '', status: [] },
  responder: { configuration: [], log: '', status: [] },
};

/** A profile in our machines' place that has no mind for this: what it would say when it were configured so. */
function mindlessSide(
  parties: Stage['parties'],
  connections: { readonly [R in Role]: Connection },
): { readonly by: Role; readonly words: string } | undefined {
  for (const by of ['initiator', 'responder'] as const)
    for (const part of ['ike', 'child'] as const) {
      const words = parties[by].ours ? unconfigurable(parties[by], connections[by], part) : undefined;
      if (words !== undefined) return { by, words };
    }
  return undefined;
}

interface Raw extends Omit<Phase, 'messages'> {
  readonly end: number;
  readonly logsEnd: Lengths;
}

type Lengths = { readonly [R in Role]: number };

const addressesOf = ({ address4, address6 }: Side): readonly string[] => [address4, address6];

/** Whether a phase has left everything standing that a rekeying needs. */
function hasAll({ status }: Pick<Phase, 'status'>): boolean {
  return [status.initiator, status.responder].every((each) =>
    each.some(({ established, children }) => established && children.some((child) => child.established)),
  );
}

/** Whether both have what a rekeying makes, as far as it can be seen. */
function areNew(before: Phase['status'], now: Phase['status'], what: Phase['what']): boolean {
  if (what === 'begin') return true;
  const { initiator, responder } = renewed(before, now, what);
  return initiator !== false && responder !== false;
}

/** What both have, once it is all, or once they have had the time for it. */
async function settled({ initiator, responder }: Stage, isAll: (status: Phase['status']) => boolean): Promise<Phase['status']> {
  const began = Date.now();
  for (;;) {
    const [mine, theirs] = await Promise.all([initiator.status(), responder.status()]);
    const status = { initiator: mine, responder: theirs };
    if (isAll(status) || Date.now() - began > SETTLE_MS) return status;
    await sleep(100);
  }
}

async function both<T>({ initiator, responder }: Stage, ask: (side: Side) => Promise<T>): Promise<{ readonly [R in Role]: T }> {
  const [mine, theirs] = await Promise.all([ask(initiator), ask(responder)]);
  return { initiator: mine, responder: theirs };
}

const logLengths = (stage: Stage): Promise<Lengths> => both(stage, async (side) => (await side.log().catch(() => '')).length);
const keyLengths = (stage: Stage): Promise<Lengths> => both(stage, async (side) => (await side.keyLog()).length);

async function logsSince(
  stage: Stage,
  from: Lengths,
): Promise<{ readonly text: { readonly [R in Role]: string }; readonly lengths: Lengths }> {
  const logs = await both(stage, (side) => side.log().catch(() => ''));
  return {
    text: { initiator: logs.initiator.slice(from.initiator), responder: logs.responder.slice(from.responder) },
    lengths: { initiator: logs.initiator.length, responder: logs.responder.length },
  };
}

async function keysSince(stage: Stage, from: Lengths): Promise<readonly SessionKeys[]> {
  const keys = await both(stage, (side) => side.keyLog());
  return (['initiator', 'responder'] as const).flatMap((role) => readKeys(stage.parties[role], keys[role].slice(from[role])));
}

async function shown(stage: Stage, from: Lengths, status?: Phase['status']): Promise<Sides> {
  const { text } = await logsSince(stage, from);
  const of = (role: Role): Shown => ({
    configuration: stage[role].configuration(),
    log: text[role],
    status: status?.[role] ?? [],
  });
  return { initiator: of('initiator'), responder: of('responder') };
}
