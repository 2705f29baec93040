/** Two small runs for reports that are compared whole: one with every outcome, and one whose every string is hostile. */
import type { CellOutcome, MatrixCell, MatrixReport } from '../../src/report/matrix/result.ts';
import { HOSTILE } from './hostile-strings.ts';
import { SAMPLE_CASES } from './matrix-cases.ts';
import { SAMPLE_IMPLEMENTATIONS, sampleRun } from './matrix-run.ts';

const whole = sampleRun({
  implementations: SAMPLE_IMPLEMENTATIONS.filter(({ id }) =>
    ['strongswan@5.9.8', 'libreswan@4.3', 'libreswan@4.10', 'openiked@7.4'].includes(id),
  ),
  cases: SAMPLE_CASES.filter(({ id }) => ['v1-main-same', 'v2-same-suite', 'v2-key-length', 'v2-pfs-bomb'].includes(id)),
});

/** Three daemons, one that could not be had, four cases; one disagreement is explained, one cell went wrong. */
export const smallRun: MatrixReport = {
  ...whole,
  cells: whole.cells.map((cell) => {
    if (cell.id === 'v2-pfs-bomb/openiked@7.4/libreswan@4.10')
      return { ...cell, known: 'Pluto takes a rekey without KE; read in its source.' };
    if (cell.id === 'v2-key-length/strongswan@5.9.8/openiked@7.4')
      return { ...cell, outcome: 'error', reason: 'OpenIKED 7.4 was not ready within 20 seconds.', actual: null };
    return cell;
  }),
};

const strings = Object.values(HOSTILE);

/** Each string as the words of every cell, case and implementation; the ids too. */
export const hostileRun: MatrixReport = {
  ...whole,
  complete: false,
  tool: { name: 'ike-probe', version: HOSTILE.escapes },
  implementations: whole.implementations.map((one, i) => ({ ...one, title: strings[i] ?? '', origin: HOSTILE.markup, unavailable: null })),
  cases: whole.cases.map((one, i) => ({ ...one, title: strings[i] ?? '', about: HOSTILE.script, reference: HOSTILE.link })),
  cells: strings.flatMap((text, i) =>
    (['disagrees', 'error', 'disagrees'] as const).map((outcome, kind) => hostileCell(text, i, outcome, kind)),
  ),
};

function hostileCell(text: string, i: number, outcome: CellOutcome, kind: number): MatrixCell {
  const one = whole.cases.at(i % whole.cases.length)?.id ?? '';
  const initiator = whole.implementations.at(i % whole.implementations.length)?.id ?? '';
  const step = { step: 'ike', state: 'refused', suite: null, refusal: { by: 'responder', exchange: text, notify: text } } as const;
  return {
    id: `${text}/${i}/${kind}`,
    case: kind === 1 ? text : one,
    initiator,
    responder: kind === 1 ? text : initiator,
    outcome,
    reason: text,
    predicted: [step],
    actual: [{ ...step, state: 'established', suite: text, refusal: null }],
    ...(kind === 2 ? { known: text } : {}),
    durationMs: 1,
    rerun: text,
    details: text,
  };
}
