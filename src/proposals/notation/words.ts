/**
 * One word ↔ one algorithm.
 *
 * Law: reading the canonical word of an algorithm gives that algorithm back, whatever its number and key length.
 *
 * @module
 */
import { algorithmByKeyword, aliases, type AlgorithmRow, lookup, type NumberSpace, rowsIn, spaceOf } from '../algorithms.ts';
import type { Algorithm, Negotiation, Slot } from '../model.ts';
import { NotationError } from './error.ts';
import { nearest } from './nearest.ts';

/** Where a word stands: it decides which algorithms it can name. */
export interface Place {
  readonly negotiation: Negotiation;
  readonly protocol: number;
}

/** What a word means. */
export type Word =
  | { readonly kind: 'algorithm'; readonly slot: Slot; readonly algorithm: Algorithm }
  /** A transform of a type without a slot: `type242:42/128`. */
  | { readonly kind: 'type'; readonly type: number; readonly algorithm: Algorithm }
  /** The transform identifier where it names no algorithm: `transform:7`. */
  | { readonly kind: 'transform'; readonly id: number }
  /** `noprf`, `noauth`: really none, do not fill it in. */
  | { readonly kind: 'absent'; readonly slot: Slot };

const AH = 2;
const IPCOMP = 4;
const ADDITIONAL: readonly Slot[] = ['ake1', 'ake2', 'ake3', 'ake4', 'ake5', 'ake6', 'ake7'];
const ALL: readonly Slot[] = ['encryption', 'integrity', 'prf', 'hash', 'group', ...ADDITIONAL, 'auth', 'esn', 'mode', 'compression'];
const ABSENT: ReadonlyMap<string, Slot> = new Map<string, Slot>([
  ['noprf', 'prf'],
  ['noauth', 'auth'],
]);

/** Every slot, those that belong to this place first, in the order in which a suite is written. */
export function slotsOf({ negotiation, protocol }: Place): readonly Slot[] {
  return [...new Set([...ownSlots(negotiation, protocol), ...ALL])];
}

function ownSlots(negotiation: Negotiation, protocol: number): readonly Slot[] {
  if (negotiation === 'ikev1-phase1') return ['encryption', 'hash', 'group', 'auth', 'prf'];
  if (negotiation === 'ikev2-ike') return ['encryption', 'integrity', 'prf', 'group', ...ADDITIONAL, 'esn'];
  if (protocol === AH) return ['integrity', 'group', ...ADDITIONAL, 'esn', 'mode'];
  if (protocol === IPCOMP) return ['compression', 'group', 'mode'];
  return ['encryption', 'integrity', 'group', ...ADDITIONAL, 'esn', 'mode'];
}

/** The canonical word: `aes256gcm16`, `prfsha256`, `ke1_mlkem768`, `encryption:65009/256`. */
export function keyword(slot: Slot, negotiation: Negotiation, algorithm: Algorithm, protocol?: number): string {
  const { id, keyBits } = algorithm;
  const row = lookup(slot, spaceOf(slot, negotiation, protocol), id);
  if (row === undefined || row.numeric || (keyBits !== undefined && !row.keyword.includes('#'))) {
    return keyBits === undefined ? `${slot}:${id}` : `${slot}:${id}/${keyBits}`;
  }
  const word = row.keyword.replace('#', keyBits === undefined ? '' : String(keyBits));
  return slot.startsWith('ake') ? `ke${slot.slice(3)}_${word}` : word;
}

/** What a word of any dialect means here; `undefined` if nothing. `offset` is for the errors it throws about numbers over 16 bits. */
export function readWord(text: string, place: Place, offset: number): Word | undefined {
  const word = text.toLowerCase();
  const absent = ABSENT.get(word);
  if (absent !== undefined) return { kind: 'absent', slot: absent };
  const numeric = /^([a-z]+[0-9]*):([0-9]+)(?:\/([0-9]+))?$/.exec(word);
  if (numeric !== null) return readNumeric(numeric, offset);
  const additional = /^ke([1-7])_(.+)$/.exec(word);
  if (additional !== null) {
    const group = readIn('group', additional[2] ?? '', place);
    return group && { kind: 'algorithm', slot: `ake${additional[1]}` as Slot, algorithm: group };
  }
  const slots = slotsOf(place).filter((slot) => !slot.startsWith('ake'));
  for (const read of [readCanonical, readAlias]) {
    for (const slot of slots) {
      const algorithm = read(slot, spaceOf(slot, place.negotiation, place.protocol), word);
      if (algorithm !== undefined) return { kind: 'algorithm', slot, algorithm };
    }
  }
  return undefined;
}

