/** Which pairs are run: every ordered pair of those that were named, or the plan of a whole matrix. */
import { compareReleases } from '../../src/proposals/index.ts';
import type { Implementation } from './implementations.ts';

/** Who begins, and who answers; ids of implementations. */
export interface Pair {
  readonly initiator: string;
  readonly responder: string;
}

/** Every two of them in both roles; one alone with itself. A model only answers. */
export function pairsAmong(chosen: readonly Implementation[]): readonly Pair[] {
  if (chosen.length === 1) return chosen.filter(begins).map(({ id }) => ({ initiator: id, responder: id }));
  return chosen
    .filter(begins)
    .flatMap((initiator) =>
      chosen.flatMap((responder) => (responder === initiator ? [] : { initiator: initiator.id, responder: responder.id })),
    );
}

/**
 * Each daemon with the oldest and the newest of every family and with our own machines, in both roles; those with themselves too. A model
 * is asked by the newest of every family that speaks its version, and by our own machines.
 */
export function wholePlan(all: readonly Implementation[]): readonly Pair[] {
  const daemons = all.filter(({ kind }) => kind === 'daemon');
  const ends = [...daemons.filter((one) => isEnd(one, daemons)), ...all.filter(({ kind }) => kind === 'own')];
  const both = ({ id: a }: Implementation, { id: b }: Implementation): Pair[] =>
    a === b
      ? [{ initiator: a, responder: a }]
      : [
          { initiator: a, responder: b },
          { initiator: b, responder: a },
        ];
  const known = new Map<string, Pair>();
  for (const one of [...daemons, ...all.filter(({ kind }) => kind === 'own')])
    for (const end of ends) for (const pair of both(one, end)) known.set(`${pair.initiator}/${pair.responder}`, pair);
  const models = all.filter(({ kind }) => kind === 'model');
  return [...known.values(), ...models.flatMap((model) => asked(model, all))];
}

/** A model with everybody who asks it. */
function asked(model: Implementation, all: readonly Implementation[]): readonly Pair[] {
  const able = all.filter((one) => begins(one) && one.versions.some((version) => model.versions.includes(version)));
  const families = [...new Set(able.map(({ family }) => family))];
  return families.flatMap((family) => {
    const releases = able.filter((one) => one.family === family).toSorted((a, b) => compareReleases(a.release ?? '', b.release ?? ''));
    return releases.slice(-1).map(({ id }) => ({ initiator: id, responder: model.id }));
  });
}

const begins = ({ kind }: Implementation): boolean => kind !== 'model';

/** The oldest or the newest of its family. */
function isEnd({ family, release }: Implementation, daemons: readonly Implementation[]): boolean {
  const releases = daemons.filter((one) => one.family === family).map((one) => one.release ?? '');
  const sorted = releases.toSorted(compareReleases);
  return release === sorted[0] || release === sorted.at(-1);
}
