/** IKEv1 against itself over a wire in memory: every step, every suite, and every way to fail. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { seededEntropy } from '../../../src/ike/entropy.ts';
import { preSharedKey } from '../../../src/ike/exchanges/ikev1/authenticator.ts';
import { anotherKey } from '../../../src/ike/exchanges/ikev1/phase1.ts';
import type { Child, QuickResult } from '../../../src/ike/exchanges/ikev1/quick-mode.ts';
import { ikev1Session, type SessionResult } from '../../../src/ike/exchanges/ikev1/session.ts';
import type { Select } from '../../../src/ike/exchanges/selecting.ts';
import { decodeMessage, encodeMessage } from '../../../src/ike/message.ts';
import { nodeCrypto } from '../../../src/node-crypto/node-crypto.ts';
import { selectorFor } from '../../../src/proposals/selectors/selector.ts';
import { AES256_SHA256, ESP_AES256_SHA256, fqdn, phase1Offer, phase2Offer, text } from '../../support/ikev1-offers.ts';
import { acceptsFirst, pair, type PairReport, QUICK, SECRET } from '../../support/ikev1-pair.ts';

const octets = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Both sides' keys of the first SAs, each from its own point of view. */
function keysOf({ result, responderEvents }: PairReport): { readonly ours: readonly string[][]; readonly theirs: readonly string[][] } {
  const children = result?.established === true && result.quick[0]?.ok ? result.quick[0].children : [];
  const child = responderEvents.find(({ kind }) => kind === 'child');
  const theirs = child?.kind === 'child' ? child.children.map((one) => one.filter((each) => 'keys' in each)) : [];
  const view = (all: readonly (readonly Child[])[], from: 'inbound' | 'outbound', to: 'inbound' | 'outbound'): string[][] =>
    all.flat().map((each) => [octets(each.keys()[from]), octets(each.keys()[to])]);
  return { ours: view(children, 'inbound', 'outbound'), theirs: view(theirs, 'outbound', 'inbound') };
}

const quickOf = (result: SessionResult | undefined): QuickResult | undefined =>
  result?.established === true ? result.quick[0] : undefined;
const failureOf = (result: SessionResult | undefined) => (result?.established === false ? result.failure : undefined);

/** What a session needs to begin. */
const lone = {
  provider: nodeCrypto,
  random: seededEntropy('alone'),
  patience: { firstWait: 500, retries: 3 },
  authenticator: preSharedKey(text(SECRET)),
  identity: fqdn('initiator.example'),
};

