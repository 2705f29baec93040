/**
 * One suite over all profiles: whoever adds one adds no test here.
 *
 * Rule: what a profile does otherwise on purpose stands in `KNOWN`, with the reason; the case is then a skip by that name.
 */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { mutant } from '../../../bench/mutation.ts';
import { xorshift } from '../../../bench/random.ts';
import { clauses } from '../../../src/proposals/clauses.ts';
import type { Algorithm, Choice, Negotiation, Offer, Path, Proposal, Slot, Transform } from '../../../src/proposals/model.ts';
import { type Policy, policyToOffer, type Want } from '../../../src/proposals/policy.ts';
import { readSa, writeSa } from '../../../src/proposals/selectors/answers.ts';
import {
  compareReleases,
  ConfigError,
  type Configured,
  PROFILES,
  type Profile,
  type Request,
  type Response,
  selectorOf,
  type Setup,
  type Step,
} from '../../../src/proposals/selectors/index.ts';
import { logBooks } from '../../support/log-books.ts';
import { randomPolicy } from '../../support/random-policies.ts';

type Check = 'within the offer' | 'within the policy' | 'names something offered' | 'refused is irrelevant' | 'selects its own offer';

const WISH = 'without "!" its list says what to ask for, not what to take';
const CARRIED = '2.6 tries the transforms of a refused IKEv2 proposal with the next one';

/** What is not so, and why. */
const KNOWN: Readonly<Record<string, Partial<Record<Check, string>>>> = {
  freeswan: { 'within the policy': 'its policy is the words of a connection' },
  'freeswan-alg': { 'within the policy': WISH },
  'strongswan-pluto': { 'within the policy': WISH },
  openswan: {
    'within the offer': CARRIED,
    'within the policy': WISH,
    'names something offered': 'its IKEv2 answer says the usual key length of a cipher, or none',
    'refused is irrelevant': CARRIED,
  },
  strongswan: { 'names something offered': 'its IKEv1 answer is made anew: a mode and lifetimes are always there' },
};

const STEPS: { readonly [N in Negotiation]: readonly Step[] } = {
  'ikev1-phase1': ['main', 'aggressive'],
  'ikev1-phase2': ['quick'],
  'ikev2-ike': ['sa-init', 'rekey-ike'],
  'ikev2-child': ['auth', 'create-child', 'rekey-child'],
};
const INTERMEDIATE_EXCHANGE_SUPPORTED = 16438;
const SPI = Uint8Array.of(0xc0, 0xff, 0xee, 1);
/** Random setups asked for, and how many of those that load are used. */
const [TRIED, USED] = [60, 8];
/** Broken offers for each step and role. */
const BROKEN = 40;
/** Milliseconds for the largest offer: far more than any takes alone, far less than what grows with the square. */
const IN_TIME = 5000;

/** A profile at a release, set up for a negotiation. */
interface Case {
  readonly profile: Profile;
  readonly negotiation: Negotiation;
  readonly configured: Configured;
  readonly newest: boolean;
  readonly default: boolean;
  /** Release and policy, for the reader of a failure. */
  readonly about: string;
}

/** Made when the first test asks: a profile that cannot be set up fails its own tests only. */
type Cases = () => readonly Case[];

describe('every profile', () => {
  for (const profile of PROFILES) {
    describe(profile.name, () => {
      let made: readonly Case[] | undefined;
      const ends = new Set([profile.releases[0], profile.releases.at(-1) ?? '']);
      const cases: Cases = () => (made ??= [...ends].flatMap((release) => setUp(profile, release)));
      introduces(profile);
      if (profile.respond)
        endures('as responder', cases, (each, sa, step) => each.configured.respond(requestOf(each.negotiation, step, sa)));
      if (profile.check) {
        endures('as initiator', cases, (each, sa, step) => {
          const offered = offerOf(each, step) ?? sa;
          return each.configured.check({ ...requestOf(each.negotiation, step, sa), offered });
        });
      }
      if (profile.respond) chooses(profile, cases);
      writesWhatItReads(profile, cases);
    });
  }
});

