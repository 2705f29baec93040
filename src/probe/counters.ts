/**
 * What a run counts of its datagrams.
 *
 * @module
 */

/** Counts of one run; every datagram is in one of them. */
export interface Counters {
  requests: number;
  sent: number;
  received: number;
  bytesSent: number;
  bytesReceived: number;
  retransmitted: number;
  opened: number;
  released: number;
  cookies: number;
  strays: number;
}

/** Nothing was sent yet. */
export function noCounts(): Counters {
  return {
    requests: 0,
    sent: 0,
    received: 0,
    bytesSent: 0,
    bytesReceived: 0,
    retransmitted: 0,
    opened: 0,
    released: 0,
    cookies: 0,
    strays: 0,
  };
}
