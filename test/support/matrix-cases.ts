/** Cases for generated matrix runs: real ones in kind, so that a page made of them looks as a real one does. */
import type { MatrixArea, MatrixCase } from '../../src/report/matrix/result.ts';

/** A case with what its sides would offer and take, in the suite notation. */
export interface SampleCase extends MatrixCase {
  readonly offer: string;
  readonly policy: string;
}

type Row = readonly [id: string, title: string, area: MatrixArea, reference: string, offer: string, policy: string];

const GOOD = 'aes256-sha256-modp2048';
const GCM = 'aes256gcm16-prfsha384-ecp384';

const ROWS: readonly Row[] = [
  ['v1-main-same', 'Both sides have the same suite', 'ikev1-main', 'RFC 2409 §5.4', GOOD, GOOD],
  ['v1-main-second', 'The second transform fits', 'ikev1-main', 'RFC 2408 §4.2', `3des-md5-modp1024,${GOOD}`, GOOD],
  ['v1-main-des', 'DES is offered first', 'ikev1-main', 'RFC 8247 §2.1', 'des-md5-modp768,3des-sha1-modp1024', '3des-sha1-modp1024'],
  ['v1-main-group', 'No group in common', 'ikev1-main', 'RFC 2409 §5', 'aes256-sha256-modp1536', GOOD],
  ['v1-main-hash', 'No hash in common', 'ikev1-main', 'RFC 2409 §5', 'aes256-sha1-modp2048', GOOD],
  ['v1-aggressive-psk', 'Aggressive mode with a preshared key', 'ikev1-aggressive', 'RFC 2409 §5.4', GOOD, GOOD],
  ['v1-quick-pfs', 'PFS on one side only', 'ikev1-quick', 'RFC 2409 §5.5', GOOD, GOOD],
  ['v1-quick-ah-esp', 'AH and ESP together', 'ikev1-quick', 'RFC 2408 §4.2', GOOD, GOOD],
  ['v1-quick-lifetime', 'A lifetime of a hundred days', 'ikev1-quick', 'RFC 2407 §4.5', GOOD, GOOD],
  ['v2-same-suite', 'Both sides have the same suite', 'ikev2-init', 'RFC 7296 §2.7', GOOD, GOOD],
  ['v2-defaults', 'Each side as it is installed', 'ikev2-init', 'RFC 8247 §2', `${GCM},${GOOD}`, `${GOOD},${GCM}`],
  ['v2-order', 'The same proposals in another order', 'ikev2-init', 'RFC 7296 §2.7', `${GOOD},${GCM}`, `${GCM},${GOOD}`],
  ['v2-aead', 'AES-GCM without integrity', 'ikev2-init', 'RFC 5282 §8', GCM, GCM],
  ['v2-aead-integ', 'AEAD beside INTEG in one proposal', 'ikev2-init', 'RFC 5282 §8', `aes256gcm16-aes256-sha256-prfsha256-modp2048`, GOOD],
  [
    'v2-chacha',
    'ChaCha20-Poly1305 with X25519',
    'ikev2-init',
    'RFC 7634 §2',
    'chacha20poly1305-prfsha256-x25519',
    'chacha20poly1305-prfsha256-x25519',
  ],
  ['v2-group-retry', 'INVALID_KE_PAYLOAD names another group', 'ikev2-init', 'RFC 7296 §1.2', 'aes256-sha256-ecp256-modp2048', GOOD],
  ['v2-key-length', 'Only the key length differs', 'ikev2-init', 'RFC 7296 §3.3.5', 'aes128-sha256-modp2048', GOOD],
  ['v2-prf', 'No PRF in common', 'ikev2-init', 'RFC 7296 §2.7', 'aes256-sha256-prfsha512-modp2048', GOOD],
  ['v2-des', 'DES is all that is offered', 'ikev2-init', 'RFC 8247 §2.1', 'des-md5-prfmd5-modp1024', GOOD],
  ['v2-weak-group', 'Group 2 is all that is offered', 'ikev2-init', 'RFC 8247 §2.4', 'aes256-sha256-modp1024', GOOD],
  [
    'v2-mlkem-hybrid',
    'X25519 with ML-KEM-768',
    'ikev2-init',
    'RFC 9370 §2',
    'aes256gcm16-prfsha384-x25519-ke1_mlkem768',
    'aes256gcm16-prfsha384-x25519-ke1_mlkem768',
  ],
  [
    'v2-mlkem-classic',
    'ML-KEM offered to a classic peer',
    'ikev2-init',
    'RFC 9370 §2.2',
    `aes256gcm16-prfsha384-x25519-ke1_mlkem768,${GOOD}`,
    GOOD,
  ],
  ['v2-psk-wrong', 'Different preshared keys', 'ikev2-auth', 'RFC 7296 §2.21.2', GOOD, GOOD],
  ['v2-id-unknown', 'The responder knows nobody of that name', 'ikev2-auth', 'RFC 7296 §2.21.2', GOOD, GOOD],
  ['v2-rsa', 'RSA certificates, 2,048 bits', 'ikev2-auth', 'RFC 7427 §3', GOOD, GOOD],
  ['v2-ecdsa', 'ECDSA certificates, P-256', 'ikev2-auth', 'RFC 7427 §3', GOOD, GOOD],
  ['v2-ed25519', 'Ed25519 certificates', 'ikev2-auth', 'RFC 8420 §2', GOOD, GOOD],
  ['v2-fragments', 'A certificate chain in fragments', 'ikev2-auth', 'RFC 7383 §2.5', GOOD, GOOD],
  ['v2-child-esn', 'Extended sequence numbers on one side only', 'ikev2-child', 'RFC 7296 §3.3.2', GOOD, GOOD],
  ['v2-child-narrow', 'Traffic selectors are narrowed', 'ikev2-child', 'RFC 7296 §2.9', GOOD, GOOD],
  ['v2-child-esp-refused', 'No ESP suite in common', 'ikev2-child', 'RFC 7296 §2.7', GOOD, GOOD],
  ['v2-transport', 'Transport mode', 'ikev2-child', 'RFC 7296 §1.3.1', GOOD, GOOD],
  ['v2-pfs-bomb', 'PFS on one side, seen only at the first rekey', 'ikev2-rekey', 'RFC 7296 §1.3.3', GOOD, GOOD],
  ['v2-pfs-same', 'PFS with the same group', 'ikev2-rekey', 'RFC 7296 §1.3.3', GOOD, GOOD],
  ['v2-rekey-ike', 'The IKE SA is rekeyed', 'ikev2-rekey', 'RFC 7296 §1.3.2', GOOD, GOOD],
  ['v2-childless', 'An IKE SA without a child', 'ikev2-auth', 'RFC 6023 §3', GOOD, GOOD],
];

export const SAMPLE_CASES: readonly SampleCase[] = ROWS.map(([id, title, area, reference, offer, policy]) => {
  const version = area.startsWith('ikev1') ? 1 : 2;
  return {
    id,
    title,
    area,
    version,
    reference,
    about: `${title}: what the responder makes of it, and whether the initiator is content with the answer.`,
    initiator: [`speaks IKEv${version}`, `ike ${offer}`, 'child esp:aes256-sha256', 'proof psk'],
    responder: [`speaks IKEv${version}`, `ike ${policy}`, 'child esp:aes256-sha256', 'proof psk'],
    offer,
    policy,
  };
});
