/** Connections that answer anybody with a pre-shared key, their proposals in the daemon's own words: all that most questions to a daemon need. */
import type { Connection, OwnWords, Speaks } from './connection.ts';
import type { Host } from './network.ts';
import { identityOf, PSK, type PeerKind } from './peer.ts';
import { withoutIkev1 } from './releases.ts';

/** What they answer with. */
export interface Anybody {
  readonly release?: string;
  /** Proposals in the daemon's own notation; left out, its defaults. */
  readonly ike?: readonly string[];
  readonly esp?: readonly string[];
  /** Default both, as far as the daemon speaks them. */
  readonly version?: 1 | 2 | 'both';
  /** Aggressive mode too. */
  readonly aggressive?: boolean;
  /** Whom aggressive mode answers: pluto wants to know beforehand. Default client.lab. */
  readonly peerIdentity?: string;
  readonly psk?: string;
  /** More lines of every connection. */
  readonly lines?: readonly string[];
}

/** One connection for each version and mode; of libreswan also for each address family. */
export function answeringAnybody(
  kind: PeerKind,
  host: Host,
  { ike, esp, version = 'both', aggressive = false, ...more }: Anybody,
): readonly Connection[] {
  const proof = { kind: 'psk', secret: more.psk ?? PSK } as const;
  const own: OwnWords = { ...(ike && { ike }), ...(esp && { child: esp }), ...(more.lines && { lines: more.lines }) };
  const spoken: readonly (readonly [string, Speaks, boolean])[] = [
    ['main', 'ikev1-main', version !== 2],
    ['aggressive', 'ikev1-aggressive', version !== 2 && aggressive],
    ['v2', 'ikev2', version !== 1],
  ];
  const ends = ENDS[kind](host);
  return spoken
    .filter(([, speaks, wanted]) => wanted && (speaks === 'ikev2' || withoutIkev1(kind, more.release ?? '') === undefined))
    .flatMap(([name, speaks]) =>
      ends.map(({ suffix, ...end }) => ({
        name: `${name}${suffix}`,
        speaks,
        local: { identity: identityOf(host), proof, ...end },
        remote: {
          address: 'any',
          proof,
          ...(end.traffic && { traffic: end.traffic }),
          ...(kind === 'libreswan' && speaks === 'ikev1-aggressive' && { identity: more.peerIdentity ?? 'client.lab' }),
        },
        own: { [kind]: own },
      })),
    );
}

interface End {
  readonly suffix: string;
  readonly address: string;
  readonly traffic?: readonly string[];
}

/** pluto knows which address is its own, and protects that one alone. */
const ENDS: { readonly [K in PeerKind]: (host: Host) => readonly End[] } = {
  strongswan: () => [{ suffix: '', address: 'any', traffic: ['0.0.0.0/0'] }],
  libreswan: ({ address4, address6 }) => [
    { suffix: '-ipv4', address: address4 },
    { suffix: '-ipv6', address: address6 },
  ],
  openiked: () => [{ suffix: '', address: 'any' }],
};
