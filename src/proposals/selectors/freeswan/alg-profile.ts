/**
 * FreeS/WAN 1.97 with the algorithm patches, as a profile of its own.
 *
 * @module
 */
import { defineProfile, type Setup, type Situation } from '../profile.ts';
import { algDialect } from './alg-dialect.ts';
import { familyConnection, familyResponse, listOf, type Member } from './family.ts';
import { familyOffer } from './family-offers.ts';
import { traitsOf } from './releases.ts';

const SETTINGS = {
  strict: { values: ['no', 'yes'], meaning: 'whether ike= and esp= end in "!": only the ciphers listed are taken' },
  secret: { values: ['known', 'unknown'], meaning: 'whether a preshared key is found for the peer' },
} as const;

export const freeswanAlgProfile = defineProfile({
  name: 'freeswan-alg',
  title: 'FreeS/WAN 1.97 with the algorithm patches',
  basis: 'source',
  sources: ['uClinux freeswan/pluto/spdb.c, ike_alg.c, kernel_alg.c, constants.c (FreeS/WAN 1.97)'],
  releases: ['1.97'],
  negotiations: ['ikev1-phase1', 'ikev1-phase2'],
  settings: SETTINGS,
  defaults: (negotiation) => (negotiation === 'ikev1-phase1' ? PHASE1 : PHASE2),
  respond: (request, here) => familyResponse(request, memberOf(here, false)),
  check: (answer, here) => familyResponse(answer, memberOf(here, true)),
  offer: (_, negotiation, here) => {
    const style = { ...STYLE, methods: rsaFirst(here.setup.auth) };
    return familyOffer(here.setup, negotiation === 'ikev1-phase1' ? 1 : 2, style, memberOf(here, false).dialect);
  },
});

const STYLE = { ikeLife: 3600, espLife: 28_800, keyLength: 'behind-hash', espKeyBits: new Map([[12, 256]]) } as const;

/** RSA in front of a preshared key. */
function rsaFirst(auth: readonly number[] = [1]): readonly number[] {
  return [3, 1].filter((method) => auth.includes(method));
}

function memberOf({ setup, setting }: Situation<typeof SETTINGS>, check: boolean): Member {
  const strict = setting('strict') === 'yes';
  const dialect = algDialect(listOf(setup, 1, strict), listOf(setup, 2, strict));
  return { traits: traitsOf('1.97'), dialect, connection: familyConnection(setup, setting('secret') === 'known', check) };
}

/** `3des-md5,3des-sha-modp1536,modp1024`, the first of its built-in offer. */
const PHASE1: Setup = {
  policy: [
    [
      {
        protocol: 1,
        slots: new Map([
          ['encryption', [{ id: 5 }]],
          ['hash', [{ id: 1 }, { id: 2 }]],
          ['group', [{ id: 5 }, { id: 2 }]],
        ]),
      },
    ],
  ],
};
const PHASE2: Setup = {
  policy: [
    [
      {
        protocol: 3,
        slots: new Map([
          ['encryption', [{ id: 3 }]],
          ['integrity', [{ id: 1 }, { id: 2 }]],
        ]),
      },
    ],
  ],
};
