import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { licensed } from '../../../protocols/rdp/client-session.ts';
import { noLicense, readLicense, validClient } from '../../../protocols/rdp/licensing.ts';
import { readDomainPdu } from '../../../protocols/rdp/mcs.ts';
import { fromHex } from '../../../src/bytes/bytes.ts';

const s = suite('rdp/licensing');

/** The beginning of a License Request: LICENSE_REQUEST, version 3, and four octets of its random. */
const REQUEST = fromHex('80000000 01 03 0800 7b3c31a6'.replaceAll(' ', ''));
/** "License Error PDU - Valid Client" of MS-RDPBCGR 4.1.13, behind its headers. */
const VALID = fromHex('80000000 ff 03 1000 07000000 02000000 0400 0000'.replaceAll(' ', ''));

s('what a server wants of its client', () => {
  assert.equal(readLicense(VALID), { kind: 'valid' });
  assert.equal(validClient(), VALID);
  assert.equal(readLicense(REQUEST), { kind: 'requested' });
  for (const [octets, reason] of [
    [noLicense(), 'no licence that is taken: error 2'],
    [fromHex('8000000002030400'), 'no licence that is taken: message type 2'],
    [VALID.subarray(0, 7), 'no licence that is taken: '],
  ] as const) {
    const read = readLicense(octets);
    assert.is(read.kind, 'refused');
    if (read.kind === 'refused') assert.ok(read.reason.startsWith(reason), read.reason);
  }
});

s('a client without a licence says so, and waits for what the server makes of it', () => {
  const state = {
    name: 'expectLicense',
    protocol: 1,
    ioChannel: 1003,
    userId: 1007,
    channels: [],
  } as const;
  const asked = licensed(state, REQUEST);
  assert.is(asked.state.name, 'expectLicense');
  const [effect] = asked.effects;
  assert.ok(effect?.kind === 'send');
  if (effect?.kind !== 'send') return;
  const pdu = readDomainPdu(effect.bytes);
  assert.ok(pdu.ok && pdu.value.kind === 'sendDataRequest');
  if (pdu.ok && pdu.value.kind === 'sendDataRequest') assert.equal(pdu.value.data, noLicense());
  assert.is(licensed(state, VALID).state.name, 'expectDemandActive');
  assert.is(licensed(state, noLicense()).state.name, 'closed');
});

s.run();
