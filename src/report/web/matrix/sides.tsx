/**
 * Both sides beside each other: configurations, logs, status. All of it is text, whatever it holds.
 *
 * @module
 */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { CellDetails, MatrixCase, SideDetails } from '../../matrix/result.ts';
import { count, safe } from '../../terminal.ts';

interface Names {
  readonly initiator: string;
  readonly responder: string;
}

export function Configurations({
  details,
  one,
  initiator,
  responder,
}: Names & { readonly details: CellDetails; readonly one: MatrixCase | undefined }) {
  const side = ({ configuration }: SideDetails, neutral: readonly string[] | undefined): ComponentChildren => (
    <>
      {neutral !== undefined && <Text title="In this project's words" text={neutral.join('\n')} />}
      {configuration.map(({ name, text }) => (
        <Text title={safe(name)} text={text} />
      ))}
    </>
  );
  return (
    <div class="sides">
      <Side name={initiator} role="Initiator">
        {side(details.initiator, one?.initiator)}
      </Side>
      <Side name={responder} role="Responder">
        {side(details.responder, one?.responder)}
      </Side>
    </div>
  );
}

export function Logs({ details, initiator, responder }: Names & { readonly details: CellDetails }) {
  const [wanted, search] = useState('');
  const side = ({ log, status }: SideDetails): ComponentChildren => (
    <>
      {status !== '' && wanted === '' && <Text title="Status" text={status} />}
      <Log text={log} wanted={wanted} />
    </>
  );
  return (
    <>
      <label class="log-search">
        <span class="sr-only">Find in both logs</span>
        <input type="search" value={wanted} placeholder="Find in both logs…" onInput={(event) => search(event.currentTarget.value)} />
      </label>
      <div class="sides">
        <Side name={initiator} role="Initiator">
          {side(details.initiator)}
        </Side>
        <Side name={responder} role="Responder">
          {side(details.responder)}
        </Side>
      </div>
    </>
  );
}

function Side({ name, role, children }: { readonly name: string; readonly role: string; readonly children: ComponentChildren }) {
  return (
    <section class="side">
      <h3>
        {name} <small>{role}</small>
      </h3>
      {children}
    </section>
  );
}

function Text({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <figure class="text">
      <figcaption>{title}</figcaption>
      <pre tabIndex={0}>{lines(text).join('\n')}</pre>
    </figure>
  );
}

/** A log with numbered lines; when something is searched for, the lines that hold it. */
function Log({ text, wanted }: { readonly text: string; readonly wanted: string }) {
  const all = lines(text).map((line, i) => ({ line, number: i + 1 }));
  const found = wanted === '' ? all : all.filter(({ line }) => line.toLowerCase().includes(wanted.toLowerCase()));
  const shown = found.slice(0, MOST_LINES);
  const left = found.length - shown.length;
  return (
    <figure class="text">
      <figcaption>{wanted === '' ? `Log, ${count(all.length)} lines` : `${count(found.length)} of ${count(all.length)} lines`}</figcaption>
      <pre class="log" tabIndex={0}>
        {shown.map(({ line, number }) => (
          <span class="log-line" data-number={number}>
            <Marked line={line} wanted={wanted} />
          </span>
        ))}
        {left > 0 && <span class="log-line">{`… and ${count(left)} more lines`}</span>}
      </pre>
    </figure>
  );
}

function Marked({ line, wanted }: { readonly line: string; readonly wanted: string }) {
  const at = wanted === '' ? -1 : line.toLowerCase().indexOf(wanted.toLowerCase());
  if (at < 0) return <>{line}</>;
  return (
    <>
      {line.slice(0, at)}
      <mark>{line.slice(at, at + wanted.length)}</mark>
      {line.slice(at + wanted.length)}
    </>
  );
}

/** What could hide or reorder characters is written out; tabs and ends of lines are what they are. */
function lines(text: string): readonly string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, '').split('\t').map(safe).join('\t'));
}

/** More lines than this make a browser slow; a search finds them all the same. */
const MOST_LINES = 4000;
