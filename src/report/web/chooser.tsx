/**
 * Choosing a run by hand: `results.json`, or the page of another run.
 *
 * @module
 */
import { useState } from 'preact/hooks';
import { unpack } from '../html/pack.ts';
import type { MatrixCell, MatrixReport } from '../matrix/result.ts';
import { OUTCOMES } from '../matrix/tally.ts';

/** What a file holds, or why it holds no run. */
type Read = { readonly report: MatrixReport } | { readonly fault: string };

/** A button that opens a file with a run. */
export function RunFile({ onRun, label }: { readonly onRun: (report: MatrixReport) => void; readonly label: string }) {
  const [fault, setFault] = useState('');
  const open = async (input: HTMLInputElement): Promise<void> => {
    const file = input.files?.[0];
    if (file === undefined) return;
    const read = await readRun(await file.text());
    input.value = '';
    if ('report' in read) onRun(read.report);
    setFault('fault' in read ? `${file.name}: ${read.fault}` : '');
  };
  return (
    <>
      <label class="button file">
        {label}
        <input type="file" accept=".json,.html,application/json,text/html" onChange={(event) => void open(event.currentTarget)} />
      </label>
      {fault !== '' && (
        <span class="fault" role="alert">
          {fault}
        </span>
      )}
    </>
  );
}

/** What stands on a page without a run. */
export function RunChooser({ onRun }: { readonly onRun: (report: MatrixReport) => void }) {
  return (
    <main class="empty">
      <h1>No run in this file</h1>
      <p>Choose the results.json of an ike-probe matrix run, or the page of another run. Nothing leaves this browser.</p>
      <RunFile onRun={onRun} label="Choose a run" />
    </main>
  );
}

async function readRun(text: string): Promise<Read> {
  try {
    const value: unknown = text.trimStart().startsWith('<') ? await runOfPage(text) : JSON.parse(text);
    return isRun(value) ? { report: value } : { fault: 'it is no result of ike-probe matrix' };
  } catch {
    return { fault: 'it cannot be read' };
  }
}

/** The run inside the page of another run. */
async function runOfPage(text: string): Promise<unknown> {
  const packed = /<script type="application\/x-ike-probe" id="run">([^<]*)<\/script>/.exec(text)?.[1] ?? '';
  const payload = (await unpack(packed)) as { readonly report?: unknown };
  return payload.report;
}

function isRun(value: unknown): value is MatrixReport {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, kind, cells, cases, implementations } = value as Partial<Record<keyof MatrixReport, unknown>>;
  const lists = [cells, cases, implementations];
  return schema === 'ike-probe/1' && kind === 'matrix' && lists.every((list) => Array.isArray(list)) && (cells as unknown[]).every(isCell);
}

function isCell(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, case: one, initiator, responder, reason, rerun, outcome } = value as Partial<Record<keyof MatrixCell, unknown>>;
  return (
    [id, one, initiator, responder, reason, rerun].every((text) => typeof text === 'string') && OUTCOMES.some((each) => each === outcome)
  );
}
