/**
 * Lifetimes of phase 1: pairs of life type and duration; any number of pairs, each type once.
 *
 * @see FreeS/WAN 2.0x `spdb.c`, `parse_isakmp_sa_body`
 * @module
 */
import { OAKLEY } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import { durationOf, type Seen } from './attributes.ts';
import { type Bench, oakleyName } from './bench.ts';
import type { Fault } from './ledger.ts';
import { PLUTO } from './log.ts';
import * as names from './names.ts';
import { LONGEST_LIFE, NOTIFY } from './sa.ts';

const DEFAULT_LIFE = 3600;
const SECONDS = 1;

/** The lifetime of one transform, attribute by attribute. */
export class OakleyLifetime {
  seconds = DEFAULT_LIFE;
  readonly #bench: Bench;
  readonly #types = new Set<number>();
  #type = 0;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** What is wrong with an attribute, if it is about a lifetime; `seen` are the types so far. */
  judge(attribute: Seen, seen: Set<number>): Fault | undefined {
    const short = (attribute.form & names.TV) !== 0;
    if (attribute.type === OAKLEY.lifeType && short) return this.#judgeType(attribute);
    if (attribute.type === OAKLEY.lifeDuration) return this.#judgeDuration(attribute, seen);
    return undefined;
  }

  #judgeType(attribute: Seen): Fault | undefined {
    const { type, value, path } = attribute;
    const shown = oakleyName(this.#bench, type, value);
    if (value !== SECONDS && value !== KILOBYTES) {
      const line = PLUTO.write('unknownLifeType', { value: shown, attribute: this.#shown(attribute) });
      return { reason: { code: 'value-invalid', attribute: type, value, path }, line };
    }
    if (this.#types.has(value)) {
      const reason: Reason = { code: 'attribute-repeated', attribute: type, path };
      return { reason, line: PLUTO.write('lifeTypeRepeated', { value: shown }), notify: NOTIFY.badProposalSyntax };
    }
    this.#types.add(value);
    this.#type = value;
    return undefined;
  }

  #judgeDuration(attribute: Seen, seen: Set<number>): Fault | undefined {
    const { path } = attribute;
    const { traits, dialect, ledger } = this.#bench;
    if (!seen.has(OAKLEY.lifeType) && traits.durationNeedsType) {
      const line = PLUTO.write('durationWithoutType', { attribute: this.#shown(attribute) });
      return { reason: { code: 'lifetime-without-type', path }, line };
    }
    seen.delete(OAKLEY.lifeType);
    seen.delete(OAKLEY.lifeDuration);
    if (this.#type !== SECONDS) return undefined;
    const seconds = durationOf(attribute);
    this.seconds = Math.min(seconds, LONGEST_LIFE);
    if (seconds <= LONGEST_LIFE) return undefined;
    const long = { seconds, limit: LONGEST_LIFE };
    if (dialect.phase1.longLife === 'reduced') {
      ledger.log(PLUTO.write('lifeLong', long));
      ledger.log(PLUTO.write('lifeReduced', { limit: LONGEST_LIFE }));
      return undefined;
    }
    const line = PLUTO.write('lifeTooLong', { ...long, attribute: this.#shown(attribute) });
    return { reason: { code: 'lifetime-too-long', seconds, limit: LONGEST_LIFE, path }, line };
  }

  #shown({ form }: Seen): string {
    return names.show(this.#bench.dialect.names.oakleyAttribute, form);
  }
}

const KILOBYTES = 2;
