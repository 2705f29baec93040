import { lookup, type NumberSpace, spaceOf } from '../../algorithms.ts';
import type { Algorithm, Negotiation, Slot } from '../../model.ts';
import { quoted } from '../../notation/quoted.ts';
import { wantOf } from '../../policy.ts';
import { DialectError, type Token, unknownWord } from '../scanner.ts';
import type { Line } from './lines.ts';
import type { CiscoIkePolicy, CiscoIkev2Order, CiscoParameter, CiscoTransformSet } from './model.ts';
import {
  abbreviated,
  type AlgorithmParameter,
  type Block,
  type BlockName,
  BLOCKS,
  type CiscoWord,
  DEFAULT_LIFETIME,
  numberOf,
  readWord,
  type Vocabulary,
} from './words.ts';

/** What blocks are put into. */
export interface Finished {
  readonly policies: CiscoIkePolicy[];
  readonly orders: CiscoIkev2Order[];
  readonly sets: CiscoTransformSet[];
}

/** A block while its lines are read. */
export abstract class Draft {
  readonly line: number;
  /** The same for the same block. */
  readonly key: string;
  /** One of its lines was not understood: what it lacks may be there. */
  spoiled = false;

  constructor(line: number, key: string) {
    this.line = line;
    this.key = key;
  }

  /** Whether a line is one of this block's, wherever it stands. */
  abstract understands(line: Line): boolean;
  /** @throws DialectError */
  abstract read(line: Pick<Line, 'words'>): void;
  /** Puts the block into the configuration. @throws DialectError when it is not complete */
  abstract finish(into: Finished): void;
  /** The line that opens the block, each time. @throws DialectError */
  reopen(_words: readonly Token[]): void {
    // Most blocks say nothing in their first line.
  }
}

const ISAKMP = 1;
/** `crypto isakmp policy 10` */
const HEAD = 4;
/** The PRF of a proposal that names none is its integrity's. */
const PRF_OF: ReadonlyMap<string, string> = new Map([
  ['integ-hmac-md5-96', 'prf-md5'],
  ['integ-hmac-sha1-96', 'prf-sha1'],
  ['integ-hmac-sha2-256-128', 'prf-sha2-256'],
  ['integ-hmac-sha2-384-192', 'prf-sha2-384'],
  ['integ-hmac-sha2-512-256', 'prf-sha2-512'],
]);

/** An IKE policy or an IOS proposal. */
export class PolicyDraft extends Draft {
  readonly #name: string;
  readonly #block: Block;
  readonly #chosen = new Map<AlgorithmParameter, readonly CiscoWord[]>();
  #auth: readonly number[] | undefined;
  #lifetime: number | null | undefined;

  constructor(line: number, block: BlockName, name: string) {
    super(line, `${block} ${name}`);
    this.#block = BLOCKS[block];
    this.#name = name;
  }

  /** ASA takes `crypto isakmp policy 10 group 2` too. */
  override reopen(words: readonly Token[]): void {
    const rest = words.slice(HEAD);
    if (rest.length > 0) this.read({ words: rest });
  }

  override understands({ words }: Line): boolean {
    const [first, second] = words;
    return this.#command((first?.text === 'no' ? second : first)?.text ?? '') !== undefined;
  }

