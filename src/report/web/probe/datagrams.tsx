/**
 * Every datagram of the run, by the number that claims refer to.
 *
 * @module
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PageDatagram } from '../../html/payload.ts';
import { duration } from '../../page.ts';
import { count, safe } from '../../terminal.ts';

interface Props {
  readonly datagrams: readonly PageDatagram[];
  readonly chosen: string | undefined;
  readonly onChoose: (index: number) => void;
}

export function Datagrams({ datagrams, chosen, onChoose }: Props) {
  const at = chosen === undefined ? undefined : Number(chosen);
  const [limit, setLimit] = useState(PAGE);
  const open = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (at !== undefined && at >= limit) setLimit(at + PAGE);
  }, [at]);
  useEffect(() => open.current?.scrollIntoView({ block: 'center' }), [at, limit]);
  return (
    <section class="part" aria-labelledby="datagrams-title">
      <h2 id="datagrams-title">
        Packets <small>{count(datagrams.length)}, both directions, by the numbers that stand above</small>
      </h2>
      <ol class="datagrams">
        {datagrams.slice(0, limit).map((datagram, index) => (
          <li key={index} ref={index === at ? open : null} class={index === at ? 'open' : undefined}>
            <button type="button" aria-expanded={index === at} onClick={() => onChoose(index)}>
              <span class="number">#{index}</span>
              <span class="at">{duration(datagram.at)}</span>
              <span class={`way ${datagram.direction}`}>{datagram.direction === 'sent' ? '→' : '←'}</span>
              <span class="sr-only">{datagram.direction}</span>
              <span class="said">{safe(datagram.summary)}</span>
              <span class="size">{count(datagram.hex.length / 2)}</span>
            </button>
            {index === at && <Inside datagram={datagram} />}
          </li>
        ))}
      </ol>
      {datagrams.length > limit && (
        <button type="button" class="button more" onClick={() => setLimit(limit + 10 * PAGE)}>
          {count(datagrams.length - limit)} more
        </button>
      )}
    </section>
  );
}

function Inside({ datagram: { lines, hex } }: { readonly datagram: PageDatagram }) {
  return (
    <div class="inside">
      {lines.length > 0 && (
        <ul>
          {lines.map((line) => (
            <li>{safe(line)}</li>
          ))}
        </ul>
      )}
      {hex !== '' && <pre tabIndex={0}>{dump(hex)}</pre>}
    </div>
  );
}

/** Sixteen octets a line, with the offset in front. */
function dump(hex: string): string {
  const rows = hex.match(/.{1,32}/g) ?? [];
  const shown = rows
    .slice(0, MOST_ROWS)
    .map((row, i) => `${(i * 16).toString(16).padStart(4, '0')}  ${(row.match(/../g) ?? []).join(' ')}`);
  return [...shown, ...(rows.length > MOST_ROWS ? [`… and ${count((rows.length - MOST_ROWS) * 16)} octets more`] : [])].join('\n');
}

const PAGE = 40;
const MOST_ROWS = 128;
