/**
 * Which transforms racoon can use at all; it leaves the others out, saying why.
 *
 * @see ipsec-tools racoon ipsec_doi.c check_trns_isakmp, check_trns_ah, check_trns_esp, check_attr_isakmp, check_attr_ipsec, check_attr_ipcomp
 * @module
 */
import { IPSEC } from '../../clauses.ts';
import { OAKLEY, type Slot } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import { book } from './book.ts';
import type { Objection, RacoonAttribute, RacoonTransform } from './payload.ts';

/** The first thing against a transform; nothing when it can be used. */
export function checkTransform(protocol: number, transform: RacoonTransform): Objection | undefined {
  const id = checkId(protocol, transform);
  if (id) return id;
  for (const attribute of transform.attributes) {
    const fault = protocol === ISAKMP ? checkPhase1(attribute) : checkPhase2(protocol, transform, attribute);
    if (fault) return fault;
  }
  const authenticated = transform.attributes.some(({ type }) => type === IPSEC.integrity);
  const missing: Reason = { code: 'attribute-missing', attributes: [IPSEC.integrity], path: transform.path };
  if (protocol === AH && !authenticated) return { reason: missing, log: book.write('ahWithoutAuth') };
  if (protocol === ESP && transform.id === NULL && !authenticated) return { reason: missing, log: book.write('nullWithoutAuth') };
  return undefined;
}

function checkId(protocol: number, { id, path }: RacoonTransform): Objection | undefined {
  if (protocol === ISAKMP) {
    if (id === 1) return undefined;
    const reason: Reason = { code: 'structure', detail: `transform id ${id}`, path };
    return { reason, log: book.write('transformInProtocol', { id, protocol }) };
  }
  const slot: Slot = protocol === ESP ? 'encryption' : protocol === AH ? 'integrity' : 'compression';
  const kind = protocol === ESP ? 'ESP' : protocol === AH ? 'AH' : 'IPCOMP';
  if (USABLE[protocol]?.has(id) === true) return undefined;
  const log = UNUSABLE[protocol]?.has(id) === true ? 'transformUnsupported' : 'transformInvalid';
  return { reason: { code: 'algorithm-unknown', offered: { slot, id, path } }, log: book.write(log, { id, kind }) };
}

function checkPhase1(attribute: RacoonAttribute): Objection | undefined {
  const { type, short, value, path } = attribute;
  const invalid: Reason = { code: 'value-invalid', attribute: type, value, path };
  if (ENUMERATED.has(type) && !short) return { reason: invalid, log: book.write('mustBeShort', { type }) };
  if (!short && value === 0) return { reason: invalid, log: book.write('longWithoutLength', { length: value, type }) };
  const unknown = (slot: Slot): Reason => ({ code: 'algorithm-unknown', offered: { slot, id: value, path } });
  const unsupported: Reason = { code: 'attribute-unsupported', attribute: type, path };
  switch (type) {
    case OAKLEY.encryption:
      return CIPHERS.has(value) ? undefined : { reason: unknown('encryption'), log: book.write('cipher', { id: value }) };
    case OAKLEY.hash:
      return HASHES.has(value) ? undefined : { reason: unknown('hash'), log: book.write('hash', { id: value }) };
    case OAKLEY.auth:
      return checkMethod(value, unknown('auth'));
    case OAKLEY.group:
      return GROUPS.has(value) ? undefined : { reason: unknown('group'), log: book.write('group', { group: value }) };
    case GROUP_TYPE:
      return value === 1 ? undefined : { reason: invalid, log: book.write('groupType', { type: value }) };
    case OAKLEY.lifeType:
      return value === 1 || value === 2 ? undefined : { reason: invalid, log: book.write('lifeType', { type: value }) };
    case GENERATOR_TWO:
    case CURVE_A:
    case CURVE_B:
    case FIELD_SIZE:
      return { reason: unsupported, log: book.write('attributeUnsupported', { type }) };
    default:
      return PASSED.has(type) ? undefined : { reason: unsupported, log: book.write('attribute', { type }) };
  }
}

function checkMethod(method: number, reason: Reason): Objection | undefined {
  if (METHODS.has(method)) return undefined;
  const name = NAMED_METHODS[method];
  return { reason, log: name === undefined ? book.write('auth', { method }) : book.write('authUnsupported', { method: name }) };
}

