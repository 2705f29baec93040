/** A subject in the lab: configured with one policy after the other, and asked. */
import type { Lab } from '../daemons/lab.ts';
import type { Host } from '../daemons/network.ts';
import { LabError } from '../daemons/process.ts';
import type { Peer } from '../daemons/peer.ts';
import { withoutIkev1 } from '../daemons/releases.ts';
import { type Asked, type Client, SOURCES } from './client.ts';
import type { Subject } from './policies.ts';
import type { Question } from './question.ts';

/** How many questions one start of a daemon answers. */
export const OFFERS_PER_POLICY = 20;

/** One subject that runs. */
export interface Bench {
  /** Starts the daemon anew with this policy, so that nothing of the exchanges before is left. @throws LabError when it refuses the policy */
  configure(texts: readonly string[]): Promise<void>;
  ask(questions: readonly Question[]): Promise<Asked>;
  /** The daemon's log since the last question before `ask`. */
  log(): Promise<string>;
  close(): Promise<void>;
}

/** Why a subject cannot be asked. */
export function notSpoken({ kind, release, version }: Subject): string | undefined {
  return version === 2 ? undefined : withoutIkev1(kind, release);
}

/** A place for a subject in a lab. */
export async function openBench(lab: Lab, client: Client, subject: Subject): Promise<Bench> {
  const host = await lab.host();
  let peer: Peer | undefined;
  let running: string | undefined;
  let used = 0;
  return {
    async configure(texts) {
      const wanted = texts.join('\n');
      if (running === wanted && used + OFFERS_PER_POLICY <= SOURCES) return;
      running = undefined;
      used = 0;
      await peer?.stop();
      peer = undefined;
      // One start in a hundred leaves an iked that listens and never answers.
      for (let tries = 0; tries < 4 && running === undefined; tries++) {
        await peer?.stop();
        peer = await start(lab, subject, texts, host);
        if ((await client.ask(peer.address4, [])).alive) running = wanted;
      }
      if (running === undefined) throw new LabError(`${subject.kind} never answers with ${texts.join(', ') || 'its defaults'}`);
    },
    async ask(questions) {
      if (!peer) throw new RangeError('configure comes first');
      const asked = await client.ask(peer.address4, questions, used);
      used += questions.length;
      if (!asked.alive) running = undefined;
      return asked;
    },
    log: async () => (await peer?.log()) ?? '',
    async close() {
      await peer?.stop();
      running = undefined;
    },
  };
}

const linesOf = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).map(([name, value]) => `${name} = ${value}`);

function start(
  lab: Lab,
  { kind, release, version, aggressive = false, settings = {} }: Subject,
  ike: readonly string[],
  on: Host,
): Promise<Peer> {
  if (kind === 'strongswan')
    return lab.strongswan({ release, ike, version, dosProtection: false, aggressive, settings: linesOf(settings) }, on);
  const given = ike.length > 0 ? { ike } : {};
  if (kind === 'libreswan') return lab.libreswan({ release, version, aggressive, ...given }, on);
  return lab.openiked({ release, ...given }, on);
}
