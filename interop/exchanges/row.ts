/** One row of the table: one suite of one subject, and what both sides say of it. Plain data. */
import type { Role, Speaks } from '../daemons/connection.ts';
import type { PeerSpec } from '../daemons/peer.ts';

export interface Row {
  readonly subject: PeerSpec;
  readonly speaks: Speaks;
  /** Ours. */
  readonly role: Role;
  readonly proof: string;
  readonly suite: string;
  readonly child: string;
  readonly outcome: Outcome;
}

export type Outcome =
  /** Both sides have the same SAs. `later`: what became of rekeying and of the end, where it was tried. */
  | { readonly kind: 'established'; readonly later: readonly string[] }
  /** The daemon does not do it, in its own words. */
  | { readonly kind: 'unsupported'; readonly words: string }
  /** Anything else: what we say, what the daemon says, and the end of its log. `because`: it is understood, and not ours. */
  | { readonly kind: 'failed'; readonly ours: string; readonly theirs: string; readonly log: readonly string[]; readonly because?: string };

/** What rows have in common that stand together. */
export const batchOf = ({ subject, speaks, role, proof }: Pick<Row, 'subject' | 'speaks' | 'role' | 'proof'>): string =>
  `${subject} ${speaks} ${role} ${proof}`;
