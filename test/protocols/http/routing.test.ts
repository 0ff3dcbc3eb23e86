import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { request } from '../../../protocols/http/messages.ts';
import { type Route, readTarget, routed } from '../../../protocols/http/routing.ts';

const s = suite('http/routing');

interface Named extends Route {
  readonly name: string;
}

const ROUTES: readonly Named[] = [
  { name: 'register', method: 'POST', path: '/EnrollmentServer/key/' },
  { name: 'delete', method: 'DELETE', path: '/EnrollmentServer/key/{kid}' },
  { name: 'token', method: 'POST', path: '/{tenant}/oauth2/token' },
  { name: 'crl', method: 'GET', path: '/crl/*' },
];

const ask = (method: string, target: string) => routed(ROUTES, request(method, 'a', target));
const named = (method: string, target: string) => {
  const found = ask(method, target);
  return found.ok ? found.route.name : found.status;
};

s('a service is found by method and path', () => {
  assert.is(named('POST', '/enrollmentserver/KEY?api-version=1.0'), 'register');
  assert.is(named('DELETE', '/EnrollmentServer/key/4'), 'delete');
  assert.is(named('POST', 'https://login/common/oauth2/token'), 'token');
  assert.is(named('GET', '/'), 404);
  assert.is(named('GET', '/EnrollmentServer/key/4/5'), 404);
});

s('parameters and query are decoded', () => {
  const found = ask('DELETE', '/EnrollmentServer/key/a%2Fb?x=1&y=%20z');
  assert.ok(found.ok);
  if (!found.ok) return;
  assert.equal({ ...found.parameters }, { kid: 'a/b' });
  assert.equal({ ...found.query }, { x: '1', y: ' z' });
  const crl = ask('GET', '/crl/Corp%20CA/1.crl');
  assert.is(crl.ok && crl.parameters['*'], 'Corp CA/1.crl');
});

s('a path with another method says which it knows', () => {
  const found = ask('GET', '/EnrollmentServer/key/');
  assert.equal(found, {
    ok: false,
    status: 405,
    reason: '/EnrollmentServer/key/ knows POST only',
    allow: ['POST'],
  });
});

s('malformed targets are none', () => {
  for (const target of ['*', 'a', '/%zz', '/%c0%80', '/?a=1&a=2', '/#x']) {
    assert.is(readTarget(target), undefined, target);
    assert.is(named('GET', target), 400, target);
  }
  assert.is(readTarget('/a?__proto__=1')?.query.toString, undefined);
});

s.run();
