/**
 * Fingerprinting a live peer, and its result as the report says it.
 *
 * @module
 */
import { decodeMessage } from '../../ike/index.ts';
import type { Transcript } from '../../net/transcript.ts';
import { PROFILES } from '../../proposals/selectors/profiles.ts';
import type { Profile } from '../../proposals/selectors/profile.ts';
import { type Answer, interview, type Oracle, type Question } from '../question.ts';
import type { ExchangeReport, FingerprintReport, Implementation } from '../result.ts';
import { type Identified, identify } from './identify.ts';
import { knownFrom } from './known.ts';

/** What the fingerprint says, and whom it names. */
export interface Fingerprinted {
  readonly fingerprint: FingerprintReport;
  readonly implementation: Implementation | null;
}

/** Asks the odd requests that suit what the exchanges found out. Vendor IDs are not looked at. */
export async function fingerprintPeer(
  exchanges: readonly ExchangeReport[],
  oracle: Oracle,
  transcript: Transcript,
  profiles: readonly Profile[] = PROFILES,
): Promise<Fingerprinted> {
  const knowns = exchanges.flatMap((report) => knownFrom(report) ?? []);
  return reportOf(await interview(identify(knowns, profiles), withOwnExchanges(oracle, transcript)));
}

/** Some refuse in an exchange of their own, whose cookies answer no request: with one request in flight such a datagram is its answer. */
function withOwnExchanges(oracle: Oracle, transcript: Transcript): Oracle {
  return {
    async ask(batch) {
      const begun = transcript.entries.length;
      const answers = await oracle.ask(batch);
      return answers.map((answer) => (answer.kind === 'silence' && batch.length === 1 ? ownExchange(answer, transcript, begun) : answer));
    },
  };
}

function ownExchange(answer: Answer, transcript: Transcript, begun: number): Answer {
  const asked = answer.asked satisfies Question;
  for (const { index, direction, bytes } of transcript.entries.slice(begun)) {
    if (direction !== 'received') continue;
    const decoded = decodeMessage(bytes);
    if (!decoded.ok || decoded.value.header.version >> 4 !== (asked.exchange === 'ikev2-init' ? 2 : 1)) continue;
    // A late answer to an earlier request bears its cookie; only an exchange that nobody began is a new one.
    const cookie = hex(decoded.value.header.initiatorSpi);
    const known = transcript.entries.some((entry) => entry.direction === 'sent' && hex(entry.bytes.subarray(0, 8)) === cookie);
    if (!known && decoded.value.payloads.some(({ kind }) => kind === 'notify'))
      return { ...answer, reply: bytes, evidence: [...answer.evidence, index] };
  }
  return answer;
}

function reportOf({ candidates, stranger, named, observations }: Identified): Fingerprinted {
  const fingerprint: FingerprintReport = {
    candidates: candidates.map(({ profile, release, likelihood }) => ({
      name: profile.title,
      release: release === '' ? null : release,
      likelihood: rounded(likelihood),
    })),
    unknown: rounded(stranger),
    observations: observations.map(({ request, asks, exchange, expected, seen, evidence }) => ({
      request,
      asks,
      exchange,
      expected: expected?.text ?? null,
      seen: seen.text,
      evidence,
    })),
  };
  if (named === undefined) return { fingerprint, implementation: null };
  const evidence = observations.filter(({ telling }) => telling).flatMap((observation) => observation.evidence);
  const release = releasesOf(
    named,
    candidates.filter(({ profile }) => profile === named),
  );
  return { fingerprint, implementation: { name: named.title, release, basis: 'inferred', evidence: evidence.toSorted((a, b) => a - b) } };
}

/** The releases that fit, `4.3 to 5.2`; nothing when all do. */
function releasesOf(
  { releases }: Profile,
  candidates: readonly { readonly release: string; readonly likelihood: number }[],
): string | null {
  const most = Math.max(...candidates.map(({ likelihood }) => likelihood));
  const fitting = new Set(candidates.filter(({ likelihood }) => likelihood >= most * FITS).map(({ release }) => release));
  const inOrder = releases.filter((release) => fitting.has(release));
  const [first, last] = [inOrder[0], inOrder.at(-1)];
  if (first === undefined || last === undefined || inOrder.length === releases.length) return null;
  return first === last ? first : `${first} to ${last}`;
}

const rounded = (likelihood: number): number => Math.round(likelihood * 10_000) / 10_000;

function hex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** A release fits when it is not much less likely than the likeliest. */
const FITS = 0.1;
