/**
 * Credential cache files, version 4 (0x0504): MIT krb5, "Credential cache file format". All numbers
 * big-endian, all times in seconds since 1970-01-01T00:00:00Z.
 */
import { fromUtf8, utf8 } from '../bytes/bytes.ts';
import { type OctetReader, type OctetWriter, octetReader, octetWriter } from './file-octets.ts';
import type { PrincipalParts } from './principal.ts';

export interface Credential {
  readonly client: PrincipalParts;
  readonly server: PrincipalParts;
  readonly key: { readonly etype: number; readonly bytes: Uint8Array };
  readonly authtime: number;
  /** 0: as `authtime`. */
  readonly starttime: number;
  readonly endtime: number;
  /** 0: not renewable. */
  readonly renewTill: number;
  /** The key is another ticket's session key: user-to-user. */
  readonly isSkey: boolean;
  /** RFC 4120 §5.3 TicketFlags, bit 0 as 0x80000000. */
  readonly ticketFlags: number;
  readonly addresses: readonly { readonly addrType: number; readonly address: Uint8Array }[];
  readonly authdata: readonly { readonly adType: number; readonly adData: Uint8Array }[];
  /** The Ticket's octets, as the KDC sent them. */
  readonly ticket: Uint8Array;
  readonly secondTicket: Uint8Array;
}

export interface Ccache {
  /** How far the KDC's clock is ahead of the client's. */
  readonly timeOffset?: { readonly seconds: number; readonly microseconds: number };
  readonly principal: PrincipalParts;
  readonly credentials: readonly Credential[];
}

const VERSION = 0x0504;
const TAG_TIME_OFFSET = 1;
const CONFIG_REALM = 'X-CACHECONF:';
const CONFIG_NAME = 'krb5_ccache_conf_data';
const NOTHING = new Uint8Array(0);

export function writeCcache(cache: Ccache): Uint8Array {
  const out = octetWriter();
  out.u16(VERSION);
  if (cache.timeOffset === undefined) out.u16(0);
  else {
    out.u16(12);
    out.u16(TAG_TIME_OFFSET);
    out.u16(8);
    out.u32(cache.timeOffset.seconds);
    out.u32(cache.timeOffset.microseconds);
  }
  writePrincipal(out, cache.principal);
  for (const credential of cache.credentials) writeCredential(out, credential);
  return out.whole();
}

function writeData(out: OctetWriter, bytes: Uint8Array): void {
  out.u32(bytes.length);
  out.octets(bytes);
}

function writePrincipal(out: OctetWriter, { nameType, realm, components }: PrincipalParts): void {
  out.u32(nameType);
  out.u32(components.length);
  writeData(out, utf8(realm));
  for (const component of components) writeData(out, utf8(component));
}

function writeCredential(out: OctetWriter, credential: Credential): void {
  writePrincipal(out, credential.client);
  writePrincipal(out, credential.server);
  out.u16(credential.key.etype);
  writeData(out, credential.key.bytes);
  out.u32(credential.authtime);
  out.u32(credential.starttime);
  out.u32(credential.endtime);
  out.u32(credential.renewTill);
  out.u8(credential.isSkey ? 1 : 0);
  out.u32(credential.ticketFlags);
  out.u32(credential.addresses.length);
  for (const { addrType, address } of credential.addresses) {
    out.u16(addrType);
    writeData(out, address);
  }
  out.u32(credential.authdata.length);
  for (const { adType, adData } of credential.authdata) {
    out.u16(adType);
    writeData(out, adData);
  }
  writeData(out, credential.ticket);
  writeData(out, credential.secondTicket);
}

/** @throws RangeError with the offset when this is no cache of version 4, or is cut off. */
export function readCcache(bytes: Uint8Array): Ccache {
  const file = octetReader(bytes, 'ccache');
  const version = file.u16();
  if (version !== VERSION) {
    throw new RangeError(`ccache: expected version 0x0504, got 0x${version.toString(16)}`);
  }
  const header = octetReader(file.octets(file.u16()), 'ccache header');
  let timeOffset: Ccache['timeOffset'];
  while (header.left > 0) {
    const tag = header.u16();
    const field = octetReader(header.octets(header.u16()), 'ccache header field');
    if (tag === TAG_TIME_OFFSET) timeOffset = { seconds: field.i32(), microseconds: field.i32() };
  }
  const principal = readPrincipal(file);
  const credentials: Credential[] = [];
  while (file.left > 0) credentials.push(readCredential(file));
  return { ...(timeOffset === undefined ? {} : { timeOffset }), principal, credentials };
}

function readData(file: OctetReader): Uint8Array {
  return file.octets(file.u32());
}

/** As many items as the file says; more than it has room for ends in the reader's RangeError. */
function readList<T>(file: OctetReader, item: () => T): T[] {
  const items: T[] = [];
  for (let left = file.u32(); left > 0; left--) items.push(item());
  return items;
}

function readPrincipal(file: OctetReader): PrincipalParts {
  const nameType = file.u32();
  const count = file.u32();
  const realm = fromUtf8(readData(file));
  const components: string[] = [];
  while (components.length < count) components.push(fromUtf8(readData(file)));
  return { nameType, realm, components };
}

function readCredential(file: OctetReader): Credential {
  return {
    client: readPrincipal(file),
    server: readPrincipal(file),
    key: { etype: file.u16(), bytes: readData(file) },
    authtime: file.u32(),
    starttime: file.u32(),
    endtime: file.u32(),
    renewTill: file.u32(),
    isSkey: file.u8() !== 0,
    ticketFlags: file.u32(),
    addresses: readList(file, () => ({ addrType: file.u16(), address: readData(file) })),
    authdata: readList(file, () => ({ adType: file.u16(), adData: readData(file) })),
    ticket: readData(file),
    secondTicket: readData(file),
  };
}

/**
 * A setting of the cache, which travels as a credential nobody can use: `fast_avail`, `pa_type`.
 * @param server the service that it is about; absent: the whole cache.
 */
export function configEntry(
  client: PrincipalParts,
  key: string,
  value: string,
  server?: string,
): Credential {
  const components = [CONFIG_NAME, key, ...(server === undefined ? [] : [server])];
  return {
    client,
    server: { nameType: 0, realm: CONFIG_REALM, components },
    key: { etype: 0, bytes: NOTHING },
    authtime: 0,
    starttime: 0,
    endtime: 0,
    renewTill: 0,
    isSkey: false,
    ticketFlags: 0,
    addresses: [],
    authdata: [],
    ticket: utf8(value),
    secondTicket: NOTHING,
  };
}

/** The setting that a credential holds; undefined for a real credential. */
export function configOf(
  credential: Credential,
): { readonly key: string; readonly value: string; readonly server?: string } | undefined {
  const { realm, components } = credential.server;
  const [name, key, server] = components;
  if (realm !== CONFIG_REALM || name !== CONFIG_NAME || key === undefined) return undefined;
  return { key, value: fromUtf8(credential.ticket), ...(server === undefined ? {} : { server }) };
}
