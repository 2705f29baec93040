import { DialectError, type Token, unknownWord } from '../scanner.ts';
import { Draft, type Finished } from './drafts.ts';
import type { Line } from './lines.ts';
import type { CiscoSetProtocol, CiscoTransform } from './model.ts';
import { abbreviated, IPSEC_PROPOSAL_WORDS, readWord, SET_WORDS } from './words.ts';

const [AH, ESP, IPCOMP] = [2, 3, 4];
const NOWHERE: Token = { text: '', offset: 0 };

/** `crypto ipsec transform-set NAME word …`; `mode` follows in a line of its own, in ASA behind the name. */
export class SetDraft extends Draft {
  readonly #name: string;
  readonly #ike: 1 | 2 | undefined;
  /** How many words stand before the first transform. */
  readonly #head: number;
  #mode: 'tunnel' | 'transport' = 'tunnel';
  #protocols: readonly CiscoSetProtocol[] = [];

  constructor(line: number, name: string, ike: 1 | 2 | undefined, head: number) {
    super(line, `set ${ike ?? ''} ${name}`);
    this.#name = name;
    this.#ike = ike;
    this.#head = head;
  }

  override reopen(words: readonly Token[]): void {
    const rest = words.slice(this.#head);
    const [first, second] = rest;
    if (first?.text.toLowerCase() === 'mode') this.#setMode(second ?? { text: '', offset: first.offset + first.text.length });
    else if (rest.length > 0) this.#protocols = protocolsOf(rest);
  }

  override understands({ words: [first] }: Line): boolean {
    return first?.text.toLowerCase() === 'mode';
  }

  override read({ words: [first = NOWHERE, second] }: Pick<Line, 'words'>): void {
    if (first.text.toLowerCase() === 'no') return;
    if (first.text.toLowerCase() !== 'mode') throw unknownWord('command', first, ['mode']);
    this.#setMode(second ?? { text: '', offset: first.offset + first.text.length });
  }

  override finish({ sets }: Finished): void {
    if (this.#protocols.length === 0) throw new DialectError('empty', `no transforms in '${this.#name}'`, NOWHERE);
    const ike = this.#ike === undefined ? {} : { ike: this.#ike };
    sets.push({ name: this.#name, ...ike, protocols: this.#protocols, mode: this.#mode, line: this.line });
  }

  #setMode(word: Token): void {
    const mode = abbreviated(word.text, ['tunnel', 'transport']);
    if (mode !== 'tunnel' && mode !== 'transport') throw unknownWord('mode', word, ['tunnel', 'transport']);
    this.#mode = mode;
  }
}

/** At most one transform of each kind; authentication of ESP needs its cipher. @throws DialectError */
function protocolsOf(words: readonly Token[]): CiscoSetProtocol[] {
  const protocols = new Map<number, CiscoTransform[]>();
  for (let i = 0; i < words.length; ) {
    const at = words[i] as Token;
    const { word, taken } = readWord('transform', words, i, SET_WORDS);
    const protocol = word.row.startsWith('ipcomp') ? IPCOMP : at.text.toLowerCase().startsWith('ah') ? AH : ESP;
    const slot = protocol === IPCOMP ? 'compression' : word.row.startsWith('integ') ? 'integrity' : 'encryption';
    const transforms = protocols.get(protocol) ?? [];
    if (transforms.some((transform) => transform.slot === slot)) {
      throw new DialectError('repeated', `a second transform for the ${slot} of one protocol`, at);
    }
    protocols.set(protocol, [...transforms, { slot, ...word }]);
    i += taken;
  }
  const esp = protocols.get(ESP);
  if (esp !== undefined && !esp.some(({ slot }) => slot === 'encryption')) {
    throw new DialectError('missing', 'no cipher beside the authentication of ESP', words.at(-1) as Token, 'esp-null');
  }
  return [AH, ESP, IPCOMP].flatMap((protocol) => {
    const transforms = protocols.get(protocol);
    return transforms === undefined ? [] : [{ protocol, transforms: bySlot(transforms) }];
  });
}

function bySlot(transforms: readonly CiscoTransform[]): CiscoTransform[] {
  return (['encryption', 'integrity', 'compression'] as const).flatMap((slot) => transforms.filter((transform) => transform.slot === slot));
}

/** ASA: `crypto ipsec ikev2 ipsec-proposal NAME`, with lists. */
export class ProposalDraft extends Draft {
  readonly #name: string;
  readonly #chosen = new Map<'encryption' | 'integrity', readonly CiscoTransform[]>();

  constructor(line: number, name: string) {
    super(line, `ipsec-proposal ${name}`);
    this.#name = name;
  }

  override understands({ words: [first, second] }: Line): boolean {
    return first?.text.toLowerCase() === 'protocol' && second?.text.toLowerCase() === 'esp';
  }

  override read({ words }: Pick<Line, 'words'>): void {
    const [command = NOWHERE, protocol = NOWHERE, what = NOWHERE, ...rest] = words;
    if (command.text.toLowerCase() === 'no') return;
    if (command.text.toLowerCase() !== 'protocol') throw unknownWord('command', command, ['protocol']);
    if (protocol.text.toLowerCase() !== 'esp') throw unknownWord('protocol', protocol, ['esp']);
    const slot = abbreviated(what.text, ['encryption', 'integrity']);
    if (what === NOWHERE || (slot !== 'encryption' && slot !== 'integrity'))
      throw unknownWord('command', what, ['encryption', 'integrity']);
    const transforms: CiscoTransform[] = [];
    for (let i = 0; i < rest.length; ) {
      const { word, taken } = readWord(slot, rest, i, IPSEC_PROPOSAL_WORDS[slot]);
      if (!transforms.some(({ row, keyBits }) => row === word.row && keyBits === word.keyBits)) transforms.push({ slot, ...word });
      i += taken;
    }
    if (transforms.length === 0) throw new DialectError('missing', `no ${slot}`, { text: '', offset: what.offset + what.text.length });
    this.#chosen.set(slot, transforms);
  }

  override finish({ sets }: Finished): void {
    const ciphers = this.#chosen.get('encryption');
    if (ciphers === undefined) throw new DialectError('missing', `no encryption in '${this.#name}'`, NOWHERE);
    const transforms = [...ciphers, ...(this.#chosen.get('integrity') ?? [])];
    sets.push({ name: this.#name, ike: 2, protocols: [{ protocol: ESP, transforms }], mode: 'tunnel', line: this.line });
  }
}

/** IOS: `crypto ikev2 policy NAME`; of its lines only `proposal` concerns us. */
export class OrderDraft extends Draft {
  readonly #name: string;
  readonly #proposals: string[] = [];

  constructor(line: number, name: string) {
    super(line, `order ${name}`);
    this.#name = name;
  }

  override understands({ words: [first] }: Line): boolean {
    return /^(proposal|match)$/i.test(first?.text ?? '');
  }

  override read({ words: [first, second] }: Pick<Line, 'words'>): void {
    if (first?.text.toLowerCase() !== 'proposal') return;
    if (second === undefined) throw new DialectError('missing', 'no name', { text: '', offset: first.offset + first.text.length });
    if (!this.#proposals.includes(second.text)) this.#proposals.push(second.text);
  }

  override finish({ orders }: Finished): void {
    orders.push({ name: this.#name, proposals: this.#proposals, line: this.line });
  }
}
