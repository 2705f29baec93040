/**
 * How isakmpd walks an offer: the first compatible transform of every protocol makes a suite, the policy judges the suite as a whole, and
 * when it refuses the walk goes back to where the last protocol was settled.
 *
 * @see isakmpd message.c message_negotiate_sa
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import { incompatible } from './attributes.ts';
import { book } from './book.ts';
import type { IsakmpdProposal, IsakmpdTransform } from './payload.ts';

/** A transform with the proposal that it stands in. */
export interface Standing {
  readonly proposal: IsakmpdProposal;
  readonly transform: IsakmpdTransform;
}

/** What was chosen, one transform of each protocol; nothing when no suite suited. */
export interface Walked {
  readonly chosen: readonly Standing[];
  readonly logs: readonly LogLine[];
}

/** Walks; `accepts` is asked about each suite, and may write lines. */
export function walk(
  proposals: readonly IsakmpdProposal[],
  phase: 1 | 2,
  accepts: (suite: readonly Standing[], logs: LogLine[]) => boolean,
): Walked {
  const all = proposals.flatMap((proposal) => proposal.transforms.map((transform): Standing => ({ proposal, transform })));
  const logs: LogLine[] = [];
  let suite: Standing[] = [];
  let saved = 0;
  let fine = false;
  for (let at = 0; at < all.length; ) {
    const { proposal, transform } = all[at] as Standing;
    let next = at + 1;
    if (!transform.attributes.some((attribute) => incompatible(attribute, phase))) {
      logs.push(book.write('transformOk', { transform: transform.number, protocol: proposal.protocol, proposal: proposal.number }));
      suite.push(all[at] as Standing);
      fine = true;
      saved = next;
      next = beyond(all, next, (other) => other === proposal);
    }
    for (let again = true; again; ) {
      again = false;
      const following = all[next]?.proposal;
      if (following !== undefined && following !== proposal && following.number === proposal.number) {
        if (!fine) {
          logs.push(book.write('protocolFailed', { protocol: proposal.protocol, proposal: proposal.number }));
          suite = [];
          next = beyond(all, next, ({ number }) => number === proposal.number);
        }
        fine = false;
      }
      const beginsSuite = all[next]?.proposal;
      if (fine && (beginsSuite === undefined || (beginsSuite !== proposal && beginsSuite.number !== proposal.number))) {
        if (accepts(suite, logs)) {
          logs.push(book.write('succeeded', { proposal: proposal.number }));
          return { chosen: suite, logs };
        }
        logs.push(book.write('failed', { proposal: proposal.number }));
        next = saved;
        fine = false;
        suite = [];
        again = true;
      }
    }
    at = next;
  }
  logs.push(book.write('nothing'));
  return { chosen: [], logs };
}

/** The first place from `at` whose proposal does not belong. */
function beyond(all: readonly Standing[], at: number, belongs: (proposal: IsakmpdProposal) => boolean): number {
  let place = at;
  while (place < all.length && belongs((all[place] as Standing).proposal)) place++;
  return place;
}
