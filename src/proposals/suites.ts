import type { Algorithm, Box, Slot, Suite } from './model.ts';

/** How many suites a box holds. The box without slots holds the one empty suite. */
export function boxSize(box: Box): number {
  return Object.values(box).reduce((n, choices) => n * choices.length, 1);
}

/** Every suite of a box, the last slot turning fastest. Mind `boxSize` first. */
export function expandBox(box: Box): Suite[] {
  let suites: Suite[] = [{}];
  for (const [slot, choices] of Object.entries(box) as [Slot, readonly Algorithm[]][]) {
    suites = suites.flatMap((suite) => choices.map((choice) => ({ ...suite, [slot]: choice })));
  }
  return suites;
}
