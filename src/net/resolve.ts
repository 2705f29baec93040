/**
 * What a user writes for a peer → an address and a port.
 *
 * @module
 */
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { UsageError } from '../usage-error.ts';

/** A peer as asked for, and where it is. */
export interface ResolvedPeer {
  readonly input: string;
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
}

/** `host`, `host:port`, `v4`, `v4:port`, `v6`, `[v6]`, `[v6]:port`. Throws UsageError; asks the name service only for names. */
export async function resolvePeer(input: string, defaultPort = 500, family?: 4 | 6): Promise<ResolvedPeer> {
  const { host, port } = splitPeer(input, defaultPort);
  const kind = isIP(host);
  if (kind === 4 || kind === 6) return { input, address: host.toLowerCase(), port, family: kind };
  try {
    const { lookup } = await import('node:dns/promises');
    const found = await lookup(host, { family: family ?? 0 });
    return { input, address: found.address, port, family: found.family === 6 ? 6 : 4 };
  } catch {
    throw new UsageError('ERR_PEER_UNKNOWN', `unknown host ${show(host)}`, 'check the spelling, or give the IP address');
  }
}

/** The host (brackets taken off) and the port of a peer as written. Throws UsageError. */
export function splitPeer(input: string, defaultPort = 500): { readonly host: string; readonly port: number } {
  const text = input.trim();
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/s.exec(text);
  if (bracketed) {
    const host = bracketed[1] ?? '';
    if (!isIPv6(host)) throw syntax(input);
    return { host, port: portOf(bracketed[2], defaultPort) };
  }
  if (text.includes(':') && isIPv6(text)) return { host: text, port: portOf(undefined, defaultPort) };
  const [host = '', after, ...rest] = text.split(':');
  if (rest.length > 0 || !(isIPv4(host) || isName(host))) throw syntax(input);
  return { host, port: portOf(after, defaultPort) };
}

/** Letters of any script. Digits and dots alone (`10.1`, `010.1.1.1`) are no name: name services read them as an address. */
function isName(host: string): boolean {
  return /^(?=.{1,253}$)[\p{L}\p{N}_.-]+$/u.test(host) && !/^[\d.]+$/.test(host);
}

function portOf(text: string | undefined, fallback: number): number {
  const number = text === undefined ? fallback : /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number;
  const message = `port ${show(text ?? String(fallback))} is out of range`;
  throw new UsageError('ERR_PEER_PORT', message, 'a port is a number from 1 to 65535');
}

function syntax(input: string): UsageError {
  const hint = 'write host, host:port, 192.0.2.1:500 or [2001:db8::1]:500';
  return new UsageError('ERR_PEER_SYNTAX', `${show(input)} is not a peer`, hint);
}

/** Quoted, short and without control characters. */
function show(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
