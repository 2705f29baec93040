/** What lies behind a cell, as its file has it. */
import {
  type CellDetails,
  messageLines,
  messageSummary,
  type MessageLine,
  type SideDetails,
  type TraceSection,
} from '../../src/report/index.ts';
import { tableLines } from '../../src/ike/decryption/index.ts';
import { nodeCrypto } from '../../src/node-crypto/index.ts';
import type { IkeStatus } from '../daemons/peer.ts';
import type { Ran, Shown } from './cell.ts';
import type { WireMessage } from './messages.ts';

/** Lines of a log that are kept at its beginning and at its end. */
const HEAD = 100;
const TAIL = 140;
const MOST_LINE = 400;

/** The details of a cell that ran, or that its peers refused to load. */
export function detailsOf(id: string, ran: Ran, trace: readonly TraceSection[]): CellDetails {
  const sides = { initiator: side(ran.sides.initiator), responder: side(ran.sides.responder) };
  if (ran.kind === 'unsupported') return { id, ...sides, messages: [], capture: null, keys: [], trace };
  const { messages, capture, keys } = ran;
  const octets = messages.map((message) => message.octets);
  return {
    id,
    ...sides,
    messages: lines(messages),
    capture: Buffer.from(capture).toString('base64'),
    keys: tableLines(nodeCrypto, octets, keys),
    trace,
  };
}

function side({ configuration, log, status }: Shown): SideDetails {
  return { configuration, log: trimmed(log), status: status.flatMap(statusLines).join('\n') };
}

/** In the middle, and says so. */
function trimmed(log: string): string {
  const all = log
    .trimEnd()
    .split('\n')
    .map((line) => (line.length > MOST_LINE ? `${line.slice(0, MOST_LINE)} …` : line));
  const left = all.length - HEAD - TAIL;
  return (left <= 0 ? all : [...all.slice(0, HEAD), `… ${left} lines …`, ...all.slice(-TAIL)]).join('\n');
}

function statusLines({ connection, version, state, initiator, suite, spis, remoteIdentity, children }: IkeStatus): string[] {
  const role = initiator === null ? '' : initiator ? ', initiator' : ', responder';
  return [
    `${connection}: IKEv${version} ${state}${role}, ${suite ?? 'suite not told'}`,
    ...(remoteIdentity === null ? [] : [`  peer ${remoteIdentity}`]),
    ...(spis === null ? [] : [`  SPIs ${spis.join(' ')}`]),
    ...children.flatMap((child) => [
      `  ${child.protocol.toUpperCase()} ${child.mode} ${child.state}, ${child.suite ?? 'suite not told'}${child.spis === null ? '' : `, SPIs ${child.spis.join(' ')}`}`,
      `    ${child.local.join(', ')} === ${child.remote.join(', ')}`,
    ]),
  ];
}

function lines(messages: readonly WireMessage[]): readonly MessageLine[] {
  const start = messages[0]?.at ?? 0;
  return messages.map(({ at, from, header, payloads, repeated, state }) => ({
    at: Math.round((at - start) * 10) / 10,
    from,
    summary: `${messageSummary(header, payloads)}${repeated ? ' (again)' : ''}${state === 'closed' ? ' (no key opens it)' : ''}`,
    lines: messageLines(header, payloads),
  }));
}
