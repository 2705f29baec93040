/**
 * The wire: IKE messages as data.
 *
 * @module
 */
export { type DecodeCode, DecodeError, type DecodeFault } from '../proposals/wire/errors.ts';
export { decodeSaBody, encodeSaBody, SA_LIMITS, type SaBody, type SaLimits } from '../proposals/wire/sa.ts';
export { HEADER_SIZE, type Header } from './header.ts';
export * from './message.ts';
export * from './numbers.ts';
export type { Authentication } from './payloads/auth.ts';
export type { MessageLimits, PayloadBase } from './payloads/base.ts';
export type { Certificate, CertificateRequest } from './payloads/cert.ts';
export type { Configuration } from './payloads/cp.ts';
export type { Delete } from './payloads/delete.ts';
export type { Eap } from './payloads/eap.ts';
export type { Encrypted } from './payloads/encrypted.ts';
export type { Fragment } from './payloads/fragment.ts';
export type { Hash, Signature } from './payloads/hash.ts';
export type { Identification } from './payloads/id.ts';
export type { Payload } from './payloads/index.ts';
export type { KeyExchange } from './payloads/ke.ts';
export type { NatDiscovery, NatOriginalAddress } from './payloads/natd.ts';
export type { Nonce } from './payloads/nonce.ts';
export type { Notify } from './payloads/notify.ts';
export type { Opaque } from './payloads/opaque.ts';
export type { Sa } from './payloads/sa.ts';
export type { TrafficSelector, TrafficSelectors } from './payloads/ts.ts';
export type { Vendor } from './payloads/vendor.ts';
