/**
 * What the KDC puts into the PAC of a new ticket-granting ticket: buffers filled from an account
 * (MS-KILE 3.3.5.6.4). Layout and signatures are MS-PAC's, in `protocols/pac`.
 */
import {
  LogonInfo,
  PacAttributesInfo,
  PacClientInfo,
  PacRequestorSid,
  UpnDnsInfo,
} from '../pac/buffers.ts';
import {
  GroupAttributes,
  PacAttributes,
  PacType,
  UserAccountControl as SamrControl,
  UpnDnsFlags,
  UserFlags,
  WellKnownSid,
} from '../pac/constants.ts';
import { fileTimeOf, NEVER } from '../pac/file-time.ts';
import type { KerbValidationInfo } from '../pac/messages.ts';
import { layoutPac, type Pac, type PacBuffer, pacBuffer } from '../pac/pactype.ts';
import { draftPac, type PacKeys, setClientId } from '../pac/signatures.ts';
import { type Account, UserAccountControl } from './accounts.ts';
import type { Realm } from './realm.ts';

/** KERB-PA-PAC-REQUEST as PAC_ATTRIBUTES_INFO keeps it (MS-PAC 2.14). */
export type PacRequest = 'asked' | 'implicit' | 'declined';

/** Flags of ATTRIBUTES. */
export const ATTRIBUTES: Readonly<Record<PacRequest, number>> = {
  asked: PacAttributes.PAC_WAS_REQUESTED,
  implicit: PacAttributes.PAC_WAS_GIVEN_IMPLICITLY,
  declined: 0,
};
/** Bits that MS-PAC 2.14 defines. */
export const ATTRIBUTES_LENGTH = 2;

/** What a ticket-granting ticket's PAC says. */
export interface TgtPac {
  readonly client: Account;
  /** The name in CLIENT_INFO: that of the ticket, components joined by `/`. */
  readonly name: string;
  readonly request: PacRequest;
  /** How the client was identified: SIDs for ExtraSids, S-1-18-1 apart. */
  readonly identities: readonly string[];
  /** PAC_CREDENTIAL_INFO, sealed for this one reply; absent: none. */
  readonly credentials?: Uint8Array;
}

interface Draft {
  readonly realm: Realm;
  readonly key: PacKeys['kdcKey'];
  readonly pac: Pac;
}

/** Drafts by account, name and the rest; one client asks in one way as a rule. */
const drafts = new WeakMap<Account, Map<string, Draft>>();
const MOST_DRAFTS = 4;

/**
 * The PAC of a new ticket-granting ticket, to be signed. The draft is kept, and only its authtime is
 * written anew: sign and encode it before the next one is asked for.
 * @param authtime milliseconds since 1970, whole seconds
 */
export function tgtPac(realm: Realm, input: TgtPac, keys: PacKeys, authtime: number): Pac {
  const { client, name, request, identities, credentials } = input;
  if (credentials !== undefined) {
    const pac = draftPac({ ...keys, buffers: tgtBuffers(realm, input), forService: false });
    setClientId(pac, authtime);
    return pac; // nobody else's
  }
  let ofAccount = drafts.get(client);
  if (ofAccount === undefined) {
    ofAccount = new Map();
    drafts.set(client, ofAccount);
  }
  const id = `${request} ${identities.join()} ${name}`;
  let draft = ofAccount.get(id);
  if (draft === undefined || draft.realm !== realm || draft.key !== keys.kdcKey) {
    if (ofAccount.size >= MOST_DRAFTS) ofAccount.clear();
    draft = {
      realm,
      key: keys.kdcKey,
      pac: draftPac({ ...keys, buffers: tgtBuffers(realm, input), forService: false }),
    };
    ofAccount.set(id, draft);
  }
  setClientId(draft.pac, authtime);
  return draft.pac;
}

/** What the PAC of a new ticket-granting ticket says, not signed. @param authtime as for {@link tgtPac} */
export function unsignedTgtPac(realm: Realm, input: TgtPac, authtime: number): Pac {
  const pac = layoutPac(tgtBuffers(realm, input));
  setClientId(pac, authtime);
  return pac;
}

