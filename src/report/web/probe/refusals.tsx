/**
 * Why the rest is refused: in ten lines, and on request box by box with each reason.
 *
 * @module
 */
import type { ExchangeReport, RejectedBox } from '../../../probe/result.ts';
import { describeChange, slotName } from '../../explain.ts';
import { readable } from '../../refusal-lines.ts';
import { boxText, groupRefusals, type RefusalGroup, summarize, type ValueRefusal } from '../../refusals.ts';
import { count, safe } from '../../terminal.ts';
import { Ground } from './evidence.tsx';

export function Refusals({ exchange }: { readonly exchange: ExchangeReport }) {
  const { rejected, accepted } = exchange;
  const total = rejected.reduce((sum, box) => sum + box.count, 0);
  if (total === 0) return null;
  const { values, together } = summarize(rejected);
  const left = Math.round(together);
  return (
    <div class="refusals">
      <h3>
        Refused <small>{count(total)} combinations; one can have several reasons</small>
      </h3>
      {accepted.length === 0 ? (
        <p class="hint">Nothing here is known to be accepted, so no single value can be blamed.</p>
      ) : (
        <ul class="refusal-lines">
          {values.map((line) => (
            <Line line={line} exchange={exchange.exchange} total={total} />
          ))}
          {left > 0 && (
            <li>
              <Share of={left} total={total} />
              <div>Combinations of accepted values: the suites above are the only ones that go together.</div>
            </li>
          )}
        </ul>
      )}
      <details class="fold">
        <summary>Every reason, with its packets</summary>
        <Reasons groups={groupRefusals(rejected)} exchange={exchange.exchange} />
      </details>
      <details class="fold">
        <summary>Every box of combinations ({count(rejected.length)})</summary>
        <Boxes rejected={rejected} />
      </details>
    </div>
  );
}

function Line({ line, exchange, total }: { readonly line: ValueRefusal; readonly exchange: string; readonly total: number }) {
  const { offered, accepted, slot, code, basis } = line;
  return (
    <li>
      <Share of={Math.round(line.count)} total={total} />
      <div>
        <span class="slot">{slot === null ? '' : slotName(slot)}</span>
        <span class="names">{offered.map((name) => safe(readable(name, exchange))).join(', ') || 'the rest'}</span>
        {code === 'key-length-not-accepted' && ' for the key length'}
        {accepted.length > 0 && (
          <span class="instead"> – accepted here: {accepted.map((name) => safe(readable(name, exchange))).join(', ')}</span>
        )}{' '}
        <Ground basis={basis} />
      </div>
    </li>
  );
}

/** How much of the refused combinations this is, as a bar and a number. */
function Share({ of, total }: { readonly of: number; readonly total: number }) {
  return (
    <span class="portion" style={{ '--share': `${(100 * of) / total}%` }}>
      {count(of)}
    </span>
  );
}

function Reasons({ groups, exchange }: { readonly groups: readonly RefusalGroup[]; readonly exchange: string }) {
  const shown = groups.slice(0, MOST);
  return (
    <ul class="plain">
      {shown.map(({ code, slot, offered, accepted, changes, basis, evidence, boxes, count: size }) => (
        <li>
          {code === 'combination-not-accepted' ? (
            <>
              <code>
                {boxes
                  .slice(0, 3)
                  .map(({ box }) => safe(boxText(box, 6)))
                  .join('  ')}
              </code>{' '}
              refused together ({count(Math.round(size))})
              {changes.length > 0 && `; change ${changes.map(describeChange).map(safe).join(', or ')}`}
            </>
          ) : (
            <>
              {slot !== null && `${slotName(slot)}: `}
              <code>{offered.map((name) => safe(readable(name, exchange))).join(', ') || 'the rest'}</code> in all {count(Math.round(size))}{' '}
              combinations
              {accepted.length > 0 && `; accepted here: ${accepted.map((name) => safe(readable(name, exchange))).join(', ')}`}
            </>
          )}{' '}
          <Ground basis={basis} evidence={evidence} />
        </li>
      ))}
      {groups.length > MOST && <li>and {count(groups.length - MOST)} more</li>}
    </ul>
  );
}

function Boxes({ rejected }: { readonly rejected: readonly RejectedBox[] }) {
  return (
    <ul class="plain boxes">
      {rejected.slice(0, MOST).map(({ box, count: size, reasons }) => (
        <li>
          <code>{safe(boxText(box)).replaceAll(',', ', ')}</code> <span class="aside">{count(size)}</span>
          <ul class="plain">
            {reasons.map(({ text, basis, evidence }) => (
              <li>
                {safe(text)} <Ground basis={basis} evidence={evidence} />
              </li>
            ))}
          </ul>
        </li>
      ))}
      {rejected.length > MOST && <li>and {count(rejected.length - MOST)} more</li>}
    </ul>
  );
}

/** More than this nobody reads; `--json` has all. */
const MOST = 150;
