/**
 * What Openswan writes into its log beyond Pluto's own words, as data.
 *
 * @see Openswan 3.0.0 and 2.6.52.3 `spdb_v1_struct.c`, `spdb_v2_struct.c`, `ikev2.c`, `ikev2_parent_R1.c`, `ikev1_main.c`
 * @module
 */
import { logBook } from '../../log-lines.ts';

/** Openswan's vocabulary. The columns of the verdicts are as wide as it makes them, and its labels of the key lengths crossed. */
export const OPENSWAN = logBook({
  encryption: {
    text: 'proposal {number} {result} encr= (policy:{policy}[{offeredBits}] vs offered:{offered}[{policyBits}]) [{alternative},{attempt}]',
    level: 'debug',
  },
  integrity: { text: 'proposal {number} {result} integ=(policy:{policy} vs offered:{offered})', level: 'debug' },
  prf: { text: 'proposal {number} {result} prf=  (policy:{policy} vs offered:{offered})', level: 'debug' },
  group: { text: 'proposal {number} {result} dh=   (policy:{policy} vs offered:{offered})', level: 'debug' },
  selected: {
    text: 'selected proposal {number} encr={encryption}[{keyBits}] integ={integrity} prf={prf} modp={group}',
    level: 'debug',
  },
  nothingOf: { text: 'ignored proposal {number} with no {what} transforms', level: 'normal' },
  unknownAttribute: {
    text: 'ikev2_process_transforms(): Ignored unknown IKEv2 Transform Attribute: {type}',
    level: 'normal',
  },
  /** Sic. */
  notParent: { text: 'unexpected PARENT_SA, expected child', level: 'normal' },
  spiSize: { text: 'invalid SPI size ({size}) in PARENT_SA Proposal', level: 'normal' },
  invalidGroup: { text: 'rejecting I1 from {address}:{port}, invalid DH group={group}', level: 'normal' },
  otherGroup: { text: 'KE has DH group {offered}, but we selected {selected}', level: 'normal' },
  kernelDislikes: { text: 'kernel algorithm does not like: {why}', level: 'normal' },
  singleDes: { text: '1DES was proposed, it is insecure', level: 'normal' },
  proposalRefused: { text: 'proposal refused due to: {why}', level: 'normal' },
  espUnsupported: { text: 'unsupported ESP Transform {transform} from {peer}', level: 'normal' },
  espAuthUnsupported: { text: 'unsupported ESP auth alg {auth} from {peer}', level: 'normal' },
  encapsulationDisagrees: { text: 'AH and ESP transforms disagree about encapsulation; TUNNEL presumed', level: 'normal' },
  ipsecTransformRefused: { text: 'IPsec Transform [{cipher} ({keyBits}), {auth}] refused due to {why}', level: 'normal' },
});
