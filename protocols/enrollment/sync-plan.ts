/**
 * What a synchronisation cycle changes in Active Directory: Hello keys in msDS-KeyCredentialLink of their
 * users, and where devices are written back, msDS-Device objects (MS-DVRJ 3.1.5.1.1.3). Only what an
 * earlier cycle wrote is ever removed: KeySource says which values that are.
 */
import { toBase64 } from '../../src/bytes/base64.ts';
import { equal, fromUtf8, toHex } from '../../src/bytes/bytes.ts';
import { formatGuid, parseGuid } from '../directory/dn.ts';
import {
  KeyCredentialEntry,
  KeySource,
  KeyUsage,
  keyCredentialEntry,
  newKeyCredential,
  readKeyCredential,
} from '../directory/key-credential.ts';
import { dnBinaryText, readDnBinary } from '../directory/key-credential-value.ts';
import { customKeyInformation } from '../directory/key-information.ts';
import type { ImportedDevice, ImportedKey } from '../entra/synchronization.ts';
import type { ExportedUser } from '../entra/tenant.ts';
import { UserAccountControl } from '../kdc/accounts.ts';
import {
  type Change,
  equality,
  type FoundEntry,
  type Operation,
  present,
} from '../ldap/client-operations.ts';
import { parseSid, sidOf } from '../pac/sid.ts';

const LINK = 'msDS-KeyCredentialLink';
const PAGE = 500;

/** Read with the fewest rights: everybody who is authenticated may. */
export function userSearch(domainDn: string): Operation {
  return {
    kind: 'search',
    base: domainDn,
    filter: {
      and: [
        equality('objectCategory', 'person'),
        equality('objectClass', 'user'),
        { not: present('isCriticalSystemObject') },
      ],
    },
    attributes: [
      'objectGUID',
      'objectSid',
      'sAMAccountName',
      'userPrincipalName',
      'userAccountControl',
      'adminCount',
      LINK,
    ],
    pageSize: PAGE,
  };
}

export function registeredDevicesDn(domainDn: string): string {
  return `CN=RegisteredDevices,${domainDn}`;
}

export function deviceSearch(domainDn: string): Operation {
  return {
    kind: 'search',
    base: registeredDevicesDn(domainDn),
    scope: 'singleLevel',
    filter: equality('objectClass', 'msDS-Device'),
    attributes: ['msDS-DeviceID', 'msDS-IsEnabled', LINK],
    pageSize: PAGE,
  };
}

/** A user of the directory. */
export interface FoundUser extends ExportedUser {
  readonly dn: string;
  /** SDProp has taken its descriptor over. */
  readonly isProtected: boolean;
  /** Values of msDS-KeyCredentialLink that cycles wrote. */
  readonly keys: readonly { readonly value: string; readonly keyMaterial: Uint8Array }[];
}

/** Undefined: something is missing without which a user is not synchronised. */
export function foundUser({ dn, attributes }: FoundEntry, dnsName: string): FoundUser | undefined {
  const [guid] = attributes.objectGUID ?? [];
  const sid = sidOf(attributes.objectSid?.[0] ?? new Uint8Array(0));
  const account = textOf(attributes.sAMAccountName);
  if (guid === undefined || sid === undefined || account === undefined) return undefined;
  const control = Number(textOf(attributes.userAccountControl) ?? '0');
  return {
    dn,
    userPrincipalName: textOf(attributes.userPrincipalName) ?? `${account}@${dnsName}`,
    onPremisesSecurityIdentifier: sid,
    onPremisesImmutableId: toBase64(guid),
    onPremisesSamAccountName: account,
    accountEnabled: (control & UserAccountControl.ACCOUNTDISABLE) === 0,
    isProtected: textOf(attributes.adminCount) === '1',
    keys: (attributes[LINK] ?? []).flatMap((octets) => ownKey(fromUtf8(octets)) ?? []),
  };
}

/** What the tenant is told of a user. */
export function exportedUser(user: FoundUser): ExportedUser {
  const { dn: _, isProtected: __, keys: ___, ...exported } = user;
  return exported;
}

function textOf(values: readonly Uint8Array[] | undefined): string | undefined {
  return values?.[0] === undefined ? undefined : fromUtf8(values[0]);
}

function ownKey(value: string): FoundUser['keys'][number] | undefined {
  const blob = readDnBinary(value)?.blob;
  const read = blob === undefined ? undefined : readKeyCredential(blob);
  if (read?.ok !== true) return undefined;
  const one = (id: number): number | undefined => keyCredentialEntry(read.value, id)?.[0];
  const keyMaterial = keyCredentialEntry(read.value, KeyCredentialEntry.KeyMaterial);
  if (keyMaterial === undefined) return undefined;
  if (one(KeyCredentialEntry.KeySource) !== KeySource.AZURE_AD) return undefined;
  return one(KeyCredentialEntry.KeyUsage) === KeyUsage.NGC ? { value, keyMaterial } : undefined;
}

/** One write, and what it does, for people. */
export interface Write {
  readonly operation: Operation;
  readonly about: string;
  /** The object, where SDProp keeps others from writing it. */
  readonly isProtected: boolean;
}

