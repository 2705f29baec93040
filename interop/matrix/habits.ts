/**
 * What implementations do beyond proposals: what they say to a stranger, to a wrong key, to traffic that they do not serve, to a child that
 * was refused. Facts by family and release, each measured in the lab; nothing here is looked up in the result of a run.
 *
 * Rule 1: a habit is general. What is true of one case alone is no habit, and stands as a known disagreement instead.
 * Rule 2: where a release differs, the difference stands beside what the others of its family do.
 */
import { compareReleases } from '../../src/proposals/index.ts';
import type { Party } from './party.ts';

/** A notification by its name in the version at hand; null: nothing is said. */
export interface Words {
  readonly says: string | null;
}

/** It is not refused at all. */
export type Taken = 'taken';

/** The padding of an RSA signature of RFC 7427. */
export type Padding = 'pkcs1' | 'pss';

/** How a party behaves. */
export interface Habits {
  /** As the responder, to a version or mode for which it has no connection. */
  readonly stranger: {
    /** IKEv1 when the connection is for IKEv2. */
    readonly ikev1: Words;
    /** IKEv2 when the connection is for IKEv1. */
    readonly ikev2: Words;
    /** Aggressive mode when the connection is for main mode. */
    readonly aggressive: Words;
    /** Main mode when the connection is for aggressive mode. */
    readonly main: Words;
  };
  /** IKEv1, third pair of messages. */
  readonly phase1: {
    /** As the responder, to what it cannot decrypt: another pre-shared key. */
    readonly otherKey: Words;
    /** As the responder, to another identity than it is configured for. */
    readonly otherIdentity: Words;
    /** As the responder, to a certificate that it does not believe. */
    readonly badCertificate: Words;
    /** As the initiator in main mode, to another identity than it wants. */
    readonly otherResponder: Words;
    /** As the initiator in aggressive mode, to a hash of another key. */
    readonly otherHash: Words;
    /** As the responder, to a pre-shared key when it wants a certificate and took the offer all the same. */
    readonly otherMethod: Words;
  };
  /** IKE_AUTH. */
  readonly auth: {
    /** As the responder, to an IDr that is not its own: refuses, or answers as who it is. */
    readonly otherWanted: 'refuses' | 'answers';
    /** As the initiator, to a responder that it does not believe. */
    readonly disbelief: Words;
    /** As the responder, to an IKE_AUTH without a child. @see RFC 6023 */
    readonly childless: Words | Taken;
    /** How it signs with RSA when nothing is said. @see RFC 7427 */
    readonly signs: Padding;
    /** Which paddings of RFC 7427 it takes. */
    readonly paddings: readonly Padding[];
    /** As the initiator that proves itself with a key: whether it says which signatures of RFC 7427 it takes, or gets those of RFC 7296. */
    readonly says7427: boolean;
    /** As the responder, whether the initiator may prove itself in another way than it does. */
    readonly mixed: boolean;
  };
  /** The child of IKE_AUTH. */
  readonly child: {
    /** As the responder, with a child that does not suit: refuses the child, or everything. */
    readonly refusal: 'child' | 'everything';
    /** As the initiator, when the child alone was refused: keeps the IKE SA, or gives up everything. */
    readonly disappointment: 'keeps' | 'gives up';
    /** As the responder, when the initiator deletes the only child at once. */
    readonly bereft: 'keeps' | 'gives up';
    /** As the responder, with traffic selectors that are not its own. */
    readonly traffic: 'narrows' | 'exact' | 'own';
    /** As the initiator, with an answer that is not what was asked for. */
    readonly answered: { readonly [R in 'narrower' | 'wider' | 'other']: 'takes' | 'refuses' };
    /** As the responder in quick mode, with clients that are more than it serves. */
    readonly clients: 'exact' | 'narrows';
    /** As the initiator in quick mode, to a choice that it has not offered. */
    readonly notOffered: Words;
    /** As the responder, when transport mode is asked for and not configured: a tunnel instead, transport mode all the same, or no connection. */
    readonly transport: 'tunnel' | 'grants' | 'no connection';
    /** As the initiator, when transport mode was asked for and not granted. */
    readonly tunnelInstead: 'takes' | 'refuses';
  };
  /** CREATE_CHILD_SA, as the initiator: whether it asks again when another group of its offer is named. */
  readonly groupAgain: boolean;
  /** CREATE_CHILD_SA for a child with PFS: which groups count, those that are configured or that of the IKE SA. */
  readonly pfs: 'configured' | 'of the IKE SA';
  /** Whether it can give a child that it has agreed on to its kernel; who cannot lets everything go without a word. */
  readonly installs: (child: string) => boolean;
}

const always = (): boolean => true;
const says = (words: string): Words => ({ says: words });
const BOTH: readonly Padding[] = ['pkcs1', 'pss'];
const SILENT: Words = { says: null };