  override read({ words }: Pick<Line, 'words'>): void {
    const negated = words[0]?.text.toLowerCase() === 'no';
    const [command = words[0] as Token, ...rest] = negated ? words.slice(1) : words;
    const parameter = this.#command(command.text);
    if (parameter === undefined) {
      throw unknownWord(
        'command',
        command,
        [...this.#commands()].map(([word]) => word),
      );
    }
    if (negated) this.#unset(parameter);
    else this.#set(parameter, rest, command);
  }

  override finish(into: Finished): void {
    const { ike, auth, lifetime } = this.#block;
    const assumed = this.#completed();
    const negotiation: Negotiation = ike === 1 ? 'ikev1-phase1' : 'ikev2-ike';
    const slots: Partial<Record<Slot, Algorithm[]>> = {};
    for (const parameter of ['encryption', 'integrity', 'hash', 'prf', 'group'] as const) {
      const words = this.#chosen.get(parameter);
      if (words === undefined) continue;
      const space: NumberSpace = spaceOf(parameter, negotiation);
      slots[parameter] = words.map(({ row, keyBits }) => ({
        id: numberOf(row, space) ?? 0,
        ...(keyBits === undefined ? {} : { keyBits }),
      }));
    }
    into.policies.push({
      ike,
      name: this.#name,
      want: wantOf(ISAKMP, slots),
      ...(auth === undefined ? {} : { auth: this.#auth ?? auth.get(this.#block.defaultAuth ?? '') ?? [] }),
      ...(lifetime === undefined ? {} : { lifetime: this.#lifetime === undefined ? DEFAULT_LIFETIME : this.#lifetime }),
      assumed,
      line: this.line,
    });
  }

  /** Fills in what was not said, and says what. */
  #completed(): CiscoParameter[] {
    const { words, defaults, auth, lifetime } = this.#block;
    const assumed: CiscoParameter[] = [];
    for (const parameter of Object.keys(words) as AlgorithmParameter[]) {
      if (this.#chosen.has(parameter)) continue;
      const word = this.#defaultOf(parameter, words[parameter]?.get(defaults[parameter] ?? ''));
      if (word === undefined) continue;
      this.#chosen.set(parameter, word);
      assumed.push(parameter);
    }
    if (auth !== undefined && this.#auth === undefined) assumed.push('auth');
    if (lifetime !== undefined && this.#lifetime === undefined) assumed.push('lifetime');
    return assumed;
  }

  #defaultOf(parameter: AlgorithmParameter, word: CiscoWord | undefined): readonly CiscoWord[] | undefined {
    const aead =
      this.#chosen.get('encryption')?.every(({ row }) => lookup('encryption', 'ikev2', numberOf(row, 'ikev2') ?? -1)?.aead) ?? false;
    if (parameter === 'integrity' && aead) return undefined;
    if (word !== undefined) return [word];
    const derived = parameter === 'prf' ? (this.#chosen.get('integrity') ?? []).flatMap(({ row }) => PRF_OF.get(row) ?? []) : [];
    if (derived.length > 0) return [...new Set(derived)].map((row) => ({ row }));
    throw new DialectError('missing', `no ${parameter} in ${quoted(this.#name)}, which is not used`, { text: '', offset: 0 });
  }

  #set(parameter: CiscoParameter, words: readonly Token[], command: Token): void {
    const end = { text: '', offset: (words.at(-1) ?? command).offset + (words.at(-1) ?? command).text.length };
    const [first] = words;
    if (first === undefined) throw new DialectError('missing', `no value for ${command.text}`, end);
    if (parameter === 'auth') this.#auth = this.#readAuth(first);
    else if (parameter === 'lifetime') this.#lifetime = this.#readLifetime(words);
    else return this.#setAlgorithms(parameter, words);
    const left = words[parameter === 'lifetime' && first.text.toLowerCase().startsWith('s') ? 2 : 1];
    if (left !== undefined) throw new DialectError('unexpected', `unexpected ${quoted(left.text)}`, left);
  }

  #setAlgorithms(parameter: AlgorithmParameter, words: readonly Token[]): void {
    const { several, words: vocabularies } = this.#block;
    const vocabulary: Vocabulary = vocabularies[parameter] ?? new Map();
    const chosen: CiscoWord[] = [];
    for (let i = 0; i < words.length; ) {
      const at = words[i] as Token;
      if (i > 0 && !several) throw new DialectError('unexpected', `one ${parameter} only, not also ${quoted(at.text)}`, at);
      const { word, taken } = readWord(parameter, words, i, vocabulary);
      if (!chosen.some(({ row, keyBits }) => row === word.row && keyBits === word.keyBits)) chosen.push(word);
      i += taken;
    }
    this.#chosen.set(parameter, chosen);
  }

  #readAuth(word: Token): readonly number[] {
    const methods = this.#block.auth ?? new Map<string, readonly number[]>();
    const found = methods.get(abbreviated(word.text, methods.keys()) ?? '');
    if (found === undefined) throw unknownWord('method', word, methods.keys());
    return found;
  }

  /** `86400`, `seconds 86400` where the block has it, `none`. */
  #readLifetime(words: readonly Token[]): number | null {
    const { least = 0, most = 0, none, unit } = this.#block.lifetime ?? {};
    const inUnit = unit && words[0] !== undefined && abbreviated(words[0].text, ['seconds', 'none']) === 'seconds';
    const word = (inUnit ? words[1] : words[0]) ?? { text: '', offset: (words[0]?.offset ?? 0) + (words[0]?.text.length ?? 0) };
    if (none && word.text.toLowerCase() === 'none') return null;
    if (!/^\d+$/.test(word.text)) throw new DialectError('unexpected', `no lifetime ${quoted(word.text)}`, word);
    const seconds = Number(word.text);
    if (seconds < least || seconds > most) {
      throw new DialectError('number-out-of-range', `lifetime ${word.text} is not from ${least} to ${most} seconds`, word);
    }
    return seconds;
  }

  #unset(parameter: CiscoParameter): void {
    if (parameter === 'auth') this.#auth = undefined;
    else if (parameter === 'lifetime') this.#lifetime = undefined;
    else this.#chosen.delete(parameter);
  }

  #command(word: string): CiscoParameter | undefined {
    const commands = this.#commands();
    const full = word.length < 2 ? undefined : abbreviated(word, commands.keys());
    return full === undefined ? undefined : commands.get(full);
  }

  #commands(): ReadonlyMap<string, CiscoParameter> {
    const { words, auth, lifetime } = this.#block;
    const commands = new Map<string, CiscoParameter>(Object.keys(words).map((parameter) => [parameter, parameter as CiscoParameter]));
    if (auth !== undefined) commands.set('authentication', 'auth');
    if (lifetime !== undefined) commands.set('lifetime', 'lifetime');
    return commands;
  }
}
