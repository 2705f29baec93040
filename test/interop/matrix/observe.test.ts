/** What happened in a cell, told from the wire, from what both hold at the end, and from logs where nobody can open what was said. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { WireMessage } from '../../../interop/matrix/messages.ts';
import { observe, type Phase } from '../../../interop/matrix/observe.ts';
import type { ChildStatus, IkeStatus } from '../../../interop/daemons/peer.ts';
import { EXCHANGE, FLAG, NOTIFIES, type Payload } from '../../../src/ike/index.ts';
import { type Negotiation, parsePolicy, policyToOffer } from '../../../src/proposals/index.ts';
import { explainSteps } from '../../../src/report/index.ts';

const SPI = new Uint8Array(8);
let clock = 0;

type Where = keyof typeof EXCHANGE;

/** One message: `says('initiator', 'auth', 'request', …)`. */
function says(
  from: WireMessage['from'],
  exchange: Where,
  kind: 'request' | 'response' | 'v1',
  ...payloads: readonly Payload[]
): WireMessage {
  const flags = kind === 'response' ? FLAG.response : 0;
  const version = kind === 'v1' ? 0x10 : 0x20;
  const header = {
    initiatorSpi: SPI,
    responderSpi: SPI,
    nextPayload: 0,
    version,
    exchange: EXCHANGE[exchange],
    flags,
    messageId: 0,
    length: 28,
  };
  return { at: clock++, from, header, state: 'opened', payloads, octets: new Uint8Array([clock]), repeated: false };
}

const closed = (message: WireMessage): WireMessage => ({ ...message, state: 'closed', payloads: [] });
const again = (message: WireMessage): WireMessage => ({ ...message, repeated: true });

function sa(suite: string, negotiation: Negotiation): Payload {
  return {
    kind: 'sa',
    type: 33,
    body: { doi: 1, situation: 1, offer: policyToOffer(parsePolicy(suite, negotiation), negotiation) },
  } as unknown as Payload;
}

function notify(name: string, version: 1 | 2 = 2): Payload {
  const number = NOTIFIES[version].find((each) => each.name === name)?.number;
  if (number === undefined) throw new Error(`no notification ${name}`);
  return { kind: 'notify', type: 41, protocol: 0, spi: new Uint8Array(), notify: number, data: new Uint8Array() };
}

const child = (spis: ChildStatus['spis'] = ['01', '02']): ChildStatus => {
  return {
    name: 'lab',
    established: true,
    state: 'INSTALLED',
    protocol: 'esp',
    mode: 'tunnel',
    spis,
    suite: 'aes256-sha512-noesn',
    local: [],
    remote: [],
  };
};
const ike = (children: readonly ChildStatus[] = [child()], spis: IkeStatus['spis'] = ['0a', '0b']): IkeStatus => {
  return {
    connection: 'lab',
    version: 2,
    established: true,
    state: 'ESTABLISHED',
    initiator: true,
    spis,
    suite: 'aes256-sha256-prfsha256-modp2048',
    remoteIdentity: null,
    children,
  };
};

const NOTHING = { initiator: [], responder: [] };
const ALL = { initiator: [ike()], responder: [ike()] };
const BARE = { initiator: [ike([])], responder: [ike([])] };
const DONE = { outcome: 'done', words: '' } as const;
const FAILED = { outcome: 'failed', words: 'no' } as const;
const QUIET = { initiator: '', responder: '' };

const OFFERED = says('initiator', 'saInit', 'request', sa('aes256-sha256-modp2048', 'ikev2-ike'));
const INIT = [OFFERED, says('responder', 'saInit', 'response', sa('aes256-sha256-modp2048', 'ikev2-ike'))];
const ASKED = says('initiator', 'auth', 'request');
const ANSWERED = says('responder', 'auth', 'response', sa('aes256-sha512-noesn', 'ikev2-child'));
const IKE = 'IKE SA: aes256-sha256-prfsha256-modp2048';
const BOTH = `${IKE}; child SA: aes256-sha512-noesn`;

const begin = (messages: readonly WireMessage[], more: Partial<Phase> = {}): Phase => {
  return { what: 'begin', told: DONE, messages, logs: QUIET, status: ALL, ...more };
};
const rekey = (messages: readonly WireMessage[], more: Partial<Phase> = {}): Phase => {
  return { what: 'rekey-child', told: DONE, messages, logs: QUIET, status: ALL, ...more };
};
const told = (phases: readonly Phase[], childless = false): string => explainSteps(observe(phases, { childless }), '');

