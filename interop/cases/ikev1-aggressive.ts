/** Aggressive mode: the group is chosen before the peer has spoken. */
import { type CaseDefinition, OTHER_KEY, USUAL } from './case.ts';
import { established, refused } from './outcomes.ts';

const WORKS = [established('ike', USUAL.ikev1.ike), established('child', USUAL.ikev1.child)];

export const IKEV1_AGGRESSIVE: readonly CaseDefinition[] = [
  {
    id: 'v1-aggressive-same',
    title: 'The same suite on both sides',
    area: 'ikev1-aggressive',
    reference: 'RFC 2409 §5.4',
    about: 'Three messages, identities in the clear, and a hash from which a weak key can be guessed.',
    speaks: 'ikev1-aggressive',
    expected: { steps: WORKS, because: 'Both have the same suite.' },
  },
  {
    id: 'v1-aggressive-group',
    title: 'Another group',
    area: 'ikev1-aggressive',
    reference: 'RFC 2409 §5.4',
    about: 'The public value is in the first message: the group cannot be negotiated, it can only be right.',
    speaks: 'ikev1-aggressive',
    initiator: { ike: 'aes256-sha256-modp2048' },
    responder: { ike: 'aes256-sha256-modp3072' },
    expected: { steps: [refused('ike', 'responder', 'aggressive mode', 'NO-PROPOSAL-CHOSEN')], because: 'No transform suits.' },
  },
  {
    id: 'v1-aggressive-rsa',
    title: 'RSA certificates',
    area: 'ikev1-aggressive',
    reference: 'RFC 2409 §5.1',
    about: 'Certificates travel in the clear.',
    speaks: 'ikev1-aggressive',
    both: { proof: { kind: 'certificate', key: 'rsa2048' } },
    expected: { steps: WORKS, because: 'Both trust the authority of the other.' },
  },
  {
    id: 'v1-aggressive-psk-wrong',
    title: 'Different pre-shared keys',
    area: 'ikev1-aggressive',
    reference: 'RFC 2409 §5.4',
    about: 'Here the initiator is the first to see it: the hash of the answer is another one.',
    speaks: 'ikev1-aggressive',
    responder: { proof: OTHER_KEY, believes: OTHER_KEY },
    initiator: { believes: { kind: 'psk', secret: 'lab-key-that-both-have-and-nobody-else' } },
  },
  {
    id: 'v1-aggressive-to-main',
    title: 'Aggressive mode to a responder that is configured for main mode',
    area: 'ikev1-aggressive',
    reference: 'RFC 2409 §5',
    about: 'The mode is a setting of the connection, and few say that it is the reason.',
    speaks: 'ikev1-aggressive',
    responder: { speaks: 'ikev1-main' },
  },
  {
    id: 'v1-main-to-aggressive',
    title: 'Main mode to a responder that is configured for aggressive mode',
    area: 'ikev1-aggressive',
    reference: 'RFC 2409 §5',
    about: 'The other way round: main mode has to be implemented, so that some answer it whatever they are configured for.',
    speaks: 'ikev1-main',
    responder: { speaks: 'ikev1-aggressive' },
  },
];
