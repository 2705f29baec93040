/**
 * Odd first messages of main mode.
 *
 * @see RFC 2408 §3.3 - §3.6, RFC 2409 §5, Appendix A
 * @module
 */
import { type Attribute, OAKLEY, type Offer, type ProposalOddities, type Suite, type SuiteTransform } from '../../proposals/model.ts';
import { suitesToPhase1Offer } from '../../proposals/offers.ts';
import type { Known } from './known.ts';
import type { OddRequest, Topic } from './requests.ts';

export const IKEV1_REQUESTS: readonly OddRequest[] = [
  row('v1-plain', 'answer', 'an acceptable suite', (known) => offer(of(known.suite, known))),
  row('v1-refused', 'refusal', 'a suite that is not accepted', (known) => offer(of(known.refused, known)), { always: true }),
  row('v1-two-proposals', 'proposals', 'two proposals with the same suite', (known) => [
    proposal(1, [of(known.suite, known)]),
    proposal(2, [of(known.suite, known)]),
  ]),
  row('v1-cipher-twice-last', 'attributes', 'two ciphers in one transform, the second acceptable', (known) =>
    offer(attributes([tv(OAKLEY.encryption, DES)], of(known.suite, known))),
  ),
  row('v1-cipher-twice-first', 'attributes', 'two ciphers in one transform, the first acceptable', (known) =>
    offer(attributes(of(known.suite, known), [tv(OAKLEY.encryption, DES)])),
  ),
  row('v1-unknown-attribute', 'attributes', 'an attribute of private use, type 16385', (known) =>
    offer(attributes(of(known.suite, known), [tv(16385, 1)])),
  ),
  row('v1-order-ab', 'order', 'two acceptable suites', (known) => known.other && offer(of(known.suite, known), of(known.other, known))),
  row(
    'v1-order-ba',
    'order',
    'two acceptable suites, the other way round',
    (known) => known.other && offer(of(known.other, known), of(known.suite, known)),
  ),
  row('v1-odd-order', 'answer', 'attributes in another order, the lifetime in 8 octets', (known) =>
    offer(oddOrder(of(known.suite, known))),
  ),
  row('v1-no-lifetime', 'lifetime', 'no lifetime', (known) => offer(without(LIFE, of(known.suite, known)))),
  row('v1-numbers-5-9', 'numbers', 'transforms 5 and 9, the second acceptable', (known) => [
    proposal(1, [of(known.refused, known), of(known.suite, known)], { numbers: [5, 9] }),
  ]),
  row(
    'v1-numbers-1-1',
    'numbers',
    'two transforms with the same number, the second acceptable',
    (known) => [proposal(1, [of(known.refused, known), of(known.suite, known)], { numbers: [1, 1] })],
    { malformed: true },
  ),
  row('v1-proposal-200', 'numbers', 'proposal number 200', (known) => [proposal(200, [of(known.suite, known)])]),
  row('v1-spi-8', 'spi', 'an SPI of 8 octets', (known) => [proposal(1, [of(known.suite, known)], { spi: SPI })]),
  row(
    'v1-no-key-length',
    'key-length',
    'AES without a key length',
    (known) => known.aes128 && offer(without([OAKLEY.keyLength], of(known.aes128, known))),
  ),
  row('v1-long-lifetime', 'lifetime', 'a lifetime of 100,000 seconds', (known) => offer(of(known.suite, known, 100_000))),
  row('v1-two-methods', 'method', 'RSA signatures with a suite that is not accepted, then an acceptable transform', (known) =>
    offer(of(known.refused, { auth: known.auth === RSA ? PSK : RSA }), of(known.suite, known)),
  ),
  row('v1-no-method', 'method', 'no authentication method', (known) => offer(without([OAKLEY.auth], of(known.suite, known))), {
    malformed: true,
  }),
  row(
    'v1-count',
    'count',
    'a count of transforms that is one too large',
    (known) => [proposal(1, [of(known.suite, known)], { odd: { transformCount: 2 } })],
    { malformed: true },
  ),
  row('v1-cipher-tlv', 'form', 'the cipher written with a length', (known) => offer(of(known.suite, known).map(cipherAsTlv)), {
    malformed: true,
  }),
];

type Attributes = readonly Attribute[];
type Group = Offer['groups'][number];

function row(
  id: string,
  topic: Topic,
  asks: string,
  groups: (known: Known) => readonly Group[] | undefined,
  { malformed, always = false }: { readonly malformed?: true; readonly always?: boolean } = {},
): OddRequest {
  return {
    id,
    topic,
    asks,
    exchange: 'ikev1-main',
    ...(malformed && { malformed }),
    build(known) {
      const made = known.accepts || always ? groups(known) : undefined;
      return made && { offer: { negotiation: 'ikev1-phase1', groups: made } };
    },
  };
}

function offer(...transforms: readonly Attributes[]): Group[] {
  return [proposal(1, transforms)];
}

interface Oddness {
  readonly numbers?: readonly number[];
  readonly spi?: Uint8Array;
  readonly odd?: ProposalOddities;
}

function proposal(number: number, transforms: readonly Attributes[], { numbers, spi, odd }: Oddness = {}): Group {
  const made = transforms.map(
    (list, i): SuiteTransform => ({ kind: 'suite', number: numbers?.[i] ?? i + 1, id: KEY_IKE, attributes: list }),
  );
  return { number, proposals: [{ protocol: 1, spi: spi ?? new Uint8Array(), transforms: made, ...(odd && { odd }) }] };
}

/** A suite's attributes: cipher, key length, hash, method, group, lifetime. */
function of(suite: Suite, { auth }: Pick<Known, 'auth'>, seconds = 3600): Attributes {
  const [transform] = suitesToPhase1Offer([suite], auth, { seconds }).groups[0]?.proposals[0]?.transforms ?? [];
  return transform?.attributes ?? [];
}

const attributes = (...parts: readonly Attributes[]): Attributes => parts.flat();
const without = (types: readonly number[], list: Attributes): Attributes => list.filter(({ type }) => !types.includes(type));
const tv = (type: number, value: number): Attribute => ({ type, form: 'TV', value });

/** The lifetime first, and long; the key length stays behind its cipher, the group behind the method. */
function oddOrder(list: Attributes): Attributes {
  const only = (...types: readonly number[]): Attributes => list.filter(({ type }) => types.includes(type));
  const lifetime: Attribute = { type: OAKLEY.lifeDuration, form: 'TLV', value: Uint8Array.of(0, 0, 0, 0, 0, 0, 3600 >> 8, 3600 & 0xff) };
  return [
    tv(OAKLEY.lifeType, 1),
    lifetime,
    ...only(OAKLEY.hash),
    ...only(OAKLEY.encryption, OAKLEY.keyLength),
    ...only(OAKLEY.auth, OAKLEY.group),
  ];
}

function cipherAsTlv(attribute: Attribute): Attribute {
  if (attribute.type !== OAKLEY.encryption || attribute.form !== 'TV') return attribute;
  return { type: attribute.type, form: 'TLV', value: Uint8Array.of(attribute.value >> 8, attribute.value & 0xff) };
}

const KEY_IKE = 1;
const DES = 1;
const [PSK, RSA] = [1, 3];
const LIFE = [OAKLEY.lifeType, OAKLEY.lifeDuration] as const;
const SPI = Uint8Array.of(0x5a, 1, 2, 3, 4, 5, 6, 7);
