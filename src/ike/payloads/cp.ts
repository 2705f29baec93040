import type { Attribute } from '../../proposals/model.ts';
import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import { readAttribute, writeAttribute } from '../../proposals/wire/sa.ts';
import type { Version } from '../numbers.ts';
import type { PayloadBase, ReadContext } from './base.ts';

/**
 * Configuration: Mode Config and XAUTH in IKEv1, CP in IKEv2.
 * In IKEv2 every attribute is a TLV; a set reserved bit stays in its `type` as 0x8000.
 *
 * @see draft-dukes-ike-mode-cfg §3.2, RFC 7296 §3.15
 */
export interface Configuration extends PayloadBase {
  readonly kind: 'cp';
  readonly cfgType: number;
  /** IKEv1: binds request and reply. */
  readonly identifier?: number;
  readonly attributes: readonly Attribute[];
  /** The reserved octet (IKEv1) or 24 bits (IKEv2) when they are not zero. */
  readonly reservedBody?: number;
}

export function readCp(r: Reader, type: number, context: ReadContext): Configuration {
  const one = context.version === 1;
  const cfgType = r.u8('cp.type');
  const reservedBody = one ? r.u8('cp.reserved') : r.u24('cp.reserved');
  const identifier = one ? { identifier: r.u16('cp.identifier') } : undefined;
  const attributes: Attribute[] = [];
  while (r.left > 0) {
    if (r.left < 4) throw r.error('truncated', 'attribute');
    const attribute = one ? readAttribute(r, context.faults) : readTlv(r);
    if (!attribute) break;
    attributes.push(attribute);
  }
  return { kind: 'cp', type, cfgType, ...identifier, attributes, ...(reservedBody !== 0 && { reservedBody }) };
}

export function writeCp(w: Writer, payload: Configuration, version: Version): void {
  w.u8(payload.cfgType);
  if (version === 1) w.u8(payload.reservedBody ?? 0).u16(payload.identifier ?? 0);
  else w.u24(payload.reservedBody ?? 0);
  for (const attribute of payload.attributes) writeAttribute(w, attribute);
}

function readTlv(r: Reader): Attribute {
  const type = r.u16('attribute.type');
  const value = r.take(r.u16('attribute.length'), 'attribute.value');
  return { type, form: 'TLV', value };
}
