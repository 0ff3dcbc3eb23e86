import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { httpFraming } from '../../../protocols/http/framing.ts';
import {
  encodeRequest,
  fieldOf,
  readResponse,
  request,
  response,
} from '../../../protocols/http/messages.ts';
import { asked, errorResponse, malformedRequest, respond } from '../../../protocols/http/server.ts';
import { fromUtf8, utf8 } from '../../../src/bytes/bytes.ts';

const s = suite('http/server');

const ROUTES = [{ method: 'GET', path: '/hello/{who}', answer: (who: string) => `hello, ${who}` }];

s('a request reaches its service, and the response ends the connection', () => {
  const got = asked(encodeRequest(request('GET', 'a', '/hello/alice')), ROUTES);
  assert.ok(got.ok);
  if (!got.ok) return;
  const body = utf8(got.route.answer(got.parameters.who as string));
  const [send, close] = respond('c1', response(200, {}, body), 'greeting');
  assert.equal(close, { kind: 'close', connection: 'c1' });
  if (send?.kind !== 'send') throw new Error('nothing is sent');
  assert.is(send.message, 'greeting');
  const read = readResponse(send.bytes);
  assert.is(read.ok && fromUtf8(read.value.body), 'hello, alice');
  assert.is(read.ok && fieldOf(read.value, 'connection'), 'close');
});

s('what has no service is answered with the status that says why', () => {
  const refused = asked(encodeRequest(request('POST', 'a', '/hello/alice')), ROUTES);
  if (refused.ok) throw new Error('it was taken');
  const answer = errorResponse(refused);
  assert.is(answer.status, 405);
  assert.is(fieldOf(answer, 'allow'), 'GET');
  assert.is(fromUtf8(answer.body), '405 Method Not Allowed: /hello/alice knows GET only\r\n');
  for (const [bytes, status] of [
    [encodeRequest(request('GET', 'a', '/')), 404],
    [utf8('GET / HTTP/1.1\r\n\r\n'), 400],
    [utf8('nonsense\r\n\r\n'), 400],
  ] as const) {
    const got = asked(bytes, ROUTES);
    assert.is(!got.ok && got.status, status);
  }
});

s('what the framing refused is answered too', () => {
  const cut = httpFraming.next(utf8('POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n'));
  if (cut.kind !== 'refused') throw new Error(cut.kind);
  const answer = errorResponse(malformedRequest(cut.reason));
  assert.is(answer.status, 413);
  assert.match(fromUtf8(answer.body), 'longer than 1048576 octets');
});

s.run();
