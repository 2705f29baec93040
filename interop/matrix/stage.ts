/** A pair on a network of its own: both parties started, and the wire recorded. */
import { createLab, type Lab } from '../daemons/lab.ts';
import { startLibreswan } from '../daemons/libreswan.ts';
import { startOpeniked } from '../daemons/openiked.ts';
import { startOwn } from '../daemons/own.ts';
import type { Peer, PeerOptions } from '../daemons/peer.ts';
import { startStrongswan } from '../daemons/strongswan.ts';
import type { Role } from '../daemons/connection.ts';
import type { Stage } from './cell.ts';
import type { Party } from './party.ts';
import { record } from './recording.ts';

/** A stage that can be cleared away. */
export interface Scene extends Stage {
  /** Who does not run any more, if anybody. */
  dead(): Role | undefined;
  close(): Promise<void>;
}

/** How long they wait for an answer before they repeat, and how often. On a path without loss a silent peer is known soon. */
export const PATIENCE = { seconds: 0.5, tries: 2 };

/** Sets up a pair. @throws LabError when one of them does not start */
export async function setUp(parties: { readonly [R in Role]: Party }): Promise<Scene> {
  const lab = await createLab('matrix');
  try {
    const initiator = await startParty(lab, parties.initiator);
    const responder = await startParty(lab, parties.responder);
    const recording = await record(lab, initiator);
    return {
      parties,
      initiator,
      responder,
      recording,
      dead: () => (isRunning(initiator.pid) ? (isRunning(responder.pid) ? undefined : 'responder') : 'initiator'),
      close: () => lab.close(),
    };
  } catch (error) {
    await lab.close();
    throw error;
  }
}

function startParty(lab: Lab, { family, release, profile, ours }: Party): Promise<Peer> {
  const options: PeerOptions = { connections: [], keys: true, patience: PATIENCE };
  return lab.begin(ours ? 'own' : family, (site) => {
    if (ours) return startOwn(site, { ...options, profile });
    const released = { ...options, release };
    // What it takes for a flood is switched off: refused cases leave half-open SAs behind.
    if (family === 'strongswan') return startStrongswan(site, { ...released, aggressiveKeys: true, dosProtection: false });
    return family === 'libreswan' ? startLibreswan(site, released) : startOpeniked(site, released);
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
