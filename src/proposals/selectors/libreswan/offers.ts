/**
 * What pluto sends as the initiator.
 *
 * @see libreswan `ikev1_out_sa`, `oakley_alg_mergedb`, `kernel_alg_db_add`, `ikev2_emit_sa_proposals`
 * @module
 */
import type { Algorithm, Attribute, Negotiation, Offer, Proposal, SingleTransform, Slot, SuiteTransform } from '../../model.ts';
import { KEY_LENGTH_ATTRIBUTE, OAKLEY } from '../../model.ts';
import { IPSEC } from '../../clauses.ts';
import { duration } from '../../offers.ts';
import type { Want } from '../../policy.ts';
import type { Step } from '../profile.ts';
import { CIPHERS, INTEGRITIES, NONE } from './algorithms.ts';
import { allowed, type Here, pfsGroupOf, wantsOf } from './bench.ts';
import { localsOf } from './locals.ts';

const [ISAKMP, AH, ESP, IPCOMP] = [1, 2, 3, 4];
const EIGHT_HOURS = 28_800;
const PSK = 1;
const KEY_IKE = 1;
const TUNNEL = 1;
const DEFLATE = 2;
const NO_SPI = new Uint8Array();
const OUR_SPI = Uint8Array.of(0, 0, 0x10, 1);
const OUR_IKE_SPI = Uint8Array.of(0, 0, 0, 0, 0, 0, 0x10, 1);
const OUR_CPI = Uint8Array.of(0x12, 0x34);

/** The offer of an exchange. */
export function offerOf(step: Step, negotiation: Negotiation, here: Here): Offer {
  if (negotiation === 'ikev1-phase1') return oakleyOffer(step, here);
  if (negotiation === 'ikev1-phase2') return ipsecOffer(here);
  return ikev2Offer(negotiation, step, here);
}

interface Line {
  readonly encryption: Algorithm;
  readonly hash: number;
  readonly group: number;
}

/** One proposal of number 0; the transforms count from 0. */
function oakleyOffer(step: Step, here: Here): Offer {
  const lines = wantsOf({ policy: here.setup.policy }).flatMap(linesOf);
  const [auth = PSK] = here.setup.auth ?? [];
  const life = here.setup.lifetime ?? EIGHT_HOURS;
  const transforms = (step === 'aggressive' ? oneGroup(lines) : lines).flatMap((line) =>
    oakleyBits(line.encryption).map((keyBits) => oakleyAttributes(line, keyBits, auth, life)),
  );
  const proposal: Proposal = { protocol: ISAKMP, spi: NO_SPI, transforms: numbered(transforms, () => KEY_IKE) };
  return { negotiation: 'ikev1-phase1', groups: [{ number: 0, proposals: [proposal] }] };
}

function numbered<T extends { readonly id?: number; readonly attributes: readonly Attribute[] }>(
  each: readonly T[],
  idOf: (item: T) => number,
): SuiteTransform[] {
  return each.map((item, number) => ({ kind: 'suite', number: number & 0xff, id: idOf(item), attributes: item.attributes }));
}

function linesOf(want: Want): Line[] {
  const each = (slot: Slot): readonly Algorithm[] => allowed(want, slot);
  return each('encryption').flatMap((encryption) =>
    each('group').flatMap((group) => each('hash').map((hash) => ({ encryption, hash: hash.id, group: group.id }))),
  );
}

/** Aggressive mode can have one group: of two the later one, unless the first suits old devices. */
function oneGroup(lines: readonly Line[]): Line[] {
  const [MODP1024, MODP1536] = [2, 5];
  let kept: Line[] = [];
  for (const line of lines) {
    const last = kept.at(-1)?.group;
    if (last === undefined || last === line.group) kept.push(line);
    else if (last !== MODP1024 && last !== MODP1536) kept = [line];
  }
  return kept;
}

/** The lengths to offer of a cipher without one: the longest, then the default. A cipher of one length has no attribute. */
function oakleyBits({ id, keyBits = 0 }: Algorithm): readonly (number | undefined)[] {
  const cipher = CIPHERS.find(({ oakley }) => oakley === id);
  if (keyBits > 0 && cipher?.fixed !== true) return [keyBits];
  if (cipher === undefined || cipher.fixed === true) return [undefined];
  return [...new Set([cipher.keyBits[0], cipher.defaultBits])];
}

