/**
 * Who judges a recorded case, by its `kind`, and what is compared.
 *
 * @module
 */
import { decodeMessage, encodeMessage } from '../../ike/index.ts';
import { DialectError, type LibreswanKind, parseLibreswan, printLibreswan } from '../../proposals/dialects/index.ts';
import { parseStrongswanProposal, printStrongswanProposal, showStrongswanProposal } from '../../proposals/dialects/strongswan.ts';
import type { Negotiation } from '../../proposals/model.ts';
import { NotationError } from '../../proposals/notation.ts';
import { freeswan, NOTIFY_NAMES, POLICY_WORDS } from '../../proposals/selectors/freeswan/index.ts';
import { type IkedProposal, negotiate } from '../../proposals/selectors/openiked/matching.ts';
import { ConfigError, ProfileError, ReleaseError } from '../../proposals/selectors/index.ts';
import { selectProposal, stripProposal } from '../../proposals/selectors/strongswan/compare.ts';
import { decodeSaBody, encodeSaBody } from '../../proposals/wire/sa.ts';
import { judgeMeasured } from './batch-measured.ts';
import { isRecord, type Row } from './batch-row.ts';
import { bytesToHex } from './hex.ts';
import { printLine } from './select-report.ts';

/** One printed line; `agrees` is undefined when there is nothing to compare with. */
export interface Result {
  readonly line: Readonly<Record<string, unknown>>;
  readonly agrees?: boolean;
  readonly unsupported?: true;
}

/** Judges one case. */
export type Judge = (row: Row) => Result;

const JUDGES: Readonly<Record<string, Judge>> = {
  'pluto-oracle': judgePluto,
  'ikev2-oracle': judgeIked,
  'proposal-string': readProposals,
  'proposal-clone': (row) => readStrongswan(row, (want) => printStrongswanProposal(stripProposal(want, strongswanFlags(row)))),
  'ikev2-select-one': selectStrongswan,
  'ikev2-select-list': selectStrongswan,
  'ikev2-select-spi': nothingToCompare,
  'ikev2-recorded-selection': nothingToCompare,
  measured: judgeMeasured,
  'wire-sa': reencodeSa,
  'wire-notify': reencodeMessage,
};

/** Judges a case. A configuration that the daemon would not load is an answer; the case then disagrees. */
export function judgeCase(row: Row): Result {
  const kind = row.text('kind');
  const judge = Object.hasOwn(JUDGES, kind) ? JUDGES[kind] : undefined;
  try {
    return (judge ?? unsupportedKind)(row);
  } catch (error) {
    if (!REFUSALS.some((each) => error instanceof each)) throw error;
    const { code, message } = error as Refusal;
    return { line: { id: row.text('id'), outcome: 'error', code, message }, agrees: false };
  }
}

/** What a case can ask for that is not to be had: a text that cannot be read, a policy that nobody would load, a name that nobody has. */
const REFUSALS = [DialectError, NotationError, ConfigError, ProfileError, ReleaseError] as const;
type Refusal = InstanceType<(typeof REFUSALS)[number]>;

/** Neither agrees nor disagrees. */
function unsupportedKind(row: Row): Result {
  return { line: { id: row.text('id'), outcome: 'error', code: 'unsupported-kind' }, unsupported: true };
}

function judgePluto(row: Row): Result {
  const connection = {
    policy: row.words('policy', POLICY_WORDS).join(','),
    pskKnown: row.flag('pskKnown', true),
    initiatorCheck: row.flag('selection', false),
  };
  const { outcome, code, logs, reply } = freeswan().judge(row.hex('saPayload'), connection, row.phase());
  const line = {
    id: row.text('id'),
    outcome,
    code,
    notify: NOTIFY_NAMES.get(code) ?? null,
    accepted: outcome === 'selected',
    logs: logs.map(printLine),
    replySa: reply ? bytesToHex(reply) : null,
  };
  return compare(line, row.expected(['code', 'accepted', 'logs', 'replySa']));
}

