/**
 * What libreswan demands of a complete proposal, and of all of them together.
 *
 * Source: libreswan 4.10 and 5.4, proposals.c and {ike,esp,ah}_info.c.
 *
 * @module
 */
import type { DialectError, Token } from '../scanner.ts';
import { storyOf } from './lookup.ts';
import {
  allAead,
  type Draft,
  fault,
  type LibreswanProposal,
  type LibreswanTransform,
  noIntegrity,
  noneAead,
  ofType,
  PROPOSAL_LOG,
  type Reading,
} from './model.ts';

/** One proposal by itself. @throws DialectError */
export function checkProposal(reading: Reading, draft: Draft, at: Token): void {
  if (reading.kind !== 'ah') checkIntegrityFits(reading, draft, at);
  const needed = reading.kind === 'ike' ? (['encrypt', 'prf', 'integ', 'ke'] as const) : (['encrypt', 'integ'] as const);
  for (const type of needed) {
    if (reading.kind === 'ah' && type === 'encrypt') continue;
    if (ofType(draft, type).length === 0) throw fault('missing', `${reading.protocol} proposal missing ${type} transform`, at);
  }
  const none = draft.find(({ type, algorithm }) => type === (reading.kind === 'ah' ? 'integ' : 'ke') && algorithm.name === 'NONE');
  if (none === undefined) return;
  if (reading.kind === 'ah') throw fault('not-allowed', "AH cannot have 'none' as the integrity algorithm", none.at ?? at);
  if (reading.kind !== 'ike') return;
  const said = reading.build.grammar === 'typed' ? "IKE Key Exchange algorithm 'NONE'" : "IKE DH algorithm 'none'";
  throw fault('not-allowed', `${said} not permitted`, none.at ?? at);
}

/** Integrity is for ciphers that do not authenticate, and for those always. */
function checkIntegrityFits({ protocol }: Reading, draft: Draft, at: Token): void {
  const [cipher] = ofType(draft, 'encrypt');
  if (cipher === undefined) return;
  const [aead, plain] = [allAead(draft), noneAead(draft)];
  if (!aead && !plain) {
    const odd = ofType(draft, 'encrypt').find(({ algorithm }) => algorithm.aead !== cipher.algorithm.aead);
    throw fault('not-allowed', `AEAD and non-AEAD ${protocol} encryption algorithm cannot be combined`, odd?.at ?? at);
  }
  const none = noIntegrity(draft);
  const what = `${protocol} encryption algorithm ${cipher.algorithm.name}`;
  const integrity = ofType(draft, 'integ')[0]?.at ?? cipher.at ?? at;
  if (aead && !none) throw fault('not-allowed', `AEAD ${what} must have 'NONE' as the integrity algorithm`, integrity);
  if (plain && none) throw fault('not-allowed', `non-AEAD ${what} cannot have 'NONE' as the integrity algorithm`, integrity);
}

/** The same transform twice, or a key length behind "any length": only the first stays. */
export function withoutDuplicates(reading: Reading, transforms: readonly LibreswanTransform[]): LibreswanTransform[] {
  const kept: LibreswanTransform[] = [];
  for (const transform of transforms) {
    const covered = kept.some(
      (first) =>
        first.type === transform.type &&
        first.algorithm === transform.algorithm &&
        (first.keyBits === undefined || first.keyBits === transform.keyBits),
    );
    if (!covered) kept.push(transform);
    else reading.notices.push(duplicate(reading, transform));
  }
  return kept;
}

function duplicate(reading: Reading, { type, algorithm, keyBits }: LibreswanTransform): ReturnType<typeof PROPOSAL_LOG.write> {
  const name = keyBits === undefined ? algorithm.name : `${algorithm.name}_${keyBits}`;
  return PROPOSAL_LOG.write('duplicate', { protocol: reading.protocol, what: `${storyOf(reading, type)} ${name}` });
}

/** A proposal without its groups, which mean nothing when PFS is off. */
export function withoutGroups(reading: Reading, transforms: readonly LibreswanTransform[]): LibreswanTransform[] {
  const [group] = ofType(transforms, 'ke');
  if (group !== undefined) {
    const { protocol, build } = reading;
    const { name } = group.algorithm;
    const typed = build.grammar === 'typed';
    if (name === 'NONE') reading.notices.push(PROPOSAL_LOG.write(typed ? 'redundantNone' : 'redundantNoneBefore54', { protocol }));
    else reading.notices.push(PROPOSAL_LOG.write(typed ? 'groupWithoutPfs' : 'groupWithoutPfsBefore54', { protocol, name }));
  }
  return transforms.filter(({ type }) => type !== 'ke');
}

/** With PFS: all proposals name a group or none does, and the first group of each is the same. @throws DialectError */
export function checkGroups(reading: Reading, proposals: readonly LibreswanProposal[], at: Token): void {
  const firsts = proposals.map(({ transforms }) => ofType(transforms, 'ke')[0]);
  const said = firsts.filter((group) => group !== undefined);
  if (said.length === 0) return;
  const { protocol, ikev } = reading;
  const typed = reading.build.grammar === 'typed';
  if (said.length < firsts.length) {
    throw fault(
      'missing',
      `either all or no ${protocol} proposals should specify ${typed ? 'Key Exchange' : 'DH'}`,
      placeOf(proposals, at),
    );
  }
  const real = said.filter(({ algorithm }) => algorithm.name !== 'NONE');
  const second = real.find(({ algorithm }) => algorithm !== real[0]?.algorithm);
  if (second !== undefined) throw twoGroups(`${ikev}`, protocol, typed, real[0] as LibreswanTransform, second, at);
}

function twoGroups(
  ikev: string,
  protocol: string,
  typed: boolean,
  first: LibreswanTransform,
  second: LibreswanTransform,
  at: Token,
): DialectError {
  const what = `more than one IKEv${ikev} ${protocol} ${typed ? 'Key Exchange' : 'DH'} algorithm`;
  const unimplemented = `requires unimplemented ${typed ? 'CREATE_CHILD_SA' : 'CHILD_SA'} INVALID_KE`;
  const why = ikev === '1' ? 'is not allowed in quick mode' : unimplemented;
  return fault('not-allowed', `${what} (${first.algorithm.name}, ${second.algorithm.name}) ${why}`, second.at ?? at);
}

/** The first proposal without a group. */
function placeOf(proposals: readonly LibreswanProposal[], at: Token): Token {
  const bare = proposals.find(({ transforms }) => ofType(transforms, 'ke').length === 0);
  return bare?.transforms.find((transform) => transform.at !== undefined)?.at ?? at;
}
