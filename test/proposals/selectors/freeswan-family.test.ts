import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { readdirSync, readFileSync } from 'node:fs';
import type { Algorithm, Attribute, Offer, Slot, SuiteTransform } from '../../../src/proposals/model.ts';
import type { Policy } from '../../../src/proposals/policy.ts';
import { writeSa } from '../../../src/proposals/selectors/answers.ts';
import { OPENSWAN } from '../../../src/proposals/selectors/openswan/log.ts';
import type { Response, Setup } from '../../../src/proposals/selectors/profile.ts';
import { type Configured, selectorFor } from '../../../src/proposals/selectors/selector.ts';

/** `1=7 2=2 3=1 4=14` one transform; `|` parts transforms. */
function phase1(text: string): Uint8Array {
  const transforms = text
    .split('|')
    .map((each, number): SuiteTransform => ({ kind: 'suite', number, id: 1, attributes: attributes(each) }));
  return sa({ negotiation: 'ikev1-phase1', groups: [{ number: 0, proposals: [{ protocol: 1, spi: new Uint8Array(0), transforms }] }] });
}

/** `3:12 4=1 5=2` protocol, transform and attributes; `|` parts transforms, `;` groups. */
function phase2(text: string): Uint8Array {
  const groups = text.split(';').map((group, number) => {
    const protocol = Number(group.trim().split(':')[0]);
    const transforms = group.split('|').map((each, i): SuiteTransform => {
      const [, id = 0] = /:(\d+)/.exec(each) ?? [];
      return { kind: 'suite', number: i, id: Number(id), attributes: attributes(each.replace(/\d+:\d+/, '')) };
    });
    return { number, proposals: [{ protocol, spi: Uint8Array.of(0, 0, 16, 0).slice(protocol === 4 ? 2 : 0), transforms }] };
  });
  return sa({ negotiation: 'ikev1-phase2', groups });
}

function attributes(text: string): Attribute[] {
  return text
    .trim()
    .split(/\s+/)
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [type = 0, value = 0] = pair.split('=').map(Number);
      return { type, form: 'TV', value };
    });
}

function sa(offer: Offer): Uint8Array {
  return writeSa({ offer });
}

type List = readonly (readonly [Slot, readonly Algorithm[]])[];
const one = (protocol: number, slots: List): Policy => [[{ protocol, slots: new Map(slots) }]];
const IKE = one(1, [
  ['encryption', [{ id: 7, keyBits: 128 }]],
  ['hash', [{ id: 2 }]],
  ['group', [{ id: 14 }]],
]);
const ESP = one(3, [
  ['encryption', [{ id: 12, keyBits: 128 }]],
  ['integrity', [{ id: 2 }]],
]);

function ask(profile: string, phase: 1 | 2, payload: Uint8Array, setup: Setup, check = false): Response {
  const negotiation = phase === 1 ? 'ikev1-phase1' : 'ikev1-phase2';
  const peer: Configured = selectorFor(profile).configured(negotiation, setup);
  const request = { negotiation, step: phase === 1 ? 'main' : 'quick', sa: payload } as const;
  return check ? peer.check({ ...request, offered: payload }) : peer.respond(request);
}

/** The lines that are written without debugging. */
const said = ({ logs }: Response): string[] => logs.filter(({ level }) => level === 'normal').map(({ text }) => text);
const NONE = 'no acceptable Oakley Transform';
const NO_PROPOSAL = 'no acceptable Proposal in IPsec SA';

type Case = readonly [profile: string, offer: string, setup: Partial<Setup>, notify: number | 'selected' | 'silence', ...lines: string[]];

