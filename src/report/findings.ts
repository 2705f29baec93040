/**
 * What is worth changing on the peer, as a list of rules over the report.
 *
 * Rule 1: these rules are about IKE SAs; those about child SAs and sessions are in `session-findings.ts`.
 * Rule 2: a violation of a text is claimed only where the text itself was read; RFC 8247 is about IKEv2 and its levels are
 *         requirements on implementations, so for IKEv1 it is quoted as a measure, and IKEv1 falls under RFC 9395.
 *
 * @module
 */
import type { ExchangeReport, NoteCode, ProbeFinding, Severity } from '../probe/result.ts';
import { accepts, type Facts, type FindingRule, type Hit, join } from './finding-rule.ts';
import { CHILD_RULES } from './session-findings.ts';

/** What is about IKE SAs and what is about child SAs, each for its own rules. */
function apart(report: Facts, children: boolean): Facts {
  return { ...report, exchanges: report.exchanges.filter(({ exchange }) => isChildExchange(exchange) === children) };
}

const isChildExchange = (exchange: string): boolean => exchange === 'ikev1-quick' || exchange === 'ikev2-child';

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** Packets named per finding: enough to look it up, without listing a whole map. */
const EVIDENCE_SHOWN = 8;

/** The findings of a report, worst first; each rule at most once. */
export function findFindings(report: Facts): readonly ProbeFinding[] {
  const apply = (rules: readonly FindingRule[], facts: Facts): ProbeFinding[] =>
    rules.flatMap(({ find, text, id, severity, reference, fix }) => {
      const hit = find(facts);
      if (!hit) return [];
      const evidence = hit.evidence.slice(0, EVIDENCE_SHOWN);
      const advice = typeof fix === 'string' ? fix : fix(facts);
      return [{ id, severity, text: text(hit.what.join(', ')), reference, fix: advice, basis: hit.basis, evidence }];
    });
  const found = [...apply(FINDING_RULES, apart(report, false)), ...apply(CHILD_RULES, apart(report, true))];
  return found.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** Exchanges for which something holds; `what` is the exchange's name. */
function exchangesThat(holds: (exchange: ExchangeReport) => boolean): FindingRule['find'] {
  return ({ exchanges }) =>
    join(
      exchanges
        .filter(holds)
        .map((e) => ({ what: [e.exchange], basis: 'observed', evidence: e.accepted[0]?.evidence ?? e.why?.evidence ?? [] })),
    );
}

/** Notes of this kind. */
function noted(codes: readonly NoteCode[]): FindingRule['find'] {
  return ({ exchanges }) =>
    join(
      exchanges.flatMap(({ notes = [] }) =>
        notes.filter((n) => codes.includes(n.code)).map((n) => ({ what: [n.text], basis: 'observed' as const, evidence: n.evidence })),
      ),
    );
}

/** IKEv1 methods of this shape in accepted suites; '*' says nothing about methods. */
function acceptsMethod(pattern: RegExp, only?: string): FindingRule['find'] {
  return ({ exchanges }) =>
    join(
      exchanges
        .filter(({ exchange }) => exchange.startsWith('ikev1') && (only === undefined || exchange === only))
        .flatMap(({ accepted }) =>
          accepted.flatMap(({ auth, basis, evidence }) => {
            const what = auth === '*' ? [] : auth.filter((method) => pattern.test(method));
            return what.length > 0 ? [{ what, basis, evidence }] : [];
          }),
        ),
    );
}

/** The rules, worst first inside a subject. */
export const FINDING_RULES: readonly FindingRule[] = [
  {
    id: 'encr-des',
    severity: 'critical',
    reference: 'RFC 8247 §2.1: MUST NOT',
    find: accepts(/^des$/),
    text: () => 'Single DES is accepted: its 56-bit key is searched in hours.',
    fix: 'Remove DES from the configuration; use AES-GCM or AES-CBC.',
  },
  {
    id: 'encr-null-ike',
    severity: 'critical',
    reference: 'RFC 8247 §2.1: MUST NOT',
    find: accepts(/^null$/),
    text: () => 'An IKE SA without encryption is accepted.',
    fix: 'Remove NULL from the ciphers of the IKE SA.',
  },
  {
    id: 'encr-64bit-block',
    severity: 'low',
    reference: 'RFC 9395 §5, CVE-2016-2183',
    find: accepts(/^(?:3des|idea|blowfish|cast|rc5)/),
    text: (what) => `Ciphers with 64-bit blocks are accepted: ${what}. This matters most where the same list is used for ESP.`,
    fix: 'Use AES; RFC 8247 leaves 3DES as MAY, the others are deprecated.',
  },
  {
    id: 'hash-md5',
    severity: 'medium',
    reference: 'RFC 8247 §2.2, §2.3: MUST NOT',
    find: accepts(/^(?:prf)?md5$/),
    text: (what) => `MD5 is accepted: ${what}.`,
    fix: 'Use SHA-256 or better.',
  },
  {
    id: 'hash-sha1-only',
    severity: 'medium',
    reference: 'RFC 8247 §2.2, §2.3',
    find: sha1Only,
    text: () => 'Nothing better than SHA-1 is accepted, so nobody can move away from it.',
    fix: 'Allow SHA-256 beside it, then remove SHA-1.',
  },
  {
    id: 'hash-sha1',
    severity: 'low',
    reference: 'RFC 8247 §2.2, §2.3: MUST-',
    find: accepts(/^(?:prf)?sha1$/),
    text: (what) => `SHA-1 is accepted: ${what}. As HMAC it is not broken.`,
    fix: 'Use SHA-256 or better where all peers can.',
  },
  {
    id: 'ke-group-1-22',
    severity: 'critical',
    reference: 'RFC 8247 §2.4: MUST NOT',
    find: accepts(/^modp(?:768|1024s160)$/),
    text: (what) => `A broken key exchange group is accepted: ${what}.`,
    fix: 'Use group 14 or better: ecp256, x25519, modp3072.',
  },
  {
    id: 'ke-group-2',
    severity: 'high',
    reference: 'RFC 8247 §2.4: SHOULD NOT',
    find: accepts(/^modp1024$/),
    text: () => 'The 1024-bit group 2 is accepted: one large precomputation opens recorded traffic of everybody who uses it.',
    fix: 'Use group 14 or better: ecp256, x25519, modp3072.',
  },
  {
    id: 'ke-group-5',
    severity: 'medium',
    reference: 'RFC 8247 §2.4: SHOULD NOT',
    find: accepts(/^modp1536$/),
    text: () => 'The 1536-bit group 5 is accepted: its margin is too small.',
    fix: 'Use group 14 or better.',
  },
  {
    id: 'ke-group-23-24',
    severity: 'medium',
    reference: 'RFC 8247 §2.4: SHOULD NOT',
    find: accepts(/^modp2048s/),
    text: (what) => `Groups with small subgroups and seeds of unknown origin are accepted: ${what}.`,
    fix: 'Use group 14 or better.',
  },
  {
    id: 'ke-ec2n',
    severity: 'high',
    reference: 'common knowledge, no RFC text',
    find: accepts(/^ec2n/),
    text: (what) => `A short binary curve is accepted: ${what}.`,
    fix: 'Use ecp256 or x25519.',
  },
  {
    id: 'ke-weak-preferred',
    severity: 'medium',
    reference: 'measured',
    find: noted(['weak-group-preferred']),
    text: (what) => what,
    fix: 'Put the stronger group first in the configuration of the peer.',
  },
  {
    id: 'ike1-aggressive-psk',
    severity: 'high',
    reference: 'CVE-2002-1623, RFC 2409 §5.4',
    find: acceptsMethod(/psk/, 'ikev1-aggressive'),
    text: (what) => `Aggressive mode with a pre-shared key is answered (${what}): the answer lets anybody guess the key offline.`,
    fix: 'Use main mode, better IKEv2; until then a long random key.',
  },
  {
    id: 'ike1-aggressive-any',
    severity: 'medium',
    reference: 'RFC 2409 §5',
    find: exchangesThat((e) => e.exchange === 'ikev1-aggressive' && e.accepted.length > 0),
    text: () => 'Aggressive mode is answered: identities are sent in clear, and the group cannot be negotiated.',
    fix: 'Use main mode, better IKEv2.',
  },
  {
    id: 'ike1-enabled',
    severity: 'medium',
    reference: 'RFC 9395 §3',
    find: exchangesThat(speaksIkev1),
    text: () => 'IKEv1 is enabled: the protocol is historic, its code frozen in most products.',
    fix: 'Move the tunnels to IKEv2, then switch IKEv1 off.',
  },
  {
    id: 'ike1-rsa-encryption',
    severity: 'high',
    reference: 'common knowledge, no RFC text',
    find: acceptsMethod(/^rsa(?:enc|rev)$/),
    text: (what) =>
      `RSA encryption authentication is accepted: ${what}. A responder that tells good from bad padding gives its key exchange away.`,
    fix: 'Use signatures.',
  },
  {
    id: 'psk-shared-xauth',
    severity: 'high',
    reference: 'common knowledge, no RFC text',
    find: acceptsMethod(/^xauthpsk$/),
    text: () => 'XAUTH with a pre-shared key is accepted: every user who knows the group secret can act as the gateway.',
    fix: 'Use certificates on the gateway, better IKEv2 with EAP.',
  },
  {
    id: 'icv-short',
    severity: 'low',
    reference: 'RFC 8247 §2.1: 8-octet AES-GCM is MAY',
    find: accepts(/^aes\d+(?:gcm|ccm)8$/),
    text: (what) => `An 8-octet integrity check is accepted: ${what}.`,
    fix: 'Use the 16-octet forms.',
  },
  {
    id: 'auth-not-looked-at',
    severity: 'info',
    reference: 'measured',
    find: exchangesThat((e) => e.methods?.lookedAt === false),
    text: () => 'The authentication method is not looked at in the first message: what is said of methods here means nothing.',
    fix: 'Nothing to change; only a later message shows which methods work.',
  },
  {
    id: 'fragments-dropped',
    severity: 'medium',
    reference: 'RFC 7383 §1',
    find: noted(['small-datagrams']),
    text: (what) => what,
    fix: 'Let UDP fragments pass on the path, or use IKE fragmentation on both sides; certificates will not fit otherwise.',
  },
  {
    id: 'peer-misbehaves',
    severity: 'medium',
    reference: 'RFC 7296 §2.6, §1.2',
    find: noted(['garbled', 'too-many-answers', 'cookie-loop', 'invalid-ke-loop', 'contradiction']),
    text: (what) => `The peer's answers are not what the protocol asks for. ${what}`,
    fix: 'Look whether it really is an IKE peer, or something between changes or makes up answers.',
  },
];

function speaksIkev1({ exchange, state, accepted }: ExchangeReport): boolean {
  return exchange.startsWith('ikev1') && (accepted.length > 0 || state === 'answered' || state === 'refused-all');
}

function sha1Only({ exchanges }: Facts): Hit | undefined {
  const suites = exchanges.flatMap(({ exchange, accepted, coverage }) =>
    coverage.undecided > 0 ? [] : accepted.map((one) => ({ exchange, ...one })),
  );
  const weak = suites.filter((one) => /(?:^|-)(?:prf)?(?:sha1|md5)(?:-|$)/.test(one.suite));
  if (
    suites.length === 0 ||
    weak.length < suites.length ||
    exchanges.some(({ coverage, state }) => coverage.undecided > 0 && state === 'answered')
  )
    return undefined;
  return weak.some((one) => /sha1/.test(one.suite))
    ? { what: ['sha1'], basis: 'inferred', evidence: weak.flatMap((one) => one.evidence) }
    : undefined;
}
