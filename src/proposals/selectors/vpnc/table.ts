/**
 * What vpnc is made of: its ciphers and hashes cannot be chosen, only the group.
 *
 * @see vpnc supp.c
 * @module
 */
import type { Algorithm, Negotiation } from '../../model.ts';
import { type Policy, wantOf } from '../../policy.ts';

/** A cipher in both number spaces. */
export interface Cipher {
  readonly name: string;
  readonly ike: number;
  readonly esp: number;
  readonly keyBits?: number;
}

/** In the order in which they stand in an offer. */
export const CIPHERS: readonly Cipher[] = [
  { name: 'aes256', ike: 7, esp: 12, keyBits: 256 },
  { name: 'aes192', ike: 7, esp: 12, keyBits: 192 },
  { name: 'aes128', ike: 7, esp: 12, keyBits: 128 },
  { name: '3des', ike: 5, esp: 3 },
  { name: 'des', ike: 1, esp: 2 },
  { name: 'null', ike: 0, esp: 11 },
];
/** The same numbers in phase 1 and 2. */
export const HASHES: readonly { readonly name: string; readonly id: number }[] = [
  { name: 'sha1', id: 2 },
  { name: 'md5', id: 1 },
];
/** Methods that it takes from a peer. */
export const METHODS: Readonly<Record<number, string>> = { 1: 'psk', 65001: 'psk+xauth', 64221: 'hybrid(rsa)' };
export const GROUPS: ReadonlySet<number> = new Set([1, 2, 5, 14, 15, 16, 17, 18]);

/** The one policy, with a group. */
export function policyOf(negotiation: Negotiation, group: number): Policy {
  const hashes: readonly Algorithm[] = HASHES.map(({ id }) => ({ id }));
  const ciphers = (space: 'ike' | 'esp'): readonly Algorithm[] =>
    CIPHERS.map(({ [space]: id, keyBits }) => (keyBits === undefined ? { id } : { id, keyBits }));
  if (negotiation === 'ikev1-phase2') return [[wantOf(3, { encryption: ciphers('esp'), integrity: hashes })]];
  return [[wantOf(1, { encryption: ciphers('ike'), hash: hashes, group: [{ id: group }] })]];
}
