/**
 * Spoilt JSON, JWTs and forms at every endpoint of a tenant. What a signature covers is spoilt before it is
 * signed, so that what lies behind it is reached. Seeded; `KERBLAB_FUZZ=20` runs twenty times as many.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bcryptPublicBlob } from '../protocols/directory/key-material.ts';
import { joinRequest, REQUEST_SUBJECT } from '../protocols/entra/device-registration-messages.ts';
import { ENTRA_ROUTES } from '../protocols/entra/endpoint.ts';
import { GLOBAL_ADMINISTRATOR, kerberosDomainRequest } from '../protocols/entra/kerberos-domain.ts';
import { keyRegistrationRequest } from '../protocols/entra/key-registration-messages.ts';
import { securityKeyAssertion, securityKeyDraft } from '../protocols/entra/security-key.ts';
import { exportBody, USERS_PATH } from '../protocols/entra/synchronization.ts';
import type { Tenant } from '../protocols/entra/tenant.ts';
import {
  accessTokenInput,
  GRAPH_RESOURCE,
  PROVISIONING_CLIENT_ID,
  REGISTRATION_RESOURCE,
  SYNCHRONIZATION_ROLE,
} from '../protocols/entra/token.ts';
import { httpFraming } from '../protocols/http/framing.ts';
import { encodeRequest, type HttpRequest, request } from '../protocols/http/messages.ts';
import { jsonObjectOf } from '../protocols/oauth/json.ts';
import { compactJws, hs256, jwsSigningInput } from '../protocols/oauth/jws.ts';
import {
  assertionInput,
  BROKER_SCOPE,
  JWT_BEARER,
  requestForm,
} from '../protocols/oauth/refresh-token-request.ts';
import { derivedKey } from '../protocols/oauth/session-key.ts';
import { distinguishedName } from '../protocols/x509/names.ts';
import { certificationRequestInfo, signedRequest } from '../protocols/x509/request.ts';
import { fromBase64Url, toBase64 } from '../src/bytes/base64.ts';
import { fromUtf8, utf8 } from '../src/bytes/bytes.ts';
import { ecKeyPair } from '../src/crypto/key-pair.ts';
import type { Json } from '../src/machine/actor.ts';
import { signedNow } from '../src/signing/node-provider.ts';
import { type Chance, chanceOf, mutated } from './mutations.ts';
import { keyId, laptop, NOW, pair, sign } from './protocols/enrollment/people.ts';
import {
  CORP,
  challenged,
  deviceSigned,
  granted,
  helloProof,
  PASSWORD,
  tenantWithKeys,
  tokenPost,
} from './protocols/entra/prt-of-tests.ts';
import {
  ALICE,
  ALICE_SID,
  DEVICE_ID,
  ENDPOINT,
  saidTo,
  TENANT_ID,
} from './protocols/entra/tenant-of-tests.ts';

const fuzz = suite('entra-fuzz');
const TIMES = Math.max(1, Number(process.env.KERBLAB_FUZZ ?? 1));
/** Slower than this no request may be, whatever is in it; a garbage collection fits in. */
const LONGEST_MS = 400;

const FIDO = ecKeyPair(1, 'fido', 'P-256');
const HELD = granted({
  ...tenantWithKeys(),
  securityKeys: [{ credentialId: 'ZmlkbzI', userPrincipalName: ALICE, publicKey: FIDO.spki }],
});
const { tenant: TENANT, nonce: NONCE } = challenged(HELD.tenant);

/** JSON of some kind, and in a 4xx the error of the endpoint; soon. */
function judged(bytes: Uint8Array, tenant: Tenant = TENANT): number {
  const start = performance.now();
  const { response } = saidTo(bytes, tenant, ENDPOINT);
  const ms = performance.now() - start;
  assert.ok(ms < LONGEST_MS, `took ${ms} ms`);
  const { status, body } = response;
  assert.ok(status >= 200 && status < 500, String(status));
  if (status < 300) return status;
  const object = jsonObjectOf(body);
  if (object === undefined) throw new Error(`no JSON: ${fromUtf8(body)}`);
  const { error, error_codes, code } = object;
  const ofTokens = typeof error === 'string' && Array.isArray(error_codes);
  const ofGraph = typeof error === 'object' && error !== null && 'code' in error;
  const ofRegistration = typeof code === 'string' && typeof object.message === 'string';
  assert.ok(ofTokens || ofGraph || ofRegistration, fromUtf8(body));
  return status;
}

function rounds(count: number, label: string, one: (chance: Chance, i: number) => void): void {
  const chance = chanceOf(1, `entra fuzz ${label}`);
  for (let i = 0; i < count * TIMES; i++) {
    try {
      one(chance, i);
    } catch (error) {
      throw new Error(`${label} ${i}`, { cause: error });
    }
  }
}

