/**
 * Certificates and keys out of PEM text, for the command line.
 *
 * No octet of a key, and no word of OpenSSL's about one, leaves this file: what cannot be read is a code.
 *
 * @module
 */
import { createPrivateKey } from 'node:crypto';
import { type Credential, credentialOf } from '../ike/crypto/authentication.ts';
import { readCertificate, type X509Certificate } from '../ike/crypto/x509/certificate.ts';
import { nodeCrypto } from './node-crypto.ts';

/** Why there is no credential. */
export type CredentialFault =
  | 'no-certificate'
  | 'certificate-unreadable'
  | 'key-unreadable'
  | 'key-unsupported'
  | 'key-of-another-certificate';

export type Credentials =
  | { readonly ok: true; readonly credential: Credential; readonly chain: readonly X509Certificate[] }
  | { readonly ok: false; readonly fault: CredentialFault };

/** A chain (the end certificate first) and its private key (PKCS#8, PKCS#1 or SEC1, not encrypted), each as PEM. */
export function credentialFromPem(certificates: string, privateKey: string): Credentials {
  const chain = certificatesFromPem(certificates);
  if (chain === undefined) return { ok: false, fault: 'certificate-unreadable' };
  if (chain.length === 0) return { ok: false, fault: 'no-certificate' };
  let pkcs8: Uint8Array;
  try {
    pkcs8 = createPrivateKey(privateKey).export({ format: 'der', type: 'pkcs8' });
  } catch {
    return { ok: false, fault: 'key-unreadable' };
  }
  const signer = nodeCrypto.signer(pkcs8);
  if (signer === undefined) return { ok: false, fault: 'key-unsupported' };
  const credential = credentialOf(chain, signer);
  return credential === undefined ? { ok: false, fault: 'key-of-another-certificate' } : { ok: true, credential, chain };
}

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/** Every certificate in a PEM text, in its order; nothing when one of them cannot be read. */
export function certificatesFromPem(text: string): readonly X509Certificate[] | undefined {
  const found: X509Certificate[] = [];
  for (const block of text.split(BEGIN).slice(1)) {
    const end = block.indexOf(END);
    if (end < 0) return undefined;
    const read = readCertificate(Uint8Array.from(Buffer.from(block.slice(0, end), 'base64')));
    if (!read.ok) return undefined;
    found.push(read.value);
  }
  return found;
}
