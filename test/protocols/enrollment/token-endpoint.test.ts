import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Answer,
  type Found,
  issuerOf,
  NOTHING_ISSUED,
  type Service,
  type ServiceConfig,
  type Turn,
} from '../../../protocols/enrollment/federation-service.ts';
import { type Exchange, posted, told } from '../../../protocols/enrollment/token-endpoint.ts';
import { NONCE_LIFETIME } from '../../../protocols/oauth/issued.ts';
import { jsonObjectOf, textField } from '../../../protocols/oauth/json.ts';
import { readJwe } from '../../../protocols/oauth/jwe.ts';
import { compactJws } from '../../../protocols/oauth/jws.ts';
import { formBody } from '../../../protocols/oauth/oauth.ts';
import {
  assertionInput,
  readTokenResponse,
  requestForm,
  tokenRequestInput,
  type UserProof,
} from '../../../protocols/oauth/refresh-token-request.ts';
import { toBase64 } from '../../../src/bytes/base64.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import type { Env } from '../../../src/machine/machine.ts';
import {
  aliceObject,
  CONFIG,
  decrypt,
  deviceObject,
  keyId,
  laptop,
  NOW,
  sign,
  UPN,
} from './people.ts';

const s = suite('token-endpoint');

function env(now = NOW): Env {
  return { now, random: seededRandom(1, `token ${now}`) };
}

type Turned = Turn<Exchange>;

function answerOf({ outcome }: Turned): Answer {
  if (outcome.kind !== 'answer') throw new Error(`it asks: ${outcome.ask.kind}`);
  return outcome.answer;
}

function askOf({ outcome }: Turned) {
  if (outcome.kind !== 'ask') throw new Error(`it answers: ${outcome.answer.cause}`);
  return outcome;
}

/** The error of an answer, and why. */
function refusal(turn: Turned): string {
  const { status, cause = '' } = answerOf(turn);
  assert.is(status, 400);
  return cause;
}

function challenged(now = NOW): { service: Service; nonce: string } {
  const turn = posted(NOTHING_ISSUED, formBody({ grant_type: 'srv_challenge' }), CONFIG, env(now));
  const object = jsonObjectOf(answerOf(turn).body);
  return {
    service: turn.service,
    nonce: object === undefined ? '' : (textField(object, 'Nonce') ?? ''),
  };
}

const PASSWORD: UserProof = { kind: 'password', username: UPN, password: 'Passw0rd!' };

function tokenBody(nonce: string, proof: UserProof, key = 'device'): Uint8Array {
  const input = tokenRequestInput({ certificate: laptop.der, nonce, proof });
  return formBody(requestForm(compactJws(input, sign(key, input))));
}

/** Up to what the directory is asked for. */
function asked(proof: UserProof, now = NOW, config: ServiceConfig = CONFIG): Turned {
  const { service, nonce } = challenged(NOW);
  return posted(service, tokenBody(nonce, proof), config, env(now));
}

function looked(turn: Turned, devices: readonly Found[], users: readonly Found[]): Turned {
  const { exchange } = askOf(turn);
  return told(turn.service, exchange, { kind: 'found', results: [devices, users] }, CONFIG, env());
}

