/** The loop between a machine and its pipes: what is sent where, who is woken, and when it gives up. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Machine } from '../../src/ike/exchanges/machine.ts';
import { drive } from '../../src/net/drive.ts';
import { memoryNetwork } from '../../src/net/memory.ts';

const octet = (value: number): Uint8Array => Uint8Array.of(value);

describe('a machine that is driven', () => {
  it('gets its answers and timers, in virtual time', async () => {
    const heard: string[] = [];
    const machine: Machine<string, string> = {
      step(input, now) {
        heard.push(`${input.kind} ${now}`);
        if (input.kind === 'start') {
          return [
            { kind: 'send', bytes: octet(1) },
            { kind: 'wake', at: 500 },
          ];
        }
        if (input.kind === 'datagram') return [{ kind: 'note', event: `got ${input.bytes[0]}` }];
        return [{ kind: 'done', result: 'over' }];
      },
    };
    const notes: string[] = [];
    const plain = memoryNetwork({ responder: () => [octet(7)] });
    expect(await drive(machine, { plain, note: (event) => notes.push(event) })).to.equal('over');
    expect(heard).to.deep.equal(['start 0', 'datagram 20', 'timer 500']);
    expect(notes).to.deep.equal(['got 7']);
  });

  it('sends what is floated the other way, which is opened once and closed', async () => {
    const plain = memoryNetwork();
    let opened = 0;
    const floated = memoryNetwork({ responder: () => [octet(9)], time: plain.time });
    const machine: Machine<number> = {
      step: (input) =>
        input.kind === 'datagram'
          ? [{ kind: 'done', result: input.bytes[0] ?? 0 }]
          : [
              { kind: 'send', bytes: octet(1) },
              { kind: 'send', bytes: octet(2), floated: true },
              { kind: 'send', bytes: octet(3), floated: true },
              { kind: 'wake', at: 1000 },
            ],
    };
    const pipes = {
      plain,
      floated: () => {
        opened++;
        return Promise.resolve(floated);
      },
    };
    expect(await drive(machine, pipes)).to.equal(9);
    expect(opened).to.equal(1);
    expect([plain.sent, floated.sent].map((sent) => sent.map(({ bytes }) => bytes[0]))).to.deep.equal([[1], [2, 3]]);
    expect(await floated.send(octet(4))).to.deep.equal({ sent: false, code: 'CLOSED' });
  });

  it('passes over obstacles unless it is told to give up', async () => {
    const machine: Machine<string> = {
      step: (input) =>
        input.kind === 'start'
          ? [
              { kind: 'send', bytes: octet(1) },
              { kind: 'wake', at: 300 },
            ]
          : [{ kind: 'done', result: 'waited' }],
    };
    expect(await drive(machine, { plain: memoryNetwork({ obstacle: 'refused' }) })).to.equal('waited');
    expect(await drive(machine, { plain: memoryNetwork({ obstacle: 'refused' }), obstacle: () => true })).to.equal(undefined);
    expect(await drive(machine, { plain: memoryNetwork(), signal: AbortSignal.abort() })).to.equal(undefined);
  });
});
