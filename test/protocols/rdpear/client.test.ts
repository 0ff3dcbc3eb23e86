import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CKSUMTYPE_RSA_MD5,
  KeyUsage,
  PA_KERB_KEY_LIST_REP,
} from '../../../protocols/kerberos/constants.ts';
import { KRB_AP_ERR_MODIFIED } from '../../../protocols/kerberos/error-codes.ts';
import {
  confounderLength,
  decrypt,
  encrypt,
  type Key,
} from '../../../protocols/kerberos/etypes.ts';
import {
  ApRep,
  Authenticator,
  AuthorizationData,
  Checksum,
  EncApRepPart,
  EncAsRepPart,
  EncryptedData,
  EncTgsRepPart,
  KdcReqBody,
} from '../../../protocols/kerberos/messages.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import {
  type Effect,
  type Event,
  INITIAL,
  type State,
  step,
} from '../../../protocols/rdpear/client.ts';
import { CallId, Status } from '../../../protocols/rdpear/constants.ts';
import {
  asn1Data,
  type Call,
  type CallOf,
  type Output,
} from '../../../protocols/rdpear/messages.ts';
import { opaqueKey } from '../../../protocols/rdpear/opaque-keys.ts';
import {
  inputPacket,
  outer,
  readInput,
  readOuter,
  readOutput,
} from '../../../protocols/rdpear/packets.ts';
import { concat, hex, toHex, utf16le } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { chanceOf, mutated } from '../../mutations.ts';
import { playbook } from '../../playbook.ts';
import { ALICE, clientEnv, freshKey, NOW, REALM } from '../kerberos/forged-kdc.ts';
import { keysOf } from './loopback.ts';

const s = suite('client of MS-RDPEAR');

const TGT_KEY = freshKey(18);
const HANDLE = hex`00112233445566778899aabbccddeeff`;
const TGT = { etype: 18, bytes: HANDLE };
const KNOWN = keysOf([[HANDLE, TGT_KEY]]);

type Env = ReturnType<typeof clientEnv>;

function open() {
  return playbook(
    (state: State, event: Event, env: Env) => step(KNOWN, state, event, env),
    INITIAL,
    clientEnv,
  ).on({ kind: 'opened' });
}

