import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClaimsInfo, DelegationInfo } from '../../../protocols/pac/buffers.ts';
import { ClaimsCompressionFormat, PacType } from '../../../protocols/pac/constants.ts';
import {
  ClaimsSet,
  NtlmSupplementalCredential,
  PacCredentialData,
} from '../../../protocols/pac/messages.ts';
import { pacBuffer, readPac } from '../../../protocols/pac/pactype.ts';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import { decode, encode, Reader } from '../../../src/ndr/codec.ts';
import { nonNull } from '../../../src/ndr/structures.ts';
import { Writer } from '../../../src/ndr/writer.ts';
import { vector } from './vectors.ts';

const s = suite('pac messages');

s('claims that Windows Server 2022 wrote: boolean, string and uint64', () => {
  const pac = readPac(vector('samba/claims-pac'));
  assert.ok(pac.ok);
  const octets = pac.ok && pacBuffer(pac.value, PacType.CLIENT_CLAIMS_INFO);
  const metadata = ClaimsInfo.decode(octets as Uint8Array);
  assert.is(metadata.usCompressionFormat, ClaimsCompressionFormat.COMPRESSION_FORMAT_NONE);
  assert.is(metadata.ulUncompressedClaimsSetSize, 344);
  const set = metadata.ClaimsSet as Uint8Array;
  const claims = decode(nonNull(ClaimsSet), set);
  assert.equal(claims, {
    ClaimsArrays: [
      {
        usClaimsSourceType: 1,
        ClaimEntries: [
          { Id: '720fd3c3_9', Values: { tag: 6, value: { BooleanValues: [1n] } } },
          { Id: '720fd3c3_7', Values: { tag: 3, value: { StringValues: ['foo', 'bar', 'baz'] } } },
          {
            Id: '720fd3c3_8',
            Values: { tag: 2, value: { Uint64Values: [655369n, 65543n, 65542n, 65536n] } },
          },
        ],
      },
    ],
    usReservedType: 0,
    ReservedField: null,
  });
  assert.is(toHex(encode(nonNull(ClaimsSet), claims)), toHex(set));
});

s('S4U_DELEGATION_INFO', () => {
  const value = {
    S4U2proxyTarget: 'cifs/files',
    S4UTransitedServices: ['http/web@CORP.EXAMPLE', 'http/app@CORP.EXAMPLE'],
  };
  const octets = DelegationInfo.encode(value);
  // Referents: the structure, the target, the array, then one for each string in it.
  assert.is(
    toHex(octets.subarray(16, 36)),
    '00000200' + '14001400' + '04000200' + '02000000' + '08000200',
  );
  assert.equal(DelegationInfo.decode(octets), value);
});

s('the NT hash that a TGT by PKINIT carries', () => {
  const credential = {
    Version: 0,
    Flags: 2,
    LmPassword: new Uint8Array(16),
    NtPassword: hex`fc525c9683e8fe067095ba2ddc971889`,
  };
  const writer = new Writer();
  NtlmSupplementalCredential.write(writer, credential);
  const plain = writer.padded();
  assert.is(plain.length, 40);
  const value = { Credentials: [{ PackageName: 'NTLM', Credentials: plain }] };
  const octets = encode(nonNull(PacCredentialData), value);
  assert.is(
    toHex(octets.subarray(16)),
    '00000200' +
      '01000000' +
      '01000000' +
      '0800080004000200' +
      '28000000' +
      '08000200' +
      '04000000000000000400000' +
      '04e0054004c004d00' +
      '28000000' +
      toHex(plain) +
      '00000000',
  );
  const again = decode(nonNull(PacCredentialData), octets);
  assert.equal(again, value);
  const reader = new Reader(again.Credentials[0]?.Credentials as Uint8Array);
  const partial = NtlmSupplementalCredential.read(reader, 0);
  assert.equal(NtlmSupplementalCredential.readBodies(reader, partial), credential);
});

s.run();
