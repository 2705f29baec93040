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
  const { unknown, observations } = fingerprint;
  const rows = [
    ...namesOf(fingerprint),
    ...(unknown >= SHOWN ? [{ text: 'one that is not described here', likelihood: unknown, releases: '' }] : []),
  ];
  const column = Math.max(0, ...rows.map(({ text }) => width(text)));
  return [
    ...wrap(explainFingerprint(fingerprint), page.columns, '  '),
    ...rows.flatMap((row) => rowLines(row, column, page)),
    ...observations.flatMap((observation) => observationLines(observation, page)),
  ];
}

/** Name, likelihood and releases in columns; below each other where they do not fit. */
function rowLines({ text, likelihood, releases }: Row, column: number, { columns }: Page): string[] {
  const share = percent(likelihood);
  const first = `    ${pad(text, column)}  ${share.padStart(7)}`;
  if (width(first) <= columns && releases === '') return [first];
  if (width(first) + 3 + width(releases) <= columns) return [`${first}   ${releases}`];
  return [...wrap(`${text} ${share}`, columns, '    '), ...(releases === '' ? [] : wrap(releases, columns, '      '))];
}

interface Row {
  readonly text: string;
  readonly likelihood: number;
  readonly releases: string;
}

/** One row for each implementation; of its releases those that fit, and how well when they do not fit alike. */
function namesOf({ candidates }: FingerprintReport): Row[] {
  return [...new Set(candidates.map(({ name }) => name))].map((name) => {
    const mine = candidates.filter((one) => one.name === name);
    const likelihoods = mine.map((one) => one.likelihood);
    const alike = Math.max(...likelihoods) - Math.min(...likelihoods) < SHOWN;
    const releases = mine
      .filter(({ release }) => release !== null)
      .map(({ release, likelihood }) => (alike ? safe(release ?? '') : `${safe(release ?? '')} (${percent(likelihood)})`));
    return { text: safe(name), likelihood: likelihoods.reduce((sum, one) => sum + one, 0), releases: releases.join(', ') };
  });
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
