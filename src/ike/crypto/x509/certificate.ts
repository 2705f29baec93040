/**
 * X.509 certificates as data.
 *
 * Rule 1: `readCertificate` never throws; what it cannot read is a fault with the name of the field.
 * Rule 2: nothing is judged here: a certificate that expired, or that nobody trusts, reads as well as any (`checkChain` judges).
 *
 * @see RFC 5280 §4
 * @module
 */
import type { Decoded } from '../../message.ts';
import { type CryptoProvider, HASH_BYTES } from '../provider.ts';
import { bitsOf, type Der, oidOf, readDer, smallOf, TAG, unsignedOf } from './der.ts';
import { publicKeyOf, type PublicKey } from './keys.ts';
import { dnText, sameDn } from './names.ts';
import { timeOf } from './times.ts';

/** A Name: its octets, as an ID payload of type 9 has them, and its text. */
export interface Name {
  readonly der: Uint8Array;
  readonly text: string;
}

/** One subjectAltName. Others than these kinds are left out. */
export type AlternativeName =
  | { readonly kind: 'dns' | 'email'; readonly text: string }
  | { readonly kind: 'ip'; readonly address: Uint8Array }
  | { readonly kind: 'dn'; readonly name: Name };

/** What is in a certificate. Octets are views into what was read. */
export interface X509Certificate {
  readonly der: Uint8Array;
  /** Without leading zeros; as it came when it is not a positive number. */
  readonly serial: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  /** Milliseconds since 1970-01-01T00:00Z, the last included. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  readonly publicKey: PublicKey;
  readonly alternativeNames: readonly AlternativeName[];
  /** Nothing when there are no basic constraints. */
  readonly authority?: { readonly ca: boolean; readonly pathLength?: number };
  /** Bits of KeyUsage, digitalSignature the first (bit 0). */
  readonly keyUsage?: readonly number[];
  readonly hasNameConstraints: boolean;
  /** Critical extensions that are not read here, as object identifiers. */
  readonly unknownCritical: readonly string[];
  /** What is signed, by which algorithm (AlgorithmIdentifier), and the signature. */
  readonly signed: Uint8Array;
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
}

const EXTENSION = { keyUsage: '2.5.29.15', alternativeNames: '2.5.29.17', basic: '2.5.29.19', nameConstraints: '2.5.29.30' } as const;
/** Critical ones that ask nothing of a key that signs for IKE here: extended key usage and policies are for the peer to mind. */
const PASSED: readonly string[] = ['2.5.29.37', '2.5.29.32'];

const fault = (field: string): Decoded<never> => ({ ok: false, fault: { code: 'truncated', offset: 0, field: `certificate.${field}` } });

/** A certificate from its DER. The fault's offset is that of the certificate's beginning. */
export function readCertificate(der: Uint8Array): Decoded<X509Certificate> {
  const [tbs, algorithm, bits, more] = readDer(der)?.children ?? [];
  if (tbs?.tag !== TAG.sequence || algorithm === undefined || more !== undefined) return fault('der');
  const signature = bitsOf(bits);
  if (signature === undefined) return fault('signature');
  const fields = tbs.children[0]?.tag === 0xa0 ? tbs.children.slice(1) : tbs.children;
  const [serial, inner, issuer, validity, subject, spki, ...rest] = fields;
  if (serial?.tag !== TAG.integer) return fault('serial');
  if (inner === undefined || !equal(inner.whole, algorithm.whole)) return fault('signatureAlgorithm');
  if (issuer?.tag !== TAG.sequence || subject?.tag !== TAG.sequence) return fault('name');
  const [notBefore, notAfter] = [timeOf(validity?.children[0]), timeOf(validity?.children[1])];
  if (notBefore === undefined || notAfter === undefined) return fault('validity');
  const publicKey = spki && publicKeyOf(spki);
  if (spki === undefined || publicKey === undefined) return fault('subjectPublicKeyInfo');
  const extensions = extensionsIn(rest);
  if (extensions === undefined) return fault('extensions');
  return {
    ok: true,
    value: {
      der,
      serial: unsignedOf(serial) ?? serial.content,
      issuer: nameOf(issuer),
      subject: nameOf(subject),
      notBefore,
      notAfter,
      spki: spki.whole,
      publicKey,
      ...extensions,
      signed: tbs.whole,
      signatureAlgorithm: algorithm.whole,
      signature,
    },
  };
}

function nameOf({ whole }: Der): Name {
  return { der: whole, text: dnText(whole) };
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}

type Extensions = Pick<X509Certificate, 'alternativeNames' | 'authority' | 'keyUsage' | 'hasNameConstraints' | 'unknownCritical'>;

