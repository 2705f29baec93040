/**
 * Credentials as the command line names them: files, standard input or the environment, never an argument's own text.
 *
 * Rule: no message of an error holds anything of a secret, not its length and not its first character.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { certificates as ikev1Certificates } from '../ike/exchanges/ikev1/certificates.ts';
import { preSharedKey } from '../ike/exchanges/ikev1/authenticator.ts';
import { sharedKey } from '../ike/exchanges/ikev2/authenticator.ts';
import { certificates as ikev2Certificates } from '../ike/exchanges/ikev2/certificates.ts';
import { identityOf } from '../ike/crypto/x509/certificate.ts';
import { type AddressRange, parseRange } from '../net/addresses.ts';
import { certificatesFromPem, type CredentialFault, credentialFromPem } from '../node-crypto/credentials.ts';
import { nodeCrypto } from '../node-crypto/node-crypto.ts';
import { type Identity, parseIdentity } from '../probe/sessions/identity.ts';
import type { Credentials, SessionMeans } from '../probe/sessions/means.ts';
import { type CredentialFlags, PSK_VARIABLE } from './credential-flags.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { quoted } from './notation.ts';

/** The means of a session. `now`: milliseconds since 1970. @throws UsageError with the option or file */
export async function sessionMeans(flags: CredentialFlags, io: Io, now: number): Promise<SessionMeans> {
  const networks = (name: '--local-ts' | '--remote-ts', text: string | undefined): readonly AddressRange[] | undefined =>
    text === undefined ? undefined : rangesOf(name, text);
  const [ownNetworks, peerNetworks] = [networks('--local-ts', flags.localTs), networks('--remote-ts', flags.remoteTs)];
  return {
    provider: nodeCrypto,
    random: (length) => Uint8Array.from(randomBytes(length)),
    credentials: await credentialsOf(flags, io, now),
    ...(ownNetworks && { ownNetworks }),
    ...(peerNetworks && { peerNetworks }),
  };
}

async function credentialsOf(flags: CredentialFlags, io: Io, now: number): Promise<Credentials> {
  const peerIdentity = identity('--peer-id', flags.peerId);
  const own = identity('--id', flags.id);
  const expected = peerIdentity && { peerIdentity };
  if (flags.cert !== undefined) {
    if (flags.pskFile !== undefined) throw new UsageError('ERR_USAGE_CONFLICT', '--psk-file and --cert exclude each other');
    return { ...(await byCertificate(flags, io, now, peerIdentity)), ...(own && { identity: own }), ...expected };
  }
  for (const [flag, name] of [
    ['key', '--key'],
    ['ca', '--ca'],
  ] as const) {
    if (flags[flag] !== undefined) throw new UsageError('ERR_USAGE_CONFLICT', `${name} needs --cert`);
  }
  const psk = await preSharedKeyOf(flags, io);
  return {
    proving: 'psk',
    ikev1: preSharedKey(psk, peerIdentity),
    ikev2: sharedKey(psk),
    ...(own && { identity: own }),
    ...expected,
  };
}

async function byCertificate(flags: CredentialFlags, io: Io, now: number, expected: Identity | undefined): Promise<Credentials> {
  const { cert = '', key, ca } = flags;
  if (key === undefined) throw new UsageError('ERR_USAGE_CONFLICT', '--cert needs --key', 'the private key, as PEM, not encrypted');
  if (ca === undefined)
    throw new UsageError('ERR_USAGE_CONFLICT', '--cert needs --ca', "the authority that issued the peer's certificate, as PEM");
  const read = credentialFromPem(await io.readText(cert), await io.readText(key));
  if (!read.ok) {
    const [file, words] = CREDENTIAL_FAULTS[read.fault];
    throw new UsageError('ERR_USAGE_FILE', `${file === '--key' ? key : cert}: ${words}`);
  }
  const roots = certificatesFromPem(await io.readText(ca));
  if (roots === undefined || roots.length === 0)
    throw new UsageError('ERR_USAGE_FILE', `${ca}: holds no certificate that can be read`, 'PEM');
  const setup = { provider: nodeCrypto, credential: read.credential, roots, now };
  const [own] = read.chain;
  return {
    proving: 'certificate',
    ikev1: ikev1Certificates({ ...setup, ...(expected && { expected }) }),
    ikev2: ikev2Certificates(setup),
    certificate: { chain: read.chain, roots, now },
    ...(own && { identity: identityOf(own) }),
  };
}

const CREDENTIAL_FAULTS: Readonly<Record<CredentialFault, readonly ['--cert' | '--key', string]>> = {
  'no-certificate': ['--cert', 'holds no certificate'],
  'certificate-unreadable': ['--cert', 'holds a certificate that cannot be read'],
  'key-unreadable': ['--key', 'holds no private key that can be read (PEM: PKCS#8, PKCS#1 or SEC1, not encrypted)'],
  'key-unsupported': ['--key', 'holds a key of a kind that IKE does not sign with'],
  'key-of-another-certificate': ['--key', 'is not the key of the certificate'],
};

/** The text of a file without its last end of line; `0x…` is hexadecimal, `0s…` base64, as in swanctl.conf and ipsec.secrets. */
async function preSharedKeyOf({ pskFile }: CredentialFlags, io: Io): Promise<Uint8Array> {
  const name = pskFile ?? PSK_VARIABLE;
  const text = (pskFile === undefined ? (io.env[PSK_VARIABLE] ?? '') : await io.readText(pskFile)).replace(/\r?\n$/, '');
  if (text === '') throw new UsageError('ERR_USAGE_FILE', `${name}: holds no pre-shared key`, 'the key alone, as text, 0x… or 0s…');
  if (/[\r\n]/.test(text))
    throw new UsageError('ERR_USAGE_FILE', `${name}: holds more than one line`, 'the key alone, as text, 0x… or 0s…');
  const wrong = (form: string): UsageError =>
    new UsageError('ERR_USAGE_FILE', `${name}: what follows is not ${form}`, 'the key alone, as text, 0x… or 0s…');
  if (/^0x/i.test(text)) {
    if (!/^0x(?:[0-9a-f]{2})+$/i.test(text)) throw wrong('hexadecimal');
    return Uint8Array.from(Buffer.from(text.slice(2), 'hex'));
  }
  if (text.startsWith('0s')) {
    if (!/^0s[A-Za-z0-9+/]+={0,2}$/.test(text)) throw wrong('base64');
    return Uint8Array.from(Buffer.from(text.slice(2), 'base64'));
  }
  return new TextEncoder().encode(text);
}

function identity(name: '--id' | '--peer-id', text: string | undefined): Identity | undefined {
  if (text === undefined) return undefined;
  const read = parseIdentity(text);
  if (read !== undefined) return read;
  throw new UsageError(
    'ERR_USAGE_ARGUMENT',
    `${name} ${quoted(text)}: not an identity`,
    'vpn.example, user@example, 192.0.2.1, "C=CH, CN=moon", keyid:office',
  );
}

function rangesOf(name: '--local-ts' | '--remote-ts', text: string): readonly AddressRange[] {
  return text.split(',').map((word) => {
    const range = parseRange(word.trim());
    if (range !== undefined) return range;
    throw new UsageError(
      'ERR_USAGE_ARGUMENT',
      `${name} ${quoted(word.trim())}: not a network`,
      '10.1.0.0/16, 192.0.2.1, 10.0.0.1-10.0.0.9, separated by commas',
    );
  });
}
