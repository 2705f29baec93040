/** The log books among the exports of a profile's files: found by their shape, so that a profile needs no entry anywhere. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LogBook, LogPattern } from '../../src/proposals/log-lines.ts';

type AnyBook = LogBook<Readonly<Record<string, LogPattern>>>;

const SELECTORS = join(import.meta.dirname, '../../src/proposals/selectors');
/** Who speaks in another's words too. */
const RELATIVES: Readonly<Record<string, string>> = { openswan: 'freeswan', 'strongswan-pluto': 'freeswan' };
const exported = new Map<string, readonly AnyBook[]>();

for (const entry of readdirSync(SELECTORS, { recursive: true, encoding: 'utf8' })) {
  if (!entry.endsWith('.ts')) continue;
  const values: unknown[] = Object.values((await import(join(SELECTORS, entry))) as object);
  exported.set(entry, values.filter(isLogBook));
}

/** The books in `<name>.ts` and under `<name>/`, and those of its relatives; a name with a dash may also live under the word before it. */
export function logBooks(name: string): readonly AnyBook[] {
  const homes = [name, name.split('-')[0] ?? name, RELATIVES[name] ?? name].filter(
    (home) => existsSync(join(SELECTORS, home)) || existsSync(join(SELECTORS, `${home}.ts`)),
  );
  return [...exported].flatMap(([file, books]) =>
    homes.some((home) => file === `${home}.ts` || file.startsWith(`${home}/`)) ? books : [],
  );
}

function isLogBook(value: unknown): value is AnyBook {
  return typeof value === 'object' && value !== null && 'patterns' in value && 'read' in value && 'write' in value;
}
