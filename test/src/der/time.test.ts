import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, utf8 } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { generalizedTime, utcTime } from '../../../src/der/time.ts';
import { arbitrary } from '../../arbitrary.ts';
import { vectors } from '../../codec-vectors.ts';

const FIXED = { seed: 1, numRuns: 2000 };
const s = suite('der/time');

function generalized(text: string): Uint8Array {
  return concat(Uint8Array.of(0x18, text.length), utf8(text));
}

function utc(text: string): Uint8Array {
  return concat(Uint8Array.of(0x17, text.length), utf8(text));
}

/** `YYYYMMDDHHMMSSZ` by the platform's calendar. */
function digitsOf(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace(/\.000Z$/, 'Z')
    .replace(/[-:T]/g, '');
}

s('GeneralizedTime', () => {
  vectors(generalizedTime, {
    correct: [
      [0, generalized('19700101000000Z')],
      [Date.UTC(1994, 5, 10, 6, 3, 17), generalized('19940610060317Z')],
      [Date.UTC(2024, 1, 29, 23, 59, 59), generalized('20240229235959Z')],
      [Date.UTC(2000, 1, 29), generalized('20000229000000Z')],
      // What Windows writes for "never": RFC 4120 knows no other limit.
      [Date.UTC(2037, 8, 13, 2, 48, 5), generalized('20370913024805Z')],
      [Date.UTC(9999, 8, 13, 2, 48, 5), generalized('99990913024805Z')],
      [Date.parse('0000-01-01T00:00:00Z'), generalized('00000101000000Z')],
    ],
    wrong: [
      ['GeneralizedTime has 17 octets, not 15', generalized('19940610060317.0Z')],
      ['GeneralizedTime has 13 octets, not 15', generalized('199406100603Z')],
      ['GeneralizedTime does not end in Z', generalized('19940610060317+')],
      ['GeneralizedTime is no point in time', generalized('1994061006031aZ')],
      ['GeneralizedTime is no point in time', generalized('a9940610060317Z')],
      ['GeneralizedTime is no point in time', generalized('19941310060317Z')],
      ['GeneralizedTime is no point in time', generalized('19940010060317Z')],
      ['GeneralizedTime is no point in time', generalized('19940631060317Z')],
      ['GeneralizedTime is no point in time', generalized('19940600060317Z')],
      ['GeneralizedTime is no point in time', generalized('19940229060317Z')],
      ['GeneralizedTime is no point in time', generalized('21000229060317Z')],
      ['GeneralizedTime is no point in time', generalized('19940610240000Z')],
      ['GeneralizedTime is no point in time', generalized('19940610066017Z')],
      ['GeneralizedTime is no point in time', generalized('19940610060360Z')],
      ['expected GeneralizedTime, got UTCTime', utc('940610060317Z')],
    ],
  });
});

s('UTCTime lies between 1950 and 2049', () => {
  vectors(utcTime, {
    correct: [
      [Date.UTC(1950, 0, 1), utc('500101000000Z')],
      [Date.UTC(1999, 11, 31, 23, 59, 59), utc('991231235959Z')],
      [Date.UTC(2000, 1, 29), utc('000229000000Z')],
      [Date.UTC(2049, 11, 31, 23, 59, 59), utc('491231235959Z')],
    ],
    wrong: [
      ['UTCTime has 11 octets, not 13', utc('9406100603Z')],
      ['UTCTime does not end in Z', utc('9406100603170')],
      ['UTCTime is no point in time', utc('9a0610060317Z')],
      ['UTCTime is no point in time', utc('010229060317Z')],
    ],
  });
  assert.throws(() => encode(utcTime, Date.UTC(2050, 0, 1)), /UTCTime in the year 2050/);
  assert.throws(() => encode(utcTime, Date.UTC(1949, 11, 31)), /UTCTime in the year 1949/);
});

s('refuses to write what has no such form', () => {
  assert.throws(() => encode(generalizedTime, 500), /500 ms are not whole seconds/);
  assert.throws(() => encode(generalizedTime, Number.NaN), /not whole seconds/);
  assert.throws(() => encode(generalizedTime, Date.UTC(10000, 0, 1)), /in the year 10000/);
  assert.throws(() => encode(generalizedTime, Date.parse('-000001-12-31T23:59:59Z')), /year -1/);
});

s('agrees with the platform on the calendar', () => {
  fc.assert(
    fc.property(arbitrary(generalizedTime), (ms) => {
      const bytes = generalized(digitsOf(ms));
      assert.is(decode(generalizedTime, bytes), ms);
      assert.equal(encode(generalizedTime, ms), bytes);
    }),
    FIXED,
  );
  for (let ms = Date.UTC(1999, 0, 1, 12); ms < Date.UTC(2005, 0, 1); ms += 86_400_000) {
    assert.is(decode(generalizedTime, generalized(digitsOf(ms))), ms);
    assert.equal(encode(generalizedTime, ms), generalized(digitsOf(ms)));
  }
});

s.run();
