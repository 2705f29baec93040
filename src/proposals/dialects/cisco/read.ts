/**
 * Configurations of IOS and ASA → their IKE policies and transform sets.
 *
 * Rule 1: whatever is not about proposals is passed over; a line inside a block about proposals that is not understood is a fault.
 * Rule 2: a fault spoils its line, not the configuration.
 * Rule 3: a policy that is opened twice is one policy, and a later line replaces an earlier one, as at the command line.
 *
 * @module
 */
import { quoted } from '../../notation/quoted.ts';
import { DialectError, type Token } from '../scanner.ts';
import { type Draft, type Finished, PolicyDraft } from './drafts.ts';
import { type Line, linesOf, LONGEST_CONFIGURATION } from './lines.ts';
import type { CiscoConfig, CiscoFault, CiscoPlatform } from './model.ts';
import { SetDraft, OrderDraft, ProposalDraft } from './sets.ts';

/** What the text does not say. */
export interface CiscoOptions {
  /** Whose configuration it is; guessed by its commands when left out, and where they do not tell it is a router's. */
  readonly platform?: CiscoPlatform;
}

const MOST_FAULTS = 1000;
const HIGHEST_PRIORITY = 65_535;

/**
 * Reads what a configuration says about proposals. Throws for nothing but a text too long to be one; faults are listed.
 *
 * @example
 * const { policies } = parseCisco('crypto isakmp policy 10\n encr aes 256\n group 14');
 * policies[0]?.assumed; // ['hash', 'auth', 'lifetime']
 *
 * @throws DialectError when the text is longer than 4 MiB
 */
export function parseCisco(text: string, options: CiscoOptions = {}): CiscoConfig {
  if (text.length > LONGEST_CONFIGURATION) {
    throw new DialectError('too-long', `more than ${LONGEST_CONFIGURATION} characters`, { text: '', offset: LONGEST_CONFIGURATION });
  }
  const lines = [...linesOf(text)];
  const platform = options.platform ?? guess(lines);
  const drafts = new Map<string, Draft>();
  const faults: CiscoFault[] = [];
  let open: { readonly draft: Draft; readonly indent: number } | undefined;
  for (const line of lines) {
    if (/^(exit|quit|end)$/i.test(line.words[0]?.text ?? '')) {
      open = undefined;
      continue;
    }
    if (open !== undefined && (open.draft.understands(line) || (line.indent > open.indent && !isTop(line)))) {
      const { draft } = open;
      if (!guarded(faults, line.number, () => draft.read(line))) draft.spoiled = true;
      continue;
    }
    let draft: Draft | undefined;
    guarded(faults, line.number, () => (draft = header(line, platform, drafts)));
    if (draft !== undefined && !guarded(faults, line.number, () => draft?.reopen(wordsBehindNo(line)))) draft.spoiled = true;
    open = draft === undefined ? undefined : { draft, indent: line.indent };
  }
  return assemble(platform, drafts, faults);
}

/** Whether reading went well; if not its fault is listed. */
function guarded(faults: CiscoFault[], line: number, read: () => void): boolean {
  try {
    read();
  } catch (error) {
    if (!(error instanceof DialectError)) throw error;
    if (faults.length < MOST_FAULTS) faults.push({ line, fault: error });
    return false;
  }
  return true;
}

function assemble(platform: CiscoPlatform, drafts: ReadonlyMap<string, Draft>, faults: CiscoFault[]): CiscoConfig {
  const finished: Finished = { policies: [], orders: [], sets: [] };
  for (const draft of drafts.values()) {
    // A block with a fault in it lacks what the faulty line would have said: one fault is enough.
    const own = draft.spoiled ? [] : faults;
    guarded(own, draft.line, () => draft.finish(finished));
  }
  finished.policies.sort((a, b) => rankOf(a.name) - rankOf(b.name));
  faults.sort((a, b) => a.line - b.line);
  return { platform, ...finished, faults };
}

