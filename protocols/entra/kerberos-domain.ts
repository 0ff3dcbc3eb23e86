/**
 * The KerberosDomain: what a tenant has of the krbtgt_AzureAD account of one Active Directory domain, and
 * how Set-AzureADKerberosServer brings it there. The real upload is not public: JSON at a path like Graph's.
 */
import { fromBase64, toBase64 } from '../../src/bytes/base64.ts';
import { utf8 } from '../../src/bytes/bytes.ts';
import type { Json } from '../../src/machine/actor.ts';
import { type HttpRequest, request } from '../http/messages.ts';
import { type JsonObject, jsonObjectOf, numberField, textField } from '../oauth/json.ts';
import { JSON_TYPE } from '../oauth/oauth.ts';
import { GRAPH_HOST } from './synchronization.ts';

export const KERBEROS_DOMAINS_PATH = '/beta/kerberosDomains/{domainDnsName}';
export const KERBEROS_DOMAIN_REQUEST_NAME = 'kerberos-domain-request';
export const KERBEROS_DOMAIN_RESPONSE_NAME = 'kerberos-domain-response';

/** Templates of directory roles. */
export const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';
export const HYBRID_IDENTITY_ADMINISTRATOR = '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2';
/** Who may set Entra Kerberos up. */
export const KERBEROS_ROLES: readonly string[] = [
  GLOBAL_ADMINISTRATOR,
  HYBRID_IDENTITY_ADMINISTRATOR,
];

export interface KerberosDomain {
  /** The same number as in Active Directory, where it is msDS-SecondaryKrbTgtNumber. */
  readonly id: number;
  /** `corp.example` */
  readonly domainDnsName: string;
  /** `CORP` */
  readonly netBiosName: string;
  readonly domainSid: string;
  /** 1 to 65535. */
  readonly secondaryKrbTgtNumber: number;
  readonly keyVersion: number;
  /** AES256 key of krbtgt_AzureAD, 32 octets. */
  readonly key: Uint8Array;
  /** Milliseconds since 1970. */
  readonly keyUpdatedOn: number;
}

/** Without the key, which nobody gets out of a tenant again. */
export type ShownKerberosDomain = Omit<KerberosDomain, 'key'>;

const KEY_LENGTH = 32;
const NUMBER_MAX = 65_535;
const VERSION_MAX = 2 ** 32 - 1;
const DNS_NAME = /^[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$/;
const NETBIOS_NAME = /^[^\\/:*?"<>|.]{1,15}$/;
const DOMAIN_SID = /^S-1-5-21(-\d{1,10}){3}$/;

export function kerberosDomainPath(domainDnsName: string): string {
  return KERBEROS_DOMAINS_PATH.replace('{domainDnsName}', encodeURIComponent(domainDnsName));
}

/** @param domain with PUT */
export function kerberosDomainRequest(
  method: 'PUT' | 'GET' | 'DELETE',
  domainDnsName: string,
  token: string,
  domain?: KerberosDomain,
): HttpRequest {
  const fields = { Authorization: `Bearer ${token}`, Accept: 'application/json' };
  const path = kerberosDomainPath(domainDnsName);
  if (domain === undefined) return request(method, GRAPH_HOST, path, fields);
  const typed = { ...fields, 'Content-Type': JSON_TYPE };
  const key = toBase64(domain.key);
  return request(method, GRAPH_HOST, path, typed, body({ ...shownKerberosDomain(domain), key }));
}

/** All but the key. */
export function shownKerberosDomain(domain: ShownKerberosDomain): Readonly<Record<string, Json>> {
  return {
    id: domain.id,
    domainDnsName: domain.domainDnsName,
    netBiosName: domain.netBiosName,
    domainSid: domain.domainSid,
    secondaryKrbTgtNumber: domain.secondaryKrbTgtNumber,
    keyVersion: domain.keyVersion,
    keyUpdatedOn: new Date(domain.keyUpdatedOn).toISOString(),
  };
}

function body(fields: Readonly<Record<string, Json>>): Uint8Array {
  return utf8(JSON.stringify(fields));
}

export function shownKerberosDomainBody(domain: ShownKerberosDomain): Uint8Array {
  return body(shownKerberosDomain(domain));
}

export type DomainRead<T> =
  | { readonly ok: true; readonly domain: T }
  /** Which field is missing, or no value that it can have. */
  | { readonly ok: false; readonly reason: string };

export function readKerberosDomain(bytes: Uint8Array): DomainRead<KerberosDomain> {
  const object = jsonObjectOf(bytes);
  if (object === undefined) return { ok: false, reason: 'the body is no JSON object' };
  const read = shownFields(object);
  if (!read.ok) return read;
  const key = fromBase64(textField(object, 'key') ?? '');
  if (key?.length !== KEY_LENGTH) return wrong('key', `${KEY_LENGTH} octets in base 64`);
  return { ok: true, domain: { ...read.domain, key } };
}

/** What a tenant shows. */
export function readShownKerberosDomain(bytes: Uint8Array): DomainRead<ShownKerberosDomain> {
  const object = jsonObjectOf(bytes);
  if (object === undefined) return { ok: false, reason: 'the body is no JSON object' };
  return shownFields(object);
}

function shownFields(object: JsonObject): DomainRead<ShownKerberosDomain> {
  const text = (name: string, form: RegExp): string | undefined => {
    const value = textField(object, name);
    return value !== undefined && form.test(value) ? value : undefined;
  };
  const count = (name: string, max: number): number | undefined => {
    const value = numberField(object, name) ?? 0;
    return Number.isInteger(value) && value >= 1 && value <= max ? value : undefined;
  };
  const id = count('id', NUMBER_MAX);
  const secondaryKrbTgtNumber = count('secondaryKrbTgtNumber', NUMBER_MAX);
  const keyVersion = count('keyVersion', VERSION_MAX);
  const domainDnsName = text('domainDnsName', DNS_NAME);
  const netBiosName = text('netBiosName', NETBIOS_NAME);
  const domainSid = text('domainSid', DOMAIN_SID);
  const keyUpdatedOn = Date.parse(textField(object, 'keyUpdatedOn') ?? '');
  if (id === undefined) return wrong('id', `1 to ${NUMBER_MAX}`);
  if (secondaryKrbTgtNumber === undefined) {
    return wrong('secondaryKrbTgtNumber', `1 to ${NUMBER_MAX}`);
  }
  if (keyVersion === undefined) return wrong('keyVersion', `1 to ${VERSION_MAX}`);
  if (domainDnsName === undefined) return wrong('domainDnsName', 'a DNS name');
  if (netBiosName === undefined) return wrong('netBiosName', 'a NetBIOS name');
  if (domainSid === undefined) return wrong('domainSid', 'the SID of a domain');
  if (Number.isNaN(keyUpdatedOn)) return wrong('keyUpdatedOn', 'a time');
  const domain = { id, domainDnsName, netBiosName, domainSid, secondaryKrbTgtNumber, keyVersion };
  return { ok: true, domain: { ...domain, keyUpdatedOn } };
}

function wrong(field: string, expected: string): DomainRead<never> {
  return { ok: false, reason: `${field} is not ${expected}` };
}
