/**
 * The transforms of one IKEv2 proposal, as many as its count says. Behind them nothing is read.
 *
 * @see libreswan `process_transforms`
 * @module
 */
import type { Path } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import type { Release } from '../profile.ts';
import type { Bench } from './bench.ts';
import { type Fault, NOTIFY, structure } from './ledger.ts';
import { book } from './log.ts';
import * as names from './names.ts';
import { behind, type Shown } from './shown.ts';
import { type Block, IKEV2_ATTRIBUTE, IKEV2_TRANSFORM, left, readHeader } from './packet.ts';

/** A transform that was offered. `keyBits` 0: no Key Length. */
export interface OfferedTransform {
  readonly type: number;
  readonly id: number;
  readonly keyBits: number;
  readonly path: Path;
}

/** The greatest transform type that it knows: extended sequence numbers, since 5.4 group controller authentication. */
function lastType(release: Release): number {
  return release.since('5.4') ? 14 : 5;
}

const INTEG = 3;
const NONE = 0;

/** All of them; nothing when the proposal is skipped; `fatal` ends the SA. */
export function readTransforms(
  block: Block,
  proposal: { readonly number: number; readonly count: number; readonly path: Path },
  shown: Shown,
  bench: Bench,
): readonly OfferedTransform[] | { readonly fatal: number } | undefined {
  const { ledger, release } = bench;
  const { number, count } = proposal;
  const found: OfferedTransform[] = [];
  const fatal = (path: Path, fault?: Fault): { readonly fatal: number } => {
    ledger.refuse(path, [fault ?? { reason: { code: 'structure', detail: 'transform type 0', path }, notify: NOTIFY.invalidSyntax }]);
    return { fatal: NOTIFY.invalidSyntax };
  };
  for (let index = 0; index < count; index++) {
    const path = [...proposal.path, index];
    if (index > 0) shown.add(';');
    const header = readHeader(block, IKEV2_TRANSFORM);
    if (header.fault) {
      shown.add('[corrupt-transform]');
      const line = book.write('transformCorrupt', { number, index, fault: behind(header.fault, bench) });
      return fatal(path, { reason: structure(line, path), line, notify: NOTIFY.invalidSyntax });
    }
    const { type, id } = header.values;
    if (type === 0) return fatal(path);
    if (type > lastType(release)) {
      ledger.refuse(path, [{ reason: { code: 'structure', detail: `transform type ${type}`, path } }]);
      return undefined;
    }
    const attributes = readAttributes(header.body, { number, index, path }, shown, bench);
    if (typeof attributes !== 'number') return fatal(path, attributes);
    const transform: OfferedTransform = { type, id, keyBits: attributes, path };
    shown.add(names.typedTransform(type, id, attributes, release));
    const first = type === INTEG ? found.find((each) => each.type === INTEG) : undefined;
    if (first && (first.id === NONE || id === NONE)) {
      shown.add('[mixed-integrity]');
      const line = book.write('mixedIntegrity', { number, index, first: first.id, other: id });
      const offered = [first, transform].map((each) => ({ slot: 'integrity', id: each.id, path: each.path }) as const);
      ledger.refuse(path, [{ reason: { code: 'slot-unexpected', slot: 'integrity', offered }, line }]);
      return undefined;
    }
    found.push(transform);
  }
  return found;
}

/** The last Key Length in bits, 0 without one; a fault for any other attribute, or another form. */
function readAttributes(
  body: Block,
  at: { readonly number: number; readonly index: number; readonly path: Path },
  shown: Shown,
  bench: Bench,
): number | Fault {
  let keyBits = 0;
  for (let i = 0; left(body) > 0; i++) {
    const header = readHeader(body, IKEV2_ATTRIBUTE);
    if (!header.fault) {
      keyBits = header.values.value;
      continue;
    }
    shown.add('[corrupt-attribute]');
    const line = book.write('attributeCorrupt', { number: at.number, index: at.index, fault: behind(header.fault, bench) });
    const { type } = header.values;
    const path = [...at.path, i];
    const reason: Reason =
      type === undefined ? structure(line, path) : { code: 'attribute-unsupported', attribute: type & ~names.TV, path };
    return { reason, line, notify: NOTIFY.invalidSyntax };
  }
  return keyBits;
}
