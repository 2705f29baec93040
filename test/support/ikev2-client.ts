/** An IKEv2 initiator to be run in a network namespace: scenarios as JSON on standard input, what became of them as JSON lines. */
import { text } from 'node:stream/consumers';
import { seededEntropy } from '../../src/ike/entropy.ts';
import { sharedKey } from '../../src/ike/exchanges/ikev2/authenticator.ts';
import type { ChildOutcome, ChildWish } from '../../src/ike/exchanges/ikev2/child.ts';
import { createChild, rekeyIke } from '../../src/ike/exchanges/ikev2/create-child.ts';
import { establish, type Established } from '../../src/ike/exchanges/ikev2/establish.ts';
import { close, deleteChildren, isAlive } from '../../src/ike/exchanges/ikev2/informational.ts';
import { attend, type Session } from '../../src/ike/exchanges/ikev2/session.ts';
import { allTraffic, trafficRange } from '../../src/ike/exchanges/ikev2/traffic.ts';
import type { TrafficSelector } from '../../src/ike/payloads/ts.ts';
import type { Millis } from '../../src/ike/exchanges/machine.ts';
import { machineOf, type Script } from '../../src/ike/exchanges/script.ts';
import { drive } from '../../src/net/drive.ts';
import { openUdp } from '../../src/net/udp.ts';
import { nodeCrypto } from '../../src/node-crypto/node-crypto.ts';
import { parseOffer } from '../../src/proposals/notation.ts';

/** One connection, and what is done on it. Proposals are in our own notation. */
export interface Scenario {
  readonly address: string;
  readonly ike: string;
  /** None: childless. */
  readonly esp?: string;
  readonly psk: string;
  readonly id?: string;
  readonly wanted?: string;
  readonly expected?: string;
  readonly seed?: string;
  readonly mostOctets?: number;
  readonly float?: 'nat' | 'always' | 'never';
  /** "first-last" of each side's traffic; all of IPv4 when left out. */
  readonly ownTraffic?: string;
  readonly peerTraffic?: string;
  readonly steps?: readonly Step[];
  readonly patience?: { readonly firstWait: number; readonly retries: number };
}

export type Step =
  | 'alive'
  | 'delete-child'
  | 'close'
  | { readonly child: string; readonly pfs?: number | 'none' }
  | { readonly rekeyChild: string; readonly pfs?: number | 'none' }
  | { readonly rekeyIke: string; readonly group?: number }
  | { readonly attend: number };

/** What became of it, step by step, in words and numbers. */
export interface Told {
  readonly established: boolean;
  readonly why?: string;
  readonly child?: string;
  readonly peer?: string;
  readonly additional?: readonly number[];
  readonly steps: readonly string[];
  readonly ms: number;
}

const words = (octets: Uint8Array): string => Buffer.from(octets).toString('latin1');
const fqdn = (name: string): { idType: number; data: Uint8Array } => ({ idType: 2, data: Buffer.from(name) });
const ipv4 = (address: string): Uint8Array => Uint8Array.from(address.split('.').map(Number));

function trafficOf(range: string | undefined): TrafficSelector {
  const [first, last] = (range ?? '').split('-');
  return first && last ? trafficRange(ipv4(first), ipv4(last)) : allTraffic(4);
}

function wishOf(esp: string, { ownTraffic, peerTraffic }: Scenario): ChildWish {
  return { offer: parseOffer(esp, 'ikev2-child'), ownTraffic: [trafficOf(ownTraffic)], peerTraffic: [trafficOf(peerTraffic)] };
}

export const shownChild = (child: ChildOutcome): string => {
  if (child.kind === 'refused') return `refused ${child.notify}`;
  if (child.kind === 'answer') return `fault ${child.fault}`;
  return child.kind === 'established' && child.child.widened ? 'established wider' : child.kind;
};

export function shownFailure(result: Established & { ok: false }): string {
  const { failure, step } = result;
  if (failure.kind === 'notify') return `${step} notify ${failure.notify}`;
  if (failure.kind === 'answer' || failure.kind === 'peer-proof') return `${step} ${failure.kind} ${failure.fault}`;
  return `${step} ${failure.kind}`;
}

export function* scenarioScript(scenario: Scenario, from: Millis, random = seededEntropy(scenario.seed ?? Math.random())): Script<Told> {
  const { psk, id = 'client.lab', wanted, expected, patience = { firstWait: 500, retries: 4 } } = scenario;
  const made = yield* establish(
    {
      provider: nodeCrypto,
      random,
      patience,
      offer: parseOffer(scenario.ike, 'ikev2-ike'),
      ends: { own: { address: ipv4('10.99.0.1'), port: 500 }, peer: { address: ipv4(scenario.address), port: 500 } },
      authenticator: sharedKey(Buffer.from(psk)),
      identity: fqdn(id),
      ...(wanted !== undefined && { wanted: fqdn(wanted) }),
      ...(expected !== undefined && { expected: fqdn(expected) }),
      ...(scenario.esp !== undefined && { child: wishOf(scenario.esp, scenario) }),
      ...(scenario.mostOctets !== undefined && { mostOctets: scenario.mostOctets }),
      ...(scenario.float && { float: scenario.float }),
    },
    from,
  );
  if (!made.ok) return { established: false, why: shownFailure(made), steps: [], ms: 0 };
  const { session, begun } = made;
  const steps: string[] = [];
  for (const step of scenario.steps ?? ['close']) {
    if (session.ended !== undefined) break;
    steps.push(yield* stepScript(session, step, scenario));
  }
  return {
    established: true,
    child: shownChild(made.child),
    peer: words(made.peer.data),
    additional: begun.additional,
    steps,
    ms: session.now - from,
  };
}

function* stepScript(on: Session, step: Step, scenario: Scenario): Script<string> {
  if (step === 'alive') return (yield* isAlive(on)) ? 'alive' : 'silent';
  if (step === 'close') return (yield* close(on)) ? 'closed' : 'silent';
  if (step === 'delete-child') return (yield* deleteChildren(on, on.children.slice(-1))) ? 'deleted' : 'silent';
  if ('child' in step) return shownChild(yield* createChild(on, wishOf(step.child, scenario), { pfs: step.pfs }));
  if ('attend' in step) {
    yield* attend(on, on.now + step.attend);
    return `asked ${on.counts.asked} rekeyed ${on.counts.rekeyedByPeer}${on.ended ? ` ${on.ended}` : ''}`;
  }
  if ('rekeyChild' in step) {
    const replaces = on.children.at(-1);
    if (!replaces) return 'no child';
    return shownChild(yield* createChild(on, wishOf(step.rekeyChild, scenario), { pfs: step.pfs, replaces }));
  }
  const outcome = yield* rekeyIke(on, parseOffer(step.rekeyIke, 'ikev2-ike'), step.group);
  if (outcome.kind === 'refused') return `refused ${outcome.notify}`;
  return outcome.kind === 'answer' ? `fault ${outcome.fault}` : outcome.kind;
}

async function main(): Promise<void> {
  const scenarios = JSON.parse(await text(process.stdin)) as readonly Scenario[];
  for (const scenario of scenarios) {
    const plain = await openUdp({ address: scenario.address, port: 500 });
    const floated = () => openUdp({ address: scenario.address, port: 4500 });
    const told = await drive(
      machineOf(({ now }) => scenarioScript(scenario, now)),
      { plain, floated },
    );
    await plain.close();
    process.stdout.write(`${JSON.stringify(told ?? { established: false, why: 'given up', steps: [], ms: 0 })}\n`);
  }
}

if (import.meta.filename === process.argv[1]) await main();
