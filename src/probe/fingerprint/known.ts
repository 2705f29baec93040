/**
 * What odd requests are made of: a few suites that the peer is known to accept, and one that it refuses.
 *
 * @module
 */
import type { Algorithm, Negotiation, Suite } from '../../proposals/model.ts';
import { NotationError, parseSuite } from '../../proposals/notation.ts';
import type { Setup } from '../../proposals/selectors/profile.ts';
import { wantOf } from '../../proposals/policy.ts';
import { boxOfSuite } from '../asked-offers.ts';
import { PSK } from '../methods.ts';
import type { AcceptedSuite, ExchangeReport } from '../result.ts';

/** The exchanges that odd requests begin. */
export type OddExchange = 'ikev1-main' | 'ikev2-init';

/** The peer's mind in one exchange, as far as it is known. */
export interface Known {
  readonly exchange: OddExchange;
  /** Accepted; of a peer that refuses everything a suite that it is never asked for. */
  readonly suite: Suite;
  /** False when nothing is known to be accepted: only refusals can be compared. */
  readonly accepts: boolean;
  /** Accepted, and differs from `suite`: in IKEv2 in its group only. */
  readonly other?: Suite;
  /** Accepted, with AES of 128 bits. */
  readonly aes128?: Suite;
  /** Accepted, with a cipher that protects integrity too (IKEv2). */
  readonly aead?: Suite;
  /** Not accepted. */
  readonly refused: Suite;
  /** IKEv1: a method that is accepted. */
  readonly auth: number;
}

export const negotiationOf = (exchange: OddExchange): Negotiation => (exchange === 'ikev2-init' ? 'ikev2-ike' : 'ikev1-phase1');

/** What a report knows; nothing when the exchange gave no answer to compare. */
export function knownFrom(report: ExchangeReport): Known | undefined {
  const { exchange, state } = report;
  if (exchange !== 'ikev1-main' && exchange !== 'ikev2-init') return undefined;
  const taken = [...report.accepted, ...report.offers.filter(({ accepted }) => accepted)];
  if (state === 'refused-all' && taken.length === 0) return knownOf(exchange, [], PSK);
  if (state !== 'answered' || taken.length === 0) return undefined;
  return knownOf(
    exchange,
    taken.flatMap(({ suite }) => suiteOf(suite, exchange)),
    methodOf(taken),
  );
}

/** The suites to work with, of those that are accepted. */
export function knownOf(exchange: OddExchange, accepted: readonly Suite[], auth: number = PSK): Known {
  const refused = hardlyAccepted(exchange).find((suite) => !accepted.some((one) => same(one, suite)));
  const classic = accepted.filter(({ integrity, hash }) => integrity !== undefined || hash !== undefined);
  const ranked = (classic.length > 0 ? classic : accepted).toSorted((a, b) => rank(a) - rank(b));
  const [first] = ranked;
  const suite = first ?? parseSuite(NEVER[exchange], negotiationOf(exchange));
  const other = first && (exchange === 'ikev2-init' ? ranked.find((one) => onlyGroupDiffers(one, first)) : differing(ranked, first));
  const aes128 = ranked.find(({ encryption }) => encryption?.id === AES[exchange] && encryption.keyBits === 128);
  const aead = accepted.find(({ encryption, integrity }) => exchange === 'ikev2-init' && integrity === undefined && encryption?.id === GCM);
  return {
    exchange,
    suite,
    accepts: first !== undefined,
    ...(other && { other }),
    ...(aes128 && { aes128 }),
    ...(aead && { aead }),
    refused: refused ?? suite,
    auth,
  };
}

/** Suites that hardly anybody accepts, the least likely first; which of them a peer refuses its map tells. */
export function hardlyAccepted(exchange: OddExchange): readonly Suite[] {
  return WORDS[exchange].map((word) => parseSuite(word, negotiationOf(exchange)));
}

/**
 * The ways in which a peer may be set up that accepts these suites: the order of its policy and the division into proposals are not known.
 */
