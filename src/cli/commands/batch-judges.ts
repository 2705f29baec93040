/**
 * Who judges a recorded case, by its `kind`, and what is compared.
 *
 * @module
 */
import { decodeMessage, encodeMessage } from '../../ike/index.ts';
import { DialectError, parseLibreswan, printLibreswan } from '../../proposals/dialects/index.ts';
import type { LibreswanKind } from '../../proposals/dialects/index.ts';
import { freeswan, NOTIFY_NAMES, POLICY_WORDS } from '../../proposals/selectors/freeswan/index.ts';
import { type IkedProposal, negotiate } from '../../proposals/selectors/openiked/matching.ts';
import { decodeSaBody, encodeSaBody } from '../../proposals/wire/sa.ts';
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
  'wire-sa': reencodeSa,
  'wire-notify': reencodeMessage,
};

/** The judge of a kind; nothing when there is none. */
export function judgeFor(kind: string): Judge | undefined {
  return Object.hasOwn(JUDGES, kind) ? JUDGES[kind] : undefined;
}

/** Neither agrees nor disagrees. */
export function unsupportedKind(row: Row): Result {
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
  return row.text('impl') === 'libreswan' ? readLibreswan(row) : unsupportedKind(row);
}

function readLibreswan(row: Row): Result {
  const [, kind = '', text] = /^([a-z0-9]+)(?:=(.*))?$/s.exec(row.text('input')) ?? [];
  if (!['ike', 'esp', 'ah'].includes(kind)) throw row.broken('"input" must begin with ike, esp or ah');
  const options = { ikev: row.number('ikev') === 1 ? 1 : 2, pfs: row.flag('pfs', false) } as const;
  const line = { id: row.text('id'), ...libreswanList(kind as LibreswanKind, text, options) };
  if (!row.has('expect')) return { line };
  const wanted = row.text('expect') === 'error' ? { outcome: 'error' } : { outcome: 'selected', chosen: row.value('expected') };
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
