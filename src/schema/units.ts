/** Values with units, as people write them in scenario files: `40ms`, `+10m`, `10%`, RFC 3339 times. */
import { nearest, quoted } from './nearest.ts';

/** A value, or what was wrong with the text, as a clause: `unknown unit "mss", nearest is "ms"`. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

export const DURATION = 'a duration such as 40ms, 3s, 30m, 10h or 7d';
export const SKEW = 'a signed duration such as +10m or -90s';
export const PERCENTAGE = 'a percentage such as 10%';
export const TIME = 'a UTC time such as 2026-03-02T08:00:00Z';

const DURATION_MAX = 366 * 86_400_000 * 100;

/** Milliseconds of `40ms 3s 30m 10h 7d`, whole or with a decimal point. */
export function readDuration(text: string): Read<number> {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)\s*([^\d\s.]*)$/.exec(text);
  if (match === null) return { ok: false, reason: 'expected a number and its unit' };
  const [, number = '', unit = ''] = match;
  if (unit === '')
    return { ok: false, reason: `the unit is missing (${[...UNITS.keys()].join(', ')})` };
  const factor = UNITS.get(unit);
  if (factor === undefined) {
    const near = nearest(unit, UNITS.keys());
    const known = `known units: ${[...UNITS.keys()].join(', ')}`;
    const hint = near === undefined ? known : `nearest is "${near}"`;
    return { ok: false, reason: `unknown unit ${quoted(unit)}, ${hint}` };
  }
  const ms = Number(number) * factor;
  if (ms > DURATION_MAX) return { ok: false, reason: 'longer than a hundred years' };
  const whole = Math.round(ms);
  if (Math.abs(whole - ms) > 1e-6) return { ok: false, reason: 'finer than a millisecond' };
  return { ok: true, value: whole };
}

/** Milliseconds of `+10m`, `-90s`; the sign is needed, because it is the point. */
export function readSkew(text: string): Read<number> {
  const sign = text[0];
  if (sign !== '+' && sign !== '-') return { ok: false, reason: 'the sign is missing (+ or -)' };
  const read = readDuration(text.slice(1));
  return read.ok && sign === '-' ? { ok: true, value: 0 - read.value } : read;
}

/** 0 to 1 of `0%` to `100%`. */
export function readPercentage(text: string): Read<number> {
  const match = /^(\d{1,3}(?:\.\d{1,6})?)\s*%$/.exec(text);
  if (match === null) return { ok: false, reason: 'expected a number and %' };
  const share = Number(match[1]) / 100;
  return share <= 1 ? { ok: true, value: share } : { ok: false, reason: 'more than 100%' };
}

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,3})\d*)?([Zz]|[+-]\d{2}:\d{2})$/;

/** Milliseconds since 1970-01-01T00:00:00Z of an RFC 3339 §5.6 date-time. */
export function readTime(text: string): Read<number> {
  const match = RFC_3339.exec(text);
  if (match === null) return { ok: false, reason: 'expected date, T, time of day and zone (Z)' };
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const midnight = Date.UTC(year as number, (month as number) - 1, day as number);
  const date = new Date(midnight);
  if (date.getUTCMonth() + 1 !== month || date.getUTCDate() !== day) {
    return { ok: false, reason: 'there is no such day' };
  }
  const value = Date.parse(text.toUpperCase());
  if (
    Number.isNaN(value) ||
    (hour as number) > 23 ||
    (minute as number) > 59 ||
    (second as number) > 59
  ) {
    return { ok: false, reason: 'there is no such time of day' };
  }
  return { ok: true, value };
}

/** The duration as people write it: the largest unit that leaves a whole number. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms === 0) return '0s';
  for (const [unit, factor] of [...UNITS].reverse()) {
    if (ms % factor === 0) return `${ms / factor}${unit}`;
  }
  return `${ms}ms`;
}
