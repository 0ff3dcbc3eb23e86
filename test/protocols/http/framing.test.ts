import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { httpFraming, httpFramingWith, statusOfRefusal } from '../../../protocols/http/framing.ts';
import { readRequest, readResponse } from '../../../protocols/http/messages.ts';
import { concat, fromUtf8, utf8 } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { messageStream } from '../../../src/machine/stream.ts';

const s = suite('http/framing');

const GET = utf8('GET /ca.crl HTTP/1.1\r\nHost: pki\r\n\r\n');
const POST = utf8('POST / HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 5\r\n\r\nhello');
const CHUNKED = utf8(
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n00a;x=y\r\n, big worl\r\n1\r\nd\r\n0\r\nX: y\r\n\r\n',
);
const EMPTY = utf8('HTTP/1.1 204 No Content\r\n\r\n');

function refusal(text: string, framing = httpFraming): string {
  const next = framing.next(utf8(text));
  return next.kind === 'refused' ? next.reason : next.kind;
}

s('messages are whole when their content is, however they came', () => {
  const stream = concat(GET, POST, CHUNKED, EMPTY, GET);
  for (let size = 1; size <= stream.length; size += size < 8 ? 1 : 17) {
    const incoming = messageStream(httpFraming);
    const messages: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += size) {
      incoming.push(stream.slice(at, at + size));
      for (let cut = incoming.next(); cut.kind === 'message'; cut = incoming.next()) {
        messages.push(cut.message);
      }
    }
    assert.equal(messages, [GET, POST, CHUNKED, EMPTY, GET], `in pieces of ${size}`);
    assert.is(incoming.waiting, 0);
  }
  assert.is(httpFraming.wrap(GET), GET);
});

s('chunks are joined, extensions and trailers passed over', () => {
  const read = readResponse(CHUNKED);
  assert.is(read.ok && fromUtf8(read.value.body), 'hello, big world');
});

s('what some read one way and some another is refused', () => {
  const bad: readonly (readonly [string, RegExp | string])[] = [
    ['GET / HTTP/1.1\nHost: a\r\n\r\n', 'by itself in the head'],
    ['GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n', 'by itself in the head'],
    ['GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n', 'folded'],
    ['GET / HTTP/1.1\r\nHost : a\r\n\r\n', 'no token'],
    ['GET / HTTP/1.1\r\nHost\r\n\r\n', 'no field'],
    ['GET / HTTP/1.1\r\nX: \x01\r\n\r\n', 'control character'],
    ['GET  / HTTP/1.1\r\n\r\n', 'no request line'],
    ['GET / HTTP/1\r\n\r\n', 'no version'],
    ['HTTP/1.1 999 no\r\n\r\n', 'no status line'],
    ['POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', 'Content-Length: 5, 6'],
    ['POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n', 'Content-Length: +5'],
    [
      'POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
      'both Transfer-Encoding and Content-Length',
    ],
    ['POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', 'HTTP/1.0'],
    ['HTTP/1.1 200 OK\r\n\r\n', 'without a length'],
    ['POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n', 'no chunk size'],
    ['POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\n', 'LF by itself'],
    ['POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc', 'longer than its size'],
  ];
  for (const [text, reason] of bad) {
    assert.match(refusal(text), reason);
    assert.is(statusOfRefusal(refusal(text)), 400, text);
  }
  assert.match(refusal('\x16\x03\x01'), 'TLS');
  assert.match(refusal('\x000'), 'no HTTP message begins with 00');
});

s('the same length said twice is one length', () => {
  assert.is(
    refusal('POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx'),
    'message',
  );
});

s('too much is refused before it has come, with the status for it', () => {
  const small = httpFramingWith(10);
  const long = refusal('POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n', small);
  assert.is(long, 'the content is longer than 10 octets (413)');
  const chunked = 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n';
  assert.is(statusOfRefusal(refusal(`${chunked}8\r\n12345678\r\n3\r\n`, small)), 413);
  assert.is(statusOfRefusal(refusal(`${chunked}ffffffff\r\n`)), 413);
  assert.match(refusal(`${chunked}${'1\r\nx\r\n'.repeat(4_097)}`), 'more than 4096 chunks (413)');
  assert.is(statusOfRefusal(refusal(`${chunked}1;${'x'.repeat(300)}`)), 400);
  assert.is(statusOfRefusal(refusal(`GET / HTTP/1.1\r\nX: ${'y'.repeat(16_384)}`)), 431);
  assert.is(statusOfRefusal(refusal(`GET / HTTP/1.1\r\nX: ${'y'.repeat(16_384)}\r\n\r\n`)), 431);
  assert.is(statusOfRefusal(refusal(`GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(101)}\r\n`)), 431);
  assert.match(refusal(`${chunked}0\r\n${'X: y\r\n'.repeat(3_000)}`), 'trailer section');
  assert.is(statusOfRefusal(refusal('GET / HTTP/2.0\r\n\r\n')), 505);
  assert.is(statusOfRefusal(refusal('POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n')), 501);
  assert.is(statusOfRefusal('something else'), 400);
});

s(
  'hostile octets are refused or come out clean: each message is one, and reads the same again',
  () => {
    const random = seededRandom('http/framing', 'fuzz');
    const seeds = [GET, POST, CHUNKED, EMPTY];
    let messages = 0;
    let refusals = 0;
    for (let round = 0; round < 4_000; round++) {
      const bytes = concat(seeds[round % seeds.length] as Uint8Array);
      const [count = 0, ...noise] = random(1 + 3 * 4);
      for (let i = 0; i <= count % 4; i++) {
        const at = ((noise[3 * i] as number) * 256 + (noise[3 * i + 1] as number)) % bytes.length;
        // Half of the changes are to characters that mean something here.
        const value = noise[3 * i + 2] as number;
        bytes[at] = value < 128 ? value : ('\r\n :;0f,'.charCodeAt(value % 8) as number);
      }
      const next = httpFraming.next(bytes);
      if (next.kind === 'refused') refusals += 1;
      if (next.kind !== 'message') continue;
      messages += 1;
      assert.ok(next.consumed > 0 && next.consumed <= bytes.length);
      assert.equal(httpFraming.next(next.message), { ...next, message: next.message });
      const request = readRequest(next.message);
      const response = readResponse(next.message);
      assert.not(request.ok && response.ok);
    }
    assert.ok(messages > 400 && refusals > 400, `${messages} messages, ${refusals} refusals`);
  },
);

s.run();
