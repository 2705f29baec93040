/**
 * From a policy to charon's proposals, completed and checked as charon does when it loads them.
 *
 * @see strongSwan proposal.c: check_proposal
 * @module
 */
import { ianaName } from '../../algorithms.ts';
import type { Algorithm, Negotiation, Slot } from '../../model.ts';
import type { Policy, Want } from '../../policy.ts';
import { type CharonProposal, type CharonTransform, isAead, PROTOCOL, TYPE } from './algebra.ts';
import { isWord, plainKeyBits } from './words.ts';
import { protocolText } from './names.ts';
import { AH_INTEGRITY, ATTRIBUTE_INTEGRITY, ESP_ENCRYPTION, HASH_INTEGRITY, HASH_PRF, PHASE1_ENCRYPTION } from './numbers.ts';
import type { ReleaseLike } from './releases.ts';

/** What charon says when it does not load a proposal, in its words; `part` says which algorithms are concerned. */
export interface ProposalRefusal {
  readonly rule: string;
  readonly slot?: Slot;
}

/** A want in charon's numbers; what is wrong with it instead. */
export type Loaded = { readonly proposal: CharonProposal } | { readonly refusal: ProposalRefusal };

const TYPE_OF_SLOT: ReadonlyMap<Slot, number> = new Map<Slot, number>([
  ['encryption', TYPE.encryption],
  ['prf', TYPE.prf],
  ['integrity', TYPE.integrity],
  ['group', TYPE.group],
  ['esn', TYPE.esn],
  ...([1, 2, 3, 4, 5, 6, 7] as const).map((n): [Slot, number] => [`ake${n}`, TYPE.additional + n - 1]),
]);

/** What a policy was last made of: a daemon loads its configuration once, and is asked often. */
const loaded = new WeakMap<Policy, { readonly for: readonly unknown[]; readonly proposals: readonly CharonProposal[] }>();

/** The proposals of a policy that charon would load. */
export function configuredProposals(policy: Policy, negotiation: Negotiation, release: ReleaseLike): readonly CharonProposal[] {
  const before = loaded.get(policy);
  if (before?.for[0] === negotiation && before.for[1] === release) return before.proposals;
  const proposals = policy.flatMap(([want]) => {
    const own = want && load(want, negotiation, release);
    return own && 'proposal' in own ? [own.proposal] : [];
  });
  loaded.set(policy, { for: [negotiation, release], proposals });
  return proposals;
}

/** One want as charon would load it. */
export function load(want: Want, negotiation: Negotiation, release: ReleaseLike): Loaded {
  const transforms: CharonTransform[] = [];
  for (const [slot, algorithms] of want.slots) {
    for (const algorithm of algorithms) {
      const own = transformsOf(slot, algorithm, want.protocol, negotiation);
      if (own === undefined || own.some((each) => !isWord(each, release))) {
        const name = ianaName(slot, negotiation, algorithm, want.protocol);
        return { refusal: { rule: `algorithm '${name}' not recognized`, slot } };
      }
      transforms.push(...own);
    }
  }
  const emptied = new Set([...want.slots].filter(([, algorithms]) => algorithms.length === 0).map(([slot]) => slot));
  const checked = checkProposal({ protocol: want.protocol, transforms }, emptied);
  if ('refusal' in checked) return checked;
  return { proposal: charonProposal(want.protocol, [...checked.transforms, ...[...emptied].flatMap(nothing)]) };
}

/** What no offer meets: a slot of which nothing is left. A proposal without ESN is only silent about it. */
function nothing(slot: Slot): CharonTransform[] {
  if (slot === 'esn') return [];
  const type = TYPE_OF_SLOT.get(slot);
  const types = slot === 'hash' ? [TYPE.integrity, TYPE.prf] : type === undefined ? [] : [type];
  return types.map((each) => ({ type: each, id: NO_NUMBER, keyBits: 0 }));
}

/** A proposal of our own, without number and SPI. */
export function charonProposal(protocol: number, transforms: readonly CharonTransform[]): CharonProposal {
  return { protocol, number: 0, transformNumber: 0, spi: NO_SPI, transforms };
}

/** What is to be checked. */
interface Unchecked {
  readonly protocol: number;
  readonly transforms: readonly CharonTransform[];
}

/**
 * Completes a proposal, or says why it is none. `emptied` are slots that were filled before algorithms unknown to IKEv1 were left out.
 */