function outputOf(effects: readonly Effect[]): Output {
  const [effect] = effects;
  if (effect?.kind !== 'send') throw new Error(`no answer: ${JSON.stringify(effect)}`);
  const read = readOutput(effect.packet);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

function asks(call: Call): Event {
  return { kind: 'received', packet: inputPacket({ Call: call }) };
}

function answerTo(call: Call, book = open()): Output {
  return outputOf(book.on(asks(call)).effects);
}

function statusOf(call: Call): string {
  const { Status: status } = answerTo(call);
  return Object.entries(Status).find(([, value]) => value === status)?.[0] ?? `${status}`;
}

const BODY = encode(KdcReqBody, {
  kdcOptions: 0,
  realm: REALM,
  sname: principal(2, 'cifs', 'files.corp.example'),
  till: NOW + 1_000,
  nonce: 5,
  etype: [18],
});

const AUTHENTICATOR: CallOf<typeof CallId.RemoteCallKerbCreateApReqAuthenticator> = {
  EncryptionKey: opaqueKey(TGT),
  SequenceNumber: 9,
  ClientName: { NameType: 1, Names: ['alice'] },
  ClientRealm: REALM,
  SkewTime: 0n,
  SubKey: null,
  AuthData: asn1Data(hex`3000`),
  GssChecksum: asn1Data(encode(Checksum, { cksumtype: 7, checksum: new Uint8Array(16) })),
  KeyUsage: KeyUsage.TGS_REQ_AUTHENTICATOR,
};

function authenticator(changes: Partial<typeof AUTHENTICATOR> = {}): Call {
  const tag = CallId.RemoteCallKerbCreateApReqAuthenticator;
  return { tag, value: { ...AUTHENTICATOR, ...changes } };
}

function sealedUnder(key: Key, usage: number, plain: Uint8Array): Uint8Array {
  const cipher = encrypt(key, usage, plain, new Uint8Array(confounderLength(key.etype)));
  return encode(EncryptedData, { etype: key.etype, cipher });
}

function unpack(
  encrypted: Uint8Array,
  changes: Partial<CallOf<typeof CallId.RemoteCallKerbUnpackKdcReplyBody>> = {},
): Call {
  return {
    tag: CallId.RemoteCallKerbUnpackKdcReplyBody,
    value: {
      EncryptedData: asn1Data(encrypted),
      Key: opaqueKey(TGT),
      StrengthenKey: null,
      Pdu: 0,
      KeyUsage: KeyUsage.TGS_REP_ENC_PART_SESSION,
      ...changes,
    },
  };
}

const SERVICE_KEY = freshKey(17);
const PART = {
  key: { keytype: SERVICE_KEY.etype, keyvalue: SERVICE_KEY.bytes },
  lastReq: [],
  nonce: 5,
  flags: 0,
  authtime: NOW,
  endtime: NOW + 1_000,
  srealm: REALM,
  sname: principal(2, 'cifs', 'files.corp.example'),
};

s('a version is agreed on before anything else is known', () => {
  const { state } = playbook(
    (state: State, event: Event, env: Env) => step(KNOWN, state, event, env),
    INITIAL,
    clientEnv,
  )
    .on(asks({ tag: CallId.RemoteCallKerbNegotiateVersion, value: { MaxSupportedVersion: 0 } }))
    .emits({ kind: 'rejected', state: 'idle' });
  assert.is(state.name, 'idle');
  const call = {
    tag: CallId.RemoteCallKerbNegotiateVersion,
    value: { MaxSupportedVersion: 3 },
  } as const;
  assert.equal(answerTo(call), {
    Status: 0,
    Call: { tag: CallId.RemoteCallKerbNegotiateVersion, value: { VersionToUse: 0 } },
  });
});

s('authenticators are made with the ticket’s key, which is named by its handle', () => {
  const { Status: status, Call } = answerTo(authenticator({ SkewTime: 20_000_000n }));
  assert.is(status, 0);
  if (Call.tag !== CallId.RemoteCallKerbCreateApReqAuthenticator) return assert.unreachable();
  const { Authenticator: data, AuthenticatorTime } = Call.value;
  const { cipher } = decode(EncryptedData, data.Asn1Buffer as Uint8Array);
  const plain = decrypt(TGT_KEY, KeyUsage.TGS_REQ_AUTHENTICATOR, cipher) as Uint8Array;
  const made = decode(Authenticator, plain);
  assert.equal(made.cname, ALICE);
  assert.is(made.crealm, REALM);
  assert.is(made.seqNumber, 9);
  assert.is(made.authorizationData, undefined);
  assert.is(made.ctime, NOW + 2_000);
  assert.is(made.cusec, 123);
  assert.is(AuthenticatorTime, BigInt(NOW + 2_000 + 11_644_473_600_000) * 10_000n + 1_230n);
});

s('only authenticators are made, and no request whose reply the host could open', () => {
  const own = opaqueKey(freshKey(18));
  const cases: readonly (readonly [string, Partial<typeof AUTHENTICATOR>])[] = [
    ['STATUS_INVALID_HANDLE', { EncryptionKey: own }],
    ['STATUS_INVALID_HANDLE', { EncryptionKey: { ...opaqueKey(TGT), reserved2: 17 } }],
    ['STATUS_INVALID_PARAMETER', { KeyUsage: KeyUsage.TICKET }],
    ['STATUS_INVALID_PARAMETER', { SubKey: own }],
    ['STATUS_SUCCESS', { SubKey: own, KeyUsage: KeyUsage.AP_REQ_AUTHENTICATOR }],
    [
      'STATUS_INVALID_PARAMETER',
      {
        SubKey: { ...own, reserved3: { value: hex`00` } },
        KeyUsage: KeyUsage.AP_REQ_AUTHENTICATOR,
      },
    ],
    ['STATUS_INVALID_PARAMETER', { GssChecksum: asn1Data(hex`00`) }],
    ['STATUS_INVALID_PARAMETER', { AuthData: asn1Data(null) }],
    ['STATUS_SUCCESS', { AuthData: null, GssChecksum: null }],
    ['STATUS_INVALID_PARAMETER', { SkewTime: 2n ** 63n - 1n }],
    ['STATUS_INVALID_PARAMETER', { SkewTime: -(2n ** 63n) }],
  ];
  for (const [status, changes] of cases) {
    assert.is(statusOf(authenticator(changes)), status, Object.keys(changes).join());
  }
});

s('requests are checksummed, and nothing else is', () => {
  const tag = CallId.RemoteCallKerbComputeTgsChecksum;
  const value = {
    RequestBody: asn1Data(BODY),
    Key: opaqueKey(TGT),
    ChecksumType: CKSUMTYPE_RSA_MD5,
  };
  const { Call } = answerTo({ tag, value });
  if (Call.tag !== tag) return assert.unreachable();
  const made = decode(Checksum, Call.value.Checksum.Asn1Buffer as Uint8Array);
  assert.is(made.cksumtype, 7);
  assert.is(made.checksum.length, 16);
  assert.is(statusOf({ tag, value: { ...value, ChecksumType: 16 } }), 'STATUS_SUCCESS');
  assert.is(statusOf({ tag, value: { ...value, ChecksumType: 15 } }), 'STATUS_INVALID_PARAMETER');
  const other = { ...value, RequestBody: asn1Data(hex`3000`) };
  assert.is(statusOf({ tag, value: other }), 'STATUS_INVALID_PARAMETER');
});

s(
  'a reply comes without its key, and what stands for the key works until the channel closes',
  () => {
    const book = open();
    const list = { padataType: PA_KERB_KEY_LIST_REP, padataValue: hex`3000` };
    const other = { padataType: 165, padataValue: hex`3000` };
    const plain = encode(EncTgsRepPart, { ...PART, encryptedPaData: [list, other] });
    const sealed = sealedUnder(TGT_KEY, KeyUsage.TGS_REP_ENC_PART_SESSION, plain);
    const { Call } = answerTo(unpack(sealed), book);
    if (Call.tag !== CallId.RemoteCallKerbUnpackKdcReplyBody) return assert.unreachable();
    const octets = Call.value.ReplyBody.Asn1Buffer as Uint8Array;
    assert.not.match(toHex(octets), toHex(SERVICE_KEY.bytes));
    const { key, encryptedPaData } = decode(EncTgsRepPart, octets);
    assert.equal(encryptedPaData, [other]);
    assert.is(key.keytype, 17);
    const EncryptionKey = opaqueKey({ etype: key.keytype, bytes: key.keyvalue });
    const call = authenticator({ EncryptionKey, KeyUsage: KeyUsage.AP_REQ_AUTHENTICATOR });
    const made = answerTo(call, book);
    assert.is(made.Status, 0);
    book.on({ kind: 'closed' }).ends('idle');
    const anew = playbook(
      (state: State, event: Event, env: Env) => step(KNOWN, state, event, env),
      book.state,
      () => ({ ...clientEnv(), random: (size: number) => new Uint8Array(size).fill(8) }),
    ).on({ kind: 'opened' });
    assert.is(outputOf(anew.on(asks(call)).effects).Status, Status.STATUS_INVALID_HANDLE);
  },
);

s('what is under another key, or none of a reply, is not given away', () => {
  const plain = encode(EncAsRepPart, PART);
  const good = sealedUnder(TGT_KEY, KeyUsage.AS_REP_ENC_PART, plain);
  const error = (call: Call): number | undefined => {
    const { Call } = answerTo(call);
    return Call.tag === CallId.RemoteCallKerbUnpackKdcReplyBody
      ? Call.value.KerbProtocolError
      : undefined;
  };
  const { AS_REP_ENC_PART, TGS_REP_ENC_PART_SESSION, TICKET } = KeyUsage;
  assert.is(error(unpack(good, { KeyUsage: AS_REP_ENC_PART })), 0);
  assert.is(error(unpack(good)), KRB_AP_ERR_MODIFIED);
  const noReply = sealedUnder(TGT_KEY, TGS_REP_ENC_PART_SESSION, hex`3000`);
  assert.is(error(unpack(noReply)), KRB_AP_ERR_MODIFIED);
  assert.is(statusOf(unpack(good, { KeyUsage: TICKET })), 'STATUS_INVALID_PARAMETER');
  assert.is(statusOf(unpack(hex`00`)), 'STATUS_INVALID_PARAMETER');
  const StrengthenKey = opaqueKey(TGT);
  assert.is(statusOf(unpack(good, { StrengthenKey })), 'STATUS_INVALID_PARAMETER');
});

s('AP-REPs are opened and packed', () => {
  const plain = encode(EncApRepPart, { ctime: NOW, cusec: 5 });
  const pack = {
    tag: CallId.RemoteCallKerbPackApReply,
    value: { Reply: asn1Data(null), ReplyBody: asn1Data(plain), SessionKey: opaqueKey(TGT) },
  } as const;
  const { Call } = answerTo(pack);
  if (Call.tag !== pack.tag) return assert.unreachable();
  const { encPart } = decode(ApRep, Call.value.PackedReply as Uint8Array);
  const EncryptedReply = asn1Data(encode(EncryptedData, encPart));
  const opens = (Key = opaqueKey(TGT), data = EncryptedReply): Call => ({
    tag: CallId.RemoteCallKerbDecryptApReply,
    value: { EncryptedReply: data, Key },
  });
  assert.equal(answerTo(opens()).Call.value, { ApReply: asn1Data(plain) });
  assert.is(statusOf(opens(opaqueKey(freshKey(18)))), 'STATUS_INVALID_HANDLE');
  assert.is(statusOf(opens(opaqueKey(TGT), asn1Data(hex`00`))), 'STATUS_INVALID_PARAMETER');
  const wrong = asn1Data(sealedUnder(TGT_KEY, KeyUsage.TICKET, plain));
  assert.is(statusOf(opens(opaqueKey(TGT), wrong)), 'STATUS_DECRYPTION_FAILED');
  const noReply = { ...pack.value, ReplyBody: asn1Data(hex`3000`) };
  assert.is(statusOf({ ...pack, value: noReply }), 'STATUS_INVALID_PARAMETER');
});

s('authorization data is encrypted for a request', () => {
  const tag = CallId.RemoteCallKerbBuildEncryptedAuthData;
  const plain = encode(AuthorizationData, [{ adType: 1, adData: hex`3000` }]);
  const usage = KeyUsage.TGS_REQ_AUTHORIZATION_DATA_SESSION;
  const value = { KeyUsage: usage, Key: opaqueKey(TGT), PlainAuthData: asn1Data(plain) };
  const { Call } = answerTo({ tag, value });
  if (Call.tag !== tag) return assert.unreachable();
  const data = Call.value.EncryptedAuthData.Asn1Buffer as Uint8Array;
  assert.equal(decrypt(TGT_KEY, usage, decode(EncryptedData, data).cipher), plain);
  assert.is(
    statusOf({ tag, value: { ...value, KeyUsage: KeyUsage.TGS_REQ_AUTHENTICATOR } }),
    'STATUS_INVALID_PARAMETER',
  );
});

s('what is no call is refused with its reason', () => {
  const reasonOf = (packet: Uint8Array): string => {
    const [effect] = open().on({ kind: 'received', packet }).effects;
    return effect?.kind === 'refused' ? effect.reason : 'answered';
  };
  assert.match(reasonOf(hex`00`), /expected/);
  const call = inputPacket({
    Call: { tag: CallId.RemoteCallKerbNegotiateVersion, value: { MaxSupportedVersion: 0 } },
  });
  const ntlm = Uint8Array.from(
    hex`${toHex(call).replace(toHex(utf16le('Kerberos')), toHex(utf16le('NtlmNtlm')))}`,
  );
  assert.is(reasonOf(ntlm), 'a call of the package NtlmNtlm: only Kerberos is here');
  const asReq = hex`${toHex(call).replace('00010001', '01010101')}`;
  assert.match(reasonOf(asReq), /expected a tag of KerbCredIsoRemoteInput .*, got 257/);
});

s('the outer layer’s length is of the payload, or of everything', () => {
  const payload = hex`010203`;
  const message = outer(payload);
  assert.is(
    toHex(message),
    'c8c3ac4e' + '03000000' + '00000000' + '00000000' + '0000000000000000' + '010203',
  );
  assert.equal(readOuter(message), { ok: true, value: payload });
  const whole = message.slice();
  whole[4] = message.length;
  assert.equal(readOuter(whole), { ok: true, value: payload });
  const reason = (changed: Uint8Array): string => {
    const read = readOuter(changed);
    return read.ok ? 'was read' : read.reason;
  };
  assert.is(reason(concat(message, hex`04`)), 'Length is 3, 4 octets of payload came');
  assert.is(
    reason(concat(hex`00`, message.subarray(1))),
    'ProtocolMagic is 0x4eacc300, expected 0x4eacc3c8',
  );
  const version = message.slice();
  version[8] = 1;
  assert.is(reason(version), 'Version is 1, expected 0');
});

s('spoilt calls are answered or refused, and never with a key', () => {
  const plain = encode(EncTgsRepPart, PART);
  const replies = sealedUnder(TGT_KEY, KeyUsage.TGS_REP_ENC_PART_SESSION, plain);
  const packets = [
    authenticator(),
    unpack(replies),
    {
      tag: CallId.RemoteCallKerbComputeTgsChecksum,
      value: { RequestBody: asn1Data(BODY), Key: opaqueKey(TGT), ChecksumType: 7 },
    } as const,
  ].map((Call) => inputPacket({ Call }));
  const { state } = open();
  const secrets = [toHex(TGT_KEY.bytes), toHex(SERVICE_KEY.bytes)];
  for (let seed = 0; seed < 600; seed++) {
    const chance = chanceOf(seed, 'rdpear');
    const packet = mutated(chance.pick(packets), chance, packets);
    readInput(packet);
    for (const effect of step(KNOWN, state, { kind: 'received', packet }, clientEnv()).effects) {
      assert.ok(effect.kind === 'send' || effect.kind === 'refused', effect.kind);
      if (effect.kind !== 'send') continue;
      for (const secret of secrets) assert.not.match(toHex(effect.packet), secret);
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      readOuter(bytes);
      readInput(bytes);
      readOutput(bytes);
    }),
  );
});

s('names that no message can carry are refused, not thrown about', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
      const ClientName = { NameType: 1, Names: [text] };
      answerTo(authenticator({ ClientName, ClientRealm: text }));
    }),
    { numRuns: 50 },
  );
  assert.is(statusOf(authenticator({ ClientRealm: '\ud800' })), 'STATUS_INVALID_PARAMETER');
});

s.run();
