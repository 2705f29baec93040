/**
 * What is written down while an SA is judged: judgements and log lines, in order; and how it ended.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Path } from '../../model.ts';
import type { Judgement, Reason, Selection } from '../../verdict.ts';

/** Something that pluto does not like. */
export interface Fault {
  readonly reason: Reason;
  /** What it logs, if it says anything. */
  readonly line?: LogLine;
  /** It ends the whole SA: the notify type. Otherwise the next transform is looked at. */
  readonly notify?: number;
}

/** How judging ended: `code` 0 accepted, above 0 a notify type, -2 the message is dropped. */
export type Outcome =
  | {
      readonly code: 0;
      readonly selection: Selection;
      /** The SA payload of the answer. */
      readonly reply: Uint8Array;
      /** The group that was chosen; 0 or nothing without one. */
      readonly group?: number;
    }
  | { readonly code: number };

/** Notify types. @see RFC 2408 §3.14.1, RFC 7296 §3.10.1 */
export const NOTIFY = {
  doiNotSupported: 2,
  situationNotSupported: 3,
  invalidSyntax: 7,
  invalidProtocolId: 10,
  invalidSpi: 11,
  invalidTransformId: 12,
  noProposalChosen: 14,
  badProposalSyntax: 15,
  payloadMalformed: 16,
  invalidKeyInformation: 17,
} as const;

/** The whole message is dropped. */
export const DROPPED = -2;

/** Reasons kept per judgement: enough for any honest offer, and a bound for the others. */
const REASONS_KEPT = 32;

/** The writer of it all. */
export class Ledger {
  readonly trace: Judgement[] = [];
  readonly logs: LogLine[] = [];

  log(line: LogLine): void {
    this.logs.push(line);
  }

  accept(path: Path): void {
    this.trace.push({ path, accepted: true, reasons: [] });
  }

  /** Writes down why; pluto shows only the first. The notify that ends the SA, or nothing: go on with the next. */
  refuse(path: Path, faults: readonly Fault[]): number | undefined {
    const first = faults[0];
    if (first?.line) this.logs.push(first.line);
    this.trace.push({
      path,
      accepted: false,
      reasons: faults.slice(0, REASONS_KEPT).map(({ reason }) => reason),
      shown: first?.line ? 1 : 0,
      ...(first?.notify !== undefined && { fatal: first.notify }),
    });
    return first?.notify;
  }

  /** Ends the SA; the reason is the line itself unless another is given. */
  end(path: Path, notify: number, line: LogLine, reason: Reason = structure(line, path)): Outcome {
    this.refuse(path, [{ reason, line, notify }]);
    return { code: notify };
  }
}

/** A flaw of the form, in pluto's words. */
export function structure({ text }: LogLine, path: Path): Reason {
  return { code: 'structure', detail: text, path };
}
