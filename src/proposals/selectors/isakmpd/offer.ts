/**
 * What isakmpd asks for.
 *
 * @see isakmpd ike_phase_1.c ike_phase_1_initiator_send_SA, ike_quick_mode.c initiator_send_HASH_SA_NONCE
 * @module
 */
import { type Algorithm, type Attribute, type Negotiation, OAKLEY, type Offer, type SuiteTransform, type Transform } from '../../model.ts';
import { IPSEC } from '../../clauses.ts';
import { duration } from '../../offers.ts';
import { policyToOffer } from '../../policy.ts';
import type { Setup } from '../profile.ts';
import { type Lives, type Section, sectionsOf } from './sections.ts';

/** Phase 1: one transform per section, numbered from 0: encryption, hash, method, group, lifetimes, key length. */
export function isakmpdOffer(negotiation: Negotiation, setup: Setup, lives: Lives = 'none'): Offer {
  if (negotiation !== 'ikev1-phase1') {
    return quickOffer(setup);
  }
  const transforms = sectionsOf(setup.policy, setup.auth).map((section, number): SuiteTransform => {
    return { kind: 'suite', number: number & 0xff, id: 1, attributes: attributesOf(section, lives) };
  });
  return { negotiation, groups: [{ number: 1, proposals: [{ protocol: 1, spi: new Uint8Array(), transforms }] }] };
}

/** One proposal number per bundle; of each protocol the suites, numbered from 1. */
function quickOffer(setup: Setup): Offer {
  const mode: readonly Algorithm[] = [{ id: setup.mode ?? 1 }];
  const policy = setup.policy.map((bundle) =>
    bundle.map((want) => (want.slots.has('mode') ? want : { ...want, slots: new Map([...want.slots, ['mode', mode] as const]) })),
  );
  const options = { lifetime: { seconds: setup.lifetime ?? 1200 }, spi: setup.spi ?? OUR_SPI };
  const { negotiation, groups } = policyToOffer(policy, 'ikev1-phase2', options);
  return {
    negotiation,
    groups: groups.map((group) => ({
      ...group,
      proposals: group.proposals.map((proposal) => ({ ...proposal, transforms: proposal.transforms.map(inOrder) })),
    })),
  };
}

/** Lifetime, mode, integrity, group, key length. */
function inOrder(transform: Transform): Transform {
  const attributes = [...transform.attributes].sort((a, b) => QUICK_ORDER.indexOf(a.type) - QUICK_ORDER.indexOf(b.type));
  return { ...transform, attributes };
}

function attributesOf({ suite, keyLength }: Section, lives: Lives): Attribute[] {
  const attributes: Attribute[] = [];
  const add = (type: number, value: number | undefined): void => {
    if (value !== undefined) attributes.push({ type, form: 'TV', value });
  };
  add(OAKLEY.encryption, suite.encryption?.id);
  add(OAKLEY.hash, suite.hash?.id);
  add(OAKLEY.auth, suite.auth?.id);
  add(OAKLEY.group, suite.group?.id);
  for (const { type, range } of typeof lives === 'string' ? [] : lives) {
    add(OAKLEY.lifeType, type);
    if (range && range.value > 0) attributes.push(duration(OAKLEY.lifeDuration, range.value));
  }
  add(OAKLEY.keyLength, keyLength?.value);
  return attributes;
}

const QUICK_ORDER = [IPSEC.lifeType, IPSEC.lifeDuration, IPSEC.mode, IPSEC.integrity, IPSEC.group, IPSEC.keyLength] as readonly number[];
const OUR_SPI = Uint8Array.of(0, 0, 0x10, 0x01);
