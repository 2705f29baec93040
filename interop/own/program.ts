/**
 * Our own peer, for the lab: initiator and responder of both versions on a host's ports, told what to do over a socket.
 *
 *     node --import tsx interop/own/program.ts <setup as JSON>
 *
 * Rule: nothing secret is an argument. Connections, with what they prove by, come over the control socket.
 */
import { appendFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { type ikev1, type ikev2, type Input, machineOf, type Machine } from '../../src/ike/exchanges/index.ts';
import { ikev1TableLine, ikev2TableLine } from '../../src/ike/decryption/index.ts';
import { addressOctets, addressText } from '../../src/net/index.ts';
import { ConfigError } from '../../src/proposals/index.ts';
import type { IkeStatus, Told, Unsupported } from '../daemons/peer.ts';
import { answering, type Answering } from './answering.ts';
import { begin1, type Begun1 } from './begun-v1.ts';
import { begin2, type Begun2 } from './begun-v2.ts';
import type { Given, Order, OwnSetup } from './orders.ts';
import { type Side, sideOf } from './side.ts';
import { type Came, openSockets } from './sockets.ts';
import { hex, status1, status2 } from './status.ts';

const setup = JSON.parse(process.argv[2] ?? '{}') as OwnSetup;
const log = (line: string): void => appendFileSync(setup.log, `${new Date().toISOString().slice(11, 23)} ${line}\n`);
const keyed = new Set<string>();
function keep(line: string | undefined): void {
  if (line === undefined || setup.keys === undefined || keyed.has(line)) return;
  keyed.add(line);
  appendFileSync(setup.keys, `${line}\n`, { mode: 0o600 });
}

/** Octets as hex. */
const shown = (event: object): string => JSON.stringify(event, (_, value: unknown) => (value instanceof Uint8Array ? hex(value) : value));

/** A connection of ours that is driven. */
interface Driven {
  readonly begun: Begun1 | Begun2;
  step(input: Input, due?: number): void;
  over: boolean;
}

let sides: readonly Side[] = [];
let asked: Answering | undefined;
const driven = new Map<string, Driven>();

const sockets = await openSockets([setup.address4, setup.address6], hear);

/** To the connection that we began with that peer; else to the responder. */
function hear({ bytes, from, own, marked }: Came): void {
  const address = addressText(from.address);
  const ours = [...driven.values()].find(({ begun, over }) => !over && begun.side.connection.remote.address === address);
  if (ours) return ours.step({ kind: 'datagram', bytes });
  if (!asked) return;
  const { replies, events } = asked.responder.hear(bytes, { from, own, now: performance.now() });
  for (const event of events) {
    asked.note(event);
    if (event.kind !== 'offer') log(shown(event));
    else log(`v${event.version} ${event.request.step}: ${event.wire.kind}${event.wire.kind === 'notify' ? ` ${event.wire.type}` : ''}`);
  }
  for (const session of asked.responder.ikev2?.sessions ?? []) keep(ikev2TableLine(session.sa));
  for (const reply of replies) sockets.send(reply, address, from.port, marked);
}

function load(given: readonly Given[]): readonly Unsupported[] {
  for (const each of driven.values()) each.begun.commands.end('replaced');
  driven.clear();
  asked = undefined;
  const refused: Unsupported[] = [];
  sides = given.flatMap((each) => {
    const { name, remote, local } = each.connection;
    const own = local.address === 'any' ? setup.address4 : local.address;
    const side = sideOf(each, { own, ...(remote.address !== 'any' && { peer: remote.address }) });
    if (!('unsupported' in side)) return side;
    refused.push({ connection: name, reason: side.unsupported });
    return [];
  });
  try {
    asked = answering(sides, setup.profile, keep);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    refused.push({ connection: '*', reason: error.message });
  }
  return refused;
}

async function initiate(name: string, patienceMs: number): Promise<Told> {
  const side = sides.find(({ connection }) => connection.name === name);
  if (!side || !asked) return { outcome: 'failed', words: `no connection ${name}` };
  const { local, remote } = side.connection;
  const own = local.address === 'any' ? setup.address4 : local.address;
  const ends = { own: { address: addressOctets(own), port: 500 }, peer: { address: addressOctets(remote.address), port: 500 } };
  const { seconds, tries, longest = Infinity } = setup.patience;
  const patience = { firstWait: seconds * 1000, retries: tries, longestWait: longest * 1000 };
  const shared = { ends, patience, log: (line: string): void => log(`${name}: ${line}`) };
  const { select } = asked;
  const done = await new Promise<Told>((established) => {
    if (side.connection.speaks === 'ikev2') {
      const begun = begin2(side, { ...shared, select, established, keys: (sa: ikev2.IkeSa) => keep(ikev2TableLine(sa)) });
      drive(
        name,
        begun,
        machineOf(({ now }) => begun.script(now)),
      );
    } else {
      const begun = begin1(side, { ...shared, established, keys: (sa: ikev1.IsakmpSa) => keep(ikev1TableLine(sa)) });
      drive(
        name,
        begun,
        machineOf(({ now }) => begun.script(now)),
      );
    }
    setTimeout(() => established({ outcome: 'failed', words: `not within ${patienceMs} ms` }), patienceMs).unref();
  });
  return done;
}

/** Joins a connection to the sockets and the clock until its script ends. */
function drive(name: string, begun: Begun1 | Begun2, machine: Machine<void, ikev1.Ikev1Event>): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const { address } = begun.side.connection.remote;
  const one: Driven = {
    begun,
    over: false,
    step(input, due = 0) {
      // Timers of the system may be early.
      for (const output of machine.step(input, Math.max(due, performance.now()))) {
        if (output.kind === 'send') sockets.send(output.bytes, address, output.floated === true ? 4500 : 500, output.floated === true);
        else if (output.kind === 'note') log(`${name}: ${shown(output.event)}`);
        else if (output.kind === 'done') one.over = true;
        else {
          clearTimeout(timer);
          timer = setTimeout(() => one.step({ kind: 'timer' }, output.at), Math.max(1, output.at - performance.now()));
        }
      }
      if (one.over) clearTimeout(timer);
    },
  };
  driven.set(name, one);
  one.step({ kind: 'start' });
}