/** Decoded and encoded again; the generic header is kept as it is. */
function reencodeSa(row: Row): Result {
  const id = row.text('id');
  const octets = row.hex('saPayload');
  const { value, faults } = decodeSaBody(octets.subarray(4), row.version() === 1 ? 'ikev1' : 'ikev2');
  if (!value) return { line: { id, outcome: 'error', code: faults[0]?.code ?? 'undecodable' }, agrees: false };
  const reencoded = bytesToHex(octets.subarray(0, 4)) + bytesToHex(encodeSaBody(value));
  return { line: { id, outcome: 'decoded', reencoded }, agrees: reencoded === bytesToHex(octets) };
}

function reencodeMessage(row: Row): Result {
  const id = row.text('id');
  const octets = row.hex('message');
  const decoded = decodeMessage(octets);
  if (!decoded.ok) return { line: { id, outcome: 'error', code: decoded.fault.code }, agrees: false };
  const { header, payloads, trailing } = decoded.value;
  const reencoded = bytesToHex(encodeMessage({ ...header, payloads, ...(trailing && { trailing }) }));
  return { line: { id, outcome: 'decoded', reencoded }, agrees: reencoded === bytesToHex(octets) };
}

function compare(line: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, unknown>> | undefined): Result {
  if (!expected) return { line };
  const agrees = Object.entries(expected).every(([field, value]) => JSON.stringify(line[field]) === JSON.stringify(value));
  return { line, agrees };
}

/** A row to read as a rule: it says nothing that a selector could be asked. */
function nothingToCompare(row: Row): Result {
  return { line: { id: row.text('id'), outcome: 'decoded' } };
}

/** OpenIKED's own functions, run on two lists. */
function judgeIked(row: Row): Result {
  const circumstances = { rekey: row.number('rekey') !== 0, keGroup: row.number('keGroup'), followsKe: true };
  const { peer, transforms } = negotiate(ikedProposals(row, 'local'), ikedProposals(row, 'offered'), circumstances);
  const chosen = peer && {
    number: peer.number,
    protocol: peer.protocol,
    transforms: transforms.map(({ type, id, length }) => [type, id, length]),
  };
  const line = { id: row.text('id'), outcome: chosen ? 'selected' : 'refused', accepted: chosen !== undefined, chosen: chosen ?? null };
  if (!row.has('expected')) return { line };
  return { line, agrees: sorted(chosen ?? null) === sorted(row.value('expected')) };
}

/** The order of transforms says nothing. */
function sorted(chosen: unknown): string {
  if (!isRecord(chosen) || !Array.isArray(chosen['transforms'])) return JSON.stringify(chosen);
  const transforms = chosen['transforms'].map((each: unknown) => JSON.stringify(each)).toSorted();
  return JSON.stringify([chosen['number'], chosen['protocol'], transforms]);
}

function ikedProposals(row: Row, field: string): readonly IkedProposal[] {
  const value = row.value(field);
  const fail = (): never => {
    throw row.broken(`"${field}" must be a list of {number, protocol, transforms: [[type, id, key length], …]}`);
  };
  if (!Array.isArray(value)) return fail();
  return value.map((each: unknown): IkedProposal => {
    if (!isRecord(each) || !Array.isArray(each['transforms'])) return fail();
    const transforms = each['transforms'].map((transform: unknown) => {
      if (!Array.isArray(transform) || !transform.every((part: unknown) => Number.isInteger(part))) return fail();
      const [type = 0, id = 0, length = 0] = transform as readonly number[];
      return { type, id, length };
    });
    const { number, protocol } = each;
    return typeof number === 'number' && typeof protocol === 'number' ? { number, protocol, transforms } : fail();
  });
}

/** A text in an implementation's own notation: what it expands to, or that it is refused. */
function readProposals(row: Row): Result {
  const impl = row.text('impl');
  if (impl === 'libreswan') return readLibreswan(row);
  return impl === 'strongswan' ? readStrongswan(row, showStrongswanProposal) : unsupportedKind(row);
}

