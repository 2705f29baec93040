/**
 * What `ikectl show sa` tells of iked's SAs, and what its log (`-vv`) says of their algorithms.
 *
 *     iked_sas: 0x55… rspi 0xf8a5… ispi 0x7faf… 10.99.0.3:500->10.99.0.2:500<FQDN/resp.lab>[] ESTABLISHED i nexti (nil) pol 0x55…
 *       sa_childsas: 0x55… ESP 0xc6a2c3f3 out 10.99.0.3:500 -> 10.99.0.2:500 (L) B=(nil) P=0x55… @0x55…
 *       sa_flows: 0x55… ESP out 10.1.0.0/16 -> 10.2.0.0/16 [0]@-1 (L) @0x55…
 */
import type { ChildStatus, IkeStatus } from './peer.ts';
import { suiteOf } from './suite-words.ts';

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
    connection: policyOf(log, spis),
    version: 2,
    established: state === 'ESTABLISHED',
    state,
    initiator: side === 'i',
    spis,
    suite: suiteIn(answersOf(log, spis[0], 'IKE_SA_INIT').at(-1) ?? [], 'IKE'),
    remoteIdentity: identity?.replace(/^[^/]*\//, '') ?? null,
    children: childrenOf(block, answersOf(log, spis[0], '(?:IKE_AUTH|CREATE_CHILD_SA)')),
  };
}

/** `recv IKE_AUTH req 1 peer … policy 'one'` */
function policyOf(log: string, [ispi]: readonly [string, string]): string {
  const found = [...log.matchAll(/^spi=0x([0-9a-f]+): .*policy '([^']*)'/gm)];
  return found.findLast(([, spi = '']) => spi.padStart(16, '0') === ispi)?.[2] ?? '';
}

/** The lines of each response that was written or read, up to the next message. */
function answersOf(log: string, ispi: string, exchange: string): readonly (readonly string[])[] {
  const parts = log.split(/^(?=ikev2_pld_parse: )/m);
  const head = new RegExp(`^ikev2_pld_parse: header ispi 0x([0-9a-f]+) .*exchange ${exchange} .*response 1`);
  return parts.filter((part) => head.exec(part)?.[1]?.padStart(16, '0') === ispi).map((part) => part.split('\n'));
}

/** The transforms of the proposal of a protocol. */
function suiteIn(lines: readonly string[], protocol: string): string | null {
  const from = lines.findIndex((line) => new RegExp(`^ikev2_pld_sa: .*protoid ${protocol}\\b`).test(line));
  if (from < 0) return null;
  const end = lines.findIndex((line, i) => i > from && /^ikev2_pld_(?:payloads|sa):/.test(line));
  const found = new Map<string, string>();
  let bits: string | undefined;
  for (const line of lines.slice(from, end < 0 ? undefined : end)) {
    const [, type = '', id = ''] = /^ikev2_pld_xform: .* type (\w+) id (\S+)/.exec(line) ?? [];
    if (type !== '') found.set(type, id);
    bits ??= /attribute type KEY_LENGTH length (\d+)/.exec(line)?.[1];
  }
  const group = found.get('DH');
  const words = {
    encryption: found.get('ENCR'),
    keyBits: bits,
    integrity: found.get('INTEGR'),
    groups: group === undefined || group === 'NONE' ? [] : [group],
  };
  if (protocol === 'IKE') return suiteOf({ ...words, prf: found.get('PRF') }, 'ikev2-ike');
  return suiteOf({ ...words, esn: found.get('ESN') === 'ESN' }, 'ikev2-child', protocol === 'AH' ? 2 : 3);
}

function childrenOf(block: string, answers: readonly (readonly string[])[]): readonly ChildStatus[] {
  const sas = [...block.matchAll(/sa_childsas: \S+ (ESP|AH) 0x([0-9a-f]+) (in|out) .*?\((\w*)\)/g)];
  const flows = [...block.matchAll(/sa_flows: \S+ (?:ESP|AH) in (\S+) -> (\S+) .*\(L\)/g)];
  const inbound = sas.filter(([, , , direction]) => direction === 'in');
  const outbound = sas.filter(([, , , direction]) => direction === 'out');
  return inbound.map(([, protocol = 'ESP', spi = '', , flags = ''], i): ChildStatus => {
    const peer = outbound[i]?.[2];
    const own = spi.padStart(8, '0');
    const answer = answers.findLast((lines) => suiteIn(lines, protocol) !== null);
    return {
      name: '',
      established: flags.includes('L'),
      state: flags,
      protocol: protocol === 'AH' ? 'ah' : 'esp',
      mode: 'tunnel',
      spis: peer === undefined ? null : [own, peer.padStart(8, '0')],
      suite: answer ? suiteIn(answer, protocol) : null,
      local: [...new Set(flows.map(([, , to = '']) => to))],
      remote: [...new Set(flows.map(([, from = '']) => from))],
    };
  });
}