function tgtBuffers(
  realm: Realm,
  { client, name, request, identities, credentials }: TgtPac,
): PacBuffer[] {
  const upn = client.userPrincipalName;
  return [
    { ulType: PacType.LOGON_INFO, bytes: LogonInfo.encode(logonInfo(realm, client, identities)) },
    ...(credentials === undefined
      ? []
      : [{ ulType: PacType.CREDENTIALS_INFO, bytes: credentials }]),
    // setClientId writes the time.
    { ulType: PacType.CLIENT_INFO, bytes: PacClientInfo.encode({ ClientId: 0n, Name: name }) },
    {
      ulType: PacType.UPN_DNS_INFO,
      bytes: UpnDnsInfo.encode({
        Upn: upn ?? `${client.sAMAccountName}@${realm.name.toLowerCase()}`,
        DnsDomainName: realm.name,
        Flags: upn === undefined ? UpnDnsFlags.UPN_CONSTRUCTED : 0,
        SamName: client.sAMAccountName,
        Sid: client.objectSid,
      }),
    },
    {
      ulType: PacType.ATTRIBUTES_INFO,
      bytes: PacAttributesInfo.encode({
        FlagsLength: ATTRIBUTES_LENGTH,
        Flags: [ATTRIBUTES[request]],
      }),
    },
    { ulType: PacType.REQUESTOR_SID, bytes: PacRequestorSid.encode(client.objectSid) },
  ];
}

const GROUP =
  GroupAttributes.SE_GROUP_MANDATORY |
  GroupAttributes.SE_GROUP_ENABLED_BY_DEFAULT |
  GroupAttributes.SE_GROUP_ENABLED;

/** KERB_VALIDATION_INFO as MS-KILE 3.3.5.6.4.1 has it filled. */
export function logonInfo(
  realm: Realm,
  client: Account,
  identities: readonly string[],
): KerbValidationInfo {
  const asserted = [WellKnownSid.AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY, ...identities];
  const passwordLastSet = client.pwdLastSet === 0 ? 0n : fileTimeOf(client.pwdLastSet);
  const { passwordExpires } = client;
  return {
    LogonTime: client.lastLogon === undefined ? 0n : fileTimeOf(client.lastLogon),
    LogoffTime: NEVER,
    KickOffTime: NEVER,
    PasswordLastSet: passwordLastSet,
    PasswordCanChange: passwordLastSet,
    PasswordMustChange: passwordExpires === undefined ? NEVER : fileTimeOf(passwordExpires),
    EffectiveName: client.sAMAccountName,
    FullName: client.displayName ?? '',
    LogonScript: client.scriptPath ?? '',
    ProfilePath: client.profilePath ?? '',
    HomeDirectory: client.homeDirectory ?? '',
    HomeDirectoryDrive: client.homeDrive ?? '',
    LogonCount: (client.logonCount ?? 0) & 0xffff,
    BadPasswordCount: (client.badPwdCount ?? 0) & 0xffff,
    UserId: relativeId(client.objectSid),
    PrimaryGroupId: client.primaryGroupID,
    GroupIds: client.groups.map((group) => ({
      RelativeId: group.relativeId,
      Attributes: group.attributes,
    })),
    UserFlags: UserFlags.LOGON_EXTRA_SIDS,
    UserSessionKey: new Uint8Array(16),
    LogonServer: (realm.dnsHostName.split('.')[0] ?? '').toUpperCase(),
    LogonDomainName: realm.flatName,
    LogonDomainId: realm.sid,
    Reserved1: [0, 0],
    UserAccountControl: samrControl(client.userAccountControl),
    SubAuthStatus: 0,
    LastSuccessfulILogon: 0n,
    LastFailedILogon: 0n,
    FailedILogonCount: 0,
    Reserved3: 0,
    ExtraSids: [
      ...client.extraSids.map(({ sid, attributes }) => ({ Sid: sid, Attributes: attributes })),
      ...asserted.map((Sid) => ({ Sid, Attributes: GROUP })),
    ],
    ResourceGroupDomainSid: null,
    ResourceGroupIds: null,
  };
}

