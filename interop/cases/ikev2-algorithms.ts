/** Each family of algorithms once, with both sides having the same and nothing else. */
import { type CaseDefinition, USUAL } from './case.ts';
import { established } from './outcomes.ts';

/** [id, title, suite as configured, suite as settled, reference, about] */
type Row = readonly [id: string, title: string, suite: string, settled: string, reference: string, about: string];

const IKE_ROWS: readonly Row[] = [
  [
    'v2-ike-gcm',
    'AES-GCM',
    'aes256gcm16-prfsha384-ecp384',
    'aes256gcm16-prfsha384-ecp384',
    'RFC 5282',
    'The suite of many recommendations: a combined cipher, and a PRF that has to be named.',
  ],
  [
    'v2-ike-gcm8',
    'AES-GCM with a short check value',
    'aes128gcm8-prfsha256-modp2048',
    'aes128gcm8-prfsha256-modp2048',
    'RFC 5282 §7.1',
    'Three numbers for one cipher: 8, 12 and 16 octets are not the same.',
  ],
  [
    'v2-ike-ccm',
    'AES-CCM',
    'aes128ccm16-prfsha256-modp2048',
    'aes128ccm16-prfsha256-modp2048',
    'RFC 5282',
    'The other combined mode of AES.',
  ],
  [
    'v2-ike-chacha20',
    'ChaCha20-Poly1305',
    'chacha20poly1305-prfsha256-x25519',
    'chacha20poly1305-prfsha256-x25519',
    'RFC 7634',
    'A combined cipher without a key length attribute.',
  ],
  [
    'v2-ike-ctr',
    'AES in counter mode',
    'aes128ctr-sha256-modp2048',
    'aes128ctr-sha256-prfsha256-modp2048',
    'RFC 5930',
    'A stream cipher that needs an integrity beside it.',
  ],
  [
    'v2-ike-camellia',
    'Camellia',
    'camellia256-sha256-modp2048',
    'camellia256-sha256-prfsha256-modp2048',
    'RFC 5529',
    'A cipher with its own numbers in each version.',
  ],
  [
    'v2-ike-3des',
    '3DES and SHA-1',
    '3des-sha1-modp1536',
    '3des-sha1-prfsha1-modp1536',
    'RFC 8247 §2.1',
    'The oldest suite that all of them still have.',
  ],
  [
    'v2-ike-md5',
    'MD5',
    'aes128-md5-modp2048',
    'aes128-md5-prfmd5-modp2048',
    'RFC 8247 §2.3',
    'Must not be used, and is there all the same.',
  ],
  [
    'v2-ike-xcbc',
    'AES-XCBC',
    'aes128-aesxcbc-modp2048',
    'aes128-aesxcbc-prfaesxcbc-modp2048',
    'RFC 4434',
    'Integrity and PRF of the cipher itself; the PRF has a fixed key length.',
  ],
  [
    'v2-ike-cmac',
    'AES-CMAC',
    'aes128-aescmac-modp2048',
    'aes128-aescmac-prfaescmac-modp2048',
    'RFC 4615',
    'The successor of XCBC, which few have.',
  ],
  [
    'v2-ike-sha384',
    'SHA-384',
    'aes192-sha384-modp3072',
    'aes192-sha384-prfsha384-modp3072',
    'RFC 4868',
    'The middle one, with AES of 192 bits.',
  ],
  [
    'v2-ike-modp768',
    'Group 1',
    'aes128-sha1-modp768',
    'aes128-sha1-prfsha1-modp768',
    'RFC 8247 §2.4',
    'Broken, and the only group of some old peers.',
  ],
  [
    'v2-ike-modp1024',
    'Group 2',
    'aes128-sha1-modp1024',
    'aes128-sha1-prfsha1-modp1024',
    'RFC 8247 §2.4',
    'Within the reach of states; what breaks when it goes away?',
  ],
  [
    'v2-ike-modp2048s256',
    'Group 24',
    'aes256-sha256-modp2048s256',
    'aes256-sha256-prfsha256-modp2048s256',
    'RFC 8247 §2.4',
    'A prime with a small subgroup, of unknown origin.',
  ],
  [
    'v2-ike-modp4096',
    'Group 16',
    'aes256-sha512-modp4096',
    'aes256-sha512-prfsha512-modp4096',
    'RFC 3526',
    'The large group that all have.',
  ],
  [
    'v2-ike-ecp521',
    'NIST P-521',
    'aes256-sha512-ecp521',
    'aes256-sha512-prfsha512-ecp521',
    'RFC 5903',
    'The odd one in size: public values of 132 octets.',
  ],
  [
    'v2-ike-brainpool',
    'A Brainpool curve',
    'aes256-sha384-ecp384bp',
    'aes256-sha384-prfsha384-ecp384bp',
    'RFC 6954',
    'The curves of another origin.',
  ],
  ['v2-ike-x25519', 'Curve25519', 'aes128-sha256-x25519', 'aes128-sha256-prfsha256-x25519', 'RFC 8031', 'The curve of the newer defaults.'],
  ['v2-ike-x448', 'Curve448', 'aes256-sha512-x448', 'aes256-sha512-prfsha512-x448', 'RFC 8031', 'Its larger sister, which few have.'],
];

