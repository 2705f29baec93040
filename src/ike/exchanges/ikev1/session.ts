/**
 * A whole session as the initiator: phase 1, quick modes one after another, a sign of life, and everything deleted again.
 *
 * @module
 */
import type { Machine, Millis } from '../machine.ts';
import { machineOf, type Script } from '../script.ts';
import { aggressiveMode } from './aggressive-mode.ts';
import { aside } from './aside.ts';
import { type Ikev1Event, sendAway } from './conversation.ts';
import { askAlive, deleteAll } from './informational.ts';
import { mainMode } from './main-mode.ts';
import type { Nat } from './numbers.ts';
import type { Phase1Failure, Phase1Setup } from './phase1.ts';
import { quickMode, type QuickResult, type QuickSetup } from './quick-mode.ts';
import type { Phase1Suite } from './suite.ts';
import { withinUdp } from './phase2.ts';

/** What is to be done. */
export interface SessionSetup extends Phase1Setup {
  readonly mode: 'main' | 'aggressive';
  /** Quick modes, tried one after another; offers are put within UDP by themselves once a NAT was found. */
  readonly quick?: readonly Omit<QuickSetup, 'random' | 'patience'>[];
  /** Asks whether the peer lives, after the quick modes. */
  readonly alive?: boolean;
  /** How long to listen after phase 1 and after messages that nobody answers. */
  readonly linger?: Millis;
}

/** What came of it. The keys of the SAs stay inside. */
export type SessionResult =
  | { readonly established: false; readonly failure: Phase1Failure }
  | {
      readonly established: true;
      readonly suite: Phase1Suite;
      readonly nat: Nat;
      readonly quick: readonly QuickResult[];
      readonly alive?: boolean;
    };

export function ikev1Session(setup: SessionSetup): Machine<SessionResult, Ikev1Event> {
  return machineOf(({ now }) => session(setup, now));
}

function* session(setup: SessionSetup, from: Millis): Script<SessionResult, Ikev1Event> {
  const { mode, random, patience, linger = 0 } = setup;
  const phase1 = yield* mode === 'main' ? mainMode(setup, from) : aggressiveMode(setup, from);
  if (!phase1.ok) return { established: false, failure: phase1.failure };
  const { sa, nat } = phase1.value;
  let now = phase1.value.at;
  if (mode === 'main' && linger > 0) {
    yield* sendAway([], (datagram) => aside(sa, datagram), { from: now, floated: sa.floated, linger });
    now += linger;
  }
  const quick: QuickResult[] = [];
  for (const each of setup.quick ?? []) {
    const offers = sa.floated ? each.offers.map(withinUdp) : each.offers;
    const result = yield* quickMode(sa, { linger, ...each, offers, random, patience }, now);
    quick.push(result);
    now = result.at;
    if (!result.ok && result.failure.kind === 'deleted') break;
  }
  const life = setup.alive === true ? yield* askAlive(sa, { random, patience, from: now }) : undefined;
  now = life?.at ?? now;
  const inbound = quick.flatMap((each) => (each.ok ? each.children.flat() : [])).map(({ protocol, ownSpi }) => ({ protocol, spi: ownSpi }));
  yield* deleteAll(sa, inbound, { random, from: now, linger });
  return { established: true, suite: sa.suite, nat, quick, ...(life && { alive: life.alive }) };
}
