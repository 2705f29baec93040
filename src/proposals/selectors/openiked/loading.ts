/**
 * From configured wants to the proposals that iked works with: what it refuses to load, what it adds, what it drops without a word.
 *
 * @see OpenIKED parse.y create_ike, copy_transforms
 * @module
 */
import type { Algorithm, Box, Negotiation, Slot } from '../../model.ts';
import { boxOf, type Policy, type Want, wantOf } from '../../policy.ts';
import type { ConfigFault } from '../profile.ts';
import type { IkedProposal, IkedTransform } from './matching.ts';
import { PROTOCOL, TYPE } from './names.ts';
import { wordFor } from './words.ts';

/** Linux's key socket has no combined ciphers, no extended sequence numbers, and another SHA2-256. */
export type System = 'linux' | 'openbsd';

/** What iked works with when nothing is written: the combined ciphers before the others. */
export function defaultPolicy(negotiation: Negotiation, system: System): Policy {
  if (negotiation === 'ikev2-ike') return DEFAULT_IKE;
  return system === 'linux' ? DEFAULT_CHILD_LINUX : DEFAULT_CHILD;
}

/**
 * One `ikesa` or `childsa` clause as the proposals that iked makes of it: what is not written is filled in from the defaults. A
 * clause without cipher and integrity becomes two proposals. On Linux a child with combined ciphers vanishes.
 */
export function completed(want: Want, negotiation: Negotiation, system: System): readonly Want[] {
  if (DEFAULTS.has(want)) return [want];
  const box = boxOf(want);
  const child = negotiation === 'ikev2-child';
  const combined = isCombined(box, child);
  const plain = !combined && ((box.encryption?.length ?? 0) > 0 || (box.integrity?.length ?? 0) > 0);
  const made: Want[] = [];
  if (!plain && !(child && system === 'linux')) {
    const { encryption, group, prf, esn } = filled(box, child ? CHILD_COMBINED : IKE_COMBINED);
    made.push(wantOf(want.protocol, child ? { encryption, group, esn } : { encryption, group, prf }));
  }
  if (!combined) {
    const { integrity, encryption, group, prf, esn } = filled(box, child ? (system === 'linux' ? CHILD_LINUX : CHILD_PLAIN) : IKE_PLAIN);
    made.push(wantOf(want.protocol, child ? { integrity, encryption, group, esn } : { integrity, encryption, group, prf }));
  }
  return made;
}

/** The proposals of a policy in iked's memory, numbered from 1, their transforms in the order written. No policy is the default. */
export function loaded(policy: Policy, negotiation: Negotiation, system: System): readonly IkedProposal[] {
  const written = policy.length === 0 ? defaultPolicy(negotiation, system) : policy;
  const wants = written.flat().flatMap((want) => completed(want, negotiation, system));
  return wants.map((want, i) => ({
    number: (i + 1) & 0xff,
    protocol: want.protocol,
    transforms: [...want.slots].flatMap(([slot, algorithms]) => transformsOf(slot, algorithms)),
  }));
}

/** What iked says when it is to load a policy. */
export function loadFaults(policy: Policy, negotiation: Negotiation): readonly ConfigFault[] {
  const child = negotiation === 'ikev2-child';
  return policy.flatMap((bundle, b) => {
    if (bundle.length !== 1) return [fault('a clause is one protocol', [b])];
    const [want] = bundle as [Want];
    const rules = [...protocolRules(want, child), ...wordRules(want, child), ...clauseRules(want, child)];
    return rules.map((rule) => fault(rule, [b, 0]));
  });
}

function protocolRules({ protocol }: Want, child: boolean): string[] {
  if (child) return protocol === PROTOCOL.esp || protocol === PROTOCOL.ah ? [] : [`childsa is esp or ah, not protocol ${protocol}`];
  return protocol === PROTOCOL.ike ? [] : [`ikesa is not protocol ${protocol}`];
}

function wordRules({ slots }: Want, child: boolean): string[] {
  return [...slots].flatMap(([slot, algorithms]) =>
    algorithms
      .filter((algorithm) => wordFor(slot, algorithm, child) === undefined)
      .map(({ id, keyBits }) => `${slot} ${id}${keyBits === undefined ? '' : `-${keyBits}`} not a valid transform`),
  );
}

