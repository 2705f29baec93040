/**
 * Openswan: a Pluto that sends notifications, and speaks IKEv2 too.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Algorithm, Negotiation, Offer, Slot, Suite } from '../../model.ts';
import { boxOf, type Policy } from '../../policy.ts';
import { expandBox } from '../../suites.ts';
import { familyConnection, familyResponse, listOf, type Member } from '../freeswan/family.ts';
import { PLUTO } from '../freeswan/log.ts';
import { TV } from '../freeswan/names.ts';
import { familyOffer } from '../freeswan/family-offers.ts';
import { traitsOf } from '../freeswan/releases.ts';
import { ConfigError } from '../errors.ts';
import { defineProfile, type Release, type Request, type Response, type Setup, type Situation, type Step } from '../profile.ts';
import { OPENSWAN } from './log.ts';
import { ikev2Offer } from './offers.ts';
import { GROUPS, openswanDialect } from './ikev1.ts';
import { judgeIkeSa } from './ikev2.ts';

const SETTINGS = {
  strict: { values: ['no', 'yes'], meaning: 'up to 2.6, whether ike= and esp= end in "!": only what is listed is taken' },
  xauth: { values: ['none', 'initiator', 'responder'], meaning: 'who has to give a name and a password besides' },
  secret: { values: ['known', 'unknown'], meaning: 'whether a preshared key is found for the peer' },
} as const;

type Here = Situation<typeof SETTINGS>;

export const openswanProfile = defineProfile({
  name: 'openswan',
  title: 'Openswan',
  basis: 'source',
  sources: ['Openswan 2.6.52.3 and 3.0.0 pluto/spdb_v1_struct.c, spdb_v2_struct.c, ikev1_main.c, ikev2_parent_R1.c, plutoalg.c'],
  releases: ['2.6', '3.0'],
  negotiations: ['ikev1-phase1', 'ikev1-phase2', 'ikev2-ike'],
  settings: SETTINGS,
  defaults,
  respond: (request, here) => judged(request, here, false),
  check: (answer, here) => judged(answer, here, true),
  offer: offered,
});

function judged(request: Request, here: Here, check: boolean): Response {
  const { setup, release } = here;
  if (request.negotiation === 'ikev2-ike') {
    const list = setup.policy.flat().flatMap((want) => expandBox(boxOf(want)));
    const since3 = release.since('3.0');
    const response = judgeIkeSa(request, { list, since3, groups: GROUPS, usualKeyBits: USUAL_KEY_BITS, peer: '10.0.0.2' }, check);
    return { ...response, logs: response.logs.map((line) => reworded(line, true)) };
  }
  const response = familyResponse(request, memberOf(here, check));
  return { ...response, logs: response.logs.map((line) => reworded(line, release.since('3.0'))) };
}

/** Of IKEv1 the offers of 2.6 are known. @throws ConfigError for those of 3.0 */
function offered(_: Step, negotiation: Negotiation, here: Here): Offer {
  const { setup, release } = here;
  const since3 = release.since('3.0');
  if (negotiation === 'ikev2-ike')
    return ikev2Offer(
      setup.policy.flat().flatMap((own) => expandBox(boxOf(own))),
      since3,
    );
  if (since3) throw new ConfigError('openswan@3.0', [{ rule: 'it is not known what Openswan 3.0 offers in IKEv1', path: [] }]);
  const style = { ...STYLE_26, methods: setup.auth ?? [1] };
  return familyOffer(setup, negotiation === 'ikev1-phase1' ? 1 : 2, style, memberOf(here, false).dialect);
}

const STYLE_26 = { ikeLife: 3600, espLife: 28_800, keyLength: 'last', espKeyBits: new Map([[12, 128]]) } as const;

function memberOf({ setup, setting, release }: Here, check: boolean): Member {
  const strict = setting('strict') === 'yes';
  const since3 = release.since('3.0');
  const dialect = openswanDialect({
    ike: listOf(setup, 1, strict),
    esp: listOf(setup, 2, strict),
    auth: setup.auth ?? [1],
    xauth: setting('xauth'),
    since3,
    ...(setup.policy === BUILT_IN_V1 && { builtIn: BUILT_IN }),
  });
  return { traits: traitsOf('2.0'), dialect, connection: familyConnection(setup, setting('secret') === 'known', check) };
}

