/** The public surface: docs/api says what is exported; a change shows there. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = existsSync(`${root}dist/index.d.ts`);

describe('the public surface', () => {
  (built ? it : it.skip)(`is as docs/api says${built ? '' : ' (skipped: not built)'}`, function () {
    this.timeout(60_000);
    const { status, stderr } = spawnSync(process.execPath, ['scripts/api-report.mjs'], { cwd: root, encoding: 'utf8' });
    expect(status, stderr).to.equal(0);
  });
});
