/** Reading a log while somebody writes it. */
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { growingLog } from '../../interop/daemons/growing-log.ts';

describe('a log that grows', () => {
  let directory = '';
  let file = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'log-'));
    file = join(directory, 'log');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is read to its last whole line, and on from there', async () => {
    const read = growingLog(file);
    const seen: string[] = [];
    for (const more of ['one\ntw', 'o\nthr', '', 'ee\n', 'fünf', '\n']) {
      appendFileSync(file, more);
      seen.push(await read());
    }
    expect(seen).to.deep.equal(['one\n', 'one\ntwo\n', 'one\ntwo\n', 'one\ntwo\nthree\n', 'one\ntwo\nthree\n', 'one\ntwo\nthree\nfünf\n']);
  });

  it('gives each line once to what keeps it, however many look at a time', async () => {
    const given: string[] = [];
    const read = growingLog(file, (lines) => {
      given.push(...lines.split('\n').filter(Boolean));
      return lines.replaceAll(/^secret.*\n/gm, '');
    });
    writeFileSync(file, 'one\nsecret\n');
    await Promise.all([read(), read(), read()]);
    appendFileSync(file, 'two\nsecret too\n');
    expect(await Promise.all([read(), read()])).to.deep.equal(['one\ntwo\n', 'one\ntwo\n']);
    expect(given).to.deep.equal(['one', 'secret', 'two', 'secret too']);
  });

  it('begins anew with a file that was begun anew', async () => {
    const read = growingLog(file);
    writeFileSync(file, 'a first life\n');
    await read();
    writeFileSync(file, 'another\n');
    expect(await read()).to.equal('another\n');
  });

  it('fails while there is no file, and goes on once there is one', async () => {
    const read = growingLog(file);
    const failed = await read().catch((error: unknown) => (error as NodeJS.ErrnoException).code);
    expect(failed).to.equal('ENOENT');
    writeFileSync(file, 'there\n');
    expect(await read()).to.equal('there\n');
  });
});
