/**
 * An SA payload as charon's parser and its checks see it.
 *
 * Rule 1: lists are read by lengths alone; what the next-payload octets say is checked afterwards, and only for being 0 or the right one.
 * Rule 2: one fault ends the message: INVALID_SYNTAX in IKEv2, PAYLOAD_MALFORMED in IKEv1.
 *
 * @see strongSwan parser.c; sa_payload.c, proposal_substructure.c, transform_substructure.c: verify
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Attribute, Negotiation, Path, Proposal, Transform } from '../../model.ts';
import { Reader } from '../../wire/bytes.ts';
import { DecodeError, type DecodeFault } from '../../wire/errors.ts';
import { readAttribute } from '../../wire/sa.ts';
import { PROTOCOL } from './algebra.ts';
import { LOG } from './log.ts';
import { protocolText } from './names.ts';

/** A proposal as it stands in the payload, and where: its group and its place in the group. */
export interface Substructure {
  readonly path: Path;
  readonly number: number;
  readonly nextPayload: number;
  readonly transformCount: number;
  readonly proposal: Proposal;
  /** Of each transform. */
  readonly nextPayloads: readonly number[];
}

/** Why a payload is refused before anything is compared. */
export interface PayloadFault {
  readonly detail: string;
  readonly path: Path;
  readonly logs: readonly LogLine[];
}

export interface ReadPayload {
  readonly substructures: readonly Substructure[];
  readonly fault?: PayloadFault;
}

/** Reads and checks the payload. Never throws. */
export function readPayload(sa: Uint8Array, negotiation: Negotiation): ReadPayload {
  const two = negotiation.startsWith('ikev2');
  let substructures: readonly Substructure[];
  try {
    substructures = parse(sa, two);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { substructures: [], fault: parseFault(error, two) };
  }
  const fault = verify(substructures, two);
  return fault ? { substructures, fault } : { substructures };
}

/** The low 16 bits of a value; charon takes more than 8 octets for the largest number that there is. */
export function low16(attribute: Attribute): number {
  return attribute.form === 'TV' ? attribute.value : lowOctets(attribute.value, 2);
}

/** The low 32 bits of a value. */
export function low32(attribute: Attribute): number {
  return attribute.form === 'TV' ? attribute.value : lowOctets(attribute.value, 4);
}

