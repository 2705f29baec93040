/**
 * free5GC's N3IWF, the IKEv2 responder of a 5G core for access over foreign networks.
 *
 * Rule 1: proposals and transforms are walked by their lengths; the octets that say "more" or "last", and the counts, are not looked at.
 * Rule 2: of each type the first transform that it knows is taken, in the peer's order; the first proposal that has them all wins.
 * Rule 3: whatever its decoder cannot read it drops without a word.
 *
 * @module
 */
import { type Box, type Choice, type Negotiation, type Path, type SingleTransform, type Slot, TRANSFORM_TYPE_SLOT } from '../model.ts';
import { logBook, type LogLine } from '../log-lines.ts';
import { wantOf } from '../policy.ts';
import type { Judgement, Reason, Selection } from '../verdict.ts';
import { askForGroup, choice, GENERIC_HEADER, judgement, notify, PROCEEDS, refusal, SILENCE, writeSa } from './answers.ts';
import { builtInOnly } from './built-in.ts';
import { defineProfile, type Request, type Response, type Setup } from './profile.ts';

const [IKE, ESP] = [1, 3];
const AES_CBC = [128, 192, 256].map((keyBits) => ({ id: 12, keyBits }));
const BUILT_IN: Readonly<Partial<Record<Negotiation, Box>>> = {
  'ikev2-ike': { encryption: AES_CBC, integrity: [{ id: 2 }, { id: 12 }], prf: [{ id: 2 }, { id: 5 }], group: [{ id: 14 }] },
  'ikev2-child': { encryption: AES_CBC, integrity: [{ id: 2 }, { id: 12 }], esn: [{ id: 0 }, { id: 1 }] },
};

/** Its log behind time, level and category. */
export const N3IWF_LOG = logBook({
  noProposal: { text: 'No proposal chosen', level: 'normal' },
  otherGroup: {
    text: 'The Diffie-Hellman group defined in key exchange payload not matches the one in chosen proposal',
    level: 'normal',
  },
  noKeyExchange: { text: 'The key exchange field is nil', level: 'normal' },
  group2: { text: 'DH Group 2 is not allowed in Diffie-Hellman Group Transform, skip this transform.', level: 'normal' },
  parsing: { text: 'Parsing security association', level: 'normal' },
  nullAlone: { text: 'The encryption algorithm is ENCR_NULL but no integrity algorithm is proposed.', level: 'normal' },
  noChild: { text: 'HandleIKEAUTH(): Create child security association context failed: {reason}', level: 'normal' },
});

export const n3iwfProfile = defineProfile({
  name: 'n3iwf',
  title: 'free5GC N3IWF',
  basis: 'source',
  sources: [
    'free5gc/n3iwf 7aaf5e7 (April 2026) internal/ike/handler.go: SelectProposal, HandleIKEAUTH, isTransformKernelSupported',
    'free5gc/ike 46c414f message/payload_securityassociation.go, security/{encr,prf,integ,dh}: DecodeTransform',
  ],
  releases: [''],
  negotiations: ['ikev2-ike', 'ikev2-child'],
  settings: {},
  faults: (negotiation, { setup }) => builtInOnly(setup.policy, builtIn(negotiation).policy, 'free5GC N3IWF'),
  defaults: builtIn,
  respond: (request, { setup }) => {
    // A CREATE_CHILD_SA request is taken for the answer to its own; no IKE SA is rekeyed.
    if (request.step !== 'sa-init' && request.step !== 'auth') return refusal(SILENCE, []);
    const proposals = read(request.sa.subarray(GENERIC_HEADER));
    if (proposals === undefined) return refusal(SILENCE, [malformed()]);
    return request.step === 'sa-init' ? ikeSa(proposals, request) : childSa(proposals, setup);
  },
  check: (answer) => {
    const [proposal] = (answer.negotiation === 'ikev2-child' ? read(answer.sa.subarray(GENERIC_HEADER)) : undefined) ?? [];
    return proposal === undefined ? refusal(SILENCE, [malformed()]) : ownChildSa(proposal);
  },
});

function builtIn(negotiation: Negotiation): Setup {
  return { policy: [[wantOf(negotiation === 'ikev2-ike' ? IKE : ESP, BUILT_IN[negotiation] ?? {})]] };
}

