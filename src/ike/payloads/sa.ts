import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import { readSaBody, type SaBody, writeSaBody } from '../../proposals/wire/sa.ts';
import type { PayloadBase, ReadContext } from './base.ts';

/** Security Association: the offer, or the answer to one. @see RFC 2408 §3.4, RFC 7296 §3.3 */
export interface Sa extends PayloadBase {
  readonly kind: 'sa';
  readonly body: SaBody;
}

export function readSa(r: Reader, type: number, context: ReadContext): Sa {
  const kind = context.version === 1 ? 'ikev1' : 'ikev2';
  return { kind: 'sa', type, body: readSaBody(r, kind, context.limits, context.faults) };
}

export function writeSa(w: Writer, payload: Sa): void {
  writeSaBody(w, payload.body);
}
