/**
 * What is worth changing on the peer, worst first.
 *
 * @module
 */
import type { ProbeFinding, Severity } from '../../../probe/result.ts';
import { safe } from '../../terminal.ts';
import { Ground } from './evidence.tsx';

const LEVELS: Readonly<Record<Severity, number>> = { critical: 4, high: 3, medium: 2, low: 1, info: 0 };

export function Findings({ findings }: { readonly findings: readonly ProbeFinding[] }) {
  if (findings.length === 0) return null;
  return (
    <section class="part" aria-labelledby="findings-title">
      <h2 id="findings-title">
        Findings <small>{findings.length}</small>
      </h2>
      <ul class="findings">
        {findings.map(({ id, severity, text, fix, reference, basis, evidence }) => (
          <li key={id}>
            <Level severity={severity} />
            <div>
              <p class="what">
                {safe(text)} <Ground basis={basis} evidence={evidence} />
              </p>
              <p class="fix">
                {safe(fix)} {reference !== '' && <span class="reference">{safe(reference)}</span>}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** As many bars as it is severe, and its word. */
function Level({ severity }: { readonly severity: Severity }) {
  return (
    <span class={`level ${severity}`}>
      <svg width="22" height="14" viewBox="0 0 22 14" aria-hidden="true">
        {[0, 1, 2, 3].map((i) => (
          <rect class={i < LEVELS[severity] ? 'on' : 'off'} x={i * 5.5} y={9 - i * 3} width="4" height={5 + i * 3} rx="1" />
        ))}
      </svg>
      {severity}
    </span>
  );
}