describe('IKEv1 phase 1', () => {
  for (const mode of ['main', 'aggressive'] as const) {
    it(`${mode} mode goes to the end with a pre-shared key, and everything is deleted again`, async () => {
      const { result, responderEvents, initiatorEvents } = await pair({ initiator: { mode, alive: true } });
      expect(result).to.include({ established: true, alive: true });
      expect(responderEvents.map(({ kind }) => kind)).to.deep.equal(['authenticated', 'child', 'asked-alive', 'deleted', 'deleted']);
      expect(initiatorEvents).to.deep.equal([]);
      const [established] = responderEvents;
      if (established?.kind === 'authenticated') expect(Buffer.from(established.identity.data).toString()).to.equal('initiator.example');
    });

    it(`${mode} mode is the same to the octet each time, and another with another seed`, async () => {
      const [first, again, other] = [
        await pair({ initiator: { mode } }),
        await pair({ initiator: { mode } }),
        await pair({ initiator: { mode }, seed: 2 }),
      ];
      expect(again.sent).to.deep.equal(first.sent);
      expect(again.answered).to.deep.equal(first.answered);
      expect(other.sent[0]).to.not.equal(first.sent[0]);
    });

    it(`${mode} mode: another key`, async () => {
      const { result } = await pair({ initiator: { mode, authenticator: preSharedKey(text('another')) } });
      const failure = failureOf(result);
      expect(failure).to.include(mode === 'main' ? { kind: 'notify', step: 'authentication' } : { kind: 'proof', fault: 'hash' });
      expect(failure && anotherKey(failure)).to.equal(mode === 'main' ? 'likely' : 'certain');
    });

    it(`${mode} mode: a wrong proof of the responder is seen`, async () => {
      const { result } = await pair({ initiator: { mode }, responder: { misbehaviour: { wrongAuth: true } } });
      expect(failureOf(result)).to.deep.equal({ kind: 'proof', step: 'authentication', fault: 'hash' });
    });

    it(`${mode} mode: a public value of the wrong length is not used`, async () => {
      const { result } = await pair({ initiator: { mode }, responder: { misbehaviour: { truncateKe: 1 } } });
      expect(failureOf(result)).to.include({ kind: 'answer', fault: 'key-exchange' });
    });

    it(`${mode} mode: an answer that settles on DES ends there, before any key is made`, () => {
      const offer = phase1Offer([{ cipher: [1], hash: 2, group: 14 }]);
      const machine = ikev1Session({ ...lone, mode, offer });
      const [sent] = machine.step({ kind: 'start' }, 0);
      const request = sent?.kind === 'send' ? decodeMessage(sent.bytes) : undefined;
      if (request?.ok !== true) throw new Error('no request');
      const { header, payloads } = request.value;
      const answer = encodeMessage({ ...header, responderSpi: new Uint8Array(8).fill(7), payloads });
      const ends = machine.step({ kind: 'datagram', bytes: answer }, 10);
      const result = { established: false, failure: { kind: 'answer', step: 'proposal', fault: 'des' } };
      expect(ends).to.deep.equal([{ kind: 'done', result }]);
    });

    it(`${mode} mode: our responder answers as its selector says, and goes no further with DES`, async () => {
      const { result, responderEvents } = await pair({ initiator: { mode, offer: phase1Offer([{ cipher: [1], hash: 2, group: 14 }]) } });
      expect(failureOf(result)).to.deep.equal({ kind: 'answer', step: 'proposal', fault: 'des' });
      expect(responderEvents).to.have.length(1);
      expect(responderEvents[0]).to.include({ kind: 'ended', why: 'des' });
    });

    it(`${mode} mode: another identity than the expected one`, async () => {
      const expected = { idType: 2, data: text('somebody.else') };
      const { result } = await pair({ initiator: { mode, authenticator: preSharedKey(text(SECRET), expected) } });
      expect(failureOf(result)).to.deep.equal({ kind: 'proof', step: 'authentication', fault: 'identity' });
    });

    it(`${mode} mode: a NAT is seen by both, and the rest goes to port 4500`, async () => {
      const ends = { own: { address: Uint8Array.of(10, 0, 0, 1), port: 500 }, peer: { address: Uint8Array.of(192, 0, 2, 1), port: 500 } };
      const { result, responderEvents } = await pair({ initiator: { mode, ends } });
      expect(result).to.deep.include({ established: true, nat: { own: true, peer: false } });
      expect(responderEvents[0]).to.deep.include({ kind: 'authenticated', nat: { own: false, peer: true } });
      const quick = quickOf(result);
      expect(quick?.ok === true && quick.children[0]?.[0]?.mode).to.equal(3);
    });
  }

  it('takes what a daemon would take: an AES key length that charon lacks is refused with its notify', async () => {
    const charon = selectorFor('strongswan@5.9.8').configured('ikev1-phase1');
    const select: Select = (request) => charon.respond({ ...request, step: 'main' });
    const refused = await pair({ responder: { select }, initiator: { offer: phase1Offer([{ cipher: [3, 128], hash: 1, group: 1 }]) } });
    expect(failureOf(refused.result)).to.include({ kind: 'notify', step: 'proposal', notify: 14, authentic: false });
    const taken = await pair({ responder: { select }, initiator: { quick: [] } });
    expect(taken.result).to.include({ established: true });
  });

  it('gives up on a peer that says nothing', async () => {
    const { result, sent } = await pair({ wire: { loss: 1 } });
    expect(failureOf(result)).to.deep.equal({ kind: 'silence', step: 'proposal', sent: 4 });
    expect(sent).to.have.length(4);
  });

  it('tells silence after a repeated second answer: the third message was not liked', async () => {
    const { result } = await pair({ responder: { misbehaviour: { lose: (n) => n >= 2 } } });
    expect(failureOf(result)).to.include({ kind: 'silence', step: 'authentication' });
  });
});

