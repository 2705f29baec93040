/** Initiators of our own for a live peer in memory. */
import { seededEntropy } from '../../src/ike/entropy.ts';
import { preSharedKey } from '../../src/ike/exchanges/ikev1/authenticator.ts';
import type { Ikev1Event } from '../../src/ike/exchanges/ikev1/conversation.ts';
import type { IsakmpSa } from '../../src/ike/exchanges/ikev1/isakmp-sa.ts';
import { mainMode } from '../../src/ike/exchanges/ikev1/main-mode.ts';
import { ikev1Session, type SessionResult, type SessionSetup } from '../../src/ike/exchanges/ikev1/session.ts';
import { sharedKey } from '../../src/ike/exchanges/ikev2/authenticator.ts';
import { establish, type Established, type EstablishSetup } from '../../src/ike/exchanges/ikev2/establish.ts';
import type { Session } from '../../src/ike/exchanges/ikev2/session.ts';
import { machineOf, type Script } from '../../src/ike/exchanges/script.ts';
import { drive } from '../../src/net/drive.ts';
import type { MemoryTransport } from '../../src/net/memory.ts';
import { nodeCrypto } from '../../src/node-crypto/node-crypto.ts';
import { parseOffer } from '../../src/proposals/notation.ts';
import { ESP_AES256_SHA256, phase2Offer } from './ikev1-offers.ts';
import { fqdnIdentity, LIVE_CHILD, LIVE_IKE, LIVE_PSK, type LivePeer, network } from './live-peer.ts';

export const PATIENCE = { firstWait: 200, retries: 4 };

export interface Connected {
  readonly made: Established;
  /** Runs a script over the wire of this connection. */
  readonly run: <T>(script: (now: number) => Script<T>) => Promise<T>;
  readonly wire: MemoryTransport;
  /** @throws when there is none */
  readonly session: Session;
}

export interface ClientOptions {
  readonly ike?: string;
  /** None is asked for: null. */
  readonly child?: string | null;
  readonly psk?: string;
  /** Networks of the child, ours and theirs. */
  readonly own?: string;
  readonly theirs?: string;
  readonly name?: string;
  readonly setup?: Partial<EstablishSetup>;
  readonly wire?: MemoryTransport;
}

/** The wish for a child in our notation. */
export const wishOf = (child: string, own = '0.0.0.0/0', theirs = '0.0.0.0/0') => ({
  offer: parseOffer(child, 'ikev2-child'),
  ownTraffic: [network(own)],
  peerTraffic: [network(theirs)],
});

/** One IKEv2 connection. */
export async function connect(peer: LivePeer, options: ClientOptions = {}): Promise<Connected> {
  const { ike = LIVE_IKE, child = `${LIVE_CHILD}-noesn`, psk = LIVE_PSK, name = 'client', wire = peer.open() } = options;
  const run = async <T>(script: (now: number) => Script<T>): Promise<T> => {
    const done = await drive(
      machineOf(({ now }) => script(now)),
      { plain: wire },
    );
    if (done === undefined) throw new Error('given up');
    return done;
  };
  const setup: EstablishSetup = {
    provider: nodeCrypto,
    random: seededEntropy(name),
    patience: PATIENCE,
    offer: parseOffer(ike, 'ikev2-ike'),
    authenticator: sharedKey(Buffer.from(psk)),
    identity: fqdnIdentity(`${name}.example`),
    ...(child !== null && { child: wishOf(child, options.own, options.theirs) }),
    ...options.setup,
  };
  const made = await run((now) => establish(setup, now));
  return {
    made,
    run,
    wire,
    get session() {
      if (!made.ok) throw new Error(`not established: ${JSON.stringify(made.failure)}`);
      return made.session;
    },
  };
}

/** One IKEv1 session with a quick mode. `events`: what the initiator notes. */
export async function connectV1(
  peer: LivePeer,
  more: Partial<SessionSetup> = {},
  { wire = peer.open(), events = [] }: { readonly wire?: MemoryTransport; readonly events?: Ikev1Event[] } = {},
): Promise<SessionResult | undefined> {
  const session = ikev1Session({
    provider: nodeCrypto,
    random: seededEntropy('client'),
    patience: PATIENCE,
    mode: 'main',
    offer: parseOffer(LIVE_IKE, 'ikev1-phase1', { lifetime: { seconds: 3600 } }),
    authenticator: preSharedKey(Buffer.from(LIVE_PSK)),
    identity: fqdnIdentity('client.example'),
    quick: [{ offers: [phase2Offer([ESP_AES256_SHA256])] }],
    ...more,
  });
  const result = await drive(session, { plain: wire, note: (event) => events.push(event) });
  // What was sent last is still on its way.
  await wire.sleepUntil(wire.clock() + 1000);
  return result;
}

/** An ISAKMP SA of ours with a live peer, after main mode. */
export async function isakmpSa(peer: LivePeer): Promise<IsakmpSa> {
  const setup = {
    provider: nodeCrypto,
    random: seededEntropy('isakmp'),
    patience: PATIENCE,
    offer: parseOffer(LIVE_IKE, 'ikev1-phase1', { lifetime: { seconds: 3600 } }),
    authenticator: preSharedKey(Buffer.from(LIVE_PSK)),
    identity: fqdnIdentity('client.example'),
  };
  const made = await drive(
    machineOf(({ now }) => mainMode(setup, now)),
    { plain: peer.open() },
  );
  if (!made?.ok) throw new Error('no ISAKMP SA');
  return made.value.sa;
}
