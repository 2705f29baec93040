/**
 * What libreswan refuses to load, in the words of its proposal parser.
 *
 * @see libreswan lib/libswan/proposals.c, alg_byname.c, ike_info.c, ah_info.c; programs/pluto/ikev2_proposals.c `append_transform`
 * @module
 */
import type { Algorithm, Negotiation, Slot } from '../../model.ts';
import type { Want } from '../../policy.ts';
import type { ConfigFault, Release } from '../profile.ts';
import { lookup, spaceOf } from '../../algorithms.ts';
import { CIPHERS, type Cipher, groupsOf, INTEGRITIES, NONE, PRFS } from './algorithms.ts';
import { allowed, type Here } from './bench.ts';

const [AH, ESP] = [2, 3];
/** Room for transforms of one type; one more ends pluto. */
const MOST_TRANSFORMS = 10;

/** Nothing when pluto would load it. */
export function configFaults(negotiation: Negotiation, { setup, release }: Here): readonly ConfigFault[] {
  if (setup.policy.length === 0)
    return [{ rule: `${negotiation.includes('phase2') || negotiation === 'ikev2-child' ? 'ESP' : 'IKE'} proposal is empty`, path: [] }];
  const faults = setup.policy.flatMap((bundle, b) =>
    bundle.flatMap((want, w) => {
      const path = [b, w];
      return [...algorithmFaults(want, negotiation, release), ...shapeFaults(want, negotiation, release)].map((rule) => ({ rule, path }));
    }),
  );
  return [...faults, ...bundleFaults(setup.policy), ...groupFaults(setup.policy, negotiation, release)];
}

function nameOf({ protocol }: Want): string {
  return protocol === AH ? 'AH' : protocol === ESP ? 'ESP' : 'IKE';
}

/** libreswan has no AND of protocols: a connection is either ESP or AH. */
function bundleFaults(policy: readonly (readonly Want[])[]): ConfigFault[] {
  const faults: ConfigFault[] = [];
  policy.forEach((bundle, b) => {
    if (bundle.length !== 1) faults.push({ rule: 'a proposal is for one protocol: AH and ESP cannot be combined', path: [b] });
  });
  const protocols = new Set(policy.flat().map(({ protocol }) => protocol));
  if (protocols.size > 1) faults.push({ rule: 'phase2= is either esp or ah', path: [] });
  return faults;
}

/** What exists in a negotiation, by slot. */
function known(slot: Slot, id: number, negotiation: Negotiation, protocol: number, release: Release): boolean {
  const one = negotiation === 'ikev1-phase1';
  const two = negotiation === 'ikev1-phase2';
  switch (slot) {
    case 'encryption':
      return CIPHERS.some(
        (cipher) =>
          cipher.nowhere !== true &&
          idOf(cipher, negotiation) === id &&
          (cipher.kernelOnly !== true || two || negotiation === 'ikev2-child'),
      );
    case 'hash':
      return PRFS.some((prf) => prf.oakley === id);
    case 'prf':
      return PRFS.some((prf) => prf.ikev2 === id);
    case 'integrity':
      if (two) return INTEGRITIES.some(({ ah, auth }) => (protocol === AH ? ah : auth) === id);
      return INTEGRITIES.some((each) => each.ikev2 === id && (each.kernelOnly !== true || negotiation === 'ikev2-child'));
    case 'group':
      return groupsOf(negotiation, release).some((group) => group.id === id) || (id === NONE && !one && negotiation !== 'ikev2-ike');
    case 'esn':
      return id === 0 || id === 1;
    case 'auth':
    case 'mode':
    case 'compression':
      return true;
    default:
      return isAdditional(slot) && additionalGroup(id, negotiation, release);
  }
}

/** From 5.4 on IKEv2 has additional key exchanges, which may be none. @see RFC 9370 */
function additionalGroup(id: number, negotiation: Negotiation, release: Release): boolean {
  if (!release.since('5.4') || !negotiation.startsWith('ikev2')) return false;
  return id === NONE || groupsOf(negotiation, release).some((group) => group.id === id);
}

function isAdditional(slot: Slot): boolean {
  return /^ake[1-7]$/.test(slot);
}

function idOf(cipher: Cipher, negotiation: Negotiation): number | undefined {
  return negotiation === 'ikev1-phase1' ? cipher.oakley : negotiation === 'ikev1-phase2' ? cipher.esp : cipher.ikev2;
}

const WORDS: Readonly<Partial<Record<Slot, string>>> = { encryption: 'encryption', hash: 'PRF', prf: 'PRF', integrity: 'integrity' };

function wordOf(slot: Slot, release: Release): string {
  return slot === 'group' || isAdditional(slot) ? groupWord(release) : (WORDS[slot] ?? slot);
}