/** (e) */
function introduces(profile: Profile): void {
  it('says who it is, from where it is known, and in which releases', () => {
    expect(profile.name).to.match(/^[a-z0-9][a-z0-9-]*$/);
    expect(profile.title).to.match(/\S/);
    expect(profile.basis).to.be.oneOf(['recorded', 'measured', 'source', 'documents']);
    expect(profile.sources).to.have.length.above(0);
    for (const source of profile.sources) expect(source).to.match(/\S/);
    expect(profile.negotiations).to.have.length.above(0);
    expect(profile.respond ?? profile.check).to.be.a('function');
    for (const [name, { meaning, values }] of Object.entries(profile.settings)) {
      expect(meaning, name).to.match(/\S/);
      if (values) expect(values, name).to.have.length.above(0);
    }
  });
  it('names its releases in order, each once', () => {
    expect(new Set(profile.releases).size).to.equal(profile.releases.length);
    if (profile.canonical) {
      for (const release of profile.releases) expect(profile.canonical(release), release).to.equal(release);
      return;
    }
    for (let i = 1; i < profile.releases.length; i++) {
      expect(compareReleases(profile.releases[i - 1] ?? '', profile.releases[i] ?? ''), profile.releases[i]).to.be.below(0);
    }
  });
  it('loads its defaults, in every release', () => {
    for (const release of profile.releases) {
      for (const negotiation of profile.negotiations) {
        const setup = profile.defaults?.(negotiation, { name: release, since: (other) => compareReleases(release, other) >= 0 });
        if (setup) expect(() => selectorOf(profile, release).configured(negotiation, setup), `${release} ${negotiation}`).to.not.throw();
      }
    }
  });
}

/** (a) */
function endures(role: string, cases: Cases, ask: (each: Case, sa: Uint8Array, step: Step) => Response): void {
  it(`answers whatever octets come, ${role}`, () => {
    for (const each of few(cases())) {
      for (const step of STEPS[each.negotiation]) {
        const good = [offerOf(each, step), ...someOffers(each, step)].filter((sa) => sa !== undefined);
        for (const [i, sa] of [...good, ...broken(good)].entries()) wellFormed(ask(each, sa, step), `${each.about} ${step} ${i}`);
        for (let length = 0; length <= 24; length++)
          wellFormed(ask(each, (good[0] ?? noise(0)).subarray(0, length), step), `${each.about} ${step} cut to ${length}`);
      }
    }
  });
  it(`answers the largest offers in time, ${role}`, function () {
    this.timeout(10 * IN_TIME);
    for (const each of few(cases()).filter(({ newest }) => newest)) {
      const [step = 'main'] = STEPS[each.negotiation];
      for (const sa of largest(each.negotiation)) {
        const start = performance.now();
        wellFormed(ask(each, sa, step), each.about);
        expect(performance.now() - start, `${each.about}, ${sa.length} octets`).to.be.below(IN_TIME);
      }
    }
  });
}

