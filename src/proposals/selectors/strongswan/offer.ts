/**
 * What charon offers as the initiator.
 *
 * Rule 1: the group of the KE payload goes to the front of its proposals, and proposals without it to the back.
 * Rule 2: an IKEv1 transform is made of the first algorithm of each kind; the others of a proposal are not offered.
 *
 * @see strongSwan ike_init.c: build_payloads; child_create.c: update_and_check_proposals; quick_mode.c: get_proposals
 * @module
 */
import type { Negotiation, Offer, ProposalGroup, SingleTransform, SuiteTransform } from '../../model.ts';
import type { Step } from '../profile.ts';
import { type CharonProposal, type CharonTransform, isKeyExchange, PROTOCOL, TYPE } from './algebra.ts';
import type { Here } from './choose.ts';
import { configuredProposals } from './configured.ts';
import { IKE_LIFETIME, phase1Attributes } from './ikev1-phase1.ts';
import { CHILD_LIFETIME, ipcompProposal, phase2Transform } from './ikev1-phase2.ts';
import { childSpi } from './ikev2.ts';

/** The SA payload's tree of a first message, or of the one after the peer asked for `group`; in quick mode that of the IKE SA, which it tries first. */
export function charonOffer(step: Step, negotiation: Negotiation, here: Here, group?: number): Offer {
  const own = configuredProposals(here.setup.policy, negotiation, here.release);
  if (negotiation === 'ikev1-phase1') return phase1Offer(own, here);
  if (negotiation === 'ikev1-phase2') return phase2Offer(own, here, group);
  const additionalKe = here.release.since('6.0');
  const bare = step === 'auth' || (negotiation === 'ikev2-child' && !additionalKe && (sentGroup(own, group)?.id ?? 0) === 0);
  const listed = bare ? withoutKe(own, additionalKe) : promoted(own, group);
  const spi = spiOf(step, here);
  const order = additionalKe ? ORDER : ORDER_BEFORE_6;
  const groups = listed.map(
    ({ protocol, transforms }, i): ProposalGroup => ({
      number: (i + 1) & 0xff,
      proposals: [{ protocol, spi, transforms: order.flatMap((type) => transforms.filter((each) => each.type === type).map(single)) }],
    }),
  );
  return { negotiation, groups };
}

function single({ type, id, keyBits }: CharonTransform): SingleTransform {
  const keyed = type === TYPE.encryption && keyBits !== 0;
  return { kind: 'single', type, id, attributes: keyed ? [{ type: 14, form: 'TV', value: keyBits }] : [] };
}

/** The group of the KE payload: the one that is wanted, else the first of all. */
function sentGroup(own: readonly CharonProposal[], wanted?: number): CharonTransform | undefined {
  const groups = own.flatMap(({ transforms }) => transforms).filter(({ type }) => type === TYPE.group);
  return groups.find(({ id }) => id === wanted) ?? groups[0];
}

function promoted(own: readonly CharonProposal[], wanted?: number): readonly CharonProposal[] {
  const sent = sentGroup(own, wanted);
  if (sent === undefined || sent.id === 0) return own;
  const is = (each: CharonTransform): boolean => each.type === TYPE.group && each.id === sent.id;
  const having = own.filter(({ transforms }) => transforms.some(is));
  const lacking = own.filter(({ transforms }) => !transforms.some(is));
  return [...having.map((each) => ({ ...each, transforms: [sent, ...each.transforms.filter((other) => !is(other))] })), ...lacking];
}

/** The first child has no key exchange of its own, before 6.0 nor has one whose first group of all is none; proposals that differ in nothing else become one. */
function withoutKe(own: readonly CharonProposal[], additionalKe: boolean): readonly CharonProposal[] {
  const seen = new Set<string>();
  return own
    .map((each) => ({ ...each, transforms: each.transforms.filter(({ type }) => !isKeyExchange(type, additionalKe)) }))
    .filter(({ transforms }) => {
      const key = transforms
        .map(({ type, id, keyBits }) => `${type} ${id} ${keyBits}`)
        .toSorted()
        .join();
      return !seen.has(key) && seen.add(key);
    });
}

function spiOf(step: Step, { setup }: Here): Uint8Array {
  if (step === 'sa-init') return new Uint8Array();
  return step === 'rekey-ike' ? (setup.spi ?? Uint8Array.of(0, 0, 0, 0, 0, 0, 0x10, 1)) : childSpi(setup.spi);
}

function phase1Offer(own: readonly CharonProposal[], { setup }: Here): Offer {
  const transforms = own.map(
    (each, i): SuiteTransform => ({
      kind: 'suite',
      number: (i + 1) & 0xff,
      id: 1,
      attributes: phase1Attributes(each.transforms, setup.auth?.[0] ?? 1, setup.lifetime ?? IKE_LIFETIME),
    }),
  );
  const proposal = { protocol: PROTOCOL.ike, spi: new Uint8Array(), transforms };
  return { negotiation: 'ikev1-phase1', groups: own.length === 0 ? [] : [{ number: 1, proposals: [proposal] }] };
}

function phase2Offer(own: readonly CharonProposal[], here: Here, group?: number): Offer {
  const { setup } = here;
  const listed = sameGroup(own, group);
  const compressed = here.setting('ipcomp') === 'yes';
  const terms = { seconds: setup.lifetime ?? CHILD_LIFETIME, octets: 0n, mode: setup.mode ?? 1, compressed };
  const transforms = listed.flatMap((each, i) => phase2Transform(each.transforms, (i + 1) & 0xff, terms) ?? []);
  const proposal = { protocol: listed[0]?.protocol ?? PROTOCOL.esp, spi: childSpi(setup.spi), transforms };
  const groups = compressed
    ? [
        { number: 1, proposals: [proposal, ipcompProposal(terms)] },
        { number: 2, proposals: [proposal] },
      ]
    : [{ number: 1, proposals: [proposal] }];
  return { negotiation: 'ikev1-phase2', groups: listed.length === 0 ? [] : groups };
}

/** A Quick Mode has one KE payload, so proposals without its group are not offered at all. */
function sameGroup(own: readonly CharonProposal[], wanted?: number): readonly CharonProposal[] {
  const sent = sentGroup(own, wanted);
  if (sent === undefined || sent.id === 0) return own;
  return promoted(own, wanted).filter(({ transforms }) => transforms.some(({ type, id }) => type === TYPE.group && id === sent.id));
}

const ORDER_BEFORE_6: readonly number[] = [TYPE.encryption, TYPE.integrity, TYPE.prf, TYPE.group, TYPE.esn];
const ORDER: readonly number[] = [TYPE.encryption, TYPE.integrity, TYPE.prf, TYPE.group, 6, 7, 8, 9, 10, 11, 12, TYPE.esn];
