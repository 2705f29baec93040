/**
 * Cisco's policies ↔ ours.
 *
 * @module
 */
import { lookup, spaceOf } from '../../algorithms.ts';
import { type Algorithm, type Negotiation, type Slot, type Suite } from '../../model.ts';
import { boxOf, type Policy, type Want, wantOf } from '../../policy.ts';
import { ConfigError } from '../../selectors/errors.ts';
import { boxSize, expandBox } from '../../suites.ts';
import type { CiscoConfig, CiscoIkePolicy, CiscoPlatform, CiscoSetProtocol, CiscoTransform, CiscoTransformSet } from './model.ts';
import { numberOf } from './words.ts';

/** What crypto maps say, which are not read. */
export interface CiscoUse {
  /** The transform sets of the crypto map, best first; every set, in the order of the configuration, when left out. */
  readonly sets?: readonly string[];
  /** `set pfs`. */
  readonly pfsGroup?: number;
}

/** What a policy does not say. */
export interface CiscoWriting {
  readonly platform: CiscoPlatform;
  /** IKEv1: the method of suites that name none; pre-shared key (1) when left out. */
  readonly auth?: number;
  /** Seconds. */
  readonly lifetime?: number;
}

const [AH, ESP, IPCOMP] = [2, 3, 4];
const MOST = 1000;

/** The policy that a configuration amounts to in a negotiation: by priority, or in the order in which an IOS policy names its proposals. */
export function ciscoPolicy(config: CiscoConfig, negotiation: Negotiation, use: CiscoUse = {}): Policy {
  if (negotiation === 'ikev1-phase1') return config.policies.filter(({ ike }) => ike === 1).map(({ want }) => [want]);
  if (negotiation === 'ikev2-ike') return inOrder(config).map(({ want }) => [want]);
  const other = negotiation === 'ikev1-phase2' ? 2 : 1;
  const { sets: names } = use;
  const sets = config.sets.filter(({ ike }) => ike !== other);
  const chosen = names === undefined ? sets : names.flatMap((name) => sets.find((set) => set.name === name) ?? []);
  return chosen.map(({ protocols }) => bundle(protocols, negotiation, use.pfsGroup));
}

function inOrder({ policies, orders }: CiscoConfig): readonly CiscoIkePolicy[] {
  const own = policies.filter(({ ike }) => ike === 2);
  const named = orders.flatMap(({ proposals }) => proposals);
  return named.length === 0 ? own : [...new Set(named)].flatMap((name) => own.find((policy) => policy.name === name) ?? []);
}

/** Compression is no proposal in IKEv2. @see RFC 7296 §2.22 */
function bundle(protocols: readonly CiscoSetProtocol[], negotiation: Negotiation, pfsGroup: number | undefined): Want[] {
  const own = negotiation === 'ikev2-child' ? protocols.filter(({ protocol }) => protocol !== IPCOMP) : protocols;
  return own.map(({ protocol, transforms }) => {
    const slots: Partial<Record<Slot, Algorithm[]>> = {};
    for (const { slot, row, keyBits } of transforms) {
      const id = numberOf(row, spaceOf(slot, negotiation, protocol));
      if (id !== undefined) (slots[slot] ??= []).push(keyBits === undefined ? { id } : { id, keyBits });
    }
    return wantOf(protocol, pfsGroup === undefined || protocol === IPCOMP ? slots : { ...slots, group: [{ id: pfsGroup }] });
  });
}

/**
 * A configuration for a policy. Lines hold one algorithm in IKEv1 and in IOS transform sets: there every combination has its own. Groups of
 * phase 2 and modes stand in crypto maps and are left out.
 *
 * @throws ConfigError when the policy has a number that the registry does not know, or too many combinations
 */
