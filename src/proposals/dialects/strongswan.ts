/**
 * strongSwan's proposal strings: `aes256-sha256-modp2048`, `aes128gcm16-prfsha256-x25519-ke1_mlkem768`, `default`.
 *
 * Rule 1: a string means the same algorithms in IKEv1 and IKEv2; the want is in the numbers of the negotiation that is asked for.
 * Rule 2: what charon completes is completed (PRF, noesn), what it drops is dropped, and what it refuses is a fault in its words.
 *
 * @see strongSwan proposal.c: proposal_create_from_string, check_proposal; stroke_config.c: add_proposals
 * @module
 */
import type { Negotiation } from '../model.ts';
import type { Policy } from '../policy.ts';
import { type CharonTransform, PROTOCOL, TYPE } from '../selectors/strongswan/algebra.ts';
import { charonOf } from '../selectors/strongswan/compare.ts';
import { checkProposal, impliedPrf } from '../selectors/strongswan/configured.ts';
import { defaultWants } from '../selectors/strongswan/defaults.ts';
import { proposalText } from '../selectors/strongswan/names.ts';
import { NEWEST, type ReleaseLike } from '../selectors/strongswan/releases.ts';
import { type StrongswanWant, wantOf } from '../selectors/strongswan/wants.ts';
import { wordFor, wordMeaning, wordsOf } from '../selectors/strongswan/words.ts';
import { nearest } from '../notation/nearest.ts';
import { DialectError, LONGEST_TEXT, split, type Token } from './scanner.ts';

/** What the text alone does not say. */
export interface StrongswanTextOptions {
  /** 2 for `ah_proposals`, 3 for `esp_proposals`, which is meant for children when it is left out. */
  readonly protocol?: 2 | 3;
  /** Which words there are; those of the newest when left out. */
  readonly release?: ReleaseLike;
  /** Also reads `+T242:8/128`, a transform of a type without a name, which no configuration can hold. */
  readonly unknownTypes?: boolean;
}

/** charon cuts nothing off: a longer proposal is refused. */
const LONGEST_PROPOSAL = 2047;

/**
 * One proposal.
 *
 * @throws DialectError
 * @example
 * parseStrongswanProposal('aes256-sha256-modp2048', 'ikev1-phase1').slots.get('encryption'); // [{ id: 7, keyBits: 256 }]
 */
export function parseStrongswanProposal(text: string, negotiation: Negotiation, options: StrongswanTextOptions = {}): StrongswanWant {
  return parseOne({ text, offset: 0 }, negotiation, options);
}

/**
 * A list, best first: `aes128-sha256-modp3072, aes256gcm16-prfsha384-ecp384, default`. The `!` of ipsec.conf may end it.
 *
 * @throws DialectError
 */
export function parseStrongswanProposals(text: string, negotiation: Negotiation, options: StrongswanTextOptions = {}): Policy {
  if (text.length > LONGEST_TEXT)
    throw new DialectError('too-long', `more than ${LONGEST_TEXT} characters`, { text: '', offset: LONGEST_TEXT });
  const list = text.trimEnd().endsWith('!') ? text.slice(0, text.lastIndexOf('!')) : text;
  return split(list, ',').flatMap((piece) => {
    const token = trimmed(piece);
    if (token.text.toLowerCase() !== 'default') return [[parseOne(token, negotiation, options)]];
    return defaultWants(protocolOf(negotiation, options), negotiation, options.release ?? NEWEST).map((want) => [want]);
  });
}

