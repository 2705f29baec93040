/**
 * What a selector says about an offer: data only. Sentences are made in `src/report/explain.ts`.
 *
 * @module
 */
import type { Algorithm, Choice, Path, Slot } from './model.ts';

/** Why something was refused. `code` is the public, stable name. */
export type Reason =
  | { readonly code: 'algorithm-forbidden'; readonly offered: Choice; readonly by: string }
  | { readonly code: 'algorithm-unknown'; readonly offered: Choice }
  | { readonly code: 'algorithm-not-configured'; readonly offered: Choice; readonly allowed: readonly Algorithm[] }
  | { readonly code: 'key-length-mismatch'; readonly offered: Choice; readonly allowed: readonly number[] }
  | { readonly code: 'slot-missing'; readonly slot: Slot; readonly allowed: readonly Algorithm[] }
  | { readonly code: 'slot-unexpected'; readonly slot: Slot; readonly offered: readonly Choice[] }
  | { readonly code: 'protocol-mismatch'; readonly offered: number; readonly allowed: readonly number[] }
  | { readonly code: 'attribute-unsupported'; readonly attribute: number; readonly path: Path }
  | { readonly code: 'attribute-repeated'; readonly attribute: number; readonly path: Path }
  | { readonly code: 'attribute-missing'; readonly attributes: readonly number[]; readonly path: Path }
  | { readonly code: 'lifetime-too-long'; readonly seconds: number; readonly limit: number; readonly path: Path }
  | { readonly code: 'lifetime-without-type'; readonly path: Path }
  | { readonly code: 'policy-requires'; readonly what: string; readonly path: Path }
  | { readonly code: 'no-credential'; readonly offered: Choice }
  | { readonly code: 'value-invalid'; readonly attribute: number; readonly value: number; readonly path: Path }
  | { readonly code: 'structure'; readonly detail: string; readonly path: Path };

/** The judgement of one transform (or proposal, or the whole SA when the path is empty). */
export interface Judgement {
  readonly path: Path;
  readonly accepted: boolean;
  /** `reasons[0]` is where the real implementation stops and what it logs; the others are what would have failed next. */
  readonly reasons: readonly Reason[];
  /** How many of `reasons` the implementation itself shows; the rest it hides behind the first. */
  readonly shown?: number;
  /** This ended the whole offer: the notify sent at once. */
  readonly fatal?: number;
}

/** One part per proposal of the AND group. */
export interface Part {
  readonly path: Path;
  readonly protocol: number;
  readonly choices: readonly Choice[];
}

export interface Selection {
  readonly group: number;
  readonly parts: readonly Part[];
}

export type Verdict =
  | { readonly outcome: 'selected'; readonly selection: Selection; readonly trace: readonly Judgement[] }
  | {
      readonly outcome: 'refused';
      readonly notify: number | 'silence';
      readonly trace: readonly Judgement[];
    };
