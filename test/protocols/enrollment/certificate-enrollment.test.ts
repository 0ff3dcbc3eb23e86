import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { certificatesMessage } from '../../../protocols/cms/sign.ts';
import { bcryptPublicBlob } from '../../../protocols/directory/key-material.ts';
import { readAgentRequest } from '../../../protocols/enrollment/agent-request.ts';
import { step } from '../../../protocols/enrollment/certificate-enrollment.ts';
import {
  type Effect,
  type Enrollment,
  type Event,
  METADATA_PATH,
  type State,
} from '../../../protocols/enrollment/enrollment-state.ts';
import {
  type Answer,
  type Found,
  NOTHING_ISSUED,
  type Service,
  type ServiceConfig,
  type Told,
} from '../../../protocols/enrollment/federation-service.ts';
import { metadata } from '../../../protocols/enrollment/metadata.ts';
import { posted, told } from '../../../protocols/enrollment/token-endpoint.ts';
import { receiptInput } from '../../../protocols/entra/key-receipt.ts';
import { compactJws } from '../../../protocols/oauth/jws.ts';
import { distinguishedName } from '../../../protocols/x509/names.ts';
import { helloLogon } from '../../../protocols/x509/profiles.ts';
import { toBase64 } from '../../../src/bytes/base64.ts';
import { equal, utf8 } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { playbook } from '../../playbook.ts';
import {
  aliceObject,
  CONFIG,
  ca,
  certificate,
  decrypt,
  deviceObject,
  keyId,
  laptop,
  NOW,
  pair,
  SID,
  sign,
  UPN,
} from './people.ts';

const s = suite('certificate-enrollment');

const ENROLLMENT: Enrollment = {
  username: UPN,
  proof: { kind: 'password', password: 'Passw0rd!' },
  device: { certificate: laptop.der, key: 'device' },
  transportKey: 'transport',
  hello: { key: 'hello', publicKey: pair('hello').spki, gesture: 'PIN' },
};
const BY_HELLO: Enrollment = {
  ...ENROLLMENT,
  proof: { kind: 'hello', kid: toBase64(keyId('hello')) },
};

const env = (label: string) => () => ({ now: NOW, random: seededRandom(1, label) });

interface Around {
  readonly config?: ServiceConfig;
  readonly devices?: readonly Found[];
  readonly users?: readonly Found[];
  /** What the authority says to a request; absent: it issues. */
  readonly authority?: (request: Uint8Array) => Told;
}

function issues(request: Uint8Array): Told {
  const read = readAgentRequest(request);
  if (!read.ok) return { kind: 'failed', reason: read.reason };
  assert.is(read.value.requesterName, 'CORP\\alice');
  assert.ok(equal(read.value.request.publicKey, pair('hello').spki));
  const subject = distinguishedName('CN=alice,CN=Users,DC=corp,DC=example');
  const made = certificate(helloLogon({ subject, upn: UPN, sid: SID }), 'hello', ca);
  return { kind: 'issued', chain: certificatesMessage([made.der, ca.certificate.der]) };
}

