/** An IKEv1 connection that we began: phase 1, a quick mode, and what it is told to do later. */
import { ikev1, type Millis, type Patience, type Place, type Script } from '../../src/ike/exchanges/index.ts';
import { entropy, nodeCrypto } from '../../src/node-crypto/index.ts';
import { policyToOffer, type Want } from '../../src/proposals/index.ts';
import type { Told } from '../daemons/peer.ts';
import { Commands } from './queue.ts';
import { IKEV1_LIFETIME } from './orders.ts';
import type { Side } from './side.ts';

/** What came of it so far. */
export interface Begun1 {
  readonly version: 1;
  readonly side: Side;
  readonly commands: Commands;
  readonly script: (from: Millis) => Script<void, ikev1.Ikev1Event>;
  sa?: ikev1.IsakmpSa;
  children: readonly ikev1.Child[];
}

export interface Beginning1 {
  readonly ends: { readonly own: Place; readonly peer: Place };
  readonly patience: Patience;
  readonly log: (line: string) => void;
  readonly keys: (sa: ikev1.IsakmpSa) => void;
  readonly established: (told: Told) => void;
}

type Speaking<Value> = Script<Value, ikev1.Ikev1Event>;

const IDLE_MS = 20;
const LINGER_MS = 150;
const ISAKMP = 1;

/** One connection. Its script ends with the connection. */
export function begin1(side: Side, beginning: Beginning1): Begun1 {
  const begun: Begun1 = { version: 1, side, commands: new Commands(), children: [], script: (from) => script(begun, beginning, from) };
  return begun;
}

function* script(begun: Begun1, { ends, patience, log, keys, established }: Beginning1, from: Millis): Speaking<void> {
  const { side, commands } = begun;
  const fail = (words: string): void => {
    log(`not established: ${words}`);
    commands.end(words);
    established({ outcome: 'failed', words });
  };
  const [auth = 1] = side.ikev1.methods;
  const setup: ikev1.Phase1Setup = {
    provider: nodeCrypto,
    random: entropy,
    patience,
    ends,
    offer: policyToOffer(side.ike, 'ikev1-phase1', { auth, lifetime: { seconds: IKEV1_LIFETIME } }),
    authenticator: side.ikev1,
    identity: side.identity,
  };
  const main = side.connection.speaks === 'ikev1-main';
  let deleted = false;
  const phase1 = yield* hearing(main ? ikev1.mainMode(setup, from) : ikev1.aggressiveMode(setup, from), (event) => {
    deleted ||= isEnd(event);
  });
  if (!phase1.ok) return fail(phase1Words(phase1.failure));
  const { sa } = phase1.value;
  keys(sa);
  let now = phase1.value.at;
  // The last message of aggressive mode has no answer: a peer that does not like it deletes the ISAKMP SA.
  if (!main) {
    const after = yield* attend(sa, now, LINGER_MS);
    if (deleted || after.over) return fail('authentication deleted');
    now = after.now;
  }
  begun.sa = sa;
  // A refused child leaves the ISAKMP SA as it is.
  const quick = side.child && (yield* quickMode(begun, sa, patience, now));
  if (quick) now = quick.at;
  if (quick?.ok === true) begun.children = quick.children.flat();
  const words = quick?.ok === false ? quickWords(quick.failure) : '';
  log(`established${words === '' ? '' : `: ${words}`}`);
  established({ outcome: words === '' ? 'done' : 'failed', words });
  for (;;) {
    const waiting = commands.next();
    if (!waiting) {
      const idle = yield* attend(sa, now);
      now = idle.now;
      if (!idle.over) continue;
      log('ended: peer-deleted');
      return commands.end('peer-deleted');
    }
    const { command, tell } = waiting;
    if (command.kind === 'terminate') {
      yield* ikev1.deleteAll(sa, inbound(begun.children), { random: entropy, from: now, linger: LINGER_MS });
      log('ended: we-deleted');
      tell({ outcome: 'done', words: '' });
      return commands.end('we-deleted');
    }
    if (command.what === 'ike') tell({ outcome: 'unsupported', words: 'an ISAKMP SA is not rekeyed, another one is begun' });
    else {
      const again = yield* quickMode(begun, sa, patience, now);
      now = again.at;
      if (again.ok) begun.children = again.children.flat();
      tell(again.ok ? { outcome: 'done', words: '' } : { outcome: 'failed', words: quickWords(again.failure) });
    }
  }
}

