import { logBook, type LogLine } from '../../log-lines.ts';
import { DialectError, type DialectFault, type Token } from '../scanner.ts';
import type { LibreswanAlgorithm, TransformType } from './algorithms.ts';
import type { IkeVersion, LibreswanBuild, LibreswanKind } from './releases.ts';

/** One algorithm of a proposal. */
export interface LibreswanTransform {
  readonly type: TransformType;
  readonly algorithm: LibreswanAlgorithm;
  /** None: every length the daemon cares for. */
  readonly keyBits?: number;
  /** Where it was said; none when it is a default. */
  readonly at?: Token;
}

/** A proposal: its transforms by type, in libreswan's order of types. */
export interface LibreswanProposal {
  readonly transforms: readonly LibreswanTransform[];
}

/** A read text: OR of proposals, best first. */
export interface LibreswanProposals {
  readonly kind: LibreswanKind;
  readonly ikev: IkeVersion;
  readonly release: string;
  /** There was no text. */
  readonly defaulted: boolean;
  readonly proposals: readonly LibreswanProposal[];
  /** What the daemon says while it reads and goes on. */
  readonly notices: readonly LogLine[];
}

/** What `ipsec addconn` and `whack` show while a text is read; the words changed in 5.4. Source: libreswan 5.2 and 5.4, proposals.c. */
export const PROPOSAL_LOG = logBook({
  redundantNone: { text: "ignoring redundant {protocol} Key Exchange algorithm 'NONE' as PFS policy is disabled", level: 'normal' },
  groupWithoutPfs: { text: "ignoring {protocol} Key Exchange algorithm '{name}' as PFS policy is disabled", level: 'normal' },
  redundantNoneBefore54: { text: 'ignoring redundant {protocol} DH algorithm NONE as PFS policy is disabled', level: 'normal' },
  groupWithoutPfsBefore54: { text: 'ignoring {protocol} DH algorithm {name} as PFS policy is disabled', level: 'normal' },
  duplicate: { text: 'discarding duplicate {protocol} {what}', level: 'normal' },
  integrityBeforePrf: {
    text: 'WARNING: IKE proposal has integ specified before prf; use encrypt-prf-integ-ke order',
    level: 'normal',
  },
  integrityNamedBeforePrf: {
    text: 'WARNING: IKE proposal has integ= specified before prf=; use encrypt-prf-integ-ke order',
    level: 'normal',
  },
});

/** What is fixed while one text is read, and the notices so far. */
export interface Reading {
  readonly kind: LibreswanKind;
  readonly ikev: IkeVersion;
  readonly pfs: boolean;
  readonly build: LibreswanBuild;
  /** IKE, ESP, AH: in front of every message. */
  readonly protocol: string;
  readonly notices: LogLine[];
}

/** Which transforms a proposal of this kind has. Before 5.4 an IKEv1 `ike=` derived its integrity too, but never read it. */
export function hasTransform({ kind, ikev }: Pick<Reading, 'kind' | 'ikev'>, type: TransformType): boolean {
  if (type === 'encrypt') return kind !== 'ah';
  if (type === 'prf') return kind === 'ike';
  if (type === 'integ') return kind !== 'ike' || ikev === 2;
  return type === 'ke';
}

/** A proposal while it is read: transforms in the order of reading. */
export type Draft = LibreswanTransform[];

/** Those of a type. */
export function ofType(transforms: readonly LibreswanTransform[], type: TransformType): readonly LibreswanTransform[] {
  return transforms.filter((transform) => transform.type === type);
}

/** Whether there are ciphers, all of them authenticating. */
export function allAead(transforms: readonly LibreswanTransform[]): boolean {
  const ciphers = ofType(transforms, 'encrypt');
  return ciphers.length > 0 && ciphers.every(({ algorithm }) => algorithm.aead);
}

/** Whether there are ciphers, none of them authenticating. */
export function noneAead(transforms: readonly LibreswanTransform[]): boolean {
  const ciphers = ofType(transforms, 'encrypt');
  return ciphers.length > 0 && ciphers.every(({ algorithm }) => !algorithm.aead);
}

/** No integrity algorithm other than NONE. */
export function noIntegrity(transforms: readonly LibreswanTransform[]): boolean {
  return ofType(transforms, 'integ').every(({ algorithm }) => algorithm.name === 'NONE');
}

/** What a function throws as a fault of the text, or undefined; anything else goes on. */
export function attempt(read: () => void): DialectError | undefined {
  try {
    read();
  } catch (error) {
    if (error instanceof DialectError) return error;
    throw error;
  }
  return undefined;
}

/** A fault of a read text; `said` is libreswan's own sentence. */
export function fault(code: DialectFault, said: string, at: Token, hint?: string): DialectError {
  return new DialectError(code, said, at, hint);
}
