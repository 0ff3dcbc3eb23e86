import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TSRequest } from '../../../protocols/credssp/messages.ts';
import { dissector } from '../../../protocols/dissect/dissector.ts';
import { STATUS_LOGON_FAILURE } from '../../../protocols/kerberos/ntstatus.ts';
import { chunks } from '../../../protocols/rdp/channels.ts';
import { ErrorInfo, PduType2 } from '../../../protocols/rdp/constants.ts';
import {
  type ClientCore,
  encodeClientData,
  encodeServerData,
  readClientData,
} from '../../../protocols/rdp/data-blocks.ts';
import {
  conferenceCreateRequest,
  conferenceCreateResponse,
  readConferenceCreateRequest,
} from '../../../protocols/rdp/gcc.ts';
import {
  connectInitial,
  connectResponse,
  indication,
  readConnectInitial,
} from '../../../protocols/rdp/mcs.ts';
import { saveSessionInfo } from '../../../protocols/rdp/session-info.ts';
import { dataPdu, setErrorInfo } from '../../../protocols/rdp/share.ts';
import { pdu } from '../../../protocols/rdpedyc/messages.ts';
import { MESSAGES } from '../../../protocols/roles.ts';
import { concat, fromHex, hex, toHex } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/der/codec.ts';
import type { KeyRecord } from '../../../src/machine/actor.ts';
import type { Keyring } from '../../../src/trace/dissector.ts';
import { root } from '../../root.ts';
import { answered, asked } from './card-messages.ts';

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

s('a call of the smart card service is read down to its command', () => {
  const message = asked(7, '0020008006313335373930');
  assert.is(dissector.name(message), 'Transmit_Call');
  const value = dissector.value(message, { message: 'Transmit_Call' }) as Json;
  assert.is(value.IoControlCode, 'SCARD_IOCTL_TRANSMIT');
  const { ins, parameters, means } = value.command as Json;
  assert.equal([ins, parameters, means], ['VERIFY', 'PIN', '135790']);
  const rows = dissector.fields(message, { message: 'Transmit_Call' });
  const pin = rows.find(({ path }) => path.endsWith('C-APDU.data'));
  assert.is(toHex(message.subarray(pin?.start, pin?.end)), '313335373930');
});

s('a completion is read by its name, or by the request before it', () => {
  const [message] = answered(7, hex`63c2`) as readonly [Uint8Array];
  assert.is(dissector.name(message), 'Device Control Response');
  const alone = dissector.value(message) as Json;
  assert.is(alone.response, undefined);
  assert.type(alone.OutputBuffer, 'string');
  const named = dissector.value(message, { message: 'Transmit_Return' }) as Json;
  const keys = dissector.keyring();
  for (const one of [asked(7, '0020008006313335373930'), message]) keys.learn(one);
  // The number is used again; what was seen before stays what it was.
  keys.learn(asked(7, '00a4040009a00000039742544659'));
  for (const value of [named, dissector.value(message, {}, keys) as Json]) {
    assert.is(value.ReturnCode, 'SCARD_S_SUCCESS');
    assert.equal(value.response, { sw: '63C2', means: 'wrong PIN, 2 tries left' });
  }
});

s('a message in several chunks stands opened in the last of them', () => {
  const data = new Uint8Array(3000).fill(0x5a);
  const messages = answered(9, concat(data, hex`9000`));
  assert.is(messages.length, 2);
  const keys = dissector.keyring();
  for (const one of [asked(9, '00c0000000'), ...messages]) keys.learn(one);
  const [first, last] = messages.map((one) => dissector.fields(one, {}, keys));
  assert.is(
    first?.find(({ opened }) => opened !== undefined),
    undefined,
  );
  const whole = last?.find(({ opened }) => opened !== undefined)?.opened;
  const sw = whole?.fields.find(({ path }) => path.endsWith('R-APDU.SW'));
  assert.is(sw?.value, '9000');
  assert.is(toHex(whole?.bytes.subarray(sw?.start, sw?.end) as Uint8Array), '9000');
});

