import { expect } from 'chai';
import { describe, it } from 'mocha';
import { libreswanPolicy, parseLibreswan } from '../../../src/proposals/dialects/libreswan/index.ts';
import type { Negotiation } from '../../../src/proposals/model.ts';
import { readSa, writeSa } from '../../../src/proposals/selectors/answers.ts';
import { book } from '../../../src/proposals/selectors/libreswan/log.ts';
import { type Configured, converse } from '../../../src/proposals/selectors/index.ts';
import { ConfigError } from '../../../src/proposals/selectors/errors.ts';
import { selectorFor } from '../../../src/proposals/selectors/selector.ts';

/** A libreswan with this `ike=` or `esp=`. */
function daemon(release: string, negotiation: Negotiation, text: string, more: { readonly pfsGroup?: number } = {}): Configured {
  const kind = negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike' ? 'ike' : 'esp';
  const ikev = negotiation.startsWith('ikev1') ? 1 : 2;
  const policy = libreswanPolicy(parseLibreswan(kind, text, { ikev, release, pfs: true }), negotiation);
  return selectorFor(`libreswan@${release}`).configured(negotiation, { policy, ...more });
}

describe('libreswan: PFS in Quick Mode', () => {
  const ESP = 'aes128-sha1;modp2048';
  const cases: readonly (readonly [name: string, mine: string, pfsGroup: number | undefined, agreed: boolean])[] = [
    ['the group of the policy', ESP, undefined, true],
    ['the group of the IKE SA', 'aes128-sha1', 14, true],
    ['the group of the policy before that of the IKE SA', ESP, 5, true],
    ['no group', 'aes128-sha1', undefined, false],
  ];
  for (const release of ['4.3', '4.10', '5.2', '5.4']) {
    for (const [name, mine, pfsGroup, agreed] of cases) {
      it(`${release} is content with the answer to ${name}: ${agreed}`, () => {
        const initiator = daemon(release, 'ikev1-phase2', mine, { ...(pfsGroup !== undefined && { pfsGroup }) });
        const talk = converse(initiator, daemon(release, 'ikev1-phase2', ESP), 'ikev1-phase2', 'quick');
        expect(talk.agreed).to.equal(agreed);
        if (agreed) expect(talk.check?.wire.kind).to.equal('proceeds');
      });
    }

    it(`${release} answers a group without a KE payload, or the other way about, with INVALID_KEY_INFORMATION`, () => {
      const sa = (text: string): Uint8Array => writeSa({ offer: daemon(release, 'ikev1-phase2', text).offer('quick') });
      const responder = daemon(release, 'ikev1-phase2', ESP);
      const request = { negotiation: 'ikev1-phase2', step: 'quick' } as const;
      const without = responder.respond({ ...request, sa: sa(ESP) });
      expect(without.wire).to.include({ kind: 'notify', type: 17, encrypted: true });
      expect(without.logs.map(({ text }) => text)).to.include('missing KE payload in Quick Mode I1 message');
      const bare = responder.respond({ ...request, sa: sa('aes128-sha1'), keGroup: 14 });
      expect(bare.wire).to.include({ kind: 'notify', type: 17, encrypted: true });
      expect(bare.logs.map(({ text }) => text)).to.include('Quick Mode I1 message KE payload requires a GROUP_DESCRIPTION attribute in SA');
    });
  }
});

