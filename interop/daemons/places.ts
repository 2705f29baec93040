/** Where the lab keeps things. One directory, outside the project; removing it removes all that was installed beside the system. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The lab's directory: IKE_PROBE_LAB, or a directory under the system's temporary one. */
export const LAB_HOME = process.env['IKE_PROBE_LAB'] ?? join(tmpdir(), 'ike-probe-lab');

/** Packages unpacked beside the system, the two preload libraries, and the state of running labs. */
export const PLACES = {
  libreswan: join(LAB_HOME, 'libreswan'),
  openiked: join(LAB_HOME, 'openiked'),
  noEsp: join(LAB_HOME, 'no-esp.so'),
  noPfkey: join(LAB_HOME, 'no-pfkey.so'),
  running: join(LAB_HOME, 'run'),
  /** Private keys of the lab's authority: the long ones take seconds to make. */
  keys: join(LAB_HOME, 'keys'),
  /** Roots of other releases. */
  releases: join(LAB_HOME, 'releases'),
} as const;

/** libreswan's programs. */
export const LIBRESWAN_PROGRAMS = join(PLACES.libreswan, 'usr/libexec/ipsec');

/** OpenIKED's programs. */
export const OPENIKED_PROGRAMS = join(PLACES.openiked, 'usr/sbin');