const deep = (depth: number): Json => (depth === 0 ? [] : [deep(depth - 1)]);
/** Values that readers of JSON stumble over. */
const ODD: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1e308,
  0.5,
  '',
  '*',
  '\u0000',
  '\ud800',
  'constructor',
  '__proto__',
  '9'.repeat(400),
  'a.b.c',
  [],
  {},
  [null],
  ['x', 1],
  { length: 1 },
  { toString: 'x' },
  deep(50),
];

/** The value with something else somewhere in it. */
function spoilt(value: Json, chance: Chance): Json {
  const inside = value !== null && typeof value === 'object' && chance.below(4) > 0;
  if (!inside) return chance.pick(ODD);
  if (Array.isArray(value)) {
    const at = chance.below(value.length + 1);
    return [...value.slice(0, at), spoilt(value[at] ?? null, chance), ...value.slice(at + 1)];
  }
  const object = value as Readonly<Record<string, Json>>;
  const names = Object.keys(object);
  if (names.length === 0) return { x: chance.pick(ODD) };
  const name = chance.pick(names);
  const { [name]: one = null, ...rest } = object;
  return chance.below(6) === 0 ? rest : { ...rest, [name]: spoilt(one, chance) };
}

type Objects = Readonly<Record<string, Json>>;
const spoiltObject = (object: Objects, chance: Chance): Objects => {
  const value = spoilt(object, chance);
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Objects)
    : { x: value };
};

function partOf(input: Uint8Array, at: number): Objects {
  return jsonObjectOf(fromBase64Url(fromUtf8(input).split('.')[at] as string) as Uint8Array) ?? {};
}

/** A JWT whose header or claims are spoilt, rightly signed. */
function resigned(input: Uint8Array, key: string, chance: Chance): string {
  const which = chance.below(2);
  const [header, claims] = [partOf(input, 0), partOf(input, 1)].map((part, i) =>
    i === which ? spoiltObject(part, chance) : part,
  ) as [Objects, Objects];
  const signed = jwsSigningInput(header, claims);
  return compactJws(signed, sign(key, signed));
}

const HELLO = assertionInput({
  username: ALICE,
  kid: toBase64(keyId('hello')),
  audience: TENANT_ID,
  nonce: NONCE,
  now: NOW,
});

function deviceInput(proof: Objects): Uint8Array {
  return jwsSigningInput(
    { typ: 'JWT', alg: 'RS256', x5c: [toBase64(laptop.der)], kdf_ver: 2 },
    {
      client_id: '38aa3b87-a06d-4817-b275-7a316988d93b',
      request_nonce: NONCE,
      scope: BROKER_SCOPE,
      ...proof,
    },
  );
}

const SECURITY_KEY = (() => {
  const draft = securityKeyDraft('ZmlkbzI', NONCE, 1);
  const key = { name: 'fido', pkcs8: FIDO.pkcs8 };
  return securityKeyAssertion(draft, signedNow(key, 'ecdsa-with-SHA256', draft.input));
})();

function bearer(resource: string, roles: readonly string[] = []): string {
  const input = accessTokenInput(
    {
      resource,
      clientId: PROVISIONING_CLIENT_ID,
      upn: ALICE,
      amr: ['pwd', 'mfa', 'ngcmfa'],
      deviceId: DEVICE_ID,
      roles,
    },
    TENANT_ID,
    NOW,
  );
  return compactJws(input, sign('tenant', input, 'RS256'));
}

function certificateRequest(): Uint8Array {
  const subject = distinguishedName(REQUEST_SUBJECT);
  const info = certificationRequestInfo({ subject, publicKey: pair('new').spki });
  return signedRequest(info, 'sha256WithRSAEncryption', sign('new', info));
}

/** Requests with JSON in them, one for each endpoint that takes it. */
const WITH_JSON: readonly HttpRequest[] = [
  keyRegistrationRequest(
    'drs',
    bearer(REGISTRATION_RESOURCE),
    bcryptPublicBlob(pair('second').spki),
    'request-1',
  ),
  joinRequest(
    'drs',
    bearer(REGISTRATION_RESOURCE),
    {
      join: 'joined',
      certificateRequest: certificateRequest(),
      transportKey: bcryptPublicBlob(pair('new-transport').spki),
      targetDomain: 'corp.example',
      displayName: 'TABLET',
      osVersion: '10.0.22631',
    },
    'request-2',
  ),
  kerberosDomainRequest(
    'PUT',
    'corp.example',
    bearer(GRAPH_RESOURCE, [GLOBAL_ADMINISTRATOR]),
    CORP,
  ),
  request(
    'POST',
    'graph',
    USERS_PATH,
    { Authorization: `Bearer ${bearer(GRAPH_RESOURCE, [SYNCHRONIZATION_ROLE])}` },
    exportBody([
      {
        userPrincipalName: ALICE,
        onPremisesSecurityIdentifier: ALICE_SID,
        onPremisesImmutableId: 'AAAA',
        onPremisesSamAccountName: 'alice',
        accountEnabled: true,
      },
    ]),
  ),
];
const TOKENS: readonly HttpRequest[] = [
  deviceSigned(NONCE, helloProof(NONCE)),
  deviceSigned(NONCE, PASSWORD),
  tokenPost({ grant_type: 'srv_challenge' }),
];
const ALL = [...WITH_JSON, ...TOKENS].map(encodeRequest);

