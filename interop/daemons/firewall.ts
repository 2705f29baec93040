/**
 * Bad paths, made with nft inside a namespace: lost, doubled, blocked and fragment-eating ones.
 *
 * The rules sit on the device (family netdev), below the IP layer: fragments are seen before they are put together, and
 * a datagram lost on the way out is no error to the program that sent it. Loss and blocks concern IKE ports only.
 */
import { must } from './process.ts';

/** What the path does. "In" is what arrives at the namespace, "out" what it sends. */
export interface PathFaults {
  /** Fragments vanish, in both directions. */
  readonly dropFragments?: boolean;
  /** IP packets of more octets vanish without a word, in both directions. */
  readonly mostOctets?: number;
  /** Each IKE datagram is lost with this probability, in percent, in each direction of `direction`. */
  readonly lossPercent?: number;
  /** Directions of the loss; default both. */
  readonly direction?: 'in' | 'out' | 'both';
  /** Each IKE datagram that is sent goes out twice. Set it on the peer to have doubled answers. */
  readonly duplicate?: boolean;
  /** Nothing on the IKE ports gets in: silently, or with the ICMP error of a firewall or of a closed port. */
  readonly block?: 'silent' | 'prohibited' | 'port-unreachable';
}

const IKE = 'udp dport { 500, 4500 }';
/** From such a port to another one: each datagram meets one of the two, and one chance. */
const FROM_IKE = 'udp dport != { 500, 4500 } udp sport { 500, 4500 }';

/** Replaces the faults of a namespace; `{}` heals it. */
export async function applyFaults(namespace: string, faults: PathFaults): Promise<void> {
  await must(['ip', 'netns', 'exec', namespace, 'nft', '-f', '-'], { input: rulesOf(faults) });
}

/** The nft script for some faults. */
export function rulesOf(faults: PathFaults): string {
  const { lossPercent = 0, direction = 'both', block } = faults;
  if (!Number.isInteger(lossPercent) || lossPercent < 0 || lossPercent > 100) throw new RangeError(`lossPercent: ${lossPercent}`);
  const fragments = faults.dropFragments ? ['ip frag-off & 0x3fff != 0 drop', 'exthdr frag exists drop'] : [];
  const long =
    faults.mostOctets === undefined ? [] : [`ip length > ${faults.mostOctets} drop`, `ip6 length > ${faults.mostOctets - 40} drop`];
  const chance = lossPercent === 100 ? '' : `numgen random mod 100 < ${lossPercent} `;
  const loss = lossPercent > 0 ? [IKE, FROM_IKE].map((match) => `${match} ${chance}drop`) : [];
  const twice = faults.duplicate ? [IKE, FROM_IKE].map((match) => `${match} meta mark 0 meta mark set 1 dup to "eth0"`) : [];
  return [
    'table netdev faults',
    'delete table netdev faults',
    'table inet blocks',
    'delete table inet blocks',
    'table netdev faults {',
    ...chain('incoming', 'ingress', [...fragments, ...long, ...(direction === 'out' ? [] : loss)]),
    ...chain('outgoing', 'egress', [...fragments, ...long, ...(direction === 'in' ? [] : loss), ...twice]),
    '}',
    'table inet blocks {',
    'chain incoming { type filter hook input priority 0; policy accept;',
    ...(block === undefined ? [] : [`${IKE} ${VERDICTS[block]}`]),
    '}',
    '}',
    '',
  ].join('\n');
}

const VERDICTS = {
  silent: 'drop',
  prohibited: 'reject with icmpx type admin-prohibited',
  'port-unreachable': 'reject with icmpx type port-unreachable',
} as const;

function chain(name: string, hook: string, rules: readonly string[]): string[] {
  if (rules.length === 0) return [];
  return [`chain ${name} { type filter hook ${hook} device "eth0" priority 0; policy accept;`, ...rules, '}'];
}
