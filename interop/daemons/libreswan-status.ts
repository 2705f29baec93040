/**
 * What `whack --status` tells of pluto's SAs, and what its log says of their algorithms: releases differ in their words, not in their numbers.
 *
 *     000 #1: "one":500 STATE_V2_ESTABLISHED_IKE_SA (established IKE SA); EXPIRE in 28799s; newest; idle;
 *     000 #2: "one":500 STATE_V2_ESTABLISHED_CHILD_SA (established Child SA); EXPIRE in 28799s; newest; IKE SA #1; idle;
 *     000 #2: "one" esp.cd673119@10.99.0.2 esp.6890ae8a@10.99.0.3 tun.0@10.99.0.2 tun.0@10.99.0.3 Traffic: ESPin=0B
 *     000 #2: "one" esp:dbc28f15@fd99:99::2 esp:8f5575a4@fd99:99::3 tun:0@fd99:99::2 tun:0@fd99:99::3 Traffic: ESPin=0B
 */
import type { ChildStatus, IkeStatus } from './peer.ts';
import { suiteOf } from './suite-words.ts';

/** One for each IKE SA, the newest first. */
export function readLibreswanStatus(text: string, log: string): readonly IkeStatus[] {
  const lines = text.split('\n').map((line) => line.replace(/^000 /, ''));
  const states = lines.flatMap((line) => stateOf(line) ?? []);
  const ikes = states.filter(({ over }) => over === undefined).toReversed();
  return ikes.map((ike) => {
    const said = linesOf(log, ike.serial);
    const children = states.filter(({ over }) => over === ike.serial);
    const version = /^(?:MAIN|AGGR|QUICK|XAUTH|MODE)/.test(ike.state) ? 1 : 2;
    const ends = endsOf(lines, ike.connection);
    return {
      connection: ike.connection,
      version,
      established: ike.words.includes('established'),
      state: ike.state,
      initiator: initiatorOf(ike.state, said),
      spis: null,
      suite: ikeSuite(said, version),
      remoteIdentity: ends.remoteIdentity,
      children: children.map((child) => childOf(child, lines, linesOf(log, child.serial), version, ends)),
    };
  });
}

interface State {
  readonly serial: number;
  readonly connection: string;
  /** Without its prefix. */
  readonly state: string;
  readonly words: string;
  /** The IKE SA that a child hangs on. */
  readonly over?: number;
}

function stateOf(line: string): State | undefined {
  const [, serial, connection, state, words, rest = ''] =
    /^#(\d+): "([^"]+)".*? (?:STATE_)?([A-Z0-9_]+) \(([^)]*)\);(.*)$/.exec(line) ?? [];
  if (serial === undefined || connection === undefined || state === undefined || words === undefined) return undefined;
  const over = /(?:IKE SA #|ISAKMP SA #|isakmp#)(\d+)/.exec(rest)?.[1];
  return { serial: Number(serial), connection, state: state.replace(/^V2_/, ''), words, ...(over !== undefined && { over: Number(over) }) };
}

/** What the log says of one SA. */
function linesOf(log: string, serial: number): readonly string[] {
  return log.split('\n').filter((line) => new RegExp(`" ?(?:\\[\\d+\\] \\S+ )?#${serial}: `).test(line));
}

function initiatorOf(state: string, said: readonly string[]): boolean | null {
  const [, side] = /_([IR])\d$/.exec(state) ?? [];
  if (side !== undefined) return side === 'I';
  if (said.some((line) => /initiator established|sent IKE_AUTH request|initiator rekeyed/.test(line))) return true;
  return said.some((line) => /responder established|sent IKE_AUTH response|responder rekeyed|processed IKE_SA_INIT request/.test(line))
    ? false
    : null;
}

/** `{cipher=AES_CBC_256 integ=HMAC_SHA2_256_128 prf=HMAC_SHA2_256 group=MODP2048}`; of IKEv1 `integ=HMAC_SHA2_256` is the hash. */
function ikeSuite(said: readonly string[], version: 1 | 2): string | null {
  const [, words] = /\{((?:auth=\S+ )?cipher=[^}]*)\}/.exec(said.findLast((line) => line.includes('cipher=')) ?? '') ?? [];
  if (words === undefined) return null;
  const word = (name: string): string | undefined => new RegExp(`\\b${name}=(\\S+)`).exec(words)?.[1];
  const [cipher, integrity, prf, group] = ['cipher', 'integ', 'prf', 'group'].map(word);
  const shared = { encryption: cipher, groups: group === undefined ? [] : [group] };
  if (version === 1) return suiteOf({ ...shared, hash: (prf ?? integrity)?.replace(/^HMAC_/, '') }, 'ikev1-phase1');
  return suiteOf({ ...shared, integrity: integrity === 'n/a' ? undefined : integrity, prf }, 'ikev2-ike');
}

