/** A PAC, looked into: rows of its buffers, and what they say as JSON with names and shortcuts. */
import { toHex } from '../../src/bytes/bytes.ts';
import {
  BUFFERS,
  LogonInfo,
  PacAttributesInfo,
  PacCredentialInfo,
  UpnDnsInfo,
} from '../pac/buffers.ts';
import {
  GroupAttributes,
  PacAttributes,
  PacType,
  pacTypeName,
  UserAccountControl,
  UserFlags,
} from '../pac/constants.ts';
import { fileTimeText } from '../pac/file-time.ts';
import type { KerbValidationInfo } from '../pac/messages.ts';
import { explainPac, type Pac, pacBuffer, readPac } from '../pac/pactype.ts';
import { sidIn } from '../pac/sid.ts';
import type { Contents, Fields } from './contents.ts';
import { credentialInner } from './pac-credentials.ts';

/** Groups that every domain has, by relative identifier (MS-DTYP 2.4.2.4). */
const GROUPS: Readonly<Record<number, string>> = {
  498: 'Enterprise Read-only Domain Controllers',
  512: 'Domain Admins',
  513: 'Domain Users',
  514: 'Domain Guests',
  515: 'Domain Computers',
  516: 'Domain Controllers',
  517: 'Cert Publishers',
  518: 'Schema Admins',
  519: 'Enterprise Admins',
  520: 'Group Policy Creator Owners',
  521: 'Read-only Domain Controllers',
  522: 'Cloneable Domain Controllers',
  525: 'Protected Users',
  526: 'Key Admins',
  527: 'Enterprise Key Admins',
  553: 'RAS and IAS Servers',
  571: 'Allowed RODC Password Replication Group',
  572: 'Denied RODC Password Replication Group',
};

const names = (bits: Readonly<Record<string, number>>, value: number): string[] =>
  Object.entries(bits).flatMap(([name, bit]) => ((value & bit) === 0 ? [] : [name]));

/** Values of PAC buffers as JSON: big numbers as text, octets as hexadecimal. */
export function plainJson(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, plainJson(member)]),
  );
}

const FILE_TIMES: readonly (keyof KerbValidationInfo)[] = [
  'LogonTime',
  'LogoffTime',
  'KickOffTime',
  'PasswordLastSet',
  'PasswordCanChange',
  'PasswordMustChange',
  'LastSuccessfulILogon',
  'LastFailedILogon',
];

function logonInfoJson(info: KerbValidationInfo): Fields {
  const times = FILE_TIMES.map((name) => [name, fileTimeText(info[name] as bigint)] as const);
  const attributed = <T extends { readonly Attributes: number }>(groups: readonly T[] | null) =>
    (groups ?? []).map((one) => ({ ...one, Attributes: names(GroupAttributes, one.Attributes) }));
  return {
    ...(plainJson(info) as Fields),
    ...Object.fromEntries(times),
    UserFlags: names(UserFlags, info.UserFlags),
    UserAccountControl: names(UserAccountControl, info.UserAccountControl),
    GroupIds: attributed(info.GroupIds),
    ExtraSids: attributed(info.ExtraSids),
    ResourceGroupIds: attributed(info.ResourceGroupIds),
  };
}

/** The name that every domain has for the group, else its SID. */
const groupName = (domain: string | null, rid: number): string =>
  GROUPS[rid] ?? (domain === null ? String(rid) : sidIn(domain, rid));

function shortcuts(pac: Pac): Fields {
  const out: Fields = {};
  const logonInfo = pacBuffer(pac, PacType.LOGON_INFO);
  const logon = logonInfo === undefined ? undefined : LogonInfo.tryDecode(logonInfo);
  if (logon?.ok) {
    const info = logon.value;
    out.user = info.EffectiveName;
    out.domain = info.LogonDomainName;
    if (info.LogonDomainId !== null) out.sid = sidIn(info.LogonDomainId, info.UserId);
    out.groups = [
      ...(info.GroupIds ?? []).map((one) => groupName(info.LogonDomainId, one.RelativeId)),
      ...(info.ResourceGroupIds ?? []).map((one) =>
        groupName(info.ResourceGroupDomainSid, one.RelativeId),
      ),
    ];
    out.extraSids = (info.ExtraSids ?? []).map((one) => one.Sid);
  }
  const upnDnsInfo = pacBuffer(pac, PacType.UPN_DNS_INFO);
  const upn = upnDnsInfo === undefined ? undefined : UpnDnsInfo.tryDecode(upnDnsInfo);
  if (upn?.ok) out.upn = upn.value.Upn;
  const attributesInfo = pacBuffer(pac, PacType.ATTRIBUTES_INFO);
  const attributes =
    attributesInfo === undefined ? undefined : PacAttributesInfo.tryDecode(attributesInfo);
  if (attributes?.ok) out.attributes = names(PacAttributes, attributes.value.Flags[0] ?? 0);
  return out;
}

function pacJson(pac: Pac): Fields {
  const out: Fields = { buffers: pac.buffers.map(({ ulType }) => pacTypeName(ulType)) };
  for (const { ulType, bytes } of pac.buffers) {
    const read = BUFFERS.get(ulType)?.tryDecode(bytes);
    if (!read?.ok) continue;
    out[pacTypeName(ulType)] =
      ulType === PacType.LOGON_INFO
        ? logonInfoJson(read.value as KerbValidationInfo)
        : plainJson(read.value);
  }
  return Object.assign(out, shortcuts(pac));
}

/** A PAC: the names of its buffers, their contents in Microsoft's spelling, and shortcuts. */
export const pacContents: Contents = {
  type: 'PACTYPE',
  read(bytes) {
    const pac = readPac(bytes);
    return pac.ok ? { value: pac.value } : undefined;
  },
  rows: (bytes, path) => explainPac(bytes, path),
  json: (value) => pacJson(value as Pac),
  inside: (value) => {
    const octets = pacBuffer(value as Pac, PacType.CREDENTIALS_INFO);
    const read = octets === undefined ? undefined : PacCredentialInfo.tryDecode(octets);
    return read?.ok ? [credentialInner(read.value, pacTypeName(PacType.CREDENTIALS_INFO))] : [];
  },
  keys: () => [],
};
