/** The NSS database of a pluto: certificates and keys by nickname, each put in once. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Chain } from './authority.ts';
import { must, run } from './process.ts';

export interface NssDatabase {
  readonly directory: string;
  /** Puts in what is not there yet. */
  hold(roots: ReadonlyMap<string, string>, chains: ReadonlyMap<string, Chain>): Promise<Held>;
}

/** Whether there was anything new, and what the database does not take: nickname → its words. */
interface Held {
  readonly added: boolean;
  readonly refused: ReadonlyMap<string, string>;
}

/** A new and empty one. */
export async function nssDatabase(directory: string): Promise<NssDatabase> {
  mkdirSync(directory);
  const at = `sql:${directory}`;
  const scratch = (name: string): string => join(directory, name);
  await must(['certutil', '-N', '-d', at, '--empty-password']);
  const held = new Set<string>();
  const refused = new Map<string, string>();
  const put = async (nickname: string, argv: readonly string[]): Promise<void> => {
    const { status, stderr } = await run(argv);
    if (status === 0) held.add(nickname);
    else refused.set(nickname, stderr.trim());
  };
  const isNew = (nickname: string): boolean => !held.has(nickname) && !refused.has(nickname);
  return {
    directory,
    async hold(roots, chains) {
      const before = held.size;
      for (const [nickname, pem] of roots) {
        if (!isNew(nickname)) continue;
        writeFileSync(scratch('root.pem'), pem);
        await put(nickname, ['certutil', '-A', '-d', at, '-n', nickname, '-t', 'CT,C,C', '-a', '-i', scratch('root.pem')]);
      }
      for (const [nickname, chain] of chains) {
        if (!isNew(nickname)) continue;
        writeFileSync(scratch('key.pem'), chain.key, { mode: 0o600 });
        writeFileSync(scratch('chain.pem'), [chain.certificate, ...chain.intermediates].join(''));
        const parts = ['-in', scratch('chain.pem'), '-inkey', scratch('key.pem'), '-name', nickname, '-out', scratch('chain.p12')];
        await must(['openssl', 'pkcs12', '-export', ...parts, '-passout', 'pass:']);
        await put(nickname, ['pk12util', '-i', scratch('chain.p12'), '-d', at, '-W', '', '-K', '']);
      }
      for (const name of ['root.pem', 'key.pem', 'chain.pem', 'chain.p12']) rmSync(scratch(name), { force: true });
      return { added: held.size > before, refused };
    },
  };
}
