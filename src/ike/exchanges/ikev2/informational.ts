/**
 * INFORMATIONAL as the one who asks: is the peer there, and what is to go.
 *
 * @see RFC 7296 §1.4, §2.4
 * @module
 */
import { EXCHANGE, PAYLOAD_V2 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Script } from '../script.ts';
import { deletion } from './answering.ts';
import type { ChildRef } from './child.ts';
import { ask, type Session } from './session.ts';

/** Whether the peer answers an empty request. @see RFC 7296 §2.4 */
export function* isAlive(on: Session): Script<boolean> {
  return (yield* ask(on, EXCHANGE.informational, [])).answered;
}

/** Deletes children; whether the peer answered. */
export function* deleteChildren(on: Session, children: readonly ChildRef[]): Script<boolean> {
  const protocols = [...new Set(children.map(({ protocol }) => protocol))];
  on.children = on.children.filter((child) => !children.includes(child));
  const payloads = protocols.map((protocol) =>
    deletion(
      protocol,
      children.filter((child) => child.protocol === protocol),
    ),
  );
  return payloads.length === 0 || (yield* ask(on, EXCHANGE.informational, payloads)).answered;
}

/** Deletes the IKE SA and with it all children; whether the peer answered. `why`: a notification beside. */
export function* close(on: Session, why: readonly Payload[] = []): Script<boolean> {
  const gone: Payload = { kind: 'delete', type: PAYLOAD_V2.delete, protocol: 1, spiSize: 0, spis: [] };
  const { answered } = yield* ask(on, EXCHANGE.informational, [...why, gone]);
  if (answered) on.ended ??= 'we-deleted';
  on.children = [];
  return answered;
}
