/**
 * Cases out of JSON: the form of `CaseDefinition`, one in a file or a list of them.
 *
 *     { "id": "my-case", "title": "…", "area": "ikev2-init", "reference": "RFC 7296 §2.7", "about": "…", "speaks": "ikev2",
 *       "initiator": { "ike": "aes256-sha256-modp2048" }, "responder": { "ike": "aes128-sha256-modp2048" } }
 */
import { parsePolicy } from '../../src/proposals/index.ts';
import { negotiationOf } from '../daemons/policies.ts';
import type { CaseDefinition, Side } from './case.ts';

/** Where a case is not as it must be. */
export interface CaseFault {
  readonly place: string;
  readonly wanted: string;
}

const AREAS = ['ikev1-main', 'ikev1-aggressive', 'ikev1-quick', 'ikev2-init', 'ikev2-auth', 'ikev2-child', 'ikev2-rekey'];
const SPOKEN = ['ikev1-main', 'ikev1-aggressive', 'ikev2'];
const TEXTS = ['title', 'reference', 'about'];
const FIELDS = ['id', 'area', 'speaks', 'family', 'both', 'initiator', 'responder', 'rekeys', 'expected', ...TEXTS];
const SIDE = [
  'speaks',
  'ike',
  'child',
  'identity',
  'expects',
  'proof',
  'believes',
  'traffic',
  'peerTraffic',
  'mode',
  'hosts',
  'lifetimes',
  'fragmentation',
  'childless',
];

/** The cases of a file's value, or the first fault. */
export function readCases(value: unknown): readonly CaseDefinition[] | CaseFault {
  const list = Array.isArray(value) ? value : [value];
  for (const [i, one] of list.entries()) {
    const fault = faultIn(one, Array.isArray(value) ? `[${i}]` : '');
    if (fault) return fault;
  }
  return list as readonly CaseDefinition[];
}

function faultIn(value: unknown, at: string): CaseFault | undefined {
  const place = (name: string): string => (at === '' ? name : `${at}.${name}`);
  if (typeof value !== 'object' || value === null) return { place: at || 'the file', wanted: 'an object' };
  const fields = value as Readonly<Record<string, unknown>>;
  const strange = Object.keys(fields).find((key) => !FIELDS.includes(key));
  if (strange !== undefined) return { place: place(strange), wanted: `one of the fields ${FIELDS.join(', ')}` };
  if (typeof fields['id'] !== 'string' || !/^[a-z0-9][a-z0-9-]{0,60}$/.test(fields['id']))
    return { place: place('id'), wanted: 'small letters, digits and hyphens' };
  for (const name of TEXTS) if (typeof fields[name] !== 'string' || fields[name] === '') return { place: place(name), wanted: 'a text' };
  if (!AREAS.includes(fields['area'] as string)) return { place: place('area'), wanted: `one of ${AREAS.join(', ')}` };
  if (!SPOKEN.includes(fields['speaks'] as string)) return { place: place('speaks'), wanted: `one of ${SPOKEN.join(', ')}` };
  for (const name of ['both', 'initiator', 'responder']) {
    const fault = sideFault(fields[name], place(name), fields['speaks'] as CaseDefinition['speaks']);
    if (fault) return fault;
  }
  return undefined;
}

function sideFault(value: unknown, place: string, speaks: CaseDefinition['speaks']): CaseFault | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null) return { place, wanted: 'an object' };
  const strange = Object.keys(value).find((key) => !SIDE.includes(key));
  if (strange !== undefined) return { place: `${place}.${strange}`, wanted: `one of the fields ${SIDE.join(', ')}` };
  const side = value as Side;
  for (const part of ['ike', 'child'] as const) {
    const policy = side[part];
    if (policy === undefined || policy === null) continue;
    try {
      parsePolicy(policy, negotiationOf(side.speaks ?? speaks, part));
    } catch (error) {
      return { place: `${place}.${part}`, wanted: `a policy in the suite notation (${error instanceof Error ? error.message : ''})` };
    }
  }
  return undefined;
}
