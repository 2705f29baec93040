/**
 * strongSwan's pluto, which spoke IKEv1 up to 4.6 while charon spoke IKEv2.
 *
 * @module
 */
import { attributeNumber } from '../../clauses.ts';
import { OAKLEY } from '../../model.ts';
import { judgement, readSa } from '../answers.ts';
import { familyConnection, familyResponse, listOf, unheard } from '../freeswan/family.ts';
import { PLUTO } from '../freeswan/log.ts';
import { familyOffer } from '../freeswan/family-offers.ts';
import { traitsOf } from '../freeswan/releases.ts';
import { defineProfile, type Request, type Response, type Setup, type Situation } from '../profile.ts';
import { methodsOf, policyName, strongswanPlutoDialect, type StrongswanPlutoSetup } from './dialect.ts';
import { STRONGSWAN_PLUTO } from './log.ts';

const SETTINGS = {
  strict: { values: ['no', 'yes'], meaning: 'whether ike= and esp= end in "!": only what is listed is taken' },
  xauth: { values: ['server', 'client'], meaning: 'who asks for a name and a password, when the method is XAUTH' },
  secret: { values: ['known', 'unknown'], meaning: 'whether a preshared key is found for the peer' },
} as const;

type Here = Situation<typeof SETTINGS>;

export const strongswanPlutoProfile = defineProfile({
  name: 'strongswan-pluto',
  title: "strongSwan 4's pluto",
  basis: 'source',
  sources: ['strongSwan 4.6 pluto/spdb.c, ike_alg.c, kernel_alg.c, constants.c, ipsec_doi.c'],
  releases: ['4.6'],
  negotiations: ['ikev1-phase1', 'ikev1-phase2'],
  settings: SETTINGS,
  defaults: (negotiation) => (negotiation === 'ikev1-phase1' ? PHASE1 : PHASE2),
  respond: (request, here) => unknownMethod(request, here) ?? judged(request, here, false),
  check: (answer, here) => judged(answer, here, true),
  offer: (_, negotiation, here) => {
    const style = { ...STYLE, methods: offeredMethods(here) };
    return familyOffer(here.setup, negotiation === 'ikev1-phase1' ? 1 : 2, style, strongswanPlutoDialect(setupOf(here)));
  },
});

/** Lifetimes of three hours and of one. */
const STYLE = { ikeLife: 10_800, espLife: 3600, keyLength: 'behind-hash', espKeyBits: new Map([[12, 256]]) } as const;

/** Public keys, a preshared key, XAUTH with either; of public keys the one that is configured. */
function offeredMethods({ setup, setting }: Here): readonly number[] {
  const own = setup.auth ?? [1];
  const client = setting('xauth') === 'client';
  const xauth = (asClient: number, asServer: number): number[] =>
    own.includes(asClient) || own.includes(asServer) ? [client ? asClient : asServer] : [];
  return [
    ...own.filter((method) => method !== 1 && method < 100),
    ...(own.includes(1) ? [1] : []),
    ...xauth(65_005, 65_006),
    ...xauth(65_001, 65_002),
  ];
}

function setupOf({ setup, setting }: Here): StrongswanPlutoSetup {
  const strict = setting('strict') === 'yes';
  return {
    ike: listOf(setup, 1, strict),
    esp: listOf(setup, 2, strict),
    auth: setup.auth ?? [1],
    xauthServer: setting('xauth') === 'server',
  };
}

function judged(request: Request, here: Here, check: boolean): Response {
  const connection = familyConnection(here.setup, here.setting('secret') === 'known', check);
  const response = familyResponse(request, { traits: traitsOf('2.0'), dialect: strongswanPlutoDialect(setupOf(here)), connection });
  const { wire, logs } = response;
  if (wire.kind !== 'notify' || check || request.negotiation !== 'ikev1-phase1') return response;
  const last = PLUTO.read(logs.findLast(({ level }) => level === 'normal')?.text ?? '')?.key;
  return last !== undefined && WITH_STATE.has(last) ? response : { ...response, wire: { ...wire, responderSpi: 'zero' } };
}

/** What is found before there is a state is answered without a cookie of ours. These are found later. */
const WITH_STATE: ReadonlySet<string> = new Set([
  'noTransform',
  'oakleyRepeated',
  'missing',
  'lifeTypeRepeated',
  'countDisagrees',
  'unexpectedPayloadInProposal',
]);

/** It looks for a connection with one of the methods that are offered. When there is none, nothing leaves. */
function unknownMethod({ negotiation, sa }: Request, here: Here): Response | undefined {
  if (negotiation !== 'ikev1-phase1') return undefined;
  const { value: body, faults } = readSa(sa, negotiation);
  const [group] = body?.offer?.groups ?? [];
  // A flaw of the form comes first, with a notification of its own.
  if (!group || faults.length > 0 || group.proposals.length !== 1 || body?.offer?.groups.length !== 1) return undefined;
  const methods = (group.proposals[0]?.transforms ?? []).flatMap((transform) =>
    transform.attributes.flatMap((attribute) =>
      attribute.type === OAKLEY.auth && attribute.form === 'TV' ? [attributeNumber(attribute)] : [],
    ),
  );
  const asked = new Set(methods.flatMap((method) => policyName(method) ?? []));
  const own = methodsOf(setupOf(here), false);
  if (asked.size === 0 || own.some((method) => asked.has(policyName(method) ?? ''))) return undefined;
  // Its own verdict may still be of the form.
  const verdict = judged({ negotiation, step: 'main', sa }, here, false);
  if (verdict.outcome === 'refused' && verdict.code !== NO_PROPOSAL_CHOSEN) return undefined;
  const allowed = own.map((id) => ({ id }));
  const reasons = methods.map(
    (id) => ({ code: 'algorithm-not-configured', offered: { slot: 'auth', id, path: [0, 0] }, allowed }) as const,
  );
  const policy = [...asked].join('+');
  const line = STRONGSWAN_PLUTO.write('notAuthorizedWith', { address: '10.0.0.1', port: 500, policy });
  return unheard([judgement([0, 0], reasons)], [STRONGSWAN_PLUTO.write('requested', { policy }), line], NO_PROPOSAL_CHOSEN);
}

const NO_PROPOSAL_CHOSEN = 14;

/** `aes128-sha1-modp2048,3des-sha1-modp1536`. */
const PHASE1: Setup = {
  policy: [
    [
      {
        protocol: 1,
        slots: new Map([
          ['encryption', [{ id: 7, keyBits: 128 }]],
          ['hash', [{ id: 2 }]],
          ['group', [{ id: 14 }]],
        ]),
      },
    ],
    [
      {
        protocol: 1,
        slots: new Map([
          ['encryption', [{ id: 5 }]],
          ['hash', [{ id: 2 }]],
          ['group', [{ id: 5 }]],
        ]),
      },
    ],
  ],
};
/** `aes128-sha1,3des-sha1`. */
const PHASE2: Setup = {
  policy: [
    [
      {
        protocol: 3,
        slots: new Map([
          ['encryption', [{ id: 12, keyBits: 128 }]],
          ['integrity', [{ id: 2 }]],
        ]),
      },
    ],
    [
      {
        protocol: 3,
        slots: new Map([
          ['encryption', [{ id: 3 }]],
          ['integrity', [{ id: 2 }]],
        ]),
      },
    ],
  ],
};
