/**
 * Connections → iked.conf and the files below /etc/iked. It speaks IKEv2 only, and has one private key for everything.
 *
 * @see iked.conf(5), iked(8)
 */
import { readOpeniked } from '../../src/proposals/index.ts';
import type { Authority, Chain } from './authority.ts';
import type { ConfigFile, Connection, Party, Proof } from './connection.ts';
import { childProtocol, openikedSpelling, openikedTexts, type Words, wordsOf } from './policies.ts';
import { withoutIkev1 } from './releases.ts';

/** What iked is given. */
export interface OpenikedRendering {
  /** iked.conf, one policy a line; `name` of the others is relative to /etc/iked. */
  readonly files: readonly ConfigFile[];
  /** Which line of iked.conf is whose. */
  readonly lines: readonly (string | undefined)[];
  readonly doubts: ReadonlyMap<string, string>;
}

/** The whole configuration; `active` are the connections that iked begins by itself. */
export async function openikedConfig(
  connections: readonly Connection[],
  authority: Authority,
  active: readonly string[] = [],
): Promise<OpenikedRendering> {
  const doubts = new Map<string, string>();
  const globals = [
    'set nomobike',
    ...(connections.some(({ fragmentation = 'yes' }) => fragmentation !== 'no') ? ['set fragmentation'] : []),
    ...(connections.some(isChained) ? ['set cert_partial_chain'] : []),
  ];
  const files: ConfigFile[] = [];
  const policies: string[] = [];
  const lines: (string | undefined)[] = globals.map(() => undefined);
  let owner: Chain | undefined;
  for (const connection of connections) {
    const { name, local, remote } = connection;
    const printed = (part: 'ike' | 'child'): Words | undefined => wordsOf(connection, part, 'openiked', openikedTexts, openikedSpelling);
    const [ike, child] = connection.speaks === 'ikev2' ? [printed('ike'), printed('child')] : [];
    const doubt = refusal(connection) ?? ike?.doubt ?? child?.doubt ?? dropped(child?.texts);
    if (doubt !== undefined) doubts.set(name, doubt);
    if (refusal(connection) !== undefined) continue;
    if (remote.proof.kind === 'certificate')
      files.push({ name: `ca/${remote.proof.key}.crt`, text: await authority.root(remote.proof.key) });
    if (local.proof.kind === 'certificate') {
      const chain = await authority.chain({ ...local.proof, identity: local.identity ?? local.address });
      if (owner !== undefined && owner.key !== chain.key) {
        doubts.set(name, 'iked has one private key, and another connection has it');
        continue;
      }
      owner = chain;
      files.push(...certificateFiles(name, chain));
    }
    policies.push(policyOf(connection, ike?.texts, child?.texts, active.includes(name)));
    lines.push(name);
  }
  const text = [...globals, ...policies].map((line) => `${line}\n`).join('');
  return { files: [{ name: 'iked.conf', text }, ...new Map(files.map((file) => [file.name, file])).values()], lines, doubts };
}

const isChained = ({ local, remote }: Connection): boolean =>
  [local, remote].some(({ proof }) => proof.kind === 'certificate' && proof.issuer === 'intermediate');

function certificateFiles(name: string, chain: Chain): ConfigFile[] {
  return [
    { name: `certs/${name}.crt`, text: [chain.certificate, ...chain.intermediates].join('') },
    ...chain.intermediates.map((text, i) => ({ name: `ca/${name}-${i}.crt`, text })),
    { name: 'private/local.key', text: chain.key },
  ];
}

/** What iked has no words for at all. */
function refusal({ speaks, local, remote, childless, ppk }: Connection): string | undefined {
  if (speaks !== 'ikev2') return withoutIkev1('openiked', '');
  if (local.proof.kind !== remote.proof.kind) return 'iked has one ikeauth for both sides';
  if (local.proof.kind === 'certificate' && local.proof.rsa === 'pss') return 'iked signs with PKCS #1 only';
  if (ppk) return 'iked has no post-quantum preshared keys';
  if (childless === true) return 'iked always asks for a child SA';
  return undefined;
}

/** On Linux a child with combined ciphers vanishes without a word, and an empty offer is all that is left. */
function dropped(child: readonly string[] | undefined): string | undefined {
  if (child === undefined || child.length === 0) return undefined;
  const { child: left } = readOpeniked(child.map((words) => `childsa ${words}`).join('\n'));
  return left.length === 0 ? `iked drops childsa ${child.join(', ')} on Linux` : undefined;
}

function policyOf(connection: Connection, ike: readonly string[] = [], child: readonly string[] = [], active: boolean): string {
  const { name, local, remote, mode = 'tunnel', lifetimes = {}, own } = connection;
  return [
    `ikev2 "${name}" ${active ? 'active' : 'passive'} ${mode === 'transport' ? 'transport ' : ''}${childProtocol(connection)}`,
    ...trafficOf(connection),
    `local ${local.address} peer ${remote.address}`,
    ...ike.map((words) => `ikesa ${words}`),
    ...child.map((words) => `childsa ${words}`),
    `srcid ${identityText(local.identity ?? local.address)}`,
    ...(remote.identity === undefined ? [] : [`dstid ${identityText(remote.identity)}`]),
    ...(lifetimes.ike === undefined ? [] : [`ikelifetime ${lifetimes.ike}`]),
    `lifetime ${lifetimes.child ?? 0}`,
    authWords(local.proof),
    ...(own?.openiked?.lines ?? []),
  ].join(' ');
}

/** Every pair of networks. */
function trafficOf({ local, remote }: Connection): readonly string[] {
  const networks = ({ traffic, address }: Party): readonly string[] => traffic ?? [address];
  return networks(local).flatMap((from) => networks(remote).map((to) => `from ${from} to ${to}`));
}

/** A distinguished name has slashes. */
function identityText(identity: string): string {
  if (!identity.includes('=')) return `"${identity}"`;
  return `"/${identity
    .split(',')
    .map((part) => part.trim())
    .join('/')}"`;
}

/** @see iked.conf(5): rsa signs with SHA1 as in RFC 7296, rfc7427 with SHA2-256 */
function authWords(proof: Proof): string {
  if (proof.kind === 'psk') return `psk "${proof.secret}"`;
  if (!proof.key.startsWith('rsa') || proof.rsa === undefined) return '';
  return proof.rsa === 'classic' ? 'rsa' : 'rfc7427';
}
