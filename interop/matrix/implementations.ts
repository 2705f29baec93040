/** Who can take part (`implementations.json`), and who is here today. */
import { readFileSync } from 'node:fs';
import type { MatrixImplementation } from '../../src/report/index.ts';
import type { PeerSpec } from '../daemons/peer.ts';
import { daemonsAvailable } from '../available.ts';
import type { Party } from './party.ts';

/** A row of `implementations.json`. */
export interface Implementation extends Omit<MatrixImplementation, 'unavailable'> {
  /** Of a model, and of our own machines: whose mind it has. */
  readonly profile?: string;
}

/** All of them, in the order in which reports show them. */
export function implementations(): readonly Implementation[] {
  return JSON.parse(readFileSync(new URL('../implementations.json', import.meta.url), 'utf8')) as Implementation[];
}

/** The same with why it cannot take part, if it cannot: a daemon that was not had, or whose tools are missing. */
export function withAvailability(all: readonly Implementation[]): readonly MatrixImplementation[] {
  return all.map(({ id, title, kind, family, release, origin, versions }) => {
    const found = kind === 'daemon' ? daemonsAvailable([id as PeerSpec]) : ({ available: true } as const);
    return { id, title, kind, family, release, origin, versions, unavailable: found.available ? null : found.reason };
  });
}

/** An implementation as one side of a pair. */
export function partyOf({ id, kind, family, release, profile }: Implementation): Party {
  return { id, family, release: release ?? '', profile: profile ?? id, ours: kind !== 'daemon' };
}