/** strongSwan's algebra by itself: two lists of proposals, compared as `flags` say. */
function selectStrongswan(row: Row): Result {
  const protocol = strongswanProtocol(row);
  const lists = ['local', 'offered'].map((field) => row.texts(field).map((text) => parseStrongswanProposal(text, ...protocol)));
  const [local = [], offered = []] = lists;
  const flags = strongswanFlags(row);
  const printed = (chosen: ReturnType<typeof selectProposal>): string | null => (chosen ? printStrongswanProposal(chosen) : null);
  const chosen = printed(selectProposal(local, offered, flags));
  const line = { id: row.text('id'), outcome: chosen === null ? 'refused' : 'selected', accepted: chosen !== null, chosen };
  if (!row.has('expected')) return { line };
  const matches = row.value('expected') !== null;
  const sides = [[local, offered] as const, [offered, local] as const];
  const symmetric = sides.every(([one, other]) =>
    [false, true].every((preferSupplied) => (selectProposal(one, other, { ...flags, preferSupplied }) !== undefined) === matches),
  );
  return { line, agrees: chosen === row.value('expected') && (!row.flag('symmetricMatch', false) || symmetric) };
}

/** Read and printed again. */
function readStrongswan(row: Row, print: (want: ReturnType<typeof parseStrongswanProposal>) => string): Result {
  const id = row.text('id');
  const stated = row.has('expected');
  try {
    const chosen = print(parseStrongswanProposal(row.text('input'), ...strongswanProtocol(row)));
    return { line: { id, outcome: 'selected', chosen }, ...(stated && { agrees: chosen === row.value('expected') }) };
  } catch (error) {
    if (!(error instanceof DialectError)) throw error;
    const line = { id, outcome: 'error', code: error.code, message: error.message, offset: error.offset, chosen: null };
    return { line, ...(stated && { agrees: row.value('expected') === null }) };
  }
}

function strongswanFlags(row: Row): { readonly preferSupplied: boolean; readonly skipKe: boolean; readonly skipPrivate: boolean } {
  const flags = row.has('flags') ? row.texts('flags') : [];
  return {
    preferSupplied: flags.includes('PREFER_SUPPLIED'),
    skipKe: flags.includes('SKIP_KE'),
    skipPrivate: flags.includes('SKIP_PRIVATE'),
  };
}

function strongswanProtocol(row: Row): [Negotiation, { protocol?: 2 | 3; unknownTypes: true }] {
  const protocol = row.text('protocol');
  if (protocol === 'IKE') return ['ikev2-ike', { unknownTypes: true }];
  if (protocol === 'ESP') return ['ikev2-child', { protocol: 3, unknownTypes: true }];
  if (protocol === 'AH') return ['ikev2-child', { protocol: 2, unknownTypes: true }];
  throw row.broken('"protocol" may be IKE, ESP or AH');
}

function readLibreswan(row: Row): Result {
  const [, kind = '', text] = /^([a-z0-9]+)(?:=(.*))?$/s.exec(row.text('input')) ?? [];
  if (!['ike', 'esp', 'ah'].includes(kind)) throw row.broken('"input" must begin with ike, esp or ah');
  const options = { ikev: row.number('ikev') === 1 ? 1 : 2, pfs: row.flag('pfs', false) } as const;
  const line = { id: row.text('id'), ...libreswanList(kind as LibreswanKind, text, options) };
  if (!row.has('expect')) return { line };
  const wanted =
    row.text('expect') === 'error'
      ? { outcome: 'error' }
      : { outcome: 'selected', ...(row.has('expected') && { chosen: row.value('expected') }) };
  return compare(line, wanted);
}

type Listed =
  | { readonly outcome: 'selected'; readonly chosen: readonly string[] }
  | { readonly outcome: 'error'; readonly code: string; readonly message: string; readonly offset: number };

function libreswanList(kind: LibreswanKind, text: string | undefined, options: { readonly ikev: 1 | 2; readonly pfs: boolean }): Listed {
  try {
    return { outcome: 'selected', chosen: printLibreswan(parseLibreswan(kind, text, options)) };
  } catch (error) {
    if (!(error instanceof DialectError)) throw error;
    return { outcome: 'error', code: error.code, message: error.message, offset: error.offset };
  }
}
