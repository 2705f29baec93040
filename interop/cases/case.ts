/**
 * What a case of the matrix is: how two sides are configured, and what the RFCs make of it.
 *
 * Rule 1: nothing here is of one implementation; addresses and names are filled in for each pair.
 * Rule 2: what neither side says is each one's own default only where a case says so with `null`.
 * Rule 3: `expected` is what two sides come to that do as the RFCs say and no more. Where that is left to them, there is none.
 */
import type { Connection, Proof, Role, Speaks } from '../daemons/connection.ts';
import type { MatrixArea, StepOutcome } from '../../src/report/index.ts';

/** One case. */
export interface CaseDefinition {
  /** Stable: results, requirements and links carry it. */
  readonly id: string;
  readonly title: string;
  readonly area: MatrixArea;
  /** `RFC 7296 §2.7`. */
  readonly reference: string;
  /** Why it is worth running. */
  readonly about: string;
  readonly speaks: Speaks;
  /** Default 4. */
  readonly family?: 4 | 6;
  /** What both sides have; what one side says itself goes before it. */
  readonly both?: Side;
  readonly initiator?: Side;
  readonly responder?: Side;
  /** What is rekeyed once there is an IKE SA with a child, in order; the initiator begins. */
  readonly rekeys?: readonly ('ike' | 'child')[];
  readonly expected?: Expected;
}

/** The outcome that the RFCs demand, and where they do. */
export interface Expected {
  readonly steps: readonly StepOutcome[];
  readonly because: string;
}

/** One side's configuration, as far as it is not that of every case. */
export interface Side {
  readonly speaks?: Speaks;
  /** Policies in the suite notation; null is the implementation's default. */
  readonly ike?: string | null;
  readonly child?: string | null;
  readonly identity?: string;
  /** Who the peer has to be; null is anybody. Left out: who it is. */
  readonly expects?: string | null;
  readonly proof?: Proof;
  /** How the peer has to prove itself. Left out: as it does. */
  readonly believes?: Proof;
  readonly traffic?: readonly string[];
  /** Left out: what the peer has. */
  readonly peerTraffic?: readonly string[];
  readonly mode?: 'tunnel' | 'transport';
  /** Protects the two ends alone; so does transport mode. */
  readonly hosts?: true;
  readonly lifetimes?: { readonly ike?: number; readonly child?: number };
  readonly fragmentation?: 'yes' | 'no' | 'force';
  readonly childless?: true;
}

/** The name of the connection on both sides. */
export const CONNECTION = 'lab';

/** Worth nothing outside the lab. */
export const SHARED_KEY: Proof = { kind: 'psk', secret: 'lab-key-that-both-have-and-nobody-else' };
export const OTHER_KEY: Proof = { kind: 'psk', secret: 'lab-key-that-only-one-of-them-has-4711' };

/** The suites of a case that is about something else. */
export const USUAL = {
  ikev1: { ike: 'aes256-sha256-modp2048', child: 'aes256-sha512' },
  ikev2: { ike: 'aes256-sha256-modp2048', child: 'aes256-sha512-noesn' },
} as const;

const NAMES = { initiator: 'initiator.lab', responder: 'responder.lab' } as const;
const NETWORKS = { initiator: ['10.1.0.0/16'], responder: ['10.2.0.0/16'] } as const;
const NETWORKS_6 = { initiator: ['fd01::/64'], responder: ['fd02::/64'] } as const;

const PEER_OF: Readonly<Record<Role, Role>> = { initiator: 'responder', responder: 'initiator' };

/** Where the two sides are. */
export type Addresses = Readonly<Record<Role, { readonly address4: string; readonly address6: string }>>;

/** What a side has when its own words and those of both are put together. */
function sideOf(one: CaseDefinition, role: Role): Side {
  return { ...one.both, ...one[role] };
}

/** One side's configuration for a pair. */
export function connectionOf(one: CaseDefinition, role: Role, addresses: Addresses): Connection {
  const [own, peer] = [sideOf(one, role), sideOf(one, PEER_OF[role])];
  const six = one.family === 6;
  const addressOf = (of: Role): string => (six ? addresses[of].address6 : addresses[of].address4);
  const networks = six ? NETWORKS_6 : NETWORKS;
  const other = PEER_OF[role];
  const usual = (own.speaks ?? one.speaks) === 'ikev2' ? USUAL.ikev2 : USUAL.ikev1;
  const { ike = usual.ike, child = usual.child, mode, lifetimes, fragmentation, childless } = own;
  const expects = own.expects === undefined ? (peer.identity ?? NAMES[other]) : own.expects;
  const hosts = own.hosts === true || mode === 'transport';
  const trafficOf = (given: readonly string[] | undefined, of: Role) => (hosts ? undefined : (given ?? networks[of]));
  const [traffic, peerTraffic] = [trafficOf(own.traffic, role), trafficOf(own.peerTraffic ?? peer.traffic, other)];
  return {
    name: CONNECTION,
    speaks: own.speaks ?? one.speaks,
    ...(ike !== null && { ike }),
    ...(child !== null && { child }),
    local: {
      address: addressOf(role),
      identity: own.identity ?? NAMES[role],
      proof: own.proof ?? SHARED_KEY,
      ...(traffic && { traffic }),
    },
    remote: {
      address: addressOf(other),
      ...(expects !== null && { identity: expects }),
      proof: own.believes ?? peer.proof ?? SHARED_KEY,
      ...(peerTraffic && { traffic: peerTraffic }),
    },
    ...(mode && { mode }),
    ...(lifetimes && { lifetimes }),
    ...(fragmentation && { fragmentation }),
    ...(childless && { childless }),
  };
}

/** The IKE version that a case is about. */
export function versionOf({ speaks }: Pick<CaseDefinition, 'speaks'>): 1 | 2 {
  return speaks === 'ikev2' ? 2 : 1;
}
