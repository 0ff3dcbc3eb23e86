/**
 * Distinguished names as text: RFC 4514, with what Active Directory adds (MS-ADTS 3.1.1.3.1.2.5:
 * `<GUID=...>`, `<SID=...>`, `<WKGUID=...,dn>` as alternative forms of a base object).
 */
import { fromHex, fromUtf8, toHex } from '../../src/bytes/bytes.ts';

/** One relative distinguished name; multi-valued ones do not exist in Active Directory. */
export interface Rdn {
  /** As written: `CN`, `ou`, `DC`. */
  readonly type: string;
  /** Unescaped. */
  readonly value: string;
}

/** What a base object's text may name. */
export type BaseName =
  | { readonly kind: 'dn'; readonly rdns: readonly Rdn[] }
  | { readonly kind: 'guid'; readonly guid: Uint8Array }
  | { readonly kind: 'sid'; readonly sid: string | Uint8Array }
  | { readonly kind: 'wellKnown'; readonly guid: Uint8Array; readonly rdns: readonly Rdn[] }
  /** The record itself, as links between entries are stored. Never taken from the network. */
  | { readonly kind: 'id'; readonly id: number };

/** The names from the object up to the root; undefined when the text is no distinguished name. */
export function parseDn(text: string): readonly Rdn[] | undefined {
  const rdns: Rdn[] = [];
  let at = 0;
  if (text.trim() === '') return rdns;
  while (at <= text.length) {
    const equals = text.indexOf('=', at);
    if (equals < 0) return undefined;
    const type = text.slice(at, equals).trim();
    if (!/^(?:[A-Za-z][A-Za-z0-9-]*|(?:OID\.)?[0-9]+(?:\.[0-9]+)*)$/.test(type)) return undefined;
    const read = readValue(text, equals + 1);
    if (read === undefined || read.value === '') return undefined;
    rdns.push({ type, value: read.value });
    if (read.next === text.length) return rdns;
    if (text[read.next] !== ',' && text[read.next] !== ';') return undefined;
    at = read.next + 1;
  }
  return undefined;
}

/** An attribute value from `at` on, and where its separator stands. */
function readValue(text: string, at: number): { value: string; next: number } | undefined {
  let start = at;
  while (text[start] === ' ') start++;
  if (text[start] === '"') return readQuoted(text, start + 1);
  if (text[start] === '#') return readHexString(text, start + 1);
  let value = '';
  let octets: number[] = [];
  let solid = 0; // length up to the last character that is no bare trailing space
  const flush = (): void => {
    if (octets.length > 0) value += fromUtf8(new Uint8Array(octets));
    octets = [];
  };
  let i = start;
  for (; i < text.length; i++) {
    const character = text[i] as string;
    if (character === ',' || character === ';') break;
    if (character === '+' || character === '"' || character === '<' || character === '>') {
      return undefined;
    }
    if (character === '\\') {
      const pair = text.slice(i + 1, i + 3);
      if (/^[0-9a-fA-F]{2}$/.test(pair)) {
        octets.push(Number.parseInt(pair, 16));
        i += 2;
      } else {
        const escaped = text[i + 1];
        if (escaped === undefined) return undefined;
        flush();
        value += escaped;
        i += 1;
      }
      solid = value.length + octets.length;
      continue;
    }
    flush();
    value += character;
    if (character !== ' ') solid = value.length;
  }
  const pending = octets.length > 0;
  flush();
  return { value: pending ? value : value.slice(0, Math.max(solid, 0)), next: i };
}

function readQuoted(text: string, at: number): { value: string; next: number } | undefined {
  let value = '';
  for (let i = at; i < text.length; i++) {
    if (text[i] === '\\') {
      i++;
      value += text[i] ?? '';
    } else if (text[i] === '"') {
      let next = i + 1;
      while (text[next] === ' ') next++;
      return { value, next };
    } else {
      value += text[i];
    }
  }
  return undefined;
}