describe('IKEv1 quick mode', () => {
  const IPCOMP = { protocol: 4, transform: 2 };
  const AH_SHA256 = { protocol: 2, transform: 5, integrity: 5 };
  const cases: readonly (readonly [name: string, quick: typeof QUICK & { readonly group?: number }, octets: readonly number[]])[] = [
    ['ESP', QUICK, [64]],
    ['ESP with PFS', { ...QUICK, offers: [phase2Offer([ESP_AES256_SHA256], { group: 19 })], group: 19 }, [64]],
    ['AH', { ...QUICK, offers: [phase2Offer([AH_SHA256])] }, [32]],
    ['AH and ESP together', { ...QUICK, offers: [phase2Offer([AH_SHA256, ESP_AES256_SHA256])] }, [32, 64]],
    ['AH, ESP and IPCOMP together', { ...QUICK, offers: [phase2Offer([AH_SHA256, ESP_AES256_SHA256, IPCOMP])] }, [32, 64, 0]],
    ['several SAs', { ...QUICK, offers: [phase2Offer([ESP_AES256_SHA256]), phase2Offer([AH_SHA256])] }, [64, 32]],
    ['AES-GCM with its salt', { ...QUICK, offers: [phase2Offer([{ protocol: 3, transform: 20, bits: 128 }])] }, [20]],
    ['3DES and MD5', { ...QUICK, offers: [phase2Offer([{ protocol: 3, transform: 3, integrity: 1 }])] }, [40]],
  ];
  for (const [name, quick, lengths] of cases)
    it(`${name}: both sides have the same keys, of the right length`, async () => {
      const report = await pair({ initiator: { quick: [quick] } });
      const { ours, theirs } = keysOf(report);
      expect(ours).to.deep.equal(theirs);
      expect(ours.map(([inbound = '']) => inbound.length / 2)).to.deep.equal(lengths);
      const keyed = lengths.filter((length) => length > 0).length;
      expect(new Set(ours.flat().filter((key) => key !== ''))).to.have.length(2 * keyed);
    });

  it('tells refused proposals and refused clients apart, and goes on with the next', async () => {
    let asked = 0;
    const report = await pair({
      initiator: { quick: [QUICK, QUICK, QUICK] },
      responder: {
        admits: () => ++asked !== 1,
        select: (request) =>
          request.step === 'quick' && asked === 2 ? { wire: { kind: 'notify', type: 14, data: new Uint8Array() } } : first(request),
      },
    });
    const results = report.result?.established === true ? report.result.quick : [];
    expect(results.map((each) => (each.ok ? 'ok' : each.failure.kind === 'notify' && each.failure.notify))).to.deep.equal([18, 14, 'ok']);
  });

  it('ends where ESP would use DES', async () => {
    const { result } = await pair({
      initiator: { quick: [{ ...QUICK, offers: [phase2Offer([{ protocol: 3, transform: 2, integrity: 1 }])] }] },
    });
    const quick = quickOf(result);
    expect(quick?.ok === false && quick.failure).to.deep.include({ kind: 'answer', fault: 'des' });
  });

  it('prints no key', async () => {
    const { result, responderEvents, initiatorEvents } = await pair();
    const said = JSON.stringify([result, responderEvents, initiatorEvents], (_, value: unknown) =>
      value instanceof Uint8Array ? octets(value) : value,
    );
    const quick = quickOf(result);
    const keys = quick?.ok === true ? quick.children.flat().flatMap((each) => Object.values(each.keys()).map(octets)) : [];
    expect(keys).to.have.length(2);
    for (const secret of [...keys, octets(text(SECRET)), SECRET]) expect(said).to.not.include(secret);
  });
});

const first = acceptsFirst;

describe('IKEv1 over a bad wire', () => {
  for (const mode of ['main', 'aggressive'] as const)
    it(`${mode} mode ends well with 30 % loss, duplicates and disorder, in each of 20 runs`, async () => {
      for (let seed = 1; seed <= 20; seed++) {
        const { result, responderEvents } = await pair({
          seed,
          provider: nodeCrypto,
          wire: { loss: 0.3, duplicate: 0.3, jitter: 50 },
          initiator: {
            mode,
            alive: true,
            linger: 2000,
            patience: { firstWait: 200, retries: 8 },
            offer: phase1Offer([{ cipher: [7, 128], hash: 2, group: 19 }]),
          },
        });
        expect(result, `seed ${seed}`).to.include({ established: true, alive: true });
        const quick = quickOf(result);
        expect(quick?.ok, `seed ${seed}`).to.equal(true);
        expect(
          responderEvents.filter(({ kind }) => kind === 'authenticated'),
          `seed ${seed}`,
        ).to.have.length.at.least(1);
      }
    }).timeout(30_000);

  it('answers a repetition with the same octets', async () => {
    const { answered } = await pair({ wire: { duplicate: (_, direction) => direction === 'out' }, initiator: { quick: [] } });
    for (let i = 0; i < 6; i += 2) expect(answered[i]).to.equal(answered[i + 1]);
  });
});

describe('IKEv1 suites', () => {
  const ciphers = {
    '3des': [5],
    aes128: [7, 128],
    aes192: [7, 192],
    aes256: [7, 256],
    camellia128: [8, 128],
    camellia256: [8, 256],
  } as const;
  const hashes = { md5: 1, sha1: 2, sha256: 4, sha384: 5, sha512: 6 };
  /** Groups 15 and 16 are slow; each cipher and hash meets every other group. */
  const groups = [1, 2, 5, 14, 19, 20, 21];
  for (const [cipherName, cipher] of Object.entries(ciphers))
    for (const [hashName, hash] of Object.entries(hashes))
      it(`${cipherName} ${hashName} with groups ${groups.join(', ')}`, async () => {
        for (const group of groups) {
          const report = await pair({ provider: nodeCrypto, initiator: { offer: phase1Offer([{ cipher, hash, group }]) } });
          expect(report.result, `group ${group}`).to.include({ established: true });
          const { ours, theirs } = keysOf(report);
          expect(ours).to.have.length(1);
          expect(ours).to.deep.equal(theirs);
        }
      }).timeout(20_000);
  for (const group of [15, 16])
    it(`group ${group}`, async () => {
      const { result } = await pair({ provider: nodeCrypto, initiator: { offer: phase1Offer([{ ...AES256_SHA256, group }]) } });
      expect(result).to.include({ established: true });
    }).timeout(20_000);
});
