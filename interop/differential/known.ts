/** Disagreements that are understood and left as they are, each with its reason. */
import type { Disagreement } from './compare.ts';

interface Known {
  readonly reason: string;
  readonly fits: (disagreement: Disagreement) => boolean;
}

const KNOWN: readonly Known[] = [];

/** The reason, if this one is known. */
export function reasonOf(disagreement: Disagreement): string | undefined {
  return KNOWN.find(({ fits }) => fits(disagreement))?.reason;
}
