/**
 * Times in certificates, as milliseconds since 1970; no clock and no Date.
 *
 * @see RFC 5280 §4.1.2.5
 * @module
 */
import { type Der, TAG } from './der.ts';

/** UTCTime (1950 to 2049) or GeneralizedTime, both to the second and in Z; nothing when it is no time. */
export function timeOf(value: Der | undefined): number | undefined {
  if (value?.tag !== TAG.utcTime && value?.tag !== TAG.generalizedTime) return undefined;
  const short = value.tag === TAG.utcTime;
  const text = String.fromCharCode(...value.content.subarray(0, 16));
  if (value.content.length !== (short ? 13 : 15) || !/^\d+Z$/.test(text)) return undefined;
  const years = short ? Number(text.slice(0, 2)) : Number(text.slice(0, 4));
  const year = short ? years + (years < 50 ? 2000 : 1900) : years;
  const rest = text.slice(short ? 2 : 4);
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = [0, 2, 4, 6, 8].map((at) => Number(rest.slice(at, at + 2)));
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month) || hour > 23 || minute > 59 || second > 59) return undefined;
  return (((daysBefore(year, month) + day - 1) * 24 + hour) * 60 + minute) * 60_000 + second * 1000;
}

const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const leap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

function daysOf(year: number, month: number): number {
  return (MONTHS[month - 1] as number) + (month === 2 && leap(year) ? 1 : 0);
}

/** Days from 1970-01-01 to the first of a month. */
function daysBefore(year: number, month: number): number {
  const past = year - 1;
  const toYear = past * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400) - DAYS_TO_1970;
  let days = toYear;
  for (let before = 1; before < month; before++) days += daysOf(year, before);
  return days;
}

/** From 0001-01-01. */
const DAYS_TO_1970 = 719_162;
