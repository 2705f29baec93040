/**
 * What is worth changing in how a peer protects traffic, and what will go wrong when its lifetimes are over.
 *
 * @module
 */
import type { RekeyView } from '../probe/result.ts';
import { orList } from './explain.ts';
import { accepts, type Facts, type FindingRule, type Hit, join } from './finding-rule.ts';

/** The rules over child SAs and sessions, worst first inside a subject. */
export const CHILD_RULES: readonly FindingRule[] = [
  {
    id: 'rekey-child',
    severity: 'high',
    reference: 'RFC 7296 §1.3, §2.17',
    find: rekeyRefused('child', (rekey) => rekey.group === 'none'),
    text: (what) =>
      `A child SA without PFS comes up within IKE_AUTH and cannot be rekeyed: ${what} was refused just now. Such a tunnel ends with its first lifetime.`,
    fix: groupsToAdd,
  },
  {
    id: 'rekey-child-pfs',
    severity: 'high',
    reference: 'RFC 7296 §1.3, §2.17',
    find: rekeyRefused('child', (rekey) => rekey.group !== 'none'),
    text: (what) =>
      `A child SA comes up within IKE_AUTH, where no groups are spoken of, and cannot be rekeyed with PFS: ${what} was refused just now. Such a tunnel ends with its first lifetime.`,
    fix: 'Have both sides name the same groups for PFS in their proposals for ESP, or none on both.',
  },
  {
    id: 'rekey-ike',
    severity: 'high',
    reference: 'RFC 7296 §1.3.2',
    find: rekeyRefused('ike', () => true),
    text: (what) => `The IKE SA cannot be rekeyed with the suite that it was made with: ${what} was refused just now.`,
    fix: 'Look in the log of the peer for what it wants of a rekeying; until then the tunnel ends with the lifetime of its IKE SA.',
  },
  {
    id: 'esp-des',
    severity: 'critical',
    reference: 'RFC 8221 §5: MUST NOT',
    find: accepts(/^des$/),
    text: () => 'ESP with single DES is accepted: its 56-bit key is searched in hours.',
    fix: 'Remove DES from the proposals for ESP.',
  },
  {
    id: 'esp-without-integrity',
    severity: 'high',
    reference: 'RFC 8221 §4',
    find: withoutIntegrity,
    text: (what) => `ESP without integrity is accepted: ${what}. What is encrypted can be changed on the way.`,
    fix: 'Name an integrity algorithm in every proposal, or use AES-GCM.',
  },
  {
    id: 'esp-null',
    severity: 'medium',
    reference: 'RFC 8221 §5',
    find: accepts(/^(?:null|encryption:(?:21|23)\/\d+)$/),
    text: () => 'ESP without encryption is accepted: traffic may be agreed to go in clear.',
    fix: 'Remove NULL from the proposals, unless integrity alone is what is wanted.',
  },
  {
    id: 'esp-64bit-block',
    severity: 'medium',
    reference: 'RFC 8221 §5: SHOULD NOT, CVE-2016-2183',
    find: accepts(/^(?:3des|idea|blowfish|cast|rc5)/),
    text: (what) => `Traffic may be encrypted with 64-bit blocks: ${what}. After some gigabytes under one key blocks repeat.`,
    fix: 'Use AES.',
  },
  {
    id: 'esp-md5',
    severity: 'medium',
    reference: 'RFC 8221 §6: MUST NOT',
    find: accepts(/^md5$/),
    text: () => 'MD5 is accepted for the integrity of traffic.',
    fix: 'Use SHA-256 or AES-GCM.',
  },
  {
    id: 'esp-sha1',
    severity: 'low',
    reference: 'RFC 8221 §6: MUST-',
    find: accepts(/^sha1$/),
    text: () => 'SHA-1 is accepted for the integrity of traffic. As HMAC it is not broken.',
    fix: 'Use SHA-256 or AES-GCM where all peers can.',
  },
  {
    id: 'pfs-weak-group',
    severity: 'medium',
    reference: 'RFC 8247 §2.4',
    find: accepts(/^modp(?:768|1024|1536|1024s160|2048s\d+)$/),
    text: (what) => `PFS with a weak group is accepted: ${what}.`,
    fix: 'Use group 14 or better: ecp256, x25519, modp3072.',
  },
  {
    id: 'pfs-not-asked',
    severity: 'info',
    reference: 'RFC 7296 §2.12',
    find: withoutPfs,
    text: () => 'Child SAs without a key exchange of their own are accepted: whoever learns the keys of the IKE SA has theirs too.',
    fix: 'Name a group in the proposals for ESP on both sides, where that matters.',
  },
];

/** The groups with which the peer takes child SAs, if any is known. */
function groupsToAdd({ exchanges }: Facts): string {
  const suites = exchanges.flatMap(({ accepted }) => accepted.map(({ suite }) => suite));
  const groups = [...new Set(suites.flatMap((suite) => /-((?:modp|ecp|ec2n|x25519|x448)\w*)/.exec(suite)?.[1] ?? []))];
  const both = 'Have both sides name the same groups for PFS in their proposals for ESP, or none on both';
  return groups.length === 0
    ? `${both}.`
    : `${both}. The peer takes ${orList(groups)}: add ${groups.length === 1 ? 'it' : 'one of them'} on our side, or take the group out there.`;
}

function rekeyRefused(what: RekeyView['what'], of: (rekey: RekeyView) => boolean): FindingRule['find'] {
  return ({ sessions = [] }) =>
    join(
      sessions
        .flatMap(({ rekeys }) => rekeys)
        .filter((rekey) => rekey.what === what && rekey.state === 'refused' && of(rekey))
        .map((rekey): Hit => ({ what: [rekey.offered], basis: 'observed', evidence: rekey.evidence })),
    );
}

/** A cipher that is no AEAD, and nothing beside it but a group and the size of sequence numbers. */
function withoutIntegrity({ exchanges }: Facts): Hit | undefined {
  const hits = exchanges.flatMap(({ accepted }) => accepted.filter(({ suite }) => BARE.test(suite)));
  return join(hits.map(({ suite, basis, evidence }) => ({ what: [suite], basis, evidence })));
}

const BARE = /^(?:null|des|3des|idea|(?:aes|camellia|cast|blowfish)\d*(?:ctr)?)(?:-(?:modp|ecp|ec2n|x25519|x448)\w*)?(?:-esn)?$/;

function withoutPfs({ exchanges }: Facts): Hit | undefined {
  const hits = exchanges.flatMap(({ accepted }) => accepted.filter(({ suite }) => !/-(?:modp|ecp|ec2n|x25519|x448|group:)/.test(suite)));
  return join(hits.slice(0, 1).map(({ suite, basis, evidence }) => ({ what: [suite], basis, evidence })));
}
