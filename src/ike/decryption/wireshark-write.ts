/**
 * The keys of SAs as lines of Wireshark's `ikev1_decryption_table` and `ikev2_decryption_table`.
 *
 * @module
 */
import { phase1CipherKey } from '../crypto/keymat-v1.ts';
import { oakleyCipher } from '../crypto/sealing-v1.ts';
import type { DirectionKeys, SealingSuite } from '../crypto/sealing-v2.ts';
import type { IsakmpSa } from '../exchanges/ikev1/isakmp-sa.ts';
import type { IkeSa } from '../exchanges/ikev2/ike-sa.ts';
import { wiresharkEncryption, wiresharkIntegrity } from './wireshark.ts';

/** `ikev1_decryption_table`: initiator cookie, encryption key. Nothing when the cipher is not known here. */
export function ikev1TableLine(sa: Pick<IsakmpSa, 'provider' | 'initiatorCookie' | 'keys' | 'suite'>): string | undefined {
  const cipher = oakleyCipher(sa.provider, sa.suite.encryption, sa.suite.keyBits);
  return cipher && ikev1KeyLine(sa.initiatorCookie, phase1CipherKey(sa.provider, sa.keys, cipher.keyBytes));
}

/** The same of a key and the initiator's cookie. */
export function ikev1KeyLine(initiatorCookie: Uint8Array, key: Uint8Array): string {
  return `${hex(initiatorCookie)},${hex(key)}`;
}

/** `ikev2_decryption_table`: SPIs, SK_ei, SK_er, encryption, SK_ai, SK_ar, integrity. Nothing for a suite that Wireshark has no name for. */
export function ikev2TableLine({
  initiatorSpi,
  responderSpi,
  keys: { ei, er, ai, ar },
  slots,
}: Pick<IkeSa, 'initiatorSpi' | 'responderSpi' | 'keys' | 'slots'>): string | undefined {
  const encryption = slots.get('encryption');
  const integrity = slots.get('integrity')?.id;
  return (
    encryption &&
    ikev2KeyLine({
      initiatorSpi,
      responderSpi,
      suite: { encryption, ...(integrity !== undefined && { integrity }) },
      initiator: { encryption: ei, integrity: ai },
      responder: { encryption: er, integrity: ar },
    })
  );
}

/** The same of keys wherever they come from. */
export function ikev2KeyLine(sa: {
  readonly initiatorSpi: Uint8Array;
  readonly responderSpi: Uint8Array;
  readonly suite: SealingSuite;
  readonly initiator: DirectionKeys;
  readonly responder: DirectionKeys;
}): string | undefined {
  const { suite, initiator, responder } = sa;
  const cipher = wiresharkEncryption(suite.encryption);
  const integrity = wiresharkIntegrity(suite.integrity ?? 0);
  if (!cipher || !integrity) return undefined;
  const [own, peer] = [initiator, responder];
  const fields = [own.encryption, peer.encryption].map(hex);
  const checks = [own.integrity, peer.integrity].map(hex);
  return [hex(sa.initiatorSpi), hex(sa.responderSpi), ...fields, `"${cipher}"`, ...checks, `"${integrity}"`].join(',');
}

const hex = (octets: Uint8Array): string => Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
