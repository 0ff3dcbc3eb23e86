/**
 * The ticket-granting ticket of an issuer that knows who somebody is and nothing of their groups: sealed
 * and signed with the key of a read-only KDC's krbtgt account, good for nothing but being exchanged at
 * a writable domain controller, which makes a PAC of its own.
 */
import { NT_SRV_INST, TicketFlags } from '../kerberos/constants.ts';
import { confounderLength, encryptionKey, type Key } from '../kerberos/etypes.ts';
import type { PrincipalName, Ticket } from '../kerberos/messages.ts';
import { LogonInfo, PacAttributesInfo, PacClientInfo, PacRequestorSid } from '../pac/buffers.ts';
import { GroupAttributes, PacType, UserAccountControl } from '../pac/constants.ts';
import { fileTimeOf, NEVER } from '../pac/file-time.ts';
import type { PacBuffer } from '../pac/pactype.ts';
import { draftPac, setClientId } from '../pac/signatures.ts';
import { NOT_TRANSITED } from './as-reply.ts';
import { fullKvno } from './long-term-keys.ts';
import { ATTRIBUTES, ATTRIBUTES_LENGTH, type PacRequest } from './pac.ts';
import { sealTicket, withPac } from './ticket.ts';

/** What an issuer without a directory knows of somebody. */
export interface PartialClient {
  readonly sAMAccountName: string;
  /** `S-1-5-21-…`, of the domain whose realm the ticket is for. */
  readonly objectSid: string;
  /** NetBIOS name of that domain. */
  readonly domain: string;
}

/** Which buffers there are, and how much is in them. */
export interface PartialPac {
  /**
   * LOGON_INFO with the account's SID alone, or with one group besides (RID); absent: no LOGON_INFO.
   * Times are milliseconds since 1970.
   */
  readonly logonInfo?: {
    readonly primaryGroupID: number;
    readonly inPrimaryGroup: boolean;
    readonly logonTime?: number;
    readonly passwordLastSet?: number;
  };
  /** ATTRIBUTES; absent: none. */
  readonly request?: PacRequest;
  /** REQUESTOR; without it no domain controller takes the ticket any more. */
  readonly requestor: boolean;
  /** Any others, behind those. */
  readonly others?: readonly PacBuffer[];
}

/** What writable domain controllers accept, and no more: the SID, Domain Users, how it was asked for. */
export const MINIMAL_PAC: PartialPac = {
  logonInfo: { primaryGroupID: 513, inPrimaryGroup: true },
  request: 'asked',
  requestor: true,
};

/** @param name that of CLIENT_INFO @param authtime milliseconds since 1970 */
export function partialBuffers(
  client: PartialClient,
  content: PartialPac,
  name: string,
  authtime: number,
): readonly PacBuffer[] {
  const { logonInfo, request, requestor, others = [] } = content;
  const buffers: PacBuffer[] = [];
  if (logonInfo !== undefined) {
    buffers.push({ ulType: PacType.LOGON_INFO, bytes: partialLogonInfo(client, logonInfo) });
  }
  const clientInfo = PacClientInfo.encode({ ClientId: fileTimeOf(authtime), Name: name });
  buffers.push({ ulType: PacType.CLIENT_INFO, bytes: clientInfo });
  if (request !== undefined) {
    const Flags = [ATTRIBUTES[request]];
    const bytes = PacAttributesInfo.encode({ FlagsLength: ATTRIBUTES_LENGTH, Flags });
    buffers.push({ ulType: PacType.ATTRIBUTES_INFO, bytes });
  }
  if (requestor) {
    const bytes = PacRequestorSid.encode(client.objectSid);
    buffers.push({ ulType: PacType.REQUESTOR_SID, bytes });
  }
  return [...buffers, ...others];
}

