/**
 * What Pluto's later members offer: their lists, entry by entry, in FreeS/WAN's frame of numbers that start at zero.
 *
 * @see FreeS/WAN 1.97 with patches `spdb.c`, `out_sa`, `ike_alg.c`, `ike_alg_db_new`, `kernel_alg.c`, `kernel_alg_db_add`
 * @module
 */
import { IPSEC } from '../../clauses.ts';
import { type Attribute, OAKLEY, type Offer, type Suite, type SuiteTransform } from '../../model.ts';
import { duration } from '../../offers.ts';
import type { Setup } from '../profile.ts';
import type { Dialect } from './dialect.ts';
import { listOf } from './family.ts';

/** How a member writes its offers. */
export interface OfferStyle {
  /** Seconds. */
  readonly ikeLife: number;
  readonly espLife: number;
  /** Methods of authentication, in the order in which each entry is offered with them. */
  readonly methods: readonly number[];
  /** The key length stands behind the hash, or at the end. */
  readonly keyLength: 'behind-hash' | 'last';
  /** Key lengths in bits of ESP ciphers that must have one, when the list says none. */
  readonly espKeyBits: ReadonlyMap<number, number>;
}

const ESP = 3;
const TUNNEL = 1;
const SECONDS = 1;
const SPI = Uint8Array.of(0, 0, 0x10, 0x01);

/** The offer of a setup for phase 1 or 2. Of phase 1, what the dialect cannot do is left out. */
export function familyOffer(setup: Setup, phase: 1 | 2, style: OfferStyle, { phase1, groups }: Dialect): Offer {
  const { suites } = listOf(setup, phase, false);
  if (phase === 1) {
    const has = (known: readonly { readonly id: number }[], own: { readonly id: number } | undefined): boolean =>
      known.some(({ id }) => id === own?.id);
    const able = suites.filter(
      ({ encryption, hash, group }) => has(phase1.ciphers, encryption) && has(phase1.hashes, hash) && has(groups, group),
    );
    const transforms = able
      .flatMap((suite) => style.methods.map((method) => oakleyAttributes(suite, method, setup.lifetime ?? style.ikeLife, style)))
      .map((attributes, number) => numbered(attributes, number, 1));
    if (transforms.length === 0) return { negotiation: 'ikev1-phase1', groups: [] };
    return { negotiation: 'ikev1-phase1', groups: [{ number: 0, proposals: [{ protocol: 1, spi: new Uint8Array(0), transforms }] }] };
  }
  const transforms = suites.map((suite, number) => numbered(espAttributes(suite, setup, style), number, suite.encryption?.id ?? 0));
  const proposals = transforms.length > 0 ? [{ protocol: ESP, spi: setup.spi ?? SPI, transforms }] : [];
  return { negotiation: 'ikev1-phase2', groups: proposals.length > 0 ? [{ number: 0, proposals }] : [] };
}

function numbered(attributes: readonly Attribute[], number: number, id: number): SuiteTransform {
  return { kind: 'suite', number: number & 0xff, id, attributes };
}

function oakleyAttributes({ encryption, hash, group }: Suite, method: number, life: number, { keyLength }: OfferStyle): Attribute[] {
  const bits = encryption?.keyBits === undefined ? [] : [tv(OAKLEY.keyLength, encryption.keyBits)];
  return [
    tv(OAKLEY.lifeType, SECONDS),
    duration(OAKLEY.lifeDuration, life),
    tv(OAKLEY.encryption, encryption?.id ?? 0),
    tv(OAKLEY.hash, hash?.id ?? 0),
    ...(keyLength === 'behind-hash' ? bits : []),
    tv(OAKLEY.auth, method),
    tv(OAKLEY.group, group?.id ?? 0),
    ...(keyLength === 'last' ? bits : []),
  ];
}

/** The group stands in front of everything, the key length behind. */
function espAttributes({ encryption, integrity, group }: Suite, setup: Setup, { espLife, espKeyBits }: OfferStyle): Attribute[] {
  const pfs = group?.id ?? setup.pfsGroup;
  const bits = encryption?.keyBits ?? espKeyBits.get(encryption?.id ?? 0);
  return [
    ...(pfs === undefined ? [] : [tv(IPSEC.group, pfs)]),
    tv(IPSEC.mode, setup.mode ?? TUNNEL),
    tv(IPSEC.lifeType, SECONDS),
    duration(IPSEC.lifeDuration, setup.lifetime ?? espLife),
    ...(integrity === undefined || integrity.id === 0 ? [] : [tv(IPSEC.integrity, integrity.id)]),
    ...(bits === undefined ? [] : [tv(IPSEC.keyLength, bits)]),
  ];
}

function tv(type: number, value: number): Attribute {
  return { type, form: 'TV', value };
}
