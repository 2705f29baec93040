/** An IKEv2 connection that we began: established, kept alive, rekeyed and ended as it is told. */
import { ikev2, type Millis, type Patience, type Place, type Script, type Select } from '../../src/ike/exchanges/index.ts';
import { entropy, nodeCrypto } from '../../src/node-crypto/index.ts';
import { policyToOffer } from '../../src/proposals/index.ts';
import type { Told } from '../daemons/peer.ts';
import { type Command, Commands } from './queue.ts';
import type { Side } from './side.ts';

/** What came of it so far. */
export interface Begun2 {
  readonly version: 2;
  readonly side: Side;
  readonly commands: Commands;
  readonly script: (from: Millis) => Script<void>;
  session?: ikev2.Session;
  peer?: ikev2.Identity;
}

/** What it is begun with beside the connection. */
export interface Beginning {
  readonly ends: { readonly own: Place; readonly peer: Place };
  readonly patience: Patience;
  /** Chooses for what the peer asks meanwhile. */
  readonly select: Select;
  readonly log: (line: string) => void;
  /** Shown each IKE SA. */
  readonly keys: (sa: ikev2.IkeSa) => void;
  readonly established: (told: Told) => void;
}

const IDLE_MS = 20;
const FRAGMENTED = 400;
const WHOLE = 65_000;

/** One connection. Its script ends with the connection. */
export function begin2(side: Side, beginning: Beginning): Begun2 {
  const commands = new Commands();
  const begun: Begun2 = { version: 2, side, commands, script: (from) => script(begun, beginning, from) };
  return begun;
}

function* script(begun: Begun2, beginning: Beginning, from: Millis): Script<void> {
  const { side, commands } = begun;
  const { connection } = side;
  const { established, log, keys, select, ends, patience } = beginning;
  const { fragmentation } = connection;
  const made = yield* ikev2.establish(
    {
      provider: nodeCrypto,
      random: entropy,
      patience,
      ends,
      offer: policyToOffer(side.ike, 'ikev2-ike'),
      authenticator: side.ikev2,
      identity: side.identity,
      ...(side.expected && { wanted: side.expected, expected: side.expected }),
      ...(side.child && connection.childless !== true && { child: wishOf(side) }),
      answers: { select, traffic: { own: side.own, peer: side.peer } },
      ...(side.ppk && { ppk: side.ppk }),
      ...(fragmentation === 'force' && { mostOctets: FRAGMENTED }),
      ...(fragmentation === 'no' && { mostOctets: WHOLE }),
    },
    from,
  );
  if (!made.ok) {
    // What the peer refused with stands under these keys.
    if ('begun' in made) keys(made.begun.sa);
    const words = failureWords(made);
    log(`not established: ${words}`);
    commands.end(words);
    established({ outcome: 'failed', words });
    return;
  }
  const on = made.session;
  begun.session = on;
  begun.peer = made.peer;
  keys(on.sa);
  const child = childWords(made.child);
  log(`established${made.ppk ? ' with the PPK' : ''}: child ${child}`);
  const well = made.child.kind === 'established' || made.child.kind === 'none';
  established({ outcome: well ? 'done' : 'failed', words: well ? '' : `child ${child}` });
  while (on.ended === undefined) {
    const waiting = commands.next();
    if (!waiting) {
      yield* ikev2.attend(on, on.now + IDLE_MS);
      continue;
    }
    const told = yield* obey(on, side, waiting.command);
    log(`${waiting.command.kind}${waiting.command.kind === 'rekey' ? ` ${waiting.command.what}` : ''}: ${told.outcome} ${told.words}`);
    keys(on.sa);
    waiting.tell(told);
  }
  log(`ended: ${on.ended}`);
  commands.end(on.ended);
}

function* obey(on: ikev2.Session, side: Side, command: Command): Script<Told> {
  if (command.kind === 'terminate') return told(yield* ikev2.close(on), 'no answer to the Delete');
  if (command.what === 'ike') {
    const outcome = yield* ikev2.rekeyIke(on, policyToOffer(side.ike, 'ikev2-ike'));
    return told(outcome.kind === 'rekeyed', outcome.kind === 'refused' ? `refused ${outcome.notify}` : outcome.kind);
  }
  const replaces = on.children.at(-1);
  if (!replaces || !side.child) return { outcome: 'failed', words: 'no child SA' };
  const outcome = yield* ikev2.createChild(on, wishOf(side), { replaces });
  return told(outcome.kind === 'established', childWords(outcome));
}

const told = (well: boolean, words: string): Told => ({ outcome: well ? 'done' : 'failed', words: well ? '' : words });

function wishOf(side: Side): ikev2.ChildWish {
  return {
    offer: policyToOffer(side.child ?? [], 'ikev2-child'),
    ownTraffic: side.own,
    peerTraffic: side.peer,
    ...(side.connection.mode === 'transport' && { transport: true }),
  };
}

/** `auth notify 24`, `sa-init silence`. */
function failureWords({ step, failure }: ikev2.Established & { readonly ok: false }): string {
  const what = 'notify' in failure ? failure.notify : 'fault' in failure ? failure.fault : '';
  return `${step} ${failure.kind} ${what}`.trim();
}

function childWords(child: ikev2.ChildOutcome): string {
  if (child.kind === 'refused') return `refused ${child.notify}`;
  return child.kind === 'answer' ? `answer ${child.fault}` : child.kind;
}
