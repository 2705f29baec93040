/** Whether one side believes what the other shows. */
import type { Connection } from '../daemons/connection.ts';

/** What is wrong with a proof in the eyes of the one who checks it. */
export type Doubt = 'method' | 'key' | 'certificate' | 'identity';

/** Nothing when all is well. */
export function doubts(checker: Connection, prover: Connection): Doubt | undefined {
  const [wanted, shown] = [checker.remote.proof, prover.local.proof];
  if (wanted.kind !== shown.kind) return 'method';
  if (wanted.kind === 'psk' && shown.kind === 'psk') {
    if (wanted.secret !== shown.secret) return 'key';
  } else if (wanted.kind === 'certificate' && shown.kind === 'certificate') {
    if (wanted.key !== shown.key || shown.issuer === 'stranger' || shown.validity === 'expired') return 'certificate';
  }
  const { identity } = checker.remote;
  return identity === undefined || identity === prover.local.identity ? undefined : 'identity';
}
