import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dissector } from '../../../protocols/dissect/dissector.ts';
import { MESSAGES } from '../../../protocols/roles.ts';
import { fromHex } from '../../../src/bytes/bytes.ts';
import type { KeyRecord } from '../../../src/machine/actor.ts';
import type { Keyring } from '../../../src/trace/dissector.ts';
import { root } from '../../root.ts';

const s = suite('dissect/remote-desktop');

interface Capture {
  readonly keys: readonly KeyRecord[];
  readonly kerberos: readonly string[];
  readonly sessions: readonly (readonly {
    readonly from: 'client' | 'server';
    readonly hex: string;
  }[])[];
}

/** FreeRDP 3 on both sides: by password, and by smart card. */
const capture = JSON.parse(readFileSync(root('test/vectors/freerdp/nla.json'), 'utf8')) as Capture;
const [password, smartCard] = capture.sessions.map((messages) =>
  messages.map(({ hex }) => fromHex(hex)),
) as unknown as readonly [readonly Uint8Array[], readonly Uint8Array[]];

function keyring(): Keyring {
  const keys = dissector.keyring();
  keys.add(capture.keys);
  for (const hex of capture.kerberos) keys.learn(fromHex(hex));
  for (const message of [...password, ...smartCard]) keys.learn(message);
  return keys;
}

type Json = Readonly<Record<string, unknown>>;

const BEGINNING = [
  'X.224 Connection Request',
  'X.224 Connection Confirm',
  ...Array.from({ length: 7 }, () => 'TSRequest'),
  'MCS Connect Initial',
  'MCS Connect Response',
  'MCS Erect Domain Request',
  'MCS Attach User Request',
  'MCS Attach User Confirm',
  'Client Info PDU',
];

s('messages of FreeRDP have the names that the registry knows', () => {
  const known = new Set(MESSAGES.map(({ name }) => name));
  for (const messages of [password, smartCard]) {
    const names = messages.map((message) => dissector.name(message));
    assert.equal(names.slice(0, BEGINNING.length), BEGINNING);
    for (const [index, name] of names.entries()) {
      assert.ok(name !== undefined && known.has(name), `${index}: ${name}`);
    }
    for (const name of ['Demand Active PDU', 'Confirm Active PDU', 'License Error PDU']) {
      assert.ok(names.includes(name), name);
    }
  }
});

s('nothing of them is malformed, and rows lie within their octets', () => {
  const keys = keyring();
  for (const [index, message] of [...password, ...smartCard].entries()) {
    const rows = dissector.fields(message, {}, keys);
    assert.is(
      rows.find(({ type }) => type === 'error'),
      undefined,
      `message ${index}`,
    );
    for (const { start, end, path } of rows) {
      assert.ok(start <= end && end <= message.length, `${index}: ${path}`);
    }
    assert.ok(dissector.value(message, {}, keys) !== undefined, `message ${index}`);
  }
});

s('CredSSP opens with keys of the realm, down to password and PIN', () => {
  const keys = keyring();
  const [credentials, ofCard] = [password, smartCard].map((messages) => {
    const last = messages.filter((message) => dissector.name(message) === 'TSRequest').at(-1);
    return (dissector.value(last as Uint8Array, {}, keys) as Json).authInfo as Json;
  }) as unknown as readonly [Json, Json];
  assert.is(credentials.credType, 1);
  const typed = credentials.credentials as Json;
  assert.is(typed.userName, 'user@CORP.EXAMPLE');
  assert.is(typed.password, 'Passw0rd!');
  assert.is(ofCard.credType, 2);
  const { pin, cspData } = ofCard.credentials as Json;
  assert.is(pin, '123456');
  assert.is((cspData as Json).cspName, 'Microsoft Base Smart Card Crypto Provider');
});

s('GCC and capability sets are read to their fields', () => {
  const initial = password.find((one) => dissector.name(one) === 'MCS Connect Initial');
  const { CS_CORE, CS_NET } = dissector.value(initial as Uint8Array) as Record<string, Json>;
  assert.is(CS_CORE?.serverSelectedProtocol, 'PROTOCOL_HYBRID');
  const channels = CS_NET?.channelDefArray as readonly Json[];
  assert.ok(channels.some(({ name }) => name === 'drdynvc'));
  const demand = password.find((one) => dissector.name(one) === 'Demand Active PDU');
  const { capabilitySets } = dissector.value(demand as Uint8Array) as Record<string, Json[]>;
  const bitmap = capabilitySets?.find(({ type }) => type === 'CAPSTYPE_BITMAP');
  assert.is((bitmap as Record<string, Json>).CAPSTYPE_BITMAP?.desktopResizeFlag, 1);
});

s.run();