describe("Pluto's family, phase 1", () => {
  const aes = '1=7 2=2 3=1 4=14';
  const cases: Case[] = [
    ['freeswan-alg', aes, {}, 'selected'],
    ['freeswan-alg', '1=1 2=1 3=1 4=1', {}, 'selected'],
    ['freeswan-alg', '1=3 2=1 3=1 4=1', {}, 14, 'OAKLEY_BLOWFISH_CBC is not supported.  Attribute OAKLEY_ENCRYPTION_ALGORITHM', NONE],
    ['freeswan-alg', '1=5 2=1 3=3 4=2', {}, 'selected'],
    [
      'freeswan-alg',
      '1=5 2=1 3=1 4=17',
      {},
      14,
      'only OAKLEY_GROUP_MODP768, OAKLEY_GROUP_MODP1024 and OAKLEY_GROUP_MODP1536 supported.  Attribute OAKLEY_GROUP_DESCRIPTION',
      NONE,
    ],
    [
      'freeswan-alg',
      '14=128 1=7 2=2 3=1 4=14',
      {},
      14,
      'OAKLEY_KEY_LENGTH attribute not preceded by OAKLEY_ENCRYPTION_ALGORITHM attribute.  Attribute OAKLEY_KEY_LENGTH',
      NONE,
    ],
    [
      'freeswan-alg',
      '1=7 14=512 2=2 3=1 4=14',
      {},
      14,
      'ike_alg_enc_ok(): key_len not in range: encalg=7, key_len=512, keyminlen=128, keymaxlen=256',
      'peer proposed key_len not valid for encrypt algo setup specified.  Attribute OAKLEY_KEY_LENGTH',
      NONE,
    ],
    ['freeswan-alg', '1=5 2=1 3=1 4=2', { settings: { strict: 'yes' } }, 'selected'],
    [
      'freeswan-alg',
      aes,
      { policy: one(1, [['encryption', [{ id: 5 }]]]), settings: { strict: 'yes' } },
      14,
      'ike_alg_enc_ok(): strict flag and encrypt algorithm not in transform string list: ealg=7, key_len=0, keyminbits=128, keymaxbits=256',
      'OAKLEY_AES_CBC is not supported.  Attribute OAKLEY_ENCRYPTION_ALGORITHM',
      NONE,
    ],
    ['openswan@2.6', '1=5 2=1 3=1 4=2', {}, 'selected'],
    ['openswan@2.6', '1=1 2=1 3=1 4=2', {}, 14, 'OAKLEY_DES_CBC is not supported.  Attribute OAKLEY_ENCRYPTION_ALGORITHM', NONE],
    ['openswan@2.6', '1=5 2=1 3=1 4=1', {}, 14, 'OAKLEY_GROUP 1 not supported.  Attribute OAKLEY_GROUP_DESCRIPTION', NONE],
    [
      'openswan@2.6',
      '1=5 2=1 3=1 4=2',
      { settings: { strict: 'yes' } },
      14,
      'Oakley Transform [OAKLEY_3DES_CBC (192), OAKLEY_MD5, OAKLEY_GROUP_MODP1024] refused due to strict flag',
      NONE,
    ],
    [
      'openswan@2.6',
      '2=1 3=1 4=2',
      {},
      14,
      'Oakley Transform [(null) (0), OAKLEY_MD5, OAKLEY_GROUP_MODP1024] refused due to insecure key_len and enc. alg. not listed in "ike" string',
      NONE,
    ],
    ['openswan@2.6', '1=5 2=1 3=1', {}, 15, 'missing mandatory attribute(s) OAKLEY_GROUP_TYPE in Oakley Transform 0'],
    ['openswan@3.0', '1=5 2=1 3=1', {}, 15, 'missing mandatory attribute(s) OAKLEY_GROUP_DESCRIPTION in Oakley Transform 0'],
    ['openswan@3.0', aes, {}, 'selected'],
    ['openswan@3.0', '1=7 14=256 2=2 3=1 4=14', {}, 14, NONE],
    ['openswan@3.0', '1=3 2=1 3=1 4=2', {}, 14, 'encrypt algo not found.  Attribute OAKLEY_ENCRYPTION_ALGORITHM', NONE],
    ['openswan@3.0', '1=5 2=1 3=1 4=2 16385=1', {}, 15, 'af+type of ISAKMP Oakley attribute has an unknown in value: 16385'],
    ['openswan@2.6', '1=5 2=1 3=1 4=2 16385=1', {}, 15, 'af+type of ISAKMP Oakley attribute has an unknown in value: 49153'],
    [
      'openswan@3.0',
      aes,
      { settings: { xauth: 'initiator' } },
      14,
      'policy mandates Extended Authentication (XAUTH) with PSK of initiator (we are responder).  Attribute OAKLEY_AUTHENTICATION_METHOD',
      NONE,
    ],
    ['openswan@3.0', '1=7 2=2 3=65001 4=14', { settings: { xauth: 'initiator' } }, 'selected'],
    [
      'openswan@3.0',
      '1=7 2=2 3=65001 4=14',
      {},
      14,
      'policy does not allow Extended Authentication (XAUTH) of initiator (we are responder).  Attribute OAKLEY_AUTHENTICATION_METHOD',
      NONE,
    ],
    ['openswan@3.0', '1=7 2=2 3=1 4=14 11=1 12=65535|1=7 2=2 3=1 4=14', {}, 'selected'],
    ['strongswan-pluto', aes, {}, 'selected'],
    ['strongswan-pluto', '1=3 2=2 3=1 4=14', {}, 14, 'BLOWFISH_CBC is not supported.  Attribute OAKLEY_ENCRYPTION_ALGORITHM', NONE],
    ['strongswan-pluto', '1=7 2=2 3=1 4=19', {}, 14, 'ECP_256 is not supported.  Attribute OAKLEY_GROUP_DESCRIPTION', NONE],
    [
      'strongswan-pluto',
      `1=7 2=2 3=3 4=14|${aes}`,
      {},
      'selected',
      'policy does not allow public key authentication.  Attribute OAKLEY_AUTHENTICATION_METHOD',
    ],
    [
      'strongswan-pluto',
      '1=7 2=2 3=3 4=14',
      {},
      'silence',
      'initial Main Mode message received on 10.0.0.1:500 but no connection has been authorized with policy=PUBKEY',
    ],
    ['strongswan-pluto', '1=7 2=2 3=9 4=14', { auth: [3] }, 'selected'],
    ['strongswan-pluto', '1=7 2=2 3=65001 4=14', { auth: [65_001] }, 'selected'],
    [
      'strongswan-pluto',
      '1=7 2=2 3=65002 4=14',
      { auth: [65_001] },
      14,
      'policy does not allow XAUTHRespPreShared authentication.  Attribute OAKLEY_AUTHENTICATION_METHOD',
      NONE,
    ],
    [
      'strongswan-pluto',
      '1=5 2=2 3=1 4=14',
      { settings: { strict: 'yes' } },
      14,
      'Oakley Transform [3DES_CBC (192), HMAC_SHA1, MODP_2048] refused due to strict flag',
      NONE,
    ],
    // The first would do, but all are looked through before.
    ['strongswan-pluto', `${aes}|1=7 16385=1`, {}, 15, 'af+type of ISAKMP Oakley attribute has an unknown value: 49153'],
    ['openswan@2.6', `${aes}|1=7 16385=1`, {}, 'selected'],
  ];
  for (const [profile, offer, setup, notify, ...lines] of cases) {
    it(`${profile} ← ${offer}${setup.settings ? ` ${JSON.stringify(setup.settings)}` : ''} = ${notify}`, () => {
      const response = ask(profile, 1, phase1(offer), { policy: IKE, ...setup });
      expect(said(response)).to.deep.equal(lines);
      expect(response.outcome === 'selected' ? 'selected' : response.notify).to.equal(notify);
    });
  }

  it('goes on to the next transform of an offer as it answers: verbatim', () => {
    const offer = phase1('1=3 2=2 3=1 4=14|11=1 12=3600 1=7 2=2 3=1 4=14');
    for (const profile of ['freeswan-alg', 'openswan@2.6', 'openswan@3.0', 'strongswan-pluto']) {
      const { wire } = ask(profile, 1, offer, { policy: IKE });
      const sent = wire.kind === 'answer' ? Buffer.from(wire.sa).toString('hex') : '';
      expect(sent, profile).to.include('0000002001010000800b0001800c0e108001000780020002800300018004000e');
    }
  });

  it('sends a refusal in the clear, without an SPI', () => {
    const { wire } = ask('openswan@3.0', 1, phase1('1=1 2=1 3=1 4=1'), { policy: IKE });
    expect(wire).to.deep.include({ kind: 'notify', type: 14, protocol: 1, spi: 'none', messageId: 'zero' });
    const broken = ask('openswan@3.0', 1, Uint8Array.of(0, 0, 0, 2), { policy: IKE });
    expect(broken.wire).to.deep.include({ kind: 'notify', type: 16, responderSpi: 'zero' });
  });

  it("answers with strongSwan's cookie only when it had got as far as a state", () => {
    const early = ask('strongswan-pluto', 1, phase1('1=7 16385=1'), { policy: IKE });
    const late = ask('strongswan-pluto', 1, phase1('1=7 1=7 2=2 3=1 4=14'), { policy: IKE });
    expect(early.wire).to.deep.include({ kind: 'notify', type: 15, responderSpi: 'zero' });
    expect(late.wire).to.deep.include({ kind: 'notify', type: 15, responderSpi: 'set' });
  });

  it("mixes the entries of Openswan 3.0's list, not of 2.6's", () => {
    const list: Policy = [
      ...one(1, [
        ['encryption', [{ id: 7, keyBits: 128 }]],
        ['hash', [{ id: 2 }]],
        ['group', [{ id: 14 }]],
      ]),
      ...one(1, [
        ['encryption', [{ id: 5 }]],
        ['hash', [{ id: 1 }]],
        ['group', [{ id: 5 }]],
      ]),
    ];
    const mixed = phase1('1=7 2=2 3=1 4=5');
    expect(ask('openswan@3.0', 1, mixed, { policy: list }).outcome).to.equal('selected');
    expect(ask('openswan@2.6', 1, mixed, { policy: list, settings: { strict: 'yes' } }).outcome).to.equal('refused');
  });
});

