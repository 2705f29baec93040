/** Disagreements as rows of vectors/differential: what a daemon really answers, for tests that have no daemon. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Examination } from './examine.ts';
import { specOf } from './policies.ts';
import { saOf } from './question.ts';

/** One row. */
export interface Row {
  readonly kind: 'differential';
  readonly profile: string;
  readonly negotiation: string;
  readonly step: string;
  /** The policy in the daemon's own words, one entry for each proposal. */
  readonly policy: readonly string[];
  readonly keGroup?: number;
  /** The SA payload with its generic header. */
  readonly sa: string;
  /** What the daemon put on the wire, as reply.ts words it. */
  readonly wire: string;
}

/** The minimised disagreements of a run. */
export function rowsOf(results: readonly Examination[]): Row[] {
  return results.flatMap(({ left, subject }) =>
    left.flatMap(({ examples }) =>
      examples.map(({ question, configured, seen }): Row => {
        const { negotiation, step, keGroup } = question;
        const sa = Buffer.from(saOf(question)).toString('hex');
        const row = { kind: 'differential', profile: specOf(subject), negotiation, step, policy: configured.texts } as const;
        return { ...row, ...(keGroup !== undefined && { keGroup }), sa, wire: seen.text };
      }),
    ),
  );
}

/** Adds the rows that are not there yet to vectors/differential/<daemon>.jsonl. */
export function writeRows(rows: readonly Row[]): void {
  const directory = fileURLToPath(new URL('../../vectors/differential/', import.meta.url));
  mkdirSync(directory, { recursive: true });
  for (const daemon of new Set(rows.map(({ profile }) => profile.replace(/@.*/, '')))) {
    const file = `${directory}${daemon}.jsonl`;
    const there = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    const own = rows.filter(({ profile }) => profile.startsWith(`${daemon}@`)).map((row) => JSON.stringify(row));
    writeFileSync(file, `${[...new Set([...there, ...own])].join('\n')}\n`);
  }
}
