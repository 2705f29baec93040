/** Names in the status output of strongSwan and libreswan → numbers. Written down from their printed tables, not from ours. */
import type { Negotiation, Slot } from '../../src/proposals/model.ts';

export interface Named {
  readonly id: number;
  readonly keyBits?: number;
}

type Columns = readonly [ikev2: number, phase1?: number | undefined, phase2?: number | undefined];

const ENCRYPTION: Readonly<Record<string, Columns>> = {
  '3DES_CBC': [3, 5, 3],
  AES_CBC: [12, 7, 12],
  AES_CTR: [13, undefined, 13],
  AES_CCM_8: [14, undefined, 14],
  AES_CCM_12: [15, undefined, 15],
  AES_CCM_16: [16, undefined, 16],
  AES_GCM_8: [18, undefined, 18],
  AES_GCM_12: [19, undefined, 19],
  AES_GCM_16: [20, undefined, 20],
  NULL: [11, undefined, 11],
  NULL_AES_GMAC: [21, undefined, 23],
  CAMELLIA_CBC: [23, 8, 22],
  CHACHA20_POLY1305: [28],
};
const INTEGRITY: Readonly<Record<string, Columns>> = {
  HMAC_MD5_96: [1, 1, 1],
  HMAC_SHA1_96: [2, 2, 2],
  AES_XCBC_96: [5, undefined, 9],
  AES_CMAC_96: [8],
  HMAC_SHA2_256_96: [1026, undefined, 252],
  HMAC_SHA2_256_128: [12, 4, 5],
  HMAC_SHA2_384_192: [13, 5, 6],
  HMAC_SHA2_512_256: [14, 6, 7],
};
const PRF: Readonly<Record<string, number>> = {
  HMAC_MD5: 1,
  HMAC_SHA1: 2,
  AES128_XCBC: 4,
  AES_XCBC: 4,
  HMAC_SHA2_256: 5,
  HMAC_SHA2_384: 6,
  HMAC_SHA2_512: 7,
};
/** libreswan names the hash of IKEv1 like a PRF. */
const HASH: Readonly<Record<string, number>> = { HMAC_MD5: 1, HMAC_SHA1: 2, HMAC_SHA2_256: 4, HMAC_SHA2_384: 5, HMAC_SHA2_512: 6 };
const GROUPS: Readonly<Record<string, number>> = {
  MODP_1024: 2,
  MODP1024: 2,
  MODP_1536: 5,
  MODP1536: 5,
  MODP_2048: 14,
  MODP2048: 14,
  MODP_3072: 15,
  MODP3072: 15,
  MODP_4096: 16,
  MODP4096: 16,
  MODP8192: 18,
  ECP_256: 19,
  ECP_384: 20,
  ECP_521: 21,
  DH19: 19,
  DH20: 20,
  DH21: 21,
  DH22: 22,
  DH23: 23,
  DH24: 24,
  MODP_1024_160: 22,
  MODP_2048_224: 23,
  MODP_2048_256: 24,
  ECP_192: 25,
  ECP_224: 26,
  ECP_224_BP: 27,
  ECP_256_BP: 28,
  ECP_384_BP: 29,
  ECP_512_BP: 30,
  CURVE_25519: 31,
  CURVE25519: 31,
  DH31: 31,
  CURVE_448: 32,
  ML_KEM_512: 35,
  ML_KEM_768: 36,
  ML_KEM_1024: 37,
};
const AH: Readonly<Record<string, number>> = {
  HMAC_MD5_96: 2,
  HMAC_SHA1_96: 3,
  HMAC_SHA2_256_128: 5,
  HMAC_SHA2_384_192: 6,
  HMAC_SHA2_512_256: 7,
};

/** @throws Error for a name that nobody wrote down */
export function algorithmNamed(slot: Slot, negotiation: Negotiation, text: string, protocol = 3): Named {
  const name = text.replace(/^PRF_/, '');
  const column = negotiation.startsWith('ikev2') ? 0 : negotiation === 'ikev1-phase1' ? 1 : 2;
  const id =
    slot === 'encryption'
      ? ENCRYPTION[name]?.[column]
      : slot === 'prf'
        ? PRF[name]
        : slot === 'hash'
          ? (HASH[name] ?? INTEGRITY[name]?.[1])
          : slot === 'integrity'
            ? protocol === 2 && column === 2
              ? AH[name]
              : INTEGRITY[name]?.[column]
            : GROUPS[name];
  if (id !== undefined) return { id };
  const keyed = /^(.*)_(\d{3})$/.exec(name);
  if (slot === 'encryption' && keyed !== null) return { ...algorithmNamed(slot, negotiation, keyed[1] ?? ''), keyBits: Number(keyed[2]) };
  throw new Error(`no number is known for ${slot} ${text} in ${negotiation}`);
}
