/**
 * The options that name credentials; what they name is read elsewhere, when it is needed.
 *
 * @module
 */
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';

/** The options that are about authentication. */
export interface CredentialFlags {
  readonly pskFile?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
  readonly id?: string;
  readonly peerId?: string;
  readonly localTs?: string;
  readonly remoteTs?: string;
}

/** Where a pre-shared key may stand besides a file. */
export const PSK_VARIABLE = 'IKE_PROBE_PSK';

/** Whether any credential is given: then the peer is authenticated to. @throws UsageError for what only makes sense with one */
export function hasCredentials(flags: CredentialFlags, env: Io['env']): boolean {
  if (flags.pskFile !== undefined || flags.cert !== undefined || (env[PSK_VARIABLE] ?? '') !== '') return true;
  const needing = Object.entries(NEEDING).find(([flag]) => flags[flag as keyof CredentialFlags] !== undefined);
  if (needing === undefined) return false;
  throw new UsageError('ERR_USAGE_CONFLICT', `${needing[1]} needs a credential`, `--psk-file <file>, ${PSK_VARIABLE}, or --cert and --key`);
}

const NEEDING = { key: '--key', ca: '--ca', id: '--id', peerId: '--peer-id', localTs: '--local-ts', remoteTs: '--remote-ts' } as const;
