/** Structures of MS-NRPC that a network logon needs, in Microsoft's spelling. */
import type { Codec, Infer } from '../../src/ndr/codec.ts';
import {
  fileTime,
  flags,
  octets,
  rpcUnicodeString,
  uint16,
  uint32,
} from '../../src/ndr/primitives.ts';
import {
  conformantArray,
  count,
  fixedArray,
  pointer,
  struct,
  union,
} from '../../src/ndr/structures.ts';
import { varyingOctets } from '../../src/ndr/varying-octets.ts';
import { UserAccountControl } from '../pac/constants.ts';
import { fileTimeText } from '../pac/file-time.ts';
import { KerbSidAndAttributes, VALIDATION_MEMBERS } from '../pac/messages.ts';

const FILETIME = fileTime(fileTimeText);

/** NETLOGON_LOGON_INFO_CLASS, 2.2.1.4.16: network logons that may pass through more than one domain. */
export const NetlogonNetworkTransitiveInformation = 6;
/** NETLOGON_VALIDATION_INFO_CLASS, 2.2.1.4.17. */
export const NetlogonValidationSamInfo4 = 6;

/** ParameterControl, 2.2.1.4.15: accounts of computers may log on, too. */
export const ParameterControl = {
  ALLOW_SERVER_TRUST_ACCOUNT: 0x20,
  ALLOW_WORKSTATION_TRUST_ACCOUNT: 0x800,
} as const;

/** 2.2.1.1.2 */
const STRING: Codec<{ readonly Buffer: Uint8Array | null }> = struct('STRING', {
  Length: count('Buffer', uint16),
  MaximumLength: count('Buffer', uint16),
  Buffer: pointer(varyingOctets),
});

/** 2.2.1.4.15 */
const NetlogonLogonIdentityInfo = struct('NETLOGON_LOGON_IDENTITY_INFO', {
  LogonDomainName: rpcUnicodeString,
  ParameterControl: flags('unsigned long', ParameterControl),
  Reserved: FILETIME,
  UserName: rpcUnicodeString,
  Workstation: rpcUnicodeString,
});

/** 2.2.1.4.5 */
export type NetlogonNetworkInfo = Infer<typeof NetlogonNetworkInfo>;
export const NetlogonNetworkInfo = struct('NETLOGON_NETWORK_INFO', {
  Identity: NetlogonLogonIdentityInfo,
  LmChallenge: octets(8),
  NtChallengeResponse: STRING,
  LmChallengeResponse: STRING,
});

/** 2.2.1.4.6, of which one arm is spoken here. */
export const NetlogonLevel = union('NETLOGON_LEVEL', uint16, {
  [NetlogonNetworkTransitiveInformation]: pointer(NetlogonNetworkInfo),
});

/** 2.2.1.4.13 */
export type SamInfo4 = Infer<typeof NetlogonValidationSamInfo4Structure>;
export const NetlogonValidationSamInfo4Structure = struct('NETLOGON_VALIDATION_SAM_INFO4', {
  ...VALIDATION_MEMBERS,
  LMKey: octets(8),
  UserAccountControl: flags('unsigned long', UserAccountControl),
  SubAuthStatus: uint32,
  LastSuccessfulILogon: FILETIME,
  LastFailedILogon: FILETIME,
  FailedILogonCount: uint32,
  Reserved4: uint32,
  SidCount: count('ExtraSids'),
  ExtraSids: pointer(conformantArray(KerbSidAndAttributes)),
  DnsLogonDomainName: rpcUnicodeString,
  Upn: rpcUnicodeString,
  ExpansionStrings: fixedArray(rpcUnicodeString, 10),
});

/** 2.2.1.4.14, of which one arm is spoken here. */
export const NetlogonValidation = union('NETLOGON_VALIDATION', uint16, {
  [NetlogonValidationSamInfo4]: pointer(NetlogonValidationSamInfo4Structure),
});
