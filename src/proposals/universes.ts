/**
 * Universes: the sets of suites that a peer is mapped over.
 *
 * @module
 */
import type { Algorithm, Box, Negotiation, Slot } from './model.ts';
import { NotationError } from './notation/error.ts';
import { readWord } from './notation/words.ts';
import { boxSize } from './suites.ts';
import { COMMON_CHILD, COMMON_IKE, COMMON_PHASE1, COMMON_PHASE2 } from './universes/common.ts';
import { fullChild, fullIke, fullPhase1, fullPhase2 } from './universes/full.ts';

export { boxSize, expandBox } from './suites.ts';

export type UniverseName = 'common' | 'full';
export type UniverseSpace = Negotiation;

/** A union of product sets. `combinations` counts suites without the method; `methods` is how many `auth` holds, 1 in IKEv2. */
export interface Universe {
  readonly name: string;
  readonly boxes: readonly Box[];
  readonly auth: readonly Algorithm[];
  readonly combinations: number;
  readonly methods: number;
}

/** A universe that comes with the package. */
export function universe(name: UniverseName, space: UniverseSpace): Universe {
  const common = name === 'common';
  switch (space) {
    case 'ikev1-phase1': {
      const { boxes, auth } = common ? COMMON_PHASE1 : fullPhase1();
      return sized(name, boxes, auth);
    }
    case 'ikev1-phase2':
      return sized(name, (common ? COMMON_PHASE2 : fullPhase2()).boxes, []);
    case 'ikev2-ike':
      return sized(name, (common ? COMMON_IKE : fullIke()).boxes, []);
    case 'ikev2-child':
      return sized(name, (common ? COMMON_CHILD : fullChild()).boxes, []);
    default:
      return space satisfies never;
  }
}

const [IKE, AH, ESP] = [1, 2, 3];

/** What is wrong with the text of a universe; `path` leads to the wrong value. */
export class UniverseError extends Error {
  readonly code: 'not-json' | 'not-a-universe' | 'unknown-slot' | 'unknown-keyword' | 'too-many';
  readonly path: string;

  constructor(code: UniverseError['code'], path: string) {
    super(`${code}: ${path}`);
    this.name = 'UniverseError';
    this.code = code;
    this.path = path;
  }
}

/** More combinations than this are refused: the map keeps a cell for each. */
const MAX_COMBINATIONS = 1_000_000;

/**
 * Reads `{ "name"?, "ikev1-phase1"?: { "boxes": [{ "encryption": ["aes256", …], … }], "auth"?: ["psk"] }, "ikev2-ike"?: { "boxes": […] },
 * "ikev1-phase2"?: …, "ikev2-child"?: … }`; in these two a box without `encryption` is AH, one without `group` has no PFS.
 * A space that the file does not name is absent from the answer.
 *
 * @throws UniverseError
 */
export function parseUniverse(text: string): Partial<Record<UniverseSpace, Universe>> {
  const file = object(json(text), '$');
  const name = typeof file['name'] === 'string' ? file['name'] : 'file';
  const found: Partial<Record<UniverseSpace, Universe>> = {};
  for (const space of SPACES) {
    if (file[space] === undefined) continue;
    const part = object(file[space], space);
    const boxes = array(part['boxes'], `${space}.boxes`).map((box, i) => parseBox(box, space, `${space}.boxes[${i}]`));
    const auth = part['auth'] === undefined ? [{ id: 1 }] : choices(part['auth'], 'auth', space, `${space}.auth`);
    const made = sized(name, boxes, space === 'ikev1-phase1' ? auth : []);
    if (made.combinations > MAX_COMBINATIONS) throw new UniverseError('too-many', `${space}: ${made.combinations}`);
    found[space] = made;
  }
  if (Object.keys(found).length === 0) throw new UniverseError('not-a-universe', '$');
  return found;
}

function sized(name: string, boxes: readonly Box[], auth: readonly Algorithm[]): Universe {
  const combinations = boxes.reduce((n, box) => n + boxSize(box), 0);
  return { name, boxes, auth, combinations, methods: Math.max(1, auth.length) };
}

const SPACES = ['ikev1-phase1', 'ikev1-phase2', 'ikev2-ike', 'ikev2-child'] as const;
const SLOTS: Record<UniverseSpace, readonly Slot[]> = {
  'ikev1-phase2': ['encryption', 'integrity', 'group', 'esn'],
  'ikev2-child': ['encryption', 'integrity', 'group', 'esn'],
  'ikev1-phase1': ['encryption', 'hash', 'group'],
  'ikev2-ike': ['encryption', 'integrity', 'prf', 'group', 'ake1', 'ake2', 'ake3', 'ake4', 'ake5', 'ake6', 'ake7'],
};

function parseBox(value: unknown, space: UniverseSpace, path: string): Box {
  const said = object(value, path);
  const protocol = isChild(space) ? (said['encryption'] === undefined ? AH : ESP) : IKE;
  const entries = Object.entries(said).map(([key, words]): [Slot, Algorithm[]] => {
    const slot = SLOTS[space].find((s) => s === key);
    if (slot === undefined) throw new UniverseError('unknown-slot', `${path}.${key}`);
    return [slot, choices(words, slot, space, `${path}.${key}`, protocol)];
  });
  if (entries.length === 0) throw new UniverseError('not-a-universe', path);
  const box: Box = Object.fromEntries(entries);
  // What has neither cipher nor integrity would protect nothing.
  if (isChild(space) && box.encryption === undefined && box.integrity === undefined) throw new UniverseError('not-a-universe', path);
  return box;
}

const isChild = (space: UniverseSpace): boolean => space === 'ikev1-phase2' || space === 'ikev2-child';

function choices(value: unknown, slot: Slot, negotiation: Negotiation, path: string, protocol = 1): Algorithm[] {
  return array(value, path).map((word, i) => {
    const found = typeof word === 'string' ? read(word, slot, negotiation, protocol) : undefined;
    if (found === undefined) throw new UniverseError('unknown-keyword', `${path}[${i}]: ${JSON.stringify(word)}`);
    return found;
  });
}

function read(word: string, slot: Slot, negotiation: Negotiation, protocol: number): Algorithm | undefined {
  try {
    const found = readWord(word, { negotiation, protocol }, 0);
    return found?.kind === 'algorithm' && found.slot === slot ? found.algorithm : undefined;
  } catch (error) {
    if (error instanceof NotationError) return undefined;
    throw error;
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UniverseError('not-json', '$');
  }
}

function object(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UniverseError('not-a-universe', path);
  return value as Record<string, unknown>;
}

function array(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw new UniverseError('not-a-universe', path);
  return value;
}
