/**
 * A whole peer in memory: the responder of both versions with a profile's mind, on a virtual wire.
 *
 * @example
 * const peer = livePeer({ profile: 'strongswan@5.9.8', ike: 'aes256-sha256-x25519', child: 'aes256-sha256-noesn' });
 * const { report } = await probing(peer.network);
 * expect(peer.kinds()).to.include('authenticated');
 */
import type { CryptoProvider } from '../../src/ike/crypto/provider.ts';
import { seededEntropy } from '../../src/ike/entropy.ts';
import type { Happening, ResponderEvent } from '../../src/ike/exchanges/events.ts';
import type { ResponderLimits } from '../../src/ike/exchanges/half-open.ts';
import { preSharedKey } from '../../src/ike/exchanges/ikev1/authenticator.ts';
import { admitsWithin } from '../../src/ike/exchanges/ikev1/clients.ts';
import type { Ikev1Side } from '../../src/ike/exchanges/ikev1/responder-setup.ts';
import { type Identity, sharedKey } from '../../src/ike/exchanges/ikev2/authenticator.ts';
import type { Ikev2Side } from '../../src/ike/exchanges/ikev2/responder-setup.ts';
import { allTraffic, trafficRange } from '../../src/ike/exchanges/ikev2/traffic.ts';
import type { Misbehaviour } from '../../src/ike/exchanges/misbehaviour.ts';
import { Responder, type ResponderSetup } from '../../src/ike/exchanges/responder.ts';
import type { Select } from '../../src/ike/exchanges/selecting.ts';
import type { TrafficSelector } from '../../src/ike/payloads/ts.ts';
import { addressOctets, parseRange } from '../../src/net/addresses.ts';
import { type MemoryOptions, memoryNetwork, type MemoryTransport } from '../../src/net/memory.ts';
import type { Endpoint } from '../../src/net/transport.ts';
import type { VirtualTime } from '../../src/net/virtual-time.ts';
import { nodeCrypto } from '../../src/node-crypto/node-crypto.ts';
import { parsePolicy } from '../../src/proposals/notation.ts';
import type { Negotiation } from '../../src/proposals/model.ts';
import { ConfigError } from '../../src/proposals/selectors/errors.ts';
import { mindOf, type Setups } from '../../src/proposals/selectors/mind.ts';
import { otherVersionsOf } from '../../src/proposals/selectors/other-versions.ts';
import type { Setup } from '../../src/proposals/selectors/profile.ts';
import { type Selector, selectorFor } from '../../src/proposals/selectors/selector.ts';

/** A policy in our notation, `default` for what the profile has when nothing is configured, or a whole setup. */
export type PeerPolicy = string | Setup;

export interface LivePeerOptions {
  /** `name@release`, or a selector; strongSwan's when left out. */
  readonly profile?: string | Selector;
  /** Which versions are spoken; IKEv2 when left out. */
  readonly versions?: readonly (1 | 2)[];
  /** For IKE SAs, in the words of each version; `{ v1, v2 }` when they differ. */
  readonly ike?: PeerPolicy | { readonly v1?: PeerPolicy; readonly v2?: PeerPolicy };
  /** For child SAs and quick mode: groups in it are PFS. */
  readonly child?: PeerPolicy | { readonly v1?: PeerPolicy; readonly v2?: PeerPolicy };
  readonly psk?: string;
  /** FQDN. */
  readonly identity?: string;
  /** Networks (`10.1.0.0/16`) of each side; everything when left out. */
  readonly traffic?: { readonly own: readonly string[]; readonly peer: readonly string[] };
  readonly misbehaviour?: Misbehaviour;
  readonly limits?: Partial<ResponderLimits>;
  /** As the profile's implementation does when left out. */
  readonly otherVersions?: ResponderSetup['otherVersions'];
  readonly ikev1?: Partial<Ikev1Side>;
  readonly ikev2?: Partial<Ikev2Side>;
  readonly wire?: Omit<MemoryOptions, 'responder'>;
  readonly provider?: CryptoProvider;
  readonly seed?: string;
  /** Puts other words into the profile's mouth. */
  readonly twist?: (select: Select) => Select;
}

export interface LivePeer {
  readonly responder: Responder;
  /** All that happened, in order. */
  readonly events: readonly ResponderEvent[];
  /** The kinds of what happened; offers left out. */
  kinds(): Happening['kind'][];
  /** For `memoryNetwork`, `probing` and the like. The peer listens on every port of its address. */
  readonly network: MemoryOptions;
  /** A wire to a port of the peer: 500 when left out. Those of one peer share the clock that is given. */
  open(port?: number, time?: VirtualTime): MemoryTransport;
}

