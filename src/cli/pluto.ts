/**
 * The demonstration's peer: the responder with the mind of FreeS/WAN's Pluto on a loopback port.
 *
 * @module
 */
import { preSharedKey } from '../ike/exchanges/ikev1/authenticator.ts';
import { Responder } from '../ike/exchanges/responder.ts';
import { listen } from '../net/listen.ts';
import { nodeCrypto } from '../node-crypto/node-crypto.ts';
import { printLine } from '../proposals/selectors/freeswan/index.ts';
import { freeswanProfile } from '../proposals/selectors/freeswan/profile.ts';
import { mindOf } from '../proposals/selectors/mind.ts';
import { selectorOf } from '../proposals/selectors/selector.ts';

export interface PlutoOptions {
  readonly sendsNotifications: boolean;
  readonly entropy: (length: number) => Uint8Array;
  /** Words of the connection, as `freeswan` policies are written. */
  readonly policy?: string;
  /** The preshared key; a random one, which nobody has, when left out. */
  readonly psk?: Uint8Array;
}

export interface RunningPluto {
  readonly address: string;
  readonly port: number;
  /** What Pluto logged so far of proposals, debug lines left out; at most `LOG_LINES`. */
  readonly logs: readonly string[];
  close(): Promise<void>;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Listens on 127.0.0.1, on a free port, until closed. */
export async function startPluto(options: PlutoOptions): Promise<RunningPluto> {
  const { sendsNotifications, entropy, policy = 'psk,encrypt,tunnel,pfs', psk = entropy(32) } = options;
  const setup = { policy: [], settings: { connection: policy, notifications: sendsNotifications ? 'sent' : 'none' } };
  const mind = mindOf(selectorOf(freeswanProfile, '2.0'), { 'ikev1-phase1': setup, 'ikev1-phase2': setup });
  const logs: string[] = [];
  const responder = new Responder({
    provider: nodeCrypto,
    random: entropy,
    identity: { idType: FQDN, data: utf8('pluto.example') },
    select(request) {
      const said = mind(request);
      if (logs.length < LOG_LINES) logs.push(...said.logs.filter(({ level }) => level === 'normal').map(printLine));
      return said;
    },
    // It speaks neither of NAT nor of dead peers, and drops aggressive mode.
    ikev1: { authenticators: [preSharedKey(psk)], modes: ['main'], natTraversal: false, vendors: [utf8('OEprobedemo0')] },
  });
  const server = await listen(responder);
  return { address: server.address, port: server.port, logs, close: () => server.close() };
}

const FQDN = 2;
const LOG_LINES = 20_000;
