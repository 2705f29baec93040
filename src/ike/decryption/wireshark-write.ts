/**
 * The keys of SAs as lines of Wireshark's `ikev1_decryption_table` and `ikev2_decryption_table`.
 *
 * @module
 */
import { phase1CipherKey } from '../crypto/keymat-v1.ts';
import { oakleyCipher } from '../crypto/sealing-v1.ts';
import type { IsakmpSa } from '../exchanges/ikev1/isakmp-sa.ts';
import type { IkeSa } from '../exchanges/ikev2/ike-sa.ts';
import { wiresharkEncryption, wiresharkIntegrity } from './wireshark.ts';

/** `ikev1_decryption_table`: initiator cookie, encryption key. Nothing when the cipher is not known here. */
export function ikev1TableLine(sa: Pick<IsakmpSa, 'provider' | 'initiatorCookie' | 'keys' | 'suite'>): string | undefined {
  const cipher = oakleyCipher(sa.provider, sa.suite.encryption, sa.suite.keyBits);
  return cipher && `${hex(sa.initiatorCookie)},${hex(phase1CipherKey(sa.provider, sa.keys, cipher.keyBytes))}`;
}

/** `ikev2_decryption_table`: SPIs, SK_ei, SK_er, encryption, SK_ai, SK_ar, integrity. Nothing for a suite that Wireshark has no name for. */
export function ikev2TableLine({
  initiatorSpi,
  responderSpi,
  keys,
  slots,
}: Pick<IkeSa, 'initiatorSpi' | 'responderSpi' | 'keys' | 'slots'>): string | undefined {
  const encryption = slots.get('encryption');
  const cipher = encryption && wiresharkEncryption(encryption);
  const integrity = wiresharkIntegrity(slots.get('integrity')?.id ?? 0);
  if (!cipher || !integrity) return undefined;
  const { ei, er, ai, ar } = keys;
  return [hex(initiatorSpi), hex(responderSpi), hex(ei), hex(er), `"${cipher}"`, hex(ai), hex(ar), `"${integrity}"`].join(',');
}

const hex = (octets: Uint8Array): string => Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
