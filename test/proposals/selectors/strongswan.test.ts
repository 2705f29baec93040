/**
 * The profile of charon against what charon did: `vectors/strongswan` was measured on Debian's builds of four releases.
 */
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { parseStrongswanProposals, showStrongswanProposal } from '../../../src/proposals/dialects/strongswan.ts';
import type { Negotiation } from '../../../src/proposals/model.ts';
import type { Policy } from '../../../src/proposals/policy.ts';
import { writeSa } from '../../../src/proposals/selectors/answers.ts';
import { ConfigError } from '../../../src/proposals/selectors/errors.ts';
import type { Request, Response, Setup, Step } from '../../../src/proposals/selectors/profile.ts';
import { compareReleases, type Configured, selectorFor } from '../../../src/proposals/selectors/selector.ts';
import type { ReleaseLike } from '../../../src/proposals/selectors/strongswan/releases.ts';

const VECTORS = 'vectors/strongswan';

/** What charon 5.9.8 answered on the wire. */
interface Measured {
  readonly id: string;
  readonly name: string;
  readonly ike: 1 | 2;
  readonly local: readonly string[];
  readonly saPayload: string;
  readonly keGroup?: number;
  readonly expected: { readonly code: number; readonly replySa: string | null; readonly group?: number };
}

/** What one charon offered another inside an IKE SA, and what that answered. */
interface Child {
  readonly id: string;
  readonly release: string;
  readonly negotiation: 'ikev1-phase2' | 'ikev2-child' | 'ikev2-ike';
  readonly step: Step;
  readonly settings?: Readonly<Record<string, string>>;
  readonly initiator: readonly string[];
  readonly responder: readonly string[];
  readonly offer: string;
  readonly keGroup?: number;
  readonly answer: string | null;
  readonly wantsGroup?: number;
}

/** Several key exchanges, ML-KEM, numbers of private use. */
interface Additional {
  readonly id: string;
  readonly release: string;
  readonly configured: string;
  readonly sa: string;
  readonly keGroup: number;
  readonly notifies?: readonly number[];
  readonly kin?: boolean;
  readonly answer: string | null;
  readonly notify?: number;
}

/** What charon wrote while it was asked, with `cfg = 2` and `ike = 2`. */
interface Logged {
  readonly release: string;
  readonly version: 1 | 2;
  readonly ike: readonly string[];
  readonly sa: string;
  readonly keGroup?: number;
  readonly logs: readonly string[];
}

/** What charon says its default proposals are. `word…` is what the word "default" means. */
interface Defaults {
  readonly release: string;
  readonly ike: string;
  readonly esp: string;
  readonly wordIke: string;
  readonly wordEsp: string;
  readonly wordAh: string;
}

