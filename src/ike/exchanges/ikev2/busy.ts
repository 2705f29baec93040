/**
 * A peer that is busy: TEMPORARY_FAILURE is no refusal, it is asked again a while later.
 *
 * @see RFC 7296 §2.25
 * @module
 */
import { nextWait, type Script } from '../script.ts';
import { NOTIFY_V2 } from './notifies.ts';
import { attend, type Session } from './session.ts';

/**
 * Asks until the peer is not busy, as often as requests are repeated, and with the same waits between. What the peer asks meanwhile is
 * answered: it may be the very thing that it is busy with. `wanted`: whether there is still something to ask for.
 */
export function* whileBusy<Outcome extends { readonly kind: string }>(
  on: Session,
  asking: () => Script<Outcome>,
  wanted: () => boolean = () => true,
): Script<Outcome> {
  let wait = on.carrier.patience.firstWait;
  for (let left = on.carrier.patience.retries; ; left--) {
    const outcome = yield* asking();
    if (!isBusy(outcome) || left <= 0) return outcome;
    yield* attend(on, on.now + wait);
    if (on.ended !== undefined || !wanted()) return outcome;
    wait = nextWait(wait, on.carrier.patience);
  }
}

function isBusy(outcome: { readonly kind: string; readonly notify?: number }): boolean {
  return outcome.kind === 'refused' && outcome.notify === NOTIFY_V2.temporaryFailure;
}
