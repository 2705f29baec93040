/**
 * The suites of one subject, in one mode, one role and one proof: asked one after the other, each judged by both sides.
 *
 * Rule 1: what the daemon cannot do is found out by loading it, before anything is asked.
 * Rule 2: it is established when both sides tell of the same SAs with the suite that was asked for, of the same after each rekeying,
 *   and of none after the end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatSuite, parseSuite } from '../../src/proposals/index.ts';
import { type Connection, mirrored, type Role, type Speaks } from '../daemons/connection.ts';
import { type IkeStatus, type Peer, type PeerKind, type PeerSpec, readSpec } from '../daemons/peer.ts';
import { knownFailure } from './known.ts';
import type { Outcome, Row } from './row.ts';
import { childFor, type Proving } from './subjects.ts';

export interface Batch {
  readonly subject: PeerSpec;
  readonly speaks: Speaks;
  readonly role: Role;
  readonly proving: Proving;
  readonly suites: readonly string[];
  /** Rekeys both kinds of SA with the first of them. */
  readonly rekeys: boolean;
}

const PATIENCE_MS = 10_000;
const SETTLING_MS = 1500;

/** Asks them all. Each row is told as it comes. */
export async function runBatch(batch: Batch, own: Peer, daemon: Peer, tell: (row: Row) => void): Promise<void> {
  const { subject, speaks, role, proving } = batch;
  const { kind } = readSpec(subject);
  const asked = batch.suites.map((suite, i) => ({ suite, connection: connectionOf(batch, kind, suite, i, own, daemon) }));
  // In the order in which the daemon stands in them: its side is local.
  const refusals = new Map(
    (await daemon.load(asked.map(({ connection }) => connection))).map(({ connection, reason }) => [connection, reason]),
  );
  const rowOf = ({ suite, connection }: (typeof asked)[number], outcome: Outcome): Row => {
    const row = { subject, speaks, role, proof: proving.name, suite, child: connection.child ?? '' };
    const because = outcome.kind === 'failed' ? knownFailure(row) : undefined;
    return { ...row, outcome: outcome.kind === 'failed' && because !== undefined ? { ...outcome, because } : outcome };
  };
  const able = asked.filter((one) => {
    const words = refusals.get(one.connection.name) ?? refusals.get('*');
    if (words !== undefined) tell(rowOf(one, { kind: 'unsupported', words }));
    return words === undefined;
  });
  if (able.length === 0) return;
  const ours = able.map(({ connection }) => mirrored(connection));
  const [beginner, answerer] = role === 'initiator' ? [own, daemon] : [daemon, own];
  const theirs = able.map(({ connection }) => connection);
  const [begun, answered] = role === 'initiator' ? [ours, joined(theirs)] : [theirs, joined(ours)];
  const unable = [...(await answerer.load(answered)), ...(await beginner.load(begun))];
  for (const [i, one] of able.entries()) {
    const words = unable.find(
      ({ connection }) => connection === one.connection.name || connection === '*' || connection === JOINED,
    )?.reason;
    const outcome: Outcome =
      words === undefined
        ? await exchange(one, { own, daemon, beginner, rekeys: batch.rekeys && i === 0, speaks })
        : { kind: 'failed', ours: words, theirs: '', log: [] };
    tell(rowOf(one, outcome));
  }
}

/** The daemon's side. */
function connectionOf({ speaks, proving, role }: Batch, kind: PeerKind, suite: string, turn: number, own: Peer, daemon: Peer): Connection {
  const { proof } = proving;
  return {
    name: `s${turn}`,
    speaks,
    ike: suite,
    child: childFor(kind, speaks, role, turn),
    local: { address: daemon.address4, identity: 'daemon.lab', proof, traffic: ['10.2.0.0/16'] },
    remote: { address: own.address4, identity: 'own.lab', proof, traffic: ['10.1.0.0/16'] },
  };
}

const JOINED = 'all';

/** One connection that takes whatever one of them asks for: IKEv1 looks at one alone. */
function joined(connections: readonly Connection[]): readonly Connection[] {
  const [first] = connections;
  if (!first) return [];
  const list = (part: 'ike' | 'child'): string => [...new Set(connections.flatMap((each) => each[part] ?? []))].join(',');
  return [{ ...first, name: JOINED, ike: list('ike'), child: list('child') }];
}

