/** From the text of a name to the record it names. */
import { formatSid, parseSid } from '../pac/sid.ts';
import type { Directory } from './directory.ts';
import type { BaseName, Rdn } from './dn.ts';
import { parseDn } from './dn.ts';
import { type Entry, referred, texts } from './entry.ts';

/** The record above all naming contexts. */
export const ROOT = 0;

/** Follows the names down from the root. */
export function resolveRdns(directory: Directory, rdns: readonly Rdn[]): number | undefined {
  let id = ROOT;
  for (let i = rdns.length; i-- > 0; ) {
    const next = directory.child(id, rdns[i] as Rdn);
    if (next === undefined) return undefined;
    id = next;
  }
  return id;
}

/** How far the names lead: the lowest record that exists, for `matchedDN`. */
export function deepestExisting(directory: Directory, rdns: readonly Rdn[]): Entry | undefined {
  let found: Entry | undefined;
  let id = ROOT;
  for (let i = rdns.length; i-- > 0; ) {
    const next = directory.child(id, rdns[i] as Rdn);
    if (next === undefined) break;
    id = next;
    const entry = directory.entry(id);
    if (entry !== undefined && Object.keys(entry.attributes).length > 0) found = entry;
  }
  return found;
}

export function resolveDn(directory: Directory, dn: string): number | undefined {
  const rdns = parseDn(dn);
  return rdns === undefined ? undefined : resolveRdns(directory, rdns);
}

/** The record that a base in any form names. */
export function resolveBase(directory: Directory, base: BaseName): number | undefined {
  switch (base.kind) {
    case 'dn':
      return resolveRdns(directory, base.rdns);
    case 'guid':
      return directory.find('objectGUID', base.guid)[0];
    case 'sid': {
      const sid = typeof base.sid === 'string' ? sidOctets(base.sid) : base.sid;
      return sid === undefined ? undefined : directory.find('objectSid', sid)[0];
    }
    case 'wellKnown': {
      const above = resolveRdns(directory, base.rdns);
      const entry = above === undefined ? undefined : directory.entry(above);
      return entry === undefined ? undefined : wellKnown(entry, base.guid);
    }
    case 'id':
      return base.id;
  }
}

/** The object that `wellKnownObjects` or `otherWellKnownObjects` gives this GUID (MS-ADTS 6.1.1.4). */
export function wellKnown(container: Entry, guid: Uint8Array): number | undefined {
  const wanted = Array.from(guid, (octet) => octet.toString(16).padStart(2, '0')).join('');
  for (const name of ['wellKnownObjects', 'otherWellKnownObjects']) {
    for (const value of texts(container, name)) {
      if (value.slice(5, 37).toLowerCase() === wanted) return referred(value);
    }
  }
  return undefined;
}

/** The packet form of a SID's text; undefined when it is none, or one with numbers too large. */
export function sidOctets(text: string): Uint8Array | undefined {
  const match = /^S-1-(\d{1,15})((?:-\d{1,10}){1,15})$/i.exec(text);
  const parts = match?.[2]?.slice(1).split('-').map(Number) ?? [];
  if (match === null || Number(match[1]) >= 2 ** 48 || parts.some((part) => part >= 2 ** 32)) {
    return undefined;
  }
  return parseSid(text.toUpperCase());
}

/** `S-1-5-...` of a stored objectSid. */
export function sidText(entry: Entry): string | undefined {
  const value = entry.attributes.objectSid?.[0];
  return value instanceof Uint8Array ? formatSid(value) : undefined;
}
