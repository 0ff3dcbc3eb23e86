import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BUFFERS,
  DeviceInfo,
  LogonInfo,
  PacAttributesInfo,
  PacClientInfo,
  PacCredentialInfo,
  PacRequestorGuid,
  PacRequestorSid,
  PacSignatureData,
  UpnDnsInfo,
} from '../../../protocols/pac/buffers.ts';
import { PacType } from '../../../protocols/pac/constants.ts';
import { readPac } from '../../../protocols/pac/pactype.ts';
import { concat, hex, toHex } from '../../../src/bytes/bytes.ts';
import { clientInfo, logonInfo, partialLogonInfo, sid, upnDnsInfo } from './inputs.ts';
import { vector } from './vectors.ts';

const s = suite('pac buffers');

s('LOGON_INFO, octet for octet', () => {
  const octets = vector('own/pac-logon-info');
  assert.is(toHex(LogonInfo.encode(logonInfo)), toHex(octets));
  assert.equal(LogonInfo.decode(octets), logonInfo);
});

s('UPN_DNS_INFO, octet for octet', () => {
  const octets = vector('own/pac-upn-dns-info');
  assert.is(toHex(UpnDnsInfo.encode(upnDnsInfo)), toHex(octets));
  assert.equal(UpnDnsInfo.decode(octets), upnDnsInfo);
});

s('UPN_DNS_INFO without SAM name and SID has no place for them', () => {
  const octets = UpnDnsInfo.encode({ Upn: 'a@b', DnsDomainName: 'B', Flags: 3 });
  assert.is(
    toHex(octets),
    '06001000' + '02001800' + '01000000' + '00000000' + '6100400062000000' + '4200000000000000',
  );
  assert.equal(UpnDnsInfo.decode(octets), { Upn: 'a@b', DnsDomainName: 'B', Flags: 1 });
});

s('the small ones, octet for octet', () => {
  assert.is(toHex(PacClientInfo.encode(clientInfo)), '00c08976453cda010a0061006c00690063006500');
  assert.equal(PacClientInfo.decode(PacClientInfo.encode(clientInfo)), clientInfo);
  const requestor = '01050000000000051500000001000000020000000300000051040000';
  assert.is(toHex(PacRequestorSid.encode(sid)), requestor);
  assert.is(PacRequestorSid.decode(hex`${requestor}`), sid);
  const requested = { FlagsLength: 2, Flags: [1] };
  assert.is(toHex(PacAttributesInfo.encode(requested)), '0200000001000000');
  assert.equal(PacAttributesInfo.decode(hex`02000000 01000000`), requested);
  const guid = '00112233-4455-6677-8899-aabbccddeeff';
  assert.is(toHex(PacRequestorGuid.encode(guid)), '33221100554477668899aabbccddeeff');
  assert.is(PacRequestorGuid.decode(hex`33221100 5544 7766 8899aabbccddeeff`), guid);
  assert.throws(() => PacRequestorGuid.encode('1234'), /expected a GUID/);
  const credentials = { Version: 0, EncryptionType: 18, SerializedData: hex`01 02 03` };
  assert.is(toHex(PacCredentialInfo.encode(credentials)), '0000000012000000010203');
  assert.equal(PacCredentialInfo.decode(PacCredentialInfo.encode(credentials)), credentials);
});

s('signatures, with and without RODCIdentifier', () => {
  const octets = hex`10000000 92f25fda91e5d1a5a1af64e9 c56c`;
  const value = { SignatureType: 16, Signature: octets.slice(4, 16), RODCIdentifier: 27845 };
  assert.equal(PacSignatureData.decode(octets), value);
  assert.is(toHex(PacSignatureData.encode(value)), toHex(octets));
  assert.is(PacSignatureData.decode(concat(hex`76ffffff`, new Uint8Array(16))).SignatureType, -138);
  assert.match(refused(concat(octets, hex`00`)), /3 octets follow the signature/);
  assert.match(refused(hex`10000000 92f2`), /expected 12 octets, 2 are left/);
  function refused(bytes: Uint8Array): string {
    const read = PacSignatureData.tryDecode(bytes);
    return read.ok ? 'read' : read.error.reason;
  }
});

s('a Windows DC writes the same octets: MS-PAC section 3, Windows 2003, 2008 and 2022', () => {
  const section3 = vector('ms-pac/section-3').subarray(22);
  const pacs = [
    section3,
    vector('mit/saved-pac'),
    vector('mit/s4u-pac-regular'),
    vector('samba/claims-pac'),
  ];
  const seen = new Set<number>();
  for (const octets of pacs) {
    const pac = readPac(octets);
    assert.ok(pac.ok);
    for (const { ulType, bytes } of pac.ok ? pac.value.buffers : []) {
      const codec = BUFFERS.get(ulType);
      assert.ok(codec, `ulType ${ulType}`);
      const again = codec?.encode(codec.decode(bytes)) as Uint8Array;
      assert.is(toHex(again.subarray(0, bytes.length)), toHex(bytes), codec?.type);
      // Older ones do not count the padding.
      assert.ok(again.length - bytes.length < 8, codec?.type);
      assert.ok(again.subarray(bytes.length).every((octet) => octet === 0));
      seen.add(ulType);
    }
  }
  assert.equal(
    [...seen].sort((a, b) => a - b),
    [1, 6, 7, 10, 12, 13, 17, 18],
  );
});

