/**
 * `ike-probe select --list`: who can be mimicked, in which releases, with which settings, and how that is known.
 *
 * @module
 */
import { PROFILES } from '../../proposals/selectors/index.ts';
import { style, wrap } from '../../report/terminal.ts';
import type { Appearance } from '../io.ts';

/** The table of profiles as text, or as one JSON object. */
export function profileList(json: boolean, { columns, color, ascii }: Appearance): string {
  if (json)
    return `${JSON.stringify({ schema: 'ike-probe/1', kind: 'profiles', complete: true, profiles: PROFILES.map(asJson) }, undefined, 2)}\n`;
  const look = style({ color, ascii });
  const lines = PROFILES.flatMap(({ name, title, basis, releases, negotiations, settings, sources }) => {
    const known = releases.filter((release) => release !== '');
    const notes = [
      ...(known.length > 0 ? [`releases ${known.join(', ')}`] : []),
      `negotiates ${negotiations.join(', ')}`,
      `known from ${BASIS[basis]}: ${sources.join('; ')}`,
      ...Object.entries(settings).map(([setting, { values, meaning }]) => `--set ${setting}=${values?.join('|') ?? '…'}: ${meaning}`),
    ];
    return [`${look.bold(name)}  ${title}`, ...notes.flatMap((note) => wrap(note, columns, '    ', '      '))];
  });
  return `${lines.join('\n')}\n`;
}

const BASIS = {
  recorded: "the original's own functions",
  measured: 'the real daemon on the wire',
  source: 'its source',
  documents: 'its manuals only',
} as const;

type Listed = (typeof PROFILES)[number];

function asJson({ name, title, basis, sources, releases, negotiations, settings, respond, check, offer }: Listed): object {
  const roles = { respond: respond !== undefined, check: check !== undefined, offer: offer !== undefined };
  return { name, title, basis, sources, releases, negotiations, roles, settings };
}
