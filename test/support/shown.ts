/** What a document shows between `<!-- mark -->` and `<!-- end -->` is made again and compared. `UPDATE_GOLDEN=1` writes it anew; read it before it is committed. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = new URL('../../', import.meta.url);

/** The text between a mark and the next `<!-- end -->`. */
export function shownIn(document: string, mark: string): string {
  const text = readFileSync(new URL(document, ROOT), 'utf8');
  const start = text.indexOf(`<!-- ${mark} -->`);
  expect(start, `${document} has no mark ${mark}`).to.be.at.least(0);
  return text.slice(start, text.indexOf('<!-- end -->', start));
}

/** Compares, or writes. `mask` hides what differs from run to run. */
export function expectShown(document: string, mark: string, wanted: string, mask: (text: string) => string = (text) => text): void {
  const now = `<!-- ${mark} -->\n${wanted}`;
  const shown = shownIn(document, mark);
  if (mask(shown) === mask(now)) return;
  if (process.env['UPDATE_GOLDEN'] !== '1') expect(mask(shown)).to.equal(mask(now));
  const file = new URL(document, ROOT);
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(shown, () => now),
  );
}

/** The marks of one kind that a document has: `example` → `examples/ask-pluto.ts`, … */
export function marksIn(document: string, kind: string): readonly string[] {
  const text = readFileSync(new URL(document, ROOT), 'utf8');
  return [...text.matchAll(new RegExp(`<!-- ${kind}: (.*) -->`, 'g'))].map(([, what = '']) => what);
}

/** A fenced block. */
export const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;

/** A program without its head, and what it prints, as two fenced blocks. */
export function programAndOutput(path: string): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', path], { cwd: fileURLToPath(ROOT), encoding: 'utf8' });
  expect(status, stderr).to.equal(0);
  const program = readFileSync(new URL(path, ROOT), 'utf8').replace(/^\/\*\*.*?\*\/\n/s, '');
  return fenced('ts', program) + fenced('text', stdout);
}