s('the example of MS-PAC section 3, where its text misreads a space and a digit', () => {
  const pac = readPac(vector('ms-pac/section-3').subarray(22));
  assert.ok(pac.ok);
  const info = LogonInfo.decode((pac.ok && pac.value.buffers[0]?.bytes) as Uint8Array);
  assert.is(info.EffectiveName, 'lzhu');
  assert.is(info.FullName, 'Liqiang(Larry) Zhu');
  assert.is(info.LogonScript, 'ntds2.bat');
  assert.is(info.LogonServer, 'NTDEV-DC-05');
  assert.is(info.LogonDomainId, 'S-1-5-21-397955417-626881126-188441444');
  assert.is(info.GroupIds?.length, 26);
  assert.equal(info.GroupIds?.[0], { RelativeId: 0x33c461, Attributes: 7 });
  assert.is(info.ExtraSids?.length, 13);
});

s('PAC_DEVICE_INFO there and back', () => {
  const value = {
    UserId: 1106,
    PrimaryGroupId: 515,
    AccountDomainId: 'S-1-5-21-1-2-3',
    AccountGroupIds: [{ RelativeId: 515, Attributes: 7 }],
    ExtraSids: [{ Sid: 'S-1-18-1', Attributes: 7 }],
    DomainGroup: [
      { DomainId: 'S-1-5-21-4-5-6', GroupIds: [{ RelativeId: 1200, Attributes: 0x20000007 }] },
      { DomainId: 'S-1-5-21-0-0-0', GroupIds: null },
    ],
  };
  assert.equal(DeviceInfo.decode(DeviceInfo.encode(value)), value);
});

s('referents of resource groups come after those inside ExtraSids, as on Windows', () => {
  const octets = LogonInfo.encode({
    ...logonInfo,
    ResourceGroupDomainSid: 'S-1-5-21-1-2-3',
    ResourceGroupIds: [{ RelativeId: 1200, Attributes: 0x20000007 }],
  });
  const end = 16 + 4 + 0xd8;
  // SidCount, ExtraSids, ResourceGroupDomainSid, ResourceGroupCount, ResourceGroupIds
  assert.is(
    toHex(octets.subarray(end - 20, end)),
    '01000000' + '2c000200' + '34000200' + '01000000' + '38000200',
  );
});

s('an SID inside NDR is checked like any other', () => {
  const octets = LogonInfo.encode(partialLogonInfo);
  const at = toHex(octets).indexOf('010400000000000515000000') / 2;
  const edited = octets.slice();
  edited[at] = 2;
  const read = LogonInfo.tryDecode(edited);
  assert.not(read.ok);
  assert.match(read.ok ? '' : read.error.message, /^LogonDomainId: expected SID revision 1, got 2/);
});

s('every type of MS-PAC 2.4 has a codec', () => {
  assert.equal(
    [...BUFFERS.keys()].sort((a, b) => a - b),
    Object.values(PacType).sort((a, b) => a - b),
  );
});

s('rows with offsets for plain structures', () => {
  const rows = UpnDnsInfo.explain(vector('own/pac-upn-dns-info'), 'UPN').map(
    ({ path, start, end, value, name }) => [path, start, end, value, name].join(' ').trim(),
  );
  assert.equal(rows, [
    'UPN 0 136',
    'UPN.UpnLength 0 2 34',
    'UPN.UpnOffset 2 4 24',
    'UPN.DnsDomainNameLength 4 6 22',
    'UPN.DnsDomainNameOffset 6 8 64',
    'UPN.Flags 8 12 2 HAS_SAM_NAME_AND_SID',
    'UPN.SamNameLength 12 14 10',
    'UPN.SamNameOffset 14 16 88',
    'UPN.SidLength 16 18 28',
    'UPN.SidOffset 18 20 104',
    'UPN.Upn 24 58 alice@contoso.com',
    'UPN.DnsDomainName 64 86 CONTOSO.COM',
    'UPN.SamName 88 98 alice',
    'UPN.Sid 104 132 S-1-5-21-1-2-3-1105',
  ]);
  const cut = UpnDnsInfo.explain(vector('own/pac-upn-dns-info').subarray(0, 60), 'UPN');
  assert.match(String(cut.at(-1)?.value), /22 octets at 64 are not in a buffer of 60/);
});

s.run();
