/**
 * Which page it is: a matrix run, a probe, or none yet.
 *
 * @module
 */
import { useState } from 'preact/hooks';
import type { PagePayload } from '../html/payload.ts';
import { RunChooser } from './chooser.tsx';
import { MatrixPage } from './matrix/page.tsx';
import { ProbePage } from './probe/page.tsx';

export function App({ payload }: { readonly payload: PagePayload | undefined }) {
  const [chosen, choose] = useState(payload);
  if (chosen === undefined) return <RunChooser onRun={(report) => choose({ kind: 'matrix', report, baseline: null, blocks: [] })} />;
  return chosen.kind === 'matrix' ? <MatrixPage payload={chosen} /> : <ProbePage payload={chosen} />;
}
