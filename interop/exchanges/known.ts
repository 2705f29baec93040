/** Failures that are understood, and are not ours: what the daemon does, and how that is known. */
import type { Row } from './row.ts';

interface Known {
  readonly is: (row: Pick<Row, 'subject' | 'speaks' | 'role' | 'proof'>) => boolean;
  readonly because: string;
}

const KNOWN: readonly Known[] = [
  {
    is: ({ subject, speaks, proof }) =>
      subject.startsWith('libreswan') && speaks === 'ikev1-aggressive' && proof.includes('chain of three'),
    because:
      'pluto has `sendca=issuer` send the certificate between it and the root in main mode and in IKEv2, in aggressive mode its own alone',
  },
];

/** Why a row fails, if that is understood. */
export function knownFailure(row: Pick<Row, 'subject' | 'speaks' | 'role' | 'proof'>): string | undefined {
  return KNOWN.find(({ is }) => is(row))?.because;
}
