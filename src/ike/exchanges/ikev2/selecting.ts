/**
 * Who chooses: any function that takes an SA payload and says what leaves for the peer; a configured profile's `respond` is one.
 *
 * @module
 */
import type { Offer } from '../../../proposals/model.ts';
import { decodeSaBody, encodeSaBody } from '../../../proposals/wire/sa.ts';

/** An SA payload, and what else of the message the choice hangs on. */
export interface SelectionRequest {
  readonly negotiation: 'ikev2-ike' | 'ikev2-child';
  readonly step: 'sa-init' | 'auth' | 'create-child' | 'rekey-ike' | 'rekey-child';
  /** With its generic header. */
  readonly sa: Uint8Array;
  readonly keGroup?: number;
  readonly notifies?: readonly number[];
}

/** What it says: an SA payload with its generic header, a notification, or nothing. */
export type SelectionWire =
  | { readonly kind: 'answer'; readonly sa: Uint8Array }
  | { readonly kind: 'notify'; readonly type: number; readonly data: Uint8Array }
  | { readonly kind: 'silence' | 'proceeds' };

export type Select = (request: SelectionRequest) => { readonly wire: SelectionWire };

/** Chosen, refused by a notification, or passed over. */
export type Selected =
  | { readonly kind: 'answer'; readonly offer: Offer }
  | { readonly kind: 'notify'; readonly type: number; readonly data: Uint8Array }
  | { readonly kind: 'silence' };

/** Asks a selector about a decoded offer. */
export function select(
  choose: Select,
  offer: Offer,
  { step, keGroup, notifies }: Pick<SelectionRequest, 'step' | 'keGroup' | 'notifies'>,
): Selected {
  const negotiation = step === 'sa-init' || step === 'rekey-ike' ? 'ikev2-ike' : 'ikev2-child';
  const body = encodeSaBody({ offer });
  const length = body.length + GENERIC;
  const sa = Uint8Array.from([0, 0, length >> 8, length & 0xff, ...body]);
  const { wire } = choose({ negotiation, step, sa, ...(keGroup !== undefined && { keGroup }), ...(notifies && { notifies }) });
  if (wire.kind === 'notify') return { kind: 'notify', type: wire.type, data: wire.data };
  if (wire.kind !== 'answer') return { kind: 'silence' };
  const { value } = decodeSaBody(wire.sa.subarray(GENERIC), negotiation);
  return value ? { kind: 'answer', offer: value.offer } : { kind: 'silence' };
}

/** The offer with one SPI in every proposal; groups of key exchange left out where there is no place for them. @see RFC 7296 §1.2 */
export function withSpi(offer: Offer, spi: Uint8Array, keys: 'with-groups' | 'without-groups' = 'with-groups'): Offer {
  return {
    ...offer,
    groups: offer.groups.map((group) => ({
      ...group,
      proposals: group.proposals.map((proposal) => ({
        ...proposal,
        spi,
        transforms:
          keys === 'with-groups'
            ? proposal.transforms
            : proposal.transforms.filter((each) => each.kind === 'suite' || (each.type !== KEY_EXCHANGE && each.type < FIRST_ADDITIONAL)),
      })),
    })),
  };
}

const GENERIC = 4;
const KEY_EXCHANGE = 4;
const FIRST_ADDITIONAL = 6;
