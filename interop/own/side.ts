/** A neutral connection → what our exchanges are set up with, for either version. */
import { isIP } from 'node:net';
import { dnOf, type X509Certificate } from '../../src/ike/crypto/index.ts';
import { ikev1, ikev2, type Trust } from '../../src/ike/exchanges/index.ts';
import { addressOctets, parseRange } from '../../src/net/index.ts';
import { certificatesFromPem, credentialFromPem, nodeCrypto } from '../../src/node-crypto/index.ts';
import { NotationError, type Negotiation, parsePolicy, type Policy, type Want } from '../../src/proposals/index.ts';
import type { Connection, Party, Proof } from '../daemons/connection.ts';
import type { Given } from './orders.ts';

/** What one side of a connection comes to. Policies that are left out are nobody's: we have no defaults. */
export interface Side {
  readonly connection: Connection;
  readonly ike: Policy;
  readonly child: Policy | undefined;
  readonly identity: ikev2.Identity;
  readonly expected: ikev2.Identity | undefined;
  readonly own: readonly ikev2.ChildSa['ownTraffic'][number][];
  readonly peer: readonly ikev2.ChildSa['ownTraffic'][number][];
  readonly ikev1: ikev1.Authenticator;
  readonly ikev2: ikev2.Authenticator;
  readonly ppk?: ikev2.Ppk;
}

/** A side, or why there is none. */
export function sideOf(given: Given, addresses: { readonly own: string; readonly peer?: string }): Side | { readonly unsupported: string } {
  const { connection } = given;
  const { speaks, local, remote, ppk } = connection;
  try {
    const proofs = authenticators(given);
    if (speaks !== 'ikev2' && proofs.ikev1.methods.length === 0) return { unsupported: 'IKEv1 has no method for this key' };
    if (speaks !== 'ikev2' && ppk) return { unsupported: 'IKEv1 has no post-quantum preshared keys' };
    const negotiations: readonly [Negotiation, Negotiation] =
      speaks === 'ikev2' ? ['ikev2-ike', 'ikev2-child'] : ['ikev1-phase1', 'ikev1-phase2'];
    return {
      connection,
      ike: connection.ike === undefined ? [] : parsePolicy(connection.ike, negotiations[0]),
      child:
        connection.child === undefined
          ? undefined
          : parsePolicy(connection.child, negotiations[1]).map((bundle) => bundle.map(withoutExtended)),
      identity: identityOf(local.identity ?? addresses.own),
      expected: remote.identity === undefined ? undefined : identityOf(remote.identity),
      own: trafficOf(local, addresses.own),
      peer: trafficOf(remote, addresses.peer),
      ...proofs,
      ...(ppk && {
        ppk: { identity: ikev2.fixedPpk(Buffer.from(ppk.name)), key: Buffer.from(ppk.secret), ...(ppk.required && { required: true }) },
      }),
    };
  } catch (error) {
    if (error instanceof NotationError) return { unsupported: error.message };
    throw error;
  }

  /** Whoever does not speak of extended sequence numbers does without, and in IKEv2 has to say so. */
  function withoutExtended(want: Want): Want {
    return speaks !== 'ikev2' || want.slots.has('esn') ? want : { ...want, slots: new Map([...want.slots, ['esn', [{ id: 0 }]]]) };
  }
}

/** The body of an ID payload. */
function identityOf(text: string): ikev2.Identity {
  const family = isIP(text);
  if (family !== 0) return { idType: family === 4 ? 1 : 5, data: addressOctets(text) };
  const name = text.includes('=') ? dnOf(text) : undefined;
  return name ? { idType: 9, data: name } : { idType: text.includes('@') ? 3 : 2, data: Buffer.from(text) };
}

function trafficOf({ traffic, address }: Party, fallback: string | undefined): Side['own'] {
  const networks = traffic ?? [address === 'any' ? (fallback ?? '0.0.0.0/0') : address];
  return networks.flatMap((network) => {
    const range = parseRange(network);
    return range ? [ikev2.trafficRange(range.start, range.end)] : [];
  });
}

/** Each side may prove in its own way: we sign by what is ours, and check the peer by what is its. */
function authenticators(given: Given): Pick<Side, 'ikev1' | 'ikev2'> {
  const { local, remote } = given.connection;
  const [own, peer] = [one(given, local.proof), one(given, remote.proof)];
  const { request } = peer.ikev2;
  return {
    ikev1: own.ikev1,
    ikev2: { sign: own.ikev2.sign, verify: peer.ikev2.verify, ...(request && remote.proof.kind === 'certificate' && { request }) },
  };
}

function one(given: Given, proof: Proof): Pick<Side, 'ikev1' | 'ikev2'> {
  const { identity } = given.connection.remote;
  const expected = identity === undefined ? undefined : identityOf(identity);
  if (proof.kind === 'psk') {
    const key = Buffer.from(proof.secret);
    return { ikev1: ikev1.preSharedKey(key, expected), ikev2: ikev2.sharedKey(key) };
  }
  const read = given.chain && credentialFromPem(given.chain.certificates, given.chain.key);
  const trust: Trust = { provider: nodeCrypto, roots: rootsOf(given.root), now: Date.now() };
  if (!read?.ok) throw new RangeError('a certificate without a key that fits');
  const { credential } = read;
  const padding = proof.rsa === 'pss' ? 'pss' : 'pkcs1';
  const certificates = ikev2.certificates({ ...trust, credential, rsa: padding });
  // The method of RFC 7296 is what is left when the peer is thought to take no other.
  const classic: ikev2.Authenticator['sign'] = (octets, how) => certificates.sign(octets, { ...how, hashes: [] });
  return {
    ikev1: ikev1.certificates({ ...trust, credential, ...(expected && { expected }) }),
    ikev2: proof.rsa === 'classic' ? { ...certificates, sign: classic } : certificates,
  };
}

const rootsOf = (pem: string | undefined): readonly X509Certificate[] => (pem === undefined ? [] : (certificatesFromPem(pem) ?? []));