function checkPhase2(protocol: number, transform: RacoonTransform, attribute: RacoonAttribute): Objection | undefined {
  const { type, short, value, path } = attribute;
  const invalid: Reason = { code: 'value-invalid', attribute: type, value, path };
  const what = SHORT_ONLY[type];
  if (what !== undefined && !short && !(protocol === IPCOMP && IPCOMP_UNSUPPORTED.has(type)))
    return { reason: invalid, log: book.write('mustBeShortWhen', { what }) };
  const unsupported: Reason = { code: 'attribute-unsupported', attribute: type, path };
  if (protocol === IPCOMP && IPCOMP_UNSUPPORTED.has(type))
    return { reason: unsupported, log: book.write(type === IPSEC.integrity ? 'attributeInvalid' : 'attributeUnsupported', { type }) };
  switch (type) {
    case IPSEC.mode:
      return MODES.has(value) ? undefined : { reason: invalid, log: book.write('mode', { mode: value }) };
    case IPSEC.integrity:
      return checkIntegrity(protocol, transform, attribute);
    case IPSEC.lifeType:
      return value === 1 || value === 2 ? undefined : { reason: invalid, log: book.write('lifeType', { type: value }) };
    case IPSEC.lifeDuration:
      return short || value > 0 ? undefined : { reason: invalid, log: book.write('emptyDuration') };
    case IPSEC.group: {
      const unknown: Reason = { code: 'algorithm-unknown', offered: { slot: 'group', id: value, path } };
      return GROUPS.has(value) ? undefined : { reason: unknown, log: book.write('groupDescription', { group: value }) };
    }
    case IPSEC.keyLength:
      return undefined;
    case KEY_ROUNDS:
    case DICTIONARY_SIZE:
    case PRIVATE_ALGORITHM:
      return { reason: unsupported, log: book.write('attributeUnsupported', { type }) };
    default:
      return { reason: unsupported, log: book.write('attribute', { type }) };
  }
}

function checkIntegrity(protocol: number, { id }: RacoonTransform, { value, path }: RacoonAttribute): Objection | undefined {
  const reason: Reason = { code: 'algorithm-unknown', offered: { slot: 'integrity', id: value, path } };
  const transform = AH_OF[value];
  if (transform === undefined) {
    const known = value === 3 || value === 4;
    return { reason, log: book.write(known ? 'authAlgorithmUnsupported' : 'authAlgorithm', { id: value }) };
  }
  if (protocol !== AH || transform === id) return undefined;
  return {
    reason: { code: 'value-invalid', attribute: IPSEC.integrity, value, path },
    log: book.write('authConflict', { id: value, transform: id }),
  };
}

const [ISAKMP, AH, ESP, IPCOMP] = [1, 2, 3, 4];
const NULL = 11;
const [GROUP_TYPE, GENERATOR_TWO, CURVE_A, CURVE_B, FIELD_SIZE] = [5, 8, 9, 10, 15];
const [KEY_ROUNDS, DICTIONARY_SIZE, PRIVATE_ALGORITHM] = [7, 8, 9];
/** Must be in the short form. */
const ENUMERATED: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 11, 13, 14, 15]);
/** Prime, generator one, duration, PRF, key length, group order, GSS name: not looked into here. */
const PASSED: ReadonlySet<number> = new Set([6, 7, 12, 13, 14, 16, 16384]);
/** DES, Blowfish, 3DES, CAST, AES, Camellia. */
export const CIPHERS: ReadonlySet<number> = new Set([1, 3, 5, 6, 7, 8]);
export const HASHES: ReadonlySet<number> = new Set([1, 2, 4, 5, 6]);
export const GROUPS: ReadonlySet<number> = new Set([1, 2, 5, 14, 15, 16, 17, 18]);
/** Pre-shared key, RSA signatures, and as the side that asks for it hybrid RSA and XAUTH with either. */
const METHODS: ReadonlySet<number> = new Set([1, 3, 64221, 65001, 65005]);
/** Known and of no use; those without a name are printed as numbers. */
const NAMED_METHODS: Readonly<Record<number, string>> = {
  2: 'DSS signatures',
  4: 'Encryption with RSA',
  5: 'Revised encryption with RSA',
  64222: 'Hybrid RSA server',
  64223: 'Hybrid DSS client',
  64224: 'Hybrid DSS server',
  65002: 'XAuth pskey server',
  65003: '65003',
  65004: '65004',
  65006: 'XAuth RSASIG server',
  65007: '65007',
  65008: '65008',
  65009: '65009',
  65010: '65010',
};
const USABLE: Readonly<Record<number, ReadonlySet<number>>> = {
  2: new Set([2, 3, 5, 6, 7]),
  3: new Set([2, 3, 4, 6, 7, NULL, 12, 22, 253]),
  4: new Set([1, 2, 3]),
};
const UNUSABLE: Readonly<Record<number, ReadonlySet<number>>> = { 2: new Set([4]), 3: new Set([1, 5, 8, 9, 10]) };
const SHORT_ONLY: Readonly<Record<number, string>> = { 1: 'LD_TYPE', 3: 'GRP_DESC', 4: 'ENC_MODE', 5: 'AUTH', 6: 'KEY_LENGTH' };
const IPCOMP_UNSUPPORTED: ReadonlySet<number> = new Set([IPSEC.integrity, IPSEC.keyLength, KEY_ROUNDS, DICTIONARY_SIZE, PRIVATE_ALGORITHM]);
const MODES: ReadonlySet<number> = new Set([1, 2, 3, 4, 61443, 61444]);
/** The AH transform of an authentication algorithm. */
export const AH_OF: Readonly<Record<number, number>> = { 1: 2, 2: 3, 5: 5, 6: 6, 7: 7 };
