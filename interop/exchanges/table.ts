/** Rows → the tables of docs/exchanges.md, and of the terminal. */
import { batchOf, type Row } from './row.ts';

/** Batches in their order, with how many of each outcome. */
export interface Tally {
  readonly rows: readonly Row[];
  readonly established: number;
  readonly unsupported: number;
  readonly failed: number;
}

export function tallies(rows: readonly Row[]): readonly Tally[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(batchOf(row), [...(groups.get(batchOf(row)) ?? []), row]);
  return [...groups.values()].map((own) => {
    const count = (kind: Row['outcome']['kind']): number => own.filter(({ outcome }) => outcome.kind === kind).length;
    return { rows: own, established: count('established'), unsupported: count('unsupported'), failed: count('failed') };
  });
}

/** `12 of 14, 2 unsupported`. */
export function tallyText({ established, unsupported, failed }: Tally): string {
  const asked = established + failed;
  return [asked === 0 ? '' : `${established} of ${asked}`, unsupported === 0 ? '' : `${unsupported} unsupported`]
    .filter((part) => part !== '')
    .join(', ');
}

/** How many different suites came about at all. */
export function distinctSuites(rows: readonly Row[]): number {
  return new Set(rows.filter(({ outcome }) => outcome.kind === 'established').map(({ speaks, suite }) => `${speaks === 'ikev2'} ${suite}`))
    .size;
}

/** The whole document. */
export function exchangesPage(rows: readonly Row[], date: string, minutes: number): string {
  return [
    '# Complete exchanges with real daemons',
    '',
    `\`npm run exchanges -- --write\`, ${date}, ${minutes} minutes. Our exchanges as initiator and as responder; each suite alone, to an IKE SA with a`,
    'child SA, and deleted again. A suite counts when both sides tell of the same SAs, and of none at the end: ours by its own state, the',
    'daemon by its control program and its log.',
    `${distinctSuites(rows)} different suites came about, with ${new Set(rows.map(({ child }) => child)).size} kinds of children in turn.`,
    '',
    ...proofTable(rows),
    ...suiteTable(rows, 'IKEv2', (row) => row.speaks === 'ikev2'),
    ...suiteTable(rows, 'IKEv1, main and aggressive mode', (row) => row.speaks !== 'ikev2'),
    ...laterTable(rows),
    ...wordsTable(rows),
    ...failures(rows),
  ].join('\n');
}

const MODES = { ikev2: 'IKEv2', 'ikev1-main': 'IKEv1 main', 'ikev1-aggressive': 'IKEv1 aggressive' } as const;

function table(head: readonly string[], lines: readonly (readonly string[])[]): string[] {
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...lines.map((cells) => `| ${cells.join(' | ')} |`), ''];
}

/** One line for each proof of each daemon, a column for each role. */
function proofTable(rows: readonly Row[]): string[] {
  const all = tallies(rows);
  const keys = [...new Map(rows.map((row) => [`${row.subject} ${row.speaks} ${row.proof}`, row])).values()];
  const lines = keys.map(({ subject, speaks, proof }) => {
    const of = (role: Row['role']): string => {
      const tally = all.find(
        ({ rows: [row] }) => row?.subject === subject && row.speaks === speaks && row.proof === proof && row.role === role,
      );
      return tally ? tallyText(tally) : '';
    };
    return [subject, MODES[speaks], proof, of('initiator'), of('responder')];
  });
  return ['## By daemon, mode and proof', '', ...table(['daemon', 'mode', 'proof', 'we begin', 'it begins'], lines)];
}

/** One line for each suite, a column for each daemon: both roles, with a pre-shared key. */
function suiteTable(rows: readonly Row[], title: string, among: (row: Row) => boolean): string[] {
  const own = rows.filter((row) => among(row) && row.proof === 'PSK');
  const subjects = [...new Set(own.map(({ subject }) => subject))];
  const suites = [...new Set(own.map(({ suite }) => suite))];
  if (own.length === 0) return [];
  const lines = suites.map((suite) => [
    `\`${suite}\``,
    ...subjects.map((subject) => {
      const kinds = own.filter((row) => row.suite === suite && row.subject === subject).map(({ outcome }) => outcome.kind);
      if (kinds.length === 0) return '';
      if (kinds.every((kind) => kind === 'unsupported')) return '–';
      return kinds.every((kind) => kind === 'established')
        ? '✓'
        : `${kinds.filter((kind) => kind === 'established').length}/${kinds.length}`;
    }),
  ]);
  return [
    `## ${title}: suites, in both roles`,
    '',
    '✓ came about in all modes and both roles; – the daemon does not have it.',
    '',
    ...table(['suite', ...subjects], lines),
  ];
}

/** What was done with SAs that were there. */
function laterTable(rows: readonly Row[]): string[] {
  const lines = rows.flatMap(({ subject, speaks, role, outcome }) =>
    outcome.kind === 'established' && outcome.later.length > 0
      ? [[subject, MODES[speaks], role === 'initiator' ? 'we' : 'it', outcome.later.join('; ')]]
      : [],
  );
  return lines.length === 0
    ? []
    : ['## Rekeyed by the side that began', '', ...table(['daemon', 'mode', 'begun by', 'what became of it'], lines)];
}

/** Each reason once, in the daemon's words, with all the releases that say so. */
function wordsTable(rows: readonly Row[]): string[] {
  const found = new Map<string, { readonly subjects: Set<string>; readonly words: string; readonly suites: Set<string> }>();
  for (const { subject, suite, proof, outcome } of rows) {
    if (outcome.kind !== 'unsupported') continue;
    const words = inCell(outcome.words);
    const key = `${subject.split('@')[0]} ${words}`;
    const known = found.get(key) ?? { subjects: new Set<string>(), words, suites: new Set<string>() };
    known.subjects.add(subject);
    known.suites.add(proof === 'PSK' ? `\`${suite}\`` : `\`${suite}\` with ${proof}`);
    found.set(key, known);
  }
  const lines = [...found.values()].map(({ subjects, words, suites }) => {
    const [first = '', ...more] = suites;
    return [[...subjects].join(', '), words, suites.size > 4 ? `${first} and ${more.length} more` : [...suites].join(', ')];
  });
  return lines.length === 0 ? [] : ['## Unsupported, in the words of each daemon', '', ...table(['daemon', 'its words', 'suites'], lines)];
}

const inCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function failures(rows: readonly Row[]): string[] {
  const lines = rows.flatMap(({ subject, speaks, role, proof, suite, outcome }) => {
    if (outcome.kind !== 'failed') return [];
    const said = inCell(`we: ${outcome.ours}; it: ${outcome.theirs}`);
    return [[subject, MODES[speaks], role === 'initiator' ? 'we' : 'it', proof, `\`${suite}\``, outcome.because ?? said]];
  });
  const body = lines.length === 0 ? ['None.', ''] : table(['daemon', 'mode', 'begun by', 'proof', 'suite', 'why'], lines);
  return ['## What did not come about', '', ...body];
}
