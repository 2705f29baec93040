/**
 * What stays while a phase 2 SA is read, and what a transform of it settles.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Choice, Path, Slot } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import type { Cipher, Integrity } from './algorithms.ts';
import { type Fault, NOTIFY, structure } from './ledger.ts';

export const AH = 2;
export const ESP = 3;
export const IPCOMP = 4;
/** What the transform identifier says. */
export const OWN_SLOT: Readonly<Record<number, Slot>> = { [AH]: 'integrity', [ESP]: 'encryption', [IPCOMP]: 'compression' };

/** The PFS group that all transforms of one SA must have: that of the first one that was read; 0 is none. */
export interface PfsGroup {
  group: number | undefined;
}

/** What the attributes settle. */
export interface Settled {
  cipher?: Cipher;
  /** Nothing when it is not known. */
  integrity?: Integrity;
  deflate: boolean;
  /** 1 tunnel, 2 transport, 0 not said. */
  mode: number;
  group: number;
  keyBits: number;
  keyed: boolean;
  lifeType: number;
  readonly lifeTypes: Set<number>;
  readonly choices: Choice[];
}

/** A fault that ends the SA. */
export function fatal(line: LogLine, path: Path, reason: Reason = structure(line, path)): Fault {
  return { reason, line, notify: NOTIFY.badProposalSyntax };
}