s('gives away nonces', () => {
  const { service, nonce } = challenged();
  assert.match(nonce, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(service.nonces, { [nonce]: NOW });
});

s('asks the directory for device and user, and somebody for the password', () => {
  const turn = asked(PASSWORD);
  const { ask } = askOf(turn);
  if (ask.kind !== 'find') throw new Error(ask.kind);
  assert.equal(
    ask.searches.map(({ match }) => Object.keys(match)),
    [
      ['objectClass', 'altSecurityIdentities'],
      ['objectCategory', 'userPrincipalName'],
    ],
  );
  const next = looked(turn, [deviceObject()], [aliceObject()]);
  assert.equal(askOf(next).ask, { kind: 'logOn', name: UPN, password: 'Passw0rd!' });
  const { exchange } = askOf(next);
  const loggedOn = { kind: 'loggedOn', ok: true, reason: '' } as const;
  const done = told(next.service, exchange, loggedOn, CONFIG, env());
  const object = jsonObjectOf(answerOf(done).body);
  const response = object === undefined ? undefined : readTokenResponse(object);
  if (response === undefined) throw new Error('no token');
  const session = done.service.sessions[response.refreshToken];
  assert.is(session?.userPrincipalName, UPN);
  assert.is(session?.expires, NOW + 604_800_000);
  const jwe = readJwe(response.sessionKeyJwe);
  const opened = jwe === undefined ? undefined : decrypt('transport', jwe.encryptedKey);
  assert.equal(opened, session?.sessionKey, 'the session key is under the transport key');
});

s('refuses a wrong password', () => {
  const next = looked(asked(PASSWORD), [deviceObject()], [aliceObject()]);
  const wrong = { kind: 'loggedOn', ok: false, reason: 'invalidCredentials' } as const;
  const done = told(next.service, askOf(next).exchange, wrong, CONFIG, env());
  assert.is(refusal(done), 'invalid_grant: invalidCredentials');
  assert.equal(done.service.sessions, {});
});

s('refuses a device that was not written back, is disabled or cannot be told from another', () => {
  const user = [aliceObject()];
  assert.match(refusal(looked(asked(PASSWORD), [], user)), /no msDS-Device object.*written back/);
  const disabled = deviceObject(['msDS-IsEnabled', 'FALSE']);
  assert.match(refusal(looked(asked(PASSWORD), [disabled], user)), /is disabled/);
  const two = [deviceObject(), deviceObject()];
  assert.match(refusal(looked(asked(PASSWORD), two, user)), /several msDS-Device objects/);
  const keyless = { ...deviceObject(), attributes: {} };
  assert.match(refusal(looked(asked(PASSWORD), [keyless], user)), /no transport key/);
});

s('refuses somebody whom nobody knows', () => {
  assert.match(refusal(looked(asked(PASSWORD), [deviceObject()], [])), /no user .* alice@corp/);
});

s('takes a nonce once, and for ten minutes', () => {
  const { service, nonce } = challenged();
  const body = tokenBody(nonce, PASSWORD);
  const first = posted(service, body, CONFIG, env());
  askOf(first);
  assert.match(refusal(posted(first.service, body, CONFIG, env())), /^invalid_grant: the nonce/);
  assert.match(refusal(asked(PASSWORD, NOW + NONCE_LIFETIME + 1)), /^invalid_grant: the nonce/);
  askOf(asked(PASSWORD, NOW + NONCE_LIFETIME));
});

s('wants the signature of the device’s key', () => {
  const { service, nonce } = challenged();
  const body = tokenBody(nonce, PASSWORD, 'other');
  assert.match(refusal(posted(service, body, CONFIG, env())), /not signed by the key of its cert/);
});

s('refuses what is no request', () => {
  const cases: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [{}, /^unsupported_grant_type/],
    [{ grant_type: 'password' }, /^unsupported_grant_type/],
    [requestForm('nonsense'), /^invalid_request: the request is no signed JWT/],
    [requestForm(compactJws(utf8('e30.e30'), new Uint8Array(0))), /x5c holds no certificate/],
  ];
  for (const [form, expected] of cases) {
    assert.match(refusal(posted(NOTHING_ISSUED, formBody(form), CONFIG, env())), expected);
  }
});

interface AssertionChanges {
  readonly key?: string;
  readonly kid?: string;
  readonly audience?: string;
  readonly nonce?: string;
  readonly now?: number;
}

/** A token asked for with an assertion of a Hello key. */
function asserted(changes: AssertionChanges): Turned {
  const { service, nonce } = challenged();
  const { key = 'hello', kid = toBase64(keyId('hello')), now = NOW } = changes;
  const { audience = issuerOf(CONFIG), nonce: inner = nonce } = changes;
  const input = assertionInput({ username: UPN, kid, audience, nonce: inner, now });
  const assertion = compactJws(input, sign(key, input));
  const proof: UserProof = { kind: 'assertion', username: UPN, assertion };
  const turn = posted(service, tokenBody(nonce, proof), CONFIG, env());
  return looked(turn, [deviceObject()], [aliceObject('hello')]);
}

s('takes an assertion of a registered key', () => {
  const object = jsonObjectOf(answerOf(asserted({})).body);
  assert.ok(object !== undefined && readTokenResponse(object) !== undefined);
});

s(
  'refuses assertions that are not by the key, not for here, not for now, or for another request',
  () => {
    const cases: readonly (readonly [AssertionChanges, RegExp])[] = [
      [{ kid: toBase64(keyId('other')) }, /not in msDS-KeyCredentialLink/],
      [{ kid: '?' }, /not in msDS-KeyCredentialLink/],
      [{ key: 'other' }, /not signed by the key that it names/],
      [{ audience: 'https://elsewhere/adfs' }, /for somebody else/],
      [{ now: NOW - 3_600_000 }, /not valid at this time/],
      [{ nonce: 'another' }, /nonce of the assertion/],
    ];
    for (const [changes, expected] of cases) assert.match(refusal(asserted(changes)), expected);
  },
);

s('says that it could not find out', () => {
  const turn = asked(PASSWORD);
  const failed = { kind: 'failed', reason: 'no domain controller answers' } as const;
  const answer = answerOf(told(turn.service, askOf(turn).exchange, failed, CONFIG, env()));
  assert.is(answer.status, 500);
  assert.is(answer.cause, 'server_error: no domain controller answers');
});

s.run();
