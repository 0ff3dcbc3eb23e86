/** Alice, as a domain controller tells of her. */
import type { SamInfo4 } from '../../../protocols/netlogon/structures.ts';
import { NEVER } from '../../../protocols/pac/file-time.ts';

const DOMAIN = 'S-1-5-21-1-2-3';

export const SAM_INFO: SamInfo4 = {
  LogonTime: 134_169_408_000_000_000n,
  LogoffTime: NEVER,
  KickOffTime: NEVER,
  PasswordLastSet: 134_143_488_000_000_000n,
  PasswordCanChange: 134_144_352_000_000_000n,
  PasswordMustChange: NEVER,
  EffectiveName: 'alice',
  FullName: 'Alice Example',
  LogonScript: '',
  ProfilePath: '',
  HomeDirectory: '',
  HomeDirectoryDrive: '',
  LogonCount: 3,
  BadPasswordCount: 0,
  UserId: 1105,
  PrimaryGroupId: 513,
  GroupIds: [
    { RelativeId: 513, Attributes: 7 },
    { RelativeId: 1110, Attributes: 7 },
  ],
  UserFlags: 0x20,
  UserSessionKey: new Uint8Array(16).fill(0xab),
  LogonServer: 'DC1',
  LogonDomainName: 'CORP',
  LogonDomainId: DOMAIN,
  LMKey: new Uint8Array(8),
  UserAccountControl: 0x10,
  SubAuthStatus: 0,
  LastSuccessfulILogon: 0n,
  LastFailedILogon: 0n,
  FailedILogonCount: 0,
  Reserved4: 0,
  ExtraSids: [{ Sid: 'S-1-18-1', Attributes: 7 }],
  DnsLogonDomainName: 'CORP.EXAMPLE',
  Upn: 'alice@corp.example',
  ExpansionStrings: Array<string>(10).fill(''),
};