export const LIVE_PSK = 'secret of the lab';
export const LIVE_IDENTITY = 'peer.example';
export const LIVE_IKE = 'aes256-sha256-modp2048';
export const LIVE_CHILD = 'aes256-sha256';

/** The network of a text such as `10.1.0.0/16` or `2001:db8::/32`; a host without a slash. */
export function network(text: string): TrafficSelector {
  const range = parseRange(text);
  if (!range) throw new RangeError(`no network: ${text}`);
  return trafficRange(range.start, range.end);
}

export const fqdnIdentity = (name: string): Identity => ({ idType: 2, data: Buffer.from(name) });

const placeOf = ({ address, port }: Endpoint) => ({ address: addressOctets(address), port });

/** The part of a policy option for one version. */
function ofVersion(given: LivePeerOptions['ike'], version: 'v1' | 'v2'): PeerPolicy | undefined {
  return typeof given === 'object' && !('policy' in given) ? given[version] : given;
}

/** What was asked for; else a usual policy, or the profile's own when it would not load that. */
function setupFor(selector: Selector, negotiation: Negotiation, given: PeerPolicy | undefined): Setup | 'default' | undefined {
  const { profile } = selector;
  if (!profile.negotiations.includes(negotiation)) return undefined;
  const setupOf = (policy: PeerPolicy): Setup | 'default' =>
    typeof policy !== 'string' ? policy : policy === 'default' ? 'default' : { policy: parsePolicy(policy, negotiation) };
  if (given !== undefined) return setupOf(given);
  for (const setup of profile.policySetting === undefined ? [setupOf(USUAL[negotiation]), 'default' as const] : ['default' as const]) {
    try {
      selector.configured(negotiation, setup === 'default' ? undefined : setup);
      return setup;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  }
  return undefined;
}

const USUAL: Readonly<Record<Negotiation, string>> = {
  'ikev1-phase1': LIVE_IKE,
  'ikev1-phase2': LIVE_CHILD,
  'ikev2-ike': LIVE_IKE,
  'ikev2-child': `${LIVE_CHILD}-noesn`,
};

export function livePeer(options: LivePeerOptions = {}): LivePeer {
  const { profile = 'strongswan', versions = [2], psk = LIVE_PSK, seed = 'live peer', wire = {} } = options;
  const selector = typeof profile === 'string' ? selectorFor(profile) : profile;
  const [one, two] = [versions.includes(1), versions.includes(2)];
  const setups = (version: 'v1' | 'v2', ike: Negotiation, child: Negotiation): Setups => ({
    [ike]: setupFor(selector, ike, ofVersion(options.ike, version)),
    [child]: setupFor(selector, child, ofVersion(options.child, version)),
  });
  const mind = mindOf(selector, {
    ...(one && setups('v1', 'ikev1-phase1', 'ikev1-phase2')),
    ...(two && setups('v2', 'ikev2-ike', 'ikev2-child')),
  });
  const everything = [allTraffic(4), allTraffic(6)];
  const traffic = options.traffic
    ? { own: options.traffic.own.map(network), peer: options.traffic.peer.map(network) }
    : { own: everything, peer: everything };
  const { misbehaviour, limits, otherVersions = otherVersionsOf(selector), twist = (select) => select } = options;
  const responder = new Responder({
    provider: options.provider ?? nodeCrypto,
    random: seededEntropy(seed),
    identity: fqdnIdentity(options.identity ?? LIVE_IDENTITY),
    select: twist(mind),
    ...(one && { ikev1: { authenticators: [preSharedKey(Buffer.from(psk))], admits: admitsWithin(traffic), ...options.ikev1 } }),
    ...(two && { ikev2: { authenticate: () => sharedKey(Buffer.from(psk)), traffic, ...options.ikev2 } }),
    ...(misbehaviour && { misbehaviour }),
    ...(limits && { limits }),
    otherVersions,
  });
  const events: ResponderEvent[] = [];
  const address = wire.peer?.address ?? '192.0.2.1';
  const on = (port: number): MemoryOptions => ({
    ...wire,
    peer: { address, port },
    responder: (bytes, from, now) => {
      const heard = responder.hear(bytes, { from: placeOf(from), own: placeOf({ address, port }), now });
      events.push(...heard.events);
      return heard.replies;
    },
  });
  return {
    responder,
    events,
    kinds: () => events.map(({ kind }) => kind).filter((kind) => kind !== 'offer'),
    network: on(wire.peer?.port ?? 500),
    open: (port = 500, time) => memoryNetwork({ ...on(port), ...(time && { time }) }),
  };
}
