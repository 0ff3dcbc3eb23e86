import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat } from '../../../src/bytes/bytes.ts';
import { messageStream } from '../../../src/machine/stream.ts';
import { toyFraming } from '../sim/toys.ts';

const s = suite('message stream');

const messages = fc.array(fc.uint8Array({ maxLength: 254 }), { maxLength: 8 });
const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 });

s('puts messages together whatever the cuts', () => {
  fc.assert(
    fc.property(messages, cuts, (sent, sizes) => {
      const octets = concat(...sent.map((message) => toyFraming.wrap(message)));
      const stream = messageStream(toyFraming);
      const heard: Uint8Array[] = [];
      for (let at = 0, i = 0; at < octets.length; i++) {
        const size = sizes[i % sizes.length] as number;
        stream.push(octets.slice(at, at + size));
        at += size;
        for (let cut = stream.next(); cut.kind === 'message'; cut = stream.next()) {
          heard.push(cut.message);
        }
      }
      // Compared at the end: what was given away must not have been written over since.
      assert.equal(
        heard.map((message) => [...message]),
        sent.map((message) => [...message]),
      );
      assert.is(stream.waiting, 0);
    }),
    { seed: 1, numRuns: 200 },
  );
});

s('says what it refuses, and how much waits', () => {
  const stream = messageStream(toyFraming);
  stream.push(new Uint8Array([3, 1, 2]));
  assert.equal(stream.next(), { kind: 'more' });
  assert.is(stream.waiting, 3);
  stream.push(new Uint8Array([3, 255]));
  const first = stream.next();
  assert.equal(first.kind === 'message' && [...first.message], [1, 2, 3]);
  assert.equal(stream.next(), { kind: 'refused', reason: 'length 255' });
});

s('without a framing gives what came', () => {
  const stream = messageStream();
  stream.push(new Uint8Array([1, 2]));
  stream.push(new Uint8Array([3]));
  const cut = stream.next();
  assert.equal(cut.kind === 'message' && [...cut.message], [1, 2, 3]);
  assert.equal(stream.next(), { kind: 'more' });
});

s('takes a megabyte in single octets in linear time', () => {
  const framing = {
    ...toyFraming,
    next: (buffer: Uint8Array) =>
      buffer.length < 1 << 20
        ? ({ kind: 'more' } as const)
        : ({ kind: 'message', message: buffer, consumed: buffer.length } as const),
  };
  const stream = messageStream(framing);
  const start = process.cpuUsage().user;
  for (let i = 0; i < 1 << 20; i++) {
    stream.push(new Uint8Array([i]));
    if (i % 1024 === 0) stream.next();
  }
  const cut = stream.next();
  assert.is(cut.kind === 'message' && cut.message.length, 1 << 20);
  assert.ok(process.cpuUsage().user - start < 5_000_000, 'not quadratic');
});

s.run();
