import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_FAILURES } from '../../../protocols/hello/attempts.ts';
import {
  type Container,
  type ContainerSettings,
  containerName,
} from '../../../protocols/hello/container.ts';
import {
  containerOf,
  type Effect,
  type Event,
  type HelloEnv,
  type State,
  stateOf,
  step,
} from '../../../protocols/hello/container-machine.ts';
import type { GestureConditions } from '../../../protocols/hello/gestures.ts';
import {
  DEFAULT_POLICY,
  type PassportForWork,
  WINDOWS_LIMITS,
} from '../../../protocols/hello/policy.ts';
import { type Playbook, playbook } from '../../playbook.ts';

const container = suite('container-machine');

const NOW = Date.UTC(2026, 2, 2, 8);
const PIN = '135791';
const ABSENT: State = { name: 'absent' };

const SETTINGS: ContainerSettings = {
  user: 'alice',
  sid: 'S-1-5-21-1-2-3-1104',
  guid: '00112233-4455-6677-8899-aabbccddeeff',
  tenantId: '11111111-2222-3333-4444-555555555555',
  upn: 'alice@corp.example',
  trust: 'key',
  algorithm: 'RSA-2048',
  protection: 'tpm',
  pinPolicy: DEFAULT_POLICY.PINComplexity,
  enumeratedForAllUsers: false,
  created: NOW,
};

interface Options extends Partial<Omit<GestureConditions, 'now'>> {
  readonly now?: number;
}

function envOf({ now = NOW, ...conditions }: Options = {}): () => HelloEnv {
  return () => ({
    now,
    random: (size) => new Uint8Array(size).fill(7),
    conditions: {
      policy: DEFAULT_POLICY,
      limits: WINDOWS_LIMITS,
      join: 'hybrid',
      tpm: NO_FAILURES,
      ...conditions,
    },
  });
}

const create = (settings: Partial<ContainerSettings> = {}, pin = PIN): Event => ({
  kind: 'created',
  settings: { ...SETTINGS, ...settings },
  key: 'laptop/hello/alice/1',
  pin,
  biometrics: ['fingerprint'],
});
const generated: Event = { kind: 'generated', publicKey: new Uint8Array([0x30, 0]) };
const enter = (pin = PIN, challenge?: string): Event => ({
  kind: 'entered',
  entry: { pin, ...(challenge === undefined ? {} : { challenge }) },
});
const show = (
  matches = true,
  operation: Extract<Event, { kind: 'shown' }>['operation'] = 'signIn',
): Event => ({ kind: 'shown', shown: { biometric: 'fingerprint', matches }, operation });
const want: Event = {
  kind: 'wanted',
  operation: {
    kind: 'sign',
    id: 'krb-1',
    algorithm: 'sha256WithRSAEncryption',
    data: new Uint8Array(3),
  },
};
const wantPlain: Event = {
  kind: 'wanted',
  operation: {
    kind: 'decrypt',
    id: 'krb-1',
    algorithm: 'RSAES-PKCS1-v1_5',
    data: new Uint8Array(3),
  },
};

function made(settings: Partial<ContainerSettings> = {}, pin = PIN): Container {
  const book = playbook(step, ABSENT, envOf()).on(create(settings, pin)).on(generated);
  return containerOf(book.state) as Container;
}

function at(state: State, options: Options = {}): Playbook<State, Event, Effect> {
  return playbook(step, state, envOf(options));
}

container('is made: a PIN, a key in the signing core, and the public half comes back', () => {
  const book = at(ABSENT)
    .on(create())
    .emits({ kind: 'generate', key: 'laptop/hello/alice/1', algorithm: 'RSA-2048' })
    .ends('expectKey')
    .on(generated)
    .emits({ kind: 'made' })
    .ends('released');
  const { settings, publicKey, biometrics } = containerOf(book.state) as Container;
  assert.is(
    containerName(settings),
    'S-1-5-21-1-2-3-1104/00112233-4455-6677-8899-aabbccddeeff/login.windows.net/11111111-2222-3333-4444-555555555555/alice@corp.example',
  );
  assert.equal([publicKey, biometrics], [new Uint8Array([0x30, 0]), ['fingerprint']]);
  assert.not.match(JSON.stringify(book.state), PIN);
});

