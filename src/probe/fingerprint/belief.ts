/**
 * How likely each implementation is, after what was seen; and which request would tell most.
 *
 * Rule 1: nothing is ruled out for good. A sight that a profile does not foretell makes it unlikely; a silence, which a lost datagram makes
 *         too, less so.
 * Rule 2: an implementation that nobody described is a candidate like the others: the stranger. It resembles one of the described, and does
 *         something else as often as the nearest other does: where there are forks, there are more of them.
 *
 * @module
 */
import type { Profile } from '../../proposals/selectors/profile.ts';
import type { Asking } from './askings.ts';
import type { Hypothesis } from './hypotheses.ts';
import type { Sight } from './sight.ts';

/** An implementation that the peer may be. */
export interface Candidate {
  readonly profile: Profile;
  readonly release: string;
  /** Between 0 and 1; all candidates and the stranger sum up to 1. */
  readonly likelihood: number;
}

/** What is believed of one peer. */
export class Belief {
  readonly #askings: readonly Asking[];
  readonly #candidates: readonly Hypothesis[];
  readonly #world: readonly Hypothesis[];
  readonly #weights: number[];
  /** One for each hypothesis of the world that the stranger may resemble. */
  readonly #strangers: number[];
  /** How often it departs from each of them. */
  readonly #departures: readonly number[];
  readonly #far = new Map<Hypothesis, readonly number[]>();

  constructor(askings: readonly Asking[], hypotheses: readonly Hypothesis[]) {
    this.#askings = askings;
    this.#world = hypotheses;
    // What is known from manuals only is not known well enough to name a peer by its octets.
    this.#candidates = hypotheses.filter(({ profile }) => profile.basis !== 'documents');
    const names = countProfiles(this.#candidates);
    const stranger = names === 0 ? 1 : STRANGER;
    this.#weights = this.#candidates.map(({ share }) => ((1 - stranger) * share) / names);
    this.#strangers = hypotheses.map(({ share }) => (stranger * share) / countProfiles(hypotheses));
    this.#departures = hypotheses.map((one) => nearest(one, hypotheses));
  }

  /** Takes what was seen of an asking, by its index. */
  learn(asking: number, seen: Sight): void {
    const weights = this.#weights.map((weight, i) => weight * likelihood(this.#candidates[i]?.sights[asking], seen));
    const common = this.#commonness(asking, seen);
    const strangers = this.#strangers.map((weight, i) => weight * this.#resemblance(i, asking, seen, common));
    const total = sum(weights) + sum(strangers);
    weights.forEach((weight, i) => (this.#weights[i] = weight / total));
    strangers.forEach((weight, i) => (this.#strangers[i] = weight / total));
  }

  /** The likelihood that the peer is none of those described; 1 when none is. */
  get stranger(): number {
    return this.#world.length === 0 ? 1 : sum(this.#strangers);
  }

  /** Every implementation and release, the likeliest first. */
  candidates(): readonly Candidate[] {
    const found = new Map<string, { profile: Profile; release: string; likelihood: number }>();
    this.#candidates.forEach(({ profile, release }, i) => {
      const key = `${profile.name}@${release}`;
      const entry = found.get(key) ?? { profile, release, likelihood: 0 };
      found.set(key, { ...entry, likelihood: entry.likelihood + (this.#weights[i] ?? 0) });
    });
    return [...found.values()].toSorted((a, b) => b.likelihood - a.likelihood);
  }

  /** What the likeliest hypothesis of a profile foretells of an asking. */
  foretold(asking: number, profile: Profile): Sight | undefined {
    let best = -1;
    this.#candidates.forEach((hypothesis, i) => {
      if (hypothesis.profile === profile && (best < 0 || (this.#weights[i] ?? 0) > (this.#weights[best] ?? 0))) best = i;
    });
    return this.#candidates[best]?.sights[asking];
  }

  /** The chance that an asking is answered with silence. */
  silence(asking: number): number {
    return sum(this.#candidates.map(({ sights }, i) => (sights[asking]?.form === 'silence' ? (this.#weights[i] ?? 0) : 0)));
  }

  /** How much more this sight says for the candidate's profile than for a stranger: the logarithm of their ratio. */
  weightOf(asking: number, seen: Sight, profile: Profile): number {
    return Math.log(likelihood(this.foretold(asking, profile), seen) / this.#commonness(asking, seen));
  }

  /** Bits that an asking is expected to tell of the implementation, and a little of what it tells of the release. */
  information(asking: number): number {
    const byName = this.#informationOn(asking, ({ profile }) => profile.name);
    return byName + RELEASE_VALUE * this.#informationOn(asking, ({ profile, release }) => `${profile.name}@${release}`);
  }

  #informationOn(asking: number, classOf: (hypothesis: Hypothesis) => string): number {
    const outcomes = this.#outcomes(asking);
    if (outcomes.length < 2) return 0;
    const classes = new Map<string, number[]>();
    const spread = (key: string, chances: readonly number[], weight: number): void => {
      const whole = sum(chances);
      const row = classes.get(key) ?? outcomes.map(() => 0);
      classes.set(
        key,
        row.map((value, i) => value + (weight * (chances[i] ?? 0)) / whole),
      );
    };
    this.#candidates.forEach((hypothesis, i) => {
      const weight = this.#weights[i] ?? 0;
      if (weight < NEGLIGIBLE) return;
      spread(
        classOf(hypothesis),
        outcomes.map((outcome) => likelihood(hypothesis.sights[asking], outcome)),
        weight,
      );
    });
    const common = outcomes.map((outcome) => this.#commonness(asking, outcome));
    this.#strangers.forEach((weight, i) => {
      if (weight < NEGLIGIBLE) return;
      spread(
        '',
        outcomes.map((outcome, o) => this.#resemblance(i, asking, outcome, common[o] ?? 0)),
        weight,
      );
    });
    return mutualInformation([...classes.values()]);
  }

  /**
   * How much an asking puts the likeliest candidate to the test: the share of the others, the nearer the more, that differ from it here. Where
   * they do, a stranger that resembles it may.
   */
  trial(asking: number): number {
    const best = this.#weights.indexOf(Math.max(...this.#weights));
    const likeliest = this.#candidates[best];
    if (likeliest === undefined) return 0;
    let differing = 0;
    let all = 0;
    this.#distances(likeliest).forEach((far, i) => {
      const other = this.#world[i];
      const sight = other?.sights[asking];
      if (other === undefined || sight === undefined || other.profile === likeliest.profile) return;
      const weight = other.share * (1 - far) ** 6;
      all += weight;
      if (sight.text !== likeliest.sights[asking]?.text) differing += weight;
    });
    return all === 0 ? 0 : differing / all;
  }

  /** From one hypothesis to all of the world. */
  #distances(from: Hypothesis): readonly number[] {
    const known = this.#far.get(from) ?? this.#world.map((other) => distance(from, other));
    this.#far.set(from, known);
    return known;
  }

  #outcomes(asking: number): Sight[] {
    const found = new Map<string, Sight>();
    for (const { sights } of this.#world) {
      const sight = sights[asking];
      if (sight !== undefined) found.set(sight.text, sight);
    }
    return [...found.values(), NEW];
  }

  /** The chance of seeing something at a stranger that resembles one of the world. */
  #resemblance(index: number, asking: number, seen: Sight, common: number): number {
    const foretold = this.#world[index]?.sights[asking];
    const departure = this.#departures[index] ?? STRANGENESS;
    if (foretold === undefined) return common;
    return (foretold.text === seen.text ? 1 - departure : 0) + departure * common;
  }

  /** The share of the described implementations that show this. */
  #commonness(asking: number, seen: Sight): number {
    const { request } = this.#askings[asking] as Asking;
    const speaking = new Map<Profile, number>();
    for (const { profile, share, sights } of this.#world) {
      const sight = sights[asking];
      if (sight === undefined) continue;
      speaking.set(profile, (speaking.get(profile) ?? 0) + (sight.text === seen.text ? share : 0));
    }
    const novelty = request.malformed === true ? 2 * NOVELTY : NOVELTY;
    // Where something new may be seen, there are a few ways for it.
    return (sum([...speaking.values()]) + novelty / WAYS) / (speaking.size + novelty);
  }
}