describe("Pluto's family, phase 2", () => {
  const aes = '3:12 4=1 5=2 6=128';
  const cases: Case[] = [
    ['freeswan-alg', aes, {}, 'selected'],
    ['freeswan-alg', '4:3 4=1', { policy: one(4, [['compression', [{ id: 2 }]]]) }, 'selected', 'using lzs compression'],
    ['freeswan-alg', '4:3 4=1', { policy: one(2, []) }, 14, NO_PROPOSAL],
    [
      'freeswan-alg',
      '3:12 4=1 5=2 6=64',
      {},
      14,
      'kernel_alg_esp_enc_ok() key_len not in range: alg_id=12, key_len=64, alg_minbits=128, alg_maxbits=256',
      NO_PROPOSAL,
    ],
    ['freeswan-alg', '3:12 4=4 5=2', {}, 15, 'NAT-Traversal: Transport mode disabled due to security concerns'],
    ['freeswan-alg', '3:12 4=3 5=2', {}, 15, 'ENCAPSULATION_MODE_UDP_TUNNEL must only be used if NAT-Traversal is detected'],
    ['openswan@2.6', aes, {}, 'selected'],
    ['openswan@2.6', '2:3 4=1 5=2', { policy: one(2, []) }, 'selected'],
    ['openswan@3.0', '2:3 4=1 5=2', {}, 10, 'unexpected Protocol ID (PROTO_IPSEC_AH) in IPsec Proposal'],
    ['openswan@2.6', '3:2 4=1 5=2', {}, 14, '1DES was proposed, it is insecure', NO_PROPOSAL],
    [
      'openswan@2.6',
      '3:7 4=1 5=2',
      {},
      14,
      'kernel algorithm does not like: unknown',
      'unsupported ESP Transform ESP_BLOWFISH from 10.0.0.2',
      NO_PROPOSAL,
    ],
    [
      'openswan@2.6',
      '3:3 4=1 5=2|3:12 4=1 5=2 6=128',
      { settings: { strict: 'yes' } },
      14,
      'IPsec Transform [ESP_3DES (192), AUTH_ALGORITHM_HMAC_SHA1] refused due to strict flag',
      NO_PROPOSAL,
    ],
    ['openswan@3.0', aes, {}, 'selected'],
    ['openswan@3.0', '3:12 4=1 5=2', {}, 'selected'],
    ['openswan@3.0', '3:3 4=1 5=2|3:12 4=1 5=2 6=128', {}, 14, NO_PROPOSAL],
    ['openswan@3.0', '3:3 4=1 5=2;3:12 4=1 5=2 6=128', {}, 'selected'],
    [
      'openswan@3.0',
      '3:12 4=1 5=2 6=64',
      {},
      14,
      'proposal refused due to: kernel_alg_db_add() key_len not in range: alg_id=12, key_len=64, alg_minbits=128, alg_maxbits=256',
      'unsupported ESP Transform ESP_AES from 10.0.0.2',
      NO_PROPOSAL,
    ],
    ['openswan@3.0', '3:12 4=1 5=2 7=1', {}, 15, 'unsupported IPsec attribute KEY_ROUNDS'],
    ['openswan@3.0', '3:12 2=300 4=1 5=2', {}, 15, 'invalid life type: 0'],
    ['openswan@3.0', '3:12 4=1 5=2 3=1', {}, 15, 'OAKLEY_GROUP 1 not supported for PFS'],
    ['strongswan-pluto', '3:12 4=1 5=2', {}, 'selected'],
    [
      'strongswan-pluto',
      '3:3 4=1 5=2|3:12 4=1 5=2',
      { settings: { strict: 'yes' } },
      'selected',
      'IPSec Transform [3DES_CBC (192), HMAC_SHA1] refused due to strict flag',
    ],
  ];
  for (const [profile, offer, setup, notify, ...lines] of cases) {
    it(`${profile} ← ${offer}${setup.settings ? ` ${JSON.stringify(setup.settings)}` : ''} = ${notify}`, () => {
      const response = ask(profile, 2, phase2(offer), { policy: ESP, ...setup });
      expect(said(response)).to.deep.equal(lines);
      expect(response.outcome === 'selected' ? 'selected' : response.notify).to.equal(notify);
    });
  }

  it('takes what stands behind the SPI of an empty proposal for the next SPI', () => {
    const empty = Uint8Array.from(phase2(aes));
    empty[19] = 0;
    const response = ask('openswan@3.0', 2, empty, { policy: ESP });
    expect(said(response)).to.deep.equal(['IPsec Proposal contains no Transforms (skipped)', 'IPsec Proposal contains invalid SPI (0x14)']);
    expect(response.outcome === 'refused' && response.notify).to.equal(11);
  });
});

