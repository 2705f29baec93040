/** What daemons call the algorithms of an SA that they have → the suite notation. */
import { formatSuite, type Negotiation, parseSuite } from '../../src/proposals/index.ts';

/** The words of an SA, as far as the daemon tells them: `AES_CBC` with its bits, `HMAC_SHA2_256_128`, `MODP_2048`. */
export interface AlgorithmWords {
  readonly encryption?: string | undefined;
  readonly keyBits?: string | undefined;
  readonly integrity?: string | undefined;
  readonly prf?: string | undefined;
  readonly hash?: string | undefined;
  readonly groups?: readonly string[];
  readonly esn?: boolean | undefined;
}

/** One suite, in the notation; null when the daemon told nothing, its own words when one of them is not known. */
export function suiteOf(words: AlgorithmWords, negotiation: Negotiation, protocol?: number): string | null {
  const { encryption, keyBits, integrity, prf, hash, groups = [], esn } = words;
  const [group, ...additional] = groups;
  const parts = [
    encryption === undefined ? undefined : cipherWord(encryption, keyBits),
    integrity === 'NONE' ? undefined : integrity,
    prf === undefined ? undefined : prf.startsWith('PRF') ? prf : `PRF_${prf}`,
    hash,
    group === undefined ? undefined : groupWord(group),
    ...additional.map((each, i) => `ke${i + 1}_${groupWord(each)}`),
    negotiation === 'ikev2-child' && esn !== undefined ? (esn ? 'esn' : 'noesn') : undefined,
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return null;
  const text = parts.join('-').toLowerCase();
  try {
    return formatSuite(parseSuite(text, negotiation, protocol), negotiation, protocol);
  } catch {
    return text;
  }
}

/** Where a cipher has one length, pluto writes it and IKE does not. */
function cipherWord(encryption: string, keyBits: string | undefined): string {
  const whole = keyBits === undefined || keyBits === '0' ? encryption : `${encryption}_${keyBits}`;
  return whole.replace(/^(3DES_CBC|CHACHA20_POLY1305)_\d+$/i, '$1');
}

/** Words that only a daemon's log has. */
const GROUPS: Readonly<Record<string, string>> = {
  ecp_224_bp: 'ecp224bp',
  ecp_256_bp: 'ecp256bp',
  ecp_384_bp: 'ecp384bp',
  ecp_512_bp: 'ecp512bp',
  brainpool_p224r1: 'ecp224bp',
  brainpool_p256r1: 'ecp256bp',
  brainpool_p384r1: 'ecp384bp',
  brainpool_p512r1: 'ecp512bp',
  modp_1024_160: 'modp1024s160',
  modp_2048_224: 'modp2048s224',
  modp_2048_256: 'modp2048s256',
};

const groupWord = (word: string): string => GROUPS[word.toLowerCase()] ?? word.toLowerCase();
