/**
 * The names that racoon prints; a number where it has none.
 *
 * @see ipsec-tools racoon strnames.c
 * @module
 */

type Names = Readonly<Record<number, string>>;

const TRANSFORMS: Readonly<Record<number, Names>> = {
  2: { 2: 'MD5', 3: 'SHA', 4: 'DES', 5: 'SHA256', 6: 'SHA384', 7: 'SHA512' },
  3: {
    1: 'DES_IV64',
    2: 'DES',
    3: '3DES',
    4: 'RC5',
    5: 'IDEA',
    6: 'CAST',
    7: 'BLOWFISH',
    8: '3IDEA',
    9: 'DES_IV32',
    10: 'RC4',
    11: 'NULL',
    12: 'AES',
    22: 'CAMELLIA',
    253: 'TWOFISH',
  },
  4: { 1: 'OUI', 2: 'DEFLATE', 3: 'LZS' },
};
const PROTOCOLS: Names = { 1: 'ISAKMP', 2: 'AH', 3: 'ESP', 4: 'IPCOMP' };
const AUTHS: Names = {
  1: 'hmac-md5',
  2: 'hmac-sha',
  3: 'des-mac',
  4: 'kpdk',
  5: 'hmac-sha256',
  6: 'hmac-sha384',
  7: 'hmac-sha512',
};
const MODES: Names = { 1: 'Tunnel', 2: 'Transport', 3: 'UDP-Tunnel', 4: 'UDP-Transport', 61443: 'UDP-Tunnel', 61444: 'UDP-Transport' };

/** A protocol. */
export const protocol = (number: number): string => PROTOCOLS[number] ?? String(number);
/** A transform of a protocol. */
export const transform = (of: number, id: number): string => TRANSFORMS[of]?.[id] ?? String(id);
/** An authentication algorithm. */
export const auth = (number: number): string => AUTHS[number] ?? String(number);
/** An encapsulation mode. */
export const mode = (number: number): string => MODES[number] ?? String(number);
