/**
 * The attributes of one transform, as both phases walk them: read, look whether it was there before, judge.
 *
 * Rule: Pluto stops at the first fault. The walk goes on to find what it hides, as far as the lengths allow.
 *
 * @module
 */
import type { Path } from '../../model.ts';
import type { LogLine } from '../../log-lines.ts';
import { type Fault, structure } from './ledger.ts';
import * as names from './names.ts';
import { duration } from './sa.ts';
import { type AttributeLayout, type Block, left, readStructure } from './structure.ts';

/** One attribute, read. */
export interface Seen {
  readonly type: number;
  /** With the bit for TV. */
  readonly form: number;
  /** What stands in the second half of the header: a value, or a length. */
  readonly value: number;
  readonly octets: Uint8Array;
  readonly path: Path;
}

/** The value in seconds or kilobytes. */
export function durationOf({ form, value, octets }: Seen): number {
  return (form & names.TV) !== 0 ? value : duration(octets);
}

interface Walk {
  readonly layout: AttributeLayout;
  readonly path: Path;
  /** Ends the SA. */
  readonly syntax: number;
  /** Pluto's complaint about a type that was there before. */
  repeated(attribute: Seen): LogLine;
  /** What is wrong with one attribute; `seen` are the types so far, its own among them; `clean`: no fault until now. */
  judge(attribute: Seen, seen: Set<number>, clean: boolean): Fault | undefined;
}

/** All faults in the order of the wire, and the types that were seen. */
export function walkAttributes(block: Block, walk: Walk): { readonly faults: Fault[]; readonly seen: ReadonlySet<number> } {
  const { layout, path, syntax } = walk;
  const faults: Fault[] = [];
  const seen = new Set<number>();
  for (let i = 0; left(block) > 0; i++) {
    const { values, body, fault } = readStructure(block, layout);
    const at = [...path, i];
    if (fault) {
      const known = body !== undefined;
      const reason = known
        ? ({ code: 'attribute-unsupported', attribute: values.type & ~names.TV, path: at } as const)
        : structure(fault.text, at);
      faults.push({ reason, line: fault, notify: syntax });
      if (!known) break;
      continue;
    }
    const form = values.type;
    const type = form & ~names.TV;
    const octets = body ? body.bytes.subarray(body.at, body.end) : new Uint8Array(0);
    const attribute: Seen = { type, form, value: values.value, octets, path: at };
    if (seen.has(type)) {
      faults.push({ reason: { code: 'attribute-repeated', attribute: type, path: at }, line: walk.repeated(attribute), notify: syntax });
      continue;
    }
    seen.add(type);
    const own = walk.judge(attribute, seen, faults.length === 0);
    if (own) faults.push(own);
  }
  return { faults, seen };
}