const CHARON: Habits = {
  stranger: {
    ikev1: says('NO-PROPOSAL-CHOSEN'),
    ikev2: says('NO_PROPOSAL_CHOSEN'),
    aggressive: says('AUTHENTICATION-FAILED'),
    main: says('AUTHENTICATION-FAILED'),
  },
  phase1: {
    otherKey: says('PAYLOAD-MALFORMED'),
    otherIdentity: says('AUTHENTICATION-FAILED'),
    badCertificate: says('AUTHENTICATION-FAILED'),
    otherResponder: SILENT,
    otherHash: says('AUTHENTICATION-FAILED'),
    otherMethod: says('INVALID-KEY-INFORMATION'),
  },
  auth: {
    otherWanted: 'refuses',
    disbelief: says('AUTHENTICATION_FAILED'),
    childless: 'taken',
    signs: 'pkcs1',
    paddings: BOTH,
    says7427: true,
    mixed: true,
  },
  child: {
    refusal: 'child',
    disappointment: 'keeps',
    bereft: 'keeps',
    traffic: 'narrows',
    answered: { narrower: 'takes', wider: 'takes', other: 'refuses' },
    clients: 'narrows',
    notOffered: says('NO-PROPOSAL-CHOSEN'),
    transport: 'tunnel',
    tunnelInstead: 'takes',
  },
  groupAgain: true,
  pfs: 'configured',
  installs: always,
};

const PLUTO: Habits = {
  stranger: { ikev1: SILENT, ikev2: says('NO_PROPOSAL_CHOSEN'), aggressive: SILENT, main: SILENT },
  phase1: {
    otherKey: SILENT,
    otherIdentity: says('INVALID-ID-INFORMATION'),
    badCertificate: says('INVALID-ID-INFORMATION'),
    otherResponder: says('INVALID-ID-INFORMATION'),
    otherHash: says('INVALID-HASH-INFORMATION'),
    otherMethod: SILENT,
  },
  auth: { otherWanted: 'answers', disbelief: SILENT, childless: 'taken', signs: 'pss', paddings: BOTH, says7427: true, mixed: true },
  child: {
    refusal: 'child',
    disappointment: 'keeps',
    bereft: 'keeps',
    traffic: 'exact',
    answered: { narrower: 'refuses', wider: 'refuses', other: 'refuses' },
    clients: 'exact',
    notOffered: SILENT,
    transport: 'tunnel',
    tunnelInstead: 'refuses',
  },
  groupAgain: false,
  pfs: 'configured',
  installs: always,
};

const IKED: Habits = {
  stranger: { ikev1: SILENT, ikev2: SILENT, aggressive: SILENT, main: SILENT },
  phase1: {
    otherKey: SILENT,
    otherIdentity: SILENT,
    badCertificate: SILENT,
    otherResponder: SILENT,
    otherHash: SILENT,
    otherMethod: SILENT,
  },
  auth: {
    otherWanted: 'refuses',
    disbelief: says('AUTHENTICATION_FAILED'),
    childless: 'taken',
    signs: 'pkcs1',
    paddings: BOTH,
    says7427: true,
    mixed: true,
  },
  child: {
    refusal: 'everything',
    disappointment: 'gives up',
    bereft: 'keeps',
    traffic: 'own',
    answered: { narrower: 'takes', wider: 'takes', other: 'takes' },
    clients: 'exact',
    notOffered: SILENT,
    transport: 'no connection',
    tunnelInstead: 'takes',
  },
  groupAgain: false,
  pfs: 'configured',
  // PF_KEY of Linux, as iked speaks it, has no SHA2-256 and no extended sequence numbers.
  installs: (child) => !/-sha256(?:-|$)|-esn$/.test(child),
};

const OURS: Habits = {
  stranger: { ikev1: SILENT, ikev2: SILENT, aggressive: SILENT, main: SILENT },
  phase1: {
    otherKey: says('PAYLOAD-MALFORMED'),
    otherIdentity: says('AUTHENTICATION-FAILED'),
    badCertificate: says('AUTHENTICATION-FAILED'),
    otherResponder: SILENT,
    otherHash: SILENT,
    otherMethod: SILENT,
  },
  auth: {
    otherWanted: 'answers',
    disbelief: says('AUTHENTICATION_FAILED'),
    childless: 'taken',
    signs: 'pkcs1',
    paddings: BOTH,
    says7427: true,
    mixed: true,
  },
  child: {
    refusal: 'child',
    disappointment: 'keeps',
    bereft: 'keeps',
    traffic: 'narrows',
    answered: { narrower: 'takes', wider: 'takes', other: 'takes' },
    clients: 'exact',
    notOffered: SILENT,
    transport: 'grants',
    tunnelInstead: 'takes',
  },
  groupAgain: true,
  pfs: 'configured',
  installs: always,
};

/** How a party behaves. */
export function habitsOf({ family, release, ours }: Party): Habits {
  const since = (other: string): boolean => compareReleases(release, other) >= 0;
  if (ours) return OURS;
  if (family === 'strongswan')
    return since('6.1') ? { ...CHARON, stranger: { ...CHARON.stranger, ikev1: says('INVALID_MAJOR_VERSION') } } : CHARON;
  if (family === 'openiked') return IKED;
  // 4.10 looks at no group that is written behind phase2alg.
  if (since('4.5')) return since('5.0') ? PLUTO : { ...PLUTO, pfs: 'of the IKE SA' };
  return {
    ...PLUTO,
    auth: { ...PLUTO.auth, childless: says('INVALID_SYNTAX'), paddings: ['pss'], says7427: false, mixed: false },
    child: { ...PLUTO.child, refusal: 'everything', disappointment: 'gives up', bereft: 'gives up' },
  };
}
