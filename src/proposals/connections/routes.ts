/**
 * Two tunnels with the same remote subnet: a gateway has one route to it, and the newer tunnel takes it.
 *
 * The older tunnel is then nothing any more as far as this gateway is concerned, while its peer goes on using it.
 *
 * @see FreeS/WAN documentation, "Dropped connections"
 * @module
 */
import { clientOf, type Use } from './connection.ts';
import { sameSubnet, type Subnet } from './subnets.ts';

/** A tunnel that is up. */
export interface Tunnel {
  readonly used: Use;
  /** The state number of its IPsec SA. */
  readonly state: number;
}

/** Which tunnels are left when a new one comes up, and which it displaced. */
export interface RouteChange {
  readonly up: readonly Tunnel[];
  readonly displaced: readonly Tunnel[];
}

/** Brings a tunnel up among others. A tunnel of the same connection is replaced as by a rekeying, and not displaced. */
export function bringUp(tunnels: readonly Tunnel[], fresh: Tunnel): RouteChange {
  const target = remoteClient(fresh.used);
  const conflicts = tunnels.filter(({ used }) => {
    const other = remoteClient(used);
    return target !== undefined && other !== undefined && sameSubnet(target, other);
  });
  return {
    up: [...tunnels.filter((tunnel) => !conflicts.includes(tunnel)), fresh],
    displaced: conflicts.filter(({ used }) => used.connection.name !== fresh.used.connection.name || used.peer !== fresh.used.peer),
  };
}

/** Pairs of connections that would displace each other's tunnels, by name, in the order in which they were added. */
export function conflictingRoutes(uses: readonly Use[]): readonly (readonly [string, string])[] {
  return uses.flatMap((first, i) =>
    uses.slice(i + 1).flatMap((second): (readonly [string, string])[] => {
      const [a, b] = [remoteClient(first), remoteClient(second)];
      return a && b && sameSubnet(a, b) ? [[first.connection.name, second.connection.name]] : [];
    }),
  );
}

function remoteClient({ connection, peer }: Use): Subnet | undefined {
  return clientOf(connection.peers, peer);
}