describe('libreswan 5.4: additional key exchanges', () => {
  const IKE = 'aes_gcm256-sha2_512';
  const any = `${IKE};dh19+dh20+dh21;addke1=dh19+dh20+dh21+none;addke2=dh19+dh20+dh21+none`;
  /** From libreswan's own tests of duplicates, and from what its source says of them. */
  const cases: readonly (readonly [offer: string, local: string, taken: Readonly<Record<string, number>> | undefined])[] = [
    [`${IKE};dh19+dh20+dh21;addke1=dh19+dh20+dh21;addke2=dh19+dh20+dh21`, any, { group: 19, ake1: 20, ake2: 21 }],
    [`${IKE};dh19+dh20+dh21;addke1=dh20+dh21+dh19;addke2=dh21+dh19+dh20`, any, { group: 19, ake1: 20, ake2: 21 }],
    [`${IKE};dh19+dh20+dh21;addke1=none;addke2=dh21+dh19+dh20`, any, { group: 19, ake1: 0, ake2: 20 }],
    [`${IKE};dh19;addke1=dh19;addke2=dh19`, any, undefined],
    // What is not offered is none; it is not answered.
    [`${IKE};dh19`, any, { group: 19 }],
    [`${IKE};dh19`, `${IKE};dh19;addke1=dh20`, undefined],
    [`${IKE};dh19;addke1=dh20`, `${IKE};dh19`, undefined],
    // Once ADDKE1 has taken 19, it does not give it back.
    [`${IKE};dh21;addke1=dh19+dh20;addke2=dh19`, `${IKE};dh21;addke1=dh19+dh20;addke2=dh19+dh20`, undefined],
    [`${IKE};ml_kem_768`, `${IKE};ml_kem_1024+ml_kem_768`, { group: 36 }],
    [`${IKE};dh31;addke1=ml_kem_1024+ml_kem_768`, `${IKE};dh31;addke1=ml_kem_768+ml_kem_1024`, { group: 31, ake1: 36 }],
  ];
  for (const [offer, local, taken] of cases) {
    it(`${offer} to ${local}: ${taken === undefined ? 'refused' : Object.values(taken).join(', ')}`, () => {
      const talk = converse(daemon('5.4', 'ikev2-ike', offer), daemon('5.4', 'ikev2-ike', local), 'ikev2-ike', 'sa-init');
      const response = talk.rounds.at(-1)?.response;
      for (const { text } of response?.logs ?? []) expect(book.read(text), text).not.to.equal(undefined);
      if (taken === undefined) {
        expect(response?.wire).to.include({ kind: 'notify', type: 14 });
        expect(response?.trace[0]?.reasons).not.to.deep.equal([]);
        return;
      }
      expect(talk.agreed).to.equal(true);
      if (response?.outcome !== 'selected') throw new Error('not selected');
      const found = response.selection.parts.flatMap(({ choices }) => choices).filter(({ slot }) => /^(group|ake)/.test(slot));
      expect(Object.fromEntries(found.map(({ slot, id }) => [slot, id]))).to.deep.equal(taken);
    });
  }

  it('answers none where none was sent, and only there', () => {
    const talk = converse(daemon('5.4', 'ikev2-ike', cases[2]?.[0] ?? ''), daemon('5.4', 'ikev2-ike', any), 'ikev2-ike', 'sa-init');
    const transforms = talk.answer?.groups[0]?.proposals[0]?.transforms ?? [];
    expect(transforms.map((each) => (each.kind === 'single' ? `${each.type}:${each.id}` : ''))).to.deep.equal([
      '1:20',
      '2:7',
      '4:19',
      '6:0',
      '7:20',
    ]);
  });

  it('says what it chose in the words of 5.4', () => {
    const talk = converse(
      daemon('5.4', 'ikev2-ike', `${IKE};dh31;addke1=ml_kem_768`),
      daemon('5.4', 'ikev2-ike', `${IKE};dh31;addke1=ml_kem_768`),
      'ikev2-ike',
      'sa-init',
    );
    const lines = talk.rounds[0].response.logs.map(({ text }) => text);
    expect(lines).to.include(
      'proposal 1:IKE=AES_GCM_16_256-HMAC_SHA2_512-CURVE25519-ML_KEM_768 chosen from remote proposals ' +
        '1:IKE:ENCR=AES_GCM_16_256;PRF=HMAC_SHA2_512;KE=CURVE25519;ADDKE1=ML_KEM_768[first-match]',
    );
  });

  it('chooses them for a peer that does not say that it knows IKE_INTERMEDIATE', () => {
    const peer = daemon('5.4', 'ikev2-ike', `${IKE};dh19;addke1=dh20`);
    const request = { negotiation: 'ikev2-ike', step: 'sa-init', sa: writeSa({ offer: peer.offer('sa-init') }), keGroup: 19 } as const;
    expect(peer.respond(request).wire.kind).to.equal('answer');
    expect(peer.respond({ ...request, notifies: [16438] })).to.deep.equal(peer.respond(request));
  });

  it('asks for its own group of several in CREATE_CHILD_SA', () => {
    const [mine, theirs] = ['aes128-sha1-modp2048+modp4096', 'aes128-sha1-modp4096+modp3072'];
    const talk = converse(daemon('5.4', 'ikev2-child', mine), daemon('5.4', 'ikev2-child', theirs), 'ikev2-child', 'create-child');
    expect(talk.rounds[0].response).to.include({ wantsGroup: 16 });
    expect(talk.agreed).to.equal(true);
  });

  it('was not there before: the proposal is passed over, and the policy does not load', () => {
    const sa = writeSa({ offer: daemon('5.4', 'ikev2-ike', `${IKE};dh19;addke1=dh20`).offer('sa-init') });
    const old = daemon('5.2', 'ikev2-ike', `${IKE};dh19`).respond({ negotiation: 'ikev2-ike', step: 'sa-init', sa, keGroup: 19 });
    expect(old.wire).to.include({ kind: 'notify', type: 14 });
    const offer = readSa(sa, 'ikev2-ike').value?.offer;
    expect(offer?.groups[0]?.proposals[0]?.transforms.at(-1)).to.include({ type: 6, id: 20 });
    const policy = libreswanPolicy(parseLibreswan('ike', `${IKE};ml_kem_768`, { ikev: 2, release: '5.4' }), 'ikev2-ike');
    expect(() => selectorFor('libreswan@5.2').configured('ikev2-ike', { policy })).to.throw(ConfigError, /DH algorithm/);
    expect(() => selectorFor('libreswan@5.4').configured('ikev2-ike', { policy })).not.to.throw();
  });

  it('is not meant when no release is named: it was only read', () => {
    expect(selectorFor('libreswan').release).to.equal('5.2');
    expect(selectorFor('libreswan@5.3').release).to.equal('5.3');
  });
});
