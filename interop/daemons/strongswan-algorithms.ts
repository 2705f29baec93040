/**
 * What a charon has plugins for. A proposal with another algorithm is loaded without a word, and never comes about.
 */
import { compareReleases, parsePolicy, type Slot, showStrongswanProposal, type Want, wantOf } from '../../src/proposals/index.ts';
import type { Connection } from './connection.ts';

/** The names of everything that it has. */
export type Algorithms = ReadonlySet<string>;

/** From `swanctl --list-algs`: two blanks, the name, its plugin. */
export function readAlgorithms(text: string): Algorithms {
  return new Set([...text.matchAll(/^ {2}(\w+)\[/gm)].map(([, name = '']) => name));
}

/** Why nothing of a connection's proposals can be done by a build, if so. Ciphers of ESP are the kernel's affair. */
export function lacking(connection: Connection, known: Algorithms, release: string): string | undefined {
  if (known.size === 0) return undefined;
  for (const part of ['ike', 'child'] as const) {
    const text = connection.own?.strongswan?.[part] === undefined ? connection[part] : undefined;
    if (text === undefined) continue;
    const missing = parsePolicy(text, part === 'ike' ? 'ikev2-ike' : 'ikev2-child').map((bundle) =>
      bundle.flatMap((want) => missingIn(want, known, release, part === 'ike' ? () => true : isKeyExchange)),
    );
    if (missing.every((names) => names.length > 0)) return `charon has no ${[...new Set(missing.flat())].join(', ')} (swanctl --list-algs)`;
  }
  return undefined;
}

const isKeyExchange = (slot: Slot): boolean => slot === 'group' || slot.startsWith('ake');

/** The names of the slots of which it has nothing. */
function missingIn({ protocol, slots }: Want, known: Algorithms, release: string, matters: (slot: Slot) => boolean): readonly string[] {
  return [...slots].flatMap(([slot, choices]) => {
    const offered = choices.filter(({ id }) => id !== 0).map((choice) => nameOf(slot, wantOf(protocol, { [slot]: [choice] }), release));
    return matters(slot) && slot !== 'esn' && offered.length > 0 && offered.every((name) => !known.has(name)) ? offered : [];
  });
}

/** `IKE:KE1_ML_KEM_768` → `ML_KEM_768`; a cipher without its bits. */
function nameOf(slot: Slot, want: Want, release: string): string {
  const shown = showStrongswanProposal(want, { since: (other) => compareReleases(release, other) >= 0 });
  const [name = ''] = shown.slice(shown.indexOf(':') + 1).split('/');
  return slot === 'encryption' ? name.replace(/_(?:128|192|256|40|448)$/, '') : name.replace(/^KE\d_/, '');
}
