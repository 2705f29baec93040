import { describe, it } from 'mocha';
import { expect } from 'chai';
import { predict, predictionOf } from '../../interop/differential/compare.ts';
import { mutated } from '../../interop/differential/mutations.ts';
import { randomQuestion } from '../../interop/differential/offers.ts';
import { randomBundles, type Subject, textsOf } from '../../interop/differential/policies.ts';
import { messageOf, type Question } from '../../interop/differential/question.ts';
import { random } from '../../interop/differential/random.ts';
import { seenOf } from '../../interop/differential/reply.ts';
import { decodeMessage } from '../../src/ike/index.ts';

const SPI = new Uint8Array(8).fill(7);
const SUBJECTS: readonly Subject[] = [
  { kind: 'strongswan', release: '6.1.0', version: 2 },
  { kind: 'strongswan', release: '5.9.8', version: 1 },
  { kind: 'libreswan', release: '4.10', version: 1, aggressive: true },
  { kind: 'libreswan', release: '5.2', version: 2 },
  { kind: 'openiked', release: '7.4', version: 2 },
];

/** The policy of a seed in the daemon's words, and questions around it. */
function drawn(subject: Subject, seed: number): { readonly texts: string[]; readonly questions: Question[] } {
  const chance = random(seed);
  const texts = textsOf(subject, randomBundles(subject, chance));
  const prediction = predictionOf(subject, texts);
  const policy = prediction.kind === 'predictor' ? prediction.policy : [];
  return { texts, questions: Array.from({ length: 10 }, () => randomQuestion(subject, policy, chance)) };
}

const octets = (questions: readonly Question[]): string[] => questions.map((each) => Buffer.from(messageOf(each, SPI)).toString('hex'));

describe('the differential harness, without daemons', () => {
  for (const subject of SUBJECTS) {
    const name = `${subject.kind}@${subject.release} IKEv${subject.version}`;

    it(`draws the same from the same seed, and something else from another (${name})`, () => {
      expect(octets(drawn(subject, 5).questions)).to.deep.equal(octets(drawn(subject, 5).questions));
      expect(octets(drawn(subject, 5).questions)).to.not.deep.equal(octets(drawn(subject, 6).questions));
    });

    it(`calls nothing well-formed that does not decode (${name})`, () => {
      for (let seed = 0; seed < 20; seed++) {
        for (const question of drawn(subject, seed).questions) {
          const decoded = decodeMessage(messageOf(question, SPI));
          expect(decoded.ok && decoded.value.faults).to.deep.equal([]);
        }
      }
    });

    it(`finds a profile that throws on nothing (${name})`, () => {
      for (let seed = 0; seed < 40; seed++) {
        const { texts, questions } = drawn(subject, seed);
        const prediction = predictionOf(subject, texts);
        if (prediction.kind !== 'predictor') continue;
        for (const question of questions)
          expect(predict(prediction.predictor, mutated(question, random(seed))).text).to.not.match(/throws/);
      }
    });
  }

  it('reads silence, a notify and an answer apart', () => {
    const header = (first: number, length: number): string =>
      `${'07'.repeat(8)}${'00'.repeat(8)}${first.toString(16)}202220000000000000${length.toString(16).padStart(4, '0')}`;
    const read = (hex: string | undefined): string => seenOf(hex === undefined ? undefined : Buffer.from(hex, 'hex'), SPI).text;
    expect(read(undefined)).to.equal('silence');
    expect(read(`${header(41, 38)}0000000a00000011000e`)).to.equal(
      'notify 17 data 000e, protocol 0, SPI none, responder SPI zero, message id zero',
    );
    expect(read(`${header(33, 34)}220000060102`)).to.equal('answer 000000060102');
  });
});