describe('what happened in a cell', () => {
  const refused = { told: FAILED, status: NOTHING };
  const cases: readonly [title: string, phases: readonly Phase[], steps: string][] = [
    ['both hold both SAs', [begin([...INIT, ASKED, ANSWERED])], BOTH],
    [
      'the first answer is a notification',
      [begin([OFFERED, says('responder', 'saInit', 'response', notify('NO_PROPOSAL_CHOSEN'))], refused)],
      'IKE SA: refused by the responder in IKE_SA_INIT with NO_PROPOSAL_CHOSEN',
    ],
    [
      'another group is asked for, and then all is well',
      [begin([OFFERED, says('responder', 'saInit', 'response', notify('INVALID_KE_PAYLOAD')), ...INIT, ASKED, ANSWERED])],
      BOTH,
    ],
    [
      'another group is asked for, and nobody asks again',
      [begin([OFFERED, says('responder', 'saInit', 'response', notify('INVALID_KE_PAYLOAD'))], refused)],
      'IKE SA: refused by the responder in IKE_SA_INIT with INVALID_KE_PAYLOAD',
    ],
    ['nobody answers', [begin([OFFERED, again(OFFERED)], refused)], 'IKE SA: no answer in IKE_SA_INIT'],
    ['the second request is not answered', [begin([...INIT, ASKED, again(ASKED)], refused)], 'IKE SA: no answer in IKE_AUTH'],
    [
      'the initiator does not believe it, and says so',
      [begin([...INIT, ASKED, ANSWERED, says('initiator', 'informational', 'request', notify('AUTHENTICATION_FAILED'))], refused)],
      'IKE SA: refused by the initiator in IKE_AUTH with AUTHENTICATION_FAILED',
    ],
    [
      'the initiator lets go without a word',
      [begin([...INIT, ASKED, ANSWERED], refused)],
      'IKE SA: refused by the initiator in IKE_AUTH, without a word',
    ],
    [
      'the child alone is refused',
      [begin([...INIT, ASKED, says('responder', 'auth', 'response', notify('TS_UNACCEPTABLE'))], { status: BARE })],
      `${IKE}; child SA: refused by the responder in IKE_AUTH with TS_UNACCEPTABLE`,
    ],
    [
      'the child is refused, and asked for once more',
      [
        begin(
          [
            ...INIT,
            ASKED,
            says('responder', 'auth', 'response', notify('TS_UNACCEPTABLE')),
            says('initiator', 'createChildSa', 'request'),
            says('responder', 'createChildSa', 'response', notify('NO_ADDITIONAL_SAS')),
          ],
          { status: BARE },
        ),
      ],
      `${IKE}; child SA: refused by the responder in IKE_AUTH with TS_UNACCEPTABLE`,
    ],
    [
      'the child is deleted by the initiator at once',
      [begin([...INIT, ASKED, ANSWERED], { status: { initiator: [ike([])], responder: [ike()] } })],
      `${IKE}; child SA: refused by the initiator in IKE_AUTH, without a word`,
    ],
    [
      'main mode ends with a notification',
      [
        begin(
          [
            says('initiator', 'mainMode', 'v1', sa('aes256-sha256-modp2048', 'ikev1-phase1')),
            says('responder', 'informationalV1', 'v1', notify('NO-PROPOSAL-CHOSEN', 1)),
          ],
          refused,
        ),
      ],
      'IKE SA: refused by the responder in main mode with NO-PROPOSAL-CHOSEN',
    ],
    [
      'messages that nobody can open: the log of who received it',
      [
        begin([...INIT, closed(ASKED), closed(ANSWERED)], {
          status: BARE,
          logs: { initiator: '"lab" #8: IKE_AUTH response rejected Child SA with NO_PROPOSAL_CHOSEN', responder: '' },
        }),
      ],
      `${IKE}; child SA: refused by the responder in IKE_AUTH with NO_PROPOSAL_CHOSEN`,
    ],
  ];
  for (const [title, phases, steps] of cases) it(`${title}: ${steps}`, () => expect(told(phases)).to.equal(steps));

  it('without a child there is no step of one', () => expect(told([begin([...INIT, ASKED], { status: BARE })], true)).to.equal(IKE));
});