describe('strongSwan', () => {
  describe('answers as charon 5.9.8 did', () => {
    const rows = lines<Measured>('measured-5.9.8.jsonl');
    it('has all rows', () => expect(rows).to.have.length(26));
    for (const { id, name, ike, local, saPayload, keGroup, expected } of rows) {
      it(`${id} ${name}`, () => {
        const [negotiation, step] = ike === 1 ? (['ikev1-phase1', 'main'] as const) : (['ikev2-ike', 'sa-init'] as const);
        const answer = charon('5.9.8', negotiation, local).respond({ negotiation, step, sa: octets(saPayload), ...given({ keGroup }) });
        expect(answer.wire.kind === 'notify' ? answer.wire.type : 0).to.equal(expected.code);
        expect(saOf(answer)).to.equal(expected.replySa);
        expect(answer.wantsGroup).to.equal(expected.group);
      });
    }
  });

  describe('offers and answers children as two charons did', () => {
    for (const row of lines<Child>('children.jsonl')) {
      it(`${row.id} ${row.release} ${row.step}: ${row.responder.join(', ')} asked for ${row.initiator.join(', ')}`, () => {
        expect(masked(offerOf(row))).to.equal(masked(row.offer));
        const answer = childAnswer(row);
        expect(masked(saOf(answer))).to.equal(masked(row.answer));
        expect(answer.wantsGroup).to.equal(row.wantsGroup);
      });
    }
  });

  describe('answers what is beyond RFC 7296 as charon did', () => {
    for (const { id, release, configured, sa, answer, notify, ...more } of lines<Additional>('additional.jsonl')) {
      it(`${id} ${release} ${configured}${more.notifies ? ', with INTERMEDIATE_EXCHANGE_SUPPORTED' : ''}${more.kin ? ', of a strongSwan' : ''}`, () => {
        const peer = charon(release, 'ikev2-ike', [configured]);
        const got = peer.respond({ negotiation: 'ikev2-ike', step: 'sa-init', sa: octets(sa), ...more });
        expect(saOf(got)).to.equal(answer);
        expect(got.wire.kind === 'notify' ? got.wire.type : undefined).to.equal(notify);
      });
    }
  });

  describe('writes what charon wrote', () => {
    lines<Logged>('logs.jsonl').forEach(({ release, version, ike, sa, keGroup, logs }, i) => {
      it(`${release} IKEv${version}, request ${i}`, () => {
        const [negotiation, step] = version === 1 ? (['ikev1-phase1', 'main'] as const) : (['ikev2-ike', 'sa-init'] as const);
        const answer = charon(release, negotiation, ike).respond({ negotiation, step, sa: octets(sa), ...given({ keGroup }) });
        expect(answer.logs.map(({ text }) => text)).to.deep.equal(logs);
      });
    });
  });

  describe('has the defaults that charon logs', () => {
    const rows = JSON.parse(readFileSync(`${VECTORS}/defaults.json`, 'utf8')) as readonly Defaults[];
    for (const { release, ike, esp, wordIke, wordEsp, wordAh } of rows) {
      it(release, () => {
        const selector = selectorFor(`strongswan@${release}`);
        const shown = (policy: Policy): string =>
          policy
            .flat()
            .map((want) => showStrongswanProposal(want, releaseOf(release)))
            .join(', ');
        expect(shown(selector.configured('ikev2-ike').setup.policy)).to.equal(ike);
        expect(shown(selector.configured('ikev2-child').setup.policy)).to.equal(esp);
        expect(shown(parsed(['default'], 'ikev2-ike', release))).to.equal(wordIke);
        expect(shown(parsed(['default'], 'ikev2-child', release))).to.equal(wordEsp);
        const ah = parseStrongswanProposals('default', 'ikev2-child', { protocol: 2, release: releaseOf(release) });
        expect(shown(ah)).to.equal(wordAh);
      });
    }
  });

  describe('refuses in its own way', () => {
    const good = '220000300000002c010100040300000c0100000c800e01000300000802000005030000080300000c000000080400000e';
    const ask = (sa: string, more: Partial<Request> = {}, release = '5.9.8'): string =>
      wireText(
        charon(release, 'ikev2-ike', ['aes256-sha256-modp2048']).respond({
          negotiation: 'ikev2-ike',
          step: 'sa-init',
          sa: octets(sa),
          keGroup: 14,
          ...more,
        }),
      );
    const cases: [name: string, got: () => string, expected: string][] = [
      ['the good one', () => ask(good), 'answer'],
      ['a transform count too small', () => ask(good.replace('01010004', '01010003')), 'notify 7 responder set'],
      ['a next payload of 1', () => ask(good.replace('0300000c0100', '0100000c0100')), 'notify 7 responder set'],
      ['a last transform in the middle', () => ask(good.replace('0300000c0100', '0000000c0100')), 'answer'],
      ['reserved octets', () => ask(good.replace('0300000c0100000c', '03ff000c01ff000c')), 'answer'],
      ['octets left over', () => ask(`22000031${good.slice(8)}00`), 'notify 7 responder set'],
      ['another group', () => ask(good, { keGroup: 19 }), 'notify 17 000e responder zero'],
      ['no KE payload', () => withoutKe(good), 'notify 7 responder set'],
      ['a weak offer', () => ask(good.replace('800e0100', '800e0080')), 'notify 14 responder zero'],
      ['rekeying, encrypted', () => ask(good.replace('800e0100', '800e0080'), { step: 'rekey-ike' }), 'notify 14 responder set encrypted'],
      ['a cipher without keys, at once', () => gmac('5.9.1', 'sa-init'), 'notify 14 responder zero'],
      ['a cipher without keys, later', () => gmac('5.9.8', 'sa-init'), 'answer'],
      ['a cipher without keys, rekeying', () => gmac('5.9.8', 'rekey-ike'), 'notify 14 responder set encrypted'],
      ['a packet of more than 10000 octets', () => ask('00'.repeat(10_000)), 'silence'],
    ];
    for (const [name, got, expected] of cases) it(`${name}: ${expected}`, () => expect(got()).to.equal(expected));
  });

  describe('aggressive mode', () => {
    const sa = '0000003400000001000000010000002800010001000000200101000080010007800e0080800200028003000180040002800b0001'.replace(
      '00000034',
      '00000038',
    );
    const offer = `${sa.slice(0, 24)}0000002c${sa.slice(32, 40)}00000024${sa.slice(48)}800c0e10`;
    const ask = (settings: Readonly<Record<string, string>>, keGroup?: number, auth = [1]): string =>
      wireText(
        charon('5.9.8', 'ikev1-phase1', ['aes128-sha1-modp1024'], { settings, auth }).respond({
          negotiation: 'ikev1-phase1',
          step: 'aggressive',
          sa: octets(offer),
          ...given({ keGroup }),
        }),
      );
    const cases: [name: string, got: () => string, expected: string][] = [
      ['is refused with a pre-shared key', () => ask({}, 2), 'notify 24 responder set cookies'],
      ['is answered when that is allowed', () => ask({ aggressive_mode_psk: 'yes' }, 2), 'answer'],
      ['wants a KE payload', () => ask({ aggressive_mode_psk: 'yes' }), 'notify 1 responder set cookies'],
      ['of the size of the group', () => ask({ aggressive_mode_psk: 'yes' }, 14), 'notify 1 responder set cookies'],
      ['and nothing but the size', () => ask({ aggressive_mode_psk: 'yes' }, 22), 'answer'],
      ['wants the configured method', () => ask({ aggressive_mode_psk: 'yes' }, 2, [3]), 'notify 24 responder set cookies'],
    ];
    for (const [name, got, expected] of cases) it(`${name}: ${expected}`, () => expect(got()).to.equal(expected));
  });

  describe('as the initiator', () => {
    const peer = charon('5.9.8', 'ikev2-ike', ['aes256-aes128-sha256-modp2048-ecp256']);
    const offered = writeSa({ offer: peer.offer('sa-init') });
    const check = (words: string, keGroup: number): string => {
      const answer = writeSa({ offer: charon('5.9.8', 'ikev2-ike', [words]).offer('sa-init') });
      return wireText(peer.check({ negotiation: 'ikev2-ike', step: 'sa-init', sa: answer, offered, keGroup }));
    };
    const cases: [words: string, keGroup: number, expected: string][] = [
      ['aes128-sha256-modp2048', 14, 'proceeds'],
      ['aes192-sha256-modp2048', 14, 'silence'],
      ['aes128-sha256-ecp256', 19, 'silence'],
      ['aes128-sha256-ecp256', 14, 'silence'],
    ];
    for (const [words, group, expected] of cases) {
      it(`${words} with a KE of ${group}: ${expected}`, () => expect(check(words, group)).to.equal(expected));
    }

    const checkMain = (words: string, edit: (sa: string) => string = (sa) => sa): string => {
      const own = charon('5.9.8', 'ikev1-phase1', ['aes256-aes128-sha256-modp2048']);
      const sa = Buffer.from(writeSa({ offer: charon('5.9.8', 'ikev1-phase1', [words]).offer('main') })).toString('hex');
      const main = writeSa({ offer: own.offer('main') });
      return wireText(own.check({ negotiation: 'ikev1-phase1', step: 'main', sa: octets(edit(sa)), offered: main }));
    };
    const ofMain: [name: string, got: () => string, expected: string][] = [
      ['what was not offered, but is configured', () => checkMain('aes128-sha256-modp2048'), 'proceeds'],
      ['what is not configured', () => checkMain('aes192-sha256-modp2048'), 'notify 14 responder set cookies'],
      [
        'two transforms announced',
        () => checkMain('aes256-sha256-modp2048', (sa) => sa.replace('01010001', '01010002')),
        'notify 16 responder set',
      ],
    ];
    for (const [name, got, expected] of ofMain) it(`in main mode, ${name}: ${expected}`, () => expect(got()).to.equal(expected));

    it('takes in IKEv1 what it did not offer, as long as it is configured', () => {
      const own = charon('5.9.8', 'ikev1-phase1', ['aes256-aes128-sha256-modp2048']);
      const sa = writeSa({ offer: charon('5.9.8', 'ikev1-phase1', ['aes128-sha256-modp2048'], { lifetime: 60, auth: [3] }).offer('main') });
      const verdict = own.check({ negotiation: 'ikev1-phase1', step: 'main', sa, offered: writeSa({ offer: own.offer('main') }) });
      expect(verdict.outcome).to.equal('selected');
      expect(verdict.logs.map(({ text }) => text).slice(-2)).to.deep.equal([
        'received lifetime 60s does not match configured lifetime 15840s',
        'received RSA signature authentication, but configured pre-shared key, continue with configured',
      ]);
    });
  });

  describe('loads only what charon loads', () => {
    const cases: [policy: Policy, negotiation: Negotiation, release: string, rule: string | undefined][] = [
      [
        raw(1, { encryption: [{ id: 12, keyBits: 128 }], group: [{ id: 14 }] }),
        'ikev2-ike',
        '5.9.8',
        'a PRF algorithm is mandatory in IKE proposals',
      ],
      [
        raw(1, { encryption: [{ id: 12, keyBits: 128 }], prf: [{ id: 5 }] }),
        'ikev2-ike',
        '5.9.8',
        'a DH group is mandatory in IKE proposals',
      ],
      [
        raw(1, { encryption: [{ id: 12, keyBits: 128 }], prf: [{ id: 5 }], group: [{ id: 14 }] }),
        'ikev2-ike',
        '5.9.8',
        'an integrity algorithm is mandatory in IKE proposals with classic (non-AEAD) encryption algorithms',
      ],
      [
        raw(3, {
          encryption: [
            { id: 12, keyBits: 128 },
            { id: 20, keyBits: 128 },
          ],
        }),
        'ikev2-child',
        '5.9.8',
        "classic and combined-mode (AEAD) encryption algorithms can't be contained in the same ESP proposal",
      ],
      [raw(3, { integrity: [{ id: 12 }] }), 'ikev2-child', '5.9.8', 'an encryption algorithm is mandatory in ESP proposals'],
      [raw(2, { encryption: [{ id: 12, keyBits: 128 }] }), 'ikev2-child', '5.9.8', 'an integrity algorithm is mandatory in AH proposals'],
      [raw(3, { encryption: [{ id: 4 }] }), 'ikev2-child', '5.9.8', "algorithm 'RC5' not recognized"],
      [
        raw(3, { encryption: [{ id: 20, keyBits: 128 }], ake1: [{ id: 19 }] }),
        'ikev2-child',
        '5.9.8',
        "algorithm 'ECP_256' not recognized",
      ],
      [raw(3, { encryption: [{ id: 20, keyBits: 128 }], ake1: [{ id: 19 }] }), 'ikev2-child', '6.0.1', undefined],
      [raw(1, { encryption: [{ id: 7 }], hash: [{ id: 2 }], group: [{ id: 2 }] }), 'ikev1-phase1', '5.9.8', undefined],
      [
        raw(1, { encryption: [{ id: 7 }], hash: [{ id: 3 }], group: [{ id: 2 }] }),
        'ikev1-phase1',
        '5.9.8',
        "algorithm 'TIGER' not recognized",
      ],
    ];
    cases.forEach(([policy, negotiation, release, rule], i) => {
      it(`${i}: ${rule ?? 'loaded'}`, () => {
        const load = () => selectorFor(`strongswan@${release}`).configured(negotiation, { policy });
        if (rule === undefined) expect(load).not.to.throw();
        else expect(load).to.throw(ConfigError).with.property('message').that.contains(rule);
      });
    });
  });
});

