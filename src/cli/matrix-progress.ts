/**
 * How far a matrix run is, on standard error: one line that is written over on a terminal, a line now and then elsewhere.
 *
 * @module
 */
import { count } from '../report/terminal.ts';
import type { Sink } from './io.ts';
import type { MatrixProgress } from './matrix-program.ts';

export interface MatrixProgressLine {
  show(progress: MatrixProgress): void;
  /** Erases what would be written over; nothing is shown afterwards. */
  end(): void;
}

/** Where nothing can be written over: one line for each tenth of the work. */
const TENTHS = 10;

/** A silent one when `quiet` is set. */
export function matrixProgress(stderr: Sink, quiet: boolean): MatrixProgressLine {
  let shown = false;
  let ended = quiet;
  let tenth = 0;
  return {
    show(progress) {
      if (ended) return;
      const text = progressText(progress);
      if (stderr.isTTY) {
        shown = true;
        stderr.write(`\r\x1b[2K${text.slice(0, (stderr.columns ?? 80) - 1)}`);
        return;
      }
      const now = Math.floor((progress.done / Math.max(1, progress.total)) * TENTHS);
      if (now > tenth) stderr.write(`ike-probe: ${text}\n`);
      tenth = now;
    },
    end() {
      if (shown) stderr.write('\r\x1b[2K');
      ended = true;
    },
  };
}

/** `matrix: 123 of 1,716 cells, 3 not as foretold, about 12 min left`. */
export function progressText({ done, total, disagreeing, errors, left }: MatrixProgress): string {
  const parts = [
    `matrix: ${count(done)} of ${count(total)} cells`,
    ...(disagreeing > 0 ? [`${count(disagreeing)} not as foretold`] : []),
    ...(errors > 0 ? [`${count(errors)} with errors`] : []),
    ...(left === undefined || done >= total ? [] : [`about ${about(left)} left`]),
  ];
  return parts.join(', ');
}

/** To the minute from two minutes on: nobody knows it better. */
function about(ms: number): string {
  return ms >= 2 * MINUTE ? `${count(Math.round(ms / MINUTE))} min` : `${Math.max(1, Math.round(ms / 1000))} s`;
}

const MINUTE = 60_000;
