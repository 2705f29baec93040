/** CREATE_CHILD_SA: what happens when lifetimes are over, forced at once. */
import { type CaseDefinition, USUAL } from './case.ts';
import { established, refused } from './outcomes.ts';

const IKE = established('ike', 'aes256-sha256-prfsha256-modp2048');
const CHILD = established('child', USUAL.ikev2.child);
const NO_PROPOSAL = refused('rekey-child', 'responder', 'CREATE_CHILD_SA', 'NO_PROPOSAL_CHOSEN');

export const IKEV2_REKEY: readonly CaseDefinition[] = [
  {
    id: 'v2-rekey-child',
    title: 'A child rekeyed without PFS',
    area: 'ikev2-rekey',
    reference: 'RFC 7296 §2.8',
    about: 'New nonces and no key exchange.',
    speaks: 'ikev2',
    rekeys: ['child'],
    expected: { steps: [IKE, CHILD, established('rekey-child', USUAL.ikev2.child)], because: 'What was agreed once is agreed again.' },
  },
  {
    id: 'v2-rekey-child-pfs',
    title: 'A child rekeyed with PFS',
    area: 'ikev2-rekey',
    reference: 'RFC 7296 §1.3.3',
    about: 'The group that IKE_AUTH did not look at counts now.',
    speaks: 'ikev2',
    both: { child: 'aes256-sha512-ecp384-noesn' },
    rekeys: ['child'],
    expected: {
      steps: [IKE, CHILD, established('rekey-child', 'aes256-sha512-ecp384-noesn')],
      because: 'Both have the same group.',
    },
  },
  {
    id: 'v2-rekey-child-pfs-different',
    title: 'PFS with different groups: the time bomb',
    area: 'ikev2-rekey',
    reference: 'RFC 7296 §1.3.3',
    about: 'The tunnel comes up, and dies at its first rekeying an hour later, because the groups differ.',
    speaks: 'ikev2',
    initiator: { child: 'aes256-sha512-modp2048-noesn' },
    responder: { child: 'aes256-sha512-ecp384-noesn' },
    rekeys: ['child'],
    expected: { steps: [IKE, CHILD, NO_PROPOSAL], because: 'The group has to be in common, and it is looked at now.' },
  },
  {
    id: 'v2-rekey-child-pfs-initiator',
    title: 'PFS wanted by the initiator alone',
    area: 'ikev2-rekey',
    reference: 'RFC 7296 §1.3.3',
    about: 'The offer has a group, the responder has none.',
    speaks: 'ikev2',
    initiator: { child: 'aes256-sha512-modp2048-noesn' },
    responder: { child: 'aes256-sha512-noesn' },
    rekeys: ['child'],
  },
  {
    id: 'v2-rekey-child-pfs-responder',
    title: 'PFS wanted by the responder alone',
    area: 'ikev2-rekey',
    reference: 'RFC 7296 §1.3.3',
    about: 'The offer has no group, the responder insists on one.',
    speaks: 'ikev2',
    initiator: { child: 'aes256-sha512-noesn' },
    responder: { child: 'aes256-sha512-modp2048-noesn' },
    rekeys: ['child'],
    expected: { steps: [IKE, CHILD, NO_PROPOSAL], because: 'What is offered lacks the group that is wanted.' },
  },
  {
    id: 'v2-rekey-child-group-retry',
    title: 'PFS with the second group of the offer',
    area: 'ikev2-rekey',
    reference: 'RFC 7296 §1.3',
    about: 'INVALID_KE_PAYLOAD in CREATE_CHILD_SA: the initiator asks again with the group that is named.',
    speaks: 'ikev2',
    initiator: { child: 'aes256-sha512-ecp256-modp2048-noesn' },
    responder: { child: 'aes256-sha512-modp2048-noesn' },
    rekeys: ['child'],
    expected: {
      steps: [IKE, CHILD, established('rekey-child', 'aes256-sha512-modp2048-noesn')],
      because: 'The group was offered, and is asked for.',
    },
  },
  {
    id: 'v2-rekey-ike',
    title: 'The IKE SA rekeyed',
    area: 'ikev2-rekey',
    reference: 'RFC 7296 §1.3.2',
    about: 'The children move over to the new one.',
    speaks: 'ikev2',
    rekeys: ['ike'],
    expected: {
      steps: [IKE, CHILD, established('rekey-ike', 'aes256-sha256-prfsha256-modp2048')],
      because: 'What was agreed once is agreed again.',
    },
  },
  {
    id: 'v2-rekey-both',
    title: 'The IKE SA rekeyed, then a child over the new one',
    area: 'ikev2-rekey',
    reference: 'RFC 7296 §2.18',
    about: 'The keys of children come out of the new SK_d.',
    speaks: 'ikev2',
    rekeys: ['ike', 'child'],
    expected: {
      steps: [IKE, CHILD, established('rekey-ike', 'aes256-sha256-prfsha256-modp2048'), established('rekey-child', USUAL.ikev2.child)],
      because: 'What was agreed once is agreed again.',
    },
  },
  {
    id: 'v2-rekey-mlkem',
    title: 'A hybrid IKE SA rekeyed',
    area: 'ikev2-rekey',
    reference: 'RFC 9370 §2.2.4',
    about: 'The additional key exchange follows in IKE_FOLLOWUP_KE.',
    speaks: 'ikev2',
    both: { ike: 'aes256-sha256-x25519-ke1_mlkem768' },
    rekeys: ['ike'],
    expected: {
      steps: [
        established('ike', 'aes256-sha256-prfsha256-x25519-ke1_mlkem768'),
        CHILD,
        established('rekey-ike', 'aes256-sha256-prfsha256-x25519-ke1_mlkem768'),
      ],
      because: 'What was agreed once is agreed again.',
    },
  },
];