container('is not made with a PIN against the policy, and not twice', () => {
  at(ABSENT)
    .on(create({}, '123456'))
    .emits({ kind: 'refused', reason: (why) => /0x80090027.*too simple/.test(why) })
    .ends('absent');
  at(stateOf(made()))
    .on(create())
    .emits({ kind: 'refused', reason: (why) => /^0x8009000F NTE_EXISTS/.test(why) })
    .ends('locked');
});

container('signs within a gesture only, and says which one it was', () => {
  at(stateOf(made()))
    .on(want)
    .emits({ kind: 'refused', reason: 'no gesture has opened the container' })
    .ends('locked')
    .on(enter())
    .emits({ kind: 'released', gesture: 'pin' })
    .ends('released')
    .on(want)
    .emits({ kind: 'sign', id: 'krb-1', key: 'laptop/hello/alice/1', gesture: 'pin' })
    .on(wantPlain)
    .emits({ kind: 'decrypt', id: 'krb-1', key: 'laptop/hello/alice/1' })
    .on({ kind: 'closed' })
    .emits()
    .ends('locked')
    .on(wantPlain)
    .emits({ kind: 'refused', reason: 'no gesture has opened the container' })
    .on(show())
    .emits({ kind: 'released', gesture: 'fingerprint' })
    .on(want)
    .emits({ kind: 'sign', gesture: 'fingerprint' });
});

container('counts wrong PINs in the TPM, wants the phrase, then a restart, then patience', () => {
  const book = at(stateOf(made()));
  for (let i = 1; i <= 3; i++) {
    book
      .on(enter('999998'))
      .emits(
        { kind: 'tpmFailed' },
        { kind: 'refused', message: 'The PIN is incorrect. Try again.' },
      );
  }
  book
    .on(enter('999998'))
    .emits({ kind: 'tpmFailed' }, { kind: 'refused', message: (text) => /enter A1B2C3/.test(text) })
    // Without the phrase not even the right PIN counts, nor does anything else.
    .on(enter())
    .emits({ kind: 'refused', reason: (why) => /challenge phrase has to be typed/.test(why) })
    .on(enter(PIN, 'A1B2C4'))
    .emits({ kind: 'refused' })
    .on(enter('999998', 'A1B2C3'))
    .emits({ kind: 'tpmFailed' }, { kind: 'refused', message: (text) => /restart/.test(text) })
    .on(enter(PIN, 'A1B2C3'))
    .emits({ kind: 'refused', reason: (why) => /before a restart/.test(why) })
    .on({ kind: 'deviceStarted' })
    .emits()
    .on(enter())
    .emits({ kind: 'refused', reason: (why) => why.includes('2026-03-02T08:01:00.000Z') });
  at(book.state, { now: NOW + 60_000 })
    .on(enter())
    .emits({ kind: 'released' })
    .check((_, state) => assert.is(containerOf(state)?.screen.restarts, 0));
});

container('a right PIN gives all tries back', () => {
  const book = at(stateOf(made()));
  for (let i = 0; i < 20; i++) book.on(enter(i % 4 === 3 ? PIN : '999998'));
  book.emits({ kind: 'released' }).ends('released');
});

container('takes no gesture at all while the TPM is locked out', () => {
  const tpm = { count: 32, since: NOW - 60_000 };
  const refusal = {
    kind: 'refused',
    reason: (why: string) =>
      /^0x80090031 NTE_AUTHENTICATION_IGNORED.*until 2026-03-02T08:09:00/.test(why),
  } as const;
  at(stateOf(made()), { tpm }).on(enter()).emits(refusal).on(show()).emits(refusal).ends('locked');
  // A container that software protects has its own counter.
  at(stateOf(made({ protection: 'software' })), { tpm })
    .on(enter())
    .emits({ kind: 'released' });
});

container('software counts its own failures, across restarts', () => {
  const limits = { ...WINDOWS_LIMITS, waitsAfterRestart: [], failuresMax: 12 };
  const book = at(stateOf(made({ protection: 'software' })), { limits });
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 5; i++) book.on(enter('999998', 'A1B2C3')).emits({ kind: 'refused' });
    book.on({ kind: 'deviceStarted' });
  }
  book
    .on(enter('999998'))
    .on(enter('999998'))
    .on(enter())
    .emits({ kind: 'refused', reason: (why) => /^the container is locked out/.test(why) });
  at(book.state, { limits, now: NOW + 600_000 })
    .on(enter())
    .emits({ kind: 'released' });
});

