/** What the vectors of test/vectors/own were made from, and their keys. */

import { key } from '../../../protocols/kerberos/etypes.ts';
import { LogonInfo, type PacClientInfo, UpnDnsInfo } from '../../../protocols/pac/buffers.ts';
import { PacType, UserFlags } from '../../../protocols/pac/constants.ts';
import { fileTimeOf, NEVER } from '../../../protocols/pac/file-time.ts';
import type { KerbValidationInfo } from '../../../protocols/pac/messages.ts';
import type { PacBuffer } from '../../../protocols/pac/pactype.ts';

export const AUTHTIME = Date.UTC(2024, 0, 1);
const SID = 'S-1-5-21-1-2-3';

export const krbtgtKey = key(18, new Uint8Array(32).fill(0x11));
export const rodcKey = key(18, new Uint8Array(32).fill(0x22));
export const serviceKey = key(18, new Uint8Array(32).fill(0x33));
export const RODC_NUMBER = 27845;

export const logonInfo: KerbValidationInfo = {
  LogonTime: fileTimeOf(AUTHTIME),
  LogoffTime: NEVER,
  KickOffTime: NEVER,
  PasswordLastSet: fileTimeOf(AUTHTIME),
  PasswordCanChange: fileTimeOf(AUTHTIME),
  PasswordMustChange: NEVER,
  EffectiveName: 'alice',
  FullName: 'Alice Example',
  LogonScript: '',
  ProfilePath: '',
  HomeDirectory: '',
  HomeDirectoryDrive: '',
  LogonCount: 1,
  BadPasswordCount: 0,
  UserId: 1105,
  PrimaryGroupId: 513,
  GroupIds: [{ RelativeId: 513, Attributes: 7 }],
  UserFlags: UserFlags.LOGON_EXTRA_SIDS,
  UserSessionKey: new Uint8Array(16),
  LogonServer: 'DC1',
  LogonDomainName: 'CONTOSO',
  LogonDomainId: SID,
  Reserved1: [0, 0],
  UserAccountControl: 0x10,
  SubAuthStatus: 0,
  LastSuccessfulILogon: 0n,
  LastFailedILogon: 0n,
  FailedILogonCount: 0,
  Reserved3: 0,
  ExtraSids: [{ Sid: 'S-1-18-1', Attributes: 7 }],
  ResourceGroupDomainSid: null,
  ResourceGroupIds: null,
};

/** Without names and extra SIDs, as a read-only KDC may say it. */
export const partialLogonInfo: KerbValidationInfo = {
  ...logonInfo,
  FullName: '',
  LogonServer: '',
  ExtraSids: null,
  UserFlags: 0,
  LogonCount: 0,
};

export const clientInfo: PacClientInfo = { ClientId: fileTimeOf(AUTHTIME), Name: 'alice' };
export const upnDnsInfo: UpnDnsInfo = {
  Upn: 'alice@contoso.com',
  DnsDomainName: 'CONTOSO.COM',
  Flags: 2,
  SamName: 'alice',
  Sid: `${SID}-1105`,
};
export const sid = `${SID}-1105`;

/** The buffers of a PAC as {@link buildPac} takes them. */
export function buffer(ulType: number, bytes: Uint8Array): PacBuffer {
  return { ulType, bytes };
}

export const logonInfoBuffer = buffer(PacType.LOGON_INFO, LogonInfo.encode(logonInfo));
export const upnDnsInfoBuffer = buffer(PacType.UPN_DNS_INFO, UpnDnsInfo.encode(upnDnsInfo));
