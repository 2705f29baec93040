/**
 * Ciphers that charon has a name for, and no keys. The IKE SA fails where its keys are derived.
 *
 * | exchange | when |
 * |---|---|
 * | IKE_SA_INIT | before 5.9.7 while it is answered; since then with the next message |
 * | rekeying the IKE SA, aggressive mode | while it is answered |
 *
 * @see strongSwan keymat_v2.c: derive_ike_aead; keymat_v1.c: derive_ike_keys
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import { type CharonTransform, TYPE } from './algebra.ts';
import { LOG } from './log.ts';

/** What charon says of the cipher of an IKE SA that it cannot make keys for; nothing when it can. */
export function cipherFault(chosen: readonly CharonTransform[]): LogLine | undefined {
  const cipher = chosen.find(({ type }) => type === TYPE.encryption);
  // A GMAC encrypts nothing, but is taken for a combined-mode cipher.
  if (cipher?.id === NULL_AES_GMAC) return LOG.write('noNonceSize', { cipher: 'NULL_AES_GMAC' });
  // libgcrypt knows Twofish with 128 and 256 bits, and nothing else in charon knows it.
  if (cipher?.id === TWOFISH && cipher.keyBits === 192) return LOG.write('cipherNotSupported', { cipher: 'TWOFISH_CBC', keyBits: 192 });
  return undefined;
}

const NULL_AES_GMAC = 21;
const TWOFISH = 1027;