/** Where FreeS/WAN says "unknown value", Openswan says "unknown in value"; `bare`: of an attribute's type without the bit for TV. */
function reworded(line: LogLine, bare: boolean): LogLine {
  // What others only remark while debugging, 2.6 says aloud.
  if (!bare && line.text === AH_AND_ESP.text) return AH_AND_ESP;
  if (!line.text.includes('has an unknown value')) return line;
  const found = PLUTO.read(line.text);
  if (found?.key !== 'unknownValue') return line;
  const { field = '', structure = '', value = '' } = found.values;
  const number = Number(value);
  const shown = bare && field === 'af+type' && number >= TV ? number - TV : value;
  return PLUTO.write('unknownInValue', { field, structure, value: shown });
}

const AH_AND_ESP = OPENSWAN.write('encapsulationDisagrees');

/** AES has several key lengths, so that its own is said; 3DES has one. */
const USUAL_KEY_BITS: ReadonlyMap<number, number> = new Map([[12, 128]]);

function defaults(negotiation: Negotiation, release: Release): Setup {
  const since3 = release.since('3.0');
  if (negotiation === 'ikev1-phase2') return { policy: since3 ? ESP_30 : ESP_26 };
  if (negotiation === 'ikev1-phase1') return { policy: since3 ? BUILT_IN_V1 : IKE_26 };
  return { policy: since3 ? policyOf(BUILT_IN) : policyOf(BUILT_IN_26) };
}

function suites(
  groups: readonly number[],
  prfs: readonly number[],
  integrities: readonly number[],
  ciphers: readonly Algorithm[],
): readonly Suite[] {
  return groups.flatMap((group) =>
    prfs.flatMap((prf) =>
      integrities.flatMap((integrity) =>
        ciphers.map((encryption): Suite => ({ encryption, integrity: { id: integrity }, prf: { id: prf }, group: { id: group } })),
      ),
    ),
  );
}

const AES_128: Algorithm = { id: 12, keyBits: 128 };
const TRIPLE_DES: Algorithm = { id: 3 };
/** Group by group; the PRF is the first of three, for the others are taken for duplicates. @see Openswan 3.0.0 `plutoalg.c`, `alg_info_ike_add` */
const BUILT_IN = suites([14, 5, 15], [5], [12, 2], [AES_128]);
/** AES before 3DES, but with the smallest group. @see Openswan 2.6.52.3 `spdb.c`, `oakley_sadb`; a message of its unit tests */
const BUILT_IN_26 = [14, 5, 2].flatMap((group) =>
  (group === 2 ? [TRIPLE_DES, AES_128] : [AES_128, TRIPLE_DES]).flatMap((encryption) =>
    [2, 1].map((hash): Suite => ({ encryption, integrity: { id: hash }, prf: { id: hash }, group: { id: group } })),
  ),
);

function policyOf(list: readonly Suite[], protocol = 1): Policy {
  return list.map((suite) => {
    const slots = Object.entries(suite).map(([slot, algorithm]): [Slot, readonly Algorithm[]] => [slot as Slot, [algorithm]]);
    return [{ protocol, slots: new Map(slots) }];
  });
}

const want = (protocol: number, slots: readonly (readonly [Slot, readonly Algorithm[]])[]): Policy => [
  [{ protocol, slots: new Map(slots) }],
];

/** The built-in list of 3.0 in the numbers of phase 1, where only SHA2-256 finds its PRF. */
const BUILT_IN_V1: Policy = want(1, [
  ['encryption', [{ id: 7, keyBits: 128 }]],
  ['hash', [{ id: 4 }]],
  ['group', [{ id: 14 }, { id: 5 }, { id: 15 }]],
]);
const IKE_26: Policy = want(1, [
  ['encryption', [{ id: 7, keyBits: 128 }, { id: 5 }]],
  ['hash', [{ id: 2 }, { id: 1 }]],
  ['group', [{ id: 14 }, { id: 5 }, { id: 2 }]],
]);
const ESP_26: Policy = want(3, [
  ['encryption', [{ id: 12, keyBits: 128 }, { id: 3 }]],
  ['integrity', [{ id: 2 }, { id: 1 }]],
]);
const ESP_30: Policy = want(3, [
  ['encryption', [{ id: 12, keyBits: 128 }]],
  ['integrity', [{ id: 5 }, { id: 2 }]],
]);
