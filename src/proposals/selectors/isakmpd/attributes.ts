/**
 * What isakmpd can do at all, whatever is configured: the first of its two questions to a transform.
 *
 * @see isakmpd ipsec.c ipsec_is_attribute_incompatible
 * @module
 */
import { IPSEC } from '../../clauses.ts';
import { OAKLEY } from '../../model.ts';
import { firstNumber, type IsakmpdAttribute } from './payload.ts';

/** Whether isakmpd cannot do what an attribute says. */
export function incompatible(attribute: IsakmpdAttribute, phase: 1 | 2): boolean {
  return phase === 1 ? incompatible1(attribute) : incompatible2(attribute);
}

function incompatible1(attribute: IsakmpdAttribute): boolean {
  const value = firstNumber(attribute);
  switch (attribute.type) {
    case OAKLEY.encryption:
      return !CIPHERS.has(value);
    case OAKLEY.hash:
      return !HASHES.has(value);
    case OAKLEY.auth:
      return value !== 1 && value !== 3;
    case OAKLEY.group:
      return !isGroup(value);
    case OAKLEY.lifeType:
      return value !== 1 && value !== 2;
    case OAKLEY.lifeDuration:
      return !isDuration(attribute);
    case OAKLEY.keyLength:
      return value % 8 !== 0;
    default:
      return true;
  }
}

function incompatible2(attribute: IsakmpdAttribute): boolean {
  const value = firstNumber(attribute);
  switch (attribute.type) {
    case IPSEC.lifeType:
      return value !== 1 && value !== 2;
    case IPSEC.lifeDuration:
      return !isDuration(attribute);
    case IPSEC.group:
      return !isGroup(value);
    case IPSEC.mode:
      return !MODES.has(value);
    case IPSEC.integrity:
      return value < 1 || value > 8;
    case IPSEC.keyLength:
      return false;
    default:
      return true;
  }
}

/** The numbers between are taken too, known or not. */
const isGroup = (value: number): boolean => (value >= 1 && value <= 5) || (value >= 14 && value <= 21) || (value >= 25 && value <= 30);
const isDuration = ({ octets: { length } }: IsakmpdAttribute): boolean => length === 2 || length === 4;
/** Blowfish, 3DES, CAST, AES. */
const CIPHERS: ReadonlySet<number> = new Set([3, 5, 6, 7]);
const HASHES: ReadonlySet<number> = new Set([1, 2, 4, 5, 6]);
const MODES: ReadonlySet<number> = new Set([1, 2, 3, 4, 61443, 61444]);
/** Groups that it can compute with. */
export const GROUPS: ReadonlySet<number> = new Set([1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 25, 26, 27, 28, 29, 30]);
