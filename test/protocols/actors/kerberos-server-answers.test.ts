import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  readDomainAnswer,
  readTokenAnswer,
} from '../../../protocols/actors/kerberos-server-answers.ts';
import { response } from '../../../protocols/http/messages.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';

const s = suite('actors/kerberos-server-answers');

const http = (status: number, body: string | object = '') => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'http', response: response(status, {}, utf8(text)) } as const;
};

const DOMAIN = {
  id: 5,
  domainDnsName: 'corp.example',
  netBiosName: 'CORP',
  domainSid: 'S-1-5-21-1-2-3',
  secondaryKrbTgtNumber: 5,
  keyVersion: 2,
  keyUpdatedOn: '2026-03-02T08:00:00.000Z',
};

s('tokens, refusals with Entra’s number, and what is neither', () => {
  assert.equal(readTokenAnswer(http(200, { access_token: 't' })), { ok: true, token: 't' });
  const refused = readTokenAnswer(
    http(400, {
      error: 'invalid_grant',
      error_description: 'AADSTS50126: x',
      error_codes: [50126],
    }),
  );
  assert.ok(!refused.ok && refused.result === 'AADSTS50126');
  const plain = readTokenAnswer(http(400, { error: 'invalid_request' }));
  assert.ok(!plain.ok && plain.result === 'invalid_request');
  for (const answer of [http(200, {}), http(200, '<html>'), http(500), http(204)]) {
    const read = readTokenAnswer(answer);
    assert.ok(!read.ok && read.result === 'malformed');
  }
  const lost = readTokenAnswer({ kind: 'failed', reason: 'no line of sight' });
  assert.equal(lost, { ok: false, result: 'unreachable', reason: 'no line of sight' });
  const other = readTokenAnswer({ kind: 'ldap', results: [] });
  assert.ok(!other.ok && other.result === 'malformed');
});

s('domains, and that there is none', () => {
  const shown = readDomainAnswer('GET', http(200, DOMAIN));
  assert.ok(shown.ok && shown.domain?.keyVersion === 2);
  assert.equal(readDomainAnswer('GET', http(404, {})), { ok: true });
  assert.equal(readDomainAnswer('DELETE', http(404, {})), { ok: true });
  assert.equal(readDomainAnswer('DELETE', http(204)), { ok: true });
  const put = readDomainAnswer('PUT', http(404, { error: { code: 'Request_NotFound' } }));
  assert.ok(!put.ok && put.result === 'Request_NotFound');
  const denied = readDomainAnswer('PUT', http(403, { error: { code: 'Denied', message: 'm' } }));
  assert.equal(denied, { ok: false, result: 'Denied', reason: 'the tenant: m' });
  for (const answer of [http(200, { ...DOMAIN, keyVersion: 0 }), http(200), http(500, 'x')]) {
    const read = readDomainAnswer('PUT', answer);
    assert.ok(!read.ok && read.result === 'malformed');
  }
});

s('whatever a tenant says, it is one or the other', () => {
  const anything = fc.oneof(fc.json(), fc.string());
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), anything, (status, body) => {
      const token = readTokenAnswer(http(status, body));
      assert.ok(token.ok || token.reason.length > 0);
      const domain = readDomainAnswer('PUT', http(status, body));
      assert.ok(!domain.ok && domain.result.length > 0);
    }),
  );
});

s.run();
