/**
 * The embedded responder on a loopback port, with the FreeS/WAN selector behind it.
 *
 * @module
 */
import { serve } from '../net/serve.ts';
import { plutoResponder } from '../probe/responder.ts';
import { freeswan, printLine } from '../proposals/selectors/freeswan/index.ts';

export interface PlutoOptions {
  readonly sendsNotifications: boolean;
  readonly entropy: (length: number) => Uint8Array;
  /** Words of the connection, as `freeswan` policies are written. */
  readonly policy?: string;
}

export interface RunningPluto {
  readonly address: string;
  readonly port: number;
  /** What Pluto logged so far, debug lines left out; at most `LOG_LINES`. */
  readonly logs: readonly string[];
  close(): Promise<void>;
}

/** Listens on 127.0.0.1, on a free port, until closed. */
export async function startPluto({ sendsNotifications, entropy, policy = 'psk,encrypt,tunnel,pfs' }: PlutoOptions): Promise<RunningPluto> {
  const selector = freeswan({ release: '2.0', sendsNotifications });
  const logs: string[] = [];
  const respond = plutoResponder({
    sendsNotifications,
    entropy,
    vendorId: new TextEncoder().encode('OEprobedemo0'),
    judge(sa) {
      const { code, reply, logs: lines } = selector.judge(sa, { policy }, 1);
      const printed = lines.filter(({ level }) => level === 'normal').map(printLine);
      return { code, ...(reply !== undefined && { reply }), logs: printed };
    },
  });
  const server = await serve((datagram, from) => {
    const { replies, logs: lines } = respond(datagram, `${from.address}:${from.port}`);
    if (logs.length < LOG_LINES) logs.push(...lines);
    return replies;
  });
  return { address: server.address, port: server.port, logs, close: () => server.close() };
}

const LOG_LINES = 20_000;
