/**
 * One side of a connection as plain data, in the project's own words. Each daemon's adapter makes its configuration of it.
 *
 * Rule 1: nothing here is of one daemon; `own` is the only way out, for what no neutral word says.
 * Rule 2: what is left out is the daemon's own default.
 * Rule 3: what a release cannot do is no error: it is `unsupported`, in that release's own terms.
 */
import type { KeyKind } from './authority.ts';
import type { PeerKind } from './peer.ts';

/** What a connection speaks. */
export type Speaks = 'ikev1-main' | 'ikev1-aggressive' | 'ikev2';

/** Who begins, and who is asked. */
export type Role = 'initiator' | 'responder';

/** One side's configuration. */
export interface Connection {
  /** Small letters, digits and hyphens. */
  readonly name: string;
  readonly speaks: Speaks;
  /** A policy in the suite notation, the best first: `aes256-aes128-sha256-modp2048,aes128gcm16-prfsha256-x25519`. */
  readonly ike?: string;
  /** The same for children. Its groups are PFS, none is none: `aes256-sha256-noesn`, `ah:sha256`. */
  readonly child?: string;
  readonly local: Party;
  readonly remote: Party;
  /** Default tunnel. */
  readonly mode?: 'tunnel' | 'transport';
  /** Seconds after which this side rekeys by itself; left out, it does not within the time of a test. */
  readonly lifetimes?: { readonly ike?: number; readonly child?: number };
  /** IKE fragmentation; default yes. `force`: even what would fit. */
  readonly fragmentation?: 'yes' | 'no' | 'force';
  /** As the initiator it asks for no child in IKE_AUTH. @see RFC 6023 */
  readonly childless?: true;
  /** A post-quantum preshared key beside the proof. @see RFC 8784 */
  readonly ppk?: { readonly name: string; readonly secret: string; readonly required?: true };
  /** In a daemon's own words. */
  readonly own?: { readonly [K in PeerKind]?: OwnWords };
}

/** What no neutral word says. */
export interface OwnWords {
  /** Proposals, each in the daemon's notation, instead of `ike` and `child`. Empty: its defaults. */
  readonly ike?: readonly string[];
  readonly child?: readonly string[];
  /** More lines of the connection: `key = value`, `key=value`, or a clause of iked's policy. */
  readonly lines?: readonly string[];
}

/** One end of a connection. */
export interface Party {
  /** An IPv4 or IPv6 address, or any. */
  readonly address: string;
  /** A domain name, an address, `user@host`, or a distinguished name (`CN=one`). Left out: of ourselves the address, of the peer anybody. */
  readonly identity?: string;
  readonly proof: Proof;
  /** Networks (`10.1.0.0/16`); left out, the address alone. */
  readonly traffic?: readonly string[];
}

/** How that end proves who it is. */
export type Proof = SharedKey | CertificateProof;

export interface SharedKey {
  readonly kind: 'psk';
  readonly secret: string;
}

/** A certificate of the lab's authority, made when it is needed: of a side of ours its own, of the peer one that is to be believed. */
export interface CertificateProof {
  readonly kind: 'certificate';
  readonly key: KeyKind;
  /** Default: the root itself. `intermediate`: a chain of three; `stranger`: a root that nobody trusts. */
  readonly issuer?: 'root' | 'intermediate' | 'stranger';
  /** Default valid. */
  readonly validity?: 'valid' | 'expired';
  /** How RSA signs in IKEv2 (RFC 7427); `classic` is RFC 7296's own method. Left out: as the daemon likes. */
  readonly rsa?: 'classic' | 'pkcs1' | 'pss';
}

/** A file that a daemon is given. */
export interface ConfigFile {
  readonly name: string;
  readonly text: string;
}

/** The same connection from the other side. */
export function mirrored(connection: Connection): Connection {
  const { local, remote } = connection;
  return { ...connection, local: remote, remote: local };
}

/** Which family a connection's addresses are of; 4 when neither says. */
export function familyOf({ local, remote }: Pick<Connection, 'local' | 'remote'>): 4 | 6 {
  return [local, remote].some(({ address }) => address.includes(':')) ? 6 : 4;
}

/** Texts with the secrets of connections taken out, for whoever shows them. */
export function withoutSecrets(text: string, connections: readonly Connection[]): string {
  const secrets = connections.flatMap(({ local, remote, ppk }) => [
    ...[local, remote].flatMap(({ proof }) => (proof.kind === 'psk' ? proof.secret : [])),
    ...(ppk ? [ppk.secret] : []),
  ]);
  return [...new Set(secrets)].reduce((shown, secret) => shown.replaceAll(secret, '(secret)'), text);
}
