/**
 * Connections → ipsec.conf, ipsec.secrets, and what is to be in the NSS database.
 *
 * IKEv1 is dropped by default since 4.0; here it is accepted.
 *
 * @see ipsec.conf(5), ipsec.secrets(5)
 */
import { isIP } from 'node:net';
import type { Authority, Chain } from './authority.ts';
import { type CertificateProof, type ConfigFile, type Connection, familyOf, type Party, type Proof } from './connection.ts';
import { PATIENCE, type Patience } from './peer.ts';
import { childProtocol, childTraits, libreswanSpelling, libreswanTexts, type Words, wordsOf } from './policies.ts';

/** What pluto is given. */
export interface LibreswanRendering {
  readonly files: readonly ConfigFile[];
  /** What the database has to hold, by nickname. */
  readonly roots: ReadonlyMap<string, string>;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly doubts: ReadonlyMap<string, string>;
}

/** The whole configuration. */
export async function libreswanConfig(
  connections: readonly Connection[],
  release: string,
  authority: Authority,
  patience: Patience = PATIENCE,
): Promise<LibreswanRendering> {
  const doubts = new Map<string, string>();
  const roots = new Map<string, string>();
  const chains = new Map<string, Chain>();
  const sections: string[] = [];
  for (const connection of connections) {
    const { name, local, remote } = connection;
    const printed = (part: 'ike' | 'child'): Words | undefined =>
      wordsOf(connection, part, 'libreswan', (policy, negotiation) => libreswanTexts(policy, negotiation, release), libreswanSpelling);
    const [ike, child] = [printed('ike'), printed('child')];
    const doubt = ike?.doubt ?? child?.doubt ?? otherDoubt(connection);
    if (doubt !== undefined) doubts.set(name, doubt);
    if (remote.proof.kind === 'certificate') roots.set(rootName(remote.proof), await authority.root(remote.proof.key));
    if (local.proof.kind === 'certificate')
      chains.set(nickname(local), await authority.chain({ ...local.proof, identity: local.identity ?? local.address }));
    sections.push(sectionOf(connection, release, ike?.texts, child?.texts, patience));
  }
  const setup = 'config setup\n    uniqueids=no\n    ikev1-policy=accept\n';
  const files = [
    { name: 'ipsec.conf', text: setup + sections.join('') },
    { name: 'ipsec.secrets', text: [...new Set(connections.flatMap(secretsOf))].join('') },
  ];
  return { files, roots, chains, doubts };
}

const rootName = ({ key }: CertificateProof): string => `root-${key}`;

/** The nicknames that a connection needs. */
export function nicknamesOf({ local, remote }: Connection): readonly string[] {
  return [
    ...(remote.proof.kind === 'certificate' ? [rootName(remote.proof)] : []),
    ...(local.proof.kind === 'certificate' ? [nickname(local)] : []),
  ];
}

/** A name for the certificate of a party; the same for the same. */
function nickname({ identity, address, proof }: Party): string {
  const of = proof.kind === 'certificate' ? `${proof.key}-${proof.issuer ?? 'root'}-${proof.validity ?? 'valid'}` : '';
  return `${(identity ?? address).replaceAll(/[^a-z0-9.-]/gi, '_')}-${of}`;
}

/** `rsa-sha2` is PSS, `rsa-sha1` the method of RFC 7296; `rsasig` takes everything, and shows PSS where it can. */
function otherDoubt({ local: { proof }, speaks, childless }: Connection): string | undefined {
  if (childless === true) return 'libreswan always asks for a child SA';
  if (proof.kind !== 'certificate' || speaks !== 'ikev2' || proof.rsa !== 'pkcs1' || !proof.key.startsWith('rsa')) return undefined;
  return 'libreswan has no authby that signs with PKCS #1 and SHA2';
}

