/**
 * What Quick Mode checks after the selector: perfect forward secrecy and the KE payload.
 *
 * Order of the checks: FreeS/WAN 2.0x `ipsec_doi.c`, `quick_inI1_outR1_tail` and `accept_PFS_KE`.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import { PLUTO } from './log.ts';
import { completeConnection, type Connection } from './connection.ts';
import type { PlutoVerdict } from './freeswan.ts';
import { NOTIFY } from './sa.ts';

/** Octets of a public value by group. */
const PUBLIC_VALUE: ReadonlyMap<number, number> = new Map([
  [1, 96],
  [2, 128],
  [5, 192],
]);

/** `code` 0: fine; else the notify type. */
export interface PfsCheck {
  readonly code: number;
  readonly logs: readonly LogLine[];
}

/** Judges the first Quick Mode message behind its SA; `keyExchanges` are the lengths of its KE payloads' bodies, in octets. */
export function checkPfs(verdict: PlutoVerdict, connection: Connection, keyExchanges: readonly number[]): PfsCheck {
  const { decoded } = verdict;
  if (decoded?.phase !== 2) return FINE;
  const { pfsGroup } = decoded;
  const { policy } = completeConnection(connection);
  if (policy.has('pfs') && pfsGroup === 0) {
    return refuse(NOTIFY.noProposalChosen, PLUTO.write('pfsRequired'));
  }
  const [length] = keyExchanges;
  if (length === undefined) {
    return pfsGroup === 0 ? FINE : refuse(NOTIFY.invalidKeyInformation, PLUTO.write('keMissing'));
  }
  if (pfsGroup === 0) {
    return refuse(NOTIFY.invalidKeyInformation, PLUTO.write('keWithoutGroup'));
  }
  if (keyExchanges.length > 1) return { code: NOTIFY.invalidKeyInformation, logs: [] };
  const required = PUBLIC_VALUE.get(pfsGroup) ?? 0;
  if (length === required) return FINE;
  return refuse(NOTIFY.invalidKeyInformation, PLUTO.write('keLength', { length, required }));
}

const FINE: PfsCheck = { code: 0, logs: [] };

function refuse(code: number, line: LogLine): PfsCheck {
  return { code, logs: [line] };
}
