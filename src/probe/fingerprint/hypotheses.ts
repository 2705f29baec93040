/**
 * What each implementation would show: the profiles' answers to the odd requests, in every way in which the peer may be set up.
 *
 * Rule 1: nothing is foretold by hand; a sight is what a profile's `respond` says.
 * Rule 2: what is not known of the peer (order of its policy, a daemon's own settings) is a hypothesis of its own, with its share.
 *
 * @module
 */
import type { Profile, Response, Setup } from '../../proposals/selectors/profile.ts';
import { writeSa } from '../../proposals/selectors/answers.ts';
import { ConfigError } from '../../proposals/selectors/errors.ts';
import { type Configured, selectorOf } from '../../proposals/selectors/selector.ts';
import { type Known, negotiationOf, type OddExchange, setupsOf } from './known.ts';
import type { OddOffer, OddRequest } from './requests.ts';
import { type Sight, sightOfResponse } from './sight.ts';

/** A request that can be put to this peer. */
export interface Asking {
  readonly request: OddRequest;
  readonly offer: OddOffer;
  readonly sa: Uint8Array;
}

/** One way to be one implementation. */
export interface Hypothesis {
  readonly profile: Profile;
  readonly release: string;
  /** The share among those of the same profile; they sum up to 1. */
  readonly share: number;
  /** One per asking; nothing where the implementation does not speak the version or could not be set up so. */
  readonly sights: readonly (Sight | undefined)[];
}

/** The requests that what is known of a peer allows. */
export function askingsOf(knowns: readonly Known[], requests: readonly OddRequest[]): readonly Asking[] {
  return knowns.flatMap((known) =>
    requests.flatMap((request) => {
      const offer = request.exchange === known.exchange ? request.build(known) : undefined;
      return offer === undefined ? [] : [{ request, offer, sa: writeSa({ offer: offer.offer }) }];
    }),
  );
}

/** Every way to be one of these implementations, those that look the same joined. */
export function hypothesesOf(profiles: readonly Profile[], knowns: readonly Known[], askings: readonly Asking[]): readonly Hypothesis[] {
  return profiles.filter(({ respond }) => respond !== undefined).flatMap((profile) => ofProfile(profile, knowns, askings));
}

function ofProfile(profile: Profile, knowns: readonly Known[], askings: readonly Asking[]): readonly Hypothesis[] {
  return profile.releases.flatMap((release) => {
    const made = new Map<string, { share: number; readonly sights: readonly (Sight | undefined)[] }>();
    for (const { setups, share } of combinations(profile, release, knowns)) {
      const sights = askings.map((asking) => sightOf(setups.get(asking.request.exchange), asking));
      const key = sights.map((sight) => sight?.text ?? '').join('\n');
      const same = made.get(key);
      if (same === undefined) made.set(key, { share, sights });
      else same.share += share;
    }
    const total = [...made.values()].reduce((sum, { share }) => sum + share, 0);
    return [...made.values()].map(({ share, sights }) => ({ profile, release, share: share / total / profile.releases.length, sights }));
  });
}

/** One way to be set up, in every exchange; nothing where the implementation could not be. */
interface Combination {
  readonly share: number;
  readonly setups: ReadonlyMap<OddExchange, Configured | undefined>;
}

/** The settings one at a time, and with each of them the ways to write the policy; what is not known is as likely as anything else. */
function combinations(profile: Profile, release: string, knowns: readonly Known[]): readonly Combination[] {
  return settingsOf(profile).flatMap(({ settings, share }) => {
    let combined: readonly Combination[] = [{ share, setups: new Map() }];
    for (const known of knowns) {
      const ways = configuredWays(profile, release, known, settings);
      combined = combined.flatMap((before) =>
        ways.map((way) => ({
          share: before.share / ways.length,
          setups: new Map([...before.setups, [known.exchange, way] as const]),
        })),
      );
    }
    return combined;
  });
}

function configuredWays(profile: Profile, release: string, known: Known, settings: Settings): readonly (Configured | undefined)[] {
  const negotiation = negotiationOf(known.exchange);
  if (!profile.negotiations.includes(negotiation)) return [undefined];
  const selector = selectorOf(profile, release);
  const loaded = (setup: Setup | undefined): readonly Configured[] => {
    try {
      const base = setup ?? selector.configured(negotiation).setup;
      return [selector.configured(negotiation, { ...base, settings: { ...base.settings, ...settings } })];
    } catch (error) {
      if (error instanceof ConfigError) return [];
      throw error;
    }
  };
  const ways = profile.policySetting === undefined ? setupsOf(known).flatMap(loaded) : [];
  if (ways.length > 0) return ways;
  // Some have their algorithms built in.
  const [installed] = loaded(undefined);
  return [installed];
}

type Settings = Readonly<Record<string, string>>;

/** As it is installed, and with each of its settings changed alone. */
function settingsOf(profile: Profile): readonly { readonly settings: Settings; readonly share: number }[] {
  const changed = Object.entries(profile.settings).flatMap(([name, { values = [] }]) =>
    values.slice(1).map((value) => ({ [name]: value })),
  );
  if (changed.length === 0) return [{ settings: {}, share: 1 }];
  return [{ settings: {}, share: AS_INSTALLED }, ...changed.map((settings) => ({ settings, share: (1 - AS_INSTALLED) / changed.length }))];
}

function sightOf(configured: Configured | undefined, { request: { exchange }, offer, sa }: Asking): Sight | undefined {
  if (configured === undefined) return undefined;
  const response: Response = configured.respond({
    negotiation: negotiationOf(exchange),
    step: exchange === 'ikev2-init' ? 'sa-init' : 'main',
    sa,
    ...(offer.keGroup !== undefined && { keGroup: offer.keGroup }),
  });
  return sightOfResponse(response, offer.offer);
}

/** How many peers have a daemon's own settings as they came. */
const AS_INSTALLED = 0.7;
