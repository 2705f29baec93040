/**
 * The lab's certificate authority: a root for each kind of key, an intermediate below it, a root that nobody trusts, and end certificates.
 *
 * Rule: keys are kept in the lab's directory, since long ones take seconds to make; certificates are made anew for each lab. None of
 * them is worth anything outside the lab.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bitString, boolean, integer, octetString, oid, sequence, setOf, time, tlv, utf8 } from './der.ts';
import { PLACES } from './places.ts';

/** The kinds of keys. */
export type KeyKind = 'rsa2048' | 'rsa4096' | 'ecdsa256' | 'ecdsa384' | 'ecdsa521' | 'ed25519';

/** A certificate and its private key, as PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

/** What an end shows: its own certificate, those between it and the root, and the root. */
export interface Chain extends Issued {
  readonly kind: KeyKind;
  readonly intermediates: readonly string[];
  readonly root: string;
}

/** Whom a certificate is for. */
export interface ChainWish {
  readonly identity: string;
  readonly key: KeyKind;
  readonly issuer?: 'root' | 'intermediate' | 'stranger';
  readonly validity?: 'valid' | 'expired';
}

/** What the daemons of one lab have in common. */
export interface Authority {
  chain(wish: ChainWish): Promise<Chain>;
  /** The root of a kind, as PEM. */
  root(key: KeyKind): Promise<string>;
}

/** The authority of one lab. What was asked for twice is the same. */
export function labAuthority(): Authority {
  const made = new Map<string, Promise<Signed>>();
  const once = (id: string, make: () => Promise<Signed>): Promise<Signed> => {
    const known = made.get(id) ?? make();
    made.set(id, known);
    return known;
  };
  const root = (key: KeyKind, name: 'root' | 'stranger'): Promise<Signed> =>
    once(`${key} ${name}`, async () =>
      issue({ subject: `CN=lab ${name} ${key}`, key: await keyOf(`${key}-${name}`, key), authority: true }),
    );
  const intermediate = (key: KeyKind): Promise<Signed> =>
    once(`${key} intermediate`, async () => {
      const subject = `CN=lab intermediate ${key}`;
      return issue({ subject, key: await keyOf(`${key}-intermediate`, key), authority: true, issuer: await root(key, 'root') });
    });
  return {
    root: async (key) => (await root(key, 'root')).certificate,
    async chain({ identity, key, issuer = 'root', validity = 'valid' }) {
      const top = await root(key, issuer === 'stranger' ? 'stranger' : 'root');
      const signer = issuer === 'intermediate' ? await intermediate(key) : top;
      const own = await once(`${key} ${issuer} ${validity} ${identity}`, async () =>
        issue({
          subject: subjectOf(identity, [key, issuer, validity]),
          key: await keyOf(`${key}-${fileName(identity)}`, key),
          issuer: signer,
          identity,
          validity,
        }),
      );
      const intermediates = signer === top ? [] : [signer.certificate];
      return { kind: key, certificate: own.certificate, key: own.key, intermediates, root: top.certificate };
    },
  };
}

interface Signed extends Issued {
  readonly subject: string;
  readonly private: KeyObject;
}

interface Wish {
  readonly subject: string;
  readonly key: KeyObject;
  readonly authority?: true;
  readonly issuer?: Signed;
  readonly identity?: string;
  readonly validity?: 'valid' | 'expired';
}

const DAY = 86_400_000;