function oakleyAttributes(
  line: Line,
  keyBits: number | undefined,
  auth: number,
  life: number,
): { readonly attributes: readonly Attribute[] } {
  const attributes: Attribute[] = [
    tv(OAKLEY.lifeType, 1),
    duration(OAKLEY.lifeDuration, life),
    tv(OAKLEY.encryption, line.encryption.id),
    tv(OAKLEY.hash, line.hash),
    tv(OAKLEY.auth, auth),
    tv(OAKLEY.group, line.group),
    ...(keyBits === undefined ? [] : [tv(OAKLEY.keyLength, keyBits)]),
  ];
  return { attributes };
}

function tv(type: number, value: number): Attribute {
  return { type, form: 'TV', value };
}

/** One proposal of number 0, and compression beside it when it is wanted. */
function ipsecOffer(here: Here): Offer {
  const { setup } = here;
  const wants = wantsOf({ policy: setup.policy });
  const protocol = wants[0]?.protocol ?? ESP;
  const group = pfsGroupOf(here);
  const common: Attribute[] = [
    tv(IPSEC.mode, setup.mode ?? TUNNEL),
    tv(IPSEC.lifeType, 1),
    duration(IPSEC.lifeDuration, setup.lifetime ?? EIGHT_HOURS),
  ];
  const shared = group === undefined ? common : [tv(IPSEC.group, group), ...common];
  const transforms = wants.flatMap((want) => (protocol === AH ? ahTransforms(want) : espTransforms(want)));
  const own = { protocol, spi: setup.spi ?? OUR_SPI };
  const proposals: Proposal[] = [
    {
      ...own,
      transforms: numbered(
        transforms.map(({ id, attributes }) => ({ id, attributes: [...shared, ...attributes] })),
        ({ id }) => id,
      ),
    },
  ];
  if (here.setting('compress') === 'yes') {
    proposals.push({ protocol: IPCOMP, spi: OUR_CPI, transforms: [{ kind: 'suite', number: 0, id: DEFLATE, attributes: common }] });
  }
  return { negotiation: 'ikev1-phase2', groups: [{ number: 0, proposals }] };
}

interface IpsecLine {
  readonly id: number;
  readonly attributes: readonly Attribute[];
}

function ahTransforms(want: Want): IpsecLine[] {
  return allowed(want, 'integrity').map(({ id }) => {
    return { id, attributes: [tv(IPSEC.integrity, INTEGRITIES.find(({ ah }) => ah === id)?.auth ?? id)] };
  });
}

/** Here the default length of a cipher comes before its longest. */
function espTransforms(want: Want): IpsecLine[] {
  const integrities = allowed(want, 'integrity');
  return allowed(want, 'encryption').flatMap(({ id, keyBits = 0 }) => {
    const cipher = CIPHERS.find(({ esp }) => esp === id);
    const fixed = cipher === undefined || cipher.fixed === true;
    const lengths = keyBits > 0 && !fixed ? [keyBits] : fixed ? [undefined] : [...new Set([cipher.defaultBits, cipher.keyBits[0]])];
    return (integrities.length === 0 ? [{ id: NONE }] : integrities).flatMap((integrity) =>
      lengths.map((bits) => ({
        id,
        attributes: [
          ...(integrity.id === NONE ? [] : [tv(IPSEC.integrity, integrity.id)]),
          ...(bits === undefined ? [] : [tv(IPSEC.keyLength, bits)]),
        ],
      })),
    );
  });
}

/** A proposal for each line, its types in ascending order; no integrity and no group are sent only beside others. */
function ikev2Offer(negotiation: Negotiation, step: Step, here: Here): Offer {
  const own = negotiation === 'ikev2-ike' ? OUR_IKE_SPI : OUR_SPI;
  const spi = step === 'sa-init' ? NO_SPI : (here.setup.spi ?? own);
  const groups = localsOf(negotiation, step, here).map(({ protocol, types }, i) => {
    const transforms = [...types]
      .toSorted(([a], [b]) => a - b)
      .flatMap(([type, algorithms]) =>
        algorithms.length === 1 && algorithms[0]?.id === NONE && (type === INTEG || type === KE)
          ? []
          : algorithms.map((each) => single(type, each)),
      );
    return { number: (i + 1) & 0xff, proposals: [{ protocol, spi, transforms }] };
  });
  return { negotiation, groups };
}

const [INTEG, KE] = [3, 4];

function single(type: number, { id, keyBits = 0 }: Algorithm): SingleTransform {
  return { kind: 'single', type, id, attributes: keyBits > 0 ? [tv(KEY_LENGTH_ATTRIBUTE, keyBits)] : [] };
}