export function setupsOf({ exchange, suite, other, aes128, aead, auth }: Known): readonly Setup[] {
  const single = (one: Suite): Setup['policy'][number] => [wantOf(IKE, boxOfSuite(one))];
  const beside = [aes128, aead].filter((one) => one !== undefined && one !== suite && one !== other).map((one) => single(one as Suite));
  const main = other === undefined ? [[single(suite)]] : orders(suite, other, exchange, single);
  return main.map((first) => ({ policy: [...first, ...beside], ...(exchange === 'ikev1-main' && { auth: [auth] }) }));
}

/** Both orders of two suites; in IKEv2 as two proposals and as one with two groups. */
function orders(a: Suite, b: Suite, exchange: OddExchange, single: (one: Suite) => Setup['policy'][number]): Setup['policy'][] {
  const apart = [
    [single(a), single(b)],
    [single(b), single(a)],
  ];
  if (exchange === 'ikev1-main') return apart;
  const groups = [a.group, b.group].filter((group): group is Algorithm => group !== undefined);
  const joined = [groups, groups.toReversed()].map((group) => [[wantOf(IKE, { ...boxOfSuite(a), group })]]);
  return [...joined, ...apart];
}

function suiteOf(text: string, exchange: OddExchange): Suite[] {
  try {
    return [parseSuite(text, negotiationOf(exchange))];
  } catch (error) {
    // A suite with numbers that have no place in the notation: there are others.
    if (error instanceof NotationError) return [];
    throw error;
  }
}

function methodOf(taken: readonly Pick<AcceptedSuite, 'auth'>[]): number {
  for (const { auth } of taken) {
    if (auth === '*' || auth.includes('psk')) return PSK;
    const [word] = auth;
    const number = word === undefined ? undefined : METHODS[word];
    if (number !== undefined) return number;
  }
  return PSK;
}

/** AES first, large groups last: they are slow, and nothing is learnt from them. */
function rank({ encryption, group }: Suite): number {
  const cipher = encryption?.id === AES['ikev1-main'] || encryption?.id === AES['ikev2-init'] ? 0 : 100;
  return cipher + ((group?.id ?? 0) >= 15 && (group?.id ?? 0) <= 18 ? 10 : 0) + (group?.id === 14 ? -1 : 0);
}

function same(a: Suite, b: Suite): boolean {
  const of = (suite: Suite): string =>
    (['encryption', 'integrity', 'prf', 'hash', 'group'] as const).map((slot) => `${suite[slot]?.id}/${suite[slot]?.keyBits}`).join(' ');
  return of(a) === of(b);
}

function onlyGroupDiffers(a: Suite, b: Suite): boolean {
  return a.group?.id !== b.group?.id && a.group !== undefined && b.group !== undefined && same({ ...a, group: b.group }, b);
}

/** Another suite, with another cipher if there is one: ciphers are what configurations rank. */
function differing(ranked: readonly Suite[], first: Suite): Suite | undefined {
  const others = ranked.filter((one) => !same(one, first));
  return (
    others.find(({ encryption }) => encryption?.id !== first.encryption?.id || encryption?.keyBits !== first.encryption?.keyBits) ??
    others[0]
  );
}

const IKE = 1;
const GCM = 20;
const AES = { 'ikev1-main': 7, 'ikev2-init': 12 } as const;
const WORDS = {
  'ikev1-main': ['des-md5-modp768', '3des-tiger-modp768', 'cast128-tiger-modp1536', 'blowfish128-tiger-modp768'],
  'ikev2-init': ['des-md5-prfmd5-modp768', '3des-md5-prfmd5-modp768', 'cast128-md5-prfmd5-modp768', 'blowfish128-md5-prfmd5-modp1536'],
} as const;
/** What a peer that refuses everything is thought to be set up with. */
const NEVER = { 'ikev1-main': 'aes256-sha512-modp8192', 'ikev2-init': 'aes256-sha512-prfsha512-modp8192' } as const;
const METHODS: Readonly<Record<string, number>> = { psk: 1, dsssig: 2, rsasig: 3, rsaenc: 4, rsarev: 5, xauthpsk: 65001, xauthrsa: 65005 };
