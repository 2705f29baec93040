/**
 * What Pluto has names for. A number without a name is not only printed oddly: in many fields it is refused.
 *
 * @module
 */

/** Numbers and their names, as Pluto prints them. */
export type Names = ReadonlyMap<number, string>;

/** The name, or the number with two question marks. */
export function show(names: Names, value: number): string {
  return names.get(value) ?? `${value}??`;
}

/** Set bits joined by `+`, those without a name in hexadecimal; no bits at all are `none`. */
export function showBits(names: Names, bits: number): string {
  const shown = [];
  for (let i = 0; i < 32; i++) {
    const bit = 2 ** i;
    if (Math.floor(bits / bit) % 2 === 1) shown.push(names.get(bit) ?? `0x${bit.toString(16)}`);
  }
  return shown.join('+') || 'none';
}

export const DOI = from(0, 'ISAKMP_DOI_ISAKMP ISAKMP_DOI_IPSEC');
export const SITUATION: Names = new Map([
  [1, 'SIT_IDENTITY_ONLY'],
  [2, 'SIT_SECRECY'],
  [4, 'SIT_INTEGRITY'],
]);
export const PAYLOAD = prefixed('ISAKMP_NEXT_', from(0, 'NONE SA P T KE ID CERT CR HASH SIG NONCE N D VID'));
export const PROTOCOL = from(1, 'PROTO_ISAKMP PROTO_IPSEC_AH PROTO_IPSEC_ESP PROTO_IPCOMP');

export const ISAKMP_TRANSFORM = from(1, 'KEY_IKE');
export const AH_TRANSFORM = from(2, 'AH_MD5 AH_SHA AH_DES AH_SHA2_256 AH_SHA2_384 AH_SHA2_512');
export const ESP_TRANSFORM = prefixed('ESP_', from(1, 'DES_IV64 DES 3DES RC5 IDEA CAST BLOWFISH 3IDEA DES_IV32 RC4 NULL AES'));
export const IPCOMP_TRANSFORM = prefixed('IPCOMP_', from(1, 'OUI DEFLAT LZS V42BIS'));

/** The bit of an attribute's type field that says TV. Pluto looks up type and bit together. */
export const TV = 0x8000;

const OAKLEY_TYPES = prefixed(
  'OAKLEY_',
  from(
    1,
    'ENCRYPTION_ALGORITHM HASH_ALGORITHM AUTHENTICATION_METHOD GROUP_DESCRIPTION GROUP_TYPE GROUP_PRIME ' +
      'GROUP_GENERATOR_ONE GROUP_GENERATOR_TWO GROUP_CURVE_A GROUP_CURVE_B LIFE_TYPE LIFE_DURATION PRF KEY_LENGTH ' +
      'FIELD_SIZE GROUP_ORDER',
  ),
);
const IPSEC_TYPES = from(
  1,
  'SA_LIFE_TYPE SA_LIFE_DURATION GROUP_DESCRIPTION ENCAPSULATION_MODE AUTH_ALGORITHM KEY_LENGTH KEY_ROUNDS ' +
    'COMPRESS_DICT_SIZE COMPRESS_PRIVATE_ALG',
);
/** Attribute types with the bit for TV; only some may come as TLV. */
export const OAKLEY_ATTRIBUTE = twoForms(OAKLEY_TYPES, [6, 7, 8, 9, 10, 12, 16]);
export const IPSEC_ATTRIBUTE = twoForms(IPSEC_TYPES, [2, 9]);

export const GROUP = prefixed('OAKLEY_GROUP_', from(1, 'MODP768 MODP1024 GP155 GP185 MODP1536'));

/** Values of phase 1 attributes by attribute type. */
export const OAKLEY_VALUE: ReadonlyMap<number, Names> = new Map([
  [1, prefixed('OAKLEY_', from(1, 'DES_CBC IDEA_CBC BLOWFISH_CBC RC5_R16_B64_CBC 3DES_CBC CAST_CBC AES_CBC'))],
  [2, prefixed('OAKLEY_', from(1, 'MD5 SHA TIGER SHA2_256 SHA2_384 SHA2_512'))],
  [3, authentication()],
  [4, GROUP],
  [11, prefixed('OAKLEY_LIFE_', from(1, 'SECONDS KILOBYTES'))],
]);

/** Values of phase 2 attributes by attribute type. */
export const IPSEC_VALUE: ReadonlyMap<number, Names> = new Map([
  [1, prefixed('SA_LIFE_TYPE_', from(1, 'SECONDS KBYTES'))],
  [3, GROUP],
  [4, prefixed('ENCAPSULATION_MODE_', from(1, 'TUNNEL TRANSPORT'))],
  [5, prefixed('AUTH_ALGORITHM_', from(1, 'HMAC_MD5 HMAC_SHA1 DES_MAC KPDK'))],
]);

/** Notify types that a selector answers with. @see RFC 2408 §3.14.1 */
export const NOTIFY: Names = new Map([
  [0, 'NOTHING_WRONG'],
  [2, 'DOI_NOT_SUPPORTED'],
  [3, 'SITUATION_NOT_SUPPORTED'],
  [10, 'INVALID_PROTOCOL_ID'],
  [11, 'INVALID_SPI'],
  [14, 'NO_PROPOSAL_CHOSEN'],
  [15, 'BAD_PROPOSAL_SYNTAX'],
  [16, 'PAYLOAD_MALFORMED'],
  [17, 'INVALID_KEY_INFORMATION'],
]);

/** The table without some of its numbers: what an older release did not know yet. */
export function without(names: Names, ...values: readonly number[]): Names {
  return new Map([...names].filter(([value]) => !values.includes(value)));
}

/** Names of several tables as one; the later wins. */
export function joined(...tables: readonly Names[]): Names {
  return new Map(tables.flatMap((table) => [...table]));
}

/** The table of a type's values in place of the one before. */
export function withValues(
  tables: ReadonlyMap<number, Names>,
  ...changed: readonly (readonly [type: number, names: Names])[]
): ReadonlyMap<number, Names> {
  return new Map([...tables, ...changed]);
}

function authentication(): Names {
  return new Map([
    ...prefixed('OAKLEY_', from(1, 'PRESHARED_KEY DSS_SIG RSA_SIG RSA_ENC RSA_ENC_REV ELGAMAL_ENC ELGAMAL_ENC_REV')),
    ...prefixed('Hybrid', from(64221, 'InitRSA RespRSA InitDSS RespDSS')),
    ...prefixed(
      'XAUTH',
      from(
        65001,
        'InitPreShared RespPreShared InitDSS RespDSS InitRSA RespRSA InitRSAEncryption RespRSAEncryption ' +
          'InitRSARevisedEncryption RespRSARevisedEncryption',
      ),
    ),
  ]);
}

/** Consecutive numbers and blank-separated names. */
export function from(first: number, words: string): Names {
  return new Map(words.split(' ').map((word, i) => [first + i, word]));
}

/** The same names with something in front. */
export function prefixed(prefix: string, names: Names): Names {
  return new Map([...names].map(([value, name]) => [value, prefix + name]));
}

function twoForms(names: Names, long: readonly number[]): Names {
  return new Map([
    ...[...names].map(([type, name]): [number, string] => [type | TV, name]),
    ...long.map((type): [number, string] => [type, `${names.get(type)} (variable length)`]),
  ]);
}
