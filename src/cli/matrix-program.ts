/**
 * The matrix as the command sees it. It is a program of its own beside the library (`interop/`), loaded when it is called.
 *
 * @module
 */
import type { CellDetails, MatrixCase, MatrixCell, MatrixImplementation, MatrixReport } from '../report/matrix/result.ts';

/** What is run, made by `select`, or found where a run was begun; what is in it is the program's own affair. */
export interface MatrixSelection {
  readonly implementations: readonly MatrixImplementation[];
  readonly cases: readonly { readonly id: string }[];
  readonly pairs: readonly { readonly initiator: string; readonly responder: string }[];
}

export interface MatrixWish {
  readonly daemons?: readonly string[];
  readonly pairs?: readonly string[];
  readonly cases?: readonly string[];
  readonly more?: MatrixSelection['cases'];
}

export interface MatrixProgress {
  readonly done: number;
  readonly total: number;
  readonly disagreeing: number;
  readonly errors: number;
  readonly left: number | undefined;
}

export interface MatrixJob {
  readonly selection: MatrixSelection;
  readonly out: string;
  readonly resume: boolean;
  readonly jobs: number;
  readonly tool: MatrixReport['tool'];
  readonly signal: AbortSignal;
  readonly progress: (progress: MatrixProgress) => void;
}

export interface MatrixProgram {
  available(): { readonly available: true } | { readonly available: false; readonly reason: string };
  install(say: (step: string) => void): Promise<void>;
  implementations(): readonly MatrixImplementation[];
  cases(): readonly MatrixCase[];
  readCases(value: unknown): MatrixSelection['cases'] | { readonly place: string; readonly wanted: string };
  /** @throws an error with `code` and `hint` */
  select(wish: MatrixWish): MatrixSelection;
  begun(directory: string): (MatrixSelection & { readonly complete: boolean; readonly cells: readonly MatrixCell[] }) | undefined;
  run(job: MatrixJob): Promise<MatrixReport>;
  details(directory: string, cell: MatrixCell): CellDetails | undefined;
}
