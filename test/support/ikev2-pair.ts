/** An initiator and a responder of our own on a wire in memory. */
import { seededEntropy } from '../../src/ike/entropy.ts';
import type { CryptoProvider } from '../../src/ike/crypto/provider.ts';
import { sharedKey } from '../../src/ike/exchanges/ikev2/authenticator.ts';
import type { ChildWish } from '../../src/ike/exchanges/ikev2/child.ts';
import { establish, type Established, type EstablishSetup } from '../../src/ike/exchanges/ikev2/establish.ts';
import type { Ikev2Responder } from '../../src/ike/exchanges/ikev2/responder.ts';
import type { Ikev2ResponderSetup } from '../../src/ike/exchanges/ikev2/responder-setup.ts';
import type { Session } from '../../src/ike/exchanges/ikev2/session.ts';
import { allTraffic } from '../../src/ike/exchanges/ikev2/traffic.ts';
import { Responder } from '../../src/ike/exchanges/responder.ts';
import type { ResponderEvent } from '../../src/ike/exchanges/events.ts';
import { machineOf, type Script } from '../../src/ike/exchanges/script.ts';
import type { Select } from '../../src/ike/exchanges/selecting.ts';
import { drive } from '../../src/net/drive.ts';
import { memoryNetwork, type MemoryOptions, type MemoryTransport } from '../../src/net/memory.ts';
import { nodeCrypto } from '../../src/node-crypto/node-crypto.ts';
import { parseOffer, parsePolicy } from '../../src/proposals/notation.ts';
import { mindOf } from '../../src/proposals/selectors/mind.ts';
import { selectorFor } from '../../src/proposals/selectors/selector.ts';

export const fqdn = (name: string): { readonly idType: number; readonly data: Uint8Array } => ({ idType: 2, data: Buffer.from(name) });
const octets = (address: string): Uint8Array => Uint8Array.from(address.split('.').map(Number));
export const placeOf = ({ address, port }: { readonly address: string; readonly port: number }) => ({ address: octets(address), port });

/** A profile that chooses for IKE SAs and children. Policies are in our own notation. */
export function selecting(ike: string, esp: string, profile = 'strongswan'): Select {
  const selector = selectorFor(profile);
  return mindOf(selector, {
    'ikev2-ike': { policy: parsePolicy(ike, 'ikev2-ike') },
    'ikev2-child': { policy: parsePolicy(esp, 'ikev2-child') },
  });
}

export const ESP = 'aes256-sha256-noesn';
export const wish = (esp = ESP): ChildWish => ({
  offer: parseOffer(esp, 'ikev2-child'),
  ownTraffic: [allTraffic(4)],
  peerTraffic: [allTraffic(4)],
});

export interface PairOptions {
  readonly ike?: string;
  /** What the responder has; the same as the initiator offers when left out. */
  readonly responderIke?: string;
  readonly responderEsp?: string;
  readonly esp?: string | null;
  readonly psk?: string;
  readonly provider?: CryptoProvider;
  readonly responderProvider?: CryptoProvider;
  readonly wire?: Partial<MemoryOptions>;
  readonly seed?: string;
  readonly initiator?: Partial<EstablishSetup>;
  readonly responder?: Partial<Ikev2ResponderSetup>;
}

export interface Pair {
  readonly responder: Ikev2Responder;
  /** Of both versions; `responder` is its part for IKEv2. */
  readonly whole: Responder;
  /** What the responder told. */
  readonly events: readonly ResponderEvent[];
  readonly transport: MemoryTransport;
  readonly setup: EstablishSetup;
  /** Runs a script as a machine on the wire. */
  run<T>(script: (now: number) => Script<T>): Promise<T>;
  establish(): Promise<Established>;
}

export const IKE = 'aes256-sha256-modp2048';

export function pair(options: PairOptions = {}): Pair {
  const { ike = IKE, esp = ESP, seed = 'pair', provider = nodeCrypto, psk = 'secret of the pair' } = options;
  const whole = new Responder({
    provider: options.responderProvider ?? provider,
    random: seededEntropy(`${seed} responder`),
    select: selecting(options.responderIke ?? ike, options.responderEsp ?? esp ?? ESP),
    identity: fqdn('responder.test'),
    ...options.responder,
    ikev2: { authenticate: () => sharedKey(Buffer.from('secret of the pair')), ...options.responder },
  });
  const responder = whole.ikev2 as Ikev2Responder;
  const events: ResponderEvent[] = [];
  const transport: MemoryTransport = memoryNetwork({
    responder: (bytes, from, now) => {
      const heard = whole.hear(bytes, { from: placeOf(from), now, own: placeOf(transport.peer) });
      events.push(...heard.events);
      return heard.replies;
    },
    ...options.wire,
  });
  const setup: EstablishSetup = {
    provider,
    random: seededEntropy(`${seed} initiator`),
    patience: { firstWait: 200, retries: 8 },
    offer: parseOffer(ike, 'ikev2-ike'),
    ends: { own: placeOf(transport.local ?? transport.peer), peer: placeOf(transport.peer) },
    authenticator: sharedKey(Buffer.from(psk)),
    identity: fqdn('initiator.test'),
    ...(esp !== null && { child: wish(esp) }),
    ...options.initiator,
  };
  const run = async <T>(script: (now: number) => Script<T>): Promise<T> => {
    const done = await drive(
      machineOf(({ now }) => script(now)),
      { plain: transport },
    );
    if (done === undefined) throw new Error('the machine was given up');
    return done;
  };
  return { responder, whole, events, transport, setup, run, establish: () => run((now) => establish(setup, now)) };
}

/** The session of an exchange that has to succeed. */
export async function established(on: Pair): Promise<{ readonly session: Session; readonly made: Established & { ok: true } }> {
  const made = await on.establish();
  if (!made.ok) throw new Error(`not established: ${JSON.stringify(made.failure)}`);
  return { session: made.session, made };
}
