import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  encodeRequest,
  encodeResponse,
  fieldOf,
  readRequest,
  readResponse,
  reasonPhrase,
  request,
  response,
} from '../../../protocols/http/messages.ts';
import { fromUtf8, utf8 } from '../../../src/bytes/bytes.ts';

const s = suite('http/messages');

const reason = (read: { readonly ok: boolean; readonly reason?: string }): string | undefined =>
  read.ok ? undefined : read.reason;

s('a request is written with Host and the length of its content', () => {
  const json = { 'Content-Type': 'application/json' };
  const bytes = encodeRequest(request('POST', 'entra', '/a?b=c', json, utf8('{}')));
  assert.is(
    fromUtf8(bytes),
    'POST /a?b=c HTTP/1.1\r\nHost: entra\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  );
  const read = readRequest(bytes);
  if (!read.ok) throw new Error(read.reason);
  assert.is(read.value.method, 'POST');
  assert.is(read.value.target, '/a?b=c');
  assert.is(fieldOf(read.value, 'content-type'), 'application/json');
  assert.is(fieldOf(read.value, 'Authorization'), undefined);
  assert.equal(read.value.body, utf8('{}'));
  assert.is(fromUtf8(encodeRequest(request('GET', 'a', '/'))), 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
});

s('a response is written with its phrase and length, where it can have content', () => {
  assert.is(
    fromUtf8(encodeResponse(response(404, { A: 'b' }, utf8('x')))),
    'HTTP/1.1 404 Not Found\r\nA: b\r\nContent-Length: 1\r\n\r\nx',
  );
  assert.is(fromUtf8(encodeResponse(response(204))), 'HTTP/1.1 204 No Content\r\n\r\n');
  const read = readResponse(encodeResponse(response(200)));
  assert.equal(read.ok && read.value.body.length, 0);
  assert.is(reasonPhrase(299), '');
});

s('values of one field are one list', () => {
  const bytes = utf8('GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nx:\t2 \r\n\r\n');
  const read = readRequest(bytes);
  assert.is(read.ok && fieldOf(read.value, 'X'), '1, 2');
});

s('a request has one Host, and is whole and alone', () => {
  assert.match(reason(readRequest(utf8('GET / HTTP/1.1\r\n\r\n'))) ?? '', 'one Host field, not 0');
  const twice = utf8('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n');
  assert.match(reason(readRequest(twice)) ?? '', 'one Host field, not 2');
  assert.ok(readRequest(utf8('GET / HTTP/1.0\r\n\r\n')).ok);
  const whole = encodeRequest(request('POST', 'a', '/', {}, utf8('abc')));
  assert.match(reason(readRequest(whole.subarray(0, -1))) ?? '', 'not whole');
  assert.match(reason(readRequest(new Uint8Array([...whole, 0x47]))) ?? '', 'more than one');
  assert.match(reason(readResponse(whole)) ?? '', 'a request where a response has to be');
  assert.match(reason(readRequest(encodeResponse(response(200)))) ?? '', 'a response where');
});

s('nothing is written that would be read as something else', () => {
  assert.throws(() => encodeRequest(request('GET', 'a', '/ HTTP/1.1\r\nX: y')), RangeError);
  assert.throws(() => encodeRequest(request('GET', 'a\r\nX: y', '/')), RangeError);
  assert.throws(() => encodeResponse(response(200, { 'X Y': 'z' })), RangeError);
});

s.run();
