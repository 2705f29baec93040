/** Reports are compared whole with a file. `UPDATE_GOLDEN=1` writes the files from the real output: read them before they are committed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';

export function golden(file: URL, text: string): void {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(text).to.equal(existsSync(file) ? readFileSync(file, 'utf8') : '');
}
