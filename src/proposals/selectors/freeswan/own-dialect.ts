/**
 * FreeS/WAN's own dialect: 3DES, MD5 and SHA-1, two or three groups, nothing to configure.
 *
 * @see FreeS/WAN 2.0x `spdb.c`, `constants.c`
 * @module
 */
import { type Algorithm, type Choice, OAKLEY } from '../../model.ts';
import { judgeAh, judgeEsp, judgeIpcomp } from './acceptable.ts';
import type { Seen } from './attributes.ts';
import { type Bench, oakleyName } from './bench.ts';
import type { Dialect, Vocabulary } from './dialect.ts';
import type { Fault } from './ledger.ts';
import { PLUTO } from './log.ts';
import * as names from './names.ts';
import { among, shownAttribute } from './phase1-transform.ts';
import { AH, ESP, IPCOMP } from './phase2-transform.ts';
import type { Traits } from './releases.ts';
import { attributeLayout, type TransformLayout, transformLayout } from './structure.ts';

const DES = 1;
const PSK = 1;
const RSA_SIG = 3;

/** The names of FreeS/WAN 2.0x. */
export const FREESWAN_NAMES: Vocabulary = {
  oakleyAttribute: names.OAKLEY_ATTRIBUTE,
  oakleyValue: names.OAKLEY_VALUE,
  ipsecAttribute: names.IPSEC_ATTRIBUTE,
  ipsecValue: names.IPSEC_VALUE,
  ahTransform: names.AH_TRANSFORM,
  espTransform: names.ESP_TRANSFORM,
  ipcompTransform: names.IPCOMP_TRANSFORM,
};

/** What a release of FreeS/WAN does, as its makers gave it out. */
export function freeswanDialect(traits: Traits): Dialect {
  const vocabulary = traits.aesNamed
    ? FREESWAN_NAMES
    : {
        ...FREESWAN_NAMES,
        ahTransform: names.without(names.AH_TRANSFORM, 5, 6, 7),
        espTransform: names.without(names.ESP_TRANSFORM, 12),
      };
  return {
    by: 'FreeS/WAN',
    names: vocabulary,
    groups: (traits.modp768 ? [1, 2, 5] : [2, 5]).map((id) => ({ id })),
    phase1: {
      attributes: oakleyLayout(vocabulary),
      prescan: false,
      ciphers: [{ id: 5, least: 192, usual: 192, most: 192 }],
      cipherComplaint: 'notSupported',
      judgeCipher: (offered, attribute) => (offered.id === DES ? forbidden(offered, attribute) : undefined),
      hashes: [{ id: 1 }, { id: 2 }],
      groupComplaint: 'onlyGroups',
      longLife: 'refused',
      missingShifted: true,
      judgeAuth,
    },
    phase2: {
      attributes: ipsecLayout(vocabulary),
      layouts: transformLayouts(vocabulary),
      wellKnownCpis: [2],
      withoutTransforms: 'noTransforms',
      pfsComplaint: 'onlyPfsGroups',
      natTraversal: false,
      refusesLifeType0: false,
      keyRounds: true,
      remarksCompression: false,
      judgeAh,
      judgeEsp,
      judgeIpcomp,
    },
  };
}

/** How attributes of phase 1 are read with these names. */
export function oakleyLayout({ oakleyAttribute }: Vocabulary): ReturnType<typeof attributeLayout> {
  return attributeLayout('ISAKMP Oakley attribute', oakleyAttribute);
}

/** How attributes of phase 2 are read with these names. */
export function ipsecLayout({ ipsecAttribute }: Vocabulary): ReturnType<typeof attributeLayout> {
  return attributeLayout('ISAKMP IPsec DOI attribute', ipsecAttribute);
}

/** How the transforms of AH, ESP and IPCOMP are read with these names. */
export function transformLayouts(vocabulary: Vocabulary): Readonly<Record<number, TransformLayout>> {
  return {
    [AH]: transformLayout('AH', vocabulary.ahTransform),
    [ESP]: transformLayout('ESP', vocabulary.espTransform),
    [IPCOMP]: transformLayout('COMP', vocabulary.ipcompTransform),
  };
}

function forbidden(offered: Choice, { form }: Seen): Fault {
  const value = names.OAKLEY_VALUE.get(OAKLEY.encryption)?.get(offered.id) ?? '';
  const line = PLUTO.write('notSupported', { value, attribute: names.show(names.OAKLEY_ATTRIBUTE, form) });
  return { reason: { code: 'algorithm-forbidden', offered, by: 'FreeS/WAN' }, line };
}

function judgeAuth(offered: Choice, seen: Seen, bench: Bench): Fault | undefined {
  const { policy } = bench.connection;
  const rsa = bench.traits.rsaSignatures;
  const shown = { method: oakleyName(bench, OAKLEY.auth, offered.id), attribute: shownAttribute(seen, bench) };
  const allowed: Algorithm[] = [];
  if (policy.has('psk')) allowed.push({ id: PSK });
  if (policy.has('rsasig') && rsa) allowed.push({ id: RSA_SIG });
  const supported = offered.id === PSK || (offered.id === RSA_SIG && rsa);
  const fault = among(offered, allowed, () => PLUTO.write(supported ? 'authNotAllowed' : 'authUnknown', shown));
  return fault ?? (offered.id === PSK ? secretMissing(offered, seen, bench) : undefined);
}

/** Whether the preshared key is there. */
export function secretMissing(offered: Choice, seen: Seen, bench: Bench): Fault | undefined {
  const { pskKnown, ourId, peerId } = bench.connection;
  if (pskKnown) return undefined;
  const line = PLUTO.write('psKeyMissing', { ours: ourId, peers: peerId, attribute: shownAttribute(seen, bench) });
  return { reason: { code: 'no-credential', offered }, line };
}
