/** What the numbers of a probe may be. In a file of its own: the help page needs them, and nothing else. @module */

/** Smallest and largest value of each number. */
export const RANGES = {
  timeout: [50, 60_000],
  retries: [0, 10],
  rate: [1, 10_000],
  budget: [1, 1_000_000],
} as const;
