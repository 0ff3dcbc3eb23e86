/** The rootDSE: MS-ADTS 3.1.1.3.2. What a client learns before it binds. */

import { parseSid } from '../pac/sid.ts';
import { bySid, requesterSid } from './account.ts';
import { constructedValues } from './constructed.ts';
import { type Directory, dnOf } from './directory.ts';
import { LDAP_LIMITS } from './domain-configuration.ts';
import type { DomainInfo } from './domain-info.ts';
import { type Entry, number, type Value } from './entry.ts';
import { attribute } from './schema.ts';
import type { SecurityContext } from './security/access.ts';
import { ldapTime, USN_COUNTER } from './stamps.ts';

export interface RootDseContext {
  readonly domain: DomainInfo;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The connection's: for tokenGroups and msDS-PrincipalName. */
  readonly context: SecurityContext;
  /** Nobody signed in on the connection. */
  readonly anonymous?: boolean;
}

/** One attribute of the rootDSE; `onRequest`: only when the request names it. */
export interface RootDseAttribute {
  readonly name: string;
  readonly values: readonly Value[];
  readonly onRequest?: boolean;
}

/** LDAP_CAP_*, MS-ADTS 3.1.1.3.4.3. */
const CAPABILITIES = [
  '1.2.840.113556.1.4.800', // LDAP_CAP_ACTIVE_DIRECTORY_OID
  '1.2.840.113556.1.4.1670', // LDAP_CAP_ACTIVE_DIRECTORY_V51_OID
  '1.2.840.113556.1.4.1791', // LDAP_CAP_ACTIVE_DIRECTORY_LDAP_INTEG_OID
  '1.2.840.113556.1.4.1935', // LDAP_CAP_ACTIVE_DIRECTORY_V61_OID
  '1.2.840.113556.1.4.2080', // LDAP_CAP_ACTIVE_DIRECTORY_V61_R2_OID
  '1.2.840.113556.1.4.2237', // LDAP_CAP_ACTIVE_DIRECTORY_W8_OID
];

/** What the server speaks, by object identifiers and names. */
export interface RootDseServices {
  /** supportedSASLMechanisms: `GSSAPI`, `GSS-SPNEGO`. */
  readonly mechanisms: readonly string[];
  /** supportedControl. */
  readonly controls: readonly string[];
  /** supportedExtension. */
  readonly extensions: readonly string[];
}

/** All attributes, in the order in which Active Directory answers them. */
export function rootDse(
  directory: Directory,
  at: RootDseContext,
  services: RootDseServices,
): readonly RootDseAttribute[] {
  const { domain } = at;
  const { ids } = domain;
  const dn = (id: number): string => {
    const entry = directory.entry(id);
    return entry === undefined ? '' : dnOf(directory, entry);
  };
  const level = (id: number): string => {
    const entry = directory.entry(id);
    return String(entry === undefined ? 0 : number(entry, 'msDS-Behavior-Version'));
  };
  const contexts = [dn(ids.domain), dn(ids.configuration), dn(ids.schema)];
  const upper = domain.dnsName.toUpperCase();
  const always: readonly (readonly [string, readonly Value[]])[] = [
    ['configurationNamingContext', [dn(ids.configuration)]],
    ['currentTime', [ldapTime(at.now)]],
    ['defaultNamingContext', [dn(ids.domain)]],
    ['dnsHostName', [domain.controllerHost]],
    ['domainControllerFunctionality', [level(ids.ntdsSettings)]],
    ['domainFunctionality', [level(ids.domain)]],
    ['dsServiceName', [dn(ids.ntdsSettings)]],
    ['forestFunctionality', [level(ids.partitions)]],
    ['highestCommittedUSN', [String(directory.counter(USN_COUNTER))]],
    ['isGlobalCatalogReady', ['TRUE']],
    ['isSynchronized', ['TRUE']],
    ['ldapServiceName', [`${domain.dnsName}:${domain.controller.toLowerCase()}$@${upper}`]],
    ['namingContexts', contexts],
    ['rootDomainNamingContext', [dn(ids.domain)]],
    ['schemaNamingContext', [dn(ids.schema)]],
    ['serverName', [dn(ids.server)]],
    ['subschemaSubentry', [`CN=Aggregate,${dn(ids.schema)}`]],
    ['supportedCapabilities', CAPABILITIES],
    ['supportedControl', services.controls],
    ['supportedLDAPPolicies', Object.keys(LDAP_LIMITS)],
    ['supportedLDAPVersion', ['3', '2']],
    ['supportedSASLMechanisms', services.mechanisms],
  ];
  const onRequest: readonly (readonly [string, readonly Value[]])[] = [
    ['msDS-PrincipalName', principalName(directory, at)],
    ['supportedExtension', services.extensions],
    ['tokenGroups', [...at.context.sids].map((sid) => parseSid(sid))],
    ['validFSMOs', contexts],
    ['msDS-PortLDAP', ['389']],
    ['msDS-PortSSL', ['636']],
  ];
  return [
    ...always.map(([name, values]) => ({ name, values })),
    ...onRequest.map(([name, values]) => ({ name, values, onRequest: true })),
  ];
}

/** MS-ADTS 3.1.1.3.2.36: who the connection is; anonymous ones are S-1-5-7. */
function principalName(directory: Directory, at: RootDseContext): readonly Value[] {
  if (at.anonymous === true) return ['NT AUTHORITY\\ANONYMOUS LOGON'];
  const id = bySid(directory, requesterSid(at.context));
  const entry: Entry | undefined = id === undefined ? undefined : directory.entry(id);
  const schema = attribute('msDS-PrincipalName');
  if (entry === undefined || schema === undefined) return [requesterSid(at.context)];
  return constructedValues(directory, entry, schema, at);
}

/** The attributes that a request selects; names as they are spelt above. `objectClass` is a filter's. */
export function selectRootDse(
  all: readonly RootDseAttribute[],
  names: readonly string[],
): readonly RootDseAttribute[] {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const everything = wanted.size === 0 || wanted.has('*') || wanted.has('+');
  return all.filter(
    ({ name, onRequest }) => wanted.has(name.toLowerCase()) || (everything && onRequest !== true),
  );
}
