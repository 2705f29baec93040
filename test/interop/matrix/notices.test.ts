/** Refusals out of pluto's log, in the words of its releases. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { noticesIn } from '../../../interop/matrix/notices.ts';

describe('what pluto says of refusals in its log', () => {
  const cases: readonly [line: string, ...notice: (string | null)[]][] = [
    // libreswan 5.2, 4.10 and 4.3, as they wrote it in the lab.
    ['"lab" #38: CREATE_CHILD_SA failed with error notification TS_UNACCEPTABLE', 'responder', 'CREATE_CHILD_SA', 'TS_UNACCEPTABLE'],
    ['"lab" #37: IKE_AUTH response rejected Child SA with TS_UNACCEPTABLE', 'responder', 'IKE_AUTH', 'TS_UNACCEPTABLE'],
    [
      '"lab" #8: dropping unexpected IKE_AUTH message containing NO_PROPOSAL_CHOSEN notification; message payloads: SK; encrypted payloads: IDr,AUTH,N',
      'responder',
      'IKE_AUTH',
      'NO_PROPOSAL_CHOSEN',
    ],
    [
      '"lab" #5: responding to CREATE_CHILD_SA message (ID 2) from 10.99.0.2:500 with encrypted notification INVALID_SYNTAX',
      'initiator',
      'CREATE_CHILD_SA',
      'INVALID_SYNTAX',
    ],
    ['"lab" #2: sending notification INVALID_ID_INFORMATION to 10.99.0.3:500', 'initiator', null, 'INVALID_ID_INFORMATION'],
    ['"lab" #2: ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=12', 'responder', null, 'NO_PROPOSAL_CHOSEN'],
  ];
  for (const [line, by, exchange, notify] of cases)
    it(line, () => expect(noticesIn(`first\n${line}\nlast`, 'initiator')).to.deep.equal([{ by, exchange, notify }]));

  const silent = [
    '"lab" #2: sending notification INITIAL_CONTACT to 10.99.0.3:500',
    '"lab" #7: sent CREATE_CHILD_SA request to create Child SA using IKE SA #5',
    'NO_PROPOSAL_CHOSEN',
  ];
  for (const line of silent) it(`nothing: ${line}`, () => expect(noticesIn(line, 'responder')).to.deep.equal([]));
});
