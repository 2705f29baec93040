/**
 * The table of payloads: which type number has which codec, per version.
 *
 * @module
 */
import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import { faultOf } from '../../proposals/wire/errors.ts';
import { PAYLOAD_V1, PAYLOAD_V2, type Version } from '../numbers.ts';
import { type Authentication, readAuth, writeAuth } from './auth.ts';
import type { ReadContext } from './base.ts';
import { type Certificate, type CertificateRequest, readCert, readCertreq, writeCert } from './cert.ts';
import { type Configuration, readCp, writeCp } from './cp.ts';
import { type Delete, readDelete, writeDelete } from './delete.ts';
import { type Eap, readEap, writeEap } from './eap.ts';
import { type Encrypted, readEncrypted, writeEncrypted } from './encrypted.ts';
import { type Fragment, readFragment, writeFragment } from './fragment.ts';
import { type Hash, readHash, readSig, type Signature, writeHash } from './hash.ts';
import { type Identification, readId, writeId } from './id.ts';
import { type KeyExchange, readKe, writeKe } from './ke.ts';
import { type NatDiscovery, type NatOriginalAddress, readNatd, readNatoa, writeNatd, writeNatoa } from './natd.ts';
import { type Nonce, readNonce, writeNonce } from './nonce.ts';
import { type Notify, readNotify, writeNotify } from './notify.ts';
import { type Opaque, readOpaque, writeOpaque } from './opaque.ts';
import { readSa, type Sa, writeSa } from './sa.ts';
import { readTs, type TrafficSelectors, writeTs } from './ts.ts';
import { readVendor, type Vendor, writeVendor } from './vendor.ts';

/** Every payload of both versions. */
export type Payload =
  | Authentication
  | Certificate
  | CertificateRequest
  | Configuration
  | Delete
  | Eap
  | Encrypted
  | Fragment
  | Hash
  | Identification
  | KeyExchange
  | NatDiscovery
  | NatOriginalAddress
  | Nonce
  | Notify
  | Opaque
  | Sa
  | Signature
  | TrafficSelectors
  | Vendor;

type ReadBody = (r: Reader, type: number, context: ReadContext) => Payload;

const V1: ReadonlyMap<number, ReadBody> = new Map<number, ReadBody>([
  [PAYLOAD_V1.sa, readSa],
  [PAYLOAD_V1.ke, readKe],
  [PAYLOAD_V1.id, readId],
  [PAYLOAD_V1.cert, readCert],
  [PAYLOAD_V1.certreq, readCertreq],
  [PAYLOAD_V1.hash, readHash],
  [PAYLOAD_V1.sig, readSig],
  [PAYLOAD_V1.nonce, readNonce],
  [PAYLOAD_V1.notify, readNotify],
  [PAYLOAD_V1.delete, readDelete],
  [PAYLOAD_V1.vendor, readVendor],
  [PAYLOAD_V1.cp, readCp],
  [PAYLOAD_V1.natd, readNatd],
  [PAYLOAD_V1.natoa, readNatoa],
  [PAYLOAD_V1.natdDraft, readNatd],
  [PAYLOAD_V1.natoaDraft, readNatoa],
  [PAYLOAD_V1.fragment, readFragment],
]);

const V2: ReadonlyMap<number, ReadBody> = new Map<number, ReadBody>([
  [PAYLOAD_V2.sa, readSa],
  [PAYLOAD_V2.ke, readKe],
  [PAYLOAD_V2.idInitiator, readId],
  [PAYLOAD_V2.idResponder, readId],
  [PAYLOAD_V2.cert, readCert],
  [PAYLOAD_V2.certreq, readCertreq],
  [PAYLOAD_V2.auth, readAuth],
  [PAYLOAD_V2.nonce, readNonce],
  [PAYLOAD_V2.notify, readNotify],
  [PAYLOAD_V2.delete, readDelete],
  [PAYLOAD_V2.vendor, readVendor],
  [PAYLOAD_V2.tsInitiator, readTs],
  [PAYLOAD_V2.tsResponder, readTs],
  [PAYLOAD_V2.encrypted, readEncrypted],
  [PAYLOAD_V2.cp, readCp],
  [PAYLOAD_V2.eap, readEap],
  [PAYLOAD_V2.fragment, readFragment],
]);

/**
 * Decodes a payload's body, everything after its generic header, and adds to the context's faults. Never throws.
 * A body that is broken, or that already was found to be cut off (`broken`), becomes an opaque payload.
 */
export function decodePayload(r: Reader, type: number, context: ReadContext, broken = false): Payload {
  const read = (context.version === 1 ? V1 : V2).get(type) ?? readOpaque;
  const { faults } = context;
  const first = broken ? faults.length - 1 : faults.length;
  try {
    const payload = read(r, type, context);
    r.done('payload');
    const fault = faults[first];
    return fault ? { kind: 'opaque', type, data: r.whole(), fault, partial: payload } : payload;
  } catch (error) {
    const fault = faultOf(error);
    faults.push(fault);
    return { kind: 'opaque', type, data: r.whole(), fault: faults[first] ?? fault };
  }
}

/** Writes a payload's body. Throws `RangeError` when a length does not fit its field. */
export function writePayload(w: Writer, payload: Payload, version: Version): void {
  switch (payload.kind) {
    case 'sa':
      return writeSa(w, payload);
    case 'ke':
      return writeKe(w, payload, version);
    case 'nonce':
      return writeNonce(w, payload);
    case 'vendor':
      return writeVendor(w, payload);
    case 'notify':
      return writeNotify(w, payload, version);
    case 'id':
      return writeId(w, payload);
    case 'cert':
    case 'certreq':
      return writeCert(w, payload);
    case 'auth':
      return writeAuth(w, payload);
    case 'hash':
    case 'sig':
      return writeHash(w, payload);
    case 'delete':
      return writeDelete(w, payload, version);
    case 'ts':
      return writeTs(w, payload);
    case 'cp':
      return writeCp(w, payload, version);
    case 'natd':
      return writeNatd(w, payload);
    case 'natoa':
      return writeNatoa(w, payload);
    case 'eap':
      return writeEap(w, payload);
    case 'fragment':
      return writeFragment(w, payload, version);
    case 'encrypted':
      return writeEncrypted(w, payload);
    case 'opaque':
      return writeOpaque(w, payload);
    default:
      payload satisfies never;
  }
}