export function checkProposal(
  { protocol, transforms }: Unchecked,
  emptied: ReadonlySet<Slot> = NOTHING_EMPTIED,
): { readonly transforms: readonly CharonTransform[] } | { readonly refusal: ProposalRefusal } {
  let list = protocol === PROTOCOL.ike ? completePrf(transforms) : transforms.filter(({ type }) => type !== TYPE.prf);
  const has = (type: number): boolean => list.some((each) => each.type === type);
  const empty = (slot: Slot): boolean => emptied.has(slot);
  if (protocol === PROTOCOL.ike) {
    if (!has(TYPE.prf) && !empty('hash')) return refusal('a PRF algorithm is mandatory in IKE proposals', 'prf');
    list = list.filter(({ type, id }) => type !== TYPE.group || id !== 0);
    if (!has(TYPE.group) && !empty('group')) return refusal('a DH group is mandatory in IKE proposals', 'group');
  }
  if (protocol === PROTOCOL.ah) {
    list = list.flatMap(gmacAsIntegrity);
    if (!has(TYPE.integrity) && !empty('integrity')) return refusal('an integrity algorithm is mandatory in AH proposals', 'integrity');
  } else {
    const ciphers = list.filter(({ type }) => type === TYPE.encryption);
    const aead = ciphers.filter(({ id }) => isAead(id)).length;
    const name = protocolText(protocol);
    if (ciphers.length === 0 && !empty('encryption')) {
      return refusal(`an encryption algorithm is mandatory in ${name} proposals`, 'encryption');
    }
    if (aead > 0 && aead < ciphers.length) {
      return refusal(
        `classic and combined-mode (AEAD) encryption algorithms can't be contained in the same ${name} proposal`,
        'encryption',
      );
    }
    if (aead > 0) list = list.filter(({ type }) => type !== TYPE.integrity);
    else if (protocol === PROTOCOL.ike && !has(TYPE.integrity) && !empty('hash')) {
      return refusal(`an integrity algorithm is mandatory in ${name} proposals with classic (non-AEAD) encryption algorithms`, 'integrity');
    }
  }
  const child = protocol === PROTOCOL.ah || protocol === PROTOCOL.esp;
  return { transforms: child && !has(TYPE.esn) && !empty('esn') ? [...list, { type: TYPE.esn, id: 0, keyBits: 0 }] : list };
}

/** Without a PRF, those of the integrity algorithms. */
function completePrf(transforms: readonly CharonTransform[]): readonly CharonTransform[] {
  if (transforms.some(({ type }) => type === TYPE.prf)) return transforms;
  const implied = transforms.flatMap(({ type, id }): CharonTransform[] => {
    const prf = type === TYPE.integrity ? PRF_OF_INTEGRITY.get(id) : undefined;
    return prf === undefined ? [] : [{ type: TYPE.prf, id: prf, keyBits: 0 }];
  });
  return [...transforms, ...implied];
}

/** In AH a GMAC authenticates; other ciphers are left out. */
function gmacAsIntegrity(transform: CharonTransform): CharonTransform[] {
  if (transform.type !== TYPE.encryption) return [transform];
  const id = transform.id === GMAC ? GMAC_INTEGRITY.get(transform.keyBits) : undefined;
  return id === undefined ? [] : [{ type: TYPE.integrity, id, keyBits: 0 }];
}

function refusal(rule: string, slot: Slot): { readonly refusal: ProposalRefusal } {
  return { refusal: { rule, slot } };
}

/** An algorithm of a policy in charon's numbers; nothing when charon has none for it. A phase 1 hash is two. */
function transformsOf(slot: Slot, { id, keyBits }: Algorithm, protocol: number, negotiation: Negotiation): CharonTransform[] | undefined {
  const two = negotiation.startsWith('ikev2');
  if (!two && slot === 'hash') {
    const [integrity, prf] = [HASH_INTEGRITY.toCharon.get(id), HASH_PRF.toCharon.get(id)];
    if (integrity === undefined || prf === undefined) return undefined;
    return [
      { type: TYPE.integrity, id: integrity, keyBits: 0 },
      { type: TYPE.prf, id: prf, keyBits: 0 },
    ];
  }
  const type = TYPE_OF_SLOT.get(slot);
  // Method, mode and compression are settled elsewhere.
  if (type === undefined || (!two && slot === 'prf')) return [];
  const own = two ? id : charonNumber(slot, id, protocol, negotiation);
  if (own === undefined) return undefined;
  return [{ type, id: own, keyBits: keyBits ?? (type === TYPE.encryption ? plainKeyBits(own) : 0) }];
}

function charonNumber(slot: Slot, id: number, protocol: number, negotiation: Negotiation): number | undefined {
  if (slot === 'encryption') return (negotiation === 'ikev1-phase1' ? PHASE1_ENCRYPTION : ESP_ENCRYPTION).toCharon.get(id);
  if (slot === 'integrity') return (protocol === PROTOCOL.ah ? AH_INTEGRITY : ATTRIBUTE_INTEGRITY).toCharon.get(id);
  return id;
}

/** @see strongSwan proposal.c: integ_prf_map */
const PRF_OF_INTEGRITY: ReadonlyMap<number, number> = new Map([
  [2, 2],
  [7, 2],
  [12, 5],
  [13, 6],
  [14, 7],
  [1, 1],
  [6, 1],
  [5, 4],
  [1030, 1028],
  [8, 8],
]);

/** The PRF that an integrity algorithm brings along. */
export function impliedPrf(integrity: number): number | undefined {
  return PRF_OF_INTEGRITY.get(integrity);
}

const NO_NUMBER = -1;
const GMAC = 21;
const GMAC_INTEGRITY: ReadonlyMap<number, number> = new Map([
  [128, 9],
  [192, 10],
  [256, 11],
]);
const NO_SPI = new Uint8Array(8);
const NOTHING_EMPTIED: ReadonlySet<Slot> = new Set();