function relativeId(sid: string): number {
  return Number(sid.slice(sid.lastIndexOf('-') + 1));
}

/** userAccountControl of LDAP (MS-ADTS 2.2.16) in the bits of SAMR (MS-SAMR 2.2.1.12). */
const SAMR_BITS: readonly (readonly [number, number])[] = [
  [UserAccountControl.ACCOUNTDISABLE, SamrControl.USER_ACCOUNT_DISABLED],
  [UserAccountControl.NORMAL_ACCOUNT, SamrControl.USER_NORMAL_ACCOUNT],
  [UserAccountControl.INTERDOMAIN_TRUST_ACCOUNT, SamrControl.USER_INTERDOMAIN_TRUST_ACCOUNT],
  [UserAccountControl.WORKSTATION_TRUST_ACCOUNT, SamrControl.USER_WORKSTATION_TRUST_ACCOUNT],
  [UserAccountControl.SERVER_TRUST_ACCOUNT, SamrControl.USER_SERVER_TRUST_ACCOUNT],
  [UserAccountControl.DONT_EXPIRE_PASSWD, SamrControl.USER_DONT_EXPIRE_PASSWORD],
  [UserAccountControl.SMARTCARD_REQUIRED, SamrControl.USER_SMARTCARD_REQUIRED],
  [UserAccountControl.TRUSTED_FOR_DELEGATION, SamrControl.USER_TRUSTED_FOR_DELEGATION],
  [UserAccountControl.NOT_DELEGATED, SamrControl.USER_NOT_DELEGATED],
  [UserAccountControl.USE_DES_KEY_ONLY, SamrControl.USER_USE_DES_KEY_ONLY],
  [UserAccountControl.DONT_REQUIRE_PREAUTH, SamrControl.USER_DONT_REQUIRE_PREAUTH],
  [
    UserAccountControl.TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION,
    SamrControl.USER_TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION,
  ],
  [UserAccountControl.NO_AUTH_DATA_REQUIRED, SamrControl.USER_NO_AUTH_DATA_REQUIRED],
  [UserAccountControl.PARTIAL_SECRETS_ACCOUNT, SamrControl.USER_PARTIAL_SECRETS_ACCOUNT],
];

function samrControl(userAccountControl: number): number {
  let bits = 0;
  for (const [ldap, samr] of SAMR_BITS) if ((userAccountControl & ldap) !== 0) bits |= samr;
  return bits;
}

/** How the PAC was asked for, as ATTRIBUTES says; without it, as if nothing had been said. */
export function pacRequestIn(pac: Pac): PacRequest {
  const octets = pacBuffer(pac, PacType.ATTRIBUTES_INFO);
  const read = octets === undefined ? undefined : PacAttributesInfo.tryDecode(octets);
  if (read === undefined || !read.ok) return 'implicit';
  const flags = read.value.Flags[0] ?? 0;
  if ((flags & PacAttributes.PAC_WAS_REQUESTED) !== 0) return 'asked';
  return (flags & PacAttributes.PAC_WAS_GIVEN_IMPLICITLY) !== 0 ? 'implicit' : 'declined';
}

/** Was the ticket-granting ticket asked for without a PAC? Then service tickets have none. */
export function declinesPac(pac: Pac): boolean {
  return pacRequestIn(pac) === 'declined';
}

/** PAC_REQUESTOR: the SID of the account that the ticket-granting ticket was issued to. */
export function requestorSid(pac: Pac): string | undefined {
  const octets = pacBuffer(pac, PacType.REQUESTOR_SID);
  if (octets === undefined) return undefined;
  const read = PacRequestorSid.tryDecode(octets);
  return read.ok ? read.value : undefined;
}
