import { expect } from 'chai';
import { describe, it } from 'mocha';
import { type MemoryOptions, type Responder, seededRandom } from '../../src/net/memory.ts';
import { identify, type Identified } from '../../src/probe/fingerprint/identify.ts';
import { type Known, knownOf, setupsOf } from '../../src/probe/fingerprint/known.ts';
import { ODD_REQUESTS } from '../../src/probe/fingerprint/requests.ts';
import { sightOfDatagram } from '../../src/probe/fingerprint/sight.ts';
import { type Question, simulate } from '../../src/probe/question.ts';
import type { Profile, Setup } from '../../src/proposals/selectors/profile.ts';
import { selectorOf } from '../../src/proposals/selectors/selector.ts';
import { answerOf } from '../support/ask-profile.ts';
import { fakeProfile, type Habits, PLAIN } from '../support/fake-profiles.ts';
import { livePeer } from '../support/live-peer.ts';
import { ike, phase1, probing } from '../support/probing.ts';

const V1 = phase1('aes256-sha256-modp2048', 'aes128-sha1-modp2048');
const V2 = ike('aes256-sha256-prfsha256-modp2048', 'aes256-sha256-prfsha256-ecp256');
const KNOWN_V1 = knownOf('ikev1-main', V1);
const KNOWN_V2 = knownOf('ikev2-init', V2);
const KNOWN: readonly Known[] = [KNOWN_V1, KNOWN_V2];

const HABITS: Readonly<Record<string, Readonly<Record<string, Habits>>>> = {
  alpha: { '1.0': PLAIN, '2.0': { ...PLAIN, unknownAttribute: 'refused', spi: 'zero' } },
  beta: { '': { ...PLAIN, order: 'ours', echo: 'rebuilt', refusal: 'cookies', spi: 'zero', repeatedNumber: 'syntax' } },
  gamma: { '': { ...PLAIN, refusal: 'silence', secondProposal: 'malformed', unknownAttribute: 'refused', repeatedNumber: 'syntax' } },
  delta: { '': { ...PLAIN, refusal: 'own-exchange', numbers: 'one', echo: 'rebuilt', order: 'ours' } },
};
const FAKES = Object.entries(HABITS).map(([name, habits]) => fakeProfile(name, habits));
const fake = (name: string): Profile => FAKES.find((profile) => profile.name === name) as Profile;
const titles = ({ candidates }: Identified): string[] => candidates.map(({ profile, release }) => `${profile.name}@${release}`);

function likeliestSetup(known: Known): Setup {
  const [setup] = setupsOf(known);
  if (setup === undefined) throw new Error('there is always one');
  return setup;
}

/** Puts the questions to a responder, without a wire between. */
function ask(
  responder: Responder,
  profiles: readonly Profile[],
  knowns: readonly Known[] = KNOWN,
): { found: Identified; questions: Question[] } {
  let n = 0;
  const { value, questions } = simulate(identify(knowns, profiles), (question) => answerOf(responder, question, ++n));
  return { found: value, questions };
}

function peerOf(profile: Profile, release: string | undefined, setups = KNOWN.map(likeliestSetup)): Responder {
  const [v1, v2] = setups;
  const setup = { ...(v1 && { v1 }), ...(v2 && { v2 }) };
  return livePeer({ profile: selectorOf(profile, release), versions: [1, 2], ike: setup, ikev1: { vendors: [] } }).network
    .responder as Responder;
}

