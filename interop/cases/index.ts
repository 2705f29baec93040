/** All cases, in the order in which reports show them. */
import type { CaseDefinition } from './case.ts';
import { IKEV1_AGGRESSIVE } from './ikev1-aggressive.ts';
import { IKEV1_MAIN } from './ikev1-main.ts';
import { IKEV1_QUICK } from './ikev1-quick.ts';
import { IKEV2_ALGORITHMS } from './ikev2-algorithms.ts';
import { IKEV2_AUTH } from './ikev2-auth.ts';
import { IKEV2_CHILD } from './ikev2-child.ts';
import { IKEV2_INIT } from './ikev2-init.ts';
import { IKEV2_REKEY } from './ikev2-rekey.ts';

export { type Addresses, type CaseDefinition, CONNECTION, connectionOf, versionOf } from './case.ts';

export { shownCase } from './lines.ts';

export const CASES: readonly CaseDefinition[] = [
  ...IKEV1_MAIN,
  ...IKEV1_AGGRESSIVE,
  ...IKEV1_QUICK,
  ...IKEV2_INIT,
  ...IKEV2_ALGORITHMS,
  ...IKEV2_AUTH,
  ...IKEV2_CHILD,
  ...IKEV2_REKEY,
];
