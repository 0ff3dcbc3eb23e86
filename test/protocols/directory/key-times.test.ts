import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DateTimeKind, keyTime, readKeyTime } from '../../../protocols/directory/key-times.ts';
import { fromHex, toHex } from '../../../src/bytes/bytes.ts';

const s = suite('directory/key-times');

/** As public blobs have them: reference E.5. */
s('a FILETIME of Active Directory', () => {
  const time = readKeyTime(fromHex('417BD66E6603D401'), 'fileTime');
  assert.is(new Date(time ?? 0).toISOString(), '2018-06-13T22:32:38.168Z');
});

s('DateTime.ToBinary of Entra ID, and its never', () => {
  const time = readKeyTime(fromHex('7A9DBAB3B32AD548'), 'binary');
  assert.is(new Date(time ?? 0).getUTCFullYear(), 2017);
  assert.is(readKeyTime(fromHex('0040230E43000040'), 'binary'), undefined);
});

s('the time of a place is kept as the same ticks with another flag', () => {
  const time = Date.UTC(2024, 0, 1);
  for (const kind of Object.values(DateTimeKind)) {
    const octets = keyTime(time, 'binary', kind);
    assert.is(BigInt((octets[7] as number) >> 6), kind);
    assert.is(readKeyTime(octets, 'binary'), time);
  }
});

s('before the beginning of the calendar: a place east of Greenwich', () => {
  // -1 hour of ticks, as ToBinary wraps it into 62 bits.
  assert.is(readKeyTime(fromHex('0018cc9df7ffffbf'), 'binary'), undefined);
});

s('never', () => {
  assert.is(toHex(keyTime(undefined, 'fileTime')), '0000000000000000');
  assert.is(toHex(keyTime(undefined, 'binary')), '0000000000000040');
  for (const encoding of ['fileTime', 'binary', 'ticks'] as const) {
    assert.is(readKeyTime(keyTime(undefined, encoding), encoding), undefined);
  }
});

s('what is written is read again', () => {
  const encodings = fc.constantFrom('fileTime', 'binary', 'ticks');
  fc.assert(
    fc.property(fc.nat(4e12), encodings, (time, encoding) => {
      assert.is(readKeyTime(keyTime(time, encoding), encoding), time);
    }),
    { seed: 1, numRuns: 200 },
  );
});

s('any octets are a time or none', () => {
  const octets = fc.uint8Array({ maxLength: 9 });
  fc.assert(
    fc.property(octets, fc.constantFrom('fileTime', 'binary', 'ticks'), (bytes, encoding) => {
      const time = readKeyTime(bytes, encoding);
      if (time !== undefined) assert.not(Number.isNaN(new Date(time).getTime()));
    }),
    { seed: 1, numRuns: 500 },
  );
});

s.run();