container('wants the PIN where a biometric gesture is not good enough', () => {
  const policy: PassportForWork = { ...DEFAULT_POLICY, Biometrics: { UseBiometrics: false } };
  const wanted = (why: RegExp) =>
    ({ kind: 'refused', reason: (text: string) => why.test(text) }) as const;
  const state = stateOf(made());
  at(state, { policy })
    .on(show())
    .emits(wanted(/policy allows no biometrics/));
  at(state)
    .on({ kind: 'shown', shown: { biometric: 'face', matches: true }, operation: 'signIn' })
    .emits(wanted(/no face is enrolled/));
  at(state)
    .on(show(true, 'remoteDesktop'))
    .emits(wanted(/with the PIN only/));
  at(state, { join: 'entra' }).on(show(true, 'remoteDesktop')).emits({ kind: 'released' });
  at(state, { join: 'entra' })
    .on(show(true, 'runAs'))
    .emits(wanted(/take the PIN only/));
  at(state).on(show(true, 'unlock')).emits({ kind: 'released' });
});

container('wants the PIN after three fingers that it did not know', () => {
  at(stateOf(made()))
    .on(show(false))
    .emits({ kind: 'refused', reason: 'the fingerprint was not recognised (1 in a row)' })
    .on(show(false))
    .on(show(false))
    .on(show())
    .emits({ kind: 'refused', reason: (why) => /failed too often/.test(why) })
    .on(enter())
    .emits({ kind: 'released', gesture: 'pin' })
    .on({ kind: 'closed' })
    .on(show())
    .emits({ kind: 'released', gesture: 'fingerprint' });
});

container('an expired PIN opens nothing but the way to another', () => {
  const pinPolicy = { ...DEFAULT_POLICY.PINComplexity, Expiration: 30, History: 2 };
  const state = stateOf(made({ pinPolicy }));
  const now = NOW + 30 * 86_400_000;
  const book = at(state, { now })
    .on(enter())
    .emits({ kind: 'refused', reason: (why) => /^0x80090037/.test(why) })
    .on(show())
    .emits({ kind: 'refused', reason: (why) => /the PIN has expired/.test(why) })
    .on({ kind: 'changed', entry: { pin: PIN }, newPin: PIN })
    .emits({ kind: 'refused', reason: (why) => /used before/.test(why) })
    .on({ kind: 'changed', entry: { pin: '999998' }, newPin: '246810246' })
    .emits({ kind: 'tpmFailed' }, { kind: 'refused' })
    .on({ kind: 'changed', entry: { pin: PIN }, newPin: '2468024' })
    .emits({ kind: 'pinChanged' })
    .on(enter())
    .emits({ kind: 'tpmFailed' }, { kind: 'refused' })
    .on(enter('2468024'))
    .emits({ kind: 'released' });
  assert.is(containerOf(book.state)?.formerPins.length, 1);
});

container('a forgotten PIN is reset where policy has PIN recovery', () => {
  const policy = { ...DEFAULT_POLICY, EnablePinRecovery: true };
  const reset: Event = { kind: 'reset', newPin: '2468024' };
  at(stateOf(made()))
    .on(reset)
    .emits({ kind: 'refused', reason: (why) => /EnablePinRecovery/.test(why) });
  at(stateOf(made()), { policy })
    .on(reset)
    .emits({ kind: 'pinChanged' })
    .on(enter('2468024'))
    .emits({ kind: 'released' });
});

container('deleted, its key is destroyed and nothing opens any more', () => {
  at(stateOf(made()))
    .on({ kind: 'deleted' })
    .emits({ kind: 'destroy', key: 'laptop/hello/alice/1' })
    .ends('absent')
    .on(enter())
    .emits({ kind: 'refused', reason: (why) => /^0x80090011/.test(why) })
    .on({ kind: 'deviceStarted' })
    .emits()
    .ends('absent');
  at(ABSENT).on(create()).on({ kind: 'deleted' }).emits({ kind: 'destroy' }).ends('absent');
});

container('hears nothing but its key while it waits for it', () => {
  at(ABSENT)
    .on(create())
    .on({ kind: 'deviceStarted' })
    .emits()
    .on(enter())
    .emits({ kind: 'rejected', state: 'expectKey', got: 'entered' })
    .ends('expectKey');
  at(stateOf(made())).on(generated).emits({ kind: 'rejected' }).ends('locked');
});

container.run();
