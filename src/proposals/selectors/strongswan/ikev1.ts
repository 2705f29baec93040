/**
 * What charon reads from an IKEv1 SA beside its proposals: method, lifetimes, mode.
 *
 * Rule: none of it takes part in the choice, and not all of it comes from what was chosen. The method and the mode are those of the first
 * transform of the first proposal that names one; a lifetime is that of the first transform with the chosen number.
 *
 * @see strongSwan proposal_substructure.c: get_attr, get_life_duration; sa_payload.c: get_lifetime
 * @module
 */
import { IPSEC } from '../../clauses.ts';
import { type Attribute, OAKLEY } from '../../model.ts';
import { type CharonProposal, PROTOCOL } from './algebra.ts';
import { low32, type Substructure, whole64 } from './payload.ts';

/** The authentication methods that charon has; any other is none to it. @see RFC 2409 Appendix A, draft-beaulieu-ike-xauth */
const METHODS: ReadonlyMap<number, string> = new Map([
  [1, 'pre-shared key'],
  [2, 'DSS signature'],
  [3, 'RSA signature'],
  [9, 'ECDSA-256 signature'],
  [10, 'ECDSA-384 signature'],
  [11, 'ECDSA-521 signature'],
  [65001, 'XAuthInitPSK'],
  [65002, 'XAuthRespPSK'],
  [65005, 'XAuthInitRSA'],
  [65006, 'XAuthRespRSA'],
  [64221, 'HybridInitRSA'],
  [64222, 'HybridRespRSA'],
]);

/** The name of a method in the log. */
export function methodText(method: number | undefined): string {
  return (method === undefined ? undefined : METHODS.get(method)) ?? '(0)';
}

/** The method that is meant for the whole SA; nothing when it is missing or unknown. */
export function authMethod(substructures: readonly Substructure[]): number | undefined {
  const method = firstAttribute(substructures[0], OAKLEY.auth);
  return method !== undefined && METHODS.has(Number(method)) ? Number(method) : undefined;
}

/** Encapsulation: 1 tunnel, 2 transport, and whether in UDP; nothing when there is no proposal. @see RFC 2407 §4.5, RFC 3947 §5.1 */
export function encapsulation(substructures: readonly Substructure[]): { readonly mode: number; readonly udp: boolean } | undefined {
  const [first] = substructures;
  if (first === undefined) return undefined;
  const value = Number(firstAttribute(first, IPSEC.mode) ?? 0n);
  const udp = UDP_TUNNEL.includes(value) || UDP_TRANSPORT.includes(value);
  return { mode: value === TRANSPORT || UDP_TRANSPORT.includes(value) ? TRANSPORT : TUNNEL, udp };
}

/** Seconds: 0 when phase 1 does not say, 28800 when phase 2 does not. */
export function lifetimeOf({ number, transformNumber }: CharonProposal, substructures: readonly Substructure[]): number {
  const from = substructures.find((each) => each.number === number);
  const protocol = from?.proposal.protocol;
  if (protocol === PROTOCOL.ike) return seconds(from, transformNumber, OAKLEY.lifeType, OAKLEY.lifeDuration);
  if (protocol !== PROTOCOL.esp && protocol !== PROTOCOL.ah) return 0;
  return seconds(from, transformNumber, IPSEC.lifeType, IPSEC.lifeDuration) || EIGHT_HOURS;
}

/** Octets, counted as 1000 of each kilobyte, in 64 bits. */
export function lifebytesOf({ number, transformNumber }: CharonProposal, substructures: readonly Substructure[]): bigint {
  const from = substructures.find((each) => each.number === number);
  const protocol = from?.proposal.protocol;
  if (protocol !== PROTOCOL.esp && protocol !== PROTOCOL.ah) return 0n;
  const duration = durationOf(from, transformNumber, IPSEC.lifeType, KILOBYTES, IPSEC.lifeDuration);
  return duration === undefined ? 0n : BigInt.asUintN(64, whole64(duration) * 1000n);
}

/** A number as charon writes it: two octets, four or eight. */
export function valueAttribute(type: number, value: bigint | number): Attribute {
  const wide = BigInt(value);
  if (wide <= 0xffffn) return { type, form: 'TV', value: Number(wide) };
  const octets = wide <= 0xffff_ffffn ? 4 : 8;
  return {
    type,
    form: 'TLV',
    value: Uint8Array.from({ length: octets }, (_, i) => Number((wide >> BigInt(8 * (octets - 1 - i))) & 0xffn)),
  };
}

function seconds(from: Substructure | undefined, transformNumber: number, typeClass: number, durationClass: number): number {
  const duration = durationOf(from, transformNumber, typeClass, SECONDS, durationClass);
  return duration === undefined ? 0 : low32(duration);
}

/** The first duration after the first life type of this unit, in any transform with the number. */
function durationOf(
  from: Substructure | undefined,
  transformNumber: number,
  typeClass: number,
  unit: bigint,
  durationClass: number,
): Attribute | undefined {
  for (const transform of from?.proposal.transforms ?? []) {
    if (transform.kind !== 'suite' || transform.number !== transformNumber) continue;
    const at = transform.attributes.findIndex((each) => each.type === typeClass && whole64(each) === unit);
    const duration = at < 0 ? undefined : transform.attributes.slice(at + 1).find(({ type }) => type === durationClass);
    if (duration) return duration;
  }
  return undefined;
}

function firstAttribute(from: Substructure | undefined, type: number): bigint | undefined {
  for (const { attributes } of from?.proposal.transforms ?? []) {
    const found = attributes.find((each) => each.type === type);
    if (found) return whole64(found);
  }
  return undefined;
}

const TUNNEL = 1;
const TRANSPORT = 2;
const UDP_TUNNEL: readonly number[] = [3, 61443];
const UDP_TRANSPORT: readonly number[] = [4, 61444];
const SECONDS = 1n;
const KILOBYTES = 2n;
const EIGHT_HOURS = 28800;
