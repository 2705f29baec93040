/**
 * One exchange: what is accepted, strongest first; what is taken slot by slot; the verdicts on what was offered; why the rest is refused.
 *
 * @module
 */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { AcceptedSuite, ExchangeReport } from '../../../probe/result.ts';
import { methodsText, orderText } from '../../exchange.ts';
import { exchangeTitle } from '../../explain.ts';
import { offeredSuites } from '../../offered.ts';
import { boxText } from '../../refusals.ts';
import { byStrength, remarks } from '../../strength.ts';
import { count, safe } from '../../terminal.ts';
import { SuiteTree } from '../tree.tsx';
import { Board } from './board.tsx';
import { Ground } from './evidence.tsx';
import { Refusals } from './refusals.tsx';

const PAGE = 30;

export function Exchange({ exchange }: { readonly exchange: ExchangeReport }) {
  const { accepted, offers, why, universe, coverage, notes = [], undecided = [] } = exchange;
  const figure = accepted.length > 0 ? `${count(accepted.length)} of ${count(universe.combinations)} accepted` : '';
  return (
    <section class="part exchange" id={exchange.exchange} aria-labelledby={`${exchange.exchange}-title`}>
      <h2 id={`${exchange.exchange}-title`}>
        {exchangeTitle(exchange.exchange)} <small>{figure}</small>
      </h2>
      {why !== null && (
        <p class="why-state">
          {safe(why.text)} <Ground basis={why.basis} evidence={why.evidence} />
        </p>
      )}
      {offers.length > 0 && (
        <>
          <h3>What was offered</h3>
          <SuiteTree
            suites={offeredSuites(exchange)}
            words={{ chosen: 'accepted', 'not-looked-at': 'undecided: no answer came', first: 'why' }}
          />
        </>
      )}
      <div class="columns">
        {accepted.length > 0 && <Accepted exchange={exchange} />}
        <Board exchange={exchange} />
      </div>
      <Sayings exchange={exchange} />
      <Refusals exchange={exchange} />
      {coverage.undecided > 0 && undecided.length > 0 && (
        <>
          <h3>
            Undecided <small>{count(coverage.undecided)} combinations; no answer came</small>
          </h3>
          <ul class="plain boxes">
            {undecided.slice(0, PAGE).map((box) => (
              <li>
                <code>{safe(boxText(box, 8)).replaceAll(',', ', ')}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      {notes.length > 0 && (
        <>
          <h3>On the way</h3>
          <ul class="plain">
            {notes.map(({ text, evidence }) => (
              <li>
                {safe(text)} <Ground evidence={evidence} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Accepted({ exchange: { accepted, exchange } }: { readonly exchange: ExchangeReport }) {
  const [limit, setLimit] = useState(PAGE);
  const sorted = accepted.toSorted((a, b) => byStrength(a.suite, b.suite));
  const methods = exchange.startsWith('ikev1') && new Set(accepted.map(authText)).size > 1;
  return (
    <div class="accepted">
      <h3>
        Accepted <small>strongest first</small>
      </h3>
      <ol class="suites-list">
        {sorted.slice(0, limit).map((one) => (
          <li>
            <Suite one={one} methods={methods} />
          </li>
        ))}
      </ol>
      {sorted.length > limit && (
        <button type="button" class="button more" onClick={() => setLimit(sorted.length)}>
          {count(sorted.length - limit)} more
        </button>
      )}
    </div>
  );
}

function Suite({ one, methods }: { readonly one: AcceptedSuite; readonly methods: boolean }) {
  const weak = remarks(one.suite);
  return (
    <>
      <span class={weak.length > 0 ? 'sign weak' : 'sign'}>{weak.length > 0 ? '!' : '✓'}</span>
      <code>{safe(one.suite)}</code>
      <span class="remarks">
        {[...weak, ...(methods ? [authText(one)] : [])].join(', ')} <Ground basis={one.basis} evidence={one.evidence} />
      </span>
    </>
  );
}

function authText({ auth }: AcceptedSuite): string {
  return auth === '*' ? 'any method' : auth.map(safe).join(', ');
}

/** Methods, order, lifetimes: a line each. */
function Sayings({ exchange }: { readonly exchange: ExchangeReport }) {
  const { preference, lifetimes = [], methods } = exchange;
  const [method, order] = [methodsText(exchange), orderText(exchange, 6, '›')];
  const rows: (readonly [label: string, text: ComponentChildren])[] = [
    ...(method === undefined
      ? []
      : [
          [
            'Methods',
            <>
              {safe(method)} <Ground evidence={methods?.evidence} />
            </>,
          ] as const,
        ]),
    ...(order === undefined
      ? []
      : [
          [
            'Order',
            <>
              {safe(order)} {preference.order !== 'unknown' && <Ground basis={preference.basis} />}
            </>,
          ] as const,
        ]),
    ...lifetimes.map(({ unit, offered, answered, evidence }) => {
      const what = answered === null ? 'left out of the answer' : answered === offered ? 'echoed' : `answered with ${count(answered)}`;
      return [
        'Lifetime',
        <>
          {count(offered)} {unit} offered, {what} <Ground evidence={evidence} />
        </>,
      ] as const;
    }),
  ];
  if (rows.length === 0) return null;
  return (
    <dl class="facts">
      {rows.map(([label, text]) => (
        <div>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
