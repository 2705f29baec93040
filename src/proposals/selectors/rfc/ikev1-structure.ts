/**
 * What has to be so in an IKEv1 SA payload before anything is chosen, each with the paragraph and the notification that it names.
 *
 * Rule 1: the first fault ends it: the payload is discarded. @see RFC 2408 §5.4 - §5.6
 * Rule 2: a fault is looked for in the order of the octets: the payload, a proposal, its transforms, their attributes.
 *
 * @module
 */
import { IPSEC } from '../../clauses.ts';
import { type Negotiation, OAKLEY, type Path, type Proposal, type SuiteTransform } from '../../model.ts';
import type { DecodedSa, SaBody } from '../../wire/sa.ts';

/** A broken rule: `detail` cites the paragraph. */
export interface Fault {
  readonly detail: string;
  readonly notify: number;
  readonly path: Path;
}

/** Of RFC 2408 §3.14.1. */
export const NOTIFY = {
  doiNotSupported: 2,
  situationNotSupported: 3,
  attributesNotSupported: 13,
  noProposalChosen: 14,
  badProposalSyntax: 15,
  payloadMalformed: 16,
} as const;

const { badProposalSyntax: SYNTAX, payloadMalformed: MALFORMED } = NOTIFY;
const [DOI_IPSEC, IDENTITY_ONLY] = [1, 1];

/** The first fault of a payload, if there is one. */
export function structureFault({ value, faults }: DecodedSa, negotiation: Negotiation): Fault | undefined {
  const [broken] = faults;
  if (value === undefined || broken) return fault('RFC 2408 §5.1: payload lengths', MALFORMED, []);
  return headFault(value) ?? offerFault(value, negotiation);
}

/** Generic ISAKMP (0) is not allowed: IKE is defined for the IPsec DOI. @see RFC 2407 §4.2 */
function headFault({ doi, situation }: SaBody): Fault | undefined {
  if (doi !== DOI_IPSEC) return fault('RFC 2408 §5.4: DOI', NOTIFY.doiNotSupported, []);
  const bits = situation?.[3] ?? 0;
  const high = situation?.slice(0, 3).some((octet) => octet !== 0) ?? false;
  // Secrecy and integrity need labels, which nobody here has.
  if (bits !== IDENTITY_ONLY || high) return fault('RFC 2407 §4.2: situation', NOTIFY.situationNotSupported, []);
  return undefined;
}

function offerFault({ offer: { groups } }: SaBody, negotiation: Negotiation): Fault | undefined {
  if (groups.length === 0) return fault('RFC 2408 §3.4: an SA payload holds a proposal', SYNTAX, []);
  const count = groups.reduce((sum, { proposals }) => sum + proposals.length, 0);
  if (negotiation === 'ikev1-phase1' && count > 1) return fault('RFC 2409 §5: one proposal in phase 1', SYNTAX, []);
  let last = -1;
  for (const [g, { number, proposals }] of groups.entries()) {
    if (number <= last) return fault('RFC 2408 §4.2: proposal numbers increase', SYNTAX, [g]);
    last = number;
    for (const [p, proposal] of proposals.entries()) {
      const found = proposalFault(proposal, negotiation, [g, p]);
      if (found) return found;
    }
  }
  return undefined;
}

function proposalFault({ odd, transforms, spi }: Proposal, negotiation: Negotiation, path: Path): Fault | undefined {
  if (odd?.nextPayload !== undefined) return fault('RFC 2408 §3.5: next payload is 2 or 0', SYNTAX, path);
  if (odd?.reserved !== undefined) return fault('RFC 2408 §5.3: reserved is zero', MALFORMED, path);
  if (odd?.transformCount !== undefined) return fault('RFC 2408 §3.5: number of transforms', SYNTAX, path);
  if (transforms.length === 0) return fault('RFC 2408 §3.5: a proposal holds a transform', SYNTAX, path);
  if (negotiation === 'ikev1-phase1' && spi.length > 16) return fault('RFC 2408 §3.5: an SPI of 0 to 16 octets', SYNTAX, path);
  let last = -1;
  for (const [t, transform] of transforms.entries()) {
    if (transform.kind !== 'suite') continue;
    const at = [...path, t];
    if (transform.number <= last) return fault('RFC 2408 §4.2: transform numbers increase', SYNTAX, at);
    last = transform.number;
    const found = transformFault(transform, negotiation, at);
    if (found) return found;
  }
  return undefined;
}

/** Attributes that are one number and must not be written with a length. @see RFC 2409 Appendix A, RFC 2407 §4.5 */
const BASIC: Readonly<Record<'ikev1-phase1' | 'ikev1-phase2', ReadonlySet<number>>> = {
  'ikev1-phase1': new Set([
    OAKLEY.encryption,
    OAKLEY.hash,
    OAKLEY.auth,
    OAKLEY.group,
    5,
    OAKLEY.lifeType,
    OAKLEY.prf,
    OAKLEY.keyLength,
    15,
  ]),
  'ikev1-phase2': new Set([IPSEC.lifeType, IPSEC.group, IPSEC.mode, IPSEC.integrity, IPSEC.keyLength, 7, 8]),
};

function transformFault({ odd, attributes }: SuiteTransform, negotiation: Negotiation, path: Path): Fault | undefined {
  if (odd?.nextPayload !== undefined) return fault('RFC 2408 §3.6: next payload is 3 or 0', SYNTAX, path);
  if (odd !== undefined) return fault('RFC 2408 §5.3: reserved is zero', MALFORMED, path);
  const basic = BASIC[negotiation === 'ikev1-phase1' ? negotiation : 'ikev1-phase2'];
  const at = attributes.findIndex(({ type, form }) => form === 'TLV' && basic.has(type));
  return at < 0 ? undefined : fault('RFC 2409 Appendix A: basic attributes have no length', SYNTAX, [...path, at]);
}

const fault = (detail: string, notify: number, path: Path): Fault => ({ detail, notify, path });
