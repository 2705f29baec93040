/**
 * Two policies side by side: what both take, and what only one of them takes.
 *
 * Law: the three parts are disjoint, and together they are the union of both policies.
 *
 * @module
 */
import type { Algorithm, Box, Slot } from './model.ts';
import { boxOf, type Policy, wantOf } from './policy.ts';

/** A product set of suites of one protocol. A slot that a suite does not have is an absent slot, not an empty one. */
export interface Region {
  readonly protocol: number;
  readonly box: Box;
}

/** Disjoint regions. */
export interface PolicyDifference {
  readonly both: readonly Region[];
  readonly onlyFirst: readonly Region[];
  readonly onlySecond: readonly Region[];
}

/** A policy of more regions than this is not compared: the pieces would be without end. */
const MOST_PIECES = 20_000;

/**
 * What two policies have in common, and what not. Preference is not compared. AND-bundles of several protocols are compared protocol by protocol.
 *
 * @throws RangeError when the difference falls into more than 20,000 pieces
 * @example
 * const ike = (text: string) => parsePolicy(text, 'ikev2-ike');
 * comparePolicies(ike('aes256-aes128-sha256-modp2048'), ike('aes256-sha256-modp2048-ecp256')).both.length; // 1
 */
export function comparePolicies(first: Policy, second: Policy): PolicyDifference {
  const [a, b] = [disjoint(first), disjoint(second)];
  const both = a.flatMap((one) => b.flatMap((other) => intersection(one, other) ?? []));
  return { both, onlyFirst: without(a, b), onlySecond: without(b, a) };
}

/** Whether the second takes nothing that the first does not take. */
export function isWithinPolicy(inner: Policy, outer: Policy): boolean {
  return without(disjoint(inner), disjoint(outer)).length === 0;
}

/** The regions of a policy, none of which overlaps another. */
function disjoint(policy: Policy): readonly Region[] {
  let regions: readonly Region[] = [];
  for (const want of policy.flat()) {
    const region = { protocol: want.protocol, box: boxOf(want) };
    regions = [...regions, ...without([region], regions)];
  }
  return regions;
}

function without(regions: readonly Region[], taken: readonly Region[]): readonly Region[] {
  let left = regions;
  for (const each of taken) {
    left = left.flatMap((region) => subtract(region, each));
    if (left.length > MOST_PIECES) throw new RangeError(`two policies differ in more than ${MOST_PIECES} pieces`);
  }
  return left;
}

const slotsOf = (...boxes: readonly Box[]): readonly Slot[] => [...new Set(boxes.flatMap((box) => Object.keys(box) as Slot[]))];
const sameAlgorithm = (a: Algorithm, b: Algorithm): boolean => a.id === b.id && a.keyBits === b.keyBits;
const isIn = (list: readonly Algorithm[], one: Algorithm): boolean => list.some((each) => sameAlgorithm(each, one));

/** Nothing where they do not overlap: another protocol, other slots, or a slot without a common choice. */
function intersection(a: Region, b: Region): Region | undefined {
  if (a.protocol !== b.protocol) return undefined;
  const box: Partial<Record<Slot, readonly Algorithm[]>> = {};
  for (const slot of slotsOf(a.box, b.box)) {
    const [ours, theirs] = [a.box[slot], b.box[slot]];
    if (ours === undefined || theirs === undefined) return undefined;
    const common = ours.filter((one) => isIn(theirs, one));
    if (common.length === 0) return undefined;
    box[slot] = common;
  }
  return { protocol: a.protocol, box };
}

/** What is left of `from`: one piece per slot in which it reaches beyond the overlap. */
function subtract(from: Region, taken: Region): readonly Region[] {
  const overlap = intersection(from, taken);
  if (overlap === undefined) return [from];
  const pieces: Region[] = [];
  let rest: Box = from.box;
  for (const slot of slotsOf(from.box)) {
    const common = overlap.box[slot] ?? [];
    const beyond = (rest[slot] ?? []).filter((one) => !isIn(common, one));
    if (beyond.length > 0) pieces.push({ protocol: from.protocol, box: { ...rest, [slot]: beyond } });
    rest = { ...rest, [slot]: common };
  }
  return pieces;
}

/** Regions as a policy, for printing with `formatPolicy`. */
export function regionsToPolicy(regions: readonly Region[]): Policy {
  return regions.map(({ protocol, box }) => [wantOf(protocol, box)]);
}
