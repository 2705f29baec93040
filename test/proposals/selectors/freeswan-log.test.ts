import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readdirSync, readFileSync } from 'node:fs';
import { PLUTO } from '../../../src/proposals/selectors/freeswan/log.ts';
import type { LogLine, LogPattern } from '../../../src/proposals/log-lines.ts';

/** Writes any pattern, whatever its gaps. */
interface Writer {
  write(key: string, values: Readonly<Record<string, string>>): LogLine;
}

const VECTORS = new URL('../../../vectors/freeswan/', import.meta.url);

/** Something for each gap that no pattern's own words contain. */
function samples(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/\{(\w+)\}/g)].map(([, name = ''], i) => [name, `X${i}`]));
}

describe("Pluto's log", () => {
  const patterns: Readonly<Record<string, LogPattern>> = PLUTO.patterns;
  for (const [key, { text }] of Object.entries(patterns)) {
    it(`writes and reads ${key}`, () => {
      const values = samples(text);
      const { text: line } = (PLUTO as unknown as Writer).write(key, values);
      expect(line).not.to.include('{');
      expect(PLUTO.read(line)).to.deep.equal({ key, values });
    });
  }

  const recorded = readdirSync(VECTORS)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(new URL(file, VECTORS), 'utf8').trim().split('\n'))
    .flatMap((line) => (JSON.parse(line) as { readonly expected: { readonly logs: readonly string[] } }).expected.logs);

  it(`recognises each of the ${recorded.length} recorded lines, at its level`, () => {
    expect(recorded.length).to.be.greaterThan(200);
    for (const line of recorded) {
      const debug = line.startsWith('| ');
      const found = PLUTO.read(debug ? line.slice(2) : line);
      expect(found, line).not.to.equal(undefined);
      expect(patterns[found?.key ?? '']?.level, line).to.equal(debug ? 'debug' : 'normal');
    }
  });
});
