/**
 * Whom the peer behaves like: the odd requests, what was foretold of each, what was seen.
 *
 * @module
 */
import type { FingerprintReport } from '../../../probe/result.ts';
import { explainFingerprint } from '../../explain.ts';
import { safe } from '../../terminal.ts';
import { Ground } from './evidence.tsx';

export function Behaviour({ fingerprint }: { readonly fingerprint: FingerprintReport }) {
  const { candidates, unknown, observations } = fingerprint;
  const rows = [
    ...candidates.map(({ name, release, likelihood }) => ({ name: `${name} ${release ?? ''}`, likelihood })),
    { name: 'one that is not described here', likelihood: unknown },
  ];
  return (
    <section class="part" aria-labelledby="behaviour-title">
      <h2 id="behaviour-title">
        Behaviour <small>{observations.length} odd requests</small>
      </h2>
      <p>{safe(explainFingerprint(fingerprint))}</p>
      <ul class="refusal-lines">
        {rows.map(({ name, likelihood }) => (
          <li>
            <span class="portion" style={{ '--share': `${100 * likelihood}%` }}>
              {(100 * Math.min(1, likelihood)).toFixed(1)} %
            </span>
            <div>{safe(name)}</div>
          </li>
        ))}
      </ul>
      <ul class="plain observations">
        {observations.map(({ request, asks, expected, seen, evidence }) => (
          <li>
            <p>
              <span class={expected === seen ? 'sign' : 'sign weak'}>{expected === seen ? '✓' : '!'}</span> {safe(asks)}{' '}
              <code class="aside">{safe(request)}</code> <Ground evidence={evidence} />
            </p>
            {expected !== seen && (
              <p class="aside">
                foretold: <code>{expected === null ? 'nothing' : safe(expected)}</code>
              </p>
            )}
            <p class="aside">
              seen: <code>{safe(seen)}</code>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
