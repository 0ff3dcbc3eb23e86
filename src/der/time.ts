/**
 * ASN.1's times in their one DER form (X.690 §11.7, §11.8): to the second, in UTC, with a `Z` and no
 * fraction. Values are milliseconds since 1970-01-01T00:00:00Z, whole seconds.
 */
import type { Codec, Reader } from './codec.ts';
import type { Writer } from './writer.ts';

const SECOND = 1000;
const DAY_SECONDS = 86_400;
const ZERO = 0x30;
const ZULU = 0x5a;

/** Days from 1970-01-01 to a date of the Gregorian calendar; the year begins in March here. */
function daysOf(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leaps + dayOfYear - 719_468;
}

interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The inverse of {@link daysOf}. */
function dayOf(days: number): CalendarDay {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** Two decimal digits at `at`; anything else gives a number of 100 or more. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - ZERO;
  const ones = (bytes[at + 1] as number) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : 1000;
}

/** The last day asked for: messages of one minute share their day. */
let lastDay: CalendarDay = { year: 1970, month: 1, day: 1 };
let lastDays = 0;

function dateOf(days: number): CalendarDay {
  if (days !== lastDays) {
    lastDay = dayOf(days);
    lastDays = days;
  }
  return lastDay;
}

function daysUntil(year: number, month: number, day: number): number {
  if (year !== lastDay.year || month !== lastDay.month || day !== lastDay.day) {
    lastDays = daysOf(year, month, day);
    lastDay = { year, month, day };
  }
  return lastDays;
}

/** Month to second and the `Z` at `at`. */
function readRest(reader: Reader, at: number, year: number, type: string): number {
  const { bytes } = reader;
  const month = pair(bytes, at);
  const day = pair(bytes, at + 2);
  const hour = pair(bytes, at + 4);
  const minute = pair(bytes, at + 6);
  const second = pair(bytes, at + 8);
  if (bytes[at + 10] !== ZULU) reader.fail(`${type} does not end in Z`, at + 10);
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysInMonth(year, month) ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  ) {
    reader.fail(`${type} is no point in time`);
  }
  const seconds = 3600 * hour + 60 * minute + second;
  return (daysUntil(year, month, day) * DAY_SECONDS + seconds) * SECOND;
}

function writePair(bytes: Uint8Array, at: number, value: number): void {
  const tens = (value / 10) | 0;
  bytes[at] = ZERO + tens;
  bytes[at + 1] = ZERO + value - 10 * tens;
}

/** All but the century, with the `Z`: thirteen octets in front. Returns the year. */
function writeRest(writer: Writer, value: number, type: string): number {
  const second = Math.floor(value / SECOND);
  if (second * SECOND !== value) throw new RangeError(`${type}: ${value} ms are not whole seconds`);
  writer.room(15);
  const { bytes } = writer;
  const at = writer.pos - 13;
  const days = Math.floor(second / DAY_SECONDS);
  const rest = (second - days * DAY_SECONDS) | 0;
  const { year, month, day } = dateOf(days);
  const minutes = (rest / 60) | 0;
  const hour = (minutes / 60) | 0;
  writePair(bytes, at, ((year % 100) + 100) % 100);
  writePair(bytes, at + 2, month);
  writePair(bytes, at + 4, day);
  writePair(bytes, at + 6, hour);
  writePair(bytes, at + 8, minutes - 60 * hour);
  writePair(bytes, at + 10, rest - 60 * minutes);
  bytes[at + 12] = ZULU;
  writer.pos = at;
  return year;
}

/** The last second of the year 9999. */
const LAST_TIME = 253_402_300_799_000;
const FIRST_TIME = -62_167_219_200_000;

/** `YYYYMMDDHHMMSSZ`: GeneralizedTime of DER, and KerberosTime (RFC 4120 §5.2.3). */
export const generalizedTime: Codec<number> = {
  type: 'GeneralizedTime',
  tag: 0x18,
  shape: { kind: 'time', min: FIRST_TIME, max: LAST_TIME },
  write(writer, value) {
    const year = writeRest(writer, value, 'GeneralizedTime');
    if (year < 0 || year > 9999) throw new RangeError(`GeneralizedTime in the year ${year}`);
    writer.pos -= 2;
    writePair(writer.bytes, writer.pos, Math.floor(year / 100));
  },
  read(reader, end) {
    const { bytes, pos } = reader;
    if (end - pos !== 15) reader.fail(`GeneralizedTime has ${end - pos} octets, not 15`);
    const century = pair(bytes, pos);
    const yearOfCentury = pair(bytes, pos + 2);
    if (century > 99 || yearOfCentury > 99) reader.fail('GeneralizedTime is no point in time');
    const value = readRest(reader, pos + 4, 100 * century + yearOfCentury, 'GeneralizedTime');
    reader.pos = end;
    return value;
  },
};

/** 1950-01-01T00:00:00Z and 2049-12-31T23:59:59Z: what two digits of a year can say (RFC 5280 §4.1.2.5.1). */
const FIRST_UTC_TIME = -631_152_000_000;
const LAST_UTC_TIME = 2_524_607_999_000;

/** `YYMMDDHHMMSSZ`, 1950 to 2049. */
export const utcTime: Codec<number> = {
  type: 'UTCTime',
  tag: 0x17,
  shape: { kind: 'time', min: FIRST_UTC_TIME, max: LAST_UTC_TIME },
  write(writer, value) {
    const year = writeRest(writer, value, 'UTCTime');
    if (year < 1950 || year > 2049) throw new RangeError(`UTCTime in the year ${year}`);
  },
  read(reader, end) {
    const { bytes, pos } = reader;
    if (end - pos !== 13) reader.fail(`UTCTime has ${end - pos} octets, not 13`);
    const yearOfCentury = pair(bytes, pos);
    if (yearOfCentury > 99) reader.fail('UTCTime is no point in time');
    const year = yearOfCentury < 50 ? 2000 + yearOfCentury : 1900 + yearOfCentury;
    const value = readRest(reader, pos + 2, year, 'UTCTime');
    reader.pos = end;
    return value;
  },
};
