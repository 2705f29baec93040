/**
 * Exchanges of both versions in both roles: scripts and machines without socket, clock or randomness of their own.
 *
 * @example
 * const machine = machineOf(({ now }) => ikev2.establish(setup, now));
 * for (const output of machine.step({ kind: 'start' }, 0)) if (output.kind === 'send') socket.send(output.bytes);
 *
 * @module
 */
export type { EndReason, Happening, MadeSa, ResponderEvent } from './events.ts';
export type { ResponderLimits } from './half-open.ts';
export type { Input, Machine, Millis, Output } from './machine.ts';
export type { Misbehaviour } from './misbehaviour.ts';
export type { Trust } from './peer-certificates.ts';
export type { Place } from './place.ts';
export { type Arrival, type Heard, Responder, type ResponderSetup } from './responder.ts';
export { machineOf, type Patience, type Script } from './script.ts';
export type { Select, SelectionRequest, SelectionStep, SelectionWire } from './selecting.ts';
export * as ikev1 from './ikev1/index.ts';
export * as ikev2 from './ikev2/index.ts';