function sectionOf(
  connection: Connection,
  release: string,
  ike: readonly string[] | undefined,
  child: readonly string[] | undefined,
  patience: Patience,
): string {
  const { name, speaks, local, remote, mode = 'tunnel', lifetimes = {}, fragmentation = 'yes' } = connection;
  const { pfs, esn } = childTraits(connection);
  const version = speaks === 'ikev2' ? 'ikev2' : 'ikev1';
  const lines = [
    `hostaddrfamily=ipv${familyOf(connection)}`,
    `left=${addressOf(local)}`,
    ...identityLine('left', local),
    ...trafficLine('left', local),
    `right=${addressOf(remote)}`,
    ...identityLine('right', remote),
    ...trafficLine('right', remote),
    ...authLines(connection),
    'leftupdown=%disabled',
    Number(release.split('.')[0]) >= 5 ? `keyexchange=${version}` : `ikev2=${version === 'ikev2' ? 'yes' : 'no'}`,
    `aggressive=${speaks === 'ikev1-aggressive' ? 'yes' : 'no'}`,
    ...(ike ? [`ike=${ike.join(',')}`] : []),
    ...(child ? [`phase2=${childProtocol(connection)}`, `phase2alg=${child.join(',')}`] : []),
    `pfs=${pfs ? 'yes' : 'no'}`,
    ...(esn.length === 0 ? [] : [`esn=${esn.length > 1 ? 'either' : esn[0] === 1 ? 'yes' : 'no'}`]),
    `type=${mode}`,
    `fragmentation=${fragmentation}`,
    ...(connection.ppk ? [`ppk=${connection.ppk.required ? 'insist' : 'yes'}`] : []),
    ...(lifetimes.ike === undefined ? [] : [`ikelifetime=${lifetimes.ike}s`]),
    ...(lifetimes.child === undefined ? [] : [`salifetime=${lifetimes.child}s`]),
    ...(lifetimes.ike === undefined && lifetimes.child === undefined ? ['rekey=no'] : ['rekeymargin=1s', 'rekeyfuzz=0%']),
    // It waits twice as long each time.
    `retransmit-interval=${patience.seconds * 1000}`,
    `retransmit-timeout=${Math.ceil(patience.seconds * (2 ** (patience.tries + 1) - 1))}s`,
    'auto=ignore',
    ...(connection.own?.libreswan?.lines ?? []),
  ];
  return `\nconn ${name}\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

const addressOf = ({ address }: Party): string => (address === 'any' ? '%any' : address);

function identityLine(side: 'left' | 'right', { identity }: Party): string[] {
  return identity === undefined ? [] : [`${side}id=${identityText(identity)}`];
}

/** A name has an @ in front, an address and `user@host` nothing, a distinguished name quotes. */
function identityText(identity: string): string {
  if (identity.includes('=')) return `"${identity}"`;
  return isIP(identity) || identity.includes('@') ? identity : `@${identity}`;
}

function trafficLine(side: 'left' | 'right', { traffic }: Party): string[] {
  if (traffic === undefined) return [];
  const [one, ...more] = traffic;
  return more.length > 0 ? [`${side}subnets=${traffic.join(',')}`] : [`${side}subnet=${one}`];
}

function authLines({ speaks, local, remote }: Connection): readonly string[] {
  const [own, peer] = [authWord(local.proof, speaks), authWord(remote.proof, speaks)];
  const chained = local.proof.kind === 'certificate' && local.proof.issuer === 'intermediate' ? ['sendca=issuer'] : [];
  const certificate = local.proof.kind === 'certificate' ? [`leftcert=${nickname(local)}`, 'leftsendcert=always', ...chained] : [];
  const authority = remote.proof.kind === 'certificate' ? ['rightca=%same'] : [];
  const mixed = local.proof.kind !== remote.proof.kind;
  return [
    ...certificate,
    ...(local.proof.kind === 'certificate' ? authority : []),
    ...(mixed ? [`leftauth=${own}`, `rightauth=${peer}`] : [`authby=${own}`]),
  ];
}

function authWord(proof: Proof, speaks: Connection['speaks']): string {
  if (proof.kind === 'psk') return 'secret';
  if (!proof.key.startsWith('rsa')) return 'ecdsa';
  if (speaks !== 'ikev2' || proof.rsa === undefined) return 'rsasig';
  return proof.rsa === 'classic' ? 'rsa-sha1' : 'rsa-sha2';
}

/** `@one @other : PSK "…"`; without a peer for everybody. */
function secretsOf({ local, remote, ppk }: Connection): readonly string[] {
  const own = identityText(local.identity ?? addressOf(local));
  const peer = remote.identity === undefined ? '%any' : identityText(remote.identity);
  const proofs = [local.proof, remote.proof].filter((proof) => proof.kind === 'psk');
  return [
    ...proofs.map((proof) => `${own} ${peer} : PSK "${proof.secret}"\n`),
    ...(ppk ? [`${own} ${peer} : PPKS "${ppk.name}" "${ppk.secret}"\n`] : []),
  ];
}
