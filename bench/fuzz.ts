/**
 * One million mutated messages: no throw, no hang, bounded memory.
 * Run: npm run fuzz -- --count 1000000 --seed 1; one message alone: --only <index>
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fuzz, knownMessages } from './fuzzing.ts';
import { perSecond } from './rate.ts';

/** Milliseconds, and MiB: far above what a message may cost, far below what hangs or exhausts. */
const LIMITS = { slowest: 2000, heap: 512, growth: 64 } as const;

const { values } = parseArgs({
  options: { count: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' }, only: { type: 'string' } },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const known = knownMessages(root, `${root}../shared/corpus`);
const [seed, count, first] = [Number(values.seed), values.only === undefined ? Number(values.count) : 1, Number(values.only ?? 0)];
if (![seed, count, first].every((number) => Number.isSafeInteger(number) && number >= 0) || count === 0) {
  console.error('fuzz: --count, --seed and --only are whole numbers');
  process.exit(2);
}

const { messages, decoded, selected, seconds, slowest, memory } = fuzz(known, seed, count, first);
const mib = (value: number): string => `${value.toFixed(0)} MiB`;
console.log(`fuzz, seed ${seed}: ${messages} mutants of ${known.length} messages, nothing threw`);
console.log(`  ${perSecond(messages / seconds)}, ${seconds.toFixed(1)} s; ${decoded} decoded, of ${selected} the selector took something`);
console.log(`  slowest: message ${slowest.index}, ${slowest.ms.toFixed(1)} ms`);
console.log(
  `  heap at most ${mib(memory.heap)}, after collection ${mib(memory.heapEarly)} early and ${mib(memory.heapLate)} late; RSS at most ${mib(memory.rss)}`,
);
const wrong = [
  slowest.ms > LIMITS.slowest && 'a message took too long',
  memory.heap > LIMITS.heap && 'the heap grew too large',
  memory.heapLate - memory.heapEarly > LIMITS.growth && 'the heap kept growing',
].filter((complaint) => complaint !== false);
for (const complaint of wrong) console.error(`fuzz: ${complaint}`);
process.exitCode = wrong.length === 0 ? 0 : 1;
