/** A family of third-party cases: each is explained by a profile, or has a reason why not. The data is not ours and is not in the package. */
import { existsSync, readFileSync } from 'node:fs';

/** What became of one case. */
export interface Explained {
  readonly id: string;
  /** Who says the same; none when nobody does. */
  readonly by: readonly string[];
  /** What was seen, and what was predicted instead; for the reader of a failure. */
  readonly detail?: string;
}

export interface Family {
  readonly title: string;
  readonly cases: readonly Explained[];
  /** Why these cannot be explained. A case stands here or is explained, never both. */
  readonly unexplained: Readonly<Record<string, string>>;
}

const CORPUS = new URL('../../../shared/corpus/', import.meta.url);

export const corpusIsHere = existsSync(new URL('expected/', CORPUS));

/** A file of the corpus as text. */
export function corpusText(path: string): string {
  return readFileSync(new URL(path, CORPUS), 'utf8');
}

export function corpusJson(path: string): unknown {
  return JSON.parse(corpusText(path)) as unknown;
}

/** Whether the corpus has that file. */
export const corpusHas = (path: string): boolean => existsSync(new URL(path, CORPUS));
