/**
 * One line on stderr while a probe works: rewritten in place, erased at the end, on a terminal only.
 *
 * @module
 */
import type { ProgressEvent } from '../probe/probe.ts';
import type { Sink } from './io.ts';

export interface Progress {
  show(event: ProgressEvent): void;
  /** Erases the line; nothing is shown afterwards. */
  end(): void;
}

/** A silent one when `stderr` is no terminal or `quiet` is set. */
export function progressLine(stderr: Sink, quiet: boolean): Progress {
  if (quiet || !stderr.isTTY) return { show: () => undefined, end: () => undefined };
  let shown = false;
  let ended = false;
  return {
    show(event) {
      if (ended) return;
      shown = true;
      stderr.write(`\r\x1b[2K${progressText(event).slice(0, (stderr.columns ?? 80) - 1)}`);
    },
    end() {
      if (shown) stderr.write('\r\x1b[2K');
      ended = true;
    },
  };
}

/** `ikev1-main: 12 requests, 3000 of 8778 combinations decided, 2 accepted`. */
export function progressText({ exchange, requests, decided, combinations, accepted }: ProgressEvent): string {
  const plural = requests === 1 ? 'request' : 'requests';
  return `${exchange}: ${requests} ${plural}, ${decided} of ${combinations} combinations decided, ${accepted} accepted`;
}
