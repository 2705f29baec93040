/**
 * How charon prints proposals: `IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048`.
 *
 * @see strongSwan proposal.c: proposal_printf_hook; crypter.c, signer.c, prf.c, key_exchange.c, transform.c
 * @module
 */
import { type CharonProposal, TYPE, typesOf } from './algebra.ts';
import type { ReleaseLike } from './releases.ts';

const PROTOCOLS = ['PROTO_NONE', 'IKE', 'AH', 'ESP', 'IPCOMP'];

const ENCRYPTION = named({
  1: 'DES_IV64 DES_CBC 3DES_CBC RC5_CBC IDEA_CBC CAST_CBC BLOWFISH_CBC 3IDEA DES_IV32',
  11: 'NULL AES_CBC AES_CTR AES_CCM_8 AES_CCM_12 AES_CCM_16',
  18: 'AES_GCM_8 AES_GCM_12 AES_GCM_16 NULL_AES_GMAC',
  23: 'CAMELLIA_CBC CAMELLIA_CTR CAMELLIA_CCM_8 CAMELLIA_CCM_12 CAMELLIA_CCM_16 CHACHA20_POLY1305',
  1024: 'UNDEFINED DES_ECB SERPENT_CBC TWOFISH_CBC RC2_CBC AES_ECB AES_CFB',
});

const INTEGRITY = named({
  1: 'HMAC_MD5_96 HMAC_SHA1_96 DES_MAC KPDK_MD5 AES_XCBC_96 HMAC_MD5_128 HMAC_SHA1_160 AES_CMAC_96 AES_128_GMAC AES_192_GMAC AES_256_GMAC',
  12: 'HMAC_SHA2_256_128 HMAC_SHA2_384_192 HMAC_SHA2_512_256',
  1024: 'UNDEFINED HMAC_SHA1_128 HMAC_SHA2_256_96 HMAC_SHA2_256_256 HMAC_SHA2_384_384 HMAC_SHA2_512_512 CAMELLIA_XCBC_96',
});

const PRF = named({
  1: 'PRF_HMAC_MD5 PRF_HMAC_SHA1 PRF_HMAC_TIGER PRF_AES128_XCBC PRF_HMAC_SHA2_256 PRF_HMAC_SHA2_384 PRF_HMAC_SHA2_512 PRF_AES128_CMAC',
  1024: 'PRF_UNDEFINED PRF_FIPS_SHA1_160 PRF_FIPS_DES PRF_KEYED_SHA1 PRF_CAMELLIA128_XCBC',
});

const GROUP = named({
  0: 'KE_NONE MODP_768 MODP_1024',
  5: 'MODP_1536',
  14: 'MODP_2048 MODP_3072 MODP_4096 MODP_6144 MODP_8192 ECP_256 ECP_384 ECP_521 MODP_1024_160 MODP_2048_224 MODP_2048_256 ECP_192 ECP_224',
  27: 'ECP_224_BP ECP_256_BP ECP_384_BP ECP_512_BP CURVE_25519 CURVE_448',
  1024: 'MODP_NULL',
});

const GROUP_SINCE_6 = named({ 33: 'GOST3410_256 GOST3410_512 ML_KEM_512 ML_KEM_768 ML_KEM_1024' });
const GROUP_BEFORE_6 = named({ 1030: 'NTRU_112 NTRU_128 NTRU_192 NTRU_256', 1040: 'NEWHOPE_128' });
const ESN = named({ 0: 'NO_EXT_SEQ EXT_SEQ' });

/** A list, separated by commas. */
export function proposalsText(proposals: readonly CharonProposal[], release: ReleaseLike): string {
  return proposals.map((each) => proposalText(each, release)).join(', ');
}

/** One proposal, its types in charon's order. */
export function proposalText(proposal: CharonProposal, release: ReleaseLike): string {
  const parts: string[] = [];
  for (const { type, transforms } of typesOf(proposal)) {
    for (const { id, keyBits } of transforms) {
      parts.push(`${algorithmText(type, id, release)}${keyBits === 0 ? '' : `_${keyBits}`}`);
    }
  }
  return `${protocolText(proposal.protocol)}:${parts.join('/')}`;
}

/** `ESP`; `(7)` for a protocol without a name. */
export function protocolText(protocol: number): string {
  return PROTOCOLS[protocol] ?? `(${protocol})`;
}

/** A key exchange method. */
export function groupText(id: number, release: ReleaseLike): string {
  if (id === 0 && !release.since('5.9.7')) return 'MODP_NONE';
  return GROUP.get(id) ?? (release.since('6.0') ? GROUP_SINCE_6 : GROUP_BEFORE_6).get(id) ?? `(${id})`;
}

/** The name of a transform type in `no acceptable … found`. */
export function typeText(type: number, release: ReleaseLike): string {
  if (type === TYPE.group) return release.since('5.9.7') ? 'KEY_EXCHANGE_METHOD' : 'DIFFIE_HELLMAN_GROUP';
  if (type >= TYPE.additional && type <= TYPE.lastAdditional && release.since('6.0')) {
    return `ADDITIONAL_KEY_EXCHANGE_${type - TYPE.additional + 1}`;
  }
  return TYPES.get(type) ?? `(${type})`;
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [TYPE.encryption, 'ENCRYPTION_ALGORITHM'],
  [TYPE.prf, 'PSEUDO_RANDOM_FUNCTION'],
  [TYPE.integrity, 'INTEGRITY_ALGORITHM'],
  [TYPE.esn, 'EXTENDED_SEQUENCE_NUMBERS'],
]);

const NAMES: ReadonlyMap<number, ReadonlyMap<number, string>> = new Map([
  [TYPE.encryption, ENCRYPTION],
  [TYPE.prf, PRF],
  [TYPE.integrity, INTEGRITY],
  [TYPE.esn, ESN],
]);

function algorithmText(type: number, id: number, release: ReleaseLike): string {
  if (type === TYPE.group) return groupText(id, release);
  if (type >= TYPE.additional && type <= TYPE.lastAdditional && release.since('6.0')) {
    return `KE${type - TYPE.additional + 1}_${groupText(id, release)}`;
  }
  const names = NAMES.get(type);
  return names === undefined ? `UNKNOWN_${type}_${id}` : (names.get(id) ?? `(${id})`);
}

/** First number of a run → the names of the run. */
function named(runs: Readonly<Record<number, string>>): ReadonlyMap<number, string> {
  return new Map(
    Object.entries(runs).flatMap(([first, names]) => names.split(' ').map((name, i): [number, string] => [Number(first) + i, name])),
  );
}