/** (b), (c), (d), (e) */
function chooses(profile: Profile, cases: Cases): void {
  let made: readonly Chosen[] | undefined;
  const all = (): readonly Chosen[] => (made ??= [...selections(cases())]);
  check(profile, 'within the offer', () => {
    let seen = 0;
    for (const { selection, offer, negotiation, each } of all()) {
      for (const { path, choices } of selection.parts) {
        for (const choice of choices)
          expect(isOffered(choice, path, offer, negotiation), `${each.about} chose ${show(choice)}`).to.equal(true);
        seen += choices.length;
      }
    }
    expect(seen, 'choices seen').to.be.above(0);
  });
  check(profile, 'within the policy', () => {
    for (const { selection, each } of all()) {
      for (const choice of selection.parts.flatMap((part) => part.choices)) {
        const allowed = each.configured.setup.policy.flat().flatMap((want) => want.slots.get(choice.slot) ?? []);
        if (allowed.length > 0) expect(allowed.some(takes(choice)), `${each.about} chose ${show(choice)}`).to.equal(true);
      }
    }
  });
  check(profile, 'names something offered', () => {
    for (const { wire, offer, negotiation, each, request } of all()) {
      if (wire.kind !== 'answer') continue;
      const { value, faults } = readSa(wire.sa, negotiation);
      expect(faults, each.about).to.deep.equal([]);
      expect(value?.offer.groups).to.have.length(1);
      for (const answered of value?.offer.groups[0]?.proposals ?? []) {
        const among = offer.groups.flatMap((group) => group.proposals).filter((proposal) => proposal.protocol === answered.protocol);
        const answer = `${each.about} ${request.step}: ${JSON.stringify(answered)}`;
        expect(
          among.some((proposal) => covers(proposal, answered, negotiation)),
          answer,
        ).to.equal(true);
      }
    }
  });
  check(profile, 'refused is irrelevant', () => {
    for (const { each, offer, request, selection, trace } of all()) {
      for (const { path } of trace.filter((judgement) => !judgement.accepted && judgement.path.length > 0).slice(0, 3)) {
        const smaller = without(offer, path);
        if (smaller === undefined) continue;
        const again = each.configured.respond({ ...request, sa: writeSa({ offer: smaller }) });
        expect(chosen(again), `${each.about} without ${path.join('.')}`).to.deep.equal(
          selection.parts.map((part) => contents(part.choices)),
        );
      }
    }
  });
  if (!profile.offer) return;
  check(profile, 'selects its own offer', () => {
    for (const each of cases()) {
      for (const step of STEPS[each.negotiation].slice(0, 1)) {
        const sa = offerOf(each, step);
        // A policy of which nothing can be said has no offer.
        if (sa === undefined || (readSa(sa, each.negotiation).value?.offer.groups ?? []).length === 0) continue;
        const { outcome, trace } = each.configured.respond({ ...requestOf(each.negotiation, step, sa), kin: true });
        // It may be told to ask for what it does not take: an algorithm that it does not have, a cipher that needs no integrity.
        const lacking = !each.default && trace.every(({ reasons: [first] }) => /^(algorithm-|slot-missing)/.test(first?.code ?? ''));
        if (!lacking) expect(outcome, `${each.about} ${step} ${JSON.stringify(trace)}`).to.equal('selected');
      }
    }
  });
}

/** (f) */
function writesWhatItReads(profile: Profile, cases: Cases): void {
  const books = logBooks(profile.name);
  (books.length > 0 ? it : it.skip)(
    `reads every log line that it writes${books.length > 0 ? '' : ' (skipped: it has no log book)'}`,
    () => {
      const lines = new Set<string>();
      for (const each of profile.respond ? few(cases()) : []) {
        for (const step of STEPS[each.negotiation]) {
          for (const sa of someOffers(each, step)) {
            for (const { text } of each.configured.respond(requestOf(each.negotiation, step, sa)).logs) lines.add(text);
          }
        }
      }
      for (const line of lines)
        expect(
          books.some((book) => book.read(line) !== undefined),
          line,
        ).to.equal(true);
    },
  );
}

function check(profile: Profile, name: Check, test: () => void): void {
  const reason = KNOWN[profile.name]?.[name];
  (reason === undefined ? it : it.skip)(reason === undefined ? name : `${name} (skipped: ${reason})`, test);
}

/** Its default, and random setups that it would load. */
function setUp(profile: Profile, release: string): readonly Case[] {
  return profile.negotiations.flatMap((negotiation) => {
    const selector = selectorOf(profile, release);
    const at = { name: release, since: (other: string): boolean => compareReleases(release, other) >= 0 };
    const given = profile.defaults?.(negotiation, at);
    const setups: Setup[] = given ? [given] : [];
    if (profile.policySetting === undefined) {
      for (let seed = 0; seed < TRIED && setups.length < USED; seed++) {
        const setup = { policy: randomPolicy(negotiation, seed), spi: SPI };
        if (loads(() => selector.configured(negotiation, setup))) setups.push(setup);
      }
    }
    expect(setups, `${profile.name} ${negotiation}: no setup loads`).to.have.length.above(0);
    return setups.map((setup): Case => {
      const about = `${release} ${negotiation} ${printPolicy(setup.policy)}`;
      return {
        profile,
        negotiation,
        configured: selector.configured(negotiation, setup),
        newest: release === profile.releases.at(-1),
        default: setup === given,
        about,
      };
    });
  });
}

