/** A case as reports show it: what is configured on each side, line by line. */
import type { MatrixCase } from '../../src/report/index.ts';
import type { Connection, Party, Proof } from '../daemons/connection.ts';
import { type Addresses, type CaseDefinition, connectionOf, versionOf } from './case.ts';

const ANYWHERE: Addresses = {
  initiator: { address4: '192.0.2.1', address6: '2001:db8::1' },
  responder: { address4: '192.0.2.2', address6: '2001:db8::2' },
};

/** The case without what only the runner needs. */
export function shownCase(one: CaseDefinition): MatrixCase {
  const { id, title, area, reference, about } = one;
  return {
    id,
    title,
    area,
    version: versionOf(one),
    reference,
    about,
    initiator: linesOf(connectionOf(one, 'initiator', ANYWHERE), one),
    responder: linesOf(connectionOf(one, 'responder', ANYWHERE), one),
  };
}

const SPOKEN = { ikev2: 'IKEv2', 'ikev1-main': 'IKEv1, main mode', 'ikev1-aggressive': 'IKEv1, aggressive mode' } as const;

function linesOf(connection: Connection, { rekeys }: CaseDefinition): readonly string[] {
  const { speaks, ike, child, local, remote, mode, lifetimes, fragmentation, childless } = connection;
  return [
    SPOKEN[speaks],
    `ike ${ike ?? '(default)'}`,
    childless ? 'no child' : `child ${child ?? '(default)'}`,
    ...(mode === 'transport' ? ['transport mode'] : []),
    `own ${endOf(local)}`,
    `peer ${endOf(remote)}`,
    ...(lifetimes ? [`lifetimes ${lifetimes.ike ?? '-'} s, ${lifetimes.child ?? '-'} s`] : []),
    ...(fragmentation ? [`fragmentation ${fragmentation}`] : []),
    ...(rekeys ? [`rekeys ${rekeys.join(', ')}`] : []),
  ];
}

function endOf({ identity, proof, traffic }: Party): string {
  return `${identity ?? '(anybody)'}, ${proofOf(proof)}, ${traffic?.join(' ') ?? 'its address'}`;
}

function proofOf(proof: Proof): string {
  if (proof.kind === 'psk') return `pre-shared key ${proof.secret.includes('only') ? 'B' : 'A'}`;
  const { key, issuer, validity, rsa } = proof;
  const more = [issuer === 'root' ? undefined : issuer, validity === 'valid' ? undefined : validity, rsa].filter(
    (each) => each !== undefined,
  );
  return `certificate ${key}${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
}