function algorithmFaults(want: Want, negotiation: Negotiation, release: Release): string[] {
  const rules: string[] = [];
  for (const [slot, algorithms] of want.slots) {
    const word = wordOf(slot, release);
    for (const algorithm of algorithms) {
      if (slot === 'group' && algorithm.id === NONE && negotiation === 'ikev2-ike') {
        rules.push(`IKE ${word} algorithm '${release.since('5.4') ? 'NONE' : 'none'}' not permitted`);
      } else if (!known(slot, algorithm.id, negotiation, want.protocol, release)) {
        rules.push(`${nameOf(want)} ${word} algorithm '${wordFor(slot, algorithm.id, negotiation, want.protocol)}' is not supported`);
      } else if (slot === 'encryption') rules.push(...lengthFaults(algorithm, want, negotiation));
    }
  }
  return rules;
}

function wordFor(slot: Slot, id: number, negotiation: Negotiation, protocol: number): string {
  return lookup(slot, spaceOf(slot, negotiation, protocol), id)?.name ?? String(id);
}

function lengthFaults({ id, keyBits = 0 }: Algorithm, want: Want, negotiation: Negotiation): string[] {
  const cipher = CIPHERS.find((each) => idOf(each, negotiation) === id);
  if (cipher === undefined || keyBits === 0 || cipher.keyBits.includes(keyBits)) return [];
  if (cipher.fixed === true) return [`${nameOf(want)} encryption algorithm ${cipher.name} does not allow a key lengths`];
  const lengths = cipher.keyBits.toReversed().join(', ');
  return [`${nameOf(want)} encryption algorithm ${cipher.name} with key length ${keyBits} invalid; valid key lengths: ${lengths}`];
}

/** AEAD, none, and how many fit into a proposal. */
function shapeFaults(want: Want, negotiation: Negotiation, release: Release): string[] {
  const rules: string[] = [];
  for (const [slot, algorithms] of want.slots) {
    if (negotiation.startsWith('ikev2') && algorithms.length > MOST_TRANSFORMS) {
      rules.push(
        `more than ${MOST_TRANSFORMS} ${wordOf(slot, release)} transforms in a proposal (assertion failed: transform < SENTINEL_TRANSFORM(transforms))`,
      );
    }
  }
  if (negotiation === 'ikev1-phase1') return rules;
  const integrities = allowed(want, 'integrity');
  if (want.protocol === AH)
    return integrities.some(({ id }) => id === NONE) ? [...rules, "AH cannot have 'none' as the integrity algorithm"] : rules;
  const ciphers = allowed(want, 'encryption').flatMap(({ id }) => CIPHERS.find((cipher) => idOf(cipher, negotiation) === id) ?? []);
  const aeads = ciphers.filter(({ aead }) => aead === true);
  const name = nameOf(want);
  const none = integrities.length === 0 || integrities.some(({ id }) => id === NONE);
  const real = integrities.some(({ id }) => id !== NONE);
  if (aeads.length > 0 && aeads.length < ciphers.length)
    return [...rules, `AEAD and non-AEAD ${name} encryption algorithm cannot be combined`];
  if (aeads.length > 0 && real) {
    return [...rules, `AEAD ${name} encryption algorithm ${aeads[0]?.name ?? ''} must have 'NONE' as the integrity algorithm`];
  }
  if (aeads.length === 0 && ciphers.length > 0 && none) {
    return [...rules, `non-AEAD ${name} encryption algorithm ${ciphers[0]?.name ?? ''} cannot have 'NONE' as the integrity algorithm`];
  }
  return rules;
}

/** In ESP and AH all lines begin with one group, or none has any. IKEv2 may name others behind it, IKEv1 has a line for each. */
function groupFaults(policy: readonly (readonly Want[])[], negotiation: Negotiation, release: Release): ConfigFault[] {
  if (negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike') return [];
  const wants = policy.flat();
  const [first] = wants;
  if (first === undefined) return [];
  const name = nameOf(first);
  const word = groupWord(release);
  const groups = wants.map((want) => allowed(want, 'group').map(({ id }) => id));
  const faults: ConfigFault[] = [];
  if (groups.some((each) => each.length === 0) && groups.some((each) => each.length > 0)) {
    faults.push({ rule: `either all or no ${name} proposals should specify ${word}`, path: [] });
  }
  const one = negotiation === 'ikev1-phase2';
  const compared = one ? groups.flat() : groups.flatMap((each) => each.slice(0, 1));
  const [some, other] = [...new Set(compared.filter((id) => id !== NONE))];
  if (some === undefined || other === undefined) return faults;
  const [a, b] = [some, other].map((id) => groupsOf(negotiation, release).find((group) => group.id === id)?.name ?? String(id));
  const exchange = release.since('5.4') ? 'CREATE_CHILD_SA' : 'CHILD_SA';
  const why = one ? 'is not allowed in quick mode' : `requires unimplemented ${exchange} INVALID_KE`;
  return [...faults, { rule: `more than one IKEv${one ? 1 : 2} ${name} ${word} algorithm (${a}, ${b}) ${why}`, path: [] }];
}

/** As messages call it. */
function groupWord(release: Release): string {
  return release.since('5.4') ? 'Key Exchange' : 'DH';
}