/** The nearest word that means something here. */
export function nearestWord(text: string, place: Place): string | undefined {
  const words = new Set<string>();
  for (const slot of slotsOf(place)) {
    for (const row of rowsIn(slot, spaceOf(slot, place.negotiation, place.protocol))) {
      const prefix = slot.startsWith('ake') ? `ke${slot.slice(3)}_` : '';
      for (const bits of row.keyword.includes('#') ? [...(row.keyBits?.allowed ?? [128]), ''] : ['']) {
        words.add(prefix + row.keyword.replace('#', String(bits)));
      }
    }
  }
  return nearest(text, words);
}

function readIn(slot: Slot, word: string, { negotiation, protocol }: Place): Algorithm | undefined {
  const space = spaceOf(slot, negotiation, protocol);
  return readCanonical(slot, space, word) ?? readAlias(slot, space, word);
}

function readNumeric([whole, name = '', id = '', bits]: RegExpExecArray, offset: number): Word | undefined {
  const number = (digits: string): number => {
    if (Number(digits) > 0xffff) throw new NotationError('number-too-large', whole, offset);
    return Number(digits);
  };
  const algorithm: Algorithm = { id: number(id), ...(bits === undefined ? {} : { keyBits: number(bits) }) };
  const slot = ALL.find((s) => s === name);
  if (slot !== undefined) return { kind: 'algorithm', slot, algorithm };
  if (name === 'transform') return { kind: 'transform', id: algorithm.id };
  const type = /^type(\d+)$/.exec(name);
  if (type === null) return undefined;
  if (Number(type[1]) > 0xff) throw new NotationError('number-too-large', whole, offset);
  return { kind: 'type', type: Number(type[1]), algorithm };
}

function readCanonical(slot: Slot, space: NumberSpace, word: string): Algorithm | undefined {
  for (const row of rowsIn(slot, space)) {
    const [head = '', tail] = row.keyword.split('#');
    const id = row.numbers[space];
    if (id === undefined) continue;
    if (word === head + (tail ?? '')) return { id };
    if (tail === undefined || !word.startsWith(head) || !word.endsWith(tail)) continue;
    const bits = word.slice(head.length, word.length - tail.length);
    if (/^(0|[1-9]\d{0,4})$/.test(bits) && Number(bits) <= 0xffff) return { id, keyBits: Number(bits) };
  }
  return undefined;
}

/** A name of another dialect, with the key length inside (`aes-256-gcm`) or behind (`aes_gcm_16_256`). */
function readAlias(slot: Slot, space: NumberSpace, word: string): Algorithm | undefined {
  const row = algorithmByKeyword(slot, space, word);
  if (row !== undefined) return { id: row.numbers[space] ?? 0, ...bitsInside(row, word) };
  if (slot === 'prf' && word.startsWith('prf')) return readAlias('prf', space, word.slice(3).replace(/^[-_]/, ''));
  const behind = /^(.+?)[-_]?([1-9]\d{1,4})$/.exec(word);
  const stem = behind && algorithmByKeyword(slot, space, behind[1] ?? '');
  // Two digits are a group (`aes-14`), not a key length; and no name says its length twice.
  if (!stem?.keyword.includes('#') || Number(behind?.[2]) < 40 || 'keyBits' in bitsInside(stem, behind?.[1] ?? '')) return undefined;
  return { id: stem.numbers[space] ?? 0, keyBits: Number(behind?.[2]) };
}

function bitsInside(row: AlgorithmRow, word: string): { keyBits?: number } {
  const keyed = row.keyword.includes('#') && aliases(row).some((name) => name.toLowerCase() === word);
  const inside = keyed ? /[a-z][-_ ]?(128|192|256)/.exec(word) : null;
  return inside === null ? {} : { keyBits: Number(inside[1]) };
}
