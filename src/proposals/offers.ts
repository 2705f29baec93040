/**
 * Suites and boxes → offers: the two shapes in which a first message asks.
 *
 * @module
 */
import {
  type Algorithm,
  type Attribute,
  type Box,
  KEY_LENGTH_ATTRIBUTE,
  OAKLEY,
  type Offer,
  type SingleTransform,
  type Slot,
  type Suite,
  TRANSFORM_TYPE_SLOT,
} from './model.ts';

const NO_SPI = new Uint8Array();

/**
 * One ISAKMP proposal with one transform per suite, numbered from 1. A suite's own `auth` goes before `auth`. Attributes stand in the
 * order encryption, key length, hash, method, group, life type, duration (seconds).
 *
 * @see RFC 2409 §5, Appendix A
 */
export function suitesToPhase1Offer(suites: readonly Suite[], auth: number, lifetime?: { readonly seconds: number }): Offer {
  const transforms = suites.map((suite, i) => ({
    kind: 'suite' as const,
    number: (i + 1) & 0xff,
    id: 1,
    attributes: phase1Attributes(suite, auth, lifetime),
  }));
  return { negotiation: 'ikev1-phase1', groups: [{ number: 1, proposals: [{ protocol: 1, spi: NO_SPI, transforms }] }] };
}

/**
 * One IKE proposal per box, numbered from 1, its transforms by ascending type.
 *
 * @see RFC 7296 §3.3
 */
export function boxesToIkeOffer(boxes: readonly Box[]): Offer {
  const groups = boxes.map((box, i) => ({
    number: (i + 1) & 0xff,
    proposals: [{ protocol: 1, spi: NO_SPI, transforms: singleTransforms(box) }],
  }));
  return { negotiation: 'ikev2-ike', groups };
}

function phase1Attributes(suite: Suite, auth: number, lifetime: { readonly seconds: number } | undefined): Attribute[] {
  const attributes: Attribute[] = [];
  const add = (type: number, value: number | undefined): void => {
    if (value !== undefined) attributes.push({ type, form: 'TV', value });
  };
  add(OAKLEY.encryption, suite.encryption?.id);
  add(OAKLEY.keyLength, suite.encryption?.keyBits);
  add(OAKLEY.hash, suite.hash?.id);
  add(OAKLEY.auth, suite.auth?.id ?? auth);
  add(OAKLEY.group, suite.group?.id);
  if (lifetime !== undefined) {
    add(OAKLEY.lifeType, 1);
    attributes.push(duration(OAKLEY.lifeDuration, lifetime.seconds));
  }
  return attributes;
}

/** IKEv2 transforms by ascending type. @see RFC 7296 §3.3.2 */
export function singleTransforms(box: Box): SingleTransform[] {
  return [...TRANSFORM_TYPE_SLOT].flatMap(([type, slot]: [number, Slot]) =>
    (box[slot] ?? []).map(
      ({ id, keyBits }: Algorithm): SingleTransform => ({
        kind: 'single',
        type,
        id,
        attributes: keyBits === undefined ? [] : [{ type: KEY_LENGTH_ATTRIBUTE, form: 'TV', value: keyBits }],
      }),
    ),
  );
}

/** A lifetime attribute of this type: two octets where they do, else four. @see RFC 2408 §3.3 */
export function duration(type: number, seconds: number): Attribute {
  if (seconds < 0x10000) return { type, form: 'TV', value: seconds };
  const value = new Uint8Array(4);
  new DataView(value.buffer).setUint32(0, seconds);
  return { type, form: 'TLV', value };
}
