/**
 * What a page carries, as the program writes it and the page's script reads it.
 *
 * @module
 */
import type { ProbeReport } from '../../probe/result.ts';
import type { CellDetails, MatrixReport } from '../matrix/result.ts';

/** The element `run` of a page. */
export type PagePayload = MatrixPayload | ProbePayload;

export interface MatrixPayload {
  readonly kind: 'matrix';
  readonly report: MatrixReport;
  /** An earlier run to compare with. */
  readonly baseline: MatrixReport | null;
  /** For each cell of the report the block that holds its details; -1 for none. */
  readonly blocks: readonly number[];
}

export interface ProbePayload {
  readonly kind: 'probe';
  readonly report: ProbeReport;
  /** Every datagram of the run, by the number that `evidence` gives; none when it was not kept. */
  readonly datagrams: readonly PageDatagram[];
}

/** One datagram of a probe, or an obstacle in place of an answer. */
export interface PageDatagram {
  /** Milliseconds since the start of the run. */
  readonly at: number;
  readonly direction: 'sent' | 'received';
  /** `IKE_SA_INIT request: SA KE No`. */
  readonly summary: string;
  /** Its payloads, a line each. */
  readonly lines: readonly string[];
  readonly hex: string;
}

/** An element `details-<number>`: the details of several cells, by the cells' ids. */
export type DetailsBlock = Readonly<Record<string, CellDetails>>;