const CHILD_ROWS: readonly Row[] = [
  ['v2-esp-gcm', 'AES-GCM', 'aes256gcm16-noesn', 'aes256gcm16-noesn', 'RFC 4106', 'What most recommend for traffic.'],
  ['v2-esp-ccm', 'AES-CCM', 'aes128ccm16-noesn', 'aes128ccm16-noesn', 'RFC 4309', 'The other combined mode of AES.'],
  [
    'v2-esp-chacha20',
    'ChaCha20-Poly1305',
    'chacha20poly1305-noesn',
    'chacha20poly1305-noesn',
    'RFC 7634',
    'A combined cipher without a key length attribute.',
  ],
  [
    'v2-esp-ctr',
    'AES in counter mode',
    'aes256ctr-sha1-noesn',
    'aes256ctr-sha1-noesn',
    'RFC 3686',
    'A stream cipher that needs an integrity beside it.',
  ],
  [
    'v2-esp-camellia',
    'Camellia',
    'camellia128-sha1-noesn',
    'camellia128-sha1-noesn',
    'RFC 5529',
    'A cipher that one kernel has and another does not.',
  ],
  ['v2-esp-3des', '3DES and SHA-1', '3des-sha1-noesn', '3des-sha1-noesn', 'RFC 8221 §5', 'The oldest suite that all of them still have.'],
  ['v2-esp-md5', 'AES and MD5', 'aes128-md5-noesn', 'aes128-md5-noesn', 'RFC 8221 §6', 'Must not be used, and is there all the same.'],
  ['v2-esp-null', 'No encryption, integrity alone', 'null-sha1-noesn', 'null-sha1-noesn', 'RFC 2410', 'ESP with NULL encryption.'],
  [
    'v2-esp-sha256',
    'AES and SHA-256',
    'aes256-sha256-noesn',
    'aes256-sha256-noesn',
    'RFC 4868',
    'The most usual suite of all. On Linux iked negotiates it, and then cannot give it to its kernel.',
  ],
  ['v2-ah', 'AH', 'ah:sha512-noesn', 'sha512-noesn', 'RFC 4302', 'Authentication without encryption, with a header of its own.'],
];

function caseOf([id, title, suite, settled, reference, about]: Row, of: 'ike' | 'child'): CaseDefinition {
  const ike = of === 'ike';
  return {
    id,
    title,
    area: ike ? 'ikev2-init' : 'ikev2-child',
    reference,
    about,
    speaks: 'ikev2',
    both: ike ? { ike: suite } : { child: suite },
    expected: {
      steps: [
        established('ike', ike ? settled : 'aes256-sha256-prfsha256-modp2048'),
        established('child', ike ? USUAL.ikev2.child : settled),
      ],
      because: 'Both have the same suites.',
    },
  };
}

export const IKEV2_ALGORITHMS: readonly CaseDefinition[] = [
  ...IKE_ROWS.map((row) => caseOf(row, 'ike')),
  ...CHILD_ROWS.map((row) => caseOf(row, 'child')),
];
