/**
 * Distinguished names: DER, the text of RFC 4514, and the texts that Windows prints and maps
 * certificates by. In DER the most significant RDN comes first (`DC=com`), in both texts last.
 */
import { toHex } from '../../src/bytes/bytes.ts';
import { encode, tryDecode } from '../../src/der/codec.ts';
import { bmpString, ia5String, printableString, utf8String } from '../../src/der/text.ts';
import { ATTRIBUTE } from './constants.ts';
import { Name } from './messages.ts';

export interface NameAttribute {
  /** OID. */
  readonly type: string;
  /** `#` and the hexadecimal DER where the value is no character string. */
  readonly value: string;
}

export interface DistinguishedName {
  readonly der: Uint8Array;
  /** RFC 4514: `CN=Corp Issuing CA,DC=corp,DC=example`. */
  readonly text: string;
  /** As certutil prints it: `CN=Corp Issuing CA, DC=corp, DC=example`. */
  readonly windowsText: string;
  /** In DER's order, most significant first. */
  readonly rdns: readonly (readonly NameAttribute[])[];
}

/** RFC 4514 section 3; all other types are written as OIDs with hexadecimal values (section 2.4). */
const RFC4514_TYPES: Readonly<Record<string, string>> = {
  [ATTRIBUTE.commonName]: 'CN',
  [ATTRIBUTE.localityName]: 'L',
  [ATTRIBUTE.stateOrProvinceName]: 'ST',
  [ATTRIBUTE.organizationName]: 'O',
  [ATTRIBUTE.organizationalUnitName]: 'OU',
  [ATTRIBUTE.countryName]: 'C',
  [ATTRIBUTE.streetAddress]: 'STREET',
  [ATTRIBUTE.domainComponent]: 'DC',
  [ATTRIBUTE.userId]: 'UID',
};

/** Names of CertNameToStr with CERT_X500_NAME_STR; others are `OID.1.2.3`. */
const WINDOWS_TYPES: Readonly<Record<string, string>> = {
  [ATTRIBUTE.commonName]: 'CN',
  [ATTRIBUTE.localityName]: 'L',
  [ATTRIBUTE.stateOrProvinceName]: 'S',
  [ATTRIBUTE.organizationName]: 'O',
  [ATTRIBUTE.organizationalUnitName]: 'OU',
  [ATTRIBUTE.countryName]: 'C',
  [ATTRIBUTE.streetAddress]: 'STREET',
  [ATTRIBUTE.domainComponent]: 'DC',
  [ATTRIBUTE.emailAddress]: 'E',
  [ATTRIBUTE.surname]: 'SN',
  [ATTRIBUTE.givenName]: 'G',
  [ATTRIBUTE.initials]: 'I',
  [ATTRIBUTE.title]: 'T',
  [ATTRIBUTE.serialNumber]: 'SERIALNUMBER',
};

/** Every keyword that a text may have, in upper case. */
const TYPE_OIDS = new Map<string, string>(
  [RFC4514_TYPES, WINDOWS_TYPES, { [ATTRIBUTE.stateOrProvinceName]: 'ST' }].flatMap((types) =>
    Object.entries(types).map(([oid, name]) => [name, oid] as const),
  ),
);

const TELETEX_STRING = 0x14;

/** The text of an attribute's value. T.61 is read as Latin-1, as everybody does who meets it. */
function valueText(der: Uint8Array): string {
  for (const codec of [utf8String, printableString, ia5String, bmpString]) {
    if (der[0] !== codec.tag) continue;
    const read = tryDecode(codec, der);
    if (read.ok) return read.value;
  }
  if (der[0] === TELETEX_STRING && (der[1] as number) < 0x80) {
    return Array.from(der.subarray(2), (octet) => String.fromCharCode(octet)).join('');
  }
  return `#${toHex(der)}`;
}

