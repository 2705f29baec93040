/**
 * Odd IKE_SA_INIT requests. Most carry the public value of a group that is not offered: the peer tells its mind and keeps no state.
 *
 * @see RFC 7296 §1.2, §3.3
 * @module
 */
import {
  type Algorithm,
  type Attribute,
  KEY_LENGTH_ATTRIBUTE,
  type ProposalOddities,
  type SingleTransform,
  type Suite,
} from '../../proposals/model.ts';
import { singleTransforms } from '../../proposals/offers.ts';
import { boxOfSuite } from '../asked-offers.ts';
import { foreignGroup } from '../map-ikev2.ts';
import type { Known } from './known.ts';
import type { OddRequest, Topic } from './requests.ts';

export const IKEV2_REQUESTS: readonly OddRequest[] = [
  row('v2-plain', 'group', 'an acceptable suite, the public value of another group', (known) => [proposal(1, of(known.suite))]),
  row('v2-refused', 'refusal', 'a suite that is not accepted', (known) => [proposal(1, of(known.refused))], { always: true }),
  row('v2-answer', 'answer', 'an acceptable suite', (known) => [proposal(1, of(known.suite))], { ke: (known) => known.suite.group?.id }),
  row('v2-numbers-2-3', 'numbers', 'proposals 2 and 3', (known) => [proposal(2, of(known.suite)), proposal(3, of(known.suite))], {
    malformed: true,
  }),
  row(
    'v2-same-number',
    'proposals',
    'two proposals with the same number',
    (known) => [{ number: 1, proposals: [...proposal(1, of(known.suite)).proposals, ...proposal(1, of(known.suite)).proposals] }],
    { malformed: true },
  ),
  row('v2-number-0', 'numbers', 'proposal number 0', (known) => [proposal(0, of(known.suite))], { malformed: true }),
  row('v2-unknown-type', 'types', 'a transform of an unknown type in the first of two proposals', (known) => [
    proposal(1, [...of(known.suite), single(242, 1)]),
    proposal(2, of(known.suite)),
  ]),
  row('v2-unknown-attribute', 'attributes', 'an unknown attribute beside the key length', (known) => [
    proposal(
      1,
      onCipher(known, (list) => [...list, tv(4242, 1)]),
    ),
  ]),
  row(
    'v2-key-length-tlv',
    'form',
    'a key length written with a length',
    (known) =>
      known.suite.encryption?.keyBits === undefined
        ? undefined
        : [
            proposal(
              1,
              onCipher(known, (list) => list.map(asTlv)),
            ),
          ],
    { malformed: true },
  ),
  row(
    'v2-key-length-twice',
    'key-length',
    'two key lengths in one transform, the first acceptable',
    (known) =>
      known.suite.encryption?.keyBits === undefined
        ? undefined
        : [
            proposal(
              1,
              onCipher(known, (list) => [...list, tv(KEY_LENGTH_ATTRIBUTE, 72)]),
            ),
          ],
    { malformed: true },
  ),
  row('v2-spi-8', 'spi', 'an SPI of 8 octets in the first exchange', (known) => [proposal(1, of(known.suite), { spi: SPI })], {
    malformed: true,
  }),
  row(
    'v2-count',
    'count',
    'a count of transforms that is one too large',
    (known) => [proposal(1, of(known.suite), { odd: { transformCount: of(known.suite).length + 1 } })],
    { malformed: true },
  ),
  row('v2-esn', 'types', 'extended sequence numbers in an IKE proposal', (known) => [proposal(1, [...of(known.suite), single(5, 0)])]),
  row(
    'v2-none-beside',
    'types',
    'no integrity as one of the choices',
    (known) => known.suite.integrity && [proposal(1, [...of(known.suite), single(3, 0)])],
  ),
  row(
    'v2-aead-none',
    'types',
    'an AEAD cipher with integrity NONE',
    (known) => known.aead && [proposal(1, [...of(known.aead), single(3, 0)])],
  ),
  row(
    'v2-aead-integrity',
    'types',
    'an AEAD cipher with an integrity algorithm',
    (known) => known.aead && [proposal(1, [...of(known.aead), single(3, HMAC_SHA256)])],
  ),
  row('v2-order-ab', 'order', 'two acceptable groups', (known) => both(known, false)),
  row('v2-order-ba', 'order', 'two acceptable groups, the other way round', (known) => both(known, true)),
  row('v2-group-a', 'group', 'two acceptable groups, the public value of the first', (known) => both(known, false), {
    ke: (known) => known.suite.group?.id,
  }),
  row('v2-group-b', 'group', 'two acceptable groups, the public value of the second', (known) => both(known, false), {
    ke: (known) => known.other?.group?.id,
  }),
];

type Group = ReturnType<typeof proposal>;

interface Oddness {
  readonly malformed?: true;
  /** Asked of peers that accept nothing too. */
  readonly always?: boolean;
  /** The group of the public value; one that is not offered when left out. */
  readonly ke?: (known: Known) => number | undefined;
}

function row(
  id: string,
  topic: Topic,
  asks: string,
  groups: (known: Known) => readonly Group[] | undefined,
  oddness: Oddness = {},
): OddRequest {
  const { malformed, always = false, ke } = oddness;
  return {
    id,
    topic,
    asks,
    exchange: 'ikev2-init',
    ...(malformed && { malformed }),
    build(known) {
      const made = known.accepts || always ? groups(known) : undefined;
      if (made === undefined) return undefined;
      const offered = made.flatMap(({ proposals }) =>
        proposals.flatMap(({ transforms }) => transforms.filter(({ type }) => type === GROUP)),
      );
      const keGroup = ke?.(known) ?? foreignGroup(offered.map(({ id: group }) => group));
      return { offer: { negotiation: 'ikev2-ike', groups: made }, keGroup };
    },
  };
}

function proposal(number: number, transforms: readonly SingleTransform[], { spi, odd }: { spi?: Uint8Array; odd?: ProposalOddities } = {}) {
  return { number, proposals: [{ protocol: 1, spi: spi ?? new Uint8Array(), transforms, ...(odd && { odd }) }] };
}

const of = (suite: Suite): SingleTransform[] => singleTransforms(boxOfSuite(suite));
const single = (type: number, id: number): SingleTransform => ({ kind: 'single', type, id, attributes: [] });
const tv = (type: number, value: number): Attribute => ({ type, form: 'TV', value });

/** The acceptable suite with its cipher's attributes changed. */
function onCipher({ suite }: Known, change: (list: readonly Attribute[]) => readonly Attribute[]): SingleTransform[] {
  return of(suite).map((one) => (one.type === ENCRYPTION ? { ...one, attributes: change(one.attributes) } : one));
}

function asTlv(attribute: Attribute): Attribute {
  if (attribute.form === 'TLV') return attribute;
  return { type: attribute.type, form: 'TLV', value: Uint8Array.of(attribute.value >> 8, attribute.value & 0xff) };
}

/** One proposal with the groups of both suites. */
function both({ suite, other }: Known, turned: boolean): readonly Group[] | undefined {
  const groups = [suite.group, other?.group].filter((group): group is Algorithm => group !== undefined);
  if (groups.length < 2) return undefined;
  return [proposal(1, singleTransforms({ ...boxOfSuite(suite), group: turned ? groups.toReversed() : groups }))];
}

const [ENCRYPTION, GROUP] = [1, 4];
const HMAC_SHA256 = 12;
const SPI = Uint8Array.of(0x5a, 1, 2, 3, 4, 5, 6, 7);
