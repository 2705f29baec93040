/**
 * What the RFCs have against one IKEv1 transform, before any policy is asked.
 *
 * @see RFC 2409 §4, §5, Appendix A; RFC 2407 §4.4, §4.5; RFC 3602 §5
 * @module
 */
import { lookup, spaceOf } from '../../algorithms.ts';
import { attributeNumber, IPSEC } from '../../clauses.ts';
import { type Choice, type Negotiation, OAKLEY, type Slot } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import type { Candidate } from '../ikev1-suites.ts';
import type { Request } from '../profile.ts';
import { type Fault, NOTIFY } from './ikev1-structure.ts';

const [ISAKMP, AH, ESP, IPCOMP] = [1, 2, 3, 4];
const [KEY_IKE, ESP_NULL] = [1, 11];

/** The attribute classes that are understood. */
const UNDERSTOOD: Readonly<Record<'ikev1-phase1' | 'ikev1-phase2', ReadonlySet<number>>> = {
  'ikev1-phase1': new Set(Object.values(OAKLEY)),
  'ikev1-phase2': new Set(Object.values(IPSEC)),
};

/** All that is against a transform, in the order of RFC 2408 §5.5 and §5.6: protocol, SPI, transform ID, attributes. */
export function transformReasons(candidate: Candidate, request: Request): readonly Reason[] {
  const one = request.negotiation === 'ikev1-phase1';
  const { proposal, transform } = candidate;
  if (one !== (proposal.protocol === ISAKMP)) {
    return [{ code: 'protocol-mismatch', offered: proposal.protocol, allowed: one ? [ISAKMP] : [AH, ESP, IPCOMP] }];
  }
  const common = [
    ...attributeReasons(candidate, one ? 'ikev1-phase1' : 'ikev1-phase2'),
    ...keyLengthReasons(candidate, request.negotiation),
  ];
  if (!one) return [...spiReasons(candidate), ...common, ...ipsecReasons(candidate), ...groupReasons(candidate, request)];
  return [
    ...(transform.id === KEY_IKE ? [] : [structure(candidate, 'RFC 2407 §4.4.2: KEY_IKE')]),
    ...common,
    ...mandatory(candidate),
    ...groupReasons(candidate, request),
  ];
}

/**
 * Defined attributes that are not supported, and attributes that conflict, end a phase 2: it is to be aborted.
 *
 * @see RFC 2407 §4.5, §4.5.3
 */
export function abortingFault({ transform, path }: Candidate): Fault | undefined {
  const seen = new Map<number, number>();
  for (const [i, attribute] of transform.attributes.entries()) {
    const { type } = attribute;
    const at = [...path, i];
    if (DEFINED_ONLY.has(type)) return { detail: `RFC 2407 §4.5.3: attribute ${type}`, notify: NOTIFY.attributesNotSupported, path: at };
    if (type === IPSEC.lifeType || type === IPSEC.lifeDuration) continue;
    const value = attributeNumber(attribute);
    if (seen.has(type) && seen.get(type) !== value) {
      return { detail: `RFC 2407 §4.5: attribute ${type} conflicts`, notify: NOTIFY.attributesNotSupported, path: at };
    }
    seen.set(type, value);
  }
  return undefined;
}

/** Key rounds, dictionary size, private compression. */
const DEFINED_ONLY: ReadonlySet<number> = new Set([7, 8, 9]);

function attributeReasons({ transform, path }: Candidate, phase: 'ikev1-phase1' | 'ikev1-phase2'): readonly Reason[] {
  const classes = phase === 'ikev1-phase1' ? OAKLEY : IPSEC;
  const reasons: Reason[] = [];
  const seen = new Set<number>();
  let typed = false;
  for (const [i, { type }] of transform.attributes.entries()) {
    const at = [...path, i];
    if (!UNDERSTOOD[phase].has(type)) reasons.push({ code: 'attribute-unsupported', attribute: type, path: at });
    else if (type === classes.lifeType) typed = true;
    else if (type === classes.lifeDuration) {
      // A duration follows the type that it is in.
      if (!typed) reasons.push({ code: 'lifetime-without-type', path: at });
      typed = false;
    } else if (seen.has(type)) reasons.push({ code: 'attribute-repeated', attribute: type, path: at });
    seen.add(type);
  }
  return reasons;
}

