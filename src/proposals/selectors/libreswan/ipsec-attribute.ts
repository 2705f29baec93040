/**
 * One attribute of a phase 2 transform.
 *
 * @see libreswan `parse_ipsec_transform`
 * @module
 */
import type { Slot } from '../../model.ts';
import { IPSEC } from '../../clauses.ts';
import type { Reason } from '../../verdict.ts';
import { GROUPS, hasKeyBits, INTEGRITIES } from './algorithms.ts';
import type { Bench } from './bench.ts';
import { AH, ESP, fatal, IPCOMP, type Settled } from './ipsec-reading.ts';
import type { Fault } from './ledger.ts';
import { book } from './log.ts';
import * as names from './names.ts';
import type { Seen } from './sa.ts';

/** Attributes whose values must have a name, up to 5.0. */
const VALUES: ReadonlyMap<number, names.Names> = new Map([
  [IPSEC.lifeType, names.SA_LIFE],
  [IPSEC.group, names.GROUP],
  [IPSEC.mode, names.ENCAPSULATION],
  [IPSEC.integrity, names.AUTH_ALGORITHM],
]);
const SLOT_OF: ReadonlyMap<number, Slot> = new Map<number, Slot>([
  [IPSEC.group, 'group'],
  [IPSEC.mode, 'mode'],
  [IPSEC.integrity, 'integrity'],
]);
/** 1 tunnel, 2 transport; the others go through a NAT. */
const MODE: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 1, 4: 2, 61443: 1, 61444: 2 };
/** What IPCOMP may have. */
const OF_IPCOMP: readonly number[] = [IPSEC.lifeType, IPSEC.lifeDuration, IPSEC.group, IPSEC.mode];

/** What is wrong with it, if anything; it ends the SA. */
export function judgeIpsecAttribute(
  attribute: Seen,
  seen: Set<number>,
  settled: Settled,
  protocol: number,
  bench: Bench,
): Fault | undefined {
  const { type, value, path } = attribute;
  const slot = SLOT_OF.get(type);
  if (slot) settled.choices.push({ slot, id: value, path });
  const fault = judgeValue(attribute, protocol, bench) ?? judgeType(attribute, seen, settled, protocol, bench);
  if (fault || protocol !== IPCOMP || OF_IPCOMP.includes(type)) return fault;
  const line = book.write('notForIpcomp', { attribute: shownName(attribute, bench) });
  return fatal(line, path, { code: 'attribute-unsupported', attribute: type, path });
}

/** 5.1 and later name the form behind the type. */
function shownName({ type, form }: Seen, { release }: Bench): string {
  if (!release.since('5.1')) return names.longName(names.IPSEC_ATTRIBUTE, form, release);
  return `${names.longName(names.IPSEC_ATTRIBUTE, type | names.TV, release)}+${(form & names.TV) !== 0 ? 'TV' : 'TLV'}`;
}

function judgeValue(attribute: Seen, protocol: number, bench: Bench): Fault | undefined {
  const { type, value, path } = attribute;
  const table = bench.release.since('5.1') ? undefined : VALUES.get(type);
  if (!table || names.known(table, value)) return undefined;
  // The algorithm of AH is its transform's; there the attribute only repeats it.
  const slot = protocol === AH && type === IPSEC.integrity ? undefined : SLOT_OF.get(type);
  const reason: Reason = slot
    ? { code: 'algorithm-unknown', offered: { slot, id: value, path } }
    : { code: 'value-invalid', attribute: type, value, path };
  return fatal(book.write('invalidValue', { value, attribute: shownName(attribute, bench) }), path, reason);
}

function judgeType(attribute: Seen, seen: Set<number>, settled: Settled, protocol: number, bench: Bench): Fault | undefined {
  const { type, value, path } = attribute;
  const { release, ledger } = bench;
  const invalid: Reason = { code: 'value-invalid', attribute: type, value, path };
  switch (type) {
    case IPSEC.lifeType:
      return judgeLifeType(attribute, settled, bench);
    case IPSEC.lifeDuration:
      return judgeDuration(attribute, seen, settled, bench);
    case IPSEC.group: {
      if (protocol === IPCOMP) ledger.log(book.write('groupInIpcomp'));
      if (GROUPS.some(({ id }) => id === value)) {
        settled.group = value;
        return undefined;
      }
      const group = release.since('5.1') ? names.longName(names.GROUP, value, release) : value;
      return fatal(book.write('pfsGroup', { group }), path, {
        code: 'algorithm-not-configured',
        offered: { slot: 'group', id: value, path },
        allowed: GROUPS,
      });
    }
    case IPSEC.mode: {
      const mode = MODE[value];
      if (mode === undefined) return fatal(book.write('modeUnknown', { value }), path, invalid);
      settled.mode = mode;
      return undefined;
    }
    case IPSEC.integrity:
      judgeIntegrity(value, settled, protocol, bench);
      return undefined;
    case IPSEC.keyLength:
      if (!settled.cipher || !hasKeyBits(settled.cipher, value)) return fatal(book.write('keyWithoutCipher'), path, invalid);
      settled.keyBits = value;
      settled.keyed = true;
      return undefined;
    default: {
      const line = book.write('unsupportedIpsecAttribute', { attribute: shownName(attribute, bench) });
      return fatal(line, path, { code: 'attribute-unsupported', attribute: type, path });
    }
  }
}

/** One that is not known is a word in the log; the transform is passed over later. */
function judgeIntegrity(value: number, settled: Settled, protocol: number, { release, ledger }: Bench): void {
  const integrity = INTEGRITIES.find(({ auth }) => auth === value);
  if (integrity) settled.integrity = integrity;
  else {
    // 4.x looks the number up among the AH transforms.
    const table = release.since('5.1') ? names.AUTH_ALGORITHM : names.AH_TRANSFORM;
    const algorithm = names.longName(table, value, release);
    ledger.log(book.write('integrityNotSupported', { protocol: protocol === ESP ? 'ESP' : 'AH', algorithm }));
  }
}

function judgeLifeType({ type, value, path }: Seen, settled: Settled, { release }: Bench): Fault | undefined {
  const newer = release.since('5.1');
  const shown = names.longName(names.SA_LIFE, value, release);
  if (settled.lifeTypes.has(value)) {
    const line = book.write(newer ? 'lifeTypeTwice' : 'saLifeTypeRepeated', { value: shown });
    return fatal(line, path, { code: 'attribute-repeated', attribute: type, path });
  }
  settled.lifeTypes.add(value);
  settled.lifeType = value;
  if (!newer || names.known(names.SA_LIFE, value)) return undefined;
  return fatal(book.write('lifeTypeUnknown', { value }), path, { code: 'value-invalid', attribute: type, value, path });
}

function judgeDuration({ path }: Seen, seen: Set<number>, settled: Settled, { release }: Bench): Fault | undefined {
  if (!seen.has(IPSEC.lifeType)) {
    const line = book.write(release.since('5.1') ? 'durationWithoutType' : 'saDurationFirst');
    return fatal(line, path, { code: 'lifetime-without-type', path });
  }
  seen.delete(IPSEC.lifeType);
  seen.delete(IPSEC.lifeDuration);
  settled.lifeType = 0;
  return undefined;
}