export function ciscoConfig(policy: Policy, negotiation: Negotiation, writing: CiscoWriting): CiscoConfig {
  const empty: CiscoConfig = { platform: writing.platform, policies: [], orders: [], sets: [], faults: [] };
  if (negotiation === 'ikev1-phase1') return { ...empty, policies: phase1Policies(policy, writing) };
  if (negotiation !== 'ikev2-ike') return { ...empty, sets: transformSets(policy, negotiation, writing.platform) };
  const asa = writing.platform === 'asa';
  const policies = policy.flat().map(({ protocol, slots }, i): CiscoIkePolicy => {
    const name = asa ? priorityOf(i, policy.length) : `proposal-${i + 1}`;
    const want = { protocol, slots: new Map([...slots].filter(([slot]) => slot !== 'esn')) };
    return { ike: 2, name, want, ...(asa ? { lifetime: writing.lifetime ?? DAY } : {}), assumed: [], line: 0 };
  });
  const order = { name: 'policy', proposals: policies.map(({ name }) => name), line: 0 };
  return { ...empty, policies, orders: asa || policies.length === 0 ? [] : [order] };
}

const DAY = 86_400;

function phase1Policies(policy: Policy, writing: CiscoWriting): CiscoIkePolicy[] {
  const suites = policy.flat().flatMap((want) => combinations(want));
  return suites.map((suite, i): CiscoIkePolicy => {
    const { auth, ...beside } = suite;
    const slots = new Map(
      (Object.entries(beside) as [Slot, Algorithm][]).map(([slot, algorithm]): [Slot, Algorithm[]] => [slot, [algorithm]]),
    );
    return {
      ike: 1,
      name: priorityOf(i, suites.length),
      want: { protocol: 1, slots },
      auth: methodsOf(auth?.id ?? writing.auth ?? 1),
      lifetime: writing.lifetime ?? DAY,
      assumed: [],
      line: 0,
    };
  });
}

/** One word stands for the three curves. */
function methodsOf(auth: number): readonly number[] {
  return auth >= 9 && auth <= 11 ? [9, 10, 11] : [auth];
}

function priorityOf(index: number, count: number): string {
  return String(count > MOST ? index + 1 : (index + 1) * 10);
}

function transformSets(policy: Policy, negotiation: Negotiation, platform: CiscoPlatform): CiscoTransformSet[] {
  const lists = platform === 'asa' && negotiation === 'ikev2-child';
  const ike = platform === 'ios' ? {} : { ike: lists ? (2 as const) : (1 as const) };
  const bundles = policy.flatMap((wants) => (lists ? [wants] : separate(wants)));
  return bundles.map((wants, i) => {
    const protocols = wants.map(({ protocol, slots }) => ({ protocol, transforms: transformsOf({ protocol, slots }, negotiation) }));
    return { name: `set-${i + 1}`, ...ike, protocols, mode: 'tunnel' as const, line: 0 };
  });
}

/** Every combination of single suites, one of each protocol. */
function separate(wants: readonly Want[]): Want[][] {
  let bundles: Want[][] = [[]];
  for (const want of wants) {
    const suites = combinations(want).map((suite) => wantOf(want.protocol, single(suite)));
    if (bundles.length * suites.length > MOST) throw tooMany();
    bundles = bundles.flatMap((made) => suites.map((suite) => [...made, suite]));
  }
  return bundles;
}

function single(suite: Suite): Partial<Record<Slot, readonly Algorithm[]>> {
  return Object.fromEntries(Object.entries(suite).map(([slot, algorithm]) => [slot, [algorithm]]));
}

function combinations(want: Want): Suite[] {
  if (boxSize(boxOf(want)) > MOST) throw tooMany();
  return expandBox(boxOf(want));
}

function transformsOf({ protocol, slots }: Want, negotiation: Negotiation): CiscoTransform[] {
  const found =
    protocol === AH ? (['integrity'] as const) : protocol === ESP ? (['encryption', 'integrity'] as const) : (['compression'] as const);
  return found.flatMap((slot) =>
    (slots.get(slot) ?? []).map(({ id, keyBits }): CiscoTransform => {
      const row = lookup(slot, spaceOf(slot, negotiation, protocol), id)?.id;
      if (row === undefined) throw new ConfigError('cisco', [{ rule: `no word for ${slot} ${id}`, path: [] }]);
      return keyBits === undefined ? { slot, row } : { slot, row, keyBits };
    }),
  );
}

function tooMany(): ConfigError {
  return new ConfigError('cisco', [{ rule: `more than ${MOST} combinations`, path: [] }]);
}
