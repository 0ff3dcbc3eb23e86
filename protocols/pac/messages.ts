/**
 * The structures of MS-PAC that are NDR, and those of MS-ADTS 2.2.18 (claims), in Microsoft's
 * spelling. Counts are left out of the values: they follow from what they count.
 */
import type { Codec, Infer } from '../../src/ndr/codec.ts';
import {
  conformantOctets,
  enumeration,
  fileTime,
  flags,
  int64,
  octets,
  rpcUnicodeString,
  rpcUnicodeStringRoomy,
  uint8,
  uint16,
  uint32,
  uint64,
  wideString,
} from '../../src/ndr/primitives.ts';
import {
  conformantArray,
  count,
  fixedArray,
  mapped,
  nonNull,
  pointer,
  struct,
  tag,
  union,
} from '../../src/ndr/structures.ts';
import {
  ClaimsCompressionFormat,
  ClaimsSourceType,
  ClaimType,
  GroupAttributes,
  NtlmCredentialFlags,
  UserAccountControl,
  UserFlags,
} from './constants.ts';
import { fileTimeText } from './file-time.ts';
import { SUB_AUTHORITIES_MAX, sidParts, sidText } from './sid.ts';

const FILETIME = fileTime(fileTimeText);
const GROUP_ATTRIBUTES = flags('unsigned long', GroupAttributes);

/** MS-DTYP 2.4.2.3; the value is its text. */
export const RpcSid: Codec<string> = mapped(
  'RPC_SID',
  struct('RPC_SID', {
    Revision: uint8,
    SubAuthorityCount: count('SubAuthority', uint8),
    IdentifierAuthority: octets(6),
    SubAuthority: conformantArray(uint32),
  }),
  ({ Revision, IdentifierAuthority, SubAuthority }, reader) => {
    if (Revision !== 1) reader.fail(`expected SID revision 1, got ${Revision}`);
    if (SubAuthority.length > SUB_AUTHORITIES_MAX) {
      reader.fail(
        `a SID has at most ${SUB_AUTHORITIES_MAX} subauthorities, not ${SubAuthority.length}`,
      );
    }
    const authority = IdentifierAuthority.reduce((sum, octet) => sum * 256 + octet, 0);
    return sidText({ IdentifierAuthority: authority, SubAuthority });
  },
  (text) => {
    const { IdentifierAuthority, SubAuthority } = sidParts(text);
    const authority = Uint8Array.from(
      { length: 6 },
      (_, i) => Math.floor(IdentifierAuthority / 256 ** (5 - i)) % 256,
    );
    return { Revision: 1, IdentifierAuthority: authority, SubAuthority };
  },
);

/** MS-PAC 2.2.2 */
export type GroupMembership = Infer<typeof GroupMembership>;
export const GroupMembership = struct('GROUP_MEMBERSHIP', {
  RelativeId: uint32,
  Attributes: GROUP_ATTRIBUTES,
});

/** MS-PAC 2.2.1 */
export type KerbSidAndAttributes = Infer<typeof KerbSidAndAttributes>;
export const KerbSidAndAttributes = struct('KERB_SID_AND_ATTRIBUTES', {
  Sid: nonNull(RpcSid),
  Attributes: GROUP_ATTRIBUTES,
});

/** MS-PAC 2.2.3 */
export type DomainGroupMembership = Infer<typeof DomainGroupMembership>;
export const DomainGroupMembership = struct('DOMAIN_GROUP_MEMBERSHIP', {
  DomainId: nonNull(RpcSid),
  GroupCount: count('GroupIds'),
  GroupIds: pointer(conformantArray(GroupMembership)),
});

/** What KERB_VALIDATION_INFO (MS-PAC 2.5) and NETLOGON_VALIDATION_SAM_INFO4 (MS-NRPC 2.2.1.4.13) begin with. */
export const VALIDATION_MEMBERS = {
  LogonTime: FILETIME,
  LogoffTime: FILETIME,
  KickOffTime: FILETIME,
  PasswordLastSet: FILETIME,
  PasswordCanChange: FILETIME,
  PasswordMustChange: FILETIME,
  EffectiveName: rpcUnicodeString,
  FullName: rpcUnicodeString,
  LogonScript: rpcUnicodeString,
  ProfilePath: rpcUnicodeString,
  HomeDirectory: rpcUnicodeString,
  HomeDirectoryDrive: rpcUnicodeString,
  LogonCount: uint16,
  BadPasswordCount: uint16,
  UserId: uint32,
  PrimaryGroupId: uint32,
  GroupCount: count('GroupIds'),
  GroupIds: pointer(conformantArray(GroupMembership)),
  UserFlags: flags('unsigned long', UserFlags),
  UserSessionKey: octets(16),
  LogonServer: rpcUnicodeStringRoomy,
  LogonDomainName: rpcUnicodeStringRoomy,
  LogonDomainId: pointer(RpcSid),
} as const;

/** MS-PAC 2.5 */
export type KerbValidationInfo = Infer<typeof KerbValidationInfo>;
export const KerbValidationInfo = struct('KERB_VALIDATION_INFO', {
  ...VALIDATION_MEMBERS,
  Reserved1: fixedArray(uint32, 2),
  UserAccountControl: flags('unsigned long', UserAccountControl),
  SubAuthStatus: uint32,
  LastSuccessfulILogon: FILETIME,
  LastFailedILogon: FILETIME,
  FailedILogonCount: uint32,
  Reserved3: uint32,
  SidCount: count('ExtraSids'),
  ExtraSids: pointer(conformantArray(KerbSidAndAttributes)),
  ResourceGroupDomainSid: pointer(RpcSid),
  ResourceGroupCount: count('ResourceGroupIds'),
  ResourceGroupIds: pointer(conformantArray(GroupMembership)),
});

