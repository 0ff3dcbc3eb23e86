import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keyReference } from '../../../protocols/hello/certificate-store.ts';
import { newContainer } from '../../../protocols/hello/container.ts';
import { USER_DEVICE_REGISTRATION } from '../../../protocols/hello/event-log.ts';
import { pinVerifier } from '../../../protocols/hello/pin.ts';
import { DEFAULT_POLICY } from '../../../protocols/hello/policy.ts';
import { decodeRecord, encodeRecord, type HelloRecord } from '../../../protocols/hello/records.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';

const records = suite('records');

const CONTAINER = newContainer(
  {
    user: 'alice',
    sid: 'S-1-5-21-1-2-3-1104',
    guid: '00112233-4455-6677-8899-aabbccddeeff',
    tenantId: '11111111-2222-3333-4444-555555555555',
    upn: 'alice@corp.example',
    trust: 'key',
    algorithm: 'P-256',
    protection: 'software',
    pinPolicy: DEFAULT_POLICY.PINComplexity,
    enumeratedForAllUsers: true,
    created: 1_700_000_000_000,
  },
  { name: 'laptop/hello/alice/1', publicKey: new Uint8Array([0x30, 0x00]) },
  pinVerifier('135791', new Uint8Array(16).fill(1)),
  ['face'],
);

records('come back as they were', () => {
  const kinds: readonly HelloRecord[] = [
    { kind: 'container', container: CONTAINER },
    {
      kind: 'certificate',
      stored: {
        user: 'alice',
        certificate: new Uint8Array([0x30, 0x03, 2, 1, 5]),
        privateKey: keyReference('passport', 'name', 'key'),
      },
    },
    { kind: 'certificate', stored: { user: 'bob', certificate: new Uint8Array(0) } },
    { kind: 'tpm', failures: { count: 3, since: 1_700_000_000_000 } },
    {
      kind: 'event',
      event: {
        record: 1,
        log: USER_DEVICE_REGISTRATION,
        id: 358,
        level: 'Information',
        time: 1_700_000_000_000,
        user: 'alice',
        text: 'one\ntwo',
      },
    },
    { kind: 'policies', policies: { userGPO: { alice: { UsePassportForWork: false } } } },
  ];
  for (const record of kinds) assert.equal(decodeRecord(encodeRecord(record)), record);
});

records('hold no PIN', () => {
  const RECORD: HelloRecord = { kind: 'container', container: CONTAINER };
  const text = new TextDecoder().decode(encodeRecord(RECORD));
  assert.not.match(text, '135791');
});

records('other octets are the program’s fault', () => {
  for (const text of ['{}', '{"kind":"ticket"}', '5', 'null']) {
    assert.throws(() => decodeRecord(utf8(text)), /not a record/);
  }
  assert.throws(() => decodeRecord(utf8('{')));
});

records.run();