/** @see RFC 5280 §4.1 */
function issue({ subject, key, authority, issuer, identity, validity = 'valid' }: Wish): Signed {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const signer = issuer?.private ?? key;
  const now = Date.now();
  const [from, until] = validity === 'expired' ? [now - 400 * DAY, now - 30 * DAY] : [now - DAY, now + 3650 * DAY];
  const extensions = [
    extension('2.5.29.14', octetString(keyId(key))),
    extension('2.5.29.35', sequence(tlv(0x80, keyId(signer)))),
    extension('2.5.29.19', authority ? sequence(boolean(true)) : sequence(), true),
    extension('2.5.29.15', authority ? bitString(Uint8Array.of(0x06), 1) : bitString(Uint8Array.of(0x80), 7), true),
    ...(authority ? [] : [extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2')))]),
    ...(identity === undefined || identity.includes('=') ? [] : [extension('2.5.29.17', sequence(alternativeName(identity)))]),
  ];
  const algorithm = algorithmOf(signer);
  const body = sequence(
    tlv(0xa0, integer(Uint8Array.of(2))),
    integer(Buffer.concat([Uint8Array.of(0x10), randomBytes(15)])),
    algorithm.identifier,
    nameOf(issuer?.subject ?? subject),
    sequence(time(new Date(from)), time(new Date(until))),
    nameOf(subject),
    spki,
    tlv(0xa3, sequence(...extensions)),
  );
  const certificate = sequence(body, algorithm.identifier, bitString(sign(algorithm.hash, body, signer)));
  const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(certificate).toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
  return { subject, private: key, certificate: pem, key: pemOf(key) };
}

/** Any octets that are the same for the same key. @see RFC 5280 §4.2.1.2 */
function keyId(key: KeyObject): Uint8Array {
  return createHash('sha1')
    .update(createPublicKey(key).export({ type: 'spki', format: 'der' }))
    .digest();
}

function extension(id: string, value: Uint8Array, critical = false): Uint8Array {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

/** @see RFC 5280 §4.2.1.6 */
function alternativeName(identity: string): Uint8Array {
  const family = isIP(identity);
  if (family === 4) return tlv(0x87, Uint8Array.from(identity.split('.').map(Number)));
  if (family === 6) return tlv(0x87, octets6(identity));
  return tlv(identity.includes('@') ? 0x81 : 0x82, Buffer.from(identity));
}

function octets6(address: string): Uint8Array {
  const [head = '', tail] = address.split('::');
  const words = (part: string): number[] => (part === '' ? [] : part.split(':').map((word) => parseInt(word, 16)));
  const [before, after] = [words(head), words(tail ?? '')];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}

/** NSS knows certificates by their subjects, so that each of one name has another. */
const subjectOf = (identity: string, apart: readonly string[]): string =>
  identity.includes('=') ? identity : `OU=${apart.join(' ')}, CN=${identity}`;

const ATTRIBUTES: Readonly<Record<string, string>> = { C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' };

/** `C=CH, O=Lab, CN=one`. */
function nameOf(text: string): Uint8Array {
  const parts = text.split(',').map((part) => part.trim().split('=') as [string, string]);
  return sequence(
    ...parts.map(([name, value]) =>
      setOf(sequence(oid(ATTRIBUTES[name] ?? '2.5.4.3'), name === 'C' ? tlv(0x13, Buffer.from(value)) : utf8(value))),
    ),
  );
}

const NULL = Uint8Array.of(0x05, 0);

/** How a key signs certificates. @see RFC 4055, RFC 5758, RFC 8410 */
function algorithmOf(key: KeyObject): { readonly identifier: Uint8Array; readonly hash: string | null } {
  if (key.asymmetricKeyType === 'ed25519') return { identifier: sequence(oid('1.3.101.112')), hash: null };
  if (key.asymmetricKeyType === 'rsa') return { identifier: sequence(oid('1.2.840.113549.1.1.11'), NULL), hash: 'sha256' };
  const [id, hash] = ECDSA[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? ['1.2.840.10045.4.3.2', 'sha256'];
  return { identifier: sequence(oid(id)), hash };
}

const ECDSA: Readonly<Record<string, readonly [string, string]>> = {
  prime256v1: ['1.2.840.10045.4.3.2', 'sha256'],
  secp384r1: ['1.2.840.10045.4.3.3', 'sha384'],
  secp521r1: ['1.2.840.10045.4.3.4', 'sha512'],
};

/** RSA in its own form, which every daemon reads; the others in PKCS #8 or SEC 1 by their kind. */
function pemOf(key: KeyObject): string {
  const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs8';
  return key.export({ type, format: 'pem' }).toString();
}

const fileName = (identity: string): string => identity.replaceAll(/[^a-z0-9.-]/gi, '_');
const generate = promisify(generateKeyPair) as (type: string, options: object) => Promise<{ readonly privateKey: KeyObject }>;

/** A key that is here already, or a new one that is here from now on. */
async function keyOf(name: string, kind: KeyKind): Promise<KeyObject> {
  const file = join(PLACES.keys, `${name}.pem`);
  if (!existsSync(file)) {
    mkdirSync(PLACES.keys, { recursive: true, mode: 0o700 });
    const { privateKey } = await generate(...PARAMETERS[kind]);
    const growing = `${file}.${process.pid}`;
    writeFileSync(growing, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    renameSync(growing, file);
  }
  return createPrivateKey(readFileSync(file, 'utf8'));
}

const PARAMETERS: { readonly [K in KeyKind]: readonly [type: string, options: object] } = {
  rsa2048: ['rsa', { modulusLength: 2048 }],
  rsa4096: ['rsa', { modulusLength: 4096 }],
  ecdsa256: ['ec', { namedCurve: 'prime256v1' }],
  ecdsa384: ['ec', { namedCurve: 'secp384r1' }],
  ecdsa521: ['ec', { namedCurve: 'secp521r1' }],
  ed25519: ['ed25519', {}],
};
