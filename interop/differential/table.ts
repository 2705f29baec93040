/** The table of a run, and what was not predicted. */
import { formatOffer } from '../../src/proposals/index.ts';
import type { Disagreement } from './compare.ts';
import type { Examination, Tally } from './examine.ts';
import { specOf, titleOf } from './policies.ts';
import { saOf } from './question.ts';
import { disagreementRows } from './rows.ts';

/** Text for people. */
export function tableOf(results: readonly Examination[]): string {
  const head = ['daemon', 'IKE', 'exchanges', 'well-formed', 'malformed', 'known', 'left', 'policies', 'seconds', 'answers'];
  const rows = results.map((result) => {
    const { subject, wellFormed, malformed, known, left, policies, refused, missing, milliseconds, answers } = result;
    const counted = [...answers].toSorted(([, a], [, b]) => b - a).map(([what, times]) => `${times} ${what}`);
    return [
      specOf(subject),
      `${subject.version}${subject.aggressive ? ' aggressive' : ''}`,
      String(wellFormed.total + malformed.total),
      missing ?? share(wellFormed),
      missing ? '' : share(malformed),
      String([...known.values()].reduce((sum, times) => sum + times, 0)),
      String(left.reduce((sum, each) => sum + each.count, 0)),
      `${policies.length} (${refused} refused by both)`,
      (milliseconds / 1000).toFixed(1),
      counted.join(', '),
    ];
  });
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${[...lines, ...results.flatMap(detailsOf)].join('\n')}\n`;
}

/** The same for programs. */
export function jsonOf(results: readonly Examination[]): unknown {
  return results.map((result) => {
    const { subject, wellFormed, malformed, known, policies, deaths, missing, milliseconds, answers } = result;
    return {
      daemon: specOf(subject),
      ikeVersion: subject.version,
      ...(missing !== undefined && { missing }),
      wellFormed,
      malformed,
      known: Object.fromEntries(known),
      policies,
      deaths,
      answers: Object.fromEntries(answers),
      milliseconds,
      disagreements: disagreementRows([result]),
    };
  });
}

const share = ({ agreed, total }: Tally): string => `${agreed}/${total} ${total === 0 ? '-' : `${((100 * agreed) / total).toFixed(2)} %`}`;

function detailsOf(result: Examination): string[] {
  const name = titleOf(result.subject);
  return [
    ...result.deaths.map((words) => `\n${name}: stopped answering, policy ${words}`),
    ...[...result.known].map(([reason, times]) => `${name}: ${times} known: ${reason}`),
    ...result.policies
      .slice(0, 10)
      .flatMap(({ texts, daemon, profile }) => [
        '',
        `${name}: the policy ${texts.join(', ')}`,
        `  daemon:  ${daemon}`,
        `  profile: ${profile}`,
      ]),
    ...result.left
      .toSorted((a, b) => Number(b.wellFormed) - Number(a.wellFormed) || b.count - a.count)
      .flatMap((left) => [
        '',
        `${name}: ${left.count} ${left.wellFormed ? 'well-formed' : 'malformed'}: ${left.pattern}`,
        ...left.examples.flatMap(exampleOf),
      ]),
  ];
}

function exampleOf(example: Disagreement): string[] {
  const { texts, question, seen, predicted, log } = example;
  const { edits, keGroup, headerOctet, body, notifies = [] } = question;
  return [
    `  policy:    ${texts.join(', ')}`,
    `  offer:     ${written(example)}${keGroup === undefined ? '' : `, KE of group ${keGroup}`}${edits.length > 0 ? `, ${edits.map(({ kind }) => kind).join(' and ')}` : ''}${headerOctet ? `, header octet ${headerOctet}` : ''}`,
    `  oddities:  ${question.oddities.join(', ') || 'none'}${notifies.map((type) => `, N(${type})`).join('')}${body.doi === undefined ? '' : `, DOI ${body.doi}`}`,
    `  sa:        ${Buffer.from(saOf(question)).toString('hex')}`,
    `  daemon:    ${seen.text}`,
    `  predicted: ${predicted.text}`,
    ...(log ?? '')
      .trimEnd()
      .split('\n')
      .slice(-14)
      .map((line) => `  | ${line.slice(0, 240)}`),
  ];
}

function written({ question }: Disagreement): string {
  try {
    return formatOffer(question.body.offer);
  } catch {
    return '(no notation)';
  }
}
