import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { readFileSync } from 'node:fs';
import { readOpeniked } from '../../../src/proposals/dialects/openiked.ts';
import type { Offer, Proposal, SingleTransform } from '../../../src/proposals/model.ts';
import { type Policy, wantOf } from '../../../src/proposals/policy.ts';
import { writeSa } from '../../../src/proposals/selectors/answers.ts';
import { type IkedProposal, negotiate } from '../../../src/proposals/selectors/openiked/matching.ts';
import type { Request, Response, Step, Wire } from '../../../src/proposals/selectors/profile.ts';
import { ConfigError } from '../../../src/proposals/selectors/errors.ts';
import { selectorFor } from '../../../src/proposals/selectors/selector.ts';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const rows = <Row>(file: string): Row[] =>
  readFileSync(new URL(`../../../vectors/openiked/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
const ikePolicy = (clauses: readonly string[]): Policy =>
  clauses.length === 0 ? [] : readOpeniked(clauses.map((each) => `ikesa ${each}`).join(' ')).ike;
const childPolicy = (...clauses: readonly string[]): Policy => readOpeniked(clauses.map((each) => `childsa ${each}`).join(' ')).child;

/** `12-256` is a transform of key length 256; types are 1 ENCR, 2 PRF, 3 INTEG, 4 DH, 5 ESN: `1:12-256 4:14`. */
function transforms(text: string): SingleTransform[] {
  return text.split(' ').map((word) => {
    const [type = 0, id = 0, bits] = word.split(/[:-]/).map(Number);
    return { kind: 'single', type, id, attributes: bits === undefined ? [] : [{ type: 14, form: 'TV', value: bits }] };
  });
}
const SPI = Uint8Array.of(0xaa, 0xbb, 0xcc, 0xdd);
function esp(...proposals: readonly string[]): Uint8Array {
  const groups = proposals.map((text, i) => {
    const proposal: Proposal = { protocol: 3, spi: SPI, transforms: transforms(text) };
    return { number: i + 1, proposals: [proposal] };
  });
  const offer: Offer = { negotiation: 'ikev2-child', groups };
  return writeSa({ offer });
}
/** `answer 1:12-256 …`, `notify 14`, `notify 17 14` or `silence`. */
function seen(wire: Wire): string {
  if (wire.kind === 'answer') return `answer ${hex(wire.sa)}`;
  return wire.kind === 'notify' ? `notify ${[wire.type, ...(wire.data[1] === undefined ? [] : [wire.data[1]])].join(' ')}` : wire.kind;
}

interface OracleRow {
  readonly id: string;
  readonly name?: string;
  readonly local: readonly RecordedProposal[];
  readonly offered: readonly RecordedProposal[];
  readonly rekey: number;
  readonly keGroup: number;
  readonly expected: RecordedProposal | null;
}
interface RecordedProposal {
  readonly number: number;
  readonly protocol: number;
  readonly transforms: readonly (readonly [type: number, id: number, length: number])[];
}
interface MeasuredRow {
  readonly id: string;
  readonly name: string;
  readonly local: readonly string[];
  readonly saPayload: string;
  readonly keGroup?: number;
  readonly expected: { readonly code: number; readonly replySa: string | null; readonly group?: number };
}
/** `spi`: the one that iked gave. */
interface ChildRow extends Omit<MeasuredRow, 'name'> {
  readonly release: string;
  readonly step: Step;
  readonly spi?: string;
}

describe('openiked', () => {
  describe('chooses as the recorded functions of OpenIKED do', () => {
    const unpacked = ({ number, protocol, transforms: list }: RecordedProposal): IkedProposal => {
      return { number, protocol, transforms: list.map(([type, id, length]) => ({ type, id, length })) };
    };
    for (const row of rows<OracleRow>('selections.jsonl')) {
      it(`${row.id} ${row.name ?? ''}`, () => {
        const circumstances = { rekey: row.rekey !== 0, keGroup: row.keGroup, followsKe: true };
        const { peer, transforms: chosen } = negotiate(row.local.map(unpacked), row.offered.map(unpacked), circumstances);
        const got = peer && { number: peer.number, protocol: peer.protocol, transforms: chosen.map((t) => [t.type, t.id, t.length]) };
        expect(got ?? null).to.deep.equal(row.expected);
      });
    }
  });

  for (const release of ['7.2', '7.4'])
    describe(`answers as iked ${release} did on the wire`, () => {
      for (const { id, name, local, saPayload, keGroup, expected } of rows<MeasuredRow>(`measured-${release}.jsonl`)) {
        it(`${id} ${name}`, () => {
          const peer = selectorFor(`openiked@${release}`).configured('ikev2-ike', { policy: ikePolicy(local) });
          const sa = Buffer.from(saPayload, 'hex');
          const { wire, code, wantsGroup } = peer.respond({
            negotiation: 'ikev2-ike',
            step: 'sa-init',
            sa,
            ...(keGroup !== undefined && { keGroup }),
          });
          const said = wire.kind === 'answer' ? 0 : wire.kind === 'notify' ? wire.type : code;
          expect(said).to.equal(expected.code);
          expect(wire.kind === 'answer' ? hex(wire.sa) : null).to.equal(expected.replySa);
          expect(wantsGroup).to.equal(expected.group);
        });
      }
    });

  for (const [file, negotiation] of [
    ['children.jsonl', 'ikev2-child'],
    ['rekeys.jsonl', 'ikev2-ike'],
  ] as const) {
    describe(`answers as iked did inside an IKE SA: ${file}`, () => {
      for (const { id, release, step, local, saPayload, keGroup, spi, expected } of rows<ChildRow>(file)) {
        it(`${id} ${release} ${step} ${saPayload.slice(8)}${keGroup === undefined ? '' : ` KE ${keGroup}`}`, () => {
          const policy = negotiation === 'ikev2-child' ? childPolicy(...local) : ikePolicy(local);
          const setup = { policy, ...(spi !== undefined && { spi: Buffer.from(spi, 'hex') }) };
          const request: Request = { negotiation, step, sa: Buffer.from(saPayload, 'hex') };
          const peer = selectorFor(`openiked@${release}`).configured(negotiation, setup);
          const { wire, wantsGroup } = peer.respond(keGroup === undefined ? request : { ...request, keGroup });
          expect(wire.kind === 'answer' ? 0 : wire.kind === 'notify' ? wire.type : -2).to.equal(expected.code);
          expect(wire.kind === 'answer' ? hex(wire.sa) : null).to.equal(expected.replySa);
          expect(wantsGroup).to.equal(expected.group);
        });
      }
    });
  }

  describe('offers as iked 7.2 did on the wire', () => {
    for (const { id, local, saPayload } of rows<{ id: string; local: string[]; saPayload: string }>('offers-7.2.jsonl')) {
      it(id, () => {
        const peer = selectorFor('openiked@7.2').configured('ikev2-ike', { policy: ikePolicy(local) });
        expect(hex(writeSa({ offer: peer.offer('sa-init') }))).to.equal(saPayload);
      });
    }
  });

  describe('takes the group of the KE payload since 7.3', () => {
    const clause = ['enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group curve25519 group modp2048'];
    const offer: Offer = {
      negotiation: 'ikev2-ike',
      groups: [
        { number: 1, proposals: [{ protocol: 1, spi: new Uint8Array(), transforms: transforms('1:12-256 2:5 3:12 4:14 4:31 4:20') }] },
      ],
    };
    const cases: [release: string, keGroup: number | undefined, expected: string][] = [
      ['7.2', 14, 'notify 17 31'],
      ['7.2', 31, '4:31'],
      ['7.3', 14, '4:14'],
      ['7.4', 14, '4:14'],
      ['7.4', 31, '4:31'],
      ['7.4', 20, 'notify 17 31'],
      ['7.4', undefined, 'notify 17 31'],
    ];
    for (const [release, keGroup, expected] of cases) {
      it(`${release}, KE ${keGroup ?? 'missing'}: ${expected}`, () => {
        const peer = selectorFor(`openiked@${release}`).configured('ikev2-ike', { policy: ikePolicy(clause) });
        const request: Request = { negotiation: 'ikev2-ike', step: 'sa-init', sa: writeSa({ offer }) };
        const response = peer.respond(keGroup === undefined ? request : { ...request, keGroup });
        const group = response.outcome === 'selected' ? response.selection.parts[0]?.choices.find(({ slot }) => slot === 'group')?.id : 0;
        expect(response.outcome === 'selected' ? `4:${group}` : seen(response.wire)).to.equal(expected);
      });
    }
  });

  describe('children', () => {
    const plain = 'enc aes-256 auth hmac-sha1 group none noesn';
    const withGroup = 'enc aes-256 auth hmac-sha1 group modp2048 noesn';
    const either = 'enc aes-256 auth hmac-sha1 group modp2048 group none noesn';
    const cases: [name: string, clause: string, step: Step, offered: string, keGroup: number | undefined, expected: string][] = [
      ['no group in IKE_AUTH', withGroup, 'auth', '1:12-256 3:2 5:0', undefined, '1:12-256 3:2 5:0'],
      ['a group in IKE_AUTH must suit, and is left out', withGroup, 'auth', '1:12-256 3:2 4:14 5:0', undefined, '1:12-256 3:2 5:0'],
      ['a group in IKE_AUTH that does not suit', plain, 'auth', '1:12-256 3:2 4:14 5:0', undefined, 'notify 14'],
      ['no integrity is good enough', plain, 'auth', '1:12-256 5:0', undefined, '1:12-256 5:0'],
      ['no ESN', plain, 'auth', '1:12-256 3:2', undefined, 'notify 14'],
      ['ESN not configured', plain, 'auth', '1:12-256 3:2 5:1', undefined, 'notify 14'],
      ['a configured group is required', withGroup, 'create-child', '1:12-256 3:2 5:0', undefined, 'notify 14'],
      ['a configured group, another KE', withGroup, 'create-child', '1:12-256 3:2 4:14 5:0', 19, 'notify 17 14'],
      ['a configured group, its KE', withGroup, 'rekey-child', '1:12-256 3:2 4:14 5:0', 14, '1:12-256 3:2 4:14 5:0'],
      ['a configured group, no KE', withGroup, 'create-child', '1:12-256 3:2 4:14 5:0', undefined, '1:12-256 3:2 4:14 5:0'],
      ['none beside a group: not required', either, 'create-child', '1:12-256 3:2 5:0', undefined, '1:12-256 3:2 5:0'],
      ['none offered: goes without saying', either, 'create-child', '1:12-256 3:2 4:0 5:0', undefined, '1:12-256 3:2 5:0'],
      ['the last proposal dropped: silence', plain, 'create-child', '1:12-256 3:2 5:0|1:12-256 3:2 5:0 6:1', undefined, 'silence'],
      ['the last proposal dropped in IKE_AUTH', plain, 'auth', '1:12-256 3:2 5:0|1:12-256 3:2 5:0 6:1', undefined, '1:12-256 3:2 5:0'],
      ['all proposals dropped in IKE_AUTH: an answer without any', plain, 'auth', '6:1', undefined, 'answer 00000004'],
    ];
    for (const [name, clause, step, offered, keGroup, expected] of cases) {
      it(name, () => {
        const peer = selectorFor('openiked').configured('ikev2-child', { policy: childPolicy(clause) });
        const request: Request = { negotiation: 'ikev2-child', step, sa: esp(...offered.split('|')) };
        const { wire } = peer.respond(keGroup === undefined ? request : { ...request, keGroup });
        const answer = { protocol: 3, spi: Uint8Array.of(0, 0, 0x10, 1), transforms: /^\d/.test(expected) ? transforms(expected) : [] };
        const sa = writeSa({ offer: { negotiation: 'ikev2-child', groups: [{ number: 1, proposals: [answer] }] } });
        expect(seen(wire)).to.equal(answer.transforms.length > 0 ? `answer ${hex(sa)}` : expected);
      });
    }

    it('follow the group of the KE in 7.2 too', () => {
      const policy = childPolicy('enc aes-256 auth hmac-sha1 group curve25519 group modp2048 noesn');
      const peer = selectorFor('openiked@7.2').configured('ikev2-child', { policy });
      const sa = esp('1:12-256 3:2 4:31 4:14 5:0');
      const response = peer.respond({ negotiation: 'ikev2-child', step: 'create-child', sa, keGroup: 14 });
      expect(response.outcome === 'selected' && response.selection.parts[0]?.choices.map(({ id }) => id)).to.deep.equal([12, 2, 14, 0]);
    });

    it('are refused inside the IKE SA, by a notify without protocol', () => {
      const peer = selectorFor('openiked').configured('ikev2-child', { policy: childPolicy(plain) });
      const { wire } = peer.respond({ negotiation: 'ikev2-child', step: 'auth', sa: esp('1:20-256 5:0') });
      expect(wire).to.deep.include({ type: 14, protocol: 0, spi: 'none', encrypted: true, messageId: 'same' });
    });

    it('have no combined ciphers on Linux, not even in an offer', () => {
      const policy: Policy = [[wantOf(3, { encryption: [{ id: 20, keyBits: 256 }] })]];
      const linux = selectorFor('openiked').configured('ikev2-child', { policy });
      const openbsd = selectorFor('openiked').configured('ikev2-child', { policy, settings: { system: 'openbsd' } });
      const sa = esp('1:20-256 5:0');
      expect(linux.offer('auth').groups).to.deep.equal([]);
      expect(linux.respond({ negotiation: 'ikev2-child', step: 'auth', sa }).outcome).to.equal('refused');
      expect(openbsd.respond({ negotiation: 'ikev2-child', step: 'auth', sa }).outcome).to.equal('selected');
    });
  });

  describe('will not load', () => {
    const aes = { id: 12, keyBits: 256 };
    const gcm = { id: 20, keyBits: 256 };
    const cases: [negotiation: 'ikev2-ike' | 'ikev2-child', policy: Policy, rule: string][] = [
      [
        'ikev2-ike',
        [[wantOf(1, { encryption: [aes, gcm] })]],
        'cannot mix encryption transforms with implicit and non-implicit authentication',
      ],
      [
        'ikev2-child',
        [[wantOf(3, { encryption: [gcm, aes] })]],
        'cannot mix encryption transforms with implicit and non-implicit authentication',
      ],
      [
        'ikev2-ike',
        [[wantOf(1, { encryption: [gcm], integrity: [{ id: 12 }] })]],
        'authentication is implicit for given encryption transforms',
      ],
      ['ikev2-ike', [[wantOf(1, { group: [{ id: 0 }] })]], 'IKE group can not be "none".'],
      ['ikev2-ike', [[wantOf(1, { esn: [{ id: 0 }] })]], 'cannot use ESN with ikesa.'],
      ['ikev2-ike', [[wantOf(1, { encryption: [{ id: 28, keyBits: 256 }] })]], 'encryption 28-256 not a valid transform'],
      ['ikev2-ike', [[wantOf(1, { encryption: [{ id: 12 }] })]], 'encryption 12 not a valid transform'],
      ['ikev2-child', [[wantOf(3, {}), wantOf(2, {})]], 'a clause is one protocol'],
    ];
    for (const [negotiation, policy, rule] of cases) {
      it(`${negotiation}: ${rule}`, () => {
        expect(() => selectorFor('openiked').configured(negotiation, { policy })).to.throw(ConfigError, rule);
      });
    }
  });

  describe('says', () => {
    const policy = ikePolicy(['enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048']);
    const respond = (text: string, keGroup: number): Response => {
      const proposal: Proposal = { protocol: 1, spi: new Uint8Array(), transforms: transforms(text) };
      const sa = writeSa({ offer: { negotiation: 'ikev2-ike', groups: [{ number: 1, proposals: [proposal] }] } });
      return selectorFor('openiked')
        .configured('ikev2-ike', { policy })
        .respond({ negotiation: 'ikev2-ike', step: 'sa-init', sa, keGroup });
    };
    const shown = ({ logs }: Response): string[] => logs.filter(({ level }) => level === 'normal').map(({ text }) => text);

    it('what was offered, when it refuses', () => {
      expect(shown(respond('1:12-128 2:5 3:12 4:14', 14))).to.deep.equal([
        'ikev2_sa_responder: no proposal chosen',
        'ikev2_resp_recv: failed to negotiate IKE SA',
        'ikev2_log_proposal: IKE #1 ENCR=AES_CBC-128',
        'ikev2_log_proposal: IKE #1 PRF=HMAC_SHA2_256',
        'ikev2_log_proposal: IKE #1 INTEGR=HMAC_SHA2_256_128',
        'ikev2_log_proposal: IKE #1 DH=MODP_2048',
        'ikev2_add_error: NO_PROPOSAL_CHOSEN',
      ]);
    });

    it('which group it wants', () => {
      expect(shown(respond('1:12-256 2:5 3:12 4:14', 19))).to.deep.equal([
        'ikev2_sa_responder_dh: want dh MODP_2048, KE has ECP_256',
        'ikev2_resp_recv: failed to negotiate IKE SA',
        'ikev2_add_error: INVALID_KE_PAYLOAD',
      ]);
    });

    it('nothing of what was wrong, though we know', () => {
      const { trace } = respond('1:12-128 2:5 4:19', 19);
      expect(trace).to.have.lengthOf(1);
      expect(trace[0]?.reasons.map(({ code }) => code)).to.deep.equal(['key-length-mismatch', 'slot-missing', 'algorithm-not-configured']);
      expect(trace[0]?.shown).to.equal(0);
    });
  });

  describe('as the initiator', () => {
    const policy = ikePolicy(['enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048']);
    const offered = writeSa({ offer: selectorFor('openiked').configured('ikev2-ike', { policy }).offer('sa-init') });
    const check = (...texts: readonly string[]): Response => {
      const groups = texts.map((text, i) => {
        return { number: i + 1, proposals: [{ protocol: 1, spi: new Uint8Array(), transforms: transforms(text) }] };
      });
      const sa = writeSa({ offer: { negotiation: 'ikev2-ike', groups } });
      return selectorFor('openiked').configured('ikev2-ike', { policy }).check({ negotiation: 'ikev2-ike', step: 'sa-init', sa, offered });
    };
    const good = '1:12-256 2:5 3:12 4:14';
    const cases: [name: string, texts: readonly string[], kind: Wire['kind']][] = [
      ['goes on with what it offered', [good], 'proceeds'],
      ['takes two proposals in an answer', ['1:12-128 2:5 3:12 4:14', good], 'proceeds'],
      ['takes two transforms of a type', [`${good} 1:12-128`], 'proceeds'],
      ['gives up without a word', ['1:12-128 2:5 3:12 4:14'], 'silence'],
    ];
    for (const [name, texts, kind] of cases) it(name, () => expect(check(...texts).wire.kind).to.equal(kind));
  });

  it('never throws', () => {
    const peers = (['7.2', '7.4'] as const).flatMap((release) => [
      selectorFor(`openiked@${release}`).configured('ikev2-ike'),
      selectorFor(`openiked@${release}`).configured('ikev2-child'),
    ]);
    const octets = fc.oneof(
      fc.uint8Array({ maxLength: 120 }),
      fc.tuple(fc.constantFrom(...rows<MeasuredRow>('measured-7.2.jsonl')), fc.nat(), fc.nat(255)).map(([row, at, value]) => {
        const sa = Uint8Array.from(Buffer.from(row.saPayload, 'hex'));
        sa[at % sa.length] = value;
        return sa;
      }),
    );
    const steps = fc.constantFrom<Step>('sa-init', 'auth', 'create-child', 'rekey-ike', 'rekey-child');
    fc.assert(
      fc.property(octets, steps, fc.integer({ min: -1, max: 40 }), (sa, step, group) => {
        for (const peer of peers) {
          const request: Request = { negotiation: 'ikev2-ike', step, sa, ...(group >= 0 && { keGroup: group }) };
          expect(peer.respond(request).outcome).to.be.oneOf(['selected', 'refused']);
          expect(peer.check({ ...request, offered: sa }).wire.kind).to.be.oneOf(['proceeds', 'silence']);
        }
      }),
      { numRuns: 400 },
    );
  });
});
