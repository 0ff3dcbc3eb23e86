import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dissector } from '../../../protocols/dissect/dissector.ts';
import { TICKET_OPTIONS, ticketsFor } from '../../../protocols/entra/kerberos-tickets.ts';
import { keyRegistrationRequest } from '../../../protocols/entra/key-registration-messages.ts';
import { prtResponseBody } from '../../../protocols/entra/prt-messages.ts';
import { accessTokenInput, tokenForm } from '../../../protocols/entra/token.ts';
import {
  encodeRequest,
  encodeResponse,
  request,
  response,
} from '../../../protocols/http/messages.ts';
import { key } from '../../../protocols/kerberos/etypes.ts';
import { compactJws } from '../../../protocols/oauth/jws.ts';
import { FORM, formBody, JSON_TYPE } from '../../../protocols/oauth/oauth.ts';
import { concat, fromUtf8, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { laptop, NOW } from '../enrollment/people.ts';

const s = suite('dissect/http');

const TOKEN = compactJws(
  accessTokenInput(
    { resource: 'urn:x', clientId: 'c', upn: 'alice@corp.example', amr: ['ngcmfa'] },
    'tenant',
    NOW,
  ),
  utf8('signature'),
);
const KEY = encodeRequest(keyRegistrationRequest('host', TOKEN, utf8('key'), 'id-1'));
const jsonResponse = (text: string): Uint8Array =>
  encodeResponse(response(400, { 'Content-Type': 'application/json' }, utf8(text)));

/** What stands at a path of a value. */
function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((found, part) => (found as Record<string, unknown> | undefined)?.[part], value);
}

s('requests are called by what they are for', () => {
  assert.is(dissector.name(KEY), 'key-registration-request');
  const token = request('POST', 'h', '/common/oauth2/token');
  assert.is(dissector.name(encodeRequest(token)), 'token-request');
  assert.is(dissector.name(encodeRequest(request('GET', 'h', '/ca.crl'))), 'HTTP request');
  assert.is(dissector.name(encodeResponse(response(404))), 'HTTP response');
  assert.is(dissector.name(utf8('NONSENSE\r\n\r\n')), undefined);
});

s('`with:` finds fields, JSON and what signed tokens say', () => {
  const value = dissector.value(KEY, { message: 'key-registration-request' });
  assert.is(at(value, 'method'), 'POST');
  assert.is(at(value, 'path'), '/EnrollmentServer/key/');
  assert.is(at(value, 'query.api-version'), '1.0');
  assert.is(at(value, 'headers.client-request-id'), 'id-1');
  assert.is(at(value, 'bearer.header.alg'), 'RS256');
  assert.equal(at(value, 'bearer.payload.amr'), ['ngcmfa']);
  assert.is(at(value, 'body.kngc'), 'a2V5');
  const refused = dissector.value(
    jsonResponse('{"code":"mfa_required","innererror":{"trace":"t"}}'),
  );
  assert.is(at(refused, 'status'), 400);
  assert.is(at(refused, 'reason'), 'Bad Request');
  assert.is(at(refused, 'body.innererror.trace'), 't');
  const form = tokenForm({
    clientId: 'c',
    resource: 'urn:x',
    username: 'alice',
    password: 'p',
    freshMfa: true,
    deviceAssertion: TOKEN,
  });
  const asked = request(
    'POST',
    'h',
    '/common/oauth2/token',
    { 'Content-Type': FORM },
    formBody(form),
  );
  const token = dissector.value(encodeRequest(asked));
  assert.is(at(token, 'body.amr_values'), 'ngcmfa');
  assert.is(at(token, 'body.client_assertion.payload.upn'), 'alice@corp.example');
});

s('content that is ASN.1 is taken apart, other content is text or hexadecimal', () => {
  const type = { 'Content-Type': 'application/pkix-cert' };
  const certificate = encodeResponse(response(200, type, laptop.der));
  assert.match(String(at(dissector.value(certificate), 'body.subject')), 'CN=');
  const rows = dissector.fields(certificate);
  const subject = rows.find(({ path }) => path.endsWith('.subject'));
  assert.ok(subject !== undefined && subject.end <= certificate.length);
  const plain = encodeResponse(response(200, { 'Content-Type': 'text/plain' }, utf8('hello')));
  assert.is(at(dissector.value(plain), 'body'), 'hello');
  assert.is(at(dissector.value(encodeResponse(response(200, {}, utf8('abc')))), 'body'), '616263');
});

