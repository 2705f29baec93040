/**
 * SA payloads as SoftEther reads them: chains of payloads by their next-payload octets, with no other check.
 *
 * Rule 1: a chain that breaks is gone as a whole; what stood around it stays. Counts, reserved octets and numbers are not looked at.
 * Rule 2: an attribute's type is its second octet. The first is 0 for a value with a length, and anything else for a value in place.
 *
 * @see SoftEtherVPN Proto_IkePacket.c: IkeParsePayloadListEx, IkeParseProposalPayload, IkeParseTransformValueList
 * @module
 */
import type { Path } from '../../model.ts';

/** A transform, and where it stands; `values` in wire order. */
export interface OfferedTransform {
  readonly path: Path;
  readonly protocol: number;
  readonly spiSize: number;
  readonly id: number;
  readonly values: readonly Value[];
}

/** An attribute: 32 bits at most; a value of an odd size is 0. */
export interface Value {
  readonly type: number;
  readonly value: number;
  readonly path: Path;
}

const [SA, PROPOSAL, TRANSFORM] = [1, 2, 3];
const HEADER = 4;

/** Every transform of the body of an SA payload, in wire order; none when it is broken. Never throws. */
export function offeredTransforms(body: Uint8Array): readonly OfferedTransform[] {
  if (!isIpsecSa(body)) return [];
  let [group, index, last] = [-1, 0, -1];
  return (chain(body.subarray(8), PROPOSAL) ?? []).flatMap((proposal) => {
    const [number = 0, protocol = 0, spiSize = 0] = proposal;
    index = number === last ? index + 1 : 0;
    if (number !== last) group++;
    last = number;
    return (chain(proposal.subarray(HEADER + spiSize), TRANSFORM) ?? []).map((transform, i): OfferedTransform => {
      const path = [group, index, i];
      return { path, protocol, spiSize, id: transform[1] ?? 0, values: readValues(transform.subarray(HEADER), path) };
    });
  });
}

/** The bodies of the payloads of one type in a chain that begins with it; nothing when the chain is broken. */
function chain(octets: Uint8Array, wanted: number): readonly Uint8Array[] | undefined {
  const bodies: Uint8Array[] = [];
  let at = 0;
  for (let type = wanted; type !== 0; ) {
    const length = u16(octets, at + 2);
    if (octets.length - at < HEADER || length < HEADER || length > octets.length - at) return undefined;
    const body = octets.subarray(at + HEADER, at + length);
    if (!parses(type, body)) return undefined;
    if (type === wanted) bodies.push(body);
    type = octets[at] ?? 0;
    at += length;
  }
  return bodies;
}

/** Whether a payload's own header is there. Payloads of other types stand in a chain by mistake only; they are taken as data. */
function parses(type: number, body: Uint8Array): boolean {
  if (type === SA) return isIpsecSa(body);
  if (type === PROPOSAL) return body.length >= HEADER + (body[2] ?? 0);
  return type !== TRANSFORM || body.length >= HEADER;
}

/** The DOI is IPsec and the situation "identity only". */
function isIpsecSa(body: Uint8Array): boolean {
  return body.length >= 8 && [0, 0, 0, 1, 0, 0, 0, 1].every((octet, i) => body[i] === octet);
}

function readValues(octets: Uint8Array, path: Path): readonly Value[] {
  const values: Value[] = [];
  for (let at = 0; at < octets.length; ) {
    if (octets.length - at < HEADER) return [];
    const [form = 0, type = 0] = octets.subarray(at, at + 2);
    const word = u16(octets, at + 2);
    at += HEADER;
    const size = form === 0 ? word : 0;
    if (size > octets.length - at) return [];
    values.push({ type, value: form === 0 ? bigEndian(octets.subarray(at, at + size)) : word, path: [...path, values.length] });
    at += size;
  }
  return values;
}

/** One, two or four octets; any other size is read as 0. */
function bigEndian(octets: Uint8Array): number {
  return [1, 2, 4].includes(octets.length) ? octets.reduce((value, octet) => value * 256 + octet, 0) : 0;
}

const u16 = (octets: Uint8Array, at: number): number => ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
