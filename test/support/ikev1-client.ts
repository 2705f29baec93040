/**
 * An IKEv1 session against a real daemon, from inside a network namespace: a child of the tests in test/interop.
 *
 * It is given a `ClientPlan` in JSON on its standard input and says a `ClientReport` on its output.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { preSharedKey } from '../../src/ike/exchanges/ikev1/authenticator.ts';
import type { Ends } from '../../src/ike/exchanges/ikev1/numbers.ts';
import type { Child, Client } from '../../src/ike/exchanges/ikev1/quick-mode.ts';
import { ikev1Session } from '../../src/ike/exchanges/ikev1/session.ts';
import type { Machine, Output } from '../../src/ike/exchanges/machine.ts';
import { Responder } from '../../src/ike/exchanges/responder.ts';
import { addressOctets } from '../../src/net/addresses.ts';
import { nodeCrypto } from '../../src/node-crypto/node-crypto.ts';
import { mindOf } from '../../src/proposals/selectors/mind.ts';
import { selectorFor } from '../../src/proposals/selectors/selector.ts';
import { EVERYTHING, fqdn, phase1Offer, type Phase1Words, phase2Offer, type Phase2Words, subnet, text } from './ikev1-offers.ts';
import { randomBytes } from 'node:crypto';

/** One quick mode: an SA for each list of protocols. */
export interface QuickPlan {
  readonly sas: readonly (readonly Phase2Words[])[];
  readonly group?: number;
  /** For whom: everything when left out, both hosts alone, or a network that nobody is configured for. */
  readonly clients?: 'hosts' | 'strangers';
  /** 1 tunnel (default), 2 transport. */
  readonly mode?: number;
}

export type ClientPlan =
  | {
      readonly role: 'initiator';
      readonly mode: 'main' | 'aggressive';
      readonly peer: string;
      readonly own: string;
      readonly identity: string;
      readonly psk: string;
      readonly suites: readonly Phase1Words[];
      readonly auth?: number;
      readonly quick?: readonly QuickPlan[];
      readonly alive?: boolean;
      readonly linger?: number;
      readonly retries?: number;
      /** Says another address of ours than the true one, as if a NAT stood between. */
      readonly pretended?: string;
    }
  | {
      readonly role: 'responder';
      readonly own: string;
      readonly peer: string;
      readonly identity: string;
      readonly psk: string;
      readonly profile: string;
      /** The profile's own settings, for phase 1. */
      readonly settings?: Readonly<Record<string, string>>;
      readonly milliseconds: number;
    };

/** What came of it: the result and the events, octets in hex. */
export interface ClientReport {
  readonly result?: unknown;
  readonly events: readonly unknown[];
}

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));

type Plan<Role extends ClientPlan['role']> = Extract<ClientPlan, { role: Role }>;

function responderFor(plan: Plan<'responder'>): Responder {
  const selector = selectorFor(plan.profile);
  const { setup } = selector.configured('ikev1-phase1');
  const select = mindOf(selector, { 'ikev1-phase1': { ...setup, settings: plan.settings ?? {} }, 'ikev1-phase2': 'default' });
  const ikev1 = { authenticators: [preSharedKey(text(plan.psk))] };
  return new Responder({ provider: nodeCrypto, random, identity: fqdn(plan.identity), select, ikev1 });
}

function machineFor(plan: Plan<'initiator'>): Machine<unknown, unknown> {
  const authenticator = preSharedKey(text(plan.psk));
  const said = plan.pretended ?? plan.own;
  const ends = { own: { address: addressOctets(said), port: 500 }, peer: { address: addressOctets(plan.peer), port: 500 } };
  const identity = fqdn(plan.identity);
  return ikev1Session({
    provider: nodeCrypto,
    random,
    mode: plan.mode,
    offer: phase1Offer(plan.suites, plan.auth),
    authenticator,
    identity,
    ends,
    patience: { firstWait: 700, retries: plan.retries ?? 2 },
    linger: plan.linger ?? 150,
    alive: plan.alive === true,
    quick: (plan.quick ?? []).map(({ sas, group, clients, mode }) => ({
      offers: sas.map((each) => phase2Offer(each, { ...(group !== undefined && { group }), ...(mode !== undefined && { mode }) })),
      ...(group !== undefined && { group }),
      clients: clientsFor(clients, ends),
    })),
  });
}