/** As it is written: what charon completes by itself is left out. The want is in IKEv2 numbers. */
export function printStrongswanProposal(want: StrongswanWant, release: ReleaseLike = NEWEST): string {
  const { transforms } = charonOf(want);
  const implied = impliedPrfs(transforms);
  const prfs = transforms.filter(({ type }) => type === TYPE.prf).map(({ id }) => id);
  const samePrf = prfs.length === implied.length && prfs.every((id, i) => id === implied[i]);
  const numbers = transforms.filter(({ type }) => type === TYPE.esn);
  const leftOut = new Set<number>([
    ...(samePrf || want.protocol !== PROTOCOL.ike ? [TYPE.prf] : []),
    ...(numbers.length === 1 && numbers[0]?.id === 0 ? [TYPE.esn] : []),
  ]);
  const shown = transforms.filter(({ type }) => !leftOut.has(type));
  const words = shown.map((each) => ({ each, word: wordFor(each, release) }));
  const known = words.flatMap(({ word }) => word ?? []).join('-');
  return known + words.flatMap(({ each, word }) => (word === undefined ? [unknownText(each)] : [])).join('');
}

/** As charon logs it: `ESP:AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ`. The want is in IKEv2 numbers. */
export function showStrongswanProposal(want: StrongswanWant, release: ReleaseLike = NEWEST): string {
  return proposalText(charonOf(want), release);
}

function parseOne(text: Token, negotiation: Negotiation, options: StrongswanTextOptions): StrongswanWant {
  if (text.text.length > LONGEST_PROPOSAL) {
    throw new DialectError('too-long', `a proposal of more than ${LONGEST_PROPOSAL} characters`, {
      text: '',
      offset: text.offset + LONGEST_PROPOSAL,
    });
  }
  const release = options.release ?? NEWEST;
  const [words = text, ...extra] = options.unknownTypes === true ? split(text.text, '+', text.offset) : [text];
  const transforms: CharonTransform[] = [];
  for (const word of split(words.text, '-', words.offset).map(trimmed)) {
    if (word.text === '') continue;
    const meaning = wordMeaning(word.text, release);
    if (meaning === undefined) throw notRecognized(word, release);
    transforms.push({ type: meaning.type, id: meaning.id, keyBits: meaning.keyBits });
  }
  if (transforms.length === 0) throw new DialectError('empty', 'no algorithm', { text: text.text, offset: text.offset });
  const protocol = protocolOf(negotiation, options);
  const checked = checkProposal({ protocol, transforms });
  if ('refusal' in checked) {
    const code = checked.refusal.rule.startsWith('classic') ? 'not-allowed' : 'missing';
    throw new DialectError(code, checked.refusal.rule, { text: words.text, offset: words.offset });
  }
  return wantOf(protocol, [...checked.transforms, ...extra.map(unknownTransform)], negotiation);
}

function protocolOf(negotiation: Negotiation, { protocol }: StrongswanTextOptions): number {
  return negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike' ? PROTOCOL.ike : (protocol ?? PROTOCOL.esp);
}

function notRecognized(word: Token, release: ReleaseLike): DialectError {
  return new DialectError('unknown-word', `algorithm '${word.text}' not recognized`, word, nearest(word.text, wordsOf(release)));
}

/** `T242:8/128`: type, number, key length. */
function unknownTransform(token: Token): CharonTransform {
  const [, type, id, keyBits] = /^T(\d{1,3}):(\d{1,5})(?:\/(\d{1,5}))?$/.exec(token.text) ?? [];
  if (type === undefined || id === undefined) throw new DialectError('unexpected', 'a transform is written T242:8/128', token);
  if (Number(type) > 0xff || Number(id) > 0xffff || Number(keyBits ?? 0) > 0xffff) {
    throw new DialectError('number-out-of-range', 'a type has 8 bits, a number and a key length 16', token);
  }
  return { type: Number(type), id: Number(id), keyBits: Number(keyBits ?? 0) };
}

function unknownText({ type, id, keyBits }: CharonTransform): string {
  return `+T${type}:${id}${keyBits === 0 ? '' : `/${keyBits}`}`;
}

function impliedPrfs(transforms: readonly CharonTransform[]): readonly number[] {
  return transforms.flatMap(({ type, id }) => (type === TYPE.integrity ? (impliedPrf(id) ?? []) : []));
}

/** Without the blanks around. */
function trimmed({ text, offset }: Token): Token {
  return { text: text.trim(), offset: offset + text.length - text.trimStart().length };
}
