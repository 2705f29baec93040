/** Scripts as machines: what is sent when, what is accepted, and that it ends. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Input, Output } from '../../../src/ike/exchanges/machine.ts';
import { type Answer, machineOf, type Patience, request } from '../../../src/ike/exchanges/script.ts';

const START: Input = { kind: 'start' };
const TIMER: Input = { kind: 'timer' };
const datagram = (octet: number): Input => ({ kind: 'datagram', bytes: Uint8Array.of(octet) });
const ask = (retries: number, more: Partial<Patience> = {}) =>
  machineOf(({ now }) =>
    request([Uint8Array.of(1)], (bytes) => (bytes[0] === 7 ? 'seven' : undefined), { firstWait: 100, retries, ...more, from: now }),
  );

const said = (outputs: readonly Output<Answer<string>>[]): string[] =>
  outputs.map((output) => {
    if (output.kind === 'wake') return `wake ${output.at}`;
    if (output.kind === 'done') return output.result.answered ? output.result.value : `nothing after ${output.result.sent}`;
    return output.kind;
  });

describe('a request', () => {
  it('is repeated with doubled waits, and given up', () => {
    const machine = ask(2);
    const steps: readonly (readonly [Input, number, readonly string[]])[] = [
      [START, 0, ['send', 'wake 100']],
      [TIMER, 100, ['send', 'wake 300']],
      [TIMER, 300, ['send', 'wake 700']],
      [TIMER, 700, ['nothing after 3']],
      [TIMER, 800, []],
    ];
    for (const [input, now, wanted] of steps) expect(said(machine.step(input, now))).to.deep.equal(wanted);
  });

  it('waits no longer than the longest', () => {
    const machine = ask(3, { longestWait: 150 });
    const wakes = [START, TIMER, TIMER, TIMER, TIMER].map((input, i) => said(machine.step(input, [0, 100, 250, 400, 550][i] ?? 0)).at(-1));
    expect(wakes).to.deep.equal(['wake 100', 'wake 250', 'wake 400', 'wake 550', 'nothing after 4']);
  });

  it('passes over what it does not accept, and a timer that is too early', () => {
    const machine = ask(2);
    const steps: readonly (readonly [Input, number, readonly string[]])[] = [
      [datagram(7), 0, []],
      [START, 5, ['send', 'wake 105']],
      [datagram(3), 6, []],
      [TIMER, 50, []],
      [datagram(7), 60, ['seven']],
      [datagram(7), 61, []],
    ];
    for (const [input, now, wanted] of steps) expect(said(machine.step(input, now))).to.deep.equal(wanted);
  });
});
