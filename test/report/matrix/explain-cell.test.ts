/** Why a cell is as it is, in one sentence. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { type CellFacts, explainCell, type StepOutcome } from '../../../src/report/index.ts';

const ike: StepOutcome = { step: 'ike', state: 'established', suite: 'aes256-sha256-prfsha256-modp2048', refusal: null };
const child: StepOutcome = { step: 'child', state: 'established', suite: 'aes256-sha512-noesn', refusal: null };
const refused = (notify: string | null): StepOutcome => {
  return { step: 'child', state: 'refused', suite: null, refusal: { by: 'responder', exchange: 'IKE_AUTH', notify } };
};
const silent: StepOutcome = {
  step: 'ike',
  state: 'silent',
  suite: null,
  refusal: { by: 'responder', exchange: 'IKE_SA_INIT', notify: null },
};
const ran = (actual: readonly StepOutcome[], more: Partial<Extract<CellFacts, { kind: 'ran' }>> = {}): CellFacts => {
  return { kind: 'ran', predicted: actual, actual, agree: true, ...more };
};

const cases: readonly [facts: CellFacts, sentence: string][] = [
  [ran([ike, child]), 'They settle on aes256-sha256-prfsha256-modp2048 for the IKE SA, aes256-sha512-noesn for the child SA.'],
  [
    ran([ike, { ...child, step: 'rekey-child', suite: null }]),
    'They settle on aes256-sha256-prfsha256-modp2048 for the IKE SA, the rekey of the child SA.',
  ],
  [ran([ike, refused('NO_PROPOSAL_CHOSEN')]), 'The responder refuses the child SA in IKE_AUTH with NO_PROPOSAL_CHOSEN.'],
  [ran([ike, refused(null)]), 'The responder refuses the child SA in IKE_AUTH without a word.'],
  [
    ran([ike, refused('NO_PROPOSAL_CHOSEN')], { because: 'Key length 128 is not 256.' }),
    'The responder refuses the child SA in IKE_AUTH with NO_PROPOSAL_CHOSEN: Key length 128 is not 256.',
  ],
  [ran([silent]), 'The responder does not answer in IKE_SA_INIT: there is no IKE SA.'],
  [
    ran([ike, refused('TS_UNACCEPTABLE')], { predicted: [ike, child], agree: false }),
    'Foretold: IKE SA: aes256-sha256-prfsha256-modp2048; child SA: aes256-sha512-noesn. ' +
      'It came to: IKE SA: aes256-sha256-prfsha256-modp2048; child SA: refused by the responder in IKE_AUTH with TS_UNACCEPTABLE.',
  ],
  [
    { kind: 'unforeseen', title: 'libreswan 4.10', words: 'no such cipher', actual: [ike] },
    'Foretold: libreswan 4.10 cannot be configured so (no such cipher). It came to: IKE SA: aes256-sha256-prfsha256-modp2048.',
  ],
  [
    { kind: 'unsupported', title: 'OpenIKED 7.4', words: 'iked speaks IKEv2 only' },
    'OpenIKED 7.4 cannot be configured so: iked speaks IKEv2 only',
  ],
  [
    { kind: 'unsupported', title: 'OpenIKED 7.4', words: 'ikectl has no command for it', what: 'rekey' },
    'OpenIKED 7.4 cannot be told to rekey: ikectl has no command for it',
  ],
  [{ kind: 'error', what: 'ended', title: 'libreswan 5.2', words: 'ABORT' }, 'libreswan 5.2 ended by itself during the case: ABORT'],
  [
    { kind: 'error', what: 'too-slow', title: 'libreswan 5.2 with OpenIKED 7.4', words: '' },
    'libreswan 5.2 with OpenIKED 7.4 did not come to an end with the case in time.',
  ],
  [{ kind: 'error', what: 'not-started', title: 'A with B', words: 'no' }, 'A with B could not be started: no'],
  [{ kind: 'error', what: 'failed', title: 'A with B', words: 'no' }, 'A with B could not be driven: no'],
];

describe('why a cell is as it is', () => {
  for (const [facts, sentence] of cases) it(sentence, () => expect(explainCell(facts)).to.equal(sentence));
});
