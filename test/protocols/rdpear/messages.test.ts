import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CallId, Status } from '../../../protocols/rdpear/constants.ts';
import {
  asn1Data,
  type Call,
  type Input,
  KerbCredIsoRemoteInput,
  KerbCredIsoRemoteOutput,
  type Output,
} from '../../../protocols/rdpear/messages.ts';
import { fromHex, hex, toHex } from '../../../src/bytes/bytes.ts';
import { decode, encode, Reader, readPointee } from '../../../src/ndr/codec.ts';
import { nonNull } from '../../../src/ndr/structures.ts';

const s = suite('messages of MS-RDPEAR');

const input = nonNull(KerbCredIsoRemoteInput);
const output = nonNull(KerbCredIsoRemoteOutput);

/** What a Windows host asked FreeRDP's client (channels/rdpear/common/test/TestNdrEar.c); the outermost referent id is before it. */
const OF_WINDOWS = fromHex(
  `00000200
   03010301 04000200 389eef6b 0c000200 18000200 20000200 00000000 24000200 2c000200 07000000
   138aa5a8 12000000 20000000 08000200 20000000
   c90342a8178fd9c49bd2c46e7364987b90f59a28778ecade292ea38d8a5636d5
   01000100 10000200 01000000 1c001e00 14000200 0f000000 00000000 0e000000
   410064006d0069006e0069007300740072006100740065007500720 0
   1c001e00 1c000200 0f000000 00000000 0e000000
   48004100520044004500 4e0049004e00470033002e0043004f004d00 00000000
   0000000000000000 00000000 02000000 28000200 02000000 3000 0000
   08000000 1b000000 30000200 1b000000
   3019a003020107a1120410e4aaff2b93974cf25c0b49857292945400`.replaceAll(/\s/g, ''),
);

s('a call of a Windows host is read', () => {
  const reader = new Reader(OF_WINDOWS);
  const { Call } = readPointee(reader, input);
  assert.is(reader.at, OF_WINDOWS.length - 1);
  assert.equal(Call, {
    tag: CallId.RemoteCallKerbCreateApReqAuthenticator,
    value: {
      EncryptionKey: {
        reserved1: 0xa8a58a13,
        reserved2: 18,
        reserved3: {
          value: hex`c90342a8178fd9c49bd2c46e7364987b90f59a28778ecade292ea38d8a5636d5`,
        },
      },
      SequenceNumber: 0x6bef9e38,
      ClientName: { NameType: 1, Names: ['Administrateur'] },
      ClientRealm: 'HARDENING3.COM',
      SkewTime: 0n,
      SubKey: null,
      AuthData: { Pdu: 0, Asn1Buffer: hex`3000` },
      GssChecksum: {
        Pdu: 8,
        Asn1Buffer: hex`3019a003020107a1120410e4aaff2b93974cf25c0b498572929454`,
      },
      KeyUsage: 7,
    },
  });
});

s('and written as Windows does, referent ids and padding included', () => {
  const { Call } = readPointee(new Reader(OF_WINDOWS), input);
  const written = encode(input, { Call }).subarray(16);
  const length = OF_WINDOWS.length - 1;
  assert.is(toHex(written.subarray(0, length)), toHex(OF_WINDOWS.subarray(0, length)));
});

s('answers have a status between the call’s number and its structure', () => {
  const value = { VersionToUse: 0 };
  const bytes = encode(output, {
    Status: Status.STATUS_INVALID_HANDLE,
    Call: { tag: CallId.RemoteCallKerbNegotiateVersion, value },
  });
  assert.is(
    toHex(bytes.subarray(16)),
    '00000200' + '00010000' + '080000c0' + '00010000' + '00000000' + '00000000',
  );
});

/** With Object's prototype, as decoders make them. */
function record<T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as unknown as fc.Arbitrary<T>;
}

const data = fc.option(fc.uint8Array({ maxLength: 30 })).map(asn1Data);
const number = fc.nat(0xffffffff);
const opaque = record({
  reserved1: number,
  reserved2: fc.integer({ min: -140, max: 30 }),
  reserved3: record({ value: fc.option(fc.uint8Array({ maxLength: 40 })) }),
});
const text = fc.string({ maxLength: 12 }).filter((value) => !value.includes('\0'));
const {
  RemoteCallKerbNegotiateVersion,
  RemoteCallKerbCreateApReqAuthenticator,
  RemoteCallKerbDecryptApReply,
  RemoteCallKerbUnpackKdcReplyBody,
  RemoteCallKerbComputeTgsChecksum,
  RemoteCallKerbBuildEncryptedAuthData,
  RemoteCallKerbPackApReply,
} = CallId;

const calls: fc.Arbitrary<Call> = fc.oneof(
  number.map(
    (MaxSupportedVersion): Call => ({
      tag: RemoteCallKerbNegotiateVersion,
      value: { MaxSupportedVersion },
    }),
  ),
  record({
    EncryptionKey: opaque,
    SequenceNumber: number,
    ClientName: record({ NameType: fc.nat(0xffff), Names: fc.array(text, { maxLength: 3 }) }),
    ClientRealm: text,
    SkewTime: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    SubKey: fc.option(opaque),
    AuthData: fc.option(data),
    GssChecksum: fc.option(data),
    KeyUsage: number,
  }).map((value): Call => ({ tag: RemoteCallKerbCreateApReqAuthenticator, value })),
  record({ EncryptedReply: data, Key: opaque }).map(
    (value): Call => ({ tag: RemoteCallKerbDecryptApReply, value }),
  ),
  record({
    EncryptedData: data,
    Key: opaque,
    StrengthenKey: fc.option(opaque),
    Pdu: number,
    KeyUsage: number,
  }).map((value): Call => ({ tag: RemoteCallKerbUnpackKdcReplyBody, value })),
  record({ RequestBody: data, Key: opaque, ChecksumType: number }).map(
    (value): Call => ({ tag: RemoteCallKerbComputeTgsChecksum, value }),
  ),
  record({ KeyUsage: number, Key: opaque, PlainAuthData: data }).map(
    (value): Call => ({ tag: RemoteCallKerbBuildEncryptedAuthData, value }),
  ),
  record({ Reply: data, ReplyBody: data, SessionKey: opaque }).map(
    (value): Call => ({ tag: RemoteCallKerbPackApReply, value }),
  ),
);

s('what is written is read, calls and answers', () => {
  fc.assert(
    fc.property(calls, (Call) => {
      const value: Input = { Call };
      assert.equal(decode(input, encode(input, value)), value);
    }),
  );
  const answers: fc.Arbitrary<Output['Call']> = fc.oneof(
    record({
      AuthenticatorTime: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      Authenticator: data,
      KerbProtocolError: fc.integer({ min: -100, max: 100 }),
    }).map((value) => ({ tag: RemoteCallKerbCreateApReqAuthenticator, value })),
    record({ KerbProtocolError: fc.integer({ min: -100, max: 100 }), ReplyBody: data }).map(
      (value) => ({ tag: RemoteCallKerbUnpackKdcReplyBody, value }),
    ),
    record({ PackedReply: fc.option(fc.uint8Array({ maxLength: 30 })) }).map((value) => ({
      tag: RemoteCallKerbPackApReply,
      value,
    })),
  );
  fc.assert(
    fc.property(answers, number, (Call, status) => {
      const value: Output = { Status: status, Call };
      assert.equal(decode(output, encode(output, value)), value);
    }),
  );
});

s.run();
