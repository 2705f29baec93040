/**
 * Wide offers, of which only the last transform suits: 8 proposals of 12 transforms; in IKEv1 phase 1, where one proposal is allowed, one of 96.
 *
 * @module
 */
import {
  type Box,
  type Negotiation,
  type Offer,
  type Policy,
  policyToOffer,
  type Proposal,
  type Transform,
  wantOf,
} from '../src/proposals/index.ts';

const [PROPOSALS, TRANSFORMS] = [8, 12];
const [IKE, ESP] = [1, 3];
const SPI = Uint8Array.of(0xc0, 0xff, 0xee, 1);

/** Today's plain choice: AES-256, SHA2-256, group 14. */
const WANTED: { readonly [N in Negotiation]: Box } = {
  'ikev1-phase1': { encryption: [{ id: 7, keyBits: 256 }], hash: [{ id: 4 }], group: [{ id: 14 }] },
  'ikev1-phase2': { encryption: [{ id: 12, keyBits: 256 }], integrity: [{ id: 5 }] },
  'ikev2-ike': { encryption: [{ id: 12, keyBits: 256 }], prf: [{ id: 5 }], integrity: [{ id: 12 }], group: [{ id: 14 }] },
  'ikev2-child': { encryption: [{ id: 12, keyBits: 256 }], integrity: [{ id: 12 }], esn: [{ id: 0 }] },
};

const bits = (id: number, ...lengths: readonly number[]): { id: number; keyBits: number }[] => lengths.map((keyBits) => ({ id, keyBits }));
const ids = (...numbers: readonly number[]): { id: number }[] => numbers.map((id) => ({ id }));

/** Known algorithms that are not wanted: a transform for each combination in IKEv1, twelve of them less what is wanted in IKEv2. */
const OTHERS: { readonly [N in Negotiation]: Box } = {
  'ikev1-phase1': { encryption: bits(8, 128, 192, 256), hash: ids(1, 2, 5, 6), group: ids(1, 2, 5, 15, 16, 17, 18, 22) },
  'ikev1-phase2': { encryption: bits(22, 128, 192, 256), integrity: ids(1, 2, 6, 7), mode: ids(1) },
  'ikev2-ike': {
    encryption: [...bits(23, 128, 192, 256), ...bits(13, 128, 192)],
    prf: ids(4, 8),
    integrity: ids(5, 8),
    group: ids(22, 23, 24),
  },
  'ikev2-child': { encryption: [...bits(23, 128, 192, 256), ...bits(13, 128, 192)], integrity: ids(1, 2, 5, 8, 13, 14), esn: ids(0) },
};

/** The policy that the offer's last transforms suit. */
export function wantedPolicy(negotiation: Negotiation): Policy {
  return [[wantOf(negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike' ? IKE : ESP, WANTED[negotiation])]];
}

/** The offer; `last` are the transforms that suit, those of the wanted policy when left out. */
export function wideOffer(negotiation: Negotiation, last: readonly Transform[] = transformsOf(negotiation, WANTED[negotiation])): Offer {
  const others = transformsOf(negotiation, OTHERS[negotiation]);
  const protocol = negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike' ? IKE : ESP;
  const proposal = (transforms: readonly Transform[]): Proposal => {
    return { protocol, spi: protocol === IKE ? new Uint8Array() : SPI, transforms: transforms.map(numbered) };
  };
  if (negotiation === 'ikev1-phase1') {
    const all = [...others.slice(0, PROPOSALS * TRANSFORMS - 1), ...last.slice(0, 1)];
    return { negotiation, groups: [{ number: 1, proposals: [proposal(all)] }] };
  }
  const groups = Array.from({ length: PROPOSALS }, (_, i) => {
    const ending = i === PROPOSALS - 1 ? last.slice(0, negotiation === 'ikev1-phase2' ? 1 : TRANSFORMS) : [];
    const first = others.slice(0, TRANSFORMS - ending.length);
    return { number: i + 1, proposals: [proposal([...first, ...ending])] };
  });
  return { negotiation, groups };
}

function transformsOf(negotiation: Negotiation, box: Box): readonly Transform[] {
  const protocol = negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike' ? IKE : ESP;
  return policyToOffer([[wantOf(protocol, box)]], negotiation).groups.flatMap(({ proposals }) =>
    proposals.flatMap(({ transforms }) => transforms),
  );
}

const numbered = (transform: Transform, i: number): Transform => (transform.kind === 'suite' ? { ...transform, number: i + 1 } : transform);