/** A proposal as its decoder keeps it: transforms of the five types that it knows, others forgotten. */
interface Proposal {
  readonly path: Path;
  readonly number: number;
  readonly protocol: number;
  readonly spi: Uint8Array;
  readonly transforms: readonly Transform[];
}

/** One attribute at most is kept, the first; a variable one keeps no value. */
interface Transform {
  readonly type: number;
  readonly id: number;
  readonly path: Path;
  readonly attribute?: { readonly type: number; readonly value: number; readonly variable: boolean };
}

/** Nothing when it would not decode, or would end the program. */
function read(octets: Uint8Array): readonly Proposal[] | undefined {
  const proposals: Proposal[] = [];
  let group = -1;
  for (let at = 0, index = 0; at < octets.length; index++) {
    const length = u16(octets, at + 2);
    const [number = 0, protocol = 0, spiSize = 0] = octets.subarray(at + 4, at + 7);
    // The sum of 8 and the size of the SPI is an octet: from 248 on it begins anew, and the slice has its end before its begin.
    if (octets.length - at < 8 || length < 8 + spiSize || length > octets.length - at || spiSize >= 248) return undefined;
    const follows = number === proposals.at(-1)?.number;
    if (!follows) group++;
    index = follows ? index : 0;
    const path = [group, index];
    const transforms = readTransforms(octets.subarray(at + 8 + spiSize, at + length), path);
    if (transforms === undefined) return undefined;
    proposals.push({ path, number, protocol, spi: octets.slice(at + 8, at + 8 + spiSize), transforms });
    at += length;
  }
  return proposals;
}

function readTransforms(octets: Uint8Array, path: Path): readonly Transform[] | undefined {
  const transforms: Transform[] = [];
  for (let at = 0, index = 0; at < octets.length; index++) {
    const length = u16(octets, at + 2);
    if (octets.length - at < 8 || length < 8 || length > octets.length - at) return undefined;
    const transform = { type: octets[at + 4] ?? 0, id: u16(octets, at + 6), path: [...path, index] };
    if (length === 8) transforms.push(transform);
    else {
      if (octets.length - at < 12) return undefined;
      const variable = (octets[at + 8] ?? 0) < 0x80;
      const value = u16(octets, at + 10);
      if (variable && 12 + value !== length) return undefined;
      // Seven bits of the type are kept.
      transforms.push({ ...transform, attribute: { type: (octets[at + 9] ?? 0) & 0x7f, value: variable ? 0 : value, variable } });
    }
    at += length;
  }
  return transforms;
}

const u16 = (octets: Uint8Array, at: number): number => ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);

const KEY_LENGTH = 14;
const [ENCR, PRF, INTEG, DH, ESN] = [1, 2, 3, 4, 5];

/** What it can do with a transform of a type. */
type Knows = (transform: Transform) => boolean;

const aesCbc: Knows = ({ id, attribute }) =>
  id === 12 && attribute?.type === KEY_LENGTH && AES_CBC.some(({ keyBits }) => keyBits === attribute.value);
const oneOf =
  (...ids: readonly number[]): Knows =>
  ({ id }) =>
    ids.includes(id);

/** In the order in which it looks; the first that has nothing ends the proposal. Group 2 is known to its library and skipped by name. */
const IKE_TYPES: readonly (readonly [type: number, knows: Knows])[] = [
  [DH, oneOf(14)],
  [ENCR, aesCbc],
  [INTEG, oneOf(2, 12)],
  [PRF, oneOf(2, 5)],
];

