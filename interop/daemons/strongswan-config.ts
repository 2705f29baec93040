/**
 * Connections → swanctl.conf, with the certificates beside it.
 *
 * IKEv1 looks at one connection only (the best match of addresses), so all its proposals stand in one list. IKEv2 would try further ones.
 *
 * @see swanctl.conf(5)
 */
import type { Authority } from './authority.ts';
import type { ConfigFile, Connection, Party, Proof } from './connection.ts';
import { childProtocol, strongswanTexts, type Words, wordsOf } from './policies.ts';
import { withoutIkev1 } from './releases.ts';

/** What swanctl is given: files below its directory, `swanctl.conf` among them. */
export interface StrongswanRendering {
  readonly files: readonly ConfigFile[];
  /** Connections that charon would have to refuse, and does not say so when it loads them. */
  readonly doubts: ReadonlyMap<string, string>;
}

/** The whole configuration. */
export async function strongswanConfig(
  connections: readonly Connection[],
  release: string,
  authority: Authority,
): Promise<StrongswanRendering> {
  const doubts = new Map<string, string>();
  const files: ConfigFile[] = [];
  const sections: string[] = [];
  const secrets: string[] = [];
  for (const connection of connections) {
    const printed = (part: 'ike' | 'child'): Words | undefined =>
      wordsOf(connection, part, 'strongswan', (policy) => strongswanTexts(policy, release), undefined, 'ikev2');
    const [ike, child] = [printed('ike'), printed('child')];
    const doubt = refusal(connection, release) ?? ike?.doubt ?? child?.doubt;
    if (doubt !== undefined) doubts.set(connection.name, doubt);
    sections.push(sectionOf(connection, ike?.texts, child?.texts));
    secrets.push(...secretsOf(connection));
    files.push(...(await certificatesOf(connection, authority)));
  }
  const text = `connections {\n${sections.join('')}}\nsecrets {\n${secrets.join('')}}\n`;
  return { files: [...unique(files), { name: 'swanctl.conf', text }], doubts };
}

/** What charon says only when it is to begin. */
function refusal({ speaks, local, remote }: Connection, release: string): string | undefined {
  if (speaks === 'ikev2') return undefined;
  const none = withoutIkev1('strongswan', release);
  if (none !== undefined) return none;
  const strange = [local, remote].some(({ proof }) => proof.kind === 'certificate' && proof.key === 'ed25519');
  return strange ? 'IKEv1 has no method for Ed25519' : undefined;
}

function sectionOf(connection: Connection, ike: readonly string[] | undefined, child: readonly string[] | undefined): string {
  const { name, speaks, local, remote, mode = 'tunnel', lifetimes = {}, fragmentation = 'yes', own } = connection;
  const line = (key: string, value: string | number): string => `    ${key} = ${value}\n`;
  const traffic = ({ traffic: networks }: Party): string => networks?.join(', ') ?? 'dynamic';
  return [
    `  ${name} {\n`,
    line('version', speaks === 'ikev2' ? 2 : 1),
    ...(speaks === 'ikev1-aggressive' ? [line('aggressive', 'yes')] : []),
    line('local_addrs', addressOf(local)),
    line('remote_addrs', addressOf(remote)),
    ...(ike ? [line('proposals', ike.join(', '))] : []),
    line('fragmentation', fragmentation),
    ...(connection.childless ? [line('childless', 'force')] : []),
    line('mobike', 'no'),
    ...(connection.ppk ? [line('ppk_id', connection.ppk.name), line('ppk_required', connection.ppk.required ? 'yes' : 'no')] : []),
    ...(lifetimes.ike === undefined ? [] : [line('rekey_time', `${lifetimes.ike}s`), line('rand_time', 0)]),
    line('send_cert', 'always'),
    partyOf('local', connection, local),
    partyOf('remote', connection, remote),
    `    children {\n      ${name} {\n`,
    ...[
      ...(child ? [line(`${childProtocol(connection)}_proposals`, child.join(', '))] : []),
      line('mode', mode),
      line('local_ts', traffic(local)),
      line('remote_ts', traffic(remote)),
      ...(lifetimes.child === undefined ? [] : [line('rekey_time', `${lifetimes.child}s`), line('rand_time', 0)]),
    ].map((text) => `    ${text}`),
    '      }\n    }\n',
    ...(own?.strongswan?.lines ?? []).map((text) => `    ${text}\n`),
    '  }\n',
  ].join('');
}

const addressOf = ({ address }: Party): string => (address === 'any' ? '%any' : address);

function partyOf(side: 'local' | 'remote', { name, speaks }: Connection, { identity, proof }: Party): string {
  return [
    `    ${side} {\n`,
    `      auth = ${side === 'local' ? authOf(proof, speaks) : bareAuth(proof)}\n`,
    ...(identity === undefined ? [] : [`      id = "${identity}"\n`]),
    ...(side === 'local' && proof.kind === 'certificate' ? [`      certs = ${name}.pem\n`] : []),
    '    }\n',
  ].join('');
}

const bareAuth = ({ kind }: Proof): string => (kind === 'psk' ? 'psk' : 'pubkey');

/** The word for a proof of ours. What signs in which way can be said of signatures of RFC 7427 only. */
function authOf(proof: Proof, speaks: Connection['speaks']): string {
  if (proof.kind === 'psk') return bareAuth(proof);
  if (speaks !== 'ikev2' || !proof.key.startsWith('rsa') || proof.rsa === undefined || proof.rsa === 'classic') return 'pubkey';
  return proof.rsa === 'pss' ? 'rsa/pss-sha256' : 'rsa-sha256';
}

function secretsOf({ name, local, remote, ppk }: Connection): readonly string[] {
  // A secret of one known identity alone is for nobody else: one for everybody has none.
  const owners = remote.identity === undefined ? [] : [local.identity ?? local.address, remote.identity];
  const ids = owners.map((id, i) => `    id-${i} = "${id}"\n`).join('');
  const secrets = [local, remote].flatMap(({ proof }) => (proof.kind === 'psk' ? proof.secret : []));
  return [
    ...[...new Set(secrets)].map((secret, i) => `  ike-${name}-${i} {\n${ids}    secret = "${secret}"\n  }\n`),
    ...(ppk ? [`  ppk-${name} {\n    id = "${ppk.name}"\n    secret = "${ppk.secret}"\n  }\n`] : []),
  ];
}

/** What stands below the directories of swanctl. */
async function certificatesOf({ name, local, remote }: Connection, authority: Authority): Promise<ConfigFile[]> {
  const files: ConfigFile[] = [];
  if (remote.proof.kind === 'certificate')
    files.push({ name: `x509ca/${remote.proof.key}.pem`, text: await authority.root(remote.proof.key) });
  if (local.proof.kind !== 'certificate') return files;
  const chain = await authority.chain({ ...local.proof, identity: local.identity ?? local.address });
  return [
    ...files,
    { name: `x509/${name}.pem`, text: chain.certificate },
    ...chain.intermediates.map((text) => ({ name: `x509/${name}-intermediate.pem`, text })),
    { name: `private/${name}.pem`, text: chain.key },
  ];
}

const unique = (files: readonly ConfigFile[]): ConfigFile[] => [...new Map(files.map((file) => [file.name, file])).values()];
