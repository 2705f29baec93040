/** A run's journal: what was written is there again, what was cut off was not written, and a cell that was run twice counts once. */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CASES } from '../../../interop/cases/index.ts';
import { beginJournal, detailsFile, keepCell, readDetails, readJournal, type Selection } from '../../../interop/matrix/journal.ts';
import { sampleDetails } from '../../support/matrix-details.ts';
import { smallRun } from '../../support/small-matrix.ts';

describe('the journal of a run', () => {
  let directory = '';
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'journal-'));
  });
  after(() => rmSync(directory, { recursive: true }));

  const selection: Selection = {
    implementations: smallRun.implementations,
    cases: CASES.slice(0, 2),
    pairs: [{ initiator: 'ike-probe', responder: 'ike-probe' }],
  };
  const STARTED = '2026-11-28T00:00:00.000Z';
  const [cell, other] = smallRun.cells.map((one) => ({ ...one, details: detailsFile(one.id) }));
  if (!cell || !other) throw new Error('the sample has no two cells');

  it('is not there before it was begun', () => expect(readJournal(join(directory, 'nowhere'))).to.equal(undefined));

  it('tells what is to be run, and what was', () => {
    beginJournal(directory, selection, STARTED);
    expect(readJournal(directory)).to.deep.equal({ ...selection, started: STARTED, cells: [], spent: 0, complete: false });
    keepCell(directory, cell, sampleDetails(cell), 40);
    expect(readJournal(directory)).to.deep.include({ cells: [cell], spent: 40, complete: false });
    expect(readDetails(directory, cell)).to.deep.equal(sampleDetails(cell));
    keepCell(directory, other, undefined, 90);
    expect(readJournal(directory)).to.deep.include({ cells: [cell, other], spent: 90, complete: true });
    expect(readDetails(directory, other)).to.equal(undefined);
  });

  it('counts a line that was cut off as not written, and goes on behind the whole ones', () => {
    beginJournal(directory, selection, STARTED);
    keepCell(directory, cell, undefined, 40);
    appendFileSync(join(directory, 'journal.ndjson'), '{"cell":{"id":"v2-sa');
    expect(readJournal(directory)?.cells).to.deep.equal([cell]);
    keepCell(directory, other, undefined, 10);
    expect(readJournal(directory)).to.deep.include({ cells: [cell, other], spent: 50 });
  });

  it('has the last word on a cell that is there twice', () => {
    beginJournal(directory, selection, STARTED);
    keepCell(directory, cell, undefined, 10);
    keepCell(directory, { ...cell, reason: 'again' }, undefined, 20);
    expect(readJournal(directory)?.cells.map(({ reason }) => reason)).to.deep.equal(['again']);
  });

  it('removes what an earlier run has left when another one begins', () => {
    keepCell(directory, cell, sampleDetails(cell), 10);
    expect(readdirSync(join(directory, 'cells'))).to.have.length(1);
    beginJournal(directory, selection, STARTED);
    expect(readdirSync(join(directory, 'cells'))).to.deep.equal([]);
    expect(readFileSync(join(directory, 'journal.ndjson'), 'utf8').trim().split('\n')).to.have.length(1);
  });

  it('is nothing when it is something else', () => {
    writeFileSync(join(directory, 'journal.ndjson'), '{"journal":"of another"}\n');
    expect(readJournal(directory)).to.equal(undefined);
    writeFileSync(join(directory, 'journal.ndjson'), 'Dear diary');
    expect(readJournal(directory)).to.equal(undefined);
  });
});
