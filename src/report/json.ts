/**
 * The report as JSON: the object itself, indented, one newline at the end.
 *
 * @module
 */
import type { ProbeReport } from '../probe/result.ts';

/** One whole object, `schema/probe.json`. */
export function toJson(report: ProbeReport): string {
  return `${jsonText(report, 2)}\n`;
}

/**
 * JSON in which control characters, DEL, C1 and bidi controls are escaped too: a peer's text must not reach a terminal raw when
 * somebody looks at the JSON there. One line without `indent`.
 */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent);
  return /^[\n -~]*$/.test(text) ? text : text.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnits);
}

function escapeUnits(found: string): string {
  return found
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