function gmac(release: string, step: 'sa-init' | 'rekey-ike'): string {
  const peer = charon(release, 'ikev2-ike', ['aes128gmac-prfsha1-modp2048']);
  return wireText(peer.respond({ negotiation: 'ikev2-ike', step, sa: writeSa({ offer: peer.offer(step) }), keGroup: 14 }));
}

function withoutKe(sa: string): string {
  const peer = charon('5.9.8', 'ikev2-ike', ['aes256-sha256-modp2048']);
  return wireText(peer.respond({ negotiation: 'ikev2-ike', step: 'sa-init', sa: octets(sa) }));
}

function charon(release: string, negotiation: Negotiation, words: readonly string[], more: Omit<Setup, 'policy'> = {}): Configured {
  return selectorFor(`strongswan@${release}`).configured(negotiation, { policy: parsed(words, negotiation, release), ...more });
}

function parsed(words: readonly string[], negotiation: Negotiation, release: string): Policy {
  return parseStrongswanProposals(words.join(','), negotiation, { release: releaseOf(release) });
}

function releaseOf(name: string): ReleaseLike {
  return { since: (release) => compareReleases(name, release) >= 0 };
}

function raw(protocol: number, slots: Readonly<Record<string, readonly { readonly id: number; readonly keyBits?: number }[]>>): Policy {
  return [[{ protocol, slots: new Map(Object.entries(slots)) as Policy[number][number]['slots'] }]];
}

