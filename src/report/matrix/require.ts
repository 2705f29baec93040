/**
 * `--require`: which cells of a matrix run must hold, as a file (`schema/matrix-require.json`), and which of them do not.
 *
 *     { "schema": "ike-probe/1", "kind": "matrix-require", "rules": [
 *       { "case": "v2-*", "initiator": "strongswan@*", "responder": ["libreswan@*", "openiked@*"],
 *         "except": [{ "case": "v2-mlkem-*", "because": "libreswan has no ML-KEM before 5.3" }] } ] }
 *
 * Rule 1: a pattern is an id in which `*` stands for any run of characters; a part that is left out fits everything.
 * Rule 2: a rule that fits nothing does not hold: a renamed case or a daemon that could not be had is noticed.
 * Rule 3: `works` and `refuses` hold, both being as foretold; `outcomes` says otherwise.
 *
 * @module
 */
import type { CellOutcome, MatrixCell, MatrixReport } from './result.ts';
import { OUTCOMES } from './tally.ts';

export interface Requirements {
  readonly schema: 'ike-probe/1';
  readonly kind: 'matrix-require';
  readonly rules: readonly RequireRule[];
}

/** Cells that must have one of these outcomes. */
export interface RequireRule extends CellPattern {
  readonly outcomes?: readonly CellOutcome[];
  /** Cells of the rule that need not hold, each with the reason. */
  readonly except?: readonly (CellPattern & { readonly because: string })[];
}

/** Cells by the ids of their case and of both sides. */
export type CellPattern = { readonly [Part in CellPart]?: IdPattern };

export type CellPart = 'case' | 'initiator' | 'responder';

/** One pattern, or several of which one must fit. */
export type IdPattern = string | readonly string[];

/** What does not hold. `rule` counts from 0. */
export type Unmet =
  | { readonly kind: 'cell'; readonly rule: number; readonly cell: MatrixCell; readonly wanted: readonly CellOutcome[] }
  /** No cell fits one of the patterns of the rule. */
  | { readonly kind: 'no-cell'; readonly rule: number; readonly part: CellPart; readonly pattern: string }
  /** Each pattern fits some cell, and all together none. */
  | { readonly kind: 'no-cells'; readonly rule: number }
  | { readonly kind: 'incomplete' };

/** Where a file is not as it must be. */
export interface RequireFault {
  /** `rules[2].except[0].because`. */
  readonly place: string;
  readonly wanted: string;
}

/** All that does not hold; nothing when the run is as required. */
export function unmetRequirements(report: MatrixReport, { rules }: Requirements): readonly Unmet[] {
  const found = rules.flatMap((rule, index) => unmetBy(report.cells, rule, index));
  return report.complete ? found : [{ kind: 'incomplete' }, ...found];
}

function unmetBy(cells: readonly MatrixCell[], rule: RequireRule, index: number): readonly Unmet[] {
  const unused = PARTS.flatMap((part) =>
    patternsOf(rule, part)
      .filter((pattern) => !cells.some((cell) => matches(pattern, cell[part])))
      .map((pattern): Unmet => ({ kind: 'no-cell', rule: index, part, pattern })),
  );
  if (unused.length > 0) return unused;
  const mine = cells.filter((cell) => fits(cell, rule));
  if (mine.length === 0) return [{ kind: 'no-cells', rule: index }];
  const wanted = rule.outcomes ?? HOLDING;
  return mine
    .filter((cell) => !wanted.includes(cell.outcome) && !(rule.except ?? []).some((exception) => fits(cell, exception)))
    .map((cell) => ({ kind: 'cell', rule: index, cell, wanted }));
}

function fits(cell: MatrixCell, pattern: CellPattern): boolean {
  return PARTS.every((part) => patternsOf(pattern, part).some((each) => matches(each, cell[part])));
}

function patternsOf(pattern: CellPattern, part: CellPart): readonly string[] {
  const given = pattern[part] ?? '*';
  return typeof given === 'string' ? [given] : given;
}

/** Whether an id fits a pattern: the pieces between stars, one after the other. */
function matches(pattern: string, id: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return id === first;
  if (!id.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = id.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return id.length - last.length >= at && id.endsWith(last);
}

/** The value of a file as requirements, or the first place at which it is none. */
export function readRequirements(value: unknown): Requirements | RequireFault {
  const root = fields(value, '', ['$schema', 'schema', 'kind', 'rules']);
  if ('wanted' in root) return root;
  if (root.of['schema'] !== 'ike-probe/1') return { place: 'schema', wanted: '"ike-probe/1"' };
  if (root.of['kind'] !== 'matrix-require') return { place: 'kind', wanted: '"matrix-require"' };
  const rules = root.of['rules'];
  if (!Array.isArray(rules) || rules.length === 0) return { place: 'rules', wanted: 'a list of at least one rule' };
  const fault = firstFault(rules, (rule, i) => faultInRule(rule, `rules[${i}]`));
  return fault ?? (value as Requirements);
}

function faultInRule(value: unknown, place: string): RequireFault | undefined {
  const rule = fields(value, place, [...PARTS, 'outcomes', 'except']);
  if ('wanted' in rule) return rule;
  const { outcomes = HOLDING, except = [] } = rule.of;
  if (!Array.isArray(outcomes) || outcomes.length === 0 || !outcomes.every((one) => (OUTCOMES as readonly unknown[]).includes(one)))
    return { place: `${place}.outcomes`, wanted: `a list of ${OUTCOMES.join(', ')}` };
  if (!Array.isArray(except)) return { place: `${place}.except`, wanted: 'a list' };
  return faultInPatterns(rule.of, place) ?? firstFault(except, (one, i) => faultInException(one, `${place}.except[${i}]`));
}

function faultInException(value: unknown, place: string): RequireFault | undefined {
  const exception = fields(value, place, [...PARTS, 'because']);
  if ('wanted' in exception) return exception;
  if (!isText(exception.of['because'])) return { place: `${place}.because`, wanted: 'the reason, as text' };
  return faultInPatterns(exception.of, place);
}

function faultInPatterns(of: Readonly<Record<string, unknown>>, place: string): RequireFault | undefined {
  const bad = PARTS.find((part) => {
    const given = of[part];
    return given !== undefined && !isText(given) && !(Array.isArray(given) && given.length > 0 && given.every(isText));
  });
  return bad === undefined ? undefined : { place: `${place}.${bad}`, wanted: 'a pattern, or a list of patterns' };
}

/** The fields of an object that has no others: a misspelt one would require nothing. */
function fields(
  value: unknown,
  place: string,
  known: readonly string[],
): { readonly of: Readonly<Record<string, unknown>> } | RequireFault {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { place: place === '' ? 'the file' : place, wanted: 'an object' };
  const strange = Object.keys(value).find((key) => !known.includes(key));
  if (strange !== undefined)
    return { place: place === '' ? strange : `${place}.${strange}`, wanted: `one of the fields ${known.join(', ')}` };
  return { of: value as Readonly<Record<string, unknown>> };
}

function firstFault(
  list: readonly unknown[],
  faultIn: (one: unknown, index: number) => RequireFault | undefined,
): RequireFault | undefined {
  for (const [index, one] of list.entries()) {
    const fault = faultIn(one, index);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const PARTS: readonly CellPart[] = ['case', 'initiator', 'responder'];
/** As foretold, either way. */
const HOLDING: readonly CellOutcome[] = ['works', 'refuses'];
