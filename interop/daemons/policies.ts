/**
 * Policies in the suite notation → a daemon's own words.
 *
 * Rule: what its dialect cannot say is handed on in our words, so that the daemon itself says what it thinks of them; if it takes them
 * all the same, they mean something else there, and `doubt` says why they are not trusted.
 */
import {
  compareReleases,
  ConfigError,
  type Negotiation,
  NotationError,
  parsePolicy,
  type Policy,
  printLibreswanPolicy,
  printOpeniked,
  printStrongswanProposal,
  type Want,
} from '../../src/proposals/index.ts';
import type { Connection } from './connection.ts';

/** The proposals of one side of a negotiation. Nothing: the daemon's defaults. */
export interface Words {
  readonly texts: readonly string[];
  /** The daemon would have to refuse these. */
  readonly doubt?: string;
}

/** `ike` or `child` of a connection, as its own words or else printed by `print`. Nothing when it is left to the daemon. */
export function wordsOf(
  { own = {}, ...connection }: Connection,
  part: 'ike' | 'child',
  kind: keyof NonNullable<Connection['own']>,
  print: (policy: Policy, negotiation: Negotiation) => readonly string[],
  respell: (text: string) => string = (text) => text,
  numbers: 'own' | 'ikev2' = 'own',
): Words | undefined {
  const given = own[kind]?.[part];
  if (given !== undefined) return given.length === 0 ? undefined : { texts: given };
  const text = connection[part];
  if (text === undefined) return undefined;
  const negotiation = negotiationOf(numbers === 'ikev2' ? 'ikev2' : connection.speaks, part);
  try {
    return { texts: print(parsePolicy(text, negotiation), negotiation) };
  } catch (error) {
    // An algorithm that a version has no number for is as good as one that a dialect has no word for.
    if (error instanceof ConfigError || error instanceof RangeError || error instanceof NotationError)
      return { texts: text.split(',').map(respell), doubt: error.message };
    throw error;
  }
}

/** Which negotiation a part of a connection is. */
export function negotiationOf(speaks: Connection['speaks'], part: 'ike' | 'child'): Negotiation {
  if (speaks === 'ikev2') return part === 'ike' ? 'ikev2-ike' : 'ikev2-child';
  return part === 'ike' ? 'ikev1-phase1' : 'ikev1-phase2';
}

/** One proposal each. charon's words are the same for both versions. @throws RangeError */
export function strongswanTexts(policy: Policy, release: string): readonly string[] {
  return policy.map((bundle) => {
    const [want, ...more] = bundle;
    if (want === undefined || more.length > 0) throw new RangeError('charon has no proposals of two protocols together');
    const text = printStrongswanProposal(want, { since: (other) => compareReleases(release, other) >= 0 });
    if (text.includes('+')) throw new RangeError(`charon ${release} has no word for ${text.slice(text.indexOf('+') + 1)}`);
    return text;
  });
}

/** @throws ConfigError */
export function libreswanTexts(policy: Policy, negotiation: Negotiation, release: string): readonly string[] {
  return [printLibreswanPolicy(policy, negotiation, release)];
}

/** Our words for a proposal that pluto has none for, as far as it has some, so that it complains of the right one. */
export function libreswanSpelling(text: string): string {
  const words = text.split('-').map((word) => SPELLINGS.reduce((spelled, [ours, theirs]) => spelled.replace(ours, theirs), word));
  const groups = words.filter((word) => GROUP.test(word));
  return [words.filter((word) => !GROUP.test(word)).join('-'), ...groups].join(';');
}

const GROUP = /^(?:modp|dh|ecp|addke|ke\d_|x25519|x448)/;
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/^aes(\d+)(gcm|ccm)(\d+)$/, 'aes_$2_$3_$1'],
  [/^aes(\d+)ctr$/, 'aes_ctr_$1'],
  [/^(?:prf)?sha(256|384|512)$/, 'sha2_$1'],
  [/^x25519$/, 'dh31'],
  [/^ke(\d)_/, 'addke$1='],
];

/** The same for iked: each of its words behind what it is for. */
export function openikedSpelling(text: string): string {
  const kind = (word: string): string =>
    word.startsWith('prf') ? 'prf' : /^(?:md5|sha|aesxcbc|aescmac)/.test(word) ? 'auth' : GROUP.test(word) ? 'group' : 'enc';
  const words = text.split('-').filter((word) => word !== 'esn' && word !== 'noesn');
  return words.map((word) => `${kind(word)} ${IKED_WORDS.get(word) ?? word.replace(/^prf/, 'hmac-').replace(/^ke\d_/, '')}`).join(' ');
}

const IKED_WORDS: ReadonlyMap<string, string> = new Map([
  ['aes128', 'aes-128'],
  ['aes192', 'aes-192'],
  ['aes256', 'aes-256'],
  ['aes128gcm12', 'aes-128-gcm-12'],
  ['aes256gcm12', 'aes-256-gcm-12'],
  ['aes128gcm16', 'aes-128-gcm'],
  ['aes256gcm16', 'aes-256-gcm'],
  ['sha1', 'hmac-sha1'],
  ['md5', 'hmac-md5'],
  ['sha256', 'hmac-sha2-256'],
  ['sha384', 'hmac-sha2-384'],
  ['sha512', 'hmac-sha2-512'],
  ['prfsha1', 'hmac-sha1'],
  ['prfsha256', 'hmac-sha2-256'],
  ['prfsha384', 'hmac-sha2-384'],
  ['prfsha512', 'hmac-sha2-512'],
  ['x25519', 'curve25519'],
]);

/** One clause each, without its keyword. @throws RangeError */
export function openikedTexts(policy: Policy, negotiation: Negotiation): readonly string[] {
  const clause = negotiation === 'ikev2-ike' ? 'ikesa' : 'childsa';
  const beyond = policy.flat().flatMap(({ slots }) => [...slots.keys()].filter((slot) => slot.startsWith('ake') || slot === 'mode'));
  if (beyond.length > 0) throw new RangeError(`iked has no word for ${beyond.join(', ')}`);
  return printOpeniked(policy, clause).map((text) => text.slice(clause.length + 1));
}

/** The protocol of a child policy; ESP when there is none, or both. */
export function childProtocol(connection: Connection): 'esp' | 'ah' {
  const wants = childWants(connection);
  return wants.length > 0 && wants.every(({ protocol }) => protocol === 2) ? 'ah' : 'esp';
}

/** Whether a child policy has a group of its own (PFS), and which extended sequence numbers it names: 0 no, 1 yes. */
export function childTraits(connection: Connection): { readonly pfs: boolean; readonly esn: readonly number[] } {
  const wants = childWants(connection);
  return {
    pfs: wants.some(({ slots }) => (slots.get('group') ?? []).some(({ id }) => id !== 0)),
    esn: [...new Set(wants.flatMap(({ slots }) => (slots.get('esn') ?? []).map(({ id }) => id)))],
  };
}

/** Of both versions in the numbers of IKEv2, which has more of them. */
function childWants({ child }: Connection): readonly Want[] {
  try {
    return child === undefined ? [] : parsePolicy(child, 'ikev2-child').flat();
  } catch (error) {
    if (error instanceof NotationError) return [];
    throw error;
  }
}
