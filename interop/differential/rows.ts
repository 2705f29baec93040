/** Exchanges as rows of vectors/differential: what daemons really answer, for tests that have no daemon. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Negotiation } from '../../src/proposals/index.ts';
import type { Examination, Exchange } from './examine.ts';
import { profileSettings, specOf, type Subject } from './policies.ts';
import { type Question, saOf } from './question.ts';

/** One row: the same answer from every release named. */
export interface Row {
  readonly kind: 'differential';
  /** "strongswan@5.9.8" */
  readonly profiles: readonly string[];
  readonly negotiation: Negotiation;
  readonly step: Question['step'];
  /** The policy in the daemon's own words, one entry for each proposal. */
  readonly policy: readonly string[];
  /** The profile's settings, where they are not its defaults. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What is odd about the offer, in the words of mutations.ts; nothing when it is well-formed. */
  readonly oddities: readonly string[];
  readonly keGroup?: number;
  readonly notifies?: readonly number[];
  /** The SA payload with its generic header. */
  readonly sa: string;
  /** What the daemon put on the wire, as reply.ts words it. */
  readonly wire: string;
}

/** The minimised disagreements of a run. */
export function disagreementRows(results: readonly Examination[]): Row[] {
  return results.flatMap(({ left, subject }) => left.flatMap(({ examples }) => examples.map((each) => rowOf(subject, each))));
}

/** One exchange for each oddity and kind of answer. */
export function sampleRows(results: readonly Examination[]): Row[] {
  return results.flatMap(({ samples, subject }) => [...samples.values()].map((each) => rowOf(subject, each)));
}

/** Adds rows to vectors/differential/<daemon>.jsonl; those that are there gain a release at most. */
export function writeRows(rows: readonly Row[]): void {
  const directory = fileURLToPath(new URL('../../vectors/differential/', import.meta.url));
  mkdirSync(directory, { recursive: true });
  for (const daemon of new Set(rows.flatMap(({ profiles }) => profiles.map(nameOf)))) {
    const file = `${directory}${daemon}.jsonl`;
    const own = rows.filter(({ profiles }) => profiles.some((profile) => nameOf(profile) === daemon));
    writeFileSync(
      file,
      merged([...readRows(file), ...own])
        .map((row) => `${JSON.stringify(row)}\n`)
        .join(''),
    );
  }
}

/** The rows of a file; none when there is no file. */
export function readRows(file: string): Row[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Row);
}

const nameOf = (profile: string): string => profile.replace(/@.*/, '');

function merged(rows: readonly Row[]): Row[] {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const { profiles, ...rest } = row;
    const key = JSON.stringify([rest.negotiation, rest.step, rest.policy, rest.settings, rest.keGroup, rest.notifies, rest.sa, rest.wire]);
    const before = found.get(key);
    found.set(key, before ? { ...before, profiles: [...new Set([...before.profiles, ...profiles])] } : row);
  }
  return [...found.values()];
}

function rowOf(subject: Subject, { question, texts, seen }: Exchange): Row {
  const { negotiation, step, keGroup, notifies, oddities } = question;
  const sa = Buffer.from(saOf(question)).toString('hex');
  const settings = profileSettings(subject);
  const set = Object.keys(settings).length > 0 ? { settings } : {};
  const row = { kind: 'differential', profiles: [specOf(subject)], negotiation, step, policy: texts, ...set, oddities } as const;
  return { ...row, ...(keGroup !== undefined && { keGroup }), ...(notifies && { notifies }), sa, wire: seen.text };
}