describe("Pluto's family, as initiators", () => {
  const firsts: [profile: string, negotiation: 'ikev1-phase1' | 'ikev1-phase2', attributes: string][] = [
    ['freeswan-alg', 'ikev1-phase1', '11=1 12=3600 1=7 2=2 14=128 3=1 4=14'],
    ['openswan@2.6', 'ikev1-phase1', '11=1 12=3600 1=7 2=2 3=1 4=14 14=128'],
    ['strongswan-pluto', 'ikev1-phase1', '11=1 12=10800 1=7 2=2 14=128 3=1 4=14'],
    ['freeswan-alg', 'ikev1-phase2', '4=1 1=1 2=28800 5=2 6=128'],
  ];
  for (const [profile, negotiation, expected] of firsts) {
    it(`${profile} offers ${expected}`, () => {
      const peer = selectorFor(profile).configured(negotiation, { policy: negotiation === 'ikev1-phase1' ? IKE : ESP });
      const [transform] = peer.offer('main').groups[0]?.proposals[0]?.transforms ?? [];
      const shown = (transform?.attributes ?? []).map(({ type, value }) => `${type}=${String(value)}`).join(' ');
      expect(shown).to.equal(expected);
    });
  }

  it('take their own default offers', () => {
    for (const profile of ['freeswan-alg', 'openswan@2.6', 'strongswan-pluto']) {
      for (const negotiation of ['ikev1-phase1', 'ikev1-phase2'] as const) {
        const peer = selectorFor(profile).configured(negotiation);
        const payload = sa(peer.offer('main'));
        const { outcome, wire } = peer.respond({ negotiation, step: 'main', sa: payload });
        expect(outcome, `${profile} ${negotiation}`).to.equal('selected');
        const back = wire.kind === 'answer' ? peer.check({ negotiation, step: 'main', sa: wire.sa, offered: payload }) : undefined;
        expect(back?.wire).to.deep.equal({ kind: 'proceeds' });
      }
    }
  });
});