interface Ends {
  readonly local: readonly string[];
  readonly remote: readonly string[];
  readonly remoteIdentity: string | null;
}

/** `"one": 10.1.0.0/16===10.99.0.3[@init.lab]...10.99.0.2[@resp.lab]===10.2.0.0/16; …`; the instance of a connection for anybody comes last. */
function endsOf(lines: readonly string[], connection: string): Ends {
  const [, left = '', right = ''] =
    /^"[^"]+".*?: +(\S+?)\.\.\.(\S+?);/.exec(lines.findLast((line) => line.startsWith(`"${connection}"`) && line.includes('...')) ?? '') ??
    [];
  const network = (end: string): readonly string[] => {
    const parts = end.split('===');
    const own = parts.find((part) => !part.includes('[') && part.includes('/'));
    const address = (parts.find((part) => part !== own) ?? '').replace(/[[<].*/, '');
    return [own ?? `${address}/${address.includes(':') ? 128 : 32}`];
  };
  return { local: network(left), remote: network(right), remoteIdentity: /\[@?([^\],]+)/.exec(right)?.[1] ?? null };
}

function childOf(
  { serial, connection, state, words }: State,
  lines: readonly string[],
  said: readonly string[],
  version: 1 | 2,
  ends: Ends,
): ChildStatus {
  const spis = lines.find((line) => line.startsWith(`#${serial}: `) && /\b(?:esp|ah)[.:][0-9a-f]+@/.test(line));
  const [outbound, inbound] = [...(spis?.matchAll(/\b(?:esp|ah)[.:]([0-9a-f]+)@/g) ?? [])].map(([, spi = '']) => spi.padStart(8, '0'));
  const [, protocol = 'ESP', flags = '', algorithms] =
    /\{(ESP|AH)([^=]*)=>0x.*? xfrm=(\S+?)[ }]/.exec(said.findLast((line) => line.includes('xfrm=')) ?? '') ?? [];
  // In quick mode the group stands with the connection only.
  const [, quick] =
    version === 2
      ? []
      : (/pfsgroup=(\w+)/.exec(lines.findLast((line) => line.startsWith(`"${connection}"`) && line.includes('pfsgroup=')) ?? '') ?? []);
  const named = algorithms?.split('-') ?? [];
  const encryption = protocol === 'AH' ? undefined : named[0];
  const [integrity, ...more] = protocol === 'AH' ? named : named.slice(1);
  return {
    name: connection,
    established: words.includes('established'),
    state,
    protocol: protocol === 'AH' ? 'ah' : 'esp',
    mode: said.some((line) => line.includes('transport')) ? 'transport' : 'tunnel',
    spis: inbound !== undefined && outbound !== undefined ? [inbound, outbound] : null,
    suite:
      algorithms === undefined
        ? null
        : suiteOf(
            {
              encryption,
              integrity,
              groups: [...more.filter((group) => group !== 'NONE'), ...(quick === undefined ? [] : [quick])],
              esn: version === 2 ? flags.includes('ESN') : undefined,
            },
            version === 1 ? 'ikev1-phase2' : 'ikev2-child',
            protocol === 'AH' ? 2 : 3,
          ),
    local: ends.local,
    remote: ends.remote,
  };
}
