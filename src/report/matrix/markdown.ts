/**
 * A matrix run as Markdown, for a pull request or the summary page of a CI run.
 *
 * Rule: what daemons, configurations and identities say stands in code spans: there it is neither markup, link nor mention.
 *
 * @module
 */
import { explainRun, explainSteps, OUTCOME_WORDS } from '../explain-matrix.ts';
import { duration, plural } from '../page.ts';
import { count, safe } from '../terminal.ts';
import type { MatrixCell, MatrixImplementation, MatrixReport } from './result.ts';
import { attention, OUTCOMES, pairsOf, tally, titleIn } from './tally.ts';

/** Longer lists are cut: GitHub refuses summaries above 1 MiB. */
const MOST_CELLS = 100;

/** The summary, ending in a newline. */
export function toMarkdown(report: MatrixReport): string {
  const { unexplained, known, errors } = attention(report.cells);
  const parts = [
    '# Interop matrix',
    `**${explainRun(report)}**${report.complete ? '' : ' The run was cut short.'}`,
    table(['outcome', 'cells', ''], OUTCOMES.map(outcomeRow(report)), [':--', '--:', ':--']),
    ...(report.cells.length > 0 ? ['## Pairs', pairTable(report), LEGEND] : []),
    ...cellList('Not as foretold', unexplained, report),
    ...cellList('Otherwise than foretold, and explained', known, report),
    ...cellList('Errors', errors, report),
    ...missing(report.implementations),
    `${plural(report.cases.length, 'case')}; ${plain(report.tool.name)} ${plain(report.tool.version)}, ${plain(report.started)}, ${duration(report.durationMs)}.`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function outcomeRow({ cells }: MatrixReport): (outcome: (typeof OUTCOMES)[number]) => readonly string[] {
  const counts = tally(cells);
  return (outcome) => [OUTCOME_WORDS[outcome].word, count(counts[outcome]), OUTCOME_WORDS[outcome].meaning];
}

/** Initiators down, responders across; in each place the counts by letter, what is not as foretold in bold. */
function pairTable(report: MatrixReport): string {
  const pairs = pairsOf(report);
  const initiators = [...new Set(pairs.map(({ initiator }) => initiator))];
  const order = report.implementations.map(({ id }) => id);
  const responders = [...new Set(pairs.map(({ responder }) => responder))].toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
  const name = (id: string): string => plain(titleIn(report.implementations, id));
  const rows = initiators.map((initiator) => [
    `**${name(initiator)}**`,
    ...responders.map((responder) => {
      const pair = pairs.find((one) => one.initiator === initiator && one.responder === responder);
      return pair === undefined ? '' : counted(pair.cells);
    }),
  ]);
  return table(['initiator ↓ responder →', ...responders.map(name)], rows);
}

function counted(cells: readonly MatrixCell[]): string {
  const counts = tally(cells);
  return OUTCOMES.filter((outcome) => counts[outcome] > 0)
    .map((outcome) => {
      const text = `${counts[outcome]} ${OUTCOME_WORDS[outcome].letter}`;
      return outcome === 'disagrees' || outcome === 'error' ? `**${text}**` : text;
    })
    .join(' · ');
}

const LEGEND = OUTCOMES.map((outcome) => `${OUTCOME_WORDS[outcome].letter} ${OUTCOME_WORDS[outcome].word}`).join(', ');

function cellList(title: string, cells: readonly MatrixCell[], { implementations }: MatrixReport): string[] {
  if (cells.length === 0) return [];
  const items = cells
    .slice(0, MOST_CELLS)
    .map((cell) =>
      [
        `- **${plain(cell.case)}**, ${plain(titleIn(implementations, cell.initiator))} → ${plain(titleIn(implementations, cell.responder))}: ${plain(cell.reason)}`,
        ...(cell.known === undefined ? [] : [`  - known: ${plain(cell.known)}`]),
        ...(cell.outcome === 'disagrees'
          ? [
              `  - foretold: ${plain(explainSteps(cell.predicted, 'nothing'))}`,
              `  - was: ${plain(explainSteps(cell.actual, 'nothing ran'))}`,
            ]
          : []),
        `  - again: ${code(cell.rerun)}`,
      ].join('\n'),
    );
  const left = cells.length - items.length;
  return [`## ${title}`, items.join('\n'), ...(left > 0 ? [`And ${plural(left, 'more cell')}; results.json has all.`] : [])];
}

function missing(implementations: readonly MatrixImplementation[]): string[] {
  const gone = implementations.filter(({ unavailable }) => unavailable !== null);
  if (gone.length === 0) return [];
  return ['## Could not be had', gone.map(({ title, unavailable }) => `- ${plain(title)}: ${plain(unavailable ?? '')}`).join('\n')];
}

function table(head: readonly string[], rows: readonly (readonly string[])[], rule = head.map(() => '---')): string {
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Text that Markdown leaves as it is; anything else as a code span. */
function plain(text: string): string {
  return /^(?:[\w ,.;'"()§/→↓?!%+=-]|(?<=\w)[@:](?!\/\/))*$/.test(text) && !/^\s|\s$|www\./i.test(text) ? text : code(text);
}

/** A code span; its fence is longer than any run of backticks inside. In a table a bar would end the cell. */
function code(text: string): string {
  const shown = safe(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...Array.from(shown.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 || shown === '' || /^ .* $/.test(shown) ? ' ' : '';
  return `${fence}${space}${shown}${space}${fence}`;
}
