/**
 * What a phase 1 answer settles on, checked against what was offered.
 *
 * @see RFC 2409 §5, Appendix A
 * @module
 */
import { type Attribute, OAKLEY, type Offer, type SuiteTransform } from '../../../proposals/model.ts';
import { oakleyHash } from '../../crypto/prf.ts';
import type { CryptoProvider, HashName, KeyExchangeMethod } from '../../crypto/provider.ts';
import { oakleyCipher, type OakleyCipher } from '../../crypto/sealing-v1.ts';

/** One phase 1 suite, by Oakley numbers. */
export interface Phase1Suite {
  readonly encryption: number;
  readonly keyBits?: number;
  readonly hash: number;
  readonly auth: number;
  readonly group: number;
}

/** Why an answer is not one that an exchange can go on with. */
export type AnswerFault =
  /** Not exactly one proposal with one transform. */
  | 'not-one-choice'
  | 'not-offered'
  /** It settles on single DES, which is never used: the exchange ends here. */
  | 'des'
  /** A method of authentication that we have no means for. */
  | 'method'
  /** The backend lacks the cipher, the hash or the group. */
  | 'unsupported';

/** `value` beside a fault: what the peer took, which we do not. */
export type Settling<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly fault: AnswerFault; readonly value?: Value };

/** The suite of the only transform of an answer, if it lies within the offer. */
export function settlePhase1(offer: Offer, answer: Offer, methods: readonly number[]): Settling<Phase1Suite> {
  const chosen = onlyTransform(answer);
  const suite = chosen && phase1Suite(chosen);
  if (!suite) return { ok: false, fault: 'not-one-choice' };
  const offered = suitesOf(offer);
  // charon 5.9.8 answers with the method of the first transform whichever it takes, so the method is looked at apart.
  const within = offered.some((each) => sameCiphers(each, suite)) && offered.some(({ auth }) => auth === suite.auth);
  if (!within) return { ok: false, fault: 'not-offered' };
  if (suite.encryption === DES) return { ok: false, fault: 'des' };
  if (!methods.includes(suite.auth)) return { ok: false, fault: 'method' };
  return { ok: true, value: suite };
}

/** Every suite of an offer, in its order; transforms that lack a part are left out. */
export function suitesOf({ groups }: Offer): readonly Phase1Suite[] {
  const transforms = groups.flatMap(({ proposals }) => proposals.flatMap((proposal) => proposal.transforms));
  return transforms.flatMap((each) => (each.kind === 'suite' ? (phase1Suite(each) ?? []) : []));
}

function onlyTransform({ groups }: Offer): SuiteTransform | undefined {
  const [group, ...more] = groups;
  const proposal = group?.proposals[0];
  const transform = proposal?.transforms[0];
  const single = more.length === 0 && group?.proposals.length === 1 && proposal?.transforms.length === 1;
  return single && transform?.kind === 'suite' ? transform : undefined;
}

function phase1Suite({ attributes }: SuiteTransform): Phase1Suite | undefined {
  const [encryption, hash, auth, group] = [OAKLEY.encryption, OAKLEY.hash, OAKLEY.auth, OAKLEY.group].map((type) =>
    valueOf(attributes, type),
  );
  const keyBits = valueOf(attributes, OAKLEY.keyLength);
  if (encryption === undefined || hash === undefined || auth === undefined || group === undefined) return undefined;
  return { encryption, ...(keyBits !== undefined && { keyBits }), hash, auth, group };
}

/** The number of an attribute: the last one counts, and a long form is read as a number. */
export function valueOf(attributes: readonly Attribute[], type: number): number | undefined {
  const found = attributes.findLast((each) => each.type === type);
  if (found === undefined) return undefined;
  return found.form === 'TV' ? found.value : found.value.reduce((value, octet) => value * 256 + octet, 0);
}

function sameCiphers(a: Phase1Suite, b: Phase1Suite): boolean {
  return a.encryption === b.encryption && a.keyBits === b.keyBits && a.hash === b.hash && a.group === b.group;
}

/** What a suite needs of a backend. */
export interface SuiteTools {
  readonly hash: HashName;
  readonly cipher: OakleyCipher;
  readonly group: KeyExchangeMethod;
}

/** Nothing when the backend lacks a part. */
export function suiteTools(provider: CryptoProvider, suite: Phase1Suite): SuiteTools | undefined {
  const hash = oakleyHash(suite.hash);
  const cipher = oakleyCipher(provider, suite.encryption, suite.keyBits);
  const group = provider.keyExchange(suite.group);
  return hash && cipher && group ? { hash, cipher, group } : undefined;
}

const DES = 1;
