/** Our side as the one who is asked: one responder for all connections, with a profile's mind. */
import { ikev1TableLine, ikev2TableLine } from '../../src/ike/decryption/index.ts';
import { decodeSaBody } from '../../src/ike/index.ts';
import { entropy, nodeCrypto } from '../../src/node-crypto/index.ts';
import { ikev1, ikev2, type MadeSa, Responder, type ResponderEvent, type Select } from '../../src/ike/exchanges/index.ts';
import { mindOf, type Negotiation, OAKLEY, type Policy, selectorFor, type Setup } from '../../src/proposals/index.ts';
import type { IkeStatus } from '../daemons/peer.ts';
import type { Side } from './side.ts';
import { hex, status1, status2 } from './status.ts';

/** What was seen of an IKEv1 conversation. */
interface Seen1 {
  suite?: ikev1.Phase1Suite;
  peer?: ikev2.Identity;
  children: readonly MadeSa[];
}

/** A responder and what can be told of it. */
export interface Answering {
  readonly responder: Responder;
  readonly select: Select;
  /** Keeps what an event says, for `status`. */
  note(event: ResponderEvent): void;
  status(): readonly IkeStatus[];
}

/** Of all connections; they have to be of one identity. `keep` is given the keys, a line for each SA. */
export function answering(sides: readonly Side[], profile: string, keep: (line: string | undefined) => void): Answering {
  const select = selectOf(sides, profile);
  const [first] = sides;
  const one = sides.filter(({ connection }) => connection.speaks !== 'ikev2');
  const two = sides.filter(({ connection }) => connection.speaks === 'ikev2');
  const sideFor = (peer: ikev2.Identity): Side | undefined =>
    two.find(({ expected }) => expected && ikev2.sameIdentity(expected, peer)) ?? two.find(({ expected }) => expected === undefined);
  const all = <Value>(each: (side: Side) => readonly Value[], among: readonly Side[]): readonly Value[] => among.flatMap(each);
  const trafficOf = (among: readonly Side[]) => ({ own: all(({ own }) => own, among), peer: all(({ peer }) => peer, among) });
  const request = two.map((side) => side.ikev2.request).find((each) => each !== undefined);
  const ppks = two.flatMap(({ ppk }) => ppk ?? []);
  const forced = two.some(({ connection }) => connection.fragmentation === 'force');
  const responder = new Responder({
    provider: nodeCrypto,
    random: entropy,
    identity: first?.identity ?? { idType: 2, data: new Uint8Array() },
    select,
    ...(one.length > 0 && {
      ikev1: {
        authenticators: one.map((side) => side.ikev1),
        keys: (sa) => keep(ikev1TableLine(sa)),
        admits: ikev1.admitsWithin(trafficOf(one)),
        modes: [
          ...new Set(one.map(({ connection }) => (connection.speaks === 'ikev1-main' ? ('main' as const) : ('aggressive' as const)))),
        ],
      },
    }),
    ...(two.length > 0 && {
      ikev2: {
        authenticate: (peer) => sideFor(peer)?.ikev2,
        keys: (sa) => keep(ikev2TableLine(sa)),
        traffic: trafficOf(two),
        ...(request && { request }),
        ...(ppks.length > 0 && { ppk: ppkKeys(ppks) }),
        ...(forced && { mostOctets: 400 }),
      },
    }),
  });
  const seen = new Map<string, Seen1>();
  const name = first?.connection.name ?? '';
  return {
    responder,
    select,
    note: (event) => note(seen, event),
    status: () => [
      ...(responder.ikev2?.sessions ?? [])
        .filter(({ ended }) => ended === undefined)
        .map((session) => status2(name, session, session.peer, false)),
      ...[...seen.values()].flatMap(({ suite, peer, children }) =>
        suite && peer ? [status1(name, undefined, suite, peer, children, false)] : [],
      ),
    ],
  };
}