function status(): readonly IkeStatus[] {
  const begun = [...driven].flatMap(([name, { begun: each, over }]): IkeStatus[] => {
    if (over) return [];
    if (each.version === 2) return each.session ? [status2(name, each.session, each.peer, true)] : [];
    return each.sa ? [status1(name, each.sa, each.sa.suite, each.sa.peerIdentity, each.children, true)] : [];
  });
  return [...begun, ...(asked?.status() ?? [])];
}

function command(name: string, what: Parameters<Begun2['commands']['give']>[0]): Promise<Told> {
  const one = driven.get(name);
  if (!one || one.over) return Promise.resolve({ outcome: 'failed', words: `${name} is not up` });
  return one.begun.commands.give(what);
}

function obey(order: Order): Promise<unknown> | readonly unknown[] {
  switch (order.order) {
    case 'load':
      return load(order.connections);
    case 'initiate':
      return initiate(order.name, order.patienceMs);
    case 'status':
      return status();
    case 'rekey':
      return command(order.name, { kind: 'rekey', what: order.what });
    default:
      return command(order.name, { kind: order.order });
  }
}

/** One order a connection. */
function serve(client: Socket): void {
  client.on('error', () => undefined);
  const chunks: Buffer[] = [];
  client.on('data', (chunk: Buffer) => chunks.push(chunk));
  client.on('end', () => {
    const order = JSON.parse(Buffer.concat(chunks).toString()) as Order;
    void Promise.resolve(obey(order)).then((answer) => client.end(JSON.stringify(answer)));
  });
}

createServer({ allowHalfOpen: true }, serve).listen(setup.control);
