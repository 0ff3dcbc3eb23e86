/**
 * msDS-KeyCredentialLink (MS-ADTS 2.2.20): the blob entry by entry, and the Object(DN-Binary) text in
 * which LDAP carries it, where each octet of the blob is two digits.
 */
import { fromUtf8, toHex, view } from '../../src/bytes/bytes.ts';
import { publicKeyKind } from '../../src/crypto/public-key.ts';
import type { DissectedField } from '../../src/trace/dissector.ts';
import { formatGuid } from '../directory/dn.ts';
import {
  type KeyCredential,
  KeyCredentialEntry,
  KeySource,
  KeyUsage,
  OLD_VERSIONS,
  readKeyCredential,
  timeEncoding,
} from '../directory/key-credential.ts';
import { readDnBinary } from '../directory/key-credential-value.ts';
import { CustomKeyFlag, readCustomKeyInformation } from '../directory/key-information.ts';
import { readKeyMaterial } from '../directory/key-material.ts';
import { readKeyTime } from '../directory/key-times.ts';
import { keyText } from './certificates.ts';
import type { Contents, Fields } from './contents.ts';

const ENTRIES = nameTable(KeyCredentialEntry);
const USAGES = nameTable(KeyUsage);
const SOURCES = nameTable(KeySource);

function nameTable(numbers: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(numbers).map(([name, number]) => [number, name]));
}

/** What an entry says, in the words of the standard. */
function textOf(identifier: number, value: Uint8Array, blob: KeyCredential): string {
  switch (identifier) {
    case KeyCredentialEntry.KeyMaterial: {
      const material = readKeyMaterial(value);
      const key = material && keyText(publicKeyKind(material.publicKey));
      return key === undefined ? '' : key;
    }
    case KeyCredentialEntry.KeyUsage:
      return USAGES.get(value[0] ?? -1) ?? '';
    case KeyCredentialEntry.KeySource:
      return SOURCES.get(value[0] ?? -1) ?? '';
    case KeyCredentialEntry.DeviceId:
      return value.length === 16 ? formatGuid(value) : '';
    case KeyCredentialEntry.CustomKeyInformation: {
      const flags = readCustomKeyInformation(value)?.flags ?? 0;
      const names = Object.entries(CustomKeyFlag).filter(([, bit]) => (flags & bit) !== 0);
      return names.map(([name]) => name).join(' ');
    }
    case KeyCredentialEntry.KeyApproximateLastLogonTimeStamp:
    case KeyCredentialEntry.KeyCreationTime: {
      const source = entryOf(blob, KeyCredentialEntry.KeySource)?.[0];
      const moment = readKeyTime(value, timeEncoding(blob.version, source));
      return moment === undefined ? 'never' : new Date(moment).toISOString().replace('.000Z', 'Z');
    }
    default:
      return '';
  }
}

const entryOf = (blob: KeyCredential, id: number): Uint8Array | undefined =>
  blob.entries.find(({ identifier }) => identifier === id)?.value;

const entryName = (identifier: number): string => ENTRIES.get(identifier) ?? `entry ${identifier}`;

/** Octets of an entry in front of its value: its length and its identifier. */
const HEADER = 3;
const VERSION = 4;

/** Rows of a blob; `at` maps an offset in it to one in what carries it. */
function blobRows(
  bytes: Uint8Array,
  blob: KeyCredential,
  path: string,
  at: (offset: number) => number,
): readonly DissectedField[] {
  const row = (name: string, type: string, start: number, end: number) => ({
    path: `${path}.${name}`,
    type,
    start: at(start),
    end: at(end),
  });
  const version = view(bytes).getUint32(0, true);
  const rows: DissectedField[] = [
    { path, type: 'KEYCREDENTIALLINK_BLOB', start: at(0), end: at(bytes.length) },
    { ...row('Version', 'DWORD', 0, VERSION), value: version },
  ];
  let offset = VERSION;
  for (const { identifier, value } of blob.entries) {
    const end = offset + HEADER + value.length;
    const name = entryName(identifier);
    const entry = row(name, 'KEYCREDENTIALLINK_ENTRY', offset, end);
    const called = textOf(identifier, value, blob);
    rows.push(entry, {
      ...row(`${name}.Value`, 'BYTE[]', offset + HEADER, end),
      value: toHex(value),
      ...(called === '' ? {} : { name: called }),
    });
    const padded = blob.version === OLD_VERSIONS.PADDED;
    offset = padded ? end + ((4 - (value.length % 4)) % 4) : end;
  }
  return rows;
}

function blobJson(blob: KeyCredential): Fields {
  return Object.fromEntries(
    blob.entries.map(({ identifier, value }) => [
      entryName(identifier),
      textOf(identifier, value, blob) || toHex(value),
    ]),
  );
}

/** A blob by itself. */
export const keyCredentialBlob: Contents = {
  type: 'KEYCREDENTIALLINK_BLOB',
  read(bytes) {
    const read = readKeyCredential(bytes);
    return read.ok ? { value: read.value } : undefined;
  },
  rows(bytes, path) {
    const read = readKeyCredential(bytes);
    if (read.ok) return blobRows(bytes, read.value, path, (offset) => offset);
    return [{ path, type: 'error', start: 0, end: bytes.length, value: read.reason }];
  },
  json: (value) => blobJson(value as KeyCredential),
  inside: () => [],
  keys: () => [],
};

interface DnBinary {
  readonly dn: string;
  readonly blob: KeyCredential;
}

function readText(bytes: Uint8Array): { readonly octets: Uint8Array; dn: string } | undefined {
  const read = readDnBinary(fromUtf8(bytes));
  return read && { octets: read.blob, dn: read.dn };
}

/** `B:828:0002…:CN=alice,…` (MS-ADTS 3.1.1.2.2.2.3) with a key credential in it. */
export const keyCredentialLink: Contents = {
  type: 'Object(DN-Binary)',
  read(bytes) {
    const text = readText(bytes);
    const blob = text && readKeyCredential(text.octets);
    return blob?.ok ? { value: { dn: text?.dn ?? '', blob: blob.value } } : undefined;
  },
  rows(bytes, path) {
    const text = readText(bytes);
    const blob = text && readKeyCredential(text.octets);
    const whole = { path, type: 'Object(DN-Binary)', start: 0, end: bytes.length };
    if (text === undefined || blob?.ok !== true) return [whole];
    // Behind `B:` and the count; two digits an octet.
    const first = fromUtf8(bytes).indexOf(':', 2) + 1;
    const end = first + 2 * text.octets.length;
    return [
      whole,
      ...blobRows(
        text.octets,
        blob.value,
        `${path}.KEYCREDENTIALLINK_BLOB`,
        (at) => first + 2 * at,
      ),
      { path: `${path}.dn`, type: 'DN', start: end + 1, end: bytes.length, value: text.dn },
    ];
  },
  json: (value) => {
    const { dn, blob } = value as DnBinary;
    return { ...blobJson(blob), dn };
  },
  inside: () => [],
  keys: () => [],
};
