/**
 * The policy as pluto's own IKEv2 proposals, for one exchange.
 *
 * @see libreswan `ikev2_proposals_from_proposals`, `get_v2_child_proposals`
 * @module
 */
import { type Algorithm, type Negotiation, TRANSFORM_TYPE_SLOT } from '../../model.ts';
import type { Want } from '../../policy.ts';
import type { Step } from '../profile.ts';
import { CIPHERS, NONE } from './algorithms.ts';
import { type Here, wantsOf } from './bench.ts';
import type { Local } from './ikev2-match.ts';

const [ENCR, , INTEG, KE, ESN] = [1, 2, 3, 4, 5];
const NO_GROUP: readonly Algorithm[] = [{ id: NONE }];

/** One for each line of `ike=` or `esp=`. */
export function localsOf(negotiation: Negotiation, step: Step, here: Here): readonly Local[] {
  return wantsOf({ policy: here.setup.policy }).map((want) => ({
    protocol: want.protocol,
    types: negotiation === 'ikev2-ike' ? ikeTypes(want) : childTypes(want, step, here),
  }));
}

type Types = Map<number, readonly Algorithm[]>;

function typesOf(want: Want): Types {
  const types: Types = new Map();
  for (const [type, slot] of TRANSFORM_TYPE_SLOT) {
    const wanted = want.slots.get(slot);
    if (wanted !== undefined && wanted.length > 0)
      types.set(type, type === ENCR ? wanted.flatMap((each) => lengths(each, want.protocol)) : wanted);
  }
  // A cipher that protects itself goes with no integrity, said or not.
  const self = (types.get(ENCR) ?? []).some(({ id }) => CIPHERS.some((cipher) => cipher.ikev2 === id && cipher.aead === true));
  if (self && !types.has(INTEG)) types.set(INTEG, [{ id: NONE }]);
  return types;
}

function ikeTypes(want: Want): Types {
  const types = typesOf(want);
  types.delete(ESN);
  return types;
}

/** Within IKE_AUTH there are no groups, but additional key exchanges are not left out; later those of the line, else that of the IKE SA with PFS, else none, which 4.6 to 4.15 forgot to say. */
function childTypes(want: Want, step: Step, here: Here): Types {
  const types = typesOf(want);
  const { pfsGroup } = here.setup;
  if (step === 'auth') types.set(KE, NO_GROUP);
  else if (!types.has(KE) && pfsGroup !== undefined) types.set(KE, [{ id: pfsGroup }]);
  else if (!types.has(KE) && (here.release.since('5.0') || !here.release.since('4.6'))) types.set(KE, NO_GROUP);
  if (!types.has(ESN)) types.set(ESN, esnOf(here));
  return types;
}

const [NO, YES] = [{ id: 0 }, { id: 1 }];

function esnOf(here: Here): readonly Algorithm[] {
  const esn = here.setting('esn');
  const either = esn === 'either' || (esn === 'default' && here.release.since('4.6'));
  return either ? [YES, NO] : esn === 'yes' ? [YES] : [NO];
}

/** A cipher without a length stands for its longest and its default, in IKE the longest first, in ESP the other way about. */
function lengths(wanted: Algorithm, protocol: number): readonly Algorithm[] {
  const cipher = CIPHERS.find(({ ikev2 }) => ikev2 === wanted.id);
  if (cipher === undefined || cipher.fixed === true) return [cipher?.fixed === true ? { id: wanted.id } : wanted];
  if (wanted.keyBits !== undefined && wanted.keyBits > 0) return [wanted];
  const both = [...new Set([cipher.keyBits[0] ?? 0, cipher.defaultBits])].map((keyBits) => ({ id: wanted.id, keyBits }));
  return protocol === 1 ? both : both.toReversed();
}