/** RFC 4514 section 2.4. */
function escaped(value: string): string {
  return value
    .replace(/[\\"+,;<>]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replace(/^[ #]| $/g, '\\$&');
}

/** CertNameToStr: a value with a special character stands in quotation marks, which are doubled inside. */
function quoted(value: string): string {
  return value === '' || /[,+="\r\n<>#;]|^\s|\s$/.test(value)
    ? `"${value.replaceAll('"', '""')}"`
    : value;
}

function text4514({ type, value }: NameAttribute, der: Uint8Array): string {
  const name = RFC4514_TYPES[type];
  if (name === undefined) return `${type}=#${toHex(der)}`;
  return `${name}=${value === `#${toHex(der)}` ? value : escaped(value)}`;
}

function windowsAttribute({ type, value }: NameAttribute): string {
  return `${WINDOWS_TYPES[type] ?? `OID.${type}`}=${quoted(value)}`;
}

type NameValue = readonly (readonly { readonly type: string; readonly value: Uint8Array }[])[];

/** The name of decoded RDNs and their octets. */
export function nameOf(value: NameValue, der: Uint8Array): DistinguishedName {
  const rdns = value.map((rdn) => rdn.map((item) => ({ ...item, text: valueText(item.value) })));
  const reversed = rdns.toReversed();
  return {
    der,
    text: reversed
      .map((rdn) => rdn.map((a) => text4514({ type: a.type, value: a.text }, a.value)).join('+'))
      .join(','),
    windowsText: reversed
      .map((rdn) => rdn.map((a) => windowsAttribute({ type: a.type, value: a.text })).join(' + '))
      .join(', '),
    rdns: rdns.map((rdn) => rdn.map(({ type, text }) => ({ type, value: text }))),
  };
}

/** The name that these octets are; undefined when they are none. */
export function readName(der: Uint8Array): DistinguishedName | undefined {
  const read = tryDecode(Name, der);
  return read.ok ? nameOf(read.value, der) : undefined;
}

/**
 * A name as altSecurityIdentities has it: `DC=com,DC=contoso,CN=Alice`, in DER's order with commas
 * alone between (MS-PKCA 3.1.5.2.1.3).
 */
export function mappingText(name: DistinguishedName): string {
  return name.rdns.map((rdn) => rdn.map(windowsAttribute).join('+')).join(',');
}

/** Attributes that RFC 5280 section 4.1.2.4 and its appendix A.1 give a type of their own. */
function valueCodec(type: string): typeof utf8String {
  if (type === ATTRIBUTE.domainComponent || type === ATTRIBUTE.emailAddress) return ia5String;
  if (type === ATTRIBUTE.countryName || type === ATTRIBUTE.serialNumber) return printableString;
  return utf8String;
}

/** The name of RDNs in DER's order. @throws RangeError for a value that its type cannot hold */
export function nameFrom(rdns: readonly (readonly NameAttribute[])[]): DistinguishedName {
  const value = rdns.map((rdn) =>
    rdn.map(({ type, value: text }) => ({ type, value: encode(valueCodec(type), text) })),
  );
  const der = encode(Name, value);
  // Read again, because DER sorts the attributes of an RDN.
  return readName(der) as DistinguishedName;
}

/**
 * The name that a text means: RFC 4514's, with white space around separators, values in quotation
 * marks and Windows' keywords allowed; `CN=Alice,OU=Sales,DC=corp,DC=example`.
 * @throws RangeError that says what is wrong with the text
 */
export function distinguishedName(text: string): DistinguishedName {
  const rdns: NameAttribute[][] = [];
  let at = 0;
  let joined = false;
  while (at < text.length) {
    const { attribute, next } = attributeAt(text, at);
    if (joined) rdns[0]?.push(attribute);
    else rdns.unshift([attribute]);
    joined = text[next] === '+';
    at = next + 1;
    if (next < text.length && text.slice(at).trim() === '') {
      throw new RangeError(`the name "${text}" ends in "${text[next]}"`);
    }
  }
  return nameFrom(rdns);
}

function attributeAt(
  text: string,
  start: number,
): { readonly attribute: NameAttribute; readonly next: number } {
  const equals = text.indexOf('=', start);
  const keyword = (equals < 0 ? text.slice(start) : text.slice(start, equals)).trim();
  const type =
    TYPE_OIDS.get(keyword.toUpperCase()) ?? /^(?:OID\.)?(\d+(?:\.\d+)+)$/i.exec(keyword)?.[1];
  if (equals < 0 || type === undefined) {
    throw new RangeError(
      `expected an attribute like CN=... in the name "${text}", got "${keyword}"`,
    );
  }
  const { value, next } = valueAt(text, equals + 1);
  return { attribute: { type, value }, next };
}

/** The value that begins at `start`, and where its separator or the text's end is. */
function valueAt(text: string, start: number): { readonly value: string; readonly next: number } {
  let at = start;
  while (text[at] === ' ') at++;
  const inQuotes = text[at] === '"';
  if (inQuotes) at++;
  let value = '';
  let kept = 0;
  for (; at < text.length; at++) {
    const c = text[at] as string;
    if (c === '\\') {
      const pair = /^[0-9A-Fa-f]{2}/.exec(text.slice(at + 1, at + 3))?.[0];
      value += pair === undefined ? (text[at + 1] ?? '') : String.fromCharCode(parseInt(pair, 16));
      at += pair === undefined ? 1 : 2;
      kept = value.length;
    } else if (inQuotes && c === '"') {
      if (text[at + 1] !== '"') break;
      value += c;
      at++;
    } else if (!inQuotes && (c === ',' || c === '+' || c === ';')) break;
    else value += c;
  }
  if (!inQuotes)
    return { value: value.slice(0, Math.max(kept, value.replace(/ +$/, '').length)), next: at };
  const rest = /^"\s*(?=[,+;]|$)/.exec(text.slice(at));
  if (rest === null) throw new RangeError(`the quotation marks in the name "${text}" do not close`);
  return { value, next: at + rest[0].length };
}
