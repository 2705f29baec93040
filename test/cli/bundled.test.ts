import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { loadBundle } from '../../src/cli/bundled.ts';

const TEXT = '(function (module, exports, require) { module.exports = { run: async () => require("node:path").sep.length + 41 }; })';

describe('the bundled command', () => {
  let folder = '';
  const dist = (): URL => pathToFileURL(`${folder}/`);
  const write = (name: string, text: string, second: number): void => {
    writeFileSync(join(folder, name), text);
    utimesSync(join(folder, name), second, second);
  };
  const answer = (): Promise<number> | undefined => loadBundle(dist())?.program.run([], {} as never);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ike-probe-bundle-'));
    mkdirSync(join(folder, 'bundle'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is not used when there is none', () => {
    expect(loadBundle(dist())).to.equal(undefined);
  });

  it('is used when it is as new as the modules, and can load what Node has', async () => {
    write('.tsbuildinfo', '', 1000);
    write('bundle/ike-probe.cjs', TEXT, 1000);
    expect(await answer()).to.equal(42);
  });

  it('is not used when the modules were compiled after it', () => {
    write('bundle/ike-probe.cjs', TEXT, 1000);
    write('.tsbuildinfo', '', 1001);
    expect(loadBundle(dist())).to.equal(undefined);
  });

  it('works with a cache that is not for it', async () => {
    write('bundle/ike-probe.cjs', `${TEXT} // not compiled before`, 1000);
    write('bundle/ike-probe.cache', 'no code at all', 1000);
    const { script, program } = loadBundle(dist()) ?? {};
    expect(script?.cachedDataRejected).to.equal(true);
    expect(await program?.run([], {} as never)).to.equal(42);
  });
});