/** Everybody else on the way: AD FS, with the directory and the authority behind it. */
function surroundings(around: Around) {
  const { config = CONFIG, devices = [deviceObject()], users = [aliceObject('hello')] } = around;
  const { authority = issues } = around;
  let service: Service = NOTHING_ISSUED;
  let requests = 0;
  const all = { devices, users };

  return (effect: Effect): Event => {
    if (effect.kind === 'sign') {
      return { kind: 'signed', signature: sign(effect.key, effect.data, effect.algorithm) };
    }
    if (effect.kind === 'decrypt') {
      const data = decrypt(effect.key, effect.data);
      return { kind: 'decrypted', ...(data === undefined ? {} : { data }) };
    }
    if (effect.kind !== 'request') throw new Error(effect.kind);
    if (effect.path === METADATA_PATH) {
      const body = utf8(JSON.stringify(metadata(config)));
      return { kind: 'answered', status: 200, body };
    }
    const { status, body } = answer(effect.body as Uint8Array);
    return { kind: 'answered', status, body };
  };

  function answer(body: Uint8Array): Answer {
    const at = env(`adfs ${requests++}`)();
    let turn = posted(service, body, config, at);
    while (turn.outcome.kind === 'ask') {
      const { exchange, ask } = turn.outcome;
      service = turn.service;
      turn = told(service, exchange, toldOf(ask), config, at);
    }
    service = turn.service;
    return turn.outcome.answer;
  }

  function toldOf(ask: import('../../../protocols/enrollment/federation-service.ts').Ask): Told {
    switch (ask.kind) {
      case 'find':
        return {
          kind: 'found',
          results: ask.searches.map(({ match }) =>
            'altSecurityIdentities' in match ? all.devices : all.users,
          ),
        };
      case 'logOn':
        return { kind: 'loggedOn', ok: ask.password === 'Passw0rd!', reason: 'wrong password' };
      case 'sign':
        return { kind: 'signed', signature: sign(ask.key, ask.data, ask.algorithm) };
      case 'submit':
        return authority(ask.request);
    }
  }
}

/** The whole conversation. */
function enrolled(enrollment: Enrollment, around: Around = {}): State {
  const answers = surroundings(around);
  const book = playbook<State, Event, Effect, ReturnType<ReturnType<typeof env>>>(
    step,
    { name: 'idle' },
    env('client'),
  );
  let event: Event = { kind: 'asked', enrollment };
  for (let i = 0; i < 20; i++) {
    const { effects } = book.on(event);
    const [effect, more] = effects;
    assert.is(more, undefined);
    if (effect === undefined) return book.state;
    event = answers(effect);
  }
  throw new Error('it never ends');
}

function failureOf(state: State) {
  if (state.name !== 'failed') throw new Error(`it ${state.name}`);
  return state.failure;
}

s('brings a certificate to a key that the directory knows', () => {
  for (const enrollment of [ENROLLMENT, BY_HELLO]) {
    const state = enrolled(enrollment);
    if (state.name !== 'done') throw new Error(JSON.stringify(failureOf(state)));
    assert.is(state.certificate.subject.text, 'CN=alice,CN=Users,DC=corp,DC=example');
    assert.is(state.certificate.sid, SID);
    assert.equal(
      state.chain.map(({ subject }) => subject.text),
      ['CN=Test CA'],
    );
    assert.is(state.prt.sessionKey.length, 32);
  }
});

s('does so with keys of the first version where the server knows no other', () => {
  const answers = surroundings({});
  const oldServer = (effect: Effect): Event => {
    if (effect.kind === 'request' && effect.path === METADATA_PATH) {
      const { capabilities: _, ...rest } = metadata(CONFIG);
      const body = utf8(JSON.stringify({ ...rest, capabilities: ['winhello_cert'] }));
      return { kind: 'answered', status: 200, body };
    }
    return answers(effect);
  };
  let state: State = { name: 'idle' };
  let event: Event = { kind: 'asked', enrollment: ENROLLMENT };
  for (;;) {
    const next = step(state, event, env('v1')());
    ({ state } = next);
    const [effect] = next.effects;
    if (effect === undefined) break;
    event = oldServer(effect);
  }
  assert.is(state.name, 'done');
});

s('fails where the device was not written back', () => {
  const failure = failureOf(enrolled(ENROLLMENT, { devices: [] }));
  assert.is(failure.stage, 'refreshToken');
  assert.is(failure.error, 'invalid_grant');
  assert.match(failure.reason, /no msDS-Device object/);
});

s('fails with a wrong password', () => {
  const wrong = { ...ENROLLMENT, proof: { kind: 'password', password: 'other' } } as const;
  assert.equal(failureOf(enrolled(wrong)), {
    stage: 'refreshToken',
    error: 'invalid_grant',
    reason: 'wrong password',
  });
});

