/**
 * What Entra Connect exchanges with a tenant. The real protocol is not public: these are JSON bodies in
 * the shape of Microsoft Graph's resources (user, device, deviceKey) at paths like Graph's.
 */
import { fromBase64, toBase64 } from '../../src/bytes/base64.ts';
import { utf8 } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { Json } from '../../src/machine/actor.ts';
import { bcryptPublicBlob } from '../directory/key-material.ts';
import { type JsonObject, jsonObjectOf, listField, textField } from '../oauth/json.ts';
import { alternativeSecurityId, type ExportedUser, type Tenant } from './tenant.ts';

export const USERS_PATH = '/beta/users';
export const DEVICES_PATH = '/beta/devices';
export const GRAPH_HOST = 'graph.microsoft.com';

export const EXPORT_REQUEST_NAME = 'user-export-request';
export const KEYS_REQUEST_NAME = 'key-import-request';
export const DEVICES_REQUEST_NAME = 'device-import-request';

/** A key of a user, as a cycle brings it to the directory. */
export interface ImportedKey {
  /** objectSid of whose it is. */
  readonly onPremisesSecurityIdentifier: string;
  readonly deviceId: string;
  readonly keyMaterial: Uint8Array;
  /** Milliseconds since 1970. */
  readonly created: number;
}

export interface ImportedDevice {
  readonly deviceId: string;
  readonly displayName: string;
  readonly accountEnabled: boolean;
  /** The value of altSecurityIdentities. */
  readonly alternativeSecurityId: string;
  /** BCRYPT_RSAPUBLIC_BLOB of the transport key. */
  readonly transportKey: Uint8Array;
  readonly registered: number;
  readonly ownerSid?: string;
}

const list = (value: readonly Json[]): Uint8Array => utf8(JSON.stringify({ value }));

export function exportBody(users: readonly ExportedUser[]): Uint8Array {
  return list(users.map((user) => ({ ...user })));
}

/** Undefined when the body is no such list, or one of its users lacks something. */
export function readExport(body: Uint8Array): readonly ExportedUser[] | undefined {
  return readList(body, (user) => {
    const texts = [
      'userPrincipalName',
      'onPremisesSecurityIdentifier',
      'onPremisesImmutableId',
      'onPremisesSamAccountName',
    ].map((name) => textField(user, name));
    const [userPrincipalName, onPremisesSecurityIdentifier] = texts;
    const [, , onPremisesImmutableId, onPremisesSamAccountName] = texts;
    if (userPrincipalName === undefined || onPremisesSecurityIdentifier === undefined) return;
    if (onPremisesImmutableId === undefined || onPremisesSamAccountName === undefined) return;
    return {
      userPrincipalName,
      onPremisesSecurityIdentifier,
      onPremisesImmutableId,
      onPremisesSamAccountName,
      accountEnabled: user.accountEnabled !== false,
    };
  });
}

/** Users that are in Active Directory too, with their `deviceKeys`. */
export function keysBody({ users, keys }: Tenant): Uint8Array {
  return list(
    users.flatMap(({ userPrincipalName, onPremisesSecurityIdentifier }) => {
      if (onPremisesSecurityIdentifier === undefined) return [];
      const own = keys.filter((key) => key.userPrincipalName === userPrincipalName);
      const deviceKeys = own.map(({ kid, deviceId, keyMaterial, created }) => ({
        keyType: 'NGC',
        id: kid,
        deviceId,
        keyMaterial: toBase64(keyMaterial),
        createdDateTime: new Date(created).toISOString(),
      }));
      return [{ userPrincipalName, onPremisesSecurityIdentifier, deviceKeys }];
    }),
  );
}

/** Undefined when something is wrong with the list: nothing is removed because of half an answer. */
export function readKeys(body: Uint8Array): readonly ImportedKey[] | undefined {
  return readList(body, (user) => {
    const onPremisesSecurityIdentifier = textField(user, 'onPremisesSecurityIdentifier');
    const keys = listField(user, 'deviceKeys');
    if (onPremisesSecurityIdentifier === undefined || keys === undefined) return;
    return readItems(keys, (key) => {
      const deviceId = textField(key, 'deviceId');
      const keyMaterial = fromBase64(textField(key, 'keyMaterial') ?? '');
      const created = timeField(key, 'createdDateTime');
      if (deviceId === undefined || keyMaterial === undefined || created === undefined) return;
      return { onPremisesSecurityIdentifier, deviceId, keyMaterial, created };
    });
  })?.flat();
}

export function devicesBody({ devices }: Tenant): Uint8Array {
  return list(
    devices.map((device) => ({
      deviceId: device.deviceId,
      displayName: device.displayName,
      accountEnabled: device.accountEnabled,
      alternativeSecurityId: alternativeSecurityId(
        device.thumbprint,
        digest('sha256', device.publicKey),
      ),
      transportKey: toBase64(bcryptPublicBlob(device.transportKey)),
      registrationDateTime: new Date(device.registered).toISOString(),
      ...(device.ownerSid === undefined ? {} : { ownerSid: device.ownerSid }),
    })),
  );
}

export function readDevices(body: Uint8Array): readonly ImportedDevice[] | undefined {
  return readList(body, (device) => {
    const deviceId = textField(device, 'deviceId');
    const displayName = textField(device, 'displayName');
    const identity = textField(device, 'alternativeSecurityId');
    const transportKey = fromBase64(textField(device, 'transportKey') ?? '');
    const registered = timeField(device, 'registrationDateTime');
    const ownerSid = textField(device, 'ownerSid');
    if (deviceId === undefined || displayName === undefined || identity === undefined) return;
    if (transportKey === undefined || registered === undefined) return;
    return {
      deviceId,
      displayName,
      accountEnabled: device.accountEnabled !== false,
      alternativeSecurityId: identity,
      transportKey,
      registered,
      ...(ownerSid === undefined ? {} : { ownerSid }),
    };
  });
}

function readList<T>(
  body: Uint8Array,
  read: (item: JsonObject) => T | undefined,
): readonly T[] | undefined {
  const object = jsonObjectOf(body);
  const items = object === undefined ? undefined : listField(object, 'value');
  return items === undefined ? undefined : readItems(items, read);
}

function readItems<T>(
  items: readonly Json[],
  read: (item: JsonObject) => T | undefined,
): readonly T[] | undefined {
  const values: T[] = [];
  for (const item of items) {
    const isObject = typeof item === 'object' && item !== null && !Array.isArray(item);
    const value = isObject ? read(item as JsonObject) : undefined;
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function timeField(object: JsonObject, name: string): number | undefined {
  const time = Date.parse(textField(object, name) ?? '');
  return Number.isNaN(time) ? undefined : time;
}