fuzz('what is not spoilt is granted', () => {
  assert.equal(
    ALL.map((bytes) => Math.floor(judged(bytes) / 100)),
    ALL.map(() => 2),
  );
});

fuzz('requests spoilt anywhere', () => {
  const seen = new Set<number>();
  rounds(1_500, 'octets', (chance, i) => {
    const cut = httpFraming.next(mutated(ALL[i % ALL.length] as Uint8Array, chance, ALL));
    if (cut.kind === 'message') seen.add(judged(cut.message));
  });
  assert.ok(seen.has(200) && seen.has(400) && seen.has(401), [...seen].join(' '));
});

fuzz('bodies whose JSON is spoilt', () => {
  const seen = new Set<number>();
  rounds(1_500, 'json', (chance, i) => {
    const whole = WITH_JSON[i % WITH_JSON.length] as HttpRequest;
    const body = utf8(JSON.stringify(spoilt(JSON.parse(fromUtf8(whole.body)), chance)));
    seen.add(judged(encodeRequest({ ...whole, body })));
  });
  assert.ok(seen.has(400), [...seen].join(' '));
});

fuzz('bodies that are no JSON, at every path', () => {
  const bodies = ['', '{', 'null', '[]', '"x"', '['.repeat(50_000), '\ufeff{}', '{"a":1}{"b":2}'];
  for (const whole of WITH_JSON) {
    for (const body of bodies) {
      assert.is(judged(encodeRequest({ ...whole, body: utf8(body) })), 400, body.slice(0, 20));
    }
  }
  for (const { method, path } of ENTRA_ROUTES) {
    const target = path.replace(/\{\w+\}/g, 'x');
    for (const body of bodies) {
      const status = judged(encodeRequest(request(method, 'x', target, {}, utf8(body))));
      assert.ok([400, 401].includes(status), `${method} ${target}: ${status}`);
    }
  }
});

fuzz('assertions spoilt before the Hello key and the device sign', () => {
  const codes = new Set<number>();
  rounds(250, 'assertions', (chance) => {
    const assertion = resigned(HELLO, 'hello', chance);
    const input = deviceInput({ grant_type: JWT_BEARER, username: ALICE, assertion });
    const token = compactJws(input, sign('device', input));
    codes.add(judged(encodeRequest(tokenPost(requestForm(token, true)))));
  });
  assert.ok(codes.has(400), [...codes].join(' '));
});

fuzz('what a security key says spoilt before the device signs', () => {
  rounds(150, 'security keys', (chance) => {
    const said = spoilt(JSON.parse(SECURITY_KEY), chance);
    const input = deviceInput({
      grant_type: JWT_BEARER,
      username: ALICE,
      webauthn_assertion: JSON.stringify(said),
    });
    const token = compactJws(input, sign('device', input));
    judged(encodeRequest(tokenPost(requestForm(token, true))));
  });
});

fuzz('requests spoilt before the device signs', () => {
  const assertion = compactJws(HELLO, sign('hello', HELLO));
  const seeds = [
    deviceInput({ grant_type: JWT_BEARER, username: ALICE, assertion }),
    deviceInput({ grant_type: 'password', username: ALICE, password: 'x' }),
  ];
  rounds(300, 'requests', (chance, i) => {
    const token = resigned(seeds[i % seeds.length] as Uint8Array, 'device', chance);
    judged(encodeRequest(tokenPost(requestForm(token, true))));
  });
});

fuzz('requests spoilt before they are signed under the session key', () => {
  const codes = new Set<number>();
  rounds(1_000, 'session', (chance) => {
    const context = chance.octets(24);
    const claims = {
      grant_type: 'refresh_token',
      refresh_token: HELD.prt.refreshToken,
      request_nonce: NONCE,
      scope: chance.pick([BROKER_SCOPE, 'openid']),
      resource: REGISTRATION_RESOURCE,
    };
    const header = { ctx: toBase64(context) };
    const which = chance.below(2);
    const token = hs256(
      which === 0 ? spoiltObject(header, chance) : header,
      which === 0 ? claims : spoiltObject(claims, chance),
      derivedKey(HELD.sessionKey, context),
    );
    codes.add(judged(encodeRequest(tokenPost(requestForm(token, true)))));
  });
  assert.ok(codes.has(200) && codes.has(400), [...codes].join(' '));
});

fuzz.run();
