/** A daemon that ends, hangs or does not start in the middle of a pair's cases: a cell each, and the next case is played as if nothing had been. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CASES, type CaseDefinition } from '../../../interop/cases/index.ts';
import { implementations, partyOf } from '../../../interop/matrix/implementations.ts';
import { judge } from '../../../interop/matrix/judge.ts';
import { type Cast, type Played, playPair } from '../../../interop/matrix/play.ts';
import { predict } from '../../../interop/matrix/predict.ts';
import { describeDaemons } from '../../support/daemons.ts';

const caseOf = (id: string): CaseDefinition => CASES.find((one) => one.id === id) as CaseDefinition;

function cast(initiator: string, responder: string): Cast {
  const [from, to] = [initiator, responder].map((id) => implementations().find((one) => one.id === id));
  if (!from || !to) throw new Error('no such implementation');
  return { parties: { initiator: partyOf(from), responder: partyOf(to) }, titles: { initiator: from.title, responder: to.title } };
}

/** The daemons of this process's pairs, by the name of their program. */
function daemons(program: string): readonly number[] {
  const namespaces =
    execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).match(new RegExp(`^matrix-${process.pid}-\\S+`, 'gm')) ?? [];
  const pids = namespaces.flatMap((name) =>
    execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).split('\n').filter(Boolean).map(Number),
  );
  return pids.filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === program);
}

/** Plays a case three times; something happens once the first is through. */
async function disturbed(who: Cast, happens: () => void, deadlineMs?: number): Promise<readonly string[]> {
  const told: string[] = [];
  const one = caseOf('v2-same');
  const foretold = predict(one, who.parties.initiator, who.parties.responder);
  for await (const { ran } of playPair(who, [one, one, one], new AbortController().signal, deadlineMs)) {
    const { outcome, reason } = judge(one, foretold, ran, who.titles);
    told.push(`${outcome}: ${reason.split(':')[0]}`);
    if (told.length === 1) happens();
  }
  return told;
}

const WORKS = 'works: They settle on aes256-sha256-prfsha256-modp2048 for the IKE SA, aes256-sha512-noesn for the child SA.';

describeDaemons('a pair of the matrix of which one', ['strongswan@5.9.8'], () => {
  const who = cast('ike-probe', 'strongswan@5.9.8');
  const signal = (name: NodeJS.Signals) => (): void => {
    const found = daemons('charon-systemd');
    expect(found).to.have.length(1);
    for (const pid of found) process.kill(pid, name);
  };

  it('ends: the case is an error with its last words, and the next one works', async () => {
    expect(await disturbed(who, signal('SIGKILL'))).to.deep.equal([
      WORKS,
      'error: strongSwan 5.9.8 ended by itself during the case',
      WORKS,
    ]);
  });

  it('hangs: the case is an error, and the next one works', async () => {
    expect(await disturbed(who, signal('SIGSTOP'), 4000)).to.deep.equal([
      WORKS,
      'error: ike-probe with strongSwan 5.9.8 did not come to an end with the case in time.',
      WORKS,
    ]);
  });

  it('is not there: every case is an error that says so', async () => {
    const nobody: Cast = { ...who, parties: { ...who.parties, responder: { ...who.parties.responder, release: '0.0' } } };
    const cells: Played[] = [];
    for await (const played of playPair(nobody, CASES.slice(0, 4), new AbortController().signal)) cells.push(played);
    expect(cells.map(({ ran }) => ran.kind === 'failure' && ran.what)).to.deep.equal(Array(4).fill('not-started'));
  });

  it('leaves nothing behind', () => expect(daemons('charon-systemd')).to.deep.equal([]));
});

describe('a pair of the matrix that is told to stop', () => {
  it('plays nothing', async () => {
    const cells: Played[] = [];
    for await (const played of playPair(cast('ike-probe', 'ike-probe'), CASES, AbortSignal.abort())) cells.push(played);
    expect(cells).to.deep.equal([]);
  });
});
