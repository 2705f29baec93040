/**
 * A whole run: pairs side by side as far as the machine carries, each on a network of its own, every cell kept as it finishes. Towards the
 * end, when every pair is under way, the long ones are played on several stages.
 *
 * Rule: interrupted or not, what is returned is true; `complete` says whether it is all.
 */
import { setMaxListeners } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MatrixCell, MatrixReport } from '../../src/report/index.ts';
import { type CaseDefinition, shownCase, versionOf } from '../cases/index.ts';
import { detailsOf } from './details.ts';
import { type Estimate, estimate } from './estimate.ts';
import { implementations, partyOf } from './implementations.ts';
import { beginJournal, detailsFile, type Journal, keepCell, readJournal, type Selection } from './journal.ts';
import { judge } from './judge.ts';
import { explanationOf } from './known.ts';
import type { Pair } from './pairs.ts';
import { type Cast, type Played, playPair } from './play.ts';
import { type Foretold, predict } from './predict.ts';

/** What is to be run, and how. */
export interface MatrixJob {
  readonly selection: Selection;
  /** A directory for the results. */
  readonly out: string;
  /** Goes on with what is there. */
  readonly resume: boolean;
  /** Pairs side by side. */
  readonly jobs: number;
  readonly tool: MatrixReport['tool'];
  readonly signal: AbortSignal;
  readonly progress: (progress: MatrixProgress) => void;
}

/** How far it is. */
export interface MatrixProgress {
  readonly done: number;
  readonly total: number;
  /** Not as foretold, and not explained. */
  readonly disagreeing: number;
  readonly errors: number;
  /** Milliseconds; nothing while it cannot be said. */
  readonly left: number | undefined;
}

/** Runs it, and writes `results.json`. */
export async function runMatrix(job: MatrixJob): Promise<MatrixReport> {
  const { out, selection, signal, tool } = job;
  const began = performance.now();
  const before = job.resume ? readJournal(out) : undefined;
  const started = before?.started ?? new Date().toISOString();
  if (before === undefined) beginJournal(out, selection, started);
  // Each pair that is under way listens to it.
  setMaxListeners(job.jobs + 10, signal);
  const run = new Run(job, before, began);
  const shares = selection.pairs.toSorted((a, b) => weight(b) - weight(a)).map((pair) => run.share(pair));
  const work = async (): Promise<void> => {
    for (let share = mostNeedy(shares); share !== undefined && !signal.aborted; share = mostNeedy(shares)) await run.play(share);
  };
  await Promise.all(Array.from({ length: job.jobs }, work));
  const cells = run.inOrder();
  const report: MatrixReport = {
    schema: 'ike-probe/1',
    kind: 'matrix',
    complete: cells.length === selection.cases.length * selection.pairs.length,
    tool,
    started,
    durationMs: Math.round((before?.spent ?? 0) + performance.now() - began),
    implementations: selection.implementations,
    cases: selection.cases.map(shownCase),
    cells,
  };
  writeFileSync(join(out, 'results.json'), `${JSON.stringify(report)}\n`);
  return report;
}

/** The long ones first, so that none is left alone at the end: iked begins two seconds after it was told to. */
function weight({ initiator, responder }: Pair): number {
  const slow = (id: string): number => (id.startsWith('openiked') ? 2 : id.startsWith('libreswan') ? 1 : 0);
  return 3 * slow(initiator) + slow(responder);
}

/** What is left of a pair, and on how many stages it is played. */
interface Share {
  readonly pair: Pair;
  readonly left: CaseDefinition[];
  stages: number;
}

/** A stage costs two daemons' starts: it has to be worth so many cases. */
const WORTH_A_STAGE = 3;

/** A pair that nobody plays yet; when there is none, the one that has most left for each that plays it. */
function mostNeedy(shares: readonly Share[]): Share | undefined {
  const idle = shares.find(({ left, stages }) => left.length > 0 && stages === 0);
  if (idle) return idle;
  const need = ({ left, stages }: Share): number => left.length / (stages + 1);
  const [first] = shares.filter((share) => need(share) >= WORTH_A_STAGE).toSorted((a, b) => need(b) - need(a));
  return first;
}

/** Whoever plays a pair takes the next case. */
function* taken(left: CaseDefinition[]): Generator<CaseDefinition> {
  for (let one = left.shift(); one !== undefined; one = left.shift()) yield one;
}

const TELL_MS = 300;

