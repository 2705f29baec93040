/**
 * All cases of one pair, one after the other, on a stage that is set up again only when something has gone wrong.
 *
 * Rule: a daemon that dies, hangs or does not start is a cell; the pair goes on with the next case.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseDefinition } from '../cases/index.ts';
import type { Role } from '../daemons/connection.ts';
import { playCase, type Ran } from './cell.ts';
import type { Failure } from './judge.ts';
import type { Party } from './party.ts';
import { type Scene, setUp } from './stage.ts';

/** A case that was played, or what went wrong. */
export interface Played {
  readonly one: CaseDefinition;
  readonly ran: Ran | Failure;
  readonly durationMs: number;
}

/** The two sides, with the names that people know them by. */
export interface Cast {
  readonly parties: { readonly [R in Role]: Party };
  readonly titles: { readonly [R in Role]: string };
}

/** No case takes longer, whatever the daemons do. */
const DEADLINE_MS = 60_000;
/** After so many starts that fail one after the other, no further one is tried. */
const MOST_STARTS = 2;

/** Plays until the cases are through, or it is to stop: then the case under way is dropped. */
export async function* playPair(
  cast: Cast,
  cases: Iterable<CaseDefinition>,
  signal: AbortSignal,
  deadlineMs = DEADLINE_MS,
): AsyncGenerator<Played> {
  let scene: Scene | undefined;
  let failed = 0;
  try {
    for (const one of cases) {
      if (signal.aborted) return;
      const began = performance.now();
      let ran: Ran | Failure | undefined;
      if (failed < MOST_STARTS && scene === undefined) {
        scene = await setUp(cast.parties)
          .catch(() => setUp(cast.parties))
          .catch((error: unknown) => void (ran = notStarted(cast, error)));
        failed = scene === undefined ? failed + 1 : 0;
      } else if (scene === undefined) ran = notStarted(cast, '');
      if (scene !== undefined) ran = await played(one, { cast, scene, signal, deadlineMs });
      if (signal.aborted || ran === undefined) return;
      if (ran.kind === 'failure') {
        await scene?.close();
        scene = undefined;
      }
      yield { one, ran, durationMs: Math.round(performance.now() - began) };
    }
  } finally {
    await scene?.close();
  }
}

interface Playing {
  readonly cast: Cast;
  readonly scene: Scene;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

async function played(one: CaseDefinition, { cast, scene, signal, deadlineMs }: Playing): Promise<Ran | Failure | undefined> {
  // A promise that outlives the case would hold on to everything that it was raced against.
  const over = new AbortController();
  const late = sleep(deadlineMs, tooSlow(cast), { signal: over.signal }).catch(() => undefined);
  let stop = (): void => undefined;
  const asked = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop);
  });
  try {
    const ran = await Promise.race([playCase(one, scene), late, asked]);
    const dead = scene.dead();
    return dead === undefined ? ran : { kind: 'failure', what: 'ended', title: cast.titles[dead], words: await lastWords(scene, dead) };
  } catch (error) {
    const dead = scene.dead();
    if (dead !== undefined) return { kind: 'failure', what: 'ended', title: cast.titles[dead], words: await lastWords(scene, dead) };
    return { kind: 'failure', what: 'failed', title: both(cast), words: wordsOf(error) };
  } finally {
    over.abort();
    signal.removeEventListener('abort', stop);
  }
}

const both = ({ titles: { initiator, responder } }: Cast): string => `${initiator} with ${responder}`;
const tooSlow = (cast: Cast): Failure => ({ kind: 'failure', what: 'too-slow', title: both(cast), words: '' });
const notStarted = (cast: Cast, error: unknown): Failure => ({
  kind: 'failure',
  what: 'not-started',
  title: both(cast),
  words: wordsOf(error),
});

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n').slice(0, 4).join('; ');
}

/** The last lines of the log of who has ended. */
async function lastWords(scene: Scene, role: Role): Promise<string> {
  const log = await scene[role].log().catch(() => '');
  return log.trimEnd().split('\n').slice(-3).join('; ').slice(0, 600);
}