/** Keys that are not there are added, and those that the tenant has no more are taken out. */
export function keyWrites(
  users: readonly FoundUser[],
  keys: readonly ImportedKey[],
): readonly Write[] {
  return users.flatMap((user): Write[] => {
    const wanted = keys.filter(
      (key) => key.onPremisesSecurityIdentifier === user.onPremisesSecurityIdentifier,
    );
    const has = (material: Uint8Array, list: readonly { readonly keyMaterial: Uint8Array }[]) =>
      list.some(({ keyMaterial }) => equal(keyMaterial, material));
    const gone = user.keys.filter(({ keyMaterial }) => !has(keyMaterial, wanted));
    const missing = wanted.filter(({ keyMaterial }) => !has(keyMaterial, user.keys));
    if (gone.length === 0 && missing.length === 0) return [];
    const removed = gone.map(({ value }) => value);
    const added = missing.map((key) => dnBinaryText(userKey(key), user.dn));
    const changes: Change[] = [];
    if (removed.length > 0) changes.push({ operation: 'delete', attribute: LINK, values: removed });
    if (added.length > 0) changes.push({ operation: 'add', attribute: LINK, values: added });
    const about = [
      ...(added.length > 0 ? [`${counted(added.length, 'key')} added`] : []),
      ...(removed.length > 0 ? [`${counted(removed.length, 'key')} removed`] : []),
    ].join(', ');
    return [
      {
        operation: { kind: 'modify', dn: user.dn, changes },
        about: `${user.onPremisesSamAccountName}: ${about}`,
        isProtected: user.isProtected,
      },
    ];
  });
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** CustomKeyInformation of what Entra writes in its shortest form: version 1 and no flag. */
const NO_FLAGS = customKeyInformation({ version: 1, flags: 0 });

function userKey({ keyMaterial, deviceId, created }: ImportedKey): Uint8Array {
  return newKeyCredential({
    keyMaterial,
    usage: KeyUsage.NGC,
    source: KeySource.AZURE_AD,
    deviceId: parseGuid(deviceId) ?? new Uint8Array(16),
    customKeyInformation: NO_FLAGS,
    lastLogon: 'never',
    creationTime: created,
  });
}

/** Objects of devices made, enabled or disabled, and deleted, as the tenant has them. */
export function deviceWrites(
  found: readonly FoundEntry[],
  devices: readonly ImportedDevice[],
  domainDn: string,
): readonly Write[] {
  const there = new Map(
    found.flatMap((entry) => {
      const [id] = entry.attributes['msDS-DeviceID'] ?? [];
      return id === undefined ? [] : [[toHex(id), entry] as const];
    }),
  );
  const made = devices.flatMap((device): Write[] => {
    const id = parseGuid(device.deviceId);
    if (id === undefined) return [];
    const entry = there.get(toHex(id));
    there.delete(toHex(id));
    if (entry === undefined) {
      const dn = `CN=${formatGuid(id)},${registeredDevicesDn(domainDn)}`;
      return [newDevice(device, id, dn), transportKey(device, id, dn)];
    }
    const key = entry.attributes[LINK] === undefined ? [transportKey(device, id, entry.dn)] : [];
    const enabled = textOf(entry.attributes['msDS-IsEnabled']) !== 'FALSE';
    if (enabled === device.accountEnabled) return key;
    const values = [device.accountEnabled ? 'TRUE' : 'FALSE'];
    const change: Change = { operation: 'replace', attribute: 'msDS-IsEnabled', values };
    const about = `device ${device.deviceId}: ${device.accountEnabled ? 'enabled' : 'disabled'}`;
    return [...key, write({ kind: 'modify', dn: entry.dn, changes: [change] }, about)];
  });
  const deleted = [...there.values()].map(({ dn }) =>
    write({ kind: 'delete', dn }, `${dn}: deleted, as in the tenant`),
  );
  return [...made, ...deleted];
}

function write(operation: Operation, about: string): Write {
  return { operation, about, isProtected: false };
}

/** Numbers of MS-DVRJ 3.1.5.1.1.3. */
const TRUST_TYPE = '2';
const OBJECT_VERSION = '2';

function newDevice(device: ImportedDevice, id: Uint8Array, dn: string): Write {
  const owner =
    device.ownerSid === undefined
      ? {}
      : {
          'msDS-RegisteredOwner': [parseSid(device.ownerSid)],
          'msDS-RegisteredUsers': [parseSid(device.ownerSid)],
        };
  const attributes = {
    objectClass: ['msDS-Device'],
    displayName: [device.displayName],
    altSecurityIdentities: [device.alternativeSecurityId],
    'msDS-DeviceID': [id],
    'msDS-IsEnabled': [device.accountEnabled ? 'TRUE' : 'FALSE'],
    'msDS-DeviceTrustType': [TRUST_TYPE],
    'msDS-DeviceObjectVersion': [OBJECT_VERSION],
    ...owner,
  };
  return write({ kind: 'add', dn, attributes }, `device ${device.deviceId}: written back`);
}

/** By itself and behind the object: its value names the object, which has to be there. */
function transportKey(device: ImportedDevice, id: Uint8Array, dn: string): Write {
  const blob = newKeyCredential({
    keyMaterial: device.transportKey,
    usage: KeyUsage.STK,
    source: KeySource.AZURE_AD,
    deviceId: id,
    customKeyInformation: NO_FLAGS,
    lastLogon: 'never',
    creationTime: device.registered,
  });
  const change: Change = {
    operation: 'add',
    attribute: LINK,
    values: [dnBinaryText(blob, dn)],
  };
  const about = `device ${device.deviceId}: transport key added`;
  return write({ kind: 'modify', dn, changes: [change] }, about);
}