/** The chance of seeing one thing where another was foretold. */
function likelihood(foretold: Sight | undefined, seen: Sight): number {
  if (foretold === undefined) return seen.form === 'silence' ? 0.5 : CONTRADICTION;
  if (foretold.text === seen.text) return 1;
  if (seen.form === 'silence') return LOST;
  if (foretold.form !== seen.form || foretold.words['type'] !== seen.words['type']) return CONTRADICTION;
  const traits = new Set([...Object.keys(foretold.words), ...Object.keys(seen.words)]);
  let differing = 0;
  for (const trait of traits) if (foretold.words[trait] !== seen.words[trait]) differing++;
  return Math.max(CONTRADICTION, DETAIL ** differing);
}

/** How far the nearest hypothesis of another profile is. */
function nearest(one: Hypothesis, world: readonly Hypothesis[]): number {
  return Math.min(STRANGENESS, ...world.filter(({ profile }) => profile !== one.profile).map((other) => distance(one, other)));
}

/** The share of requests, of those that both know, in which two differ; of few requests little is concluded. */
function distance(one: Hypothesis, other: Hypothesis): number {
  let both = 0;
  let differing = 0;
  one.sights.forEach((sight, i) => {
    const beside = other.sights[i];
    if (sight === undefined || beside === undefined) return;
    both++;
    if (sight.text !== beside.text) differing++;
  });
  return both === 0 ? 1 : (differing + 1) / (both + 2);
}

function countProfiles(hypotheses: readonly Hypothesis[]): number {
  return new Set(hypotheses.map(({ profile }) => profile)).size;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function mutualInformation(table: readonly (readonly number[])[]): number {
  const total = sum(table.map(sum));
  const columns = (table[0] ?? []).map((_, c) => sum(table.map((row) => row[c] ?? 0)));
  let bits = 0;
  for (const row of table) {
    const rowSum = sum(row);
    row.forEach((value, c) => {
      if (value > 0) bits += (value / total) * Math.log2((value * total) / (rowSum * (columns[c] ?? 1)));
    });
  }
  return bits;
}

/** That nobody described the peer, before anything is seen. */
const STRANGER = 0.2;
/** How often a stranger departs at most from whom it resembles. */
const STRANGENESS = 0.3;
/** A datagram that a profile rules out: the profile may be wrong. */
const CONTRADICTION = 0.0001;
/** The right kind of answer, with one trait that a profile does not foretell. */
const DETAIL = 0.001;
/** Silence where an answer was foretold, after repetitions and with a control that was answered. */
const LOST = 0.001;
/** Implementations that do something new, beside those described; and in how many ways. */
const NOVELTY = 1.5;
const WAYS = 4;
const RELEASE_VALUE = 0.15;
const NEGLIGIBLE = 1e-6;
const NEW: Sight = { form: 'unreadable', words: {}, text: 'something new' };
