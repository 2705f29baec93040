/** Offers and identities for IKEv1 exchanges, in few words. */
import type { Attribute, Offer, Proposal } from '../../src/proposals/model.ts';
import { suitesToPhase1Offer } from '../../src/proposals/offers.ts';

/** Numbers of phase 1: cipher (with bits), hash, group. */
export interface Phase1Words {
  readonly cipher: readonly [id: number, bits?: number];
  readonly hash: number;
  readonly group: number;
}

export function phase1Offer(suites: readonly Phase1Words[], auth = 1): Offer {
  const all = suites.map(({ cipher: [id, keyBits], hash, group }) => {
    return { encryption: { id, ...(keyBits !== undefined && { keyBits }) }, hash: { id: hash }, group: { id: group } };
  });
  return suitesToPhase1Offer(all, auth, { seconds: 3600 });
}

/** One protocol: ESP has a transform, key bits and an integrity; AH a transform and an integrity. */
export interface Phase2Words {
  readonly protocol: number;
  readonly transform: number;
  readonly bits?: number;
  readonly integrity?: number;
}

/** One proposal group: all protocols together. */
export function phase2Offer(protocols: readonly Phase2Words[], more: { readonly mode?: number; readonly group?: number } = {}): Offer {
  const proposals = protocols.map(({ protocol, transform, bits, integrity }): Proposal => {
    const values: readonly (readonly [number, number | undefined])[] = [
      [1, 1],
      [2, 3600],
      [3, more.group],
      [4, more.mode ?? 1],
      [5, integrity],
      [6, bits],
    ];
    const attributes = values.flatMap(([type, value]): Attribute[] => (value === undefined ? [] : [{ type, form: 'TV', value }]));
    return { protocol, spi: new Uint8Array(), transforms: [{ kind: 'suite', number: 1, id: transform, attributes }] };
  });
  return { negotiation: 'ikev1-phase2', groups: [{ number: 1, proposals }] };
}

export const text = (words: string): Uint8Array => Uint8Array.from(Buffer.from(words));

/** ID_FQDN. */
export const fqdn = (name: string): { readonly idType: number; readonly data: Uint8Array } => ({ idType: 2, data: text(name) });

/** ID_IPV4_ADDR_SUBNET, as a client of phase 2. */
export function subnet(address: readonly number[], mask: readonly number[]) {
  return { idType: 4, protocol: 0, port: 0, data: Uint8Array.of(...address, ...mask) };
}

export const EVERYTHING = subnet([0, 0, 0, 0], [0, 0, 0, 0]);

export const AES256_SHA256 = { cipher: [7, 256], hash: 4, group: 14 } as const;
export const ESP_AES256_SHA256 = { protocol: 3, transform: 12, bits: 256, integrity: 5 } as const;
