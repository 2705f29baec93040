/**
 * The fingerprint in the text report: who the peer behaves like, and on `-v` every odd request with what was foretold and seen.
 *
 * @module
 */
import type { FingerprintObservation, FingerprintReport } from '../probe/result.ts';
import { explainFingerprint } from './explain.ts';
import { seen } from './page.ts';
import type { Page } from './page.ts';
import { pad, safe, width, wrap } from './terminal.ts';

/** The lines below the heading of the fingerprint. */
export function fingerprintLines(fingerprint: FingerprintReport, page: Page): string[] {
  const { candidates, unknown, observations } = fingerprint;
  const rows = [
    ...candidates.map(({ name, release, likelihood }) => ({
      text: `${safe(name)}${release === null ? '' : ` ${safe(release)}`}`,
      likelihood,
    })),
    ...(unknown >= SHOWN ? [{ text: 'one that is not described here', likelihood: unknown }] : []),
  ];
  const column = Math.max(0, ...rows.map(({ text }) => width(text)));
  return [
    ...wrap(explainFingerprint(fingerprint), page.columns, '  '),
    ...rows.map(({ text, likelihood }) => `    ${pad(text, column)}  ${percent(likelihood).padStart(6)}`),
    ...observations.flatMap((observation) => observationLines(observation, page)),
  ];
}

/** Without `-v` only what was not as foretold. */
function observationLines({ request, asks, expected, seen: found, evidence }: FingerprintObservation, page: Page): string[] {
  const { dim, marks } = page.style;
  const right = expected === found;
  if (right && page.verbose === 0) return [];
  const head = wrap(`${safe(request)}: ${safe(asks)}${seen(evidence, page)}`, page.columns, `  ${right ? marks.yes : marks.warn} `, '    ');
  const line = (label: string, text: string): string[] => wrap(safe(text), page.columns, `      ${dim(pad(label, 9))}`, ' '.repeat(15));
  if (right) return [...head, ...line('seen', found)];
  return [...head, ...line('foretold', expected ?? 'nothing'), ...line('seen', found)];
}

function percent(likelihood: number): string {
  return `${(Math.min(likelihood, 1) * 100).toFixed(1)} %`;
}

/** Below this the last of the candidates is not worth a line. */
const SHOWN = 0.01;