function loads(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/** One case of each negotiation and release. */
function few(cases: readonly Case[]): readonly Case[] {
  return cases.filter((each, i) => i === 0 || cases[i - 1]?.negotiation !== each.negotiation);
}

/** Its own offer with a good SPI; nothing where it is not known. */
function offerOf({ profile, configured }: Case, step: Step): Uint8Array | undefined {
  try {
    return profile.offer && writeSa({ offer: withSpi(configured.offer(step), step) });
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** Offers of others that know some of its algorithms. */
function someOffers({ negotiation, configured }: Case, step: Step): readonly Uint8Array[] {
  const own = configured.setup.policy;
  return [0, 1, 2, 3].map((seed) => {
    const other = randomPolicy(negotiation, 1000 + seed);
    const mixed = seed % 2 === 0 ? [...other, ...own.toReversed()] : [...own.slice(-1), ...other, ...own];
    return writeSa({ offer: withSpi(policyToOffer(mixed, negotiation, { lifetime: { seconds: 3600 } }), step) });
  });
}

function withSpi(offer: Offer, step: Step): Offer {
  const spi = step === 'rekey-ike' ? Uint8Array.of(...SPI, ...SPI) : offer.negotiation.match(/phase1|ike$/) ? new Uint8Array() : SPI;
  const groups = offer.groups.map((group) => ({ ...group, proposals: group.proposals.map((proposal) => ({ ...proposal, spi })) }));
  return { ...offer, groups };
}

function requestOf(negotiation: Negotiation, step: Step, sa: Uint8Array): Request {
  const group = readSa(sa, negotiation).value?.offer.groups[0]?.proposals[0];
  const keGroup = group && clauses(negotiation, group, [0, 0])[0]?.slots.get('group')?.[0]?.id;
  const request: Request = { negotiation, step, sa, notifies: [INTERMEDIATE_EXCHANGE_SUPPORTED] };
  return keGroup === undefined || step === 'auth' || step === 'main' ? request : { ...request, keGroup };
}

/** A selection out of a well-formed offer. */
type Chosen = Extract<Response, { outcome: 'selected' }> & {
  readonly each: Case;
  readonly offer: Offer;
  readonly request: Request;
  readonly negotiation: Negotiation;
};

/** Every selection of every case. */
function* selections(cases: readonly Case[]): Generator<Chosen> {
  for (const each of cases) {
    const { negotiation, configured } = each;
    for (const step of STEPS[negotiation]) {
      for (const sa of [offerOf(each, step), ...someOffers(each, step)]) {
        const offer = sa && readSa(sa, negotiation).value?.offer;
        if (sa === undefined || offer === undefined) continue;
        const request = requestOf(negotiation, step, sa);
        const response = configured.respond(request);
        if (response.outcome === 'selected') yield { ...response, each, offer, request, negotiation };
      }
    }
  }
}

function wellFormed({ outcome, wire, trace }: Response, about: string): void {
  if (outcome === 'selected') expect(wire.kind).to.be.oneOf(['answer', 'proceeds', 'silence', 'notify']);
  if (wire.kind === 'notify') expect(wire.type).to.be.within(1, 65535);
  for (const { accepted, reasons } of trace) if (accepted) expect(reasons, about).to.deep.equal([]);
}

function isOffered(choice: Choice, path: Path, offer: Offer, negotiation: Negotiation): boolean {
  const [g = 0, p = 0] = path;
  const proposal = offer.groups[g]?.proposals[p];
  if (proposal === undefined) return false;
  return clauses(negotiation, proposal, [g, p]).some((clause) => clause.slots.get(choice.slot)?.some(like(choice)));
}

/** Whether every clause of the answer has its choices in one clause of the proposal. */
function covers(proposal: Proposal, answered: Proposal, negotiation: Negotiation): boolean {
  const offered = clauses(negotiation, proposal, []);
  return clauses(negotiation, answered, []).every((clause) =>
    offered.some((each) =>
      [...clause.slots].every(([slot, choices]) => choices.every((choice) => each.slots.get(slot)?.some(like(choice)))),
    ),
  );
}

/** Without the group, proposal or transform at a path, the groups numbered anew; nothing when nothing would be left. */
function without(offer: Offer, [g, p, t]: Path): Offer | undefined {
  const groups = offer.groups.flatMap((group, i) => {
    if (i !== g) return [group];
    if (p === undefined || (t === undefined && group.proposals.length === 1)) return [];
    const proposals = group.proposals.map((proposal, j) =>
      j === p && t !== undefined ? { ...proposal, transforms: proposal.transforms.filter((_, k) => k !== t) } : proposal,
    );
    return proposals.some((proposal) => proposal.transforms.length === 0) ? [] : [{ ...group, proposals }];
  });
  if (groups.length === 0 || (t === undefined && p !== undefined && (offer.groups[g ?? 0]?.proposals.length ?? 0) > 1)) return undefined;
  return { ...offer, groups: groups.map((group, i) => ({ ...group, number: i + 1 })) };
}

const like =
  (wanted: Algorithm) =>
  ({ id, keyBits }: Algorithm): boolean =>
    id === wanted.id && keyBits === wanted.keyBits;

/** A policy without a key length means the usual one of the implementation, or any. */
const takes =
  (offered: Algorithm) =>
  ({ id, keyBits }: Algorithm): boolean =>
    id === offered.id && (keyBits === undefined || keyBits === offered.keyBits);

function chosen(response: Response): unknown {
  return response.outcome === 'selected' ? response.selection.parts.map((part) => contents(part.choices)) : response.outcome;
}

function contents(choices: readonly Choice[]): readonly string[] {
  return choices.map(show).toSorted();
}

function printPolicy(policy: Policy): string {
  const algorithms = (list: readonly Algorithm[]): string =>
    list.map(({ id, keyBits }) => `${id}${keyBits === undefined ? '' : `/${keyBits}`}`).join(' ');
  const print = ({ slots }: Want): string => [...slots].map(([slot, list]) => `${slot} ${algorithms(list)}`).join(', ');
  return `[${policy.map((bundle) => bundle.map(print).join(' + ')).join(' | ')}]`;
}

const show = ({ slot, id, keyBits }: { slot: Slot } & Algorithm): string => `${slot} ${id} ${keyBits ?? ''}`;

/** Noise, messages broken in many places, and, most telling, messages with one octet or two that are not as they were. */
function broken(good: readonly Uint8Array[]): readonly Uint8Array[] {
  return Array.from({ length: BROKEN }, (_, i) => {
    if (i % 8 === 0) return noise(i);
    return i % 8 === 1 ? mutant(good, 7, i) : nudged(good[i % good.length] ?? noise(i), i);
  });
}

function nudged(octets: Uint8Array, seed: number): Uint8Array {
  const random = xorshift(seed + 1);
  const copy = octets.slice();
  for (let edits = 1 + random(2); edits > 0; edits--) copy[random(copy.length)] = random(3) === 0 ? random(256) : random(20);
  return copy;
}

function noise(seed: number): Uint8Array {
  const random = xorshift(seed + 1);
  return Uint8Array.from({ length: random(120) }, () => random(256));
}

/** As many transforms as a message can carry: all alike, and each another. */
function largest(negotiation: Negotiation): readonly Uint8Array[] {
  const { groups } = policyToOffer(randomPolicy(negotiation, 3), negotiation, { spi: SPI, lifetime: { seconds: 3600 } });
  const proposals = groups.flatMap((group) => group.proposals).slice(0, 1);
  return [false, true].map((varied) => {
    const full = proposals.map((proposal) => ({ ...proposal, transforms: many(proposal.transforms, varied) }));
    return fitting({ negotiation, groups: Array.from({ length: 28 }, (_, i) => ({ number: i + 1, proposals: full })) });
  });
}

function many(pattern: readonly Transform[], varied: boolean): readonly Transform[] {
  return Array.from({ length: 255 }, (_, i) => i).flatMap((i) =>
    pattern.slice(i % pattern.length, (i % pattern.length) + 1).map((each) => {
      if (each.kind === 'suite') return { ...each, number: i };
      return varied ? { ...each, id: each.id + (i >> 2) } : each;
    }),
  );
}

/** As many of its groups as an SA payload has room for. */
function fitting(offer: Offer): Uint8Array {
  for (let count = offer.groups.length; count > 1; count--) {
    try {
      return writeSa({ offer: { ...offer, groups: offer.groups.slice(0, count) } });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return writeSa({ offer: { ...offer, groups: offer.groups.slice(0, 1) } });
}
