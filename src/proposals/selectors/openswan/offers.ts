/**
 * What Openswan offers in IKEv2: one proposal per entry of its list, the types in the order of its release.
 *
 * @see Openswan 3.0.0 `ai2db.c`, `alginfo2parent_db2`; 2.6.52.3 `spdb_struct.c`, `sa_v2_convert`; messages of its unit tests
 * @module
 */
import type { Offer, Slot, SingleTransform, Suite } from '../../model.ts';

const TYPE: Readonly<Partial<Record<Slot, number>>> = { encryption: 1, prf: 2, integrity: 3, group: 4 };
const ORDER_26: readonly Slot[] = ['encryption', 'integrity', 'prf', 'group'];
const ORDER_30: readonly Slot[] = ['encryption', 'prf', 'integrity', 'group'];
const KEY_LENGTH = 14;

/** The offer of a list. */
export function ikev2Offer(list: readonly Suite[], since3: boolean): Offer {
  const groups = list.map((suite, i) => {
    const transforms = (since3 ? ORDER_30 : ORDER_26).flatMap((slot): SingleTransform[] => {
      const own = suite[slot];
      if (!own) return [];
      const attributes = own.keyBits === undefined ? [] : [{ type: KEY_LENGTH, form: 'TV' as const, value: own.keyBits }];
      return [{ kind: 'single', type: TYPE[slot] ?? 0, id: own.id, attributes }];
    });
    return { number: (i + 1) & 0xff, proposals: [{ protocol: 1, spi: new Uint8Array(0), transforms }] };
  });
  return { negotiation: 'ikev2-ike', groups };
}