function extensionsIn(rest: readonly Der[]): Extensions | undefined {
  const found = new Map<string, Der>();
  const unknownCritical: string[] = [];
  for (const { children } of rest.find(({ tag }) => tag === 0xa3)?.children[0]?.children ?? []) {
    const oid = oidOf(children[0]);
    const critical = children[1]?.tag === TAG.boolean && children[1].content[0] !== 0;
    const octets = children.at(-1);
    const value = octets?.tag === TAG.octetString ? readDer(octets.content) : undefined;
    if (oid === undefined || octets?.tag !== TAG.octetString || found.has(oid)) return undefined;
    const known = (Object.values(EXTENSION) as string[]).includes(oid);
    if (known && value === undefined) return undefined;
    if (value !== undefined) found.set(oid, value);
    if (critical && !known && !PASSED.includes(oid)) unknownCritical.push(oid);
  }
  const authority = authorityOf(found.get(EXTENSION.basic));
  const keyUsage = usageOf(found.get(EXTENSION.keyUsage));
  return {
    alternativeNames: (found.get(EXTENSION.alternativeNames)?.children ?? []).flatMap(alternativeOf),
    ...(authority && { authority }),
    ...(keyUsage && { keyUsage }),
    hasNameConstraints: found.has(EXTENSION.nameConstraints),
    unknownCritical,
  };
}

function authorityOf(value: Der | undefined): X509Certificate['authority'] {
  if (value === undefined) return undefined;
  const [first] = value.children;
  const pathLength = smallOf(value.children.find(({ tag }) => tag === TAG.integer));
  return { ca: first?.tag === TAG.boolean && first.content[0] !== 0, ...(pathLength !== undefined && { pathLength }) };
}

/** The numbers of the bits that are set, the highest bit of the first octet being 0. */
function usageOf(value: Der | undefined): readonly number[] | undefined {
  if (value?.tag !== TAG.bitString) return undefined;
  return [...value.content.subarray(1, 3)].flatMap((octet, at) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (octet & (0x80 >> bit)) !== 0).map((bit) => bit + 8 * at),
  );
}

/** GeneralName. @see RFC 5280 §4.2.1.6 */
function alternativeOf({ tag, content, children }: Der): readonly AlternativeName[] {
  const text = (): string => [...content].map((octet) => String.fromCharCode(octet)).join('');
  switch (tag) {
    case 0x81:
      return [{ kind: 'email', text: text() }];
    case 0x82:
      return [{ kind: 'dns', text: text() }];
    case 0x87:
      return content.length === 4 || content.length === 16 ? [{ kind: 'ip', address: content }] : [];
    case 0xa4:
      return children[0] === undefined ? [] : [{ kind: 'dn', name: nameOf(children[0]) }];
    default:
      return [];
  }
}

/** What a CERTREQ of IKEv2 names an authority by: SHA-1 of its SubjectPublicKeyInfo. @see RFC 7296 §3.7 */
export function keyHash(provider: Pick<CryptoProvider, 'hash'>, { spki }: Pick<X509Certificate, 'spki'>): Uint8Array {
  return provider.hash('sha1', spki);
}

/** The hashes in the data of a CERTREQ of IKEv2; what is left over at its end is none. */
export function keyHashes(data: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: Math.floor(data.length / HASH_BYTES.sha1) }, (_, i) =>
    data.subarray(i * HASH_BYTES.sha1, (i + 1) * HASH_BYTES.sha1),
  );
}

/** An identity as in an ID payload. */
export interface Identity {
  readonly idType: number;
  readonly data: Uint8Array;
}

/** The identity that is the subject's name (ID_DER_ASN1_DN). */
export function identityOf({ subject }: Pick<X509Certificate, 'subject'>): Identity {
  return { idType: ID.dn, data: subject.der };
}

/** Types of identities. @see RFC 7296 §3.5 */
const ID = { ipv4: 1, fqdn: 2, email: 3, ipv6: 5, dn: 9 } as const;

/** Whether two identities are the same: octet for octet, names of certificates part by part. */
export function sameIdentity(a: Identity, b: Identity): boolean {
  return a.idType === b.idType && (a.idType === ID.dn ? sameDn(a.data, b.data) : equal(a.data, b.data));
}

/** Whether the certificate names that identity, as its subject or as a subjectAltName. Key IDs and other types are never named. */
export function certifies(certificate: Pick<X509Certificate, 'subject' | 'alternativeNames'>, { idType, data }: Identity): boolean {
  const others = certificate.alternativeNames;
  const text = [...data].map((octet) => String.fromCharCode(octet)).join('');
  switch (idType) {
    case ID.dn:
      return sameDn(certificate.subject.der, data) || others.some((one) => one.kind === 'dn' && sameDn(one.name.der, data));
    case ID.fqdn:
      return others.some((one) => one.kind === 'dns' && one.text.toLowerCase() === text.toLowerCase());
    case ID.email:
      return others.some((one) => one.kind === 'email' && one.text.toLowerCase() === text.toLowerCase());
    case ID.ipv4:
    case ID.ipv6:
      return others.some((one) => one.kind === 'ip' && equal(one.address, data));
    default:
      return false;
  }
}
