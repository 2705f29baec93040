/** Words of the command line → what is run: implementations, pairs and cases by their ids, with `*` for any run of characters. */
import { CASES, type CaseDefinition } from '../cases/index.ts';
import { type Implementation, implementations, withAvailability } from './implementations.ts';
import type { Selection } from './journal.ts';
import { type Pair, pairsAmong, wholePlan } from './pairs.ts';

/** What was asked for; all that is left out is everything. */
export interface Wish {
  /** Ids of implementations. */
  readonly daemons?: readonly string[];
  /** `initiator/responder`. */
  readonly pairs?: readonly string[];
  /** Ids of cases. */
  readonly cases?: readonly string[];
  /** More cases, which come before those that are built in. */
  readonly more?: readonly CaseDefinition[];
}

/** A fault of the user's, with what to do. */
export class SelectionError extends Error {
  override readonly name = 'SelectionError';
  readonly code = 'ERR_MATRIX_SELECTION';
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** What will be run; implementations that cannot be had have a reason and no pairs. @throws SelectionError */
export function select(wish: Wish): Selection {
  const all = implementations();
  const wanted = wantedPairs(wish, all);
  const ids = new Set(wanted.flatMap(({ initiator, responder }) => [initiator, responder]));
  const chosen = withAvailability(all.filter(({ id }) => ids.has(id)));
  const there = new Set(chosen.filter(({ unavailable }) => unavailable === null).map(({ id }) => id));
  const pairs = wanted.filter(({ initiator, responder }) => there.has(initiator) && there.has(responder));
  return { implementations: chosen, cases: wantedCases(wish), pairs };
}

function wantedPairs({ daemons, pairs }: Wish, all: readonly Implementation[]): readonly Pair[] {
  const named = daemons && pick(daemons, all, '--daemons');
  if (pairs === undefined) return named ? pairsAmong(named) : wholePlan(all);
  const found = pairs.flatMap((text) => {
    const [initiator = '', responder = '', ...rest] = text.split('/');
    if (responder === '' || rest.length > 0)
      throw new SelectionError(`--pairs: ${text} is no pair`, 'for instance strongswan@5.9.8/libreswan@4.10');
    const [from, to] = [pick([initiator], all, '--pairs'), pick([responder], all, '--pairs')];
    return from.flatMap((a) => to.map((b): Pair => ({ initiator: a.id, responder: b.id })));
  });
  const model = found.find(({ initiator }) => all.find(({ id }) => id === initiator)?.kind === 'model');
  if (model) throw new SelectionError(`--pairs: ${model.initiator} is a model, and models only answer`, 'put it behind the slash');
  return [...new Map(found.map((pair) => [`${pair.initiator}/${pair.responder}`, pair])).values()];
}

function wantedCases({ cases, more = [] }: Wish): readonly CaseDefinition[] {
  if (cases === undefined) return more.length > 0 ? more : CASES;
  return pick(cases, [...more, ...CASES], '--cases');
}

/** In the order in which they are listed. @throws SelectionError for a word that fits none */
function pick<T extends { readonly id: string }>(words: readonly string[], among: readonly T[], option: string): readonly T[] {
  const patterns = words.map((word) => ({ word, pattern: patternOf(word) }));
  for (const { word, pattern } of patterns)
    if (!among.some(({ id }) => pattern.test(id)))
      throw new SelectionError(`${option}: there is no ${word}`, 'ike-probe matrix --list names all implementations and cases');
  return among.filter(({ id }) => patterns.some(({ pattern }) => pattern.test(id)));
}

const patternOf = (word: string): RegExp => new RegExp(`^${word.split('*').map(literal).join('.*')}$`);
const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