function ikeSa(proposals: readonly Proposal[], { keGroup }: Request): Response {
  const trace: Judgement[] = [];
  const logs: LogLine[] = [];
  for (const proposal of proposals) {
    for (const { id } of ofType(proposal, DH)) if (id === GROUP2) logs.push(N3IWF_LOG.write('group2'));
    const chosen = IKE_TYPES.map(([type, knows]) => ofType(proposal, type).find(knows));
    const reasons = IKE_TYPES.flatMap(([type], i) => (chosen[i] ? [] : missing('ikev2-ike', proposal, type)));
    if (ofType(proposal, ESN).length > 0) reasons.push({ code: 'slot-unexpected', slot: 'esn', offered: choices(ofType(proposal, ESN)) });
    trace.push(judgement(proposal.path, reasons, { shown: 0 }));
    if (reasons.length > 0) continue;
    const picked = chosen.filter((transform) => transform !== undefined);
    const group = picked.find(({ type }) => type === DH)?.id ?? 0;
    if (keGroup === undefined) return refusal(SILENCE, trace, [...logs, N3IWF_LOG.write('noKeyExchange')]);
    if (keGroup !== group) return askForGroup(group, { responderSpi: 'zero' }, trace, [...logs, N3IWF_LOG.write('otherGroup')]);
    return answered('ikev2-ike', proposal, picked, trace, logs);
  }
  return refusal(notify(NO_PROPOSAL_CHOSEN, { responderSpi: 'zero' }), trace, [...logs, N3IWF_LOG.write('noProposal')]);
}

/** What the kernel is said to know, with any key length where none is named. */
const KERNEL: readonly (readonly [type: number, mandatory: boolean, knows: Knows])[] = [
  [
    ENCR,
    true,
    ({ id, attribute }) => {
      const keyBits = attribute?.value ?? 0;
      if (id === 6) return keyBits === 128;
      return [2, 3, 7, 11].includes(id) || ((id === 12 || id === 13) && [128, 192, 256].includes(keyBits));
    },
  ],
  [INTEG, false, oneOf(2, 5, 12)],
  [DH, false, () => false],
  [ESN, true, oneOf(0, 1)],
];

/** The keys are made by the library, which knows less than the kernel is said to; when it cannot, no answer is sent. */
const KEYED: readonly (readonly [type: number, knows: Knows])[] = [
  [ENCR, aesCbc],
  [INTEG, oneOf(2, 12)],
];

function childSa(proposals: readonly Proposal[], { spi }: Setup): Response {
  const trace: Judgement[] = [];
  const logs = [N3IWF_LOG.write('parsing')];
  for (const proposal of proposals) {
    const chosen = KERNEL.map(([type, , knows]) => ofType(proposal, type).find(knows));
    const picked = chosen.filter((transform) => transform !== undefined);
    const reasons = kernelReasons(proposal, chosen);
    if (reasons.length === 0 && isNullAlone(picked)) {
      logs.push(N3IWF_LOG.write('nullAlone'));
      reasons.push(...missing('ikev2-child', proposal, INTEG));
    }
    if (reasons.length > 0) {
      trace.push(judgement(proposal.path, reasons, { shown: 0 }));
      continue;
    }
    const [unkeyed] = KEYED.filter(([type, knows]) => !picked.some((each) => each.type === type && knows(each)));
    if (unkeyed === undefined) {
      return answered('ikev2-child', { ...proposal, spi: spi ?? DEFAULT_SPI }, picked, [...trace, judgement(proposal.path)], logs);
    }
    const failed = N3IWF_LOG.write('noChild', { reason: whyUnkeyed(picked, unkeyed[0]) });
    trace.push(judgement(proposal.path, missing('ikev2-child', proposal, unkeyed[0])));
    return refusal(SILENCE, trace, [...logs, failed]);
  }
  return refusal(notify(NO_PROPOSAL_CHOSEN, { encrypted: true, messageId: 'same' }), trace, [...logs, N3IWF_LOG.write('noProposal')]);
}

/** Why a proposal is passed over: the SPI, a type without anything that suits, a type that has no place. */
function kernelReasons(proposal: Proposal, chosen: readonly (Transform | undefined)[]): Reason[] {
  const reasons = KERNEL.flatMap(([type, mandatory], i): Reason[] =>
    chosen[i] !== undefined || (!mandatory && ofType(proposal, type).length === 0) ? [] : missing('ikev2-child', proposal, type),
  );
  if (proposal.spi.length !== 4) reasons.unshift({ code: 'structure', detail: 'SPI size', path: proposal.path });
  const prf = ofType(proposal, PRF);
  return prf.length === 0 ? reasons : [...reasons, { code: 'slot-unexpected', slot: 'prf', offered: choices(prf) }];
}

function isNullAlone(picked: readonly Transform[]): boolean {
  return picked.some(({ type, id }) => type === ENCR && id === 11) && !picked.some(({ type }) => type === INTEG);
}

