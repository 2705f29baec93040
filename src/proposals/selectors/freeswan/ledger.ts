/**
 * What a selector writes down while it looks: judgements and log lines, in order.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Path } from '../../model.ts';
import type { Judgement, Reason, Selection } from '../../verdict.ts';

/** The line as Pluto writes it: debug lines begin with a bar. */
export function printLine({ text, level }: LogLine): string {
  return level === 'debug' ? `| ${text}` : text;
}

/** Something that Pluto does not like. */
export interface Fault {
  readonly reason: Reason;
  /** What it logs, if it says anything. */
  readonly line?: LogLine;
  /** Lines in front of it. */
  readonly before?: readonly LogLine[];
  /** It ends the whole SA: the notify type. Otherwise the next transform is looked at. */
  readonly notify?: number;
}

/** What was chosen, as Pluto keeps it. `keyBits` 0: no Key Length attribute; `spi` is the peer's, a CPI without filler. */
export interface ChosenTransform {
  readonly transform: number;
  readonly auth: number;
  readonly encapsulation: number;
  readonly lifeSeconds: number;
  readonly keyBits: number;
  readonly spi: number;
}

export type Decoded =
  | {
      readonly phase: 1;
      readonly encryption: number;
      readonly hash: number;
      readonly auth: number;
      readonly group: number;
      readonly lifeSeconds: number;
    }
  | {
      readonly phase: 2;
      /** 0 when there is no PFS. */
      readonly pfsGroup: number;
      readonly ah?: ChosenTransform;
      readonly esp?: ChosenTransform;
      readonly ipcomp?: ChosenTransform;
    };

/** How looking ended: `code` 0 accepted, above 0 the notify type, -2 the message is dropped. */
export type Outcome =
  | { readonly code: 0; readonly selection: Selection; readonly decoded: Decoded; readonly reply: Uint8Array }
  | { readonly code: number };

/** Reasons kept per transform: enough for any honest offer, and a bound for the others. */
const REASONS_KEPT = 32;

export class Ledger {
  readonly trace: Judgement[] = [];
  readonly logs: LogLine[] = [];

  log(line: LogLine): void {
    this.logs.push(line);
  }

  accept(path: Path): void {
    this.trace.push({ path, accepted: true, reasons: [] });
  }

  /** Writes down why; Pluto shows only the first fault. The notify that ends the SA, or undefined: go on with the next. */
  refuse(path: Path, faults: readonly [Fault, ...Fault[]]): number | undefined {
    const [{ line, before, notify }] = faults;
    if (before) this.logs.push(...before);
    if (line) this.logs.push(line);
    this.trace.push({
      path,
      accepted: false,
      reasons: faults.slice(0, REASONS_KEPT).map(({ reason }) => reason),
      shown: line ? 1 : 0,
      ...(notify !== undefined && { fatal: notify }),
    });
    return notify;
  }

  /** Ends the SA. */
  end(path: Path, reason: Reason, notify: number, line?: LogLine): Outcome {
    this.refuse(path, [{ reason, notify, ...(line && { line }) }]);
    return { code: notify };
  }
}

/** A flaw of the form; `detail` names it in Pluto's words, if it has any. */
export function structure(detail: string, path: Path): Reason {
  return { code: 'structure', detail, path };
}

/** Whether there is a first one. */
export function isFaulty(faults: readonly Fault[]): faults is readonly [Fault, ...Fault[]] {
  return faults.length > 0;
}
