/**
 * From a payload to charon's proposals: one of each proposal in IKEv2, one of each transform in IKEv1.
 *
 * Rule 1: proposals with one number are an AND of protocols, which charon drops whole; with IPCOMP it looks for one such pair.
 * Rule 2: a number without a counterpart among charon's becomes "undefined" and matches nothing; it does not spoil the rest.
 *
 * @see strongSwan sa_payload.c: get_proposals, get_ipcomp_proposals; proposal_substructure.c: add_to_proposal_v1_ike, add_to_proposal_v1
 * @module
 */
import { IPSEC } from '../../clauses.ts';
import { type Attribute, KEY_LENGTH_ATTRIBUTE, type Negotiation, OAKLEY, type Path, type Transform } from '../../model.ts';
import { type CharonProposal, type CharonTransform, PROTOCOL, TYPE } from './algebra.ts';
import { ATTRIBUTE_INTEGRITY, ESP_ENCRYPTION, HASH_INTEGRITY, HASH_PRF, PHASE1_ENCRYPTION, UNDEFINED } from './numbers.ts';
import { low16, type Substructure } from './payload.ts';

/** The substructures that stand alone under their number. A run of one number goes, the first of it too. */
export function singles(substructures: readonly Substructure[]): readonly Substructure[] {
  return substructures.filter(({ number }, i) => number !== substructures[i - 1]?.number && number !== substructures[i + 1]?.number);
}

/** charon's proposals of some substructures. One without transforms gives none. */
export function receivedProposals(substructures: readonly Substructure[], negotiation: Negotiation): readonly CharonProposal[] {
  if (negotiation.startsWith('ikev2')) {
    return substructures.filter(({ proposal }) => proposal.transforms.length > 0).map(receivedProposal);
  }
  return substructures.flatMap((each) =>
    each.proposal.transforms.flatMap((transform, i) =>
      transform.kind === 'suite' ? [receivedSuite(each, transform, [...each.path, i])] : [],
    ),
  );
}

/** The pair of ESP or AH with IPCOMP that is looked at: the first whose compression is DEFLATE. */
export function ipcompPair(
  substructures: readonly Substructure[],
): { readonly child: Substructure; readonly ipcomp: Substructure } | undefined {
  let child: Substructure | undefined;
  let ipcomp: Substructure | undefined;
  let current = -1;
  let unsupported = -1;
  for (const each of substructures) {
    const { protocol } = each.proposal;
    if (each.number === unsupported) continue;
    if (protocol !== PROTOCOL.esp && protocol !== PROTOCOL.ah && protocol !== PROTOCOL.ipcomp) {
      child = ipcomp = undefined;
      unsupported = current;
      continue;
    }
    if (each.number !== current) {
      if (child && ipcomp && deflates(ipcomp)) break;
      child = ipcomp = undefined;
      current = each.number;
    }
    if (protocol === PROTOCOL.ipcomp) ipcomp = each;
    else child = each;
  }
  return child && ipcomp && deflates(ipcomp) ? { child, ipcomp } : undefined;
}

function deflates({ proposal }: Substructure): boolean {
  return proposal.transforms.some(({ id }) => id === DEFLATE);
}

function receivedProposal({ path, number, proposal }: Substructure): CharonProposal {
  const transforms = proposal.transforms.flatMap((transform, i): CharonTransform[] => {
    if (transform.kind !== 'single') return [];
    const length = transform.attributes.find(({ type }) => type === KEY_LENGTH_ATTRIBUTE);
    return [{ type: transform.type, id: transform.id, keyBits: length ? low16(length) : 0, path: [...path, i] }];
  });
  return { protocol: proposal.protocol, number, transformNumber: 0, spi: charonSpi(proposal.spi), transforms, path };
}

function receivedSuite(from: Substructure, transform: Transform & { readonly kind: 'suite' }, path: Path): CharonProposal {
  const { protocol, spi } = from.proposal;
  const proposal = { protocol, number: from.number, transformNumber: transform.number, spi: charonSpi(spi), path };
  if (protocol === PROTOCOL.ike) return { ...proposal, transforms: phase1Transforms(transform.attributes, path) };
  const child = protocol === PROTOCOL.esp || protocol === PROTOCOL.ah;
  return { ...proposal, transforms: child ? phase2Transforms(protocol, transform.id, transform.attributes, path) : [] };
}

/** Of several ciphers and key lengths the last counts; several hashes or groups are a choice. */
function phase1Transforms(attributes: readonly Attribute[], path: Path): CharonTransform[] {
  const transforms: CharonTransform[] = [];
  let encryption: { readonly id: number; readonly path: Path } | undefined;
  let keyBits = 0;
  attributes.forEach((attribute, i) => {
    const value = low16(attribute);
    const at = [...path, i];
    if (attribute.type === OAKLEY.encryption) {
      const id = PHASE1_ENCRYPTION.toCharon.get(value);
      encryption = id === undefined ? undefined : { id, path: at };
    } else if (attribute.type === OAKLEY.keyLength) keyBits = value;
    else if (attribute.type === OAKLEY.hash) {
      transforms.push({ type: TYPE.integrity, id: HASH_INTEGRITY.toCharon.get(value) ?? UNDEFINED, keyBits: 0, path: at });
      transforms.push({ type: TYPE.prf, id: HASH_PRF.toCharon.get(value) ?? UNDEFINED, keyBits: 0, path: at });
    } else if (attribute.type === OAKLEY.group) transforms.push({ type: TYPE.group, id: value, keyBits: 0, path: at });
  });
  if (encryption) transforms.push({ type: TYPE.encryption, ...encryption, keyBits: keyBits || defaultKeyBits(encryption.id) });
  return transforms;
}

/** AH is told by the attribute alone; its transform identifier does not count. */
function phase2Transforms(protocol: number, id: number, attributes: readonly Attribute[], path: Path): CharonTransform[] {
  const transforms: CharonTransform[] = [];
  let keyBits = 0;
  let extended = 0;
  attributes.forEach((attribute, i) => {
    const value = low16(attribute);
    const at = [...path, i];
    if (attribute.type === IPSEC.keyLength) keyBits = value;
    else if (attribute.type === IPSEC.esn) extended = 1;
    else if (attribute.type === IPSEC.group) transforms.push({ type: TYPE.group, id: value, keyBits: 0, path: at });
    else if (attribute.type === IPSEC.integrity) {
      transforms.push({ type: TYPE.integrity, id: ATTRIBUTE_INTEGRITY.toCharon.get(value) ?? UNDEFINED, keyBits: 0, path: at });
    }
  });
  transforms.push({ type: TYPE.esn, id: extended, keyBits: 0, path });
  if (protocol === PROTOCOL.esp) {
    const encryption = ESP_ENCRYPTION.toCharon.get(id) ?? UNDEFINED;
    transforms.push({ type: TYPE.encryption, id: encryption, keyBits: keyBits || defaultKeyBits(encryption), path });
  }
  return transforms;
}

/** Old peers leave the length of AES-128 out. */
function defaultKeyBits(encryption: number): number {
  return encryption === AES_CBC ? 128 : 0;
}

/** 4 octets are the first half of 8; any other length is none. */
function charonSpi(spi: Uint8Array): Uint8Array {
  const eight = new Uint8Array(8);
  if (spi.length === 4 || spi.length === 8) eight.set(spi);
  return eight;
}

const AES_CBC = 12;
const DEFLATE = 2;
