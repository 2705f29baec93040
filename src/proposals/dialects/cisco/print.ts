import { lookup, spaceOf } from '../../algorithms.ts';
import type { Algorithm, Negotiation } from '../../model.ts';
import type { Policy } from '../../policy.ts';
import { ConfigError } from '../../selectors/errors.ts';
import type { CiscoConfig, CiscoIkePolicy, CiscoPlatform, CiscoTransform, CiscoTransformSet } from './model.ts';
import { ciscoConfig, type CiscoWriting } from './policy.ts';
import { parseCisco } from './read.ts';
import { type AlgorithmParameter, type Block, BLOCKS, IPSEC_PROPOSAL_WORDS, SET_WORDS, type Vocabulary, wordFor } from './words.ts';

/** The prefix of a protocol's words in a transform set. */
const PREFIXES: ReadonlyMap<number, string> = new Map([
  [2, 'ah-'],
  [3, 'esp-'],
  [4, 'comp-'],
]);

/**
 * The lines of a configuration as the platform would show them; what was assumed is left out, so that reading gives the same again.
 *
 * @throws ConfigError when the platform has no word for an algorithm
 */
export function printCisco(config: CiscoConfig): string {
  const blocks = [
    ...config.policies.map((policy) => printPolicy(policy, config.platform)),
    ...config.orders.map(({ name, proposals }) => [`crypto ikev2 policy ${name}`, ...proposals.map((proposal) => ` proposal ${proposal}`)]),
    ...config.sets.map((set) => printSet(set, config.platform)),
  ];
  return blocks.map((lines) => `${lines.join('\n')}\n`).join('!\n');
}

/** A policy as lines of a configuration. @throws ConfigError when the platform cannot express it */
export function printCiscoPolicy(policy: Policy, negotiation: Negotiation, writing: CiscoWriting): string {
  const text = printCisco(ciscoConfig(policy, negotiation, writing));
  const [first] = parseCisco(text, writing).faults;
  if (first !== undefined) throw wordless(first.fault.message);
  return text;
}

function printPolicy(policy: CiscoIkePolicy, platform: CiscoPlatform): string[] {
  const block: Block =
    BLOCKS[platform === 'ios' ? (policy.ike === 1 ? 'ios-isakmp' : 'ios-ikev2') : policy.ike === 1 ? 'asa-ikev1' : 'asa-ikev2'];
  const kind = platform === 'ios' ? (policy.ike === 1 ? 'isakmp policy' : 'ikev2 proposal') : `ikev${policy.ike} policy`;
  const lines = [`crypto ${kind} ${policy.name}`];
  const known = new Set<string>(Object.keys(block.words));
  for (const slot of policy.want.slots.keys()) if (!known.has(slot)) throw wordless(`no ${slot} in crypto ${kind}`);
  for (const [parameter, vocabulary] of Object.entries(block.words) as [AlgorithmParameter, Vocabulary][]) {
    const choices = policy.want.slots.get(parameter);
    if (policy.assumed.includes(parameter) || choices === undefined || choices.length === 0) continue;
    if (choices.length > 1 && !block.several) throw wordless(`one ${parameter} only in crypto ${kind}`);
    lines.push(` ${parameter} ${choices.map((choice) => wordOf(parameter, choice, policy.ike, vocabulary)).join(' ')}`);
  }
  return [...lines, ...beside(policy, block)];
}

/** Method and lifetime. */
function beside(policy: CiscoIkePolicy, block: Block): string[] {
  const lines: string[] = [];
  const { auth, lifetime, assumed } = policy;
  if (auth !== undefined && block.auth !== undefined && !assumed.includes('auth')) {
    const word = [...block.auth].find(([, methods]) => methods.join() === auth.join())?.[0];
    if (word === undefined) throw wordless(`no word for method ${auth.join()}`);
    lines.push(` authentication ${word}`);
  }
  if (lifetime !== undefined && block.lifetime !== undefined && !assumed.includes('lifetime')) {
    const { least, most, none, unit } = block.lifetime;
    if (lifetime === null ? !none : lifetime < least || lifetime > most) throw wordless(`lifetime not from ${least} to ${most} seconds`);
    lines.push(` lifetime ${unit ? 'seconds ' : ''}${lifetime ?? 'none'}`);
  }
  return lines;
}

function wordOf(parameter: AlgorithmParameter, { id, keyBits }: Algorithm, ike: 1 | 2, vocabulary: Vocabulary): string {
  const row = lookup(parameter, spaceOf(parameter, ike === 1 ? 'ikev1-phase1' : 'ikev2-ike'), id)?.id;
  const word = row === undefined ? undefined : wordFor(vocabulary, keyBits === undefined ? { row } : { row, keyBits });
  if (word === undefined) throw wordless(`no word for ${parameter} ${id}${keyBits === undefined ? '' : `/${keyBits}`}`);
  return word;
}

function printSet(set: CiscoTransformSet, platform: CiscoPlatform): string[] {
  if (set.ike === 2) return printIpsecProposal(set);
  const words = set.protocols.flatMap(({ protocol, transforms }) => transforms.map((transform) => setWord(protocol, transform, platform)));
  if (words.length === 0 || new Set(words).size < words.length) throw wordless(`no transforms in '${set.name}'`);
  const head = `crypto ipsec ${platform === 'asa' ? 'ikev1 ' : ''}transform-set ${set.name}`;
  const mode = platform === 'asa' ? `${head} mode transport` : ' mode transport';
  return [`${head} ${words.join(' ')}`, ...(set.mode === 'transport' ? [mode] : [])];
}

function printIpsecProposal({ name, protocols }: CiscoTransformSet): string[] {
  const [first] = protocols;
  if (first === undefined || first.protocol !== 3 || protocols.length > 1) throw wordless(`ESP alone in '${name}'`);
  const line = (slot: 'encryption' | 'integrity'): string[] => {
    const words = first.transforms
      .filter((transform) => transform.slot === slot)
      .map((transform) => named(IPSEC_PROPOSAL_WORDS[slot], transform));
    return words.length === 0 ? [] : [` protocol esp ${slot} ${words.join(' ')}`];
  };
  return [`crypto ipsec ikev2 ipsec-proposal ${name}`, ...line('encryption'), ...line('integrity')];
}

/** ASA joins the key length with a hyphen. */
function setWord(protocol: number, transform: CiscoTransform, platform: CiscoPlatform): string {
  const prefix = PREFIXES.get(protocol) ?? '';
  const word = named(new Map([...SET_WORDS].filter(([name]) => name.startsWith(prefix))), transform);
  return platform === 'asa' ? word.replace(' ', '-') : word;
}

function named(vocabulary: Vocabulary, transform: CiscoTransform): string {
  const { row, keyBits, slot } = transform;
  const word = wordFor(vocabulary, keyBits === undefined ? { row } : { row, keyBits });
  if (word === undefined) throw wordless(`no word for ${slot} ${row}${keyBits === undefined ? '' : `/${keyBits}`}`);
  return word;
}

function wordless(rule: string): ConfigError {
  return new ConfigError('cisco', [{ rule, path: [] }]);
}
