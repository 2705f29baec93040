/**
 * Suites that need real daemons: run where they are, skipped by name where not, failing where they are required and missing. A release
 * that is not the system's own is never required: another Debian's archive may be out of reach.
 */
import { describe, it } from 'mocha';
import { daemonsAvailable, daemonsRequired } from '../../interop/available.ts';
import type { PeerSpec } from '../../interop/daemons/peer.ts';

/** A mocha suite over real daemons. Its name tells why it was skipped: "strongSwan is mapped (skipped: needs root)". */
export function describeDaemons(title: string, specs: readonly PeerSpec[], body: () => void): void {
  const state = daemonsAvailable(specs);
  if (state.available) {
    describe(title, function () {
      this.timeout(30_000);
      body();
    });
  } else if (daemonsRequired() && specs.every((spec) => !spec.includes('@'))) {
    describe(title, () => {
      it('has the daemons that IKE_PEERS=required asks for', () => {
        throw new Error(state.reason);
      });
    });
  } else {
    describe.skip(`${title} (skipped: ${state.reason})`, body);
  }
}