function clientsFor(kind: QuickPlan['clients'], ends: Ends): { readonly own: Client; readonly peer: Client } {
  const host = (address: Uint8Array): Client => ({ idType: 1, protocol: 0, port: 0, data: address });
  if (kind === 'hosts') return { own: host(ends.own.address), peer: host(ends.peer.address) };
  return { own: EVERYTHING, peer: kind === 'strangers' ? subnet([172, 31, 9, 0], [255, 255, 255, 0]) : EVERYTHING };
}

async function bound(port: number, address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  socket.on('error', () => undefined);
  return socket;
}

const MARKER = 4;

/** Answers until its time is over. */
async function respond(plan: Plan<'responder'>): Promise<ClientReport> {
  const responder = responderFor(plan);
  const events: unknown[] = [];
  const sockets = await Promise.all([500, 4500].map((port) => bound(port, plan.own)));
  for (const socket of sockets) {
    const { port } = socket.address();
    const own = { address: addressOctets(plan.own), port };
    socket.on('message', (bytes, from) => {
      const arrival = {
        from: { address: addressOctets(from.address), port: from.port },
        own,
        now: performance.now(),
        marked: port === 4500,
      };
      const heard = responder.hear(Uint8Array.from(bytes), arrival);
      events.push(...heard.events.filter(({ kind }) => kind !== 'offer'));
      for (const reply of heard.replies) socket.send(reply, from.port, from.address);
    });
  }
  await sleep(plan.milliseconds);
  for (const socket of sockets) socket.close();
  return { events };
}

async function drive(plan: Plan<'initiator'>): Promise<ClientReport> {
  const machine = machineFor(plan);
  const plain = await bound(500, plan.own);
  const marked = await bound(4500, plan.own);
  const events: unknown[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const result = await new Promise<unknown>((resolve) => {
    const now = (): number => performance.now();
    const take = (outputs: readonly Output<unknown, unknown>[]): void => {
      for (const output of outputs) {
        if (output.kind === 'send' && output.floated) marked.send(Buffer.concat([Buffer.alloc(MARKER), output.bytes]), 4500, plan.peer);
        else if (output.kind === 'send') plain.send(output.bytes, 500, plan.peer);
        else if (output.kind === 'note') events.push(output.event);
        else if (output.kind === 'done') resolve(output.result);
        else {
          clearTimeout(timer);
          timer = setTimeout(() => take(machine.step({ kind: 'timer' }, Math.max(now(), output.at))), Math.max(0, output.at - now()));
        }
      }
    };
    plain.on('message', (bytes) => take(machine.step({ kind: 'datagram', bytes: Uint8Array.from(bytes) }, now())));
    marked.on('message', (bytes) => {
      if (bytes.length > MARKER && bytes.readUInt32BE(0) === 0)
        take(machine.step({ kind: 'datagram', bytes: Uint8Array.from(bytes.subarray(MARKER)) }, now()));
    });
    take(machine.step({ kind: 'start' }, now()));
  });
  clearTimeout(timer);
  plain.close();
  marked.close();
  return { result, events };
}

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** Octets as hex; the keys of SAs too, which the tests compare with the daemon's own. */
function shown(key: string, value: unknown): unknown {
  if (key === 'keys') {
    const { inbound, outbound } = (value as Child['keys'])();
    return { inbound: hex(inbound), outbound: hex(outbound) };
  }
  return value instanceof Uint8Array ? hex(value) : value;
}

let input = '';
for await (const chunk of process.stdin) input += String(chunk);
const plan = JSON.parse(input) as ClientPlan;
process.stdout.write(JSON.stringify(await (plan.role === 'initiator' ? drive(plan) : respond(plan)), shown));