/** The cells of a run as they come. */
class Run {
  readonly #job: MatrixJob;
  readonly #began: number;
  readonly #cells = new Map<string, MatrixCell>();
  readonly #estimate: Estimate = estimate();
  #told = 0;

  constructor(job: MatrixJob, before: Journal | undefined, began: number) {
    this.#job = job;
    this.#began = began;
    for (const cell of before?.cells ?? []) this.#cells.set(cell.id, cell);
  }

  /** The cases of a pair that are not there yet. */
  share(pair: Pair): Share {
    return { pair, left: this.#job.selection.cases.filter((one) => !this.#cells.has(idOf(one, pair))), stages: 0 };
  }

  /** Plays what is left of a pair, beside others that do. */
  async play(share: Share): Promise<void> {
    const { pair, left } = share;
    const cast = this.#castOf(pair);
    share.stages++;
    for await (const played of playPair(cast, taken(left), this.#job.signal)) this.#keep(pair, cast, played);
    share.stages--;
  }

  #castOf({ initiator, responder }: Pair): Cast {
    const find = (id: string) => implementations().find((one) => one.id === id);
    const [from, to] = [find(initiator), find(responder)];
    if (!from || !to) throw new Error(`no implementation ${from ? responder : initiator}`);
    return {
      parties: { initiator: partyOf(from), responder: partyOf(to) },
      titles: { initiator: from.title, responder: to.title },
    };
  }

  #keep(pair: Pair, { parties, titles }: Cast, { one, ran, durationMs }: Played): void {
    const id = idOf(one, pair);
    const foretold: Foretold = predict(one, parties.initiator, parties.responder);
    const judged = judge(one, foretold, ran, titles);
    const trace = foretold.kind === 'steps' ? foretold.trace : [];
    const details = ran.kind === 'failure' ? undefined : detailsOf(id, ran, trace);
    const known = judged.outcome === 'disagrees' ? explanationOf({ case: one.id, ...pair }) : undefined;
    const cell: MatrixCell = {
      id,
      case: one.id,
      ...pair,
      ...judged,
      ...(known !== undefined && { known }),
      durationMs,
      rerun: `sudo ike-probe matrix --cases ${one.id} --pairs ${pair.initiator}/${pair.responder}`,
      details: details ? detailsFile(id) : null,
    };
    keepCell(this.#job.out, cell, details, Math.round(performance.now() - this.#began));
    this.#cells.set(id, apart(cell));
    this.#estimate.done(kindOf(one, pair), durationMs);
    this.#tell();
  }

  /** Now and then: the estimate looks at every cell. */
  #tell(): void {
    const { selection, jobs, progress } = this.#job;
    const now = performance.now();
    if (now - this.#told < TELL_MS && this.#cells.size < selection.cases.length * selection.pairs.length) return;
    this.#told = now;
    const left = new Map<string, number>();
    for (const pair of selection.pairs)
      for (const one of selection.cases)
        if (!this.#cells.has(idOf(one, pair))) left.set(kindOf(one, pair), (left.get(kindOf(one, pair)) ?? 0) + 1);
    const cells = [...this.#cells.values()];
    progress({
      done: cells.length,
      total: selection.cases.length * selection.pairs.length,
      disagreeing: cells.filter(({ outcome, known }) => outcome === 'disagrees' && known === undefined).length,
      errors: cells.filter(({ outcome }) => outcome === 'error').length,
      left: this.#estimate.left(left, jobs),
    });
  }

  /** By case, initiator, responder, as they are listed. */
  inOrder(): readonly MatrixCell[] {
    const { implementations: all, cases, pairs } = this.#job.selection;
    const place = new Map(all.map(({ id }, i) => [id, i]));
    const at = (id: string): number => place.get(id) ?? 0;
    const sorted = pairs.toSorted((a, b) => at(a.initiator) - at(b.initiator) || at(a.responder) - at(b.responder));
    return cases.flatMap((one) => sorted.flatMap((pair) => this.#cells.get(idOf(one, pair)) ?? []));
  }
}

/** Without a tie to what it was cut out of: a word of a log that is kept keeps the whole log. */
const apart = (cell: MatrixCell): MatrixCell => JSON.parse(JSON.stringify(cell)) as MatrixCell;

const idOf = ({ id }: CaseDefinition, { initiator, responder }: Pair): string => `${id}/${initiator}/${responder}`;

function kindOf(one: CaseDefinition, { initiator, responder }: Pair): string {
  const family = (id: string): string => id.split('@')[0] ?? id;
  return `${family(initiator)} ${family(responder)} ${versionOf(one)}`;
}
