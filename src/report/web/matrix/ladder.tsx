/**
 * The messages of a cell between two lifelines, with what was inside them.
 *
 * @module
 */
import type { MessageLine } from '../../matrix/result.ts';
import { duration } from '../../page.ts';
import { safe } from '../../terminal.ts';

interface Props {
  readonly messages: readonly MessageLine[];
  readonly initiator: string;
  readonly responder: string;
}

export function Ladder({ messages, initiator, responder }: Props) {
  if (messages.length === 0) return <p class="missing">Nothing went over the wire.</p>;
  return (
    <div class="ladder">
      <div class="ends" aria-hidden="true">
        <span>{initiator}</span>
        <span>{responder}</span>
      </div>
      <ol>
        {messages.map((message) => (
          <li class={message.from}>
            <Message message={message} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Message({ message: { at, from, summary, lines } }: { readonly message: MessageLine }) {
  const head = (
    <>
      <span class="at">{at === 0 ? '0' : `+${duration(at)}`}</span>
      <span class="said">
        <span class="sr-only">{from === 'initiator' ? 'initiator: ' : 'responder: '}</span>
        {safe(summary)}
      </span>
      <span class="line" aria-hidden="true" />
    </>
  );
  if (lines.length === 0) return <div class="message">{head}</div>;
  return (
    <details class="message">
      <summary>{head}</summary>
      <ul>
        {lines.map((line) => (
          <li>{safe(line)}</li>
        ))}
      </ul>
    </details>
  );
}
