/**
 * The report as JSON: the object itself, indented, one newline at the end.
 *
 * @module
 */
import type { ProbeReport } from '../probe/result.ts';

/**
 * One whole object, `schema/probe.json`. Control characters, DEL, C1 and bidi controls are escaped too: a peer's text
 * must not reach a terminal raw when somebody looks at the JSON there.
 */
export function toJson(report: ProbeReport): string {
  return `${JSON.stringify(report, undefined, 2).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnits)}\n`;
}

function escapeUnits(found: string): string {
  return found
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
