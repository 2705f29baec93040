/**
 * The attributes of one IKEv1 transform, as both phases walk them: read, look whether it was there before, judge.
 *
 * Rule: pluto stops at the first fault. The walk goes on to find what it hides, as far as the lengths allow.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Path } from '../../model.ts';
import type { Bench } from './bench.ts';
import { type Fault, NOTIFY, structure } from './ledger.ts';
import * as names from './names.ts';
import { type AttributeLayout, type Block, left, readHeader, rest } from './packet.ts';
import { attributeValue, type Seen } from './sa.ts';

/** How a phase walks. */
export interface Walk {
  readonly layout: AttributeLayout;
  readonly path: Path;
  /** What is logged of a header that will not do. */
  corrupt(fault: LogLine): LogLine;
  /** What is logged of a type that was there before. */
  repeated(attribute: Seen): LogLine;
  /** What is wrong with one attribute; `seen` are the types so far, its own among them. */
  judge(attribute: Seen, seen: Set<number>): Fault | undefined;
}

/** A header; fewer octets at the end are not looked at. */
const HEADER = 4;

/** All faults in the order of the wire, and the types that were seen. */
export function walkAttributes(block: Block, walk: Walk, bench: Bench): { readonly faults: Fault[]; readonly seen: ReadonlySet<number> } {
  const faults: Fault[] = [];
  const seen = new Set<number>();
  for (let i = 0; left(block) >= HEADER; i++) {
    const path = [...walk.path, i];
    const header = readHeader(block, walk.layout);
    if (header.fault) {
      faults.push(corrupt(header.fault, header.values.type, path, walk));
      break;
    }
    const { type: form, value: word } = header.values;
    const type = form & ~names.TV;
    const attribute: Seen = { type, form, ...attributeValue(form, word, rest(header.body), bench), path };
    if (seen.has(type)) {
      const reason = { code: 'attribute-repeated', attribute: type, path } as const;
      faults.push({ reason, line: walk.repeated(attribute), notify: NOTIFY.badProposalSyntax });
      continue;
    }
    seen.add(type);
    const fault = walk.judge(attribute, seen);
    if (fault) faults.push(fault);
  }
  return { faults, seen };
}

function corrupt(fault: LogLine, form: number | undefined, path: Path, walk: Walk): Fault {
  const line = walk.corrupt(fault);
  // A form that has no name is an attribute that is not known; anything else a flaw of the lengths.
  const unknown = form !== undefined && !(walk.layout.fields[0]?.names?.names.has(form) ?? false);
  return {
    reason: unknown ? { code: 'attribute-unsupported', attribute: form & ~names.TV, path } : structure(line, path),
    line,
    notify: NOTIFY.badProposalSyntax,
  };
}