describe('fingerprints', () => {
  for (const profile of FAKES)
    for (const release of profile.releases)
      it(`names ${profile.name}${release === '' ? '' : `@${release}`} in few requests`, () => {
        const { found, questions } = ask(peerOf(profile, release), FAKES);
        expect(found.named?.name).to.equal(profile.name);
        expect(titles(found)).to.deep.equal([`${profile.name}@${release}`]);
        // Eight per version, and a control after a silence that was not expected.
        expect(questions.length).to.be.at.most(18);
      });

  it('is not misled by the order of a policy', () => {
    const setups = setupsOf(KNOWN_V1);
    expect(setups.length).to.equal(2);
    for (const v1 of setups)
      for (const v2 of setupsOf(KNOWN_V2)) expect(ask(peerOf(fake('beta'), undefined, [v1, v2]), FAKES).found.named?.name).to.equal('beta');
  });

  for (const profile of FAKES)
    it(`does not call ${profile.name} by another name when nobody described it`, () => {
      for (const release of profile.releases) {
        const { found } = ask(
          peerOf(profile, release),
          FAKES.filter((other) => other !== profile),
        );
        expect(found.named?.name).to.equal(undefined);
        expect(found.stranger).to.be.above(0.5);
      }
    });

  it('says unknown to invented implementations', function () {
    this.timeout(20_000);
    const random = seededRandom(11);
    const pick = <T>(first: T, ...more: readonly T[]): T => [first, ...more][Math.floor(random() * (more.length + 1))] ?? first;
    let named = 0;
    for (let i = 0; i < 40; i++) {
      const habits: Habits = {
        order: pick('ours', 'peer'),
        echo: pick('verbatim', 'rebuilt'),
        refusal: pick('silence', 'plain', 'cookies', 'own-exchange'),
        secondProposal: pick('taken', 'malformed'),
        unknownAttribute: pick('ignored', 'refused'),
        numbers: pick('kept', 'one'),
        spi: pick('set', 'zero'),
        repeatedNumber: pick('taken', 'syntax'),
      };
      const described = Object.values(HABITS).some((releases) =>
        Object.values(releases).some((one) => JSON.stringify(one) === JSON.stringify(habits)),
      );
      if (described) continue;
      const { found } = ask(peerOf(fakeProfile('invented', { '': habits }), undefined), FAKES);
      if (found.named !== undefined) named++;
    }
    // One that differs in the order alone, where the order of a policy would explain it, is not told apart.
    expect(named).to.be.at.most(1);
  });

  it('keeps quiet about a peer that nothing is known of', () => {
    const { found, questions } = ask(() => [], FAKES, []);
    expect(questions).to.deep.equal([]);
    expect(found.named).to.equal(undefined);
  });

  it('does not take a peer that stops listening for a silent one', () => {
    const whole = peerOf(fake('beta'), undefined);
    let n = 0;
    const { found } = ask((bytes, from, now) => (++n > 2 ? [] : whole(bytes, from, now)), FAKES);
    expect(found.observations.some(({ seen }) => seen.form === 'silence')).to.equal(false);
    expect(found.named?.name).to.not.equal('gamma');
  });

  it('reads what any octets show, and never throws', () => {
    const random = seededRandom(5);
    const offer = ODD_REQUESTS[0]?.build(KNOWN_V1)?.offer;
    if (offer === undefined) throw new Error('the first request needs nothing');
    for (let i = 0; i < 2000; i++) {
      const octets = Uint8Array.from({ length: Math.floor(random() * 120) }, () => Math.floor(random() * 256));
      if (octets.length > 18) octets[17] = random() < 0.5 ? 0x10 : 0x20;
      expect(sightOfDatagram(octets, random() < 0.5 ? 'ikev1-main' : 'ikev2-init', offer).form).to.be.a('string');
    }
  });

  it('is in no request what daemons crashed on: no cipher, no group', () => {
    for (const known of KNOWN)
      for (const request of ODD_REQUESTS.filter(({ exchange }) => exchange === known.exchange)) {
        const { offer } = request.build(known) ?? {};
        for (const { proposals } of offer?.groups ?? [])
          for (const { transforms } of proposals) {
            expect(transforms.length, request.id).to.be.above(0);
            for (const one of transforms) {
              if (one.kind === 'single') continue;
              const types = one.attributes.map(({ type }) => type);
              expect(types, request.id).to.include.members([1, 2, 4]);
            }
            if (offer?.negotiation === 'ikev2-ike')
              expect(
                transforms.map((one) => (one.kind === 'single' ? one.type : 0)),
                request.id,
              ).to.include.members([1, 2, 4]);
          }
      }
  });
});

describe('fingerprints over a wire', function () {
  this.timeout(20_000);
  const setups = KNOWN.map(likeliestSetup);
  const taken = (name: string, more: Partial<MemoryOptions> = {}): ReturnType<typeof probing> =>
    probing({ responder: peerOf(fake(name), undefined, setups), latency: 5, ...more }, { options: { fingerprint: true }, profiles: FAKES });

  for (const name of Object.keys(HABITS))
    it(`name ${name}, and the packets that show it`, async () => {
      const { report, transcript } = await taken(name);
      const { implementation, fingerprint, vendorIds } = report.peer;
      expect(implementation).to.include({ name: name.toUpperCase(), basis: 'inferred' });
      expect(vendorIds).to.deep.equal([]);
      expect(fingerprint?.observations.every(({ expected, seen }) => expected === seen)).to.equal(true);
      expect(implementation?.evidence.length).to.be.above(3);
      for (const index of implementation?.evidence ?? []) expect(transcript.entries[index]).to.be.an('object');
    });

  it('name the release when only one fits', async () => {
    expect((await taken('alpha')).report.peer.implementation?.release).to.equal('2.0');
  });

  it('find the answer that comes in an exchange of its own', async () => {
    const { fingerprint } = (await taken('delta')).report.peer;
    const refused = fingerprint?.observations.find(({ request }) => request === 'v1-refused');
    expect(refused?.seen).to.include('own-exchange');
    expect(refused?.evidence.length).to.be.at.least(2);
  });

  it('survive a path that loses a third of all datagrams', async () => {
    let right = 0;
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { implementation } = (await taken('beta', { loss: 0.33, seed })).report.peer;
      if (implementation !== null) expect(implementation.name).to.equal('BETA');
      if (implementation?.name === 'BETA') right++;
    }
    expect(right).to.be.at.least(4);
  });

  it('say unknown to a peer that the package does not describe', async () => {
    const { report } = await probing(
      { responder: peerOf(fake('delta'), undefined, setups), latency: 5 },
      { options: { fingerprint: true } },
    );
    expect(report.peer.implementation).to.equal(null);
    expect(report.peer.fingerprint?.unknown).to.be.above(0.5);
  });

  it('are not taken unless asked for', async () => {
    const { report } = await probing({ responder: peerOf(fake('delta'), undefined, setups), latency: 5 });
    expect(report.peer.fingerprint).to.equal(undefined);
  });
});
