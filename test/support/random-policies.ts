/** Policies at random, from the registry's algorithms in the numbers of a negotiation. The same seed gives the same policies. */
import { type Random, xorshift } from '../../bench/random.ts';
import { type AlgorithmRow, lookup, rowsIn, spaceOf } from '../../src/proposals/algorithms.ts';
import type { Algorithm, Box, Negotiation, Slot } from '../../src/proposals/model.ts';
import { type Policy, wantOf } from '../../src/proposals/policy.ts';

const [IKE, ESP] = [1, 3];

/** What every implementation knows goes in more often than what few know. */
const COMMON: Readonly<Partial<Record<Slot, readonly string[]>>> = {
  encryption: ['aes-cbc', '3des', 'aes-gcm-16'],
  integrity: ['integ-hmac-sha1-96', 'integ-hmac-sha2-256-128', 'integ-hmac-md5-96'],
  prf: ['prf-sha1', 'prf-sha2-256'],
  hash: ['hash-sha1', 'hash-sha2-256', 'hash-md5'],
  group: ['ke-modp-1024', 'ke-modp-1536', 'ke-modp-2048', 'ke-ecp-256'],
};

/** A policy of one to four bundles. */
export function randomPolicy(negotiation: Negotiation, seed: number): Policy {
  const random = xorshift((seed + 1) * 0x9e3779b1);
  const box = BOXES[negotiation];
  const protocol = negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike' ? IKE : ESP;
  return Array.from({ length: 1 + random(4) }, () => [wantOf(protocol, box(random))]);
}

const BOXES: { readonly [N in Negotiation]: (random: Random) => Box } = {
  'ikev1-phase1': (random) => {
    const one = (slot: Slot): Algorithm[] => [algorithm(slot, 'ikev1-phase1', random)];
    return { encryption: one('encryption'), hash: one('hash'), group: one('group') };
  },
  'ikev1-phase2': (random) => ({
    encryption: [algorithm('encryption', 'ikev1-phase2', random)],
    integrity: [algorithm('integrity', 'ikev1-phase2', random)],
  }),
  'ikev2-ike': (random) => ({ ...protection(random, 'ikev2-ike'), prf: several('prf', random), group: several('group', random) }),
  'ikev2-child': (random) => ({ ...protection(random, 'ikev2-child'), esn: [{ id: 0 }] }),
};

/** Combined ciphers without integrity, or plain ones with. @see RFC 7296 §3.3 */
function protection(random: Random, negotiation: Negotiation): Box {
  const ciphers = several('encryption', random);
  const plain = ciphers.filter((cipher) => lookup('encryption', spaceOf('encryption', negotiation, ESP), cipher.id)?.aead !== true);
  return plain.length === 0 ? { encryption: ciphers } : { encryption: plain, integrity: several('integrity', random) };
}

function several(slot: Slot, random: Random): Algorithm[] {
  const all = Array.from({ length: 1 + random(3) }, () => algorithm(slot, 'ikev2-ike', random));
  return all.filter((each, i) => all.findIndex((other) => other.id === each.id && other.keyBits === each.keyBits) === i);
}

function algorithm(slot: Slot, negotiation: Negotiation, random: Random): Algorithm {
  const space = spaceOf(slot, negotiation, ESP);
  const all = rowsIn(slot, space).filter((row) => !row.id.endsWith('-none'));
  const common = all.filter((row) => COMMON[slot]?.includes(row.id));
  const row = pick(random(4) > 0 && common.length > 0 ? common : all, random);
  const id = row.numbers[space] ?? 0;
  const keyBits = slot === 'encryption' ? keyLength(row, random) : undefined;
  return keyBits === undefined ? { id } : { id, keyBits };
}

function keyLength({ keyBits }: AlgorithmRow, random: Random): number | undefined {
  return keyBits?.attribute === 'required' && keyBits.allowed ? pick(keyBits.allowed, random) : undefined;
}

function pick<T>(list: readonly T[], random: Random): T {
  const item = list[random(list.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