function partialLogonInfo(
  { sAMAccountName, objectSid, domain }: PartialClient,
  logonInfo: NonNullable<PartialPac['logonInfo']>,
): Uint8Array {
  const { primaryGroupID, inPrimaryGroup, logonTime, passwordLastSet } = logonInfo;
  const end = objectSid.lastIndexOf('-');
  const set = passwordLastSet === undefined ? 0n : fileTimeOf(passwordLastSet);
  return LogonInfo.encode({
    LogonTime: logonTime === undefined ? 0n : fileTimeOf(logonTime),
    LogoffTime: NEVER,
    KickOffTime: NEVER,
    PasswordLastSet: set,
    PasswordCanChange: set,
    PasswordMustChange: NEVER,
    EffectiveName: sAMAccountName,
    FullName: '',
    LogonScript: '',
    ProfilePath: '',
    HomeDirectory: '',
    HomeDirectoryDrive: '',
    LogonCount: 0,
    BadPasswordCount: 0,
    UserId: Number(objectSid.slice(end + 1)),
    PrimaryGroupId: primaryGroupID,
    GroupIds: inPrimaryGroup ? [{ RelativeId: primaryGroupID, Attributes: GROUP }] : [],
    UserFlags: 0,
    UserSessionKey: new Uint8Array(16),
    LogonServer: '',
    LogonDomainName: domain,
    LogonDomainId: objectSid.slice(0, end),
    Reserved1: [0, 0],
    UserAccountControl: UserAccountControl.USER_NORMAL_ACCOUNT,
    SubAuthStatus: 0,
    LastSuccessfulILogon: 0n,
    LastFailedILogon: 0n,
    FailedILogonCount: 0,
    Reserved3: 0,
    ExtraSids: null,
    ResourceGroupDomainSid: null,
    ResourceGroupIds: null,
  });
}

const GROUP =
  GroupAttributes.SE_GROUP_MANDATORY |
  GroupAttributes.SE_GROUP_ENABLED_BY_DEFAULT |
  GroupAttributes.SE_GROUP_ENABLED;

/** Who issues: the keys of a read-only KDC's krbtgt account. */
export interface PartialIssuer {
  readonly realm: string;
  /** msDS-SecondaryKrbTgtNumber */
  readonly secondaryKrbTgtNumber: number;
  /** Its lower 16 bits stand in the ticket. */
  readonly kvno: number;
  readonly key: Key;
}

/** Times are milliseconds since 1970, whole seconds. */
export interface PartialTgt {
  readonly client: PartialClient;
  readonly cname: PrincipalName;
  readonly content: PartialPac;
  readonly sessionKey: Key;
  readonly authtime: number;
  readonly starttime?: number;
  readonly endtime: number;
  /** Present: the ticket is renewable. */
  readonly renewTill?: number;
  /** Besides those that follow from the rest; absent: forwardable, initial, pre-authent. */
  readonly flags?: number;
  /** As for `draftPac`: the order of buffers. */
  readonly order?: 'by-type' | 'given';
}

/** @param random octets, as `env.random` gives: the confounder of the ticket */
export function issuePartialTgt(
  issuer: PartialIssuer,
  wanted: PartialTgt,
  random: (size: number) => Uint8Array,
): Ticket {
  const { realm, secondaryKrbTgtNumber, key, kvno } = issuer;
  const { client, cname, content, authtime, endtime, renewTill, order = 'by-type' } = wanted;
  const { forwardable, initial, preAuthent, renewable } = TicketFlags;
  const flags = wanted.flags ?? forwardable | initial | preAuthent;
  const keys = { serverKey: key, kdcKey: key, rodcIdentifier: secondaryKrbTgtNumber };
  const buffers = partialBuffers(client, content, cname.nameString.join('/'), authtime);
  const pac = draftPac({ ...keys, buffers, forService: false, order });
  setClientId(pac, authtime);
  const part = {
    flags: renewTill === undefined ? flags : flags | renewable,
    key: encryptionKey(wanted.sessionKey),
    crealm: realm,
    cname,
    transited: NOT_TRANSITED,
    authtime,
    starttime: wanted.starttime ?? authtime,
    endtime,
    ...(renewTill === undefined ? {} : { renewTill }),
  };
  const sname = { nameType: NT_SRV_INST, nameString: ['krbtgt', realm] };
  return sealTicket(
    realm,
    sname,
    withPac(part, pac, keys, false, []),
    key,
    fullKvno(secondaryKrbTgtNumber, kvno),
    random(confounderLength(key.etype)),
  );
}
