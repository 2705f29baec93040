/**
 * The fingerprint table: what every profile foretells of every odd request, computed from the profiles.
 *
 * @module
 */
import type { Suite } from '../../proposals/model.ts';
import { parseSuite } from '../../proposals/notation.ts';
import type { Profile } from '../../proposals/selectors/profile.ts';
import { askingsOf } from './askings.ts';
import { hypothesesOf } from './hypotheses.ts';
import { hardlyAccepted, type Known, knownOf, negotiationOf, type OddExchange } from './known.ts';
import { ODD_REQUESTS, type OddRequest } from './requests.ts';
import type { Sight } from './sight.ts';

/** One implementation as it is installed; releases that show the same stand together. */
export interface FingerprintColumn {
  readonly profile: Profile;
  readonly releases: readonly string[];
  /** What it was asked with: suites that it accepts, and what else is taken as known. Nothing when it accepts none of the usual ones. */
  readonly suites: readonly string[];
  readonly known?: Known;
  /** By request; nothing where the request needs what it does not accept. */
  readonly sights: ReadonlyMap<OddRequest, Sight>;
}

/** The table of one exchange: a column for every profile that responds in it. */
export function fingerprintTable(profiles: readonly Profile[], exchange: OddExchange): readonly FingerprintColumn[] {
  return profiles
    .filter(({ respond, negotiations }) => respond !== undefined && negotiations.includes(negotiationOf(exchange)))
    .flatMap((profile) => columnsOf(profile, exchange));
}

function columnsOf(profile: Profile, exchange: OddExchange): readonly FingerprintColumn[] {
  const columns = new Map<string, FingerprintColumn & { readonly releases: string[] }>();
  for (const release of profile.releases) {
    const column = columnOf({ ...profile, releases: [release] }, exchange);
    const key = [...column.sights].map(([{ id }, { text }]) => `${id} ${text}`).join('\n');
    const same = columns.get(key);
    if (same === undefined) columns.set(key, { ...column, profile, releases: [release] });
    else same.releases.push(release);
  }
  return [...columns.values()];
}

function columnOf(profile: Profile, exchange: OddExchange): Omit<FingerprintColumn, 'releases'> {
  for (const words of SUITES[exchange]) {
    const suites = words.filter((word) => accepts(profile, knownOf(exchange, [suiteOf(word, exchange)])));
    if (suites.length === 0) continue;
    const known = knownOf(
      exchange,
      suites.map((word) => suiteOf(word, exchange)),
    );
    const refused = hardlyAccepted(exchange).find((suite) => !accepts(profile, { ...known, suite }, known)) ?? known.refused;
    return { profile, suites, known: { ...known, refused }, sights: sightsOf(profile, { ...known, refused }) };
  }
  return { profile, suites: [], sights: new Map() };
}

/** Whether the plain request gets what an acceptable one gets, of one that is set up for `configured`. */
function accepts(profile: Profile, known: Known, configured = known): boolean {
  const plain = [...sightsOf(profile, known, configured)].find(([{ id }]) => id === PLAIN[known.exchange])?.[1];
  return plain?.form === 'answer' || plain?.words['type'] === INVALID_KE;
}

function sightsOf(profile: Profile, known: Known, configured = known): ReadonlyMap<OddRequest, Sight> {
  const askings = askingsOf([known], ODD_REQUESTS);
  const [first] = hypothesesOf([profile], [configured], askings);
  return new Map(
    askings.flatMap(({ request }, i) => {
      const sight = first?.sights[i];
      return sight === undefined ? [] : [[request, sight] as const];
    }),
  );
}

const suiteOf = (word: string, exchange: OddExchange): Suite => parseSuite(word, negotiationOf(exchange));

const PLAIN = { 'ikev1-main': 'v1-plain', 'ikev2-init': 'v2-plain' } as const;
const INVALID_KE = '17';
/** Suites to ask with, the newest that an implementation has. */
const SUITES: Readonly<Record<OddExchange, readonly (readonly string[])[]>> = {
  'ikev1-main': [
    ['aes256-sha256-modp2048', 'aes128-sha1-modp2048'],
    ['aes256-sha1-modp2048', 'aes128-sha1-modp1536'],
    ['aes256-sha1-modp1024', 'aes128-sha1-modp1024'],
    ['3des-md5-modp1024', '3des-sha1-modp1536'],
    ['3des-md5-modp1024', '3des-sha1-modp1024'],
  ],
  'ikev2-init': [
    ['aes256-sha256-prfsha256-modp2048', 'aes256-sha256-prfsha256-ecp256', 'aes256gcm16-prfsha256-modp2048'],
    ['aes256-sha1-prfsha1-modp2048', 'aes256-sha1-prfsha1-modp1536'],
  ],
};
