/**
 * A matrix run as SARIF 2.1.0, for code scanning: the cases are the rules, what is not as foretold are the results.
 *
 * Rule 1: an explained disagreement is a suppressed result, with its explanation as the justification.
 * Rule 2: a result is the same from run to run by its cell (`partialFingerprints`).
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @module
 */
import { areaTitle, explainSteps } from '../explain-matrix.ts';
import { jsonText } from '../json.ts';
import { safe } from '../terminal.ts';
import type { MatrixCase, MatrixCell, MatrixReport } from './result.ts';
import { attention, titleIn } from './tally.ts';

/** The log, ending in a newline. `results` is where `results.json` lies, as seen from the root of the sources. */
export function toSarif(report: MatrixReport, results = 'results.json'): string {
  const { unexplained, known, errors } = attention(report.cells);
  const rules = new Map(report.cases.map(({ id }, index) => [id, index]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: report.tool.name, version: report.tool.version, rules: report.cases.map(ruleOf) } },
        invocations: [{ executionSuccessful: report.complete && errors.length === 0, startTimeUtc: report.started }],
        results: [...unexplained, ...known, ...errors].map((cell) => resultOf(cell, report, rules.get(cell.case), results)),
      },
    ],
  };
  return `${jsonText(log, 2)}\n`;
}

function ruleOf({ id, title, about, area, reference }: MatrixCase): object {
  return {
    id,
    shortDescription: { text: safe(title) },
    fullDescription: { text: safe(about) },
    help: { text: safe(`${areaTitle(area)}, ${reference}`) },
    properties: { tags: [area] },
  };
}

function resultOf(cell: MatrixCell, report: MatrixReport, ruleIndex: number | undefined, results: string): object {
  const pair = `${titleIn(report.implementations, cell.initiator)} → ${titleIn(report.implementations, cell.responder)}`;
  const steps =
    cell.outcome === 'disagrees'
      ? ` Foretold: ${explainSteps(cell.predicted, 'nothing')}. Was: ${explainSteps(cell.actual, 'nothing ran')}.`
      : '';
  const file = cell.details === null ? results : [...results.split('/').slice(0, -1), cell.details].join('/');
  return {
    ruleId: cell.case,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: cell.known === undefined ? 'error' : 'note',
    message: { text: plain(`${pair}: ${cell.reason}${steps}`) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: safe(file).split('/').map(encodeURIComponent).join('/') }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: safe(cell.id), kind: 'module' }],
      },
    ],
    partialFingerprints: { 'cell/v1': safe(cell.id) },
    ...(cell.known === undefined ? {} : { suppressions: [{ kind: 'external', justification: safe(cell.known) }] }),
    properties: { outcome: cell.outcome, rerun: safe(cell.rerun) },
  };
}

/** In a message, text in brackets would be a link. @see §3.11.6 */
function plain(text: string): string {
  return safe(text).replace(/[[\]]/g, '\\$&');
}