/** MS-PAC 2.9 */
export type S4uDelegationInfo = Infer<typeof S4uDelegationInfo>;
export const S4uDelegationInfo = struct('S4U_DELEGATION_INFO', {
  S4U2proxyTarget: rpcUnicodeString,
  TransitedListSize: count('S4UTransitedServices'),
  S4UTransitedServices: pointer(conformantArray(rpcUnicodeString)),
});

/** MS-PAC 2.12 */
export type PacDeviceInfo = Infer<typeof PacDeviceInfo>;
export const PacDeviceInfo = struct('PAC_DEVICE_INFO', {
  UserId: uint32,
  PrimaryGroupId: uint32,
  AccountDomainId: pointer(RpcSid),
  AccountGroupCount: count('AccountGroupIds'),
  AccountGroupIds: pointer(conformantArray(GroupMembership)),
  SidCount: count('ExtraSids'),
  ExtraSids: pointer(conformantArray(KerbSidAndAttributes)),
  DomainGroupCount: count('DomainGroup'),
  DomainGroup: pointer(conformantArray(DomainGroupMembership)),
});

/** MS-PAC 2.6.3; `Credentials` is an {@link NtlmSupplementalCredential} when the package is NTLM. */
export type SecpkgSupplementalCred = Infer<typeof SecpkgSupplementalCred>;
export const SecpkgSupplementalCred = struct('SECPKG_SUPPLEMENTAL_CRED', {
  PackageName: rpcUnicodeString,
  CredentialSize: count('Credentials'),
  Credentials: pointer(conformantOctets),
});

/** MS-PAC 2.6.2: the plaintext of PAC_CREDENTIAL_INFO.SerializedData */
export type PacCredentialData = Infer<typeof PacCredentialData>;
export const PacCredentialData = struct('PAC_CREDENTIAL_DATA', {
  CredentialCount: count('Credentials'),
  Credentials: conformantArray(SecpkgSupplementalCred),
});

/** MS-PAC 2.6.4: plain, not serialized */
export type NtlmSupplementalCredential = Infer<typeof NtlmSupplementalCredential>;
export const NtlmSupplementalCredential = struct('NTLM_SUPPLEMENTAL_CREDENTIAL', {
  Version: uint32,
  Flags: flags('unsigned long', NtlmCredentialFlags),
  LmPassword: octets(16),
  NtPassword: octets(16),
});

const CLAIM_TYPE = enumeration('CLAIM_TYPE', ClaimType);

/** MS-ADTS 2.2.18.5 */
export type ClaimEntry = Infer<typeof ClaimEntry>;
export const ClaimEntry = struct('CLAIM_ENTRY', {
  Id: nonNull(wideString),
  Type: tag('Values', CLAIM_TYPE),
  Values: union('CLAIM_ENTRY_VALUES', CLAIM_TYPE, {
    1: struct('CLAIM_TYPE_INT64', {
      ValueCount: count('Int64Values'),
      Int64Values: pointer(conformantArray(int64)),
    }),
    2: struct('CLAIM_TYPE_UINT64', {
      ValueCount: count('Uint64Values'),
      Uint64Values: pointer(conformantArray(uint64)),
    }),
    3: struct('CLAIM_TYPE_STRING', {
      ValueCount: count('StringValues'),
      StringValues: pointer(conformantArray(nonNull(wideString))),
    }),
    6: struct('CLAIM_TYPE_BOOLEAN', {
      ValueCount: count('BooleanValues'),
      BooleanValues: pointer(conformantArray(uint64)),
    }),
  }),
});

/** MS-ADTS 2.2.18.6 */
export type ClaimsArray = Infer<typeof ClaimsArray>;
export const ClaimsArray = struct('CLAIMS_ARRAY', {
  usClaimsSourceType: enumeration('CLAIMS_SOURCE_TYPE', ClaimsSourceType),
  ulClaimsCount: count('ClaimEntries'),
  ClaimEntries: pointer(conformantArray(ClaimEntry)),
});

/** MS-ADTS 2.2.18.7: what CLAIMS_SET_METADATA.ClaimsSet holds, when it is not compressed */
export type ClaimsSet = Infer<typeof ClaimsSet>;
export const ClaimsSet = struct('CLAIMS_SET', {
  ulClaimsArrayCount: count('ClaimsArrays'),
  ClaimsArrays: pointer(conformantArray(ClaimsArray)),
  usReservedType: uint16,
  ulReservedFieldSize: count('ReservedField'),
  ReservedField: pointer(conformantOctets),
});

/** MS-ADTS 2.2.18.8 */
export type ClaimsSetMetadata = Infer<typeof ClaimsSetMetadata>;
export const ClaimsSetMetadata = struct('CLAIMS_SET_METADATA', {
  ulClaimsSetSize: count('ClaimsSet'),
  ClaimsSet: pointer(conformantOctets),
  usCompressionFormat: enumeration('CLAIMS_COMPRESSION_FORMAT', ClaimsCompressionFormat),
  ulUncompressedClaimsSetSize: uint32,
  usReservedType: uint16,
  ulReservedFieldSize: count('ReservedField'),
  ReservedField: pointer(conformantOctets),
});
