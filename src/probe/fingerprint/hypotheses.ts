/**
 * What each implementation would show: the profiles' answers to the odd requests, in every way in which the peer may be set up.
 *
 * Rule 1: nothing is foretold by hand; a sight is what a profile's `respond` says.
 * Rule 2: what is not known of the peer (order of its policy, a daemon's own settings) is a hypothesis of its own, with its share.
 *
 * @module
 */
import type { Profile, Response, Setup } from '../../proposals/selectors/profile.ts';
import { ConfigError } from '../../proposals/selectors/errors.ts';
import { type Configured, selectorOf } from '../../proposals/selectors/selector.ts';
import type { Asking } from './askings.ts';
import { type Known, negotiationOf, setupsOf } from './known.ts';
import { type Sight, sightOfResponse } from './sight.ts';

/** One way to be one implementation. */
export interface Hypothesis {
  readonly profile: Profile;
  readonly release: string;
  /** The share among those of the same profile; they sum up to 1. */
  readonly share: number;
  /** One per asking; nothing where the implementation does not speak the version or could not be set up so. */
  readonly sights: readonly (Sight | undefined)[];
}

/** Every way to be one of these implementations, those that look the same joined. */
export function hypothesesOf(profiles: readonly Profile[], knowns: readonly Known[], askings: readonly Asking[]): readonly Hypothesis[] {
  return profiles.filter(({ respond }) => respond !== undefined).flatMap((profile) => ofProfile(profile, knowns, askings));
}

function ofProfile(profile: Profile, knowns: readonly Known[], askings: readonly Asking[]): readonly Hypothesis[] {
  return profile.releases.flatMap((release) => {
    const usual = new Map<Known, Shown>();
    const ways = settingsOf(profile).flatMap(({ settings, share }) => {
      let combined: readonly Way[] = [{ share, sights: [] }];
      for (const known of knowns) {
        const configured = configuredWays(profile, release, known, settings);
        const shown = shownBy(configured, known, askings, usual.get(known));
        if (!usual.has(known)) usual.set(known, shown);
        combined = combined.flatMap((way) =>
          shown.ways.map((part) => ({ share: way.share * part.share, sights: [...way.sights, ...part.sights] })),
        );
      }
      return combined;
    });
    return joined(ways).map(({ share, sights }) => ({ profile, release, share: share / profile.releases.length, sights }));
  });
}

/** One way to be set up, and what it shows. */
interface Way {
  readonly share: number;
  readonly sights: readonly (Sight | undefined)[];
}

/** What every way to write the policy of one exchange shows; as nothing is known of it, all are as likely. */
interface Shown {
  readonly first: Way;
  readonly ways: readonly Way[];
}

/** Askings of other exchanges are left out. A setting that changes nothing for the first policy changes nothing for the others. */
function shownBy(
  ways: readonly (Configured | undefined)[],
  { exchange }: Known,
  askings: readonly Asking[],
  usual: Shown | undefined,
): Shown {
  const mine = askings.filter(({ request }) => request.exchange === exchange);
  const show = (way: Configured | undefined): Way => ({ share: 1 / ways.length, sights: mine.map((asking) => sightOf(way, asking)) });
  const first = show(ways[0]);
  if (usual !== undefined && textOf(usual.first) === textOf(first)) return usual;
  return { first, ways: joined([first, ...ways.slice(1).map(show)]) };
}

/** Those that show the same become one. */
function joined(ways: readonly Way[]): readonly Way[] {
  const made = new Map<string, Way>();
  for (const way of ways) {
    const key = textOf(way);
    const same = made.get(key);
    made.set(key, same === undefined ? way : { share: same.share + way.share, sights: same.sights });
  }
  return [...made.values()];
}

const textOf = ({ sights }: Way): string => sights.map((sight) => sight?.text ?? '').join('\n');

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
