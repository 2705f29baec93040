/**
 * What profiles begin and end with: reading an SA payload, writing that of an answer, notifications.
 *
 * @module
 */
import type { LogLine } from '../log-lines.ts';
import type { Attribute, Negotiation, Offer, Path, Proposal, SingleTransform, SuiteTransform } from '../model.ts';
import type { Judgement, Selection } from '../verdict.ts';
import { type DecodedSa, decodeSaBody, encodeSaBody, type SaBody } from '../wire/sa.ts';
import type { Notification, Response, Wire } from './profile.ts';

/** The octets of an SA payload before its body: next payload, reserved, length. */
export const GENERIC_HEADER = 4;

/** An SA payload with its generic header. Offsets of the faults count from the payload's start. */
export function readSa(sa: Uint8Array, negotiation: Negotiation): DecodedSa {
  return decodeSaBody(sa.subarray(GENERIC_HEADER), negotiation, undefined, GENERIC_HEADER);
}

/** The payload of a body, next payload 0. @throws RangeError when it is longer than 65535 octets */
export function writeSa(body: SaBody): Uint8Array {
  const octets = encodeSaBody(body);
  const length = octets.length + GENERIC_HEADER;
  if (length > 0xffff) throw new RangeError(`an SA payload has at most 65535 octets, not ${length}`);
  return Uint8Array.from([0, 0, length >> 8, length & 0xff, ...octets]);
}

/** An IKEv2 answer: one proposal, its transforms in the order given. @see RFC 7296 §3.3 */
export function ikev2Answer(
  negotiation: Negotiation,
  chosen: {
    readonly number: number;
    readonly protocol: number;
    readonly spi?: Uint8Array;
    readonly transforms: readonly ChosenTransform[];
  },
): Uint8Array {
  const transforms = chosen.transforms.map(({ type, id, keyBits }): SingleTransform => {
    return { kind: 'single', type, id, attributes: keyBits === undefined ? [] : [{ type: KEY_LENGTH, form: 'TV', value: keyBits }] };
  });
  const proposal: Proposal = { protocol: chosen.protocol, spi: chosen.spi ?? NO_SPI, transforms };
  return writeSa({ offer: { negotiation, groups: [{ number: chosen.number, proposals: [proposal] }] } });
}

/** One transform of an IKEv2 answer. */
export interface ChosenTransform {
  readonly type: number;
  readonly id: number;
  readonly keyBits?: number;
}

/** An IKEv1 phase 1 answer: one proposal, one transform. The DOI and situation are those of IPsec unless given. */
export function phase1Answer(chosen: {
  readonly number: number;
  readonly transform: number;
  readonly id?: number;
  readonly spi?: Uint8Array;
  readonly attributes: readonly Attribute[];
  readonly doi?: number;
  readonly situation?: Uint8Array;
}): Uint8Array {
  const transform: SuiteTransform = { kind: 'suite', number: chosen.transform, id: chosen.id ?? KEY_IKE, attributes: chosen.attributes };
  const proposal: Proposal = { protocol: PROTOCOL_ISAKMP, spi: chosen.spi ?? NO_SPI, transforms: [transform] };
  const offer: Offer = { negotiation: 'ikev1-phase1', groups: [{ number: chosen.number, proposals: [proposal] }] };
  return writeSa({
    ...(chosen.doi !== undefined && { doi: chosen.doi }),
    ...(chosen.situation && { situation: chosen.situation }),
    offer,
  });
}

export const SILENCE: Wire = { kind: 'silence' };
export const PROCEEDS: Wire = { kind: 'proceeds' };

/** A notification as the RFCs want it: protocol and data as given, else none. */
export function notify(type: number, how: Partial<Omit<Notification, 'kind' | 'type'>> = {}): Notification {
  return {
    kind: 'notify',
    type,
    data: how.data ?? NO_SPI,
    protocol: how.protocol ?? 0,
    spi: how.spi ?? 'none',
    responderSpi: how.responderSpi ?? 'set',
    messageId: how.messageId ?? 'zero',
    ...(how.ownExchange === true && { ownExchange: true }),
    ...(how.encrypted === true && { encrypted: true }),
  };
}

/** A refusal: on the wire a notification, or silence. */
export function refusal(wire: Wire, trace: readonly Judgement[], logs: readonly LogLine[] = []): Response {
  return { outcome: 'refused', notify: wire.kind === 'notify' ? wire.type : 'silence', trace, wire, logs };
}

/** A choice and its answer. */
export function choice(selection: Selection, wire: Wire, trace: readonly Judgement[], logs: readonly LogLine[] = []): Response {
  return { outcome: 'selected', selection, trace, wire, logs };
}

/** INVALID_KE_PAYLOAD: the proposal suits, another group is asked for. @see RFC 7296 §1.2 */
export function askForGroup(
  group: number,
  how: Partial<Omit<Notification, 'kind' | 'type' | 'data'>>,
  trace: readonly Judgement[],
  logs: readonly LogLine[] = [],
): Response {
  const wire = notify(INVALID_KE_PAYLOAD, { ...how, data: Uint8Array.of(group >> 8, group & 0xff) });
  return { ...refusal(wire, trace, logs), wantsGroup: group };
}

/** A judgement; without reasons it accepts. `shown` counts the reasons that the implementation itself tells. */
export function judgement(path: Path, reasons: Judgement['reasons'] = [], more: Pick<Judgement, 'shown' | 'fatal'> = {}): Judgement {
  return { path, accepted: reasons.length === 0, reasons, ...more };
}

const NO_SPI = new Uint8Array();
const KEY_LENGTH = 14;
const KEY_IKE = 1;
const PROTOCOL_ISAKMP = 1;
const INVALID_KE_PAYLOAD = 17;