/** Every IKE SA there is of group 31. */
function offerOf({ release, negotiation, step, settings = {}, initiator, offer }: Child): string {
  const own = settings['ipcomp'] === undefined ? {} : { ipcomp: settings['ipcomp'] };
  const peer = charon(release, negotiation, initiator, { settings: own, spi: spiOf(offer, negotiation) });
  const group = negotiation === 'ikev1-phase2' ? 31 : undefined;
  return Buffer.from(writeSa({ offer: peer.offer(step, group) })).toString('hex');
}

function childAnswer({ release, negotiation, step, settings = {}, responder, offer, keGroup, answer }: Child): Response {
  const spi = answer === null ? {} : { spi: spiOf(answer, negotiation) };
  const peer = charon(release, negotiation, responder, { settings, ...spi });
  return peer.respond({ negotiation, step, sa: octets(offer), kin: true, ...given({ keGroup }) });
}

/** The SPI of the first proposal. */
function spiOf(sa: string, negotiation: Negotiation): Uint8Array {
  const [size, at] = negotiation === 'ikev1-phase2' ? [18, 20] : [10, 12];
  const all = octets(sa);
  return all.subarray(at, at + (all[size] ?? 0));
}

/** The CPI comes from the kernel. */
function masked(sa: string | null): string | null {
  return sa?.replace(/(1e01040201)..../g, '$1....') ?? null;
}

function saOf({ wire }: Response): string | null {
  return wire.kind === 'answer' ? Buffer.from(wire.sa).toString('hex') : null;
}

function wireText({ wire }: Response): string {
  if (wire.kind !== 'notify') return wire.kind;
  const data = wire.data.length > 0 ? ` ${Buffer.from(wire.data).toString('hex')}` : '';
  return `notify ${wire.type}${data} responder ${wire.responderSpi}${wire.spi === 'cookies' ? ' cookies' : ''}${wire.encrypted ? ' encrypted' : ''}`;
}

function given({ keGroup }: { readonly keGroup?: number | undefined }): { keGroup?: number } {
  return keGroup === undefined ? {} : { keGroup };
}

function octets(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

function lines<Row>(file: string): Row[] {
  return readFileSync(`${VECTORS}/${file}`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}
