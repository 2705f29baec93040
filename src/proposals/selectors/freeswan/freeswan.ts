/**
 * FreeS/WAN's Pluto as a selector: what it answers to an SA, what it logs, and why.
 *
 * Rule 1: it judges octets, because its decoder is part of its behaviour.
 * Rule 2: code, log and answer are those of the original; the reasons that it hides behind its first are ours.
 *
 * @example
 * const verdict = freeswan().select(offer, parseConnection('psk,encrypt,tunnel'));
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Offer } from '../../model.ts';
import type { Verdict } from '../../verdict.ts';
import { writeSa } from '../answers.ts';
import { ReleaseError } from '../errors.ts';
import { completeConnection, type Connection } from './connection.ts';
import { type Decoded, Ledger, type Outcome } from './ledger.ts';
import { freeswanDialect } from './own-dialect.ts';
import { judgeSa } from './judge.ts';
import { canonicalRelease, RELEASES, traitsOf, type Traits } from './releases.ts';

/** What a verdict of Pluto has beside its outcome. */
export interface PlutoDetails {
  /** 0 accepted, above 0 the notify type that it names in its log, -2 the message is dropped for its SA header. */
  readonly code: number;
  readonly logs: readonly LogLine[];
  /** What it keeps of a chosen SA. */
  readonly decoded?: Decoded;
  /** The SA payload of the answer, the next payload octet left at zero; an initiator that checks an answer sends none. */
  readonly reply?: Uint8Array;
}

export type PlutoVerdict = Verdict & PlutoDetails;

export interface FreeswanProfile {
  /** 1.0 to 2.06; `2.0` when left out. Those with a profile of their own: `RELEASES`. */
  readonly release?: string;
  /** Only patched Plutos send error notifications: the original keeps silent. */
  readonly sendsNotifications?: boolean;
}

export interface FreeswanSelector {
  readonly name: 'freeswan';
  readonly release: string;
  readonly traits: Traits;
  readonly source: readonly string[];
  /** Judges an SA payload with its generic header; `phase` 1 unless the first proposal has another protocol than ISAKMP. */
  judge(saPayload: Uint8Array, connection: Connection, phase?: 1 | 2): PlutoVerdict;
  /** The same for an IKEv1 offer. @throws RangeError for an IKEv2 offer, or one too long for a payload */
  select(offer: Offer, connection: Connection): PlutoVerdict;
}

/** The selector of a release. @throws ReleaseError */
export function freeswan(profile: FreeswanProfile = {}): FreeswanSelector {
  const release = canonicalRelease(profile.release ?? '2.0');
  if (release === undefined) throw new ReleaseError({ title: 'FreeS/WAN', releases: RELEASES }, profile.release ?? '');
  const traits = traitsOf(release);
  const dialect = freeswanDialect(traits);
  const sends = profile.sendsNotifications ?? false;
  const judge: FreeswanSelector['judge'] = (saPayload, connection, phase = phaseOf(saPayload)) => {
    const full = completeConnection(connection);
    const ledger = new Ledger();
    const outcome = judgeSa(saPayload, phase, { connection: full, traits, dialect, ledger });
    return verdictOf(outcome, ledger, sends, full.initiatorCheck);
  };
  return {
    name: 'freeswan',
    release,
    traits,
    source: ['FreeS/WAN 2.0x pluto/spdb.c, packet.c, constants.c', 'FreeS/WAN pluto/CHANGES, 0.7 to 2.02'],
    judge,
    select(offer, connection) {
      if (offer.negotiation.startsWith('ikev2')) throw new RangeError('FreeS/WAN speaks IKEv1 only');
      return judge(writeSa({ offer }), connection, offer.negotiation === 'ikev1-phase1' ? 1 : 2);
    },
  };
}

/** An outcome as a verdict; `sends`: a refusal is told to the peer. */
export function verdictOf(outcome: Outcome, { trace, logs }: Pick<Ledger, 'trace' | 'logs'>, sends: boolean, check: boolean): PlutoVerdict {
  const { code } = outcome;
  if (!('selection' in outcome)) return { outcome: 'refused', notify: sends && code > 0 ? code : 'silence', trace, code, logs };
  const { selection, decoded, reply } = outcome;
  return { outcome: 'selected', selection, trace, code, logs, decoded, ...(!check && { reply }) };
}

/** The protocol of the first proposal decides. */
function phaseOf(saPayload: Uint8Array): 1 | 2 {
  const protocol = saPayload[17] ?? 1;
  return protocol === 1 ? 1 : 2;
}
