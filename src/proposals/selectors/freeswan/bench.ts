/**
 * What both phases judge with: the connection, the release, the dialect, the ledger.
 *
 * @module
 */
import type { Algorithm } from '../../model.ts';
import type { FullConnection } from './connection.ts';
import type { Dialect } from './dialect.ts';
import type { Ledger } from './ledger.ts';
import * as names from './names.ts';
import type { Traits } from './releases.ts';

/** Who judges, and what is written down. */
export interface Bench {
  readonly connection: FullConnection;
  readonly traits: Traits;
  readonly dialect: Dialect;
  readonly ledger: Ledger;
}

/** `A and B`, `A, B and C`. */
export function groupNames(groups: readonly Algorithm[]): string {
  const shown = groups.map(({ id }) => names.show(names.GROUP, id));
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** The name of a value of a phase 1 attribute, or its number with two question marks. */
export function oakleyName({ dialect }: Bench, type: number, value: number): string {
  return names.show(dialect.names.oakleyValue.get(type) ?? NO_NAMES, value);
}

/** The name of a value of a phase 2 attribute, or its number with two question marks. */
export function ipsecName({ dialect }: Bench, type: number, value: number): string {
  return names.show(dialect.names.ipsecValue.get(type) ?? NO_NAMES, value);
}

const NO_NAMES: names.Names = new Map();