/** Answers the peer for a moment; `over` when it gave up the ISAKMP SA. */
function* attend(sa: ikev1.IsakmpSa, from: Millis, time = IDLE_MS): Speaking<{ readonly now: Millis; readonly over: boolean }> {
  const until = from + time;
  let wants: ReturnType<typeof said> = [{ kind: 'wake', at: until }];
  for (;;) {
    const { input, now } = yield wants;
    wants = input.kind === 'datagram' ? said(sa, input.bytes) : [];
    const over = wants.some((each) => each.kind === 'note' && isEnd(each.event));
    if (wants.length > 0 && (over || now >= until)) yield [...wants, { kind: 'wake', at: now }];
    if (over || now >= until) return { now, over };
  }
}

const isEnd = (event: ikev1.Ikev1Event): boolean => event.kind === 'deleted' && event.protocol === ISAKMP;

/** The same script, with what it notes shown. */
function* hearing<Value>(inner: Speaking<Value>, shown: (event: ikev1.Ikev1Event) => void): Speaking<Value> {
  let step = inner.next();
  while (step.done !== true) {
    for (const each of step.value) if (each.kind === 'note') shown(each.event);
    step = inner.next(yield step.value);
  }
  return step.value;
}

const said = (sa: ikev1.IsakmpSa, datagram: Uint8Array) => ikev1.aside(sa, datagram)?.says ?? [];

function* quickMode({ side }: Begun1, sa: ikev1.IsakmpSa, patience: Patience, from: Millis): Speaking<ikev1.QuickResult> {
  const mode = side.connection.mode === 'transport' ? 2 : 1;
  const withMode = (want: Want): Want => ({ ...want, slots: new Map([...want.slots, ['mode', [{ id: mode }]]]) });
  const wanted = (side.child ?? []).map((bundle) => bundle.map(withMode));
  const offer = policyToOffer(wanted, 'ikev1-phase2', { lifetime: { seconds: IKEV1_LIFETIME } });
  const group = wanted.flat().flatMap(({ slots }) => slots.get('group') ?? [])[0]?.id;
  const [own, peer] = [side.own[0], side.peer[0]].map(clientOf);
  return yield* ikev1.quickMode(
    sa,
    {
      random: entropy,
      patience,
      offers: [sa.floated ? ikev1.withinUdp(offer) : offer],
      ...(group !== undefined && group !== 0 && { group }),
      ...(own && peer && { clients: { own, peer } }),
      linger: LINGER_MS,
    },
    from,
  );
}

/** A network by address and mask. @see RFC 2407 §4.6.2 */
function clientOf(range: Side['own'][number] | undefined): ikev1.Client | undefined {
  if (range?.form !== 'range') return undefined;
  const { start, end } = range;
  const six = start.length === 16;
  const mask = start.map((octet, i) => ~(octet ^ (end[i] ?? 0)) & 0xff);
  const alone = mask.every((octet) => octet === 0xff);
  const client = (idType: number, data: Uint8Array): ikev1.Client => ({ idType, protocol: 0, port: 0, data });
  return alone ? client(six ? 5 : 1, start) : client(six ? 6 : 4, Uint8Array.from([...start, ...mask]));
}

const inbound = (children: readonly ikev1.Child[]): ikev1.Inbound[] => children.map(({ protocol, ownSpi }) => ({ protocol, spi: ownSpi }));

function phase1Words(failure: ikev1.Phase1Failure): string {
  const what = failure.kind === 'notify' ? failure.notify : 'fault' in failure ? failure.fault : '';
  return `${failure.step} ${failure.kind} ${what}`.trim();
}

function quickWords(failure: ikev1.QuickFailure): string {
  const what = failure.kind === 'notify' ? failure.notify : failure.kind === 'answer' ? failure.fault : '';
  return `quick ${failure.kind} ${what}`.trim();
}
