import type { Algorithm, Box } from '../model.ts';

const ids = (...numbers: number[]): Algorithm[] => numbers.map((id) => ({ id }));
const keyed = (id: number, ...bits: number[]): Algorithm[] => bits.map((keyBits) => ({ id, keyBits }));

/** What peers are found to speak, IKEv1 phase 1: 12 ciphers × 6 hashes × 15 groups = 1,080, for each of 8 methods. */
export const COMMON_PHASE1 = {
  boxes: [
    {
      encryption: [
        ...ids(1, 2),
        ...keyed(3, 128),
        ...keyed(4, 128),
        ...ids(5),
        ...keyed(6, 128),
        ...keyed(7, 128, 192, 256),
        ...keyed(8, 128, 192, 256),
      ],
      hash: ids(1, 2, 3, 4, 5, 6),
      group: ids(1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 31),
    },
  ],
  auth: ids(1, 2, 3, 4, 5, 64221, 65001, 65005),
} as const;

const PRF = ids(1, 2, 4, 5, 6, 7);
const GROUP = ids(1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 27, 28, 29, 30, 31);

/** What peers are found to speak, IKEv2: 7,524 classic suites and 1,254 with AEAD ciphers. */
export const COMMON_IKE = {
  boxes: [
    {
      encryption: [
        ...ids(2, 3),
        ...keyed(5, 128),
        ...keyed(7, 128),
        ...keyed(12, 128, 192, 256),
        ...keyed(13, 128, 256),
        ...keyed(23, 128, 256),
      ],
      integrity: ids(1, 2, 5, 12, 13, 14),
      prf: PRF,
      group: GROUP,
    },
    {
      encryption: [
        ...keyed(14, 128, 256),
        ...keyed(16, 128, 256),
        ...keyed(18, 128, 256),
        ...keyed(19, 128),
        ...keyed(20, 128, 192, 256),
        ...ids(28),
      ],
      prf: PRF,
      group: GROUP,
    },
  ],
} as const;

/** Every way in which a child SA's boxes may be completed: with and without a key exchange of its own, and with sequence numbers of each size. */
export function childBoxes(parts: readonly Box[], groups: readonly Algorithm[], esn: readonly (readonly Algorithm[] | undefined)[]): Box[] {
  return [undefined, groups].flatMap((group) =>
    esn.flatMap((sizes) => parts.map((part): Box => ({ ...part, ...(group && { group }), ...(sizes && { esn: sizes }) }))),
  );
}

const CHILD_GROUP = ids(1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 27, 28, 29, 30, 31);
const CHILD_INTEGRITY = ids(1, 2, 5, 8, 12, 13, 14);

/** What peers are found to protect traffic with, IKEv2: ESP with and without combined ciphers, AH; without and with PFS. */
export const COMMON_CHILD = {
  boxes: childBoxes(
    [
      {
        encryption: [
          ...ids(2, 3),
          ...keyed(6, 128),
          ...keyed(7, 128),
          ...ids(11),
          ...keyed(12, 128, 192, 256),
          ...keyed(13, 128, 192, 256),
          ...keyed(23, 128, 192, 256),
        ],
        integrity: CHILD_INTEGRITY,
      },
      {
        encryption: [
          ...keyed(14, 128, 256),
          ...keyed(15, 128, 256),
          ...keyed(16, 128, 256),
          ...keyed(18, 128, 256),
          ...keyed(19, 128, 256),
          ...keyed(20, 128, 192, 256),
          ...keyed(21, 128, 192, 256),
          ...ids(28),
        ],
      },
      { integrity: CHILD_INTEGRITY },
    ],
    CHILD_GROUP,
    [ids(0, 1)],
  ),
} as const;

/** The same in IKEv1, in the numbers of its phase 2. AH has its own numbers for integrity. */
export const COMMON_PHASE2 = {
  boxes: childBoxes(
    [
      {
        encryption: [
          ...ids(2, 3),
          ...keyed(6, 128),
          ...keyed(7, 128),
          ...ids(11),
          ...keyed(12, 128, 192, 256),
          ...keyed(13, 128, 192, 256),
          ...keyed(22, 128, 192, 256),
        ],
        integrity: ids(1, 2, 5, 6, 7, 9),
      },
      {
        encryption: [
          ...keyed(14, 128, 256),
          ...keyed(16, 128, 256),
          ...keyed(18, 128, 256),
          ...keyed(19, 128, 256),
          ...keyed(20, 128, 192, 256),
          ...keyed(23, 128, 192, 256),
        ],
      },
      { integrity: ids(2, 3, 5, 6, 7, 9) },
    ],
    ids(1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 31),
    [undefined, ids(1)],
  ),
} as const;