/** In the daemon's words. */
function clauseRules({ slots }: Want, child: boolean): string[] {
  const ciphers = slots.get('encryption') ?? [];
  const combined = ciphers.filter((each) => wordFor('encryption', each, child)?.implicit === true).length;
  const rules: string[] = [];
  if (!child && slots.get('group')?.some(({ id }) => id === 0) === true) rules.push('IKE group can not be "none".');
  if (!child && (slots.get('esn')?.length ?? 0) > 0) rules.push('cannot use ESN with ikesa.');
  if (combined > 0 && combined < ciphers.length) {
    rules.push('cannot mix encryption transforms with implicit and non-implicit authentication');
  } else if (combined > 0 && (slots.get('integrity')?.length ?? 0) > 0) {
    rules.push('authentication is implicit for given encryption transforms');
  }
  return rules;
}

function fault(rule: string, path: readonly number[]): ConfigFault {
  return { rule, path, source: 'OpenIKED parse.y create_ike' };
}

function isCombined({ encryption = [] }: Box, child: boolean): boolean {
  return encryption.length > 0 && encryption.every((each) => wordFor('encryption', each, child)?.implicit === true);
}

type Filled = Readonly<Record<'encryption' | 'prf' | 'integrity' | 'group' | 'esn', readonly Algorithm[]>>;

function filled(box: Box, defaults: Box): Filled {
  const of = (slot: keyof Filled): readonly Algorithm[] => ((box[slot]?.length ?? 0) > 0 ? box[slot] : defaults[slot]) ?? [];
  return { encryption: of('encryption'), prf: of('prf'), integrity: of('integrity'), group: of('group'), esn: of('esn') };
}

function transformsOf(slot: Slot, algorithms: readonly Algorithm[]): IkedTransform[] {
  const type = TYPE[slot as keyof typeof TYPE] as number | undefined;
  return type === undefined ? [] : algorithms.map(({ id, keyBits }) => ({ type, id, length: keyBits ?? 0 }));
}

const ids = (...numbers: readonly number[]): readonly Algorithm[] => numbers.map((id) => ({ id }));
const keyed = (id: number, ...lengths: readonly number[]): readonly Algorithm[] => lengths.map((keyBits) => ({ id, keyBits }));

const PRFS = ids(5, 6, 7, 2);
const GROUPS = ids(31, 21, 20, 19, 16, 15, 14, 5, 2);
const GCM = keyed(20, 128, 256);
const AES = keyed(12, 256, 192, 128);
const IKE_COMBINED: Box = { encryption: GCM, prf: PRFS, group: GROUPS };
const IKE_PLAIN: Box = { encryption: [...AES, { id: 3 }], prf: PRFS, integrity: ids(12, 13, 14, 2), group: GROUPS };
const CHILD_COMBINED: Box = { encryption: GCM, group: ids(0), esn: ids(1, 0) };
const CHILD_PLAIN: Box = { encryption: AES, integrity: ids(12, 13, 14, 2), group: ids(0), esn: ids(1, 0) };
const CHILD_LINUX: Box = { encryption: AES, integrity: ids(13, 14, 2), group: ids(0), esn: ids(0) };

const DEFAULT_IKE: Policy = [[wantOf(PROTOCOL.ike, IKE_COMBINED)], [wantOf(PROTOCOL.ike, IKE_PLAIN)]];
const DEFAULT_CHILD: Policy = [[wantOf(PROTOCOL.esp, CHILD_COMBINED)], [wantOf(PROTOCOL.esp, CHILD_PLAIN)]];
const DEFAULT_CHILD_LINUX: Policy = [[wantOf(PROTOCOL.esp, CHILD_LINUX)]];
/** The lists of defaults stand in the daemon as they are, in an order that no written clause has. */
const DEFAULTS: ReadonlySet<Want> = new Set([DEFAULT_IKE, DEFAULT_CHILD, DEFAULT_CHILD_LINUX].flat(2));
