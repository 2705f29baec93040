/** Messages and offers out of thin air, in the form that decoding gives them. */
import fc from 'fast-check';
import type { MessageDraft, Payload, TrafficSelector, Version } from '../../src/ike/index.ts';
import type { Attribute, Negotiation, Offer, Proposal, ProposalGroup, Transform } from '../../src/proposals/model.ts';
import type { SaBody } from '../../src/proposals/wire/sa.ts';

const u8 = fc.integer({ min: 0, max: 0xff });
const u15 = fc.integer({ min: 0, max: 0x7fff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u24 = fc.integer({ min: 1, max: 0xffffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const nonZero8 = fc.integer({ min: 1, max: 0xff });
const octets = (max: number, min = 0): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: min, maxLength: max });

const optional = fc.option;
const none = { nil: undefined, freq: 3 };

/** Leaves out what is undefined, as decoding does. */
function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

export const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  fc.record({ type: u15, form: fc.constant('TV' as const), value: u16 }),
  fc.record({ type: u15, form: fc.constant('TLV' as const), value: octets(12) }),
);

function transform(two: boolean): fc.Arbitrary<Transform> {
  const attributes = fc.array(attribute, { maxLength: 4 });
  const bare: fc.Arbitrary<Transform> = two
    ? fc.record({ kind: fc.constant('single' as const), type: u8, id: u16, attributes })
    : fc.record({ kind: fc.constant('suite' as const), number: u8, id: u8, attributes });
  const odd = fc.oneof(
    fc.record({ reserved: nonZero8 }),
    fc.record({ reserved2: two ? nonZero8 : fc.integer({ min: 1, max: 0xffff }) }),
    fc.record({ nextPayload: fc.integer({ min: 4, max: 255 }) }),
  );
  return fc.tuple(bare, optional(odd, none)).map(([plain, oddity]) => (oddity ? { ...plain, odd: oddity } : plain));
}

function proposal(two: boolean, protocol: fc.Arbitrary<number>): fc.Arbitrary<Proposal> {
  return fc
    .tuple(
      fc.record({ protocol, spi: octets(16), transforms: fc.array(transform(two), { maxLength: 5 }) }),
      optional(fc.oneof(fc.record({ reserved: nonZero8 }), fc.record({ nextPayload: fc.integer({ min: 3, max: 255 }) })), none),
    )
    .map(([plain, odd]) => (odd ? { ...plain, odd } : plain));
}

/** Neighbouring groups have different numbers, else they were one. */
function groups(two: boolean, protocol: fc.Arbitrary<number>): fc.Arbitrary<ProposalGroup[]> {
  const group = fc.record({ number: u8, proposals: fc.array(proposal(two, protocol), { minLength: 1, maxLength: 3 }) });
  return fc.array(group, { minLength: 1, maxLength: 4 }).map((all) => all.filter((one, i) => one.number !== all[i - 1]?.number));
}

export const NEGOTIATIONS: readonly Negotiation[] = ['ikev1-phase1', 'ikev1-phase2', 'ikev2-ike', 'ikev2-child'];

export function offer(negotiation: Negotiation): fc.Arbitrary<Offer> {
  const ike = negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike';
  const protocol = ike ? fc.constant(1) : fc.integer({ min: 2, max: 255 });
  return groups(negotiation.startsWith('ikev2'), protocol).map((all) => ({ negotiation, groups: all }));
}

export function saBody(version: Version): fc.Arbitrary<SaBody> {
  const two = version === 2;
  const offers = fc.oneof(offer(two ? 'ikev2-ike' : 'ikev1-phase1'), offer(two ? 'ikev2-child' : 'ikev1-phase2'));
  if (two) return fc.record({ offer: offers });
  const situation = octets(4, 4).map((bits) => Uint8Array.from(bits, (bit, i) => (i === 3 ? bit & 1 : bit)));
  return fc.record({ doi: u32, situation, offer: offers });
}

const selector: fc.Arbitrary<TrafficSelector> = fc.oneof(
  ...[4, 16].map((size) =>
    fc.record({
      form: fc.constant('range' as const),
      tsType: fc.constant(size === 4 ? 7 : 8),
      protocol: u8,
      startPort: u16,
      endPort: u16,
      start: octets(size, size),
      end: octets(size, size),
    }),
  ),
  fc.record({ form: fc.constant('other' as const), tsType: fc.integer({ min: 9, max: 255 }), protocol: u8, data: octets(9) }),
);

function bodies(version: Version): fc.Arbitrary<Payload> {
  const one = version === 1;
  const is = <K extends Payload['kind']>(kind: K, v1: number, v2: number) => ({
    kind: fc.constant(kind),
    type: fc.constant(one ? v1 : v2),
  });
  const data = octets(40);
  const reservedBody = optional(u24, none);
  const both: fc.Arbitrary<Payload>[] = [
    fc.record({ ...is('sa', 1, 33), body: saBody(version) }),
    fc.record({ ...is('ke', 4, 34), ...(one ? {} : { group: u16 }), data }),
    fc.record({ ...is('nonce', 10, 40), data }),
    fc.record({ ...is('id', 5, 35), idType: u8, protocol: u8, port: u16, data }),
    fc.record({ ...is('cert', 6, 37), encoding: u8, data }),
    fc.record({ ...is('certreq', 7, 38), encoding: u8, data }),
    fc.record({ ...is('notify', 11, 41), ...(one && { doi: u32 }), protocol: u8, spi: octets(20), notify: u16, data }),
    fc.record({
      ...is('delete', 12, 42),
      ...(one && { doi: u32 }),
      protocol: u8,
      spiSize: fc.constant(4),
      spis: fc.array(octets(4, 4), { maxLength: 3 }),
    }),
    fc.record({
      ...is('delete', 12, 42),
      ...(one && { doi: u32 }),
      protocol: u8,
      spiSize: fc.constant(0),
      spis: fc.constant([]),
      count: nonZero8,
    }),
    fc.record({ ...is('vendor', 13, 43), data }),
    fc.record({ ...is('opaque', 77, 49), data }),
  ];
  const first: fc.Arbitrary<Payload>[] = [
    fc.record({ ...is('cp', 14, 0), cfgType: u8, identifier: u16, attributes: fc.array(attribute, { maxLength: 3 }) }),
    fc.record({ ...is('hash', 8, 0), data }),
    fc.record({ ...is('sig', 9, 0), data }),
    fc.record({ ...is('natd', 20, 0), data }),
    fc.record({ ...is('natd', 130, 0), data }),
    fc.record({ ...is('natoa', 131, 0), idType: u8, reservedBody, address: octets(16) }).map(present),
    fc.record({ ...is('fragment', 132, 0), id: u16, number: u8, flags: u8, data }),
  ];
  const second: fc.Arbitrary<Payload>[] = [
    fc.record({ ...is('auth', 0, 39), method: u8, reservedBody, data }).map(present),
    fc.record({ ...is('ts', 0, 44), selectors: fc.array(selector, { maxLength: 3 }), reservedBody }).map(present),
    fc.record({
      ...is('cp', 0, 47),
      cfgType: u8,
      attributes: fc.array(fc.record({ type: u16, form: fc.constant('TLV' as const), value: octets(9) }), { maxLength: 3 }),
    }),
    fc.record({ ...is('eap', 0, 48), data }),
  ];
  return fc.oneof(...both, ...(one ? first : second));
}

/** A payload with a reserved octet now and then. */
export function payload(version: Version): fc.Arbitrary<Payload> {
  return fc.tuple(bodies(version), optional(nonZero8, none)).map(([plain, reserved]) => (reserved ? { ...plain, reserved } : plain));
}

/** A payload that ends its message: ciphertext. */
function sealed(version: Version): fc.Arbitrary<Payload> {
  const data = octets(60);
  if (version === 1) return fc.record({ kind: fc.constant('encrypted' as const), type: nonZero8.filter((n) => n !== 132), data });
  return fc.oneof(
    fc.record({ kind: fc.constant('encrypted' as const), type: fc.constant(46), nextPayload: nonZero8, data }),
    fc.record({ kind: fc.constant('fragment' as const), type: fc.constant(53), nextPayload: nonZero8, number: u16, total: u16, data }),
  );
}

/** A message without a fault. */
export const message: fc.Arbitrary<MessageDraft> = fc.constantFrom<Version>(1, 2).chain((version) => {
  const clear = fc.array(payload(version), { maxLength: 6 });
  const shut = version === 1 ? sealed(1).map((one) => [one]) : fc.tuple(clear, sealed(2)).map(([before, last]) => [...before, last]);
  const head = {
    initiatorSpi: octets(8, 8),
    responderSpi: octets(8, 8),
    version: fc.integer({ min: version * 16, max: version * 16 + 15 }),
    exchange: u8,
    messageId: u32,
  };
  return fc.oneof(
    fc.record({ ...head, flags: u8.map((flags) => (version === 1 ? flags & ~1 : flags)), payloads: clear }),
    fc.record({ ...head, flags: u8.map((flags) => flags | 1), payloads: shut }),
  );
});
