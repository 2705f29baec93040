/**
 * The one loop that joins an exchange to the network: what a machine wants is done, what comes is told to it.
 *
 * @module
 */
import type { Machine, Output } from '../ike/exchanges/machine.ts';
import type { Received, Transport } from './transport.ts';

/** The pipes of one peer. */
export interface Pipes<Event> {
  /** To port 500. */
  readonly plain: Transport;
  /** To port 4500 behind the marker; opened when the machine first wants it. Without it floated datagrams go the plain way. */
  readonly floated?: () => Promise<Transport>;
  readonly note?: (event: Event) => void;
  /** ICMP said something: true gives up. Passed over when left out, since anybody can forge it. */
  readonly obstacle?: (what: Exclude<Received, { kind: 'datagram' }>) => boolean;
  readonly signal?: AbortSignal;
}

/** Runs a machine to its end. Nothing when it was given up: an obstacle, a closed transport, the signal. */
export async function drive<Result, Event>(machine: Machine<Result, Event>, pipes: Pipes<Event>): Promise<Result | undefined> {
  let pipe = pipes.plain;
  let opened: Transport | undefined;
  let wake = Infinity;
  const perform = async (outputs: readonly Output<Result, Event>[]): Promise<{ readonly result: Result } | undefined> => {
    for (const output of outputs) {
      if (output.kind === 'send') {
        if (output.floated === true && pipes.floated) pipe = opened ??= await pipes.floated();
        await pipe.send(output.bytes);
      } else if (output.kind === 'wake') wake = output.at;
      else if (output.kind === 'note') pipes.note?.(output.event);
      else return { result: output.result };
    }
    return undefined;
  };
  try {
    let done = await perform(machine.step({ kind: 'start' }, pipe.clock()));
    while (!done) {
      if (pipes.signal?.aborted === true) return undefined;
      const received = await pipe.receive(wake);
      const now = pipe.clock();
      if (received?.kind === 'datagram') done = await perform(machine.step({ kind: 'datagram', bytes: received.datagram.bytes }, now));
      else if (received !== undefined) {
        if (pipes.obstacle?.(received) === true) return undefined;
      } else if (now >= wake - EARLY) {
        const due = Math.max(now, wake);
        wake = Infinity;
        done = await perform(machine.step({ kind: 'timer' }, due));
      } else return undefined;
    }
    return done.result;
  } finally {
    await opened?.close();
  }
}

/** Timers of the system may be that early, in milliseconds. */
const EARLY = 2;
