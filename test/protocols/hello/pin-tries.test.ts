import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_FAILURES } from '../../../protocols/hello/attempts.ts';
import { type Container, newContainer } from '../../../protocols/hello/container.ts';
import { pinVerifier } from '../../../protocols/hello/pin.ts';
import { pinTries } from '../../../protocols/hello/pin-tries.ts';
import { DEFAULT_POLICY, WINDOWS_LIMITS } from '../../../protocols/hello/policy.ts';
import { hex } from '../../../src/bytes/bytes.ts';

const s = suite('hello/pin-tries');

const NOW = Date.UTC(2026, 2, 2, 8);
const MINUTE = 60_000;

function container(protection: 'tpm' | 'software', changes: Partial<Container> = {}): Container {
  const settings = {
    user: 'alice',
    sid: 'S-1-5-21-1-2-3-1104',
    guid: '00112233-4455-6677-8899-aabbccddeeff',
    tenantId: '11111111-2222-3333-4444-555555555555',
    upn: 'alice@corp.example',
    trust: 'key',
    algorithm: 'RSA-2048',
    protection,
    pinPolicy: DEFAULT_POLICY.PINComplexity,
    enumeratedForAllUsers: false,
    created: NOW,
  } as const;
  const key = { name: 'k', publicKey: hex`00` };
  return { ...newContainer(settings, key, pinVerifier('135791', hex`00`), []), ...changes };
}

const conditions = { limits: WINDOWS_LIMITS, tpm: NO_FAILURES, now: NOW };
const screen = (wrong: number, restarts = 0) => ({ screen: { wrong, restarts, started: NOW } });

s('the sign-in screen takes five wrong PINs, with or without its phrase', () => {
  assert.equal(pinTries(container('tpm'), conditions), { left: 5, most: 5 });
  assert.is(pinTries(container('tpm', screen(4)), conditions).left, 1);
  assert.is(pinTries(container('tpm', screen(5)), conditions).left, 0);
});

s('after restarts for wrong PINs none is taken for a while', () => {
  const waits = container('tpm', screen(0, 1));
  assert.is(pinTries(waits, conditions).left, 0);
  assert.is(pinTries(waits, { ...conditions, now: NOW + MINUTE }).left, 5);
});

s('what protects the key may have less left, and forgets', () => {
  const failures = (count: number) => ({ count, since: NOW });
  const tpm = { ...conditions, tpm: failures(30) };
  assert.is(pinTries(container('tpm'), tpm).left, 2);
  assert.is(pinTries(container('tpm'), { ...tpm, now: NOW + 10 * MINUTE }).left, 3);
  assert.is(pinTries(container('tpm'), { ...tpm, tpm: failures(32) }).left, 0);
  assert.is(pinTries(container('software'), tpm).left, 5, 'the TPM does not protect this one');
  assert.is(pinTries(container('software', { failures: failures(31) }), conditions).left, 1);
});

s.run();
