/**
 * What one side is configured to take: a FreeS/WAN connection, as far as the selectors look at it.
 *
 * @module
 */
import { nearest } from '../../notation/nearest.ts';
import { quoted } from '../../notation/quoted.ts';

export const POLICY_WORDS = ['psk', 'rsasig', 'encrypt', 'authenticate', 'compress', 'tunnel', 'pfs'] as const;

/** The options of `whack` that a negotiation depends on. */
export type PolicyWord = (typeof POLICY_WORDS)[number];

/** Only `policy` is a must; what is left out is as in `DEFAULTS`. */
export interface Connection {
  readonly policy: ReadonlySet<PolicyWord> | string;
  /** Its name, for the log. */
  readonly name?: string;
  /** Whether a preshared key is found for the two identities. */
  readonly pskKnown?: boolean;
  readonly ourId?: string;
  readonly peerId?: string;
  /** The peer's address, for the log. */
  readonly peer?: string;
  /** The SPI of our answer (32 bits). */
  readonly ourSpi?: number;
  /** The CPI of our answer (16 bits). */
  readonly ourCpi?: number;
  /** Whether the kernel can do IPCOMP. */
  readonly ipcomp?: boolean;
  /** We are the initiator and check the answer: exactly one transform. */
  readonly initiatorCheck?: boolean;
}

export const DEFAULTS = {
  name: 'conn',
  pskKnown: true,
  ourId: '10.0.0.1',
  peerId: '10.0.0.2',
  peer: '10.0.0.2',
  ourSpi: 0x1001,
  ourCpi: 0x1234,
  ipcomp: true,
  initiatorCheck: false,
} as const;

/** A connection with nothing left out. */
export type FullConnection = Required<Connection> & { readonly policy: ReadonlySet<PolicyWord> };

/** A word that is no policy word. `offset` counts characters from the start of the text. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code = 'ERR_POLICY_WORD';
  readonly offset: number;
  readonly hint: string;

  constructor(message: string, offset: number, hint: string) {
    super(message);
    this.offset = offset;
    this.hint = hint;
  }
}

/** Reads `psk,rsasig,encrypt` …; commas, blanks and `+` part words. @throws ConnectionError */
export function parseConnection(words: string): Connection {
  const policy = new Set<PolicyWord>();
  for (const { 0: word, index } of words.matchAll(/[^\s,+]+/g)) {
    const known = POLICY_WORDS.find((each) => each === word.toLowerCase());
    if (!known) throw unknownWord(word, index);
    policy.add(known);
  }
  return { policy };
}

/** Fills in what was left out. @throws ConnectionError when the policy is a text with an unknown word */
export function completeConnection(connection: Connection): FullConnection {
  const { policy } = connection;
  return { ...DEFAULTS, ...connection, policy: typeof policy === 'string' ? policySet(policy) : policy };
}

function policySet(words: string): ReadonlySet<PolicyWord> {
  return parseConnection(words).policy as ReadonlySet<PolicyWord>;
}

function unknownWord(word: string, offset: number): ConnectionError {
  const near = nearest(word, POLICY_WORDS);
  return new ConnectionError(
    `unknown policy word ${quoted(word)} at offset ${offset}${near === undefined ? '' : `. Did you mean '${near}'?`}`,
    offset,
    `the words of a FreeS/WAN connection: ${POLICY_WORDS.join(',')}`,
  );
}
