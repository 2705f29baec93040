/**
 * ML-KEM as a key exchange: the initiator's value is an encapsulation key, the responder's a ciphertext, the secret 32 octets.
 *
 * @see FIPS 203, draft-ietf-ipsecme-ikev2-mlkem
 * @module
 */
import { ml_kem1024, ml_kem512, ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { keyExchangeGroup } from '../groups.ts';
import { KeyExchangeError, type KeyExchangeMethod } from './provider.ts';

const KEMS: ReadonlyMap<number, typeof ml_kem768> = new Map([
  [35, ml_kem512],
  [36, ml_kem768],
  [37, ml_kem1024],
]);
const KEY_SEED = 64;
const MESSAGE = 32;

/** By group number; nothing when it is no ML-KEM. */
export function kem(group: number): KeyExchangeMethod | undefined {
  const [method, shape] = [KEMS.get(group), keyExchangeGroup(group)];
  if (method === undefined || shape === undefined) return undefined;
  return {
    initiate: (random) => {
      const { publicKey, secretKey } = method.keygen(random(KEY_SEED));
      return {
        publicValue: publicKey,
        finish: (peer) => {
          if (peer.length !== shape.responderValueBytes) throw new KeyExchangeError('length');
          return method.decapsulate(peer, secretKey);
        },
      };
    },
    respond: (random, peer) => {
      if (peer.length !== shape.publicValueBytes) throw new KeyExchangeError('length');
      try {
        const { cipherText, sharedSecret } = method.encapsulate(peer, random(MESSAGE));
        return { publicValue: cipherText, secret: sharedSecret };
      } catch {
        // FIPS 203 §7.2: a coefficient of 3329 or more is no key.
        throw new KeyExchangeError('range');
      }
    },
  };
}