function receipt(key: string, sid: string, signer = 'tenant', now = NOW): string {
  const keyMaterial = bcryptPublicBlob(pair(key).spki);
  const input = receiptInput({
    keyMaterial,
    onPremisesSid: sid,
    issuer: 'https://sts.example/',
    now,
  });
  return compactJws(input, sign(signer, input));
}

s('needs the receipt while the key is not in the directory', () => {
  const users = [aliceObject()];
  const state = enrolled({ ...ENROLLMENT, receipt: receipt('hello', SID) }, { users });
  assert.is(state.name, 'done');
  const cases: readonly (readonly [string | undefined, RegExp])[] = [
    [undefined, /msDS-KeyCredentialLink of alice@corp.example, and no receipt/],
    [receipt('hello', SID, 'other'), /nobody who is trusted here signed/],
    [receipt('other', SID), /for another key/],
    [receipt('hello', `${SID}0`), /for another user/],
    [receipt('hello', SID, 'tenant', NOW - 48 * 3_600_000), /not valid at this time/],
    ['nonsense', /the receipt is no JWT/],
  ];
  for (const [text, expected] of cases) {
    const asked = text === undefined ? ENROLLMENT : { ...ENROLLMENT, receipt: text };
    const failure = failureOf(enrolled(asked, { users }));
    assert.is(failure.stage, 'certificate');
    assert.is(failure.error, 'invalid_request');
    assert.match(failure.reason, expected);
  }
});

s('says what the authority said', () => {
  const authority = (): Told => ({ kind: 'failed', reason: 'Denied by Policy Module' });
  const state = enrolled(ENROLLMENT, { authority });
  assert.equal(failureOf(state), {
    stage: 'certificate',
    error: 'server_error',
    reason: 'Denied by Policy Module',
  });
  assert.ok(state.name === 'failed' && state.prt !== undefined, 'the enterprise PRT is there');
});

s('takes no certificate for another key', () => {
  const authority = (): Told => ({
    kind: 'issued',
    chain: certificatesMessage([ca.certificate.der]),
  });
  assert.match(failureOf(enrolled(ENROLLMENT, { authority })).reason, /no certificate is for our/);
});

s('does not ask a server that issues none', () => {
  const config = { ...CONFIG, issuesCertificates: false };
  const failure = failureOf(enrolled(ENROLLMENT, { config }));
  assert.is(failure.stage, 'metadata');
  assert.match(failure.reason, /do not name winhello_cert/);
});

s('notices a session key that is not for its transport key', () => {
  const failure = failureOf(enrolled({ ...ENROLLMENT, transportKey: 'other' }));
  assert.match(failure.reason, /not under this device’s transport key/);
});

s('gives up when nobody answers, and on answers that are none', () => {
  const idle: State = { name: 'idle' };
  const asked: Event = { kind: 'asked', enrollment: ENROLLMENT };
  playbook(step, idle, env('silence'))
    .on(asked)
    .emits({ kind: 'request', method: 'GET', path: METADATA_PATH })
    .on({ kind: 'unanswered', reason: 'timed out' })
    .emits()
    .ends('failed')
    .check((_, state) => {
      assert.equal(failureOf(state), { stage: 'metadata', reason: 'timed out' });
    });
  for (const [status, body, expected] of [
    [404, '', /status 404/],
    [200, 'no JSON', /no JSON object/],
    [200, '{}', /names no issuer/],
  ] as const) {
    const state = playbook(step, idle, env('nonsense'))
      .on(asked)
      .on({ kind: 'answered', status, body: utf8(body) }).state;
    assert.match(failureOf(state).reason, expected);
  }
});

s('rejects what comes out of turn', () => {
  playbook(step, { name: 'idle' } as State, env('turn'))
    .on({ kind: 'unanswered', reason: '' })
    .emits({ kind: 'rejected', expected: ['asked'] })
    .ends('idle');
});

s.run();