describe("Pluto's family, properties", () => {
  const profiles = ['freeswan-alg', 'openswan@2.6', 'openswan@3.0', 'strongswan-pluto'];
  const vectors = new URL('../../../vectors/freeswan/', import.meta.url);
  const rows = readdirSync(vectors)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(new URL(file, vectors), 'utf8').trim().split('\n'))
    .map((line) => Buffer.from((JSON.parse(line) as { readonly saPayload: string }).saPayload, 'hex'));

  it('never throws, whatever the octets', () => {
    const phase = fc.constantFrom<1 | 2>(1, 2);
    const edits = fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.constantFrom(...profiles),
        fc.constantFrom(...rows),
        edits,
        fc.nat(40),
        phase,
        fc.boolean(),
        (profile, row, changes, cut, which, check) => {
          const octets = Uint8Array.from(row);
          for (const [at, value] of changes) octets[at % octets.length] = value;
          const response = ask(
            profile,
            which,
            octets.subarray(0, Math.max(octets.length - Math.max(cut - 30, 0), 0)),
            { policy: which === 1 ? IKE : ESP },
            check,
          );
          expect(response.trace.length).to.be.lessThan(300);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('never throws in IKEv2, and is done soon with a great offer', () => {
    for (const release of ['2.6', '3.0']) {
      const peer = selectorFor(`openswan@${release}`).configured('ikev2-ike');
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 120 }), (octets) => {
          const payload = Uint8Array.of(0, 0, 0, octets.length + 4, ...octets);
          peer.respond({ negotiation: 'ikev2-ike', step: 'sa-init', sa: payload, keGroup: 14 });
        }),
      );
      const transforms = [1, 2, 3, 4].flatMap((type) =>
        Array.from({ length: 32 }, (_, id) => ({ kind: 'single', type, id: id + 100, attributes: [] }) as const),
      );
      const great = writeSa({
        offer: { negotiation: 'ikev2-ike', groups: [{ number: 1, proposals: [{ protocol: 1, spi: new Uint8Array(0), transforms }] }] },
      });
      const start = performance.now();
      const response = peer.respond({ negotiation: 'ikev2-ike', step: 'sa-init', sa: great, keGroup: 14 });
      expect(response.outcome).to.equal('refused');
      expect(performance.now() - start).to.be.lessThan(500);
    }
  });

  it('has each pattern of Openswan read back', () => {
    for (const [key, { text }] of Object.entries(OPENSWAN.patterns)) {
      const line = text.replace(/\{(\w+)\}/g, 'X');
      expect(OPENSWAN.read(line)?.key).to.equal(key);
    }
  });
});
