/**
 * Every algorithm that was asked about, slot by slot: what is in some accepted suite stands out, the rest is struck out.
 *
 * @module
 */
import type { ExchangeReport } from '../../../probe/result.ts';
import { slotName } from '../../explain.ts';
import { readable } from '../../refusal-lines.ts';
import { type TakenValue, takenBySlot } from '../../taken.ts';
import { safe } from '../../terminal.ts';

export function Board({ exchange }: { readonly exchange: ExchangeReport }) {
  const slots = takenBySlot(exchange);
  if (slots.length === 0) return null;
  return (
    <div class="board">
      <h3>
        Slot by slot <small>what stands in an accepted suite</small>
      </h3>
      <table>
        <tbody>
          {slots.map(({ slot, values }) => (
            <tr>
              <th scope="row">{slotName(slot)}</th>
              <td>
                <ul class="values">
                  {values.map((value) => (
                    <li>
                      <Value value={value} name={readable(value.keyword, exchange.exchange)} />
                    </li>
                  ))}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ value: { state, remark }, name }: { readonly value: TakenValue; readonly name: string }) {
  const weak = state === 'accepted' && remark !== undefined;
  return (
    <span class={`value ${state}${weak ? ' weak' : ''}`} title={remark === undefined ? state : `${state}; ${remark}`}>
      {weak && <span aria-hidden="true">!</span>}
      {state === 'undecided' && <span aria-hidden="true">?</span>}
      <span class="value-text">{safe(name)}</span>
      <span class="sr-only">, {weak ? `${state}; ${remark}` : state}</span>
    </span>
  );
}
