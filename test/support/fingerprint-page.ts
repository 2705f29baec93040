/** The fingerprint table as a page of the documentation: one section per exchange, one table per request. */
import type { FingerprintColumn } from '../../src/probe/fingerprint/table.ts';
import type { OddExchange } from '../../src/probe/fingerprint/known.ts';
import { ODD_REQUESTS, type OddRequest } from '../../src/probe/fingerprint/requests.ts';

export interface FingerprintSection {
  readonly exchange: OddExchange;
  readonly columns: readonly FingerprintColumn[];
}

const TITLES: Readonly<Record<OddExchange, string>> = { 'ikev1-main': 'IKEv1 main mode', 'ikev2-init': 'IKEv2 IKE_SA_INIT' };

/** Markdown. */
export function fingerprintPage(sections: readonly FingerprintSection[]): string {
  return [HEAD, ...sections.map(sectionOf)].join('\n');
}

function sectionOf({ exchange, columns }: FingerprintSection): string {
  const asked = columns.map(
    (column) => `| ${nameOf(column)} | ${column.suites.map((suite) => `\`${suite}\``).join(', ') || 'not asked'} |`,
  );
  const requests = ODD_REQUESTS.filter((request) => request.exchange === exchange);
  return [
    `## ${TITLES[exchange]}`,
    '',
    '| implementation | accepts |',
    '| --- | --- |',
    ...asked,
    '',
    ...requests.flatMap((request) => requestLines(request, columns)),
  ].join('\n');
}

/** Those that show the same stand in one line. */
function requestLines(request: OddRequest, columns: readonly FingerprintColumn[]): string[] {
  const alike = new Map<string, string[]>();
  for (const column of columns) {
    const sight = column.sights.get(request);
    if (sight === undefined) continue;
    const text = sight.form === 'answer' ? answerText(sight.words) : sight.text;
    alike.set(text, [...(alike.get(text) ?? []), nameOf(column)]);
  }
  const note = request.malformed === true ? ' (an RFC forbids it)' : '';
  return [
    `### ${request.id}`,
    '',
    `Asks with ${request.asks}${note}.`,
    '',
    '| seen | by |',
    '| --- | --- |',
    ...[...alike].map(([text, names]) => `| \`${text}\` | ${names.join(', ')} |`),
    '',
  ];
}

/** Without the algorithms, which are not the same for all. */
function answerText(words: Readonly<Record<string, string>>): string {
  const shown = ['proposal', 'transform', 'spi', 'order', 'life'].filter((trait) => words[trait] !== undefined);
  return `SA ${shown.map((trait) => `${trait}=${words[trait]}`).join(' ')}`;
}

function nameOf({ profile, releases }: FingerprintColumn): string {
  const named = releases.filter((release) => release !== '');
  const ends = named.length > 1 ? [named[0], named.at(-1)] : named;
  return [profile.name, ends.join(' to ')].join(' ').trim();
}

const HEAD = `# Fingerprints

What each described implementation shows of the odd requests of \`probe --fingerprint\`, as installed. The page is computed from the
profiles: \`UPDATE_GOLDEN=1 npx mocha test/probe/fingerprint-profiles.test.ts\` writes it.

- \`SA …\` is an answer: the number of its proposal and (IKEv1) transform, what became of the SPI that was sent, the attribute types (IKEv1; octets of
  long ones in brackets) or transform types (IKEv2) in the order of the answer, the life type and duration.
- \`N(14) …\` is a notification: its protocol, its SPI (\`cookies\`: 16 octets, both cookies of the exchange), whether the header has a responder SPI, and
  whether it starts an exchange of its own. 7 is INVALID_SYNTAX, 14 NO_PROPOSAL_CHOSEN, 15 BAD_PROPOSAL_SYNTAX, 16 PAYLOAD_MALFORMED, 17 INVALID_KE_PAYLOAD.
- The same line for two implementations does not say that they accept the same algorithms; it says that the form is the same.
`;
