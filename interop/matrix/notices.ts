/**
 * Refusals that daemons tell of in their logs, for messages that nobody can open: libreswan gives its keys to nobody.
 *
 * Rule: a log is asked only where the wire does not say.
 */
import type { Role } from '../daemons/connection.ts';
import { isErrorNotify, NOTIFIES } from '../../src/ike/index.ts';

/** Who refused what, and with which notification. */
export interface Notice {
  readonly by: Role;
  /** An exchange of IKEv2; null where a log does not say. */
  readonly exchange: string | null;
  readonly notify: string;
}

/** Lines of pluto's log: what it sends and what it has received. The names have underscores in both versions. */
const SENT: readonly RegExp[] = [
  /responding to (?<exchange>\w+) (?:message|request).* with (?:un)?encrypted notification (?<notify>\w+)/,
  /sending (?:encrypted )?notification (?<notify>\w+) to /,
];
const RECEIVED: readonly RegExp[] = [
  /(?<exchange>IKE_\w+|CREATE_CHILD_SA) response contained the error notification (?<notify>\w+)/,
  /(?<exchange>IKE_AUTH) response rejected Child SA with (?<notify>\w+)/,
  /dropping unexpected (?<exchange>\w+) message containing (?<notify>[A-Z_]+) notification/,
  /(?<exchange>CREATE_CHILD_SA) failed with error notification (?<notify>\w+)/,
  /(?:ignoring informational payload|received and ignored informational message|ignoring informational payload, type) (?<notify>[A-Z_]+)/,
];

const ERRORS: ReadonlySet<string> = new Set(
  [...NOTIFIES[1], ...NOTIFIES[2]].filter(({ number }) => isErrorNotify(number)).map(({ name }) => name.replaceAll('-', '_')),
);
const isError = (name: string): boolean => ERRORS.has(name);

/** What a log says, in its order. */
export function noticesIn(log: string, of: Role): readonly Notice[] {
  const peer = of === 'initiator' ? 'responder' : 'initiator';
  return log.split('\n').flatMap((line): Notice[] => {
    for (const [patterns, by] of [
      [SENT, of],
      [RECEIVED, peer],
    ] as const)
      for (const pattern of patterns) {
        const { exchange = null, notify } = pattern.exec(line)?.groups ?? {};
        if (notify !== undefined && isError(notify))
          return [{ by, exchange: exchange !== null && /^(?:IKE|CREATE)_/.test(exchange) ? exchange : null, notify }];
      }
    return [];
  });
}
