/**
 * vpnc, the free client for Cisco's concentrators: Aggressive Mode, then Quick Mode, always as the initiator.
 *
 * @module
 */
import { IPSEC } from '../../clauses.ts';
import type { LogLine } from '../../log-lines.ts';
import { type Attribute, type Choice, type Negotiation, OAKLEY, type Offer, type Proposal, type Slot } from '../../model.ts';
import type { Reason, Selection } from '../../verdict.ts';
import { choice, judgement, notify, PROCEEDS, refusal, SILENCE } from '../answers.ts';
import { builtInOnly } from '../built-in.ts';
import { type AnswerToCheck, type ConfigFault, defineProfile, type Response, type Situation } from '../profile.ts';
import { book, notifyName } from './book.ts';
import { type Refused, seenInPhase1, seenInPhase2, weakness } from './answer.ts';
import { readVpncOffer, type VpncProposal, type VpncTransform } from './payload.ts';
import { type Cipher, CIPHERS, GROUPS, HASHES, policyOf } from './table.ts';

const SETTINGS = {
  ike_authmode: { values: ['psk', 'hybrid'], meaning: 'IKE Authmode: what it offers to authenticate by' },
  weak: { values: ['no', 'encryption', 'authentication', 'all'], meaning: 'whether DES and 3DES, MD5, or all of them are borne' },
  no_encryption: { values: ['no', 'yes'], meaning: 'whether ESP without encryption is borne' },
} as const;

type Here = Situation<typeof SETTINGS>;

export const vpncProfile = defineProfile({
  name: 'vpnc',
  title: 'vpnc',
  basis: 'measured',
  sources: [
    'streambinder/vpnc src/vpnc.c, supp.c, isakmp-pkt.c',
    'vpnc 0.5.3+git20220927 of Debian: its offer and its judgement of 55 answers',
  ],
  releases: [''],
  negotiations: ['ikev1-phase1', 'ikev1-phase2'],
  settings: SETTINGS,
  faults: faultsOf,
  defaults: (negotiation) => ({ policy: policyOf(negotiation, DEFAULT_GROUP) }),
  check,
  offer: (_, negotiation, here) => offerOf(negotiation, here),
});

function faultsOf(negotiation: Negotiation, { setup }: Here): readonly ConfigFault[] {
  const group = groupOf(setup);
  if (negotiation === 'ikev1-phase1' && !GROUPS.has(group)) return [{ rule: `IKE DH Group dh${group} unsupported`, path: [] }];
  return setup.policy.length === 0 ? [] : builtInOnly(setup.policy, policyOf(negotiation, group), 'vpnc');
}

function groupOf({ policy }: Here['setup']): number {
  return policy[0]?.[0]?.slots.get('group')?.[0]?.id ?? DEFAULT_GROUP;
}

/** Its lists are built from the back; transforms, in phase 2 proposals, are numbered from 0. */
function offerOf(negotiation: Negotiation, { setup, setting }: Here): Offer {
  const pairs = CIPHERS.flatMap((cipher) => HASHES.map(({ id: hash }) => ({ cipher, hash })));
  if (negotiation === 'ikev1-phase1') {
    const methods = setting('ike_authmode') === 'hybrid' ? [64221] : [65001, 1];
    const transforms = methods.flatMap((auth) =>
      pairs.map(({ cipher, hash }) => [
        ...keyLength(OAKLEY.keyLength, cipher),
        short(OAKLEY.encryption, cipher.ike),
        short(OAKLEY.hash, hash),
        short(OAKLEY.group, groupOf(setup)),
        short(OAKLEY.auth, auth),
        short(OAKLEY.lifeType, 1),
        { type: OAKLEY.lifeDuration, form: 'TLV', value: LIFETIME } as const,
      ]),
    );
    const suites = transforms.map((attributes, number) => ({ kind: 'suite', number, id: 1, attributes }) as const);
    return { negotiation, groups: [{ number: 0, proposals: [{ protocol: 1, spi: new Uint8Array(), transforms: suites }] }] };
  }
  const groups = pairs.map(({ cipher, hash }, number) => {
    const attributes: Attribute[] = [
      ...keyLength(IPSEC.keyLength, cipher),
      short(IPSEC.mode, setup.mode ?? 1),
      short(IPSEC.integrity, hash),
      ...(setup.pfsGroup === undefined ? [] : [short(IPSEC.group, setup.pfsGroup)]),
      short(IPSEC.lifeType, 1),
      { type: IPSEC.lifeDuration, form: 'TLV', value: LIFETIME },
    ];
    const transforms = [{ kind: 'suite', number: 0, id: cipher.esp, attributes } as const];
    const proposal: Proposal = { protocol: 3, spi: setup.spi ?? OUR_SPI, transforms };
    return { number, proposals: [proposal] };
  });
  return { negotiation, groups };
}

