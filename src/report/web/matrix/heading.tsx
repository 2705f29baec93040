/**
 * The head of the page: what was run and how it stands; the counts by outcome are switches.
 *
 * @module
 */
import { explainRun, OUTCOME_WORDS } from '../../explain-matrix.ts';
import type { CellOutcome, MatrixReport } from '../../matrix/result.ts';
import { OUTCOMES, tally } from '../../matrix/tally.ts';
import { duration, plural } from '../../page.ts';
import { count, safe } from '../../terminal.ts';
import { RunFile } from '../chooser.tsx';
import type { ChangeFragment, Fragment } from '../fragment.ts';
import { Glyph, IconButton } from '../glyph.tsx';
import { ThemeSwitch } from '../theme.tsx';

interface Props {
  readonly report: MatrixReport;
  readonly fragment: Fragment;
  readonly change: ChangeFragment;
  readonly onCompare: (report: MatrixReport) => void;
}

export function Heading({ report, fragment, change, onCompare }: Props) {
  const { tool, started, durationMs, cases, implementations } = report;
  const there = implementations.filter(({ unavailable }) => unavailable === null);
  return (
    <header class="top">
      <div class="masthead">
        <p class="kicker">
          {safe(tool.name)} {safe(tool.version)} <span class="sep">·</span> interop matrix
        </p>
        <div class="actions">
          <RunFile onRun={onCompare} label="Compare with…" />
          <IconButton icon="print" onClick={() => print()} label="Print" />
          <ThemeSwitch />
        </div>
      </div>
      <h1>{explainRun(report)}</h1>
      {!report.complete && <p class="notice">The run was cut short: what stands here is true, but not all.</p>}
      <p class="meta">
        <time dateTime={safe(started)}>{dateText(started)}</time>
        <span>{plural(there.length, 'implementation')}</span>
        <span>{plural(cases.length, 'case')}</span>
        <span>{duration(durationMs)}</span>
      </p>
      <Counts report={report} fragment={fragment} change={change} />
    </header>
  );
}

function Counts({ report, fragment, change }: Omit<Props, 'onCompare'>) {
  const counts = tally(report.cells);
  const chosen = (fragment['outcome'] ?? '').split(',');
  const total = Math.max(1, report.cells.length);
  const toggle = (outcome: CellOutcome): void => {
    const next = OUTCOMES.filter((each) => (each === outcome ? !chosen.includes(each) : chosen.includes(each)));
    change({ outcome: next.join(',') });
  };
  return (
    <div class="counts" role="group" aria-label="Cells by outcome">
      {OUTCOMES.map((outcome) => {
        const { word, meaning } = OUTCOME_WORDS[outcome];
        return (
          <button
            type="button"
            class={`count ${outcome}`}
            aria-pressed={chosen.includes(outcome)}
            onClick={() => toggle(outcome)}
            title={meaning}
          >
            <span class="figure">
              <Glyph look={outcome} size={15} />
              {count(counts[outcome])}
            </span>
            <span class="word">{word}</span>
            <span class="share" style={{ '--share': `${(100 * counts[outcome]) / total}%` }} />
          </button>
        );
      })}
    </div>
  );
}

/** `28 November 2026, 09:12 UTC`; the text itself when it is no time. */
export function dateText(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return safe(text);
  return `${time.toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).replace(' at ', ', ')} UTC`;
}