/** The whole value, 64 bits. */
export function whole64(attribute: Attribute): bigint {
  if (attribute.form === 'TV') return BigInt(attribute.value);
  if (attribute.value.length > LONGEST_VALUE) return 0xffff_ffff_ffff_ffffn;
  return attribute.value.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

function lowOctets(value: Uint8Array, count: number): number {
  const octets = value.length > LONGEST_VALUE ? ALL_ONES : value;
  return octets.subarray(Math.max(0, octets.length - count)).reduce((number, octet) => number * 256 + octet, 0);
}

function parse(sa: Uint8Array, two: boolean): readonly Substructure[] {
  const r = new Reader(sa);
  r.u16('sa.nextPayload');
  const length = r.u16('sa.length');
  const body = r.sub(length - GENERIC, 'sa.length');
  if (!two) body.take(DOI_AND_SITUATION, 'sa.situation');
  const substructures: Substructure[] = [];
  let group = -1;
  let place = 0;
  while (body.left > 0) {
    const read = parseProposal(body, two);
    if (read.number === substructures.at(-1)?.number) place++;
    else [group, place] = [group + 1, 0];
    substructures.push({ ...read, path: [group, place] });
  }
  return substructures;
}

function parseProposal(r: Reader, two: boolean): Omit<Substructure, 'path'> {
  const nextPayload = r.u8('proposal.nextPayload');
  r.u8('proposal.reserved');
  const body = r.sub(r.u16('proposal.length') - GENERIC, 'proposal.length');
  const number = body.u8('proposal.number');
  const protocol = body.u8('proposal.protocol');
  const spiSize = body.u8('proposal.spiSize');
  const transformCount = body.u8('proposal.transformCount');
  const spi = body.take(spiSize, 'proposal.spi');
  const transforms: Transform[] = [];
  const nextPayloads: number[] = [];
  while (body.left > 0) {
    nextPayloads.push(body.u8('transform.nextPayload'));
    transforms.push(parseTransform(body, two));
  }
  return { number, nextPayload, transformCount, proposal: { protocol, spi, transforms }, nextPayloads };
}

function parseTransform(r: Reader, two: boolean): Transform {
  r.u8('transform.reserved');
  const body = r.sub(r.u16('transform.length') - GENERIC, 'transform.length');
  const first = body.u8('transform.number');
  const second = body.u8('transform.id');
  const third = body.u16('transform.id');
  const attributes: Attribute[] = [];
  const faults: DecodeFault[] = [];
  while (body.left > 0) {
    const attribute = readAttribute(body, faults);
    if (attribute === undefined) throw body.error('length-too-large', 'attribute.length');
    attributes.push(attribute);
  }
  return two ? { kind: 'single', type: first, id: third, attributes } : { kind: 'suite', number: first, id: second, attributes };
}

function parseFault(error: DecodeError, two: boolean): PayloadFault {
  const payload = two ? 'SECURITY_ASSOCIATION' : 'SECURITY_ASSOCIATION_V1';
  return {
    detail: `${error.fault.field} at octet ${error.fault.offset}: ${error.fault.code}`,
    path: [],
    logs: [LOG.write('notParsed', { payload }), LOG.write('parsingFailed')],
  };
}

function verify(substructures: readonly Substructure[], two: boolean): PayloadFault | undefined {
  let least = two ? 1 : 0;
  for (const each of substructures) {
    if (each.number < least) return verifyFault([LOG.write('numberSmaller')], each.path, two);
    const logs = verifyProposal(each, two);
    if (logs) return verifyFault([...logs, LOG.write('proposalNotVerified')], each.path, two);
    least = each.number;
  }
  return undefined;
}

function verifyProposal({ nextPayload, transformCount, proposal, nextPayloads }: Substructure, two: boolean): LogLine[] | undefined {
  if (nextPayload !== LAST && nextPayload !== MORE_PROPOSALS) return [LOG.write('inconsistentNext')];
  if (transformCount !== proposal.transforms.length) return [LOG.write('countInvalid')];
  const size = proposal.spi.length;
  if (proposal.protocol === PROTOCOL.ipcomp && size !== 2 && size !== 4) return [LOG.write('cpiLength')];
  if ((proposal.protocol === PROTOCOL.ah || proposal.protocol === PROTOCOL.esp) && size !== 4) {
    return [LOG.write('spiLength', { protocol: protocolText(proposal.protocol) })];
  }
  if (proposal.protocol === PROTOCOL.ike && !(two ? size === 0 || size === IKE_SPI : size <= LONGEST_V1_SPI)) {
    return [LOG.write('spiLength', { protocol: 'IKE' })];
  }
  if (nextPayloads.some((each) => each !== LAST && each !== MORE_TRANSFORMS)) {
    return [LOG.write('inconsistentNext'), LOG.write('transformNotVerified')];
  }
  return undefined;
}

function verifyFault(logs: readonly LogLine[], path: Path, two: boolean): PayloadFault {
  const payload = two ? 'SECURITY_ASSOCIATION' : 'SECURITY_ASSOCIATION_V1';
  return {
    detail: logs[0]?.text ?? '',
    path,
    logs: [...logs, LOG.write('notVerified', { payload }), LOG.write('verificationFailed')],
  };
}

const GENERIC = 4;
const DOI_AND_SITUATION = 8;
const LAST = 0;
const MORE_PROPOSALS = 2;
const MORE_TRANSFORMS = 3;
const IKE_SPI = 8;
/** RFC 2408 §3.5 allows 0 to 16 octets. */
const LONGEST_V1_SPI = 16;
const LONGEST_VALUE = 8;
const ALL_ONES = new Uint8Array(LONGEST_VALUE).fill(0xff);
