import type { Want } from '../../policy.ts';
import type { DialectError } from '../scanner.ts';

/** IOS and IOS XE routers, or ASA firewalls. */
export type CiscoPlatform = 'ios' | 'asa';

/** What a policy line may settle. */
export type CiscoParameter = 'encryption' | 'integrity' | 'hash' | 'prf' | 'group' | 'auth' | 'lifetime';

/** `crypto isakmp policy`, `crypto ikev1 policy`, `crypto ikev2 policy` of ASA or `crypto ikev2 proposal` of IOS. */
export interface CiscoIkePolicy {
  readonly ike: 1 | 2;
  /** The priority in digits (1 is the highest), or the name of an IOS proposal. */
  readonly name: string;
  /** In the numbers of phase 1 or of IKEv2. */
  readonly want: Want;
  /** IKEv1 methods; `ecdsa-sig` stands for three. */
  readonly auth?: readonly number[];
  /** Seconds; null: no end. */
  readonly lifetime?: number | null;
  /** Which of these were not said and are the platform's defaults. */
  readonly assumed: readonly CiscoParameter[];
  /** Counts from 1. */
  readonly line: number;
}

/** One algorithm of a transform set, by its place in the registry: a set serves both IKE versions. */
export interface CiscoTransform {
  readonly slot: 'encryption' | 'integrity' | 'compression';
  /** `aes-cbc`, `integ-hmac-sha1-96`. */
  readonly row: string;
  readonly keyBits?: number;
}

/** One protocol of a transform set. */
export interface CiscoSetProtocol {
  /** 2 AH, 3 ESP, 4 IPCOMP. */
  readonly protocol: number;
  /** AND over slots, OR inside a slot. */
  readonly transforms: readonly CiscoTransform[];
}

/** `crypto ipsec transform-set`, or ASA's `crypto ipsec ikev2 ipsec-proposal`: protocols that apply together. */
export interface CiscoTransformSet {
  readonly name: string;
  /** ASA has them apart; an IOS set serves both. */
  readonly ike?: 1 | 2;
  readonly protocols: readonly CiscoSetProtocol[];
  readonly mode: 'tunnel' | 'transport';
  /** Counts from 1. */
  readonly line: number;
}

/** IOS: `crypto ikev2 policy`, the proposals it names, best first. */
export interface CiscoIkev2Order {
  readonly name: string;
  readonly proposals: readonly string[];
  readonly line: number;
}

/** A fault and the line it is in, counting from 1; its own offset counts from the start of that line. */
export interface CiscoFault {
  readonly line: number;
  readonly fault: DialectError;
}

/** What a configuration says about proposals; the rest of it is passed over. */
export interface CiscoConfig {
  readonly platform: CiscoPlatform;
  readonly policies: readonly CiscoIkePolicy[];
  readonly orders: readonly CiscoIkev2Order[];
  readonly sets: readonly CiscoTransformSet[];
  readonly faults: readonly CiscoFault[];
}