describe('what happened at a rekeying', () => {
  const first = begin([...INIT, ASKED, ANSWERED]);
  const asked = says('initiator', 'createChildSa', 'request', sa('aes256-sha512-modp2048-noesn', 'ikev2-child'));
  const anew = { initiator: [ike([child(['03', '04'])])], responder: [ike([child(['04', '03'])])] };
  const cases: readonly [title: string, phase: Phase, step: string][] = [
    [
      'both hold another one',
      rekey([asked, says('responder', 'createChildSa', 'response', sa('aes256-sha512-modp2048-noesn', 'ikev2-child'))], { status: anew }),
      'rekey of the child SA: aes256-sha512-modp2048-noesn',
    ],
    [
      'it is refused',
      rekey([asked, says('responder', 'createChildSa', 'response', notify('NO_PROPOSAL_CHOSEN'))], { told: FAILED }),
      'rekey of the child SA: refused by the responder in CREATE_CHILD_SA with NO_PROPOSAL_CHOSEN',
    ],
    [
      'it is refused, and the responder asks for a child of its own',
      rekey(
        [
          asked,
          says('responder', 'createChildSa', 'response', notify('NO_PROPOSAL_CHOSEN')),
          says('responder', 'createChildSa', 'request', sa('aes256-sha512-ecp384-noesn', 'ikev2-child')),
        ],
        { told: FAILED, status: anew },
      ),
      'rekey of the child SA: refused by the responder in CREATE_CHILD_SA with NO_PROPOSAL_CHOSEN',
    ],
    [
      'it is refused, everything is given up, and all begins anew',
      rekey(
        [
          asked,
          says('responder', 'createChildSa', 'response', notify('NO_PROPOSAL_CHOSEN')),
          says('responder', 'informational', 'request'),
          ...INIT,
          ASKED,
          ANSWERED,
        ],
        { status: anew },
      ),
      'rekey of the child SA: refused by the responder in CREATE_CHILD_SA with NO_PROPOSAL_CHOSEN',
    ],
    [
      'it is refused, and a while later the initiator asks for a child of another suite',
      rekey(
        [
          asked,
          says('responder', 'createChildSa', 'response', notify('NO_PROPOSAL_CHOSEN')),
          says('initiator', 'createChildSa', 'request', sa('aes256-sha512-ecp384-noesn', 'ikev2-child')),
          says('responder', 'createChildSa', 'response', sa('aes256-sha512-ecp384-noesn', 'ikev2-child')),
        ],
        { status: anew },
      ),
      'rekey of the child SA: refused by the responder in CREATE_CHILD_SA with NO_PROPOSAL_CHOSEN',
    ],
    [
      'the responder is busy, and asked again',
      rekey(
        [
          asked,
          says('responder', 'createChildSa', 'response', notify('TEMPORARY_FAILURE')),
          asked,
          says('responder', 'createChildSa', 'response', sa('aes256-sha512-modp2048-noesn', 'ikev2-child')),
        ],
        { status: anew },
      ),
      'rekey of the child SA: aes256-sha512-modp2048-noesn',
    ],
    [
      'messages that nobody can open, and a log that says why',
      rekey([closed(asked), closed(asked)], {
        told: FAILED,
        logs: { initiator: '"lab" #11: CREATE_CHILD_SA failed with error notification NO_PROPOSAL_CHOSEN', responder: '' },
      }),
      'rekey of the child SA: refused by the responder in CREATE_CHILD_SA with NO_PROPOSAL_CHOSEN',
    ],
    [
      'messages that nobody can open, and both hold another one',
      rekey([closed(asked), closed(asked)], { status: anew }),
      'rekey of the child SA: aes256-sha512-noesn',
    ],
    [
      'nothing is new although the control program is content',
      rekey([closed(asked), closed(says('responder', 'createChildSa', 'response'))]),
      'rekey of the child SA: refused by the initiator in CREATE_CHILD_SA, without a word',
    ],
  ];
  for (const [title, phase, step] of cases) it(`${title}: ${step}`, () => expect(told([first, phase])).to.equal(`${BOTH}; ${step}`));
});