/** "All of these attributes are mandatory and MUST be negotiated." @see RFC 2409 §4 */
function mandatory({ clause, path }: Candidate): readonly Reason[] {
  const missing = MANDATORY.flatMap(([slot, attribute]) => (clause.slots.has(slot) ? [] : [attribute]));
  return missing.length > 0 ? [{ code: 'attribute-missing', attributes: missing, path }] : [];
}

const MANDATORY: readonly (readonly [Slot, number])[] = [
  ['encryption', OAKLEY.encryption],
  ['hash', OAKLEY.hash],
  ['auth', OAKLEY.auth],
  ['group', OAKLEY.group],
];

/** Not with a fixed key, and always with AES. @see RFC 2409 Appendix A, RFC 3602 §5.1, §5.3 */
function keyLengthReasons({ clause, path }: Candidate, negotiation: Negotiation): readonly Reason[] {
  const attribute = negotiation === 'ikev1-phase1' ? OAKLEY.keyLength : IPSEC.keyLength;
  const cipher = clause.slots.get('encryption')?.[0];
  const row = cipher && lookup('encryption', spaceOf('encryption', negotiation, clause.protocol), cipher.id);
  if (cipher === undefined || row?.keyBits === undefined) return [];
  if (cipher.keyBits === undefined) {
    return row.keyBits.attribute === 'required' ? [{ code: 'attribute-missing', attributes: [attribute], path }] : [];
  }
  return row.keyBits.fixed === undefined ? [] : [{ code: 'key-length-mismatch', offered: cipher, allowed: [] }];
}

/** In aggressive mode the group cannot be negotiated, and with PFS a KE payload stands for the whole offer. @see RFC 2409 §5, §5.5 */
function groupReasons({ clause, path }: Candidate, { keGroup, step }: Request): readonly Reason[] {
  if (keGroup === undefined || (step !== 'aggressive' && step !== 'quick')) return [];
  const offered = clause.slots.get('group')?.[0];
  if (offered === undefined) return [{ code: 'attribute-missing', attributes: [step === 'quick' ? IPSEC.group : OAKLEY.group], path }];
  return offered.id === keGroup ? [] : [{ code: 'algorithm-not-configured', offered, allowed: [{ id: keGroup }] }];
}

/** Four octets, and for IPCOMP a CPI of two, or of four that say no more. @see RFC 2407 §4.4, RFC 3173 §4.1 */
function spiReasons(candidate: Candidate): readonly Reason[] {
  const { spi, protocol } = candidate.proposal;
  if (spi.length === 4 || (protocol === IPCOMP && spi.length === 2)) return [];
  return [{ code: 'structure', detail: 'RFC 2408 §5.5: SPI size', path: candidate.path.slice(0, 2) }];
}

/** AH says its algorithm twice, and alike; ESP without encryption needs authentication. @see RFC 2407 §4.4.3, §4.4.4.11 */
function ipsecReasons(candidate: Candidate): readonly Reason[] {
  const { clause, transform, path } = candidate;
  if (clause.protocol === ESP) {
    return transform.id === ESP_NULL && !clause.slots.has('integrity')
      ? [{ code: 'attribute-missing', attributes: [IPSEC.integrity], path }]
      : [];
  }
  if (clause.protocol !== AH) return [];
  const said = clause.restated?.[0];
  if (said === undefined) return [{ code: 'attribute-missing', attributes: [IPSEC.integrity], path }];
  return agrees(said, transform.id) ? [] : [{ code: 'value-invalid', attribute: IPSEC.integrity, value: said.id, path: said.path }];
}

/** MD5 goes with HMAC-MD5 (1) or KPDK (4), SHA-1 and DES with the number before; later ones have one number. */
function agrees({ id }: Choice, transform: number): boolean {
  if (transform === 2) return id === 1 || id === 4;
  return transform === 3 || transform === 4 ? id === transform - 1 : id === transform;
}

const structure = ({ path }: Candidate, detail: string): Reason => ({ code: 'structure', detail, path });
