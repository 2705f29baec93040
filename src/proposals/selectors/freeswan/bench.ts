/**
 * What both phases judge with: the connection, the release, the ledger, the groups.
 *
 * @module
 */
import type { Algorithm } from '../../model.ts';
import type { FullConnection } from './connection.ts';
import type { Ledger } from './ledger.ts';
import * as names from './names.ts';
import type { Traits } from './releases.ts';

/** Who judges, and what is written down. */
export interface Bench {
  readonly connection: FullConnection;
  readonly traits: Traits;
  readonly ledger: Ledger;
}

/** The groups of a release, for phase 1 and for PFS. */
export function groupsOf(traits: Traits): readonly Algorithm[] {
  return traits.modp768 ? [{ id: 1 }, { id: 2 }, { id: 5 }] : [{ id: 2 }, { id: 5 }];
}

/** `A and B`, `A, B and C`. */
export function groupNames(groups: readonly Algorithm[]): string {
  const shown = groups.map(({ id }) => names.show(names.GROUP, id));
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