s('rows stand where the octets are', () => {
  const text = '{ "a" : [1, {"b\\"": "é"}, true ] ,"c":null}';
  const bytes = jsonResponse(text);
  const rows = dissector.fields(bytes);
  const shown = (path: string): string => {
    const row = rows.find((one) => one.path === `HTTP response.${path}`);
    return row === undefined ? 'none' : fromUtf8(bytes.subarray(row.start, row.end));
  };
  assert.is(shown('status-line'), 'HTTP/1.1 400 Bad Request');
  assert.is(shown('headers.content-type'), 'Content-Type: application/json');
  assert.is(shown('body'), text);
  assert.is(shown('body.a'), '[1, {"b\\"": "é"}, true ]');
  assert.is(shown('body.a[0]'), '1');
  assert.is(shown('body.a[1].b"'), '"é"');
  assert.is(shown('body.a[2]'), 'true');
  assert.is(shown('body.c'), 'null');
  const deep = jsonResponse(`{"a":${'['.repeat(100)}"]"${']'.repeat(100)}}`);
  const last = dissector.fields(deep).at(-1);
  assert.match(String(last?.value), /^\[{69}"\]"\]{69}$/);
});

s('damaged messages never throw', () => {
  const random = seededRandom('dissect/http', 'fuzz');
  const seeds = [KEY, jsonResponse('{"a":[1,{"b":"c"}],"d":"e"}')];
  for (let round = 0; round < 2_000; round++) {
    const bytes = concat(seeds[round % 2] as Uint8Array);
    const [high = 0, low = 0, value = 0] = random(3);
    bytes[(high * 256 + low) % bytes.length] = value;
    dissector.name(bytes);
    dissector.value(bytes);
    for (const { start, end } of dissector.fields(bytes)) {
      assert.ok(start <= end && end <= bytes.length);
    }
  }
});

s('tickets in Entra’s answers are looked into, with the keys that the tenant noted', () => {
  const domain = {
    id: 7,
    domainDnsName: 'corp.example',
    netBiosName: 'CORP',
    domainSid: 'S-1-5-21-1-2-3',
    secondaryKrbTgtNumber: 7,
    keyVersion: 2,
    key: new Uint8Array(32).fill(9),
    keyUpdatedOn: NOW,
  };
  const user = {
    userPrincipalName: 'alice@corp.example',
    onPremisesSecurityIdentifier: 'S-1-5-21-1-2-3-1103',
    onPremisesSamAccountName: 'alice',
    accountEnabled: true,
    mfa: 'satisfied',
  } as const;
  const tenant = { users: [user], devices: [], keys: [], kerberosDomains: [domain] };
  const chance = { now: NOW, random: seededRandom(1, 'dissect tickets') };
  const cloudKey = key(18, new Uint8Array(32).fill(5));
  const sessionKey = new Uint8Array(32).fill(3);
  const tickets = ticketsFor(tenant, user, sessionKey, cloudKey, TICKET_OPTIONS, chance);
  const body = prtResponseBody({ refreshToken: 'r', expiresIn: 1, idToken: 'i', ...tickets });
  const bytes = encodeResponse(response(200, { 'Content-Type': JSON_TYPE }, body));
  const keyring = dissector.keyring();
  keyring.add([
    ...tickets.keys,
    {
      principal: 'krbtgt/CORP.EXAMPLE@CORP.EXAMPLE',
      kvno: (7 << 16) | 2,
      etype: 18,
      key: toHex(domain.key),
    },
  ]);
  const value = dissector.value(bytes, {}, keyring);
  const reply = at(value, 'body.tgt_ad.messageBuffer') as Record<string, unknown>;
  assert.is(at(reply, 'cname'), 'alice');
  assert.equal(at(reply, 'pac.buffers'), [
    'LOGON_INFO',
    'SERVER_CHECKSUM',
    'KDC_CHECKSUM',
    'CLIENT_INFO',
    'ATTRIBUTES_INFO',
    'REQUESTOR_SID',
  ]);
  assert.ok(at(value, 'body.tgt_cloud.messageBuffer.encPart'));
});

s.run();
