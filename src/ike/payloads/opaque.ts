import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { DecodeFault } from '../../proposals/wire/errors.ts';
import type { PayloadBase } from './base.ts';
import type { Payload } from './index.ts';

/** A payload not taken apart: its type has no codec here, or its body is broken. */
export interface Opaque extends PayloadBase {
  readonly kind: 'opaque';
  readonly data: Uint8Array;
  /** The first thing wrong with it; none when the type is merely not known. */
  readonly fault?: DecodeFault;
  /** What could be read of a broken one. */
  readonly partial?: Payload;
}

export function readOpaque(r: Reader, type: number): Opaque {
  return { kind: 'opaque', type, data: r.rest() };
}

export function writeOpaque(w: Writer, payload: Opaque): void {
  w.put(payload.data);
}
