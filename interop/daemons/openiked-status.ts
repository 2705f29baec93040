/**
 * What `ikectl show sa` tells of iked's SAs, and what its log (`-vv`) says of their algorithms, in the words of its policies.
 *
 *     iked_sas: 0x55… rspi 0xf8a5… ispi 0x7faf… 10.99.0.3:500->10.99.0.2:500<FQDN/resp.lab>[] ESTABLISHED i nexti (nil) pol 0x55…
 *       sa_childsas: 0x55… ESP 0xc6a2c3f3 out 10.99.0.3:500 -> 10.99.0.2:500 (L) B=(nil) P=0x55… @0x55…
 *       sa_flows: 0x55… ESP in 10.2.0.0/16 -> 10.1.0.0/16 [0]@-1 (L) @0x55…
 *     spi=0x7faf…: established peer … policy 'one' as initiator (enc aes-256 auth hmac-sha2-256 group modp2048 prf hmac-sha2-256)
 *     spi=0x7faf…: rekeyed as new IKESA 0x4060… (enc aes-256-gcm group curve25519 prf hmac-sha2-512)
 *     spi=0x7faf…: ikev2_childsa_enable: loaded SPIs: 0xc6a2c3f3, 0x1e4e0001 (enc aes-256 auth hmac-sha1)
 */
import { DialectError, formatSuite, type Negotiation, readOpeniked, type Want } from '../../src/proposals/index.ts';
import type { ChildStatus, IkeStatus } from './peer.ts';

/** One for each IKE SA, the newest first. The log names the policy of each SA. */
export function readOpenikedStatus(text: string, log: string): readonly IkeStatus[] {
  const blocks = text.split(/^(?=iked_sas: )/m).filter((block) => block.startsWith('iked_sas: '));
  return blocks.flatMap((block) => ikeOf(block.split(/^(?=iked_)/m)[0] ?? '', log) ?? []);
}

function ikeOf(block: string, log: string): IkeStatus | undefined {
  const [, rspi, ispi, identity, state, side] =
    /^iked_sas: \S+ rspi 0x([0-9a-f]+) ispi 0x([0-9a-f]+) \S+?<([^>]*)>\S* (\S+) ([ir])\b/.exec(block) ?? [];
  if (rspi === undefined || ispi === undefined || state === undefined) return undefined;
  const spis = [ispi, rspi].map((spi) => spi.padStart(16, '0')) as [string, string];
  return {
    connection: policyOf(log, spis[0]),
    version: 2,
    established: state === 'ESTABLISHED',
    state,
    initiator: side === 'i',
    spis,
    suite: ikeSuite(log, spis[0]),
    remoteIdentity: identity?.replace(/^[^/]*\//, '') ?? null,
    children: childrenOf(block, log),
  };
}

const sameSpi = (spi: string | undefined, wanted: string): boolean => spi?.padStart(wanted.length, '0') === wanted;

/** `recv IKE_AUTH req 1 peer … policy 'one'` */
function policyOf(log: string, ispi: string): string {
  const found = [...log.matchAll(/^spi=0x([0-9a-f]+): .*policy '([^']*)'/gm)];
  return found.findLast(([, spi]) => sameSpi(spi, ispi))?.[2] ?? '';
}

function ikeSuite(log: string, ispi: string): string | null {
  const begun = [...log.matchAll(/^spi=0x([0-9a-f]+): established peer .* \(([^)]*)\)$/gm)];
  const rekeyed = [...log.matchAll(/rekeyed as new IKESA 0x([0-9a-f]+) \(([^)]*)\)$/gm)];
  const words = [...begun, ...rekeyed].findLast(([, spi]) => sameSpi(spi, ispi))?.[2];
  return words === undefined ? null : suiteOf(`ikesa ${words}`, 'ikev2-ike');
}

function childSuite(log: string, spis: readonly string[], protocol: number): string | null {
  const loaded = [...log.matchAll(/loaded SPIs: 0x([0-9a-f]+), 0x([0-9a-f]+) \(([^)]*)\)$/gm)];
  const words = loaded.findLast(([, one, other]) => spis.some((spi) => sameSpi(one, spi)) && spis.some((spi) => sameSpi(other, spi)))?.[3];
  if (words === undefined) return null;
  return suiteOf(`childsa ${words}${/\b(?:no)?esn\b/.test(words) ? '' : ' noesn'}`, 'ikev2-child', protocol);
}

/** One of each algorithm: what iked would fill in is not there. */
function suiteOf(clause: string, negotiation: Negotiation, protocol = 3): string | null {
  try {
    const lists = readOpeniked(clause, { protocol });
    const want: Want | undefined = (negotiation === 'ikev2-ike' ? lists.ike : lists.child).flat().at(-1);
    const said = [...(want?.slots ?? [])].filter(([slot, choices]) => choices.length === 1 && !(slot === 'group' && choices[0]?.id === 0));
    return formatSuite(Object.fromEntries(said.map(([slot, choices]) => [slot, choices[0]])), negotiation, protocol);
  } catch (error) {
    if (error instanceof DialectError) return clause;
    throw error;
  }
}

const [AH, ESP] = [2, 3];

function childrenOf(block: string, log: string): readonly ChildStatus[] {
  const sas = [...block.matchAll(/sa_childsas: \S+ (ESP|AH) 0x([0-9a-f]+) (in|out) .*?\((\w*)\)/g)];
  const flows = [...block.matchAll(/sa_flows: \S+ (?:ESP|AH) in (\S+) -> (\S+) .*\(L\)/g)];
  const inbound = sas.filter(([, , , direction]) => direction === 'in');
  const outbound = sas.filter(([, , , direction]) => direction === 'out');
  return inbound.map(([, protocol = 'ESP', spi = '', , flags = ''], i): ChildStatus => {
    const peer = outbound[i]?.[2]?.padStart(8, '0');
    const own = spi.padStart(8, '0');
    return {
      name: '',
      established: flags.includes('L'),
      state: flags,
      protocol: protocol === 'AH' ? 'ah' : 'esp',
      mode: 'tunnel',
      spis: peer === undefined ? null : [own, peer],
      suite: peer === undefined ? null : childSuite(log, [own, peer], protocol === 'AH' ? AH : ESP),
      local: [...new Set(flows.map(([, , to = '']) => to))],
      remote: [...new Set(flows.map(([, from = '']) => from))],
    };
  });
}
