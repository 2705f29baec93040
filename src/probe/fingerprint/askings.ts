/**
 * The odd requests that can be put to one peer.
 *
 * @module
 */
import { writeSa } from '../../proposals/selectors/answers.ts';
import type { Known } from './known.ts';
import type { OddOffer, OddRequest } from './requests.ts';

/** A request that can be put to this peer. */
export interface Asking {
  readonly request: OddRequest;
  readonly offer: OddOffer;
  readonly sa: Uint8Array;
}

/** The requests that what is known of a peer allows. */
export function askingsOf(knowns: readonly Known[], requests: readonly OddRequest[]): readonly Asking[] {
  return knowns.flatMap((known) =>
    requests.flatMap((request) => {
      const offer = request.exchange === known.exchange ? request.build(known) : undefined;
      return offer === undefined ? [] : [{ request, offer, sa: writeSa({ offer: offer.offer }) }];
    }),
  );
}