/** `#` and the BER of a value: a string type's content is taken as UTF-8. */
function readHexString(text: string, at: number): { value: string; next: number } | undefined {
  const digits = /^[0-9a-fA-F]+/.exec(text.slice(at))?.[0] ?? '';
  if (digits.length < 4 || digits.length % 2 !== 0) return undefined;
  const bytes = fromHex(digits);
  if (bytes[1] !== bytes.length - 2) return undefined;
  return { value: fromUtf8(bytes.subarray(2)), next: at + digits.length };
}

/** A base object's name in any of its forms. @returns undefined when it is none of them. */
export function parseBase(text: string): BaseName | undefined {
  const special = /^<([A-Za-z]+)=([^>]*)>$/.exec(text.trim());
  if (special === null) {
    const rdns = parseDn(text);
    return rdns === undefined ? undefined : { kind: 'dn', rdns };
  }
  const value = special[2] as string;
  switch ((special[1] as string).toUpperCase()) {
    case 'GUID': {
      const guid = parseGuid(value) ?? hexOctets(value, 16);
      return guid === undefined ? undefined : { kind: 'guid', guid };
    }
    case 'SID': {
      if (/^S-1-\d+(?:-\d+)*$/i.test(value)) return { kind: 'sid', sid: value.toUpperCase() };
      const sid = /^(?:[0-9a-fA-F]{2}){8,68}$/.test(value) ? fromHex(value) : undefined;
      return sid === undefined ? undefined : { kind: 'sid', sid };
    }
    case 'WKGUID': {
      const comma = value.indexOf(',');
      const guid = hexOctets(value.slice(0, comma), 16);
      const rdns = parseDn(value.slice(comma + 1));
      if (comma < 0 || guid === undefined || rdns === undefined) return undefined;
      return { kind: 'wellKnown', guid, rdns };
    }
    default:
      return undefined;
  }
}

function hexOctets(text: string, length: number): Uint8Array | undefined {
  return text.length === 2 * length && /^[0-9a-fA-F]+$/.test(text) ? fromHex(text) : undefined;
}

/** RFC 4514 §2.4: what must be escaped is, the rest stands as it is. */
export function escapeValue(value: string): string {
  if (value === ' ') return '\\ '; // first and last at once
  return value
    .replace(/[\\,+"<>;=]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replaceAll('\n', '\\0A')
    .replaceAll('\r', '\\0D')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ');
}

export function formatRdn(rdn: Rdn): string {
  return `${rdn.type}=${escapeValue(rdn.value)}`;
}

export function formatDn(rdns: readonly Rdn[]): string {
  return rdns.map(formatRdn).join(',');
}

/** Two names are the same when these are: case does not matter, nor do runs of spaces. */
export function normaliseRdn(rdn: Rdn): string {
  return `${rdn.type.toLowerCase()}=${rdn.value.toLowerCase().replace(/\s+/g, ' ').trim()}`;
}

export function normaliseDn(rdns: readonly Rdn[]): string {
  return rdns.map((rdn) => normaliseRdn(rdn).replace(/[\\,]/g, '\\$&')).join(',');
}

/** `corp.example` as `DC=corp,DC=example`. */
export function domainDn(dnsName: string): readonly Rdn[] {
  return dnsName.split('.').map((value) => ({ type: 'DC', value }));
}

/** The textual form of MS-DTYP 2.3.4.3: the first three fields are stored little-endian. */
export function formatGuid(guid: Uint8Array): string {
  const h = toHex(guid);
  const turn = (from: number, to: number): string =>
    (h.slice(from, to).match(/../g) ?? []).reverse().join('');
  return `${turn(0, 8)}-${turn(8, 12)}-${turn(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

/** Octets of a GUID's text, with or without braces. */
export function parseGuid(text: string): Uint8Array | undefined {
  const match =
    /^\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$/i.exec(text);
  if (match === null) return undefined;
  const turn = (part: string): string => (part.match(/../g) ?? []).reverse().join('');
  const [, a, b, c, d, e] = match as unknown as string[];
  return fromHex(turn(a as string) + turn(b as string) + turn(c as string) + d + e);
}
