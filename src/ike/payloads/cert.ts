import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { PayloadBase } from './base.ts';

/** Certificate. @see RFC 2408 §3.9, RFC 7296 §3.6 */
export interface Certificate extends PayloadBase {
  readonly kind: 'cert';
  readonly encoding: number;
  readonly data: Uint8Array;
}

/** Certificate Request: a name in IKEv1, hashes of keys in IKEv2. @see RFC 2408 §3.10, RFC 7296 §3.7 */
export interface CertificateRequest extends PayloadBase {
  readonly kind: 'certreq';
  readonly encoding: number;
  readonly data: Uint8Array;
}

export function readCert(r: Reader, type: number): Certificate {
  const encoding = r.u8('cert.encoding');
  return { kind: 'cert', type, encoding, data: r.rest() };
}

export function readCertreq(r: Reader, type: number): CertificateRequest {
  const encoding = r.u8('certreq.encoding');
  return { kind: 'certreq', type, encoding, data: r.rest() };
}

export function writeCert(w: Writer, payload: Certificate | CertificateRequest): void {
  w.u8(payload.encoding).put(payload.data);
}
