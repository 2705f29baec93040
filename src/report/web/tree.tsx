/**
 * An offer as the tree that it is, OR and AND by turns, with the judgement of each part: one sees at which attribute a transform failed.
 *
 * A dashed line joins what are alternatives (OR), a solid one what must hold together (AND).
 *
 * @module
 */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { stepTitle } from '../explain-matrix.ts';
import type { TraceGroup, TraceProposal, TraceSection, TraceState, TraceTransform } from '../matrix/result.ts';
import { safe } from '../terminal.ts';

const STATES: Readonly<Record<TraceState, string>> = {
  chosen: 'chosen',
  acceptable: 'acceptable',
  refused: 'refused',
  'not-looked-at': 'not looked at',
};
const MARKS: Readonly<Record<TraceState, string>> = { chosen: '✓', acceptable: '', refused: '✗', 'not-looked-at': '' };

/** Beyond this the tree of an offer is cut: some offers have thousands of transforms. */
const MOST = 200;

export function TraceTree({ section }: { readonly section: TraceSection }) {
  const { step, judgedBy, profile, groups, reasons } = section;
  return (
    <section class="trace">
      <h3>
        The offer for the {stepTitle(step)}, as the {judgedBy} judges it <small>{safe(profile)}</small>
      </h3>
      {reasons.map((reason) => (
        <p class="trace-reason">{safe(reason)}</p>
      ))}
      <OfferTree groups={groups} />
    </section>
  );
}

/** Other words for some states, and for the first reason. */
type TreeWords = Readonly<Partial<Record<TraceState | 'first', string>>>;
const Words = createContext<TreeWords>({});

/** OR of groups. */
function OfferTree({ groups }: { readonly groups: readonly TraceGroup[] }) {
  const shown = groups.slice(0, MOST);
  return (
    <div class="offer-tree">
      {groups.length > 1 && <p class="joint">one of {groups.length} proposals</p>}
      <ol class={groups.length > 1 ? 'or' : 'single'}>
        {shown.map((group) => (
          <li>
            <Group group={group} />
          </li>
        ))}
      </ol>
      {groups.length > MOST && <p class="missing">And {groups.length - MOST} more.</p>}
    </div>
  );
}

/** OR of suites by themselves. */
export function SuiteTree({ suites, words }: { readonly suites: readonly TraceTransform[]; readonly words: TreeWords }) {
  return (
    <Words.Provider value={words}>
      <div class="offer-tree">
        <Suites transforms={suites} />
      </div>
    </Words.Provider>
  );
}

/** AND of proposals. */
function Group({ group: { proposals } }: { readonly group: TraceGroup }) {
  const [only] = proposals;
  if (proposals.length === 1 && only !== undefined) return <Proposal proposal={only} />;
  return (
    <div class="and-group">
      <p class="joint">all of these together</p>
      <ul class="and">
        {proposals.map((proposal) => (
          <li>
            <Proposal proposal={proposal} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Proposal({ proposal }: { readonly proposal: TraceProposal }) {
  const { protocol, number, state, transforms, missing, reasons } = proposal;
  const single = transforms.some(({ slot }) => slot !== null) || missing.length > 0;
  return (
    <div class={`proposal ${state}`}>
      <p class="proposal-head">
        <b>
          {safe(protocol)} proposal {number}
        </b>
        <State state={state} />
      </p>
      {single ? <Slots transforms={transforms} missing={missing} /> : <Suites transforms={transforms} />}
      <Reasons reasons={reasons} />
    </div>
  );
}

/** IKEv2: AND of slots, OR inside each. */
function Slots({ transforms, missing }: Pick<TraceProposal, 'transforms' | 'missing'>) {
  const slots = [...new Set(transforms.map(({ slot }) => slot ?? ''))];
  return (
    <table class="slots">
      <tbody>
        {slots.map((slot) => {
          const mine = transforms.filter((one) => (one.slot ?? '') === slot);
          const failed = mine.every(({ state }) => state === 'refused');
          return (
            <tr class={failed ? 'failed' : undefined}>
              <th scope="row">
                {failed && <span class="mark">✗</span>}
                {safe(slot)}
              </th>
              <td>
                <ul class="choices">
                  {mine.slice(0, MOST).map((one) => (
                    <li>
                      <Chip
                        text={one.text}
                        state={one.state}
                        note={one.attributes
                          .filter((each) => each.failed)
                          .map((each) => each.text)
                          .join(', ')}
                      />
                    </li>
                  ))}
                </ul>
              </td>
            </tr>
          );
        })}
        {missing.map((text) => (
          <tr class="failed">
            <th scope="row">
              <span class="mark">✗</span>
              {safe(text.replace(/^no /, ''))}
            </th>
            <td>
              <Chip text="missing" state="refused" note="" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** IKEv1: OR of suites, AND of attributes. */
function Suites({ transforms }: Pick<TraceProposal, 'transforms'>) {
  return (
    <>
      <ol class={transforms.length > 1 ? 'or suites' : 'single suites'}>
        {transforms.slice(0, MOST).map((transform) => (
          <li class={`suite ${transform.state}`}>
            <SuiteRow transform={transform} />
          </li>
        ))}
      </ol>
      {transforms.length > MOST && <p class="missing">And {transforms.length - MOST} more transforms.</p>}
    </>
  );
}

function SuiteRow({ transform: { state, attributes, reasons } }: { readonly transform: TraceTransform }) {
  return (
    <>
      <div class="suite-row">
        <ul class="attributes">
          {attributes.map(({ text, failed }) => (
            <li>
              <Chip text={text} state={failed ? 'refused' : state === 'refused' ? 'acceptable' : state} note="" />
            </li>
          ))}
        </ul>
        <State state={state} />
      </div>
      <Reasons reasons={reasons} />
    </>
  );
}

function Chip({ text, state, note }: { readonly text: string; readonly state: TraceState; readonly note: string }) {
  return (
    <span class={`chip ${state}`}>
      {MARKS[state] !== '' && <span class="mark">{MARKS[state]}</span>}
      <span class="chip-text">{safe(text)}</span>
      {note !== '' && <span class="chip-note">{safe(note)}</span>}
      <span class="sr-only">, {STATES[state]}</span>
    </span>
  );
}

function State({ state }: { readonly state: TraceState }) {
  return <span class={`state ${state}`}>{useContext(Words)[state] ?? STATES[state]}</span>;
}

/** The first is where the implementation stops. */
function Reasons({ reasons }: { readonly reasons: readonly string[] }) {
  const { first = 'stops here' } = useContext(Words);
  if (reasons.length === 0) return null;
  return (
    <ol class="reasons">
      {reasons.map((reason, i) => (
        <li>
          <span class="ordinal">{i === 0 ? first : 'also'}</span>
          <span>{safe(reason)}</span>
        </li>
      ))}
    </ol>
  );
}
