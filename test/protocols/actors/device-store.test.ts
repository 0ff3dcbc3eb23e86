import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Kept,
  keptIn,
  NOTHING_KEPT,
  written,
} from '../../../protocols/actors/device-store.ts';
import type { StoredCertificate } from '../../../protocols/hello/certificate-store.ts';
import { type Container, newContainer, withPin } from '../../../protocols/hello/container.ts';
import { pinVerifier } from '../../../protocols/hello/pin.ts';
import { DEFAULT_POLICY } from '../../../protocols/hello/policy.ts';
import type { WritableStore } from '../../../src/machine/store.ts';
import { memoryStore } from '../../../src/store/memory.ts';

const deviceStore = suite('device-store');

function container(user: string): Container {
  return newContainer(
    {
      user,
      sid: 'S-1-5-21-1-2-3-1104',
      guid: '00112233-4455-6677-8899-aabbccddeeff',
      tenantId: '11111111-2222-3333-4444-555555555555',
      upn: `${user}@corp.example`,
      trust: 'key',
      algorithm: 'RSA-2048',
      protection: 'tpm',
      pinPolicy: DEFAULT_POLICY.PINComplexity,
      enumeratedForAllUsers: false,
      created: 1_000,
    },
    { name: `laptop/hello/${user}/1`, publicKey: new Uint8Array([0x30, 0]) },
    pinVerifier('135791', new Uint8Array(16)),
    [],
  );
}

const certificate = (user: string, octet: number): StoredCertificate => ({
  user,
  certificate: new Uint8Array([0x30, 1, octet]),
});

/** Writes what leads from one to the other; gives the numbers of the records that were touched. */
function take(store: WritableStore, before: Kept, after: Kept): readonly number[] {
  return written(before, after, store).flatMap((effect) => {
    if (effect.kind !== 'write') throw new Error(effect.kind);
    store.write(effect.batch);
    return effect.batch.records.map(({ id }) => id);
  });
}

const ALICE = container('alice');
const FIRST: Kept = {
  ...NOTHING_KEPT,
  containers: { alice: ALICE, bob: container('bob') },
  certificates: [certificate('alice', 1), certificate('alice', 2)],
  keys: 2,
};

deviceStore('comes back as it was written', () => {
  const store = memoryStore();
  assert.equal(keptIn(store), NOTHING_KEPT);
  assert.equal(take(store, NOTHING_KEPT, FIRST), [1, 2, 3, 4]);
  assert.equal(keptIn(store), FIRST);
});

deviceStore('writes what has changed and nothing else', () => {
  const store = memoryStore();
  take(store, NOTHING_KEPT, FIRST);
  assert.equal(written(FIRST, FIRST, store), []);
  const changed = withPin(ALICE, pinVerifier('246802468', new Uint8Array(16)), 2_000);
  const other: Kept = {
    ...FIRST,
    containers: { ...FIRST.containers, alice: changed },
    tpm: { count: 1, since: 2_000 },
  };
  assert.equal(take(store, FIRST, other), [1, 5]);
  assert.equal(keptIn(store), other);
});

deviceStore('deletes what is gone, and gives its number to what comes next', () => {
  const store = memoryStore();
  take(store, NOTHING_KEPT, FIRST);
  const { bob } = FIRST.containers;
  const without: Kept = { ...FIRST, containers: { bob: bob as Container }, certificates: [] };
  assert.equal(take(store, FIRST, without), [1, 3, 4]);
  assert.equal(keptIn(store), without);
  const again: Kept = {
    ...without,
    containers: { ...without.containers, carol: container('carol') },
    keys: 3,
  };
  assert.equal(take(store, without, again), [1]);
  assert.equal(keptIn(store).keys, 3);
  assert.equal(Object.keys(keptIn(store).containers).sort(), ['bob', 'carol']);
});

deviceStore.run();
