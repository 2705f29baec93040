/**
 * What a rule over a report is, and what rules are made of.
 *
 * @module
 */
import type { Basis, ProbeReport, Severity } from '../probe/result.ts';
import { suiteParts } from './strength.ts';

/** Where a rule found its case: the keywords it names, and how that is known. */
export interface Hit {
  readonly what: readonly string[];
  readonly basis: Basis;
  readonly evidence: readonly number[];
}

export type Facts = Omit<ProbeReport, 'findings'>;

/** One rule: `find` says what it saw, `text` makes the sentence. */
export interface FindingRule {
  readonly id: string;
  readonly severity: Severity;
  readonly reference: string;
  readonly fix: string | ((report: Facts) => string);
  readonly text: (what: string) => string;
  readonly find: (report: Facts) => Hit | undefined;
}

/** Accepted suites with a keyword of this shape, in any slot or in the slot named. */
export function accepts(pattern: RegExp): FindingRule['find'] {
  return ({ exchanges }) => {
    const hits = exchanges.flatMap(({ exchange, accepted, offers }) =>
      [...accepted, ...offers.filter((o) => o.accepted)].flatMap((one) => {
        const what = suiteParts(one.suite, exchange)
          .map((part) => part.keyword.replace(/^ke[1-7]_/, ''))
          .filter((word) => pattern.test(word));
        return what.length > 0 ? [{ what, basis: one.basis ?? 'observed', evidence: one.evidence ?? [] }] : [];
      }),
    );
    return join(hits);
  };
}

/** Several hits as one; observed if any was observed. */
export function join(hits: readonly Hit[]): Hit | undefined {
  if (hits.length === 0) return undefined;
  const basis = hits.some((hit) => hit.basis === 'observed')
    ? 'observed'
    : hits.some((hit) => hit.basis === 'inferred')
      ? 'inferred'
      : 'assumed';
  return { what: [...new Set(hits.flatMap((hit) => hit.what))], basis, evidence: [...new Set(hits.flatMap((hit) => hit.evidence))] };
}
