/**
 * A whole negotiation as the responder sees it: which connection is in use when, and why it changes.
 *
 * The name in a log line is only that of the connection in use at that moment: it need not be the right one, not even for the
 * negotiation to succeed.
 *
 * @example
 * const { names } = walkNegotiation(connections, { our, peer, peerId: parseIdentity('@banshee'), method: 'psk', quick: [{}] });
 * names.map(({ name, because }) => `${name}: ${because}`);
 *
 * @module
 */
import type { LogLine } from '../log-lines.ts';
import { type Connection, type Method, prefixOf, type Step, type Use } from './connection.ts';
import type { Identity } from './identities.ts';
import { refineByIdentity } from './identity-refinement.ts';
import { type Arrival, chooseForMain } from './main-mode.ts';
import { chooseForQuick, type Clients } from './quick-mode.ts';

/** What the peer sends, in the order in which it matters. */
export interface Negotiation extends Arrival {
  readonly peerId: Identity;
  /** Of the chosen phase 1 transform. */
  readonly method: Method;
  /** One Quick Mode after another. */
  readonly quick: readonly Clients[];
}

/** When a choice is made. */
export type Moment = 'first-message' | 'identity' | 'quick-mode';

/** Why a name stands there from a moment on. */
export type Because =
  /** A connection between the two hosts: the newest. */
  | 'host-pair'
  /** A guess: the newest Road Warrior, before anything is known of the peer. */
  | 'guessed-road-warrior'
  /** The smallest opportunistic subnet with the peer. */
  | 'opportunistic'
  /** The peer's identity is that of the connection in use. */
  | 'identity-fits'
  /** The peer's identity fits the wildcards of the connection in use. */
  | 'identity-fits-wildcards'
  /** The peer's identity belongs to another connection. */
  | 'identity-belongs-to-other'
  /** The same template once more, now with the identity filled in. */
  | 'instantiated-with-identity'
  /** The clients are those of the connection in use. */
  | 'clients-fit'
  /** The clients belong to another connection. */
  | 'clients-belong-to-other';

/** The name that log lines bear from a moment on. */
export interface NameAt {
  readonly moment: Moment;
  readonly state: number;
  readonly name: string;
  readonly instance?: number;
  /** As it stands in front of the lines. */
  readonly prefix: string;
  readonly because: Because;
  readonly steps: readonly Step[];
}

/** A line with the name in front that it bears; lines before there is a state, and debug lines, have none. */
export interface NamedLine extends LogLine {
  readonly prefix: string;
}

/** How far it came. */
export interface Walk {
  readonly outcome: 'ignored' | 'phase1-refused' | 'phase1' | 'quick-refused' | 'quick';
  readonly names: readonly NameAt[];
  readonly lines: readonly NamedLine[];
  /** The looks at candidates of the choice that failed, if one did. */
  readonly failed?: readonly Step[];
  readonly used?: Use;
}

const BECAUSE = {
  'host-pair': 'host-pair',
  'road-warrior': 'guessed-road-warrior',
  opportunistic: 'opportunistic',
} as const;

/** Walks it from the first message on. State 1 is the ISAKMP SA; each Quick Mode has a state of its own. */
export function walkNegotiation(connections: readonly Connection[], negotiation: Negotiation): Walk {
  const main = chooseForMain(connections, negotiation);
  const names: NameAt[] = [];
  const lines: NamedLine[] = [];
  // Debug lines bear no name.
  const write = (logs: readonly LogLine[], prefix: string): void =>
    void lines.push(...logs.map((line) => ({ ...line, prefix: line.level === 'debug' ? '' : prefix })));
  if (!main.used || main.how === 'not-authorized' || main.how === 'forbidden') {
    write(main.logs, '');
    return { outcome: 'ignored', names, lines, failed: main.steps };
  }
  names.push(nameAt('first-message', main.used, 1, BECAUSE[main.how], main.steps));
  write(main.logs, prefixOf(main.used, 1));

  const refined = refineByIdentity(connections, main.used, negotiation.peerId, negotiation.method, main.serials);
  // These lines still bear the old name: it changes behind them.
  write(refined.logs, prefixOf(main.used, 1));
  if (!refined.used) return { outcome: 'phase1-refused', names, lines, failed: refined.steps, used: main.used };
  names.push(nameAt('identity', refined.used, 1, becauseOfIdentity(refined.how, main.used, refined.used), refined.steps));

  let { used, serials } = { used: refined.used, serials: refined.serials };
  for (const [i, clients] of negotiation.quick.entries()) {
    const state = i + 2;
    const quick = chooseForQuick(connections, used, clients, serials);
    // Until it is accepted, there is only the state of phase 1.
    write(quick.logs, prefixOf(used, 1));
    if (!quick.used) return { outcome: 'quick-refused', names, lines, failed: quick.steps, used };
    const because = quick.how === 'kept' ? 'clients-fit' : 'clients-belong-to-other';
    names.push(nameAt('quick-mode', quick.used, state, because, quick.steps));
    serials = quick.serials;
  }
  return { outcome: negotiation.quick.length > 0 ? 'quick' : 'phase1', names, lines, used };
}

function becauseOfIdentity(how: string, before: Use, after: Use): Because {
  if (how === 'kept') return 'identity-fits';
  if (how === 'completed') return 'identity-fits-wildcards';
  return before.connection === after.connection ? 'instantiated-with-identity' : 'identity-belongs-to-other';
}

function nameAt(moment: Moment, used: Use, state: number, because: Because, steps: readonly Step[]): NameAt {
  const { connection, instance } = used;
  return {
    moment,
    state,
    name: connection.name,
    ...(instance !== undefined && { instance }),
    prefix: prefixOf(used, state),
    because,
    steps,
  };
}
