/** The keys that a party writes down, in its own form. libreswan writes none. */
import {
  readCharonKeyLog,
  readIkedKeyLog,
  readIkev1DecryptionTable,
  readIkev2DecryptionTable,
  type SessionKeys,
} from '../../src/ike/decryption/index.ts';
import type { Party } from './party.ts';

/** All that stands in a piece of a party's key log. */
export function readKeys({ family, ours }: Party, log: string): readonly SessionKeys[] {
  if (ours) return ownKeys(log);
  if (family === 'strongswan') return readCharonKeyLog(log).keys;
  return family === 'openiked' ? readIkedKeyLog(log).keys : [];
}

/** Lines of both of Wireshark's tables. Those of IKEv1 have two fields. */
function ownKeys(log: string): readonly SessionKeys[] {
  const lines = log.split('\n').filter((line) => line !== '');
  const isOne = (line: string): boolean => line.split(',').length === 2;
  const one = lines.filter(isOne).join('\n');
  const two = lines.filter((line) => !isOne(line)).join('\n');
  return [...readIkev1DecryptionTable(one).keys, ...readIkev2DecryptionTable(two).keys];
}