/** Named proposals have no rank of their own and keep their order. */
function rankOf(policy: string): number {
  return /^\d+$/.test(policy) ? Number(policy) : 0;
}

/** ASA has `crypto ikev1`, and numbers its IKEv2 policies; `crypto ikev2 proposal` is of IOS, where a policy's name may be a number. */
function guess(lines: readonly Line[]): CiscoPlatform {
  const heads = lines.map(({ words }) =>
    words
      .slice(0, 4)
      .map((word) => word.text.toLowerCase())
      .join(' '),
  );
  if (heads.some((head) => head.startsWith('crypto ikev2 proposal '))) return 'ios';
  return heads.some((head) => /^crypto (ikev1 |ipsec ikev[12] |ikev2 policy \d+$)/.test(head)) ? 'asa' : 'ios';
}

/** A new command at any depth: documents indent whole configurations. */
function isTop({ words: [first] }: Line): boolean {
  return /^(crypto|interface|hostname|router|ip|access-list|tunnel-group|group-policy)$/i.test(first?.text ?? '');
}

/** The block that a line opens, if it is about proposals; `no …` takes it back. @throws DialectError */
function header(line: Line, platform: CiscoPlatform, drafts: Map<string, Draft>): Draft | undefined {
  const negated = line.words[0]?.text.toLowerCase() === 'no';
  const words = wordsBehindNo(line);
  const text = words.slice(0, 4).map((word) => word.text.toLowerCase());
  if (text[0] !== 'crypto') return undefined;
  const made = opened(line.number, words, text, platform);
  if (made === undefined) return undefined;
  if (negated) {
    drafts.delete(made.key);
    return undefined;
  }
  const draft = drafts.get(made.key) ?? made;
  drafts.set(made.key, draft);
  return draft;
}

function wordsBehindNo({ words }: Line): readonly Token[] {
  return words[0]?.text.toLowerCase() === 'no' ? words.slice(1) : words;
}

function opened(line: number, words: readonly Token[], text: readonly string[], platform: CiscoPlatform): Draft | undefined {
  const at = `${text[1]} ${text[2]}`;
  const end = words.at(-1) as Token;
  if (at === 'isakmp policy') return new PolicyDraft(line, platform === 'ios' ? 'ios-isakmp' : 'asa-ikev1', priority(words[3], end));
  if (at === 'ikev1 policy') return new PolicyDraft(line, 'asa-ikev1', priority(words[3], end));
  if (at === 'ikev2 policy' && platform === 'asa') return new PolicyDraft(line, 'asa-ikev2', priority(words[3], end));
  if (at === 'ikev2 policy') return new OrderDraft(line, name(words[3], end));
  if (at === 'ikev2 proposal') return new PolicyDraft(line, 'ios-ikev2', name(words[3], end));
  if (at === 'ipsec transform-set') return new SetDraft(line, name(words[3], end), platform === 'asa' ? 1 : undefined, 4);
  if (at === 'ipsec ikev1' && text[3] === 'transform-set') return new SetDraft(line, name(words[4], end), 1, 5);
  if (at === 'ipsec ikev2' && text[3] === 'ipsec-proposal') return new ProposalDraft(line, name(words[4], end));
  return undefined;
}

function name(word: Token | undefined, end: Token): string {
  if (word === undefined) throw new DialectError('missing', 'no name', { text: '', offset: end.offset + end.text.length });
  return word.text;
}

function priority(word: Token | undefined, end: Token): string {
  const text = name(word, end);
  const at = word ?? end;
  if (!/^\d+$/.test(text)) throw new DialectError('unexpected', `no priority ${quoted(text)}`, at);
  if (Number(text) < 1 || Number(text) > HIGHEST_PRIORITY) {
    throw new DialectError('number-out-of-range', `priority ${text} is not from 1 to ${HIGHEST_PRIORITY}`, at);
  }
  return String(Number(text));
}