interface Between {
  readonly own: Peer;
  readonly daemon: Peer;
  readonly beginner: Peer;
  readonly rekeys: boolean;
  readonly speaks: Speaks;
}

async function exchange(
  { suite, connection }: { readonly suite: string; readonly connection: Connection },
  between: Between,
): Promise<Outcome> {
  const { own, daemon, beginner, rekeys, speaks } = between;
  const before = (await daemon.log()).length;
  const told = await beginner.initiate(connection.name, PATIENCE_MS);
  const negotiation = speaks === 'ikev2' ? 'ikev2-ike' : 'ikev1-phase1';
  const wanted = formatSuite(parseSuite(suite, negotiation), negotiation);
  // The last message may still be on its way when the beginner is done.
  const settled = (good: (seen: Seen) => boolean): Promise<Seen> => settledLook(own, daemon, wanted, good);
  const seen = told.outcome === 'done' ? await settled(({ well }) => well) : await lookAt(own, daemon, wanted);
  const later: string[] = [];
  const failed = (what: string, { ours, theirs }: Seen): Promise<Outcome> =>
    daemon
      .log()
      .then((log) => ({ kind: 'failed', ours: `${ours}; ${what}`, theirs, log: log.slice(before).trimEnd().split('\n').slice(-30) }));
  const end = async (): Promise<Seen> => {
    await beginner.terminate(connection.name);
    return settled(({ empty }) => empty);
  };
  if (told.outcome !== 'done' || !seen.well) {
    const outcome = await failed(told.words, seen);
    await end();
    return outcome;
  }
  if (rekeys) {
    for (const what of ['child', 'ike'] as const) {
      const { outcome, words } = await beginner.rekey(connection.name, what);
      const after = await settled(({ well }) => well);
      // Another ISAKMP SA of IKEv1 does not end the one before it.
      if (outcome === 'failed' || (speaks === 'ikev2' && !after.well)) return failed(`rekey ${what}: ${words}`, after);
      later.push(`rekey ${what}: ${outcome === 'done' ? 'done' : `${outcome} (${words})`}`);
    }
  }
  const last = await end();
  return last.empty ? { kind: 'established', later } : failed('not deleted', last);
}

interface Seen {
  /** Both sides have the same SAs, of the suite that was asked for. */
  readonly well: boolean;
  /** Neither has any. */
  readonly empty: boolean;
  readonly ours: string;
  readonly theirs: string;
}

async function settledLook(own: Peer, daemon: Peer, wanted: string, good: (seen: Seen) => boolean): Promise<Seen> {
  const since = Date.now();
  for (;;) {
    const seen = await lookAt(own, daemon, wanted);
    if (good(seen) || Date.now() - since > SETTLING_MS) return seen;
    await sleep(50);
  }
}

async function lookAt(own: Peer, daemon: Peer, wanted: string): Promise<Seen> {
  const [ours, theirs] = [await own.status(), await daemon.status()];
  const [mine, other] = [judged(ours, wanted), judged(theirs, wanted)];
  const same = sameSas(ours, theirs);
  const said = (judgement: string | undefined): string => judgement ?? (same ? 'established' : 'other SAs than the other side');
  const empty = ours.length === 0 && theirs.length === 0;
  return { well: mine === undefined && other === undefined && same, empty, ours: said(mine), theirs: said(other) };
}

/** What is wrong with what a side tells; nothing when it has one SA of the suite with one child. */
function judged(all: readonly IkeStatus[], wanted: string): string | undefined {
  const [status, ...more] = all.filter(({ established }) => established);
  if (!status) return all.length === 0 ? 'no IKE SA' : `IKE SA ${all[0]?.state}`;
  if (more.length > 0) return `${all.length} IKE SAs`;
  if (status.suite !== wanted) return `the suite is ${status.suite}`;
  return status.children.some((child) => child.established) ? undefined : 'no child SA';
}

/** The SPIs of the child are those of the other side, the other way round, and its suite the same. */
function sameSas(ours: readonly IkeStatus[], theirs: readonly IkeStatus[]): boolean {
  const [a, b] = [ours, theirs].map((all) => all.find(({ established }) => established)?.children.find((child) => child.established));
  const crossed = b?.spis?.toReversed();
  return crossed !== undefined && a?.suite === b?.suite && a?.spis?.join() === crossed.join();
}