/** It does not compare an answer with its offer, but with its tables. */
function check(answer: AnswerToCheck, here: Here): Response {
  const phase = answer.negotiation === 'ikev1-phase1' ? 1 : 2;
  const read = readVpncOffer(answer.sa);
  if ('reject' in read) return ended(phase, read.reject, { code: 'structure', detail: read.detail, path: [] }, 'unreadable');
  const [proposal, another] = read.proposals;
  const single = proposal !== undefined && another === undefined;
  if (!single) return ended(phase, SYNTAX, { code: 'structure', detail: 'more than one proposal', path: [] });
  const shape = shapeFault(proposal, phase);
  if (shape) return ended(phase, shape.reject, shape.reason);
  const transform = proposal.transforms[0] as VpncTransform;
  const seen = phase === 1 ? seenInPhase1(transform, groupOf(here.setup)) : seenInPhase2(transform, here.setup);
  if (seen.crash !== undefined) return refusal(SILENCE, [judgement(transform.path, [seen.crash])]);
  if (seen.reject !== 0) return ended(phase, seen.reject, seen.reason, 'invalid', seen.logs, transform.path);
  const selection: Selection = {
    group: 0,
    parts: [{ path: proposal.path, protocol: proposal.protocol, choices: choicesOf(transform, phase) }],
  };
  const told = here.setting('weak');
  const weak = weakness(seen, phase, {
    encryption: told === 'encryption' || told === 'all',
    authentication: told === 'authentication' || told === 'all',
    plain: here.setting('no_encryption') === 'yes',
  });
  if (weak) return refusal(SILENCE, [judgement(transform.path, [weak.reason])], [...seen.logs, weak.log]);
  return choice(selection, PROCEEDS, [judgement(transform.path)], seen.logs);
}

/** Phase 1 ends without a word; in phase 2 the peer is told, before the phase 1 SA is deleted. */
function ended(
  phase: 1 | 2,
  reject: number,
  reason: Reason,
  when: 'unreadable' | 'invalid' = 'invalid',
  logs: readonly LogLine[] = [],
  path: readonly number[] = [],
): Response {
  const values = { notify: notifyName(reject), number: reject };
  const quick = when === 'unreadable' ? 'quickUnreadable' : 'quickInvalid';
  const all = [...logs, phase === 1 ? book.write(when, values) : book.write(quick, values)];
  const wire = phase === 1 ? SILENCE : notify(reject, { protocol: 1, messageId: 'random', encrypted: true });
  return { ...refusal(wire, [judgement(path, [reason], { shown: 0 })], all), code: reject };
}

function shapeFault({ protocol, spiSize, transforms, path }: VpncProposal, phase: 1 | 2): Refused | undefined {
  const wanted = phase === 1 ? 1 : 3;
  if (protocol !== wanted) return { reject: 10, reason: { code: 'protocol-mismatch', offered: protocol, allowed: [wanted] } };
  if (spiSize !== (phase === 1 ? 0 : 4)) return { reject: 11, reason: { code: 'structure', detail: `SPI of ${spiSize} octets`, path } };
  if (transforms.length !== 1) return { reject: SYNTAX, reason: { code: 'structure', detail: 'more than one transform', path } };
  const [transform] = transforms;
  if (phase === 2 || transform?.id === 1) return undefined;
  return { reject: 12, reason: { code: 'structure', detail: `transform id ${transform?.id}`, path } };
}

function choicesOf({ id, attributes, path }: VpncTransform, phase: 1 | 2): Choice[] {
  const slots = phase === 1 ? PHASE1 : PHASE2;
  const last = new Map<Slot, Choice>(phase === 1 ? [] : [['encryption', { slot: 'encryption', id, path }]]);
  for (const { type, value, path: at } of attributes) {
    const slot = slots[type];
    if (slot !== undefined && value !== undefined) last.set(slot, { slot, id: value, path: at });
  }
  const keyBits = attributes.findLast(({ type }) => type === (phase === 1 ? OAKLEY.keyLength : IPSEC.keyLength))?.value;
  return [...last.values()].map((each) => (each.slot === 'encryption' && keyBits !== undefined ? { ...each, keyBits } : each));
}

function keyLength(type: number, { keyBits }: Cipher): Attribute[] {
  return keyBits === undefined ? [] : [short(type, keyBits)];
}

const short = (type: number, value: number): Attribute => ({ type, form: 'TV', value });
const SYNTAX = 15;
const DEFAULT_GROUP = 2;
/** 2147483 seconds. */
const LIFETIME = Uint8Array.of(0x00, 0x20, 0xc4, 0x9b);
const OUR_SPI = Uint8Array.of(0, 0, 0x10, 0x01);
const PHASE1: Readonly<Record<number, Slot>> = { 1: 'encryption', 2: 'hash', 3: 'auth', 4: 'group' };
const PHASE2: Readonly<Record<number, Slot>> = { 3: 'group', 4: 'mode', 5: 'integrity' };
