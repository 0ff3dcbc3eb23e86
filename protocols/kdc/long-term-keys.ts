/** Long-term keys: of passwords, and as keytabs, exports and the trace list them. */
import { toHex } from '../../src/bytes/bytes.ts';
import type { KeyRecord } from '../../src/machine/actor.ts';
import { type Key, stringToKey } from '../kerberos/etypes.ts';
import { type Account, foldName, type KeySet, type Trust } from './accounts.ts';
import type { Realm } from './realm.ts';

/** Every account in Active Directory has these keys; policy decides which are used. */
export const KEY_ETYPES: readonly number[] = [18, 17, 23];

/** Keys of passwords cost milliseconds each, and the same realm is built again for every run. */
const passwordKeys = new Map<string, Key>();
const MOST_PASSWORD_KEYS = 4096;

/** The key of a password; the same one again for the same password and salt. */
export function passwordKey(etype: number, password: string, salt: string): Key {
  const name = JSON.stringify([etype, password, salt]);
  let made = passwordKeys.get(name);
  if (made === undefined) {
    made = stringToKey(etype, password, salt);
    if (passwordKeys.size >= MOST_PASSWORD_KEYS) passwordKeys.clear();
    passwordKeys.set(name, made);
  }
  return made;
}

export function isKrbtgt(found: Account): boolean {
  return (
    found.msDSSecondaryKrbTgtNumber !== undefined || foldName(found.sAMAccountName) === 'krbtgt'
  );
}

export function krbtgtNumber(found: Account): number {
  return found.msDSSecondaryKrbTgtNumber ?? 0;
}

/** All long-term keys of an account, under every name that tickets for it may carry. */
export function keyRecords(realm: Realm, found: Account): readonly KeyRecord[] {
  const number = krbtgtNumber(found);
  const names = isKrbtgt(found)
    ? [`krbtgt/${realm.name}`]
    : [found.sAMAccountName, ...found.servicePrincipalName];
  return names.flatMap((name) => keySetRecords(`${name}@${realm.name}`, found.keys, number));
}

/** The keys shared with another realm, in both directions. */
export function trustKeyRecords(realm: Realm, found: Trust): readonly KeyRecord[] {
  return [
    ...keySetRecords(`krbtgt/${found.realm}@${realm.name}`, found.trustAuthIncoming ?? [], 0),
    ...keySetRecords(`krbtgt/${realm.name}@${found.realm}`, found.trustAuthOutgoing ?? [], 0),
  ];
}

function keySetRecords(
  principal: string,
  sets: readonly KeySet[],
  secondaryKrbTgtNumber: number,
): readonly KeyRecord[] {
  return sets.flatMap(({ kvno, salt, keys }) =>
    keys.map(({ etype, bytes }) => ({
      principal,
      kvno: fullKvno(secondaryKrbTgtNumber, kvno),
      etype,
      key: toHex(bytes),
      ...(salt === undefined || etype === 23 ? {} : { salt }),
    })),
  );
}

/**
 * The key version as tickets carry it (MS-KILE 3.1.5.8): the read-only KDC's number in the upper half,
 * read as a signed number.
 */
export function fullKvno(secondaryKrbTgtNumber: number, kvno: number): number {
  return secondaryKrbTgtNumber === 0 ? kvno : (secondaryKrbTgtNumber << 16) | (kvno & 0xffff);
}
