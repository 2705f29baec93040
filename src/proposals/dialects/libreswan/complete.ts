/**
 * What a proposal does not say: defaults, and the integrity that follows from cipher and PRF.
 *
 * Source: libreswan 4.10 and 5.4, v1_proposals.c and v2_proposals.c.
 *
 * @module
 */
import type { Token } from '../scanner.ts';
import { integrityOf, type LibreswanAlgorithm, TRANSFORM_TYPES, type TransformType } from './algorithms.ts';
import { refusal } from './lookup.ts';
import { allAead, type Draft, fault, type LibreswanTransform, noneAead, ofType, type Reading } from './model.ts';

/** IKEv1 knows no lists: every combination of what is missing becomes a proposal of its own, the group turning slowest. @throws DialectError */
export function completeV1(reading: Reading, said: Draft, at: Token): Draft[] {
  const only = ONE_EACH.flatMap((type) => ofType(said, type).slice(0, 1));
  let drafts: Draft[] = [only];
  for (const type of ['ke', 'prf'] as const) {
    const defaults = usableDefaults(reading, type);
    if (defaults !== undefined && ofType(only, type).length === 0) {
      drafts = drafts.flatMap((draft) => defaults.map((algorithm): Draft => [...draft, { type, algorithm }]));
    }
  }
  return drafts.flatMap((draft) => withIntegrityV1(reading, draft, at));
}

const ONE_EACH: readonly TransformType[] = ['encrypt', 'prf', 'integ', 'ke'];

function withIntegrityV1(reading: Reading, draft: Draft, at: Token): Draft[] {
  if (ofType(draft, 'integ').length > 0) return [draft];
  if (allAead(draft)) return [[...draft, none(reading)]];
  const defaults = usableDefaults(reading, 'integ');
  if (defaults !== undefined) return defaults.map((algorithm): Draft => [...draft, { type: 'integ', algorithm }]);
  const prf = ofType(draft, 'prf')[0];
  if (prf === undefined || !noneAead(draft)) return [draft];
  return [[...draft, { type: 'integ', algorithm: derived(reading, prf, at) }]];
}

/** IKEv2: defaults are added to the lists of one proposal, in the order of types. @throws DialectError */
export function completeV2(reading: Reading, draft: Draft, at: Token): Draft {
  addDefaults(reading, draft, 'prf');
  if (ofType(draft, 'integ').length === 0) {
    if (allAead(draft)) draft.push(none(reading));
    else if (defaultsOf(reading, 'integ') !== undefined) addDefaults(reading, draft, 'integ');
    else if (noneAead(draft)) addDerived(reading, draft, at);
  }
  addDefaults(reading, draft, 'ke');
  return draft;
}

/** By type, in libreswan's order of types; inside a type as they were read. */
export function sorted(transforms: readonly LibreswanTransform[]): LibreswanTransform[] {
  return TRANSFORM_TYPES.flatMap((type) => ofType(transforms, type));
}

function addDefaults(reading: Reading, draft: Draft, type: 'prf' | 'integ' | 'ke'): void {
  if (ofType(draft, type).length > 0) return;
  for (const algorithm of defaultsOf(reading, type) ?? []) draft.push({ type, algorithm });
}

function addDerived(reading: Reading, draft: Draft, at: Token): void {
  for (const prf of ofType(draft, 'prf')) {
    const algorithm = derived(reading, prf, at);
    if (!draft.some((transform) => transform.algorithm === algorithm)) draft.push({ type: 'integ', algorithm });
  }
}

function derived({ protocol }: Reading, prf: LibreswanTransform, at: Token): LibreswanAlgorithm {
  const found = integrityOf(prf.algorithm);
  if (found !== undefined) return found;
  throw fault('not-allowed', `${protocol} integrity derived from PRF ${prf.algorithm.name} is not supported`, prf.at ?? at);
}

function none({ build }: Reading): LibreswanTransform {
  return { type: 'integ', algorithm: named(build.algorithms, 'integ', 'NONE') as LibreswanAlgorithm };
}

/** The defaults of a type; undefined where the kind has none. */
function defaultsOf({ build, kind, ikev }: Reading, type: 'prf' | 'integ' | 'ke'): LibreswanAlgorithm[] | undefined {
  return build.defaults[`${kind}${ikev}`][type]?.flatMap((name) => named(build.algorithms, type, name) ?? []);
}

/** IKEv1 leaves out those that it cannot use. */
function usableDefaults(reading: Reading, type: 'prf' | 'integ' | 'ke'): LibreswanAlgorithm[] | undefined {
  return defaultsOf(reading, type)?.filter((algorithm) => refusal(reading, algorithm) === undefined);
}

function named(algorithms: readonly LibreswanAlgorithm[], family: string, name: string): LibreswanAlgorithm | undefined {
  return algorithms.find((algorithm) => algorithm.family === family && algorithm.name === name);
}