/** One that insists insists for all: whose a peer is shows only later. */
function ppkKeys(ppks: readonly ikev2.Ppk[]): ikev2.PpkKeys {
  return {
    find: ({ type, data }) => ppks.find(({ identity }) => identity.type === type && hex(identity.data) === hex(data))?.key,
    ...(ppks.some(({ required }) => required) && { required: true }),
  };
}

/** @see RFC 2407 §4.5 */
const TRANSPORT = 2;
/** From here on the methods are those of XAUTH: nobody in the lab asks for a password. */
const XAUTH = 65_001;

/** The mind of a profile with the policies of all connections, in their order. */
function selectOf(sides: readonly Side[], profile: string): Select {
  const policyOf = (part: 'ike' | 'child', version: 1 | 2): Setup | undefined => {
    const own = sides.filter(({ connection }) => (connection.speaks === 'ikev2') === (version === 2));
    const policy: Policy = own.flatMap((side) => side[part] ?? []);
    // What proves us is part of a suite in IKEv1.
    const auth = part === 'ike' && version === 1 ? [...new Set(own.flatMap((side) => side.ikev1.methods))].filter((id) => id < XAUTH) : [];
    const transport = part === 'child' && version === 1 && own.some(({ connection }) => connection.mode === 'transport');
    const lifetime = own.map(({ connection }) => connection.lifetimes?.[part]).find((each) => each !== undefined);
    return policy.length > 0
      ? { policy, ...(auth.length > 0 && { auth }), ...(transport && { mode: TRANSPORT }), ...(lifetime !== undefined && { lifetime }) }
      : undefined;
  };
  const setups: { readonly [N in Negotiation]: Setup | undefined } = {
    'ikev1-phase1': policyOf('ike', 1),
    'ikev1-phase2': policyOf('child', 1),
    'ikev2-ike': policyOf('ike', 2),
    'ikev2-child': policyOf('child', 2),
  };
  return mindOf(selectorFor(profile), setups);
}

function note(all: Map<string, Seen1>, event: ResponderEvent): void {
  if (event.version !== 1) return;
  const key = hex(event.initiatorSpi);
  const seen: Seen1 = all.get(key) ?? { children: [] };
  all.set(key, seen);
  if (event.kind === 'offer' && event.request.negotiation === 'ikev1-phase1' && event.wire.kind === 'answer') {
    const suite = suiteIn(event.wire.sa);
    if (suite) seen.suite = suite;
  } else if (event.kind === 'authenticated') {
    seen.peer = event.identity;
  } else if (event.kind === 'child') seen.children = [...seen.children, ...event.children.flat()];
  else if (event.kind === 'deleted' && event.protocol === 1) all.delete(key);
  else if (event.kind === 'deleted')
    seen.children = seen.children.filter(({ peerSpi }) => !event.spis.some((spi) => hex(spi) === hex(peerSpi)));
  // Clients that are not served end a quick mode, not the ISAKMP SA.
  else if (event.kind === 'ended' && event.why !== 'clients') all.delete(key);
}

/** The suite of an answer of phase 1. */
function suiteIn(sa: Uint8Array): ikev1.Phase1Suite | undefined {
  const transform = decodeSaBody(sa.subarray(4), 'ikev1-phase1').value?.offer.groups[0]?.proposals[0]?.transforms[0];
  if (transform?.kind !== 'suite') return undefined;
  const value = (type: number): number | undefined => {
    const found = transform.attributes.findLast((each) => each.type === type);
    return found?.form === 'TV' ? found.value : undefined;
  };
  const [encryption, hash, auth, group] = [OAKLEY.encryption, OAKLEY.hash, OAKLEY.auth, OAKLEY.group].map(value);
  if (encryption === undefined || hash === undefined || auth === undefined || group === undefined) return undefined;
  const keyBits = value(OAKLEY.keyLength);
  return { encryption, hash, auth, group, ...(keyBits !== undefined && { keyBits }) };
}