/** In the words of the library that makes the keys. */
function whyUnkeyed(picked: readonly Transform[], type: number): string {
  const found = picked.find((each) => each.type === type);
  const name = type === ENCR ? 'EncryptionAlgorithm' : 'IntegrityAlgorithm';
  const why = found === undefined ? `${name} is nil` : `Get unsupport ${name}[${found.id}]`;
  return `CompleteChildSA: NewChildSAKeyByProposal : ${why}`;
}

/**
 * It asks for child SAs only, and makes keys of whatever is answered: nothing is compared with what it asked for. Of a type that
 * is answered more than once it takes none.
 */
function ownChildSa(proposal: Proposal): Response {
  const ends: readonly (readonly [type: number, least: number, most: number, knows: Knows])[] = [
    [ENCR, 1, Infinity, aesCbc],
    [INTEG, 1, 1, oneOf(2, 12)],
    [DH, 0, 1, oneOf(2, 14)],
    [ESN, 1, Infinity, oneOf(0, 1)],
  ];
  const reasons: Reason[] = proposal.spi.length < 4 ? [{ code: 'structure', detail: 'SPI size', path: proposal.path }] : [];
  for (const [type, least, most, knows] of ends) {
    const [first, ...others] = ofType(proposal, type);
    if (first === undefined ? least > 0 : others.length + 1 <= most && !knows(first))
      reasons.push(...missing('ikev2-child', proposal, type));
  }
  const trace = [judgement(proposal.path, reasons)];
  if (reasons.length > 0) return refusal(SILENCE, trace);
  const parts = [
    { path: proposal.path, protocol: proposal.protocol, choices: choices(proposal.transforms.filter(({ type }) => type <= ESN)) },
  ];
  return choice({ group: proposal.path[0] ?? 0, parts }, PROCEEDS, trace);
}

/** Encoding goes by type, and fails on a variable attribute, whose value was not kept. */
function answered(
  negotiation: Negotiation,
  proposal: Proposal,
  picked: readonly Transform[],
  trace: readonly Judgement[],
  logs: readonly LogLine[],
): Response {
  const sorted = picked.toSorted((a, b) => a.type - b.type);
  if (sorted.some(({ attribute }) => attribute?.variable)) return refusal(SILENCE, trace, logs);
  const parts = [{ path: proposal.path, protocol: proposal.protocol, choices: choices(sorted) }];
  const selection: Selection = { group: proposal.path[0] ?? 0, parts };
  const { number, protocol, spi } = proposal;
  const sa = writeSa({ offer: { negotiation, groups: [{ number, proposals: [{ protocol, spi, transforms: sorted.map(written) }] }] } });
  return choice(selection, { kind: 'answer', sa }, trace, logs);
}

/** The attribute goes back, whatever its type. */
function written({ type, id, attribute }: Transform): SingleTransform {
  const attributes = attribute ? [{ type: attribute.type, form: 'TV' as const, value: attribute.value }] : [];
  return { kind: 'single', type, id, attributes };
}

function ofType({ transforms }: Proposal, type: number): readonly Transform[] {
  return transforms.filter((transform) => transform.type === type);
}

function choices(transforms: readonly Transform[]): readonly Choice[] {
  return transforms.map(({ type, id, path, attribute }) => {
    const slot = TRANSFORM_TYPE_SLOT.get(type) as Slot;
    return attribute?.type === KEY_LENGTH ? { slot, id, keyBits: attribute.value, path } : { slot, id, path };
  });
}

/** Why a type has nothing that suits. */
function missing(negotiation: Negotiation, proposal: Proposal, type: number): Reason[] {
  const slot = TRANSFORM_TYPE_SLOT.get(type) as Slot;
  const allowed = BUILT_IN[negotiation]?.[slot] ?? [];
  const offered = choices(ofType(proposal, type));
  if (offered.length === 0) return [{ code: 'slot-missing', slot, allowed }];
  return offered.map((each): Reason => ({ code: 'algorithm-not-configured', offered: each, allowed }));
}

function malformed(): Judgement {
  return judgement([], [{ code: 'structure', detail: 'security association payload', path: [] }]);
}

const GROUP2 = 2;
const NO_PROPOSAL_CHOSEN = 14;
const DEFAULT_SPI = Uint8Array.of(0, 0, 0x10, 0x01);