s('dynamic channels are known by what the connection began with', () => {
  const create = pdu({
    kind: 'createRequest',
    channelId: 3,
    priority: 0,
    channelName: 'Microsoft::Windows::RDS::AuthRedirection',
  });
  const names = ['rdpdr', 'drdynvc'];
  const [chunk] = chunks(create) as readonly [Uint8Array];
  const message = indication(1005, chunk);
  const named = dissector.value(message, { message: 'DYNVC_CREATE_REQ' }) as Json;
  const keys = dissector.keyring();
  for (const one of initials(names)) keys.learn(one);
  for (const value of [named, dissector.value(message, {}, keys) as Json]) {
    assert.is(value.ChannelName, 'Microsoft::Windows::RDS::AuthRedirection');
  }
});

/** Connect Initial and Response of a connection with these channels, from 1004 on. */
function initials(names: readonly string[]): readonly Uint8Array[] {
  const core = coreOfFreeRdp();
  const channels = names.map((name) => ({ name, options: 0 }));
  const client = { core, channels, messageChannel: false, multitransport: false };
  const server = {
    version: 0x00080004,
    clientRequestedProtocols: 0,
    earlyCapabilityFlags: 0,
    ioChannel: 1003,
    channelIds: names.map((_, index) => 1004 + index),
  };
  return [
    connectInitial(conferenceCreateRequest(encodeClientData(client))),
    connectResponse(conferenceCreateResponse(encodeServerData(server))),
  ];
}

/** What FreeRDP says of itself. */
function coreOfFreeRdp(): ClientCore {
  const initial = password.find((one) => dissector.name(one) === 'MCS Connect Initial');
  const { userData } = known(readConnectInitial(initial as Uint8Array));
  return known(readClientData(known(readConferenceCreateRequest(userData)))).core;
}

function known<T>(read: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  return read.ok ? read.value : (assert.unreachable('it cannot be read') as never);
}

s('statuses and errors have their names', () => {
  const failed = encode(TSRequest, { version: 6, errorCode: STATUS_LOGON_FAILURE });
  assert.is((dissector.value(failed) as Json).errorCode, 'STATUS_LOGON_FAILURE');
  const shown = (pduType2: number, body: Uint8Array): Json =>
    dissector.value(indication(1003, dataPdu(1, 1002, pduType2, body))) as Json;
  const info = saveSessionInfo({ kind: 'logonError', type: STATUS_LOGON_FAILURE, data: 0 });
  const { infoType, LogonErrors } = shown(PduType2.PDUTYPE2_SAVE_SESSION_INFO, info);
  assert.is(infoType, 'INFOTYPE_LOGON_EXTENDED_INFO');
  assert.is((LogonErrors as Json).ErrorNotificationType, 'STATUS_LOGON_FAILURE');
  const error = setErrorInfo(ErrorInfo.ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES);
  const { errorInfo } = shown(PduType2.PDUTYPE2_SET_ERROR_INFO_PDU, error);
  assert.is(errorInfo, 'ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES');
});

s('input and updates of the fast path are known by their octets', () => {
  const keys = hex`04 04 00 1e`;
  assert.is(dissector.name(keys), 'Fast-Path Input Event PDU');
  const { fpInputEvents } = dissector.value(keys) as Record<string, readonly Json[]>;
  assert.is(fpInputEvents?.[0]?.eventHeader, 'FASTPATH_INPUT_EVENT_SCANCODE');
  assert.is(dissector.name(hex`00 06 03 00 00 00`.subarray(0, 5)), undefined);
  const picture = concat(hex`00 8b be 01 b8 0b`, new Uint8Array(3000));
  assert.is(dissector.name(picture), 'Fast-Path Update PDU');
  const rows = dissector.fields(picture);
  assert.ok(JSON.stringify(rows).length < 1500, 'pictures are cut');
});

s('the early user authorization result needs the word of the trace', () => {
  const message = 'Early User Authorization Result PDU';
  assert.is(dissector.name(hex`05 00 00 00`), undefined);
  assert.equal(dissector.value(hex`05 00 00 00`, { message }), {
    authorizationResult: 'AUTHZ_ACCESS_DENIED',
  });
});

s.run();
