/** What people call a value whose octets do not say it: object identifiers and distinguished names. */
import { fromHex } from '../../src/bytes/bytes.ts';
import { tryDecode } from '../../src/der/codec.ts';
import { oid } from '../../src/der/primitives.ts';
import { bmpString, ia5String, printableString, utf8String } from '../../src/der/text.ts';
import type { DissectedField } from '../../src/trace/dissector.ts';
import { OID_NAMES } from '../pkinit/constants.ts';
import { digestNameOf, RSA_ENCRYPTION, signatureName } from '../x509/algorithms.ts';
import {
  ATTRIBUTE,
  EXTENSION,
  KEY_PURPOSE,
  KEY_USAGE,
  OTHER_NAME,
  REQUEST_ATTRIBUTE,
} from '../x509/constants.ts';
import { readName } from '../x509/names.ts';

const inverted = (
  table: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] =>
  Object.entries(table).map(([name, dotted]) => [dotted, name]);

/** RFC 5652, RFC 3370, RFC 3565 and RFC 5480, in their spelling. */
const OTHERS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.7.1': 'id-data',
  '1.2.840.113549.1.7.2': 'id-signedData',
  '1.2.840.113549.1.7.3': 'id-envelopedData',
  '1.2.840.113549.1.9.3': 'id-contentType',
  '1.2.840.113549.1.9.4': 'id-messageDigest',
  '1.2.840.113549.1.9.5': 'id-signingTime',
  '1.2.840.113549.1.9.15': 'smimeCapabilities',
  '1.2.840.113549.3.7': 'des-ede3-cbc',
  '2.16.840.1.101.3.4.1.2': 'id-aes128-CBC',
  '2.16.840.1.101.3.4.1.42': 'id-aes256-CBC',
  '1.2.840.113549.1.1.7': 'id-RSAES-OAEP',
  '1.2.840.10045.3.1.7': 'secp256r1',
  '1.3.132.0.34': 'secp384r1',
  '1.3.132.0.35': 'secp521r1',
  [RSA_ENCRYPTION]: 'rsaEncryption',
};

const NAMES: ReadonlyMap<string, string> = new Map([
  ...[ATTRIBUTE, EXTENSION, KEY_PURPOSE, OTHER_NAME, REQUEST_ATTRIBUTE].flatMap(inverted),
  ...Object.entries(OTHERS),
  ...Object.entries(OID_NAMES),
]);

/** `sha256WithRSAEncryption`; undefined for identifiers that nobody named here. */
export function oidName(dotted: string): string | undefined {
  const signature = signatureName(dotted);
  return signature === dotted ? (NAMES.get(dotted) ?? digestNameOf(dotted)) : signature;
}

const STRINGS = [utf8String, printableString, ia5String, bmpString];

const DOTTED = /^[0-2](?:\.\d+)+$/;

/** The characters of an attribute's value, the name of an identifier; undefined for all else. */
function textOf(element: Uint8Array): string | undefined {
  if (element[0] === oid.tag) {
    const identifier = tryDecode(oid, element);
    return identifier.ok ? oidName(identifier.value) : undefined;
  }
  const codec = STRINGS.find(({ tag }) => tag === element[0]);
  const read = codec === undefined ? undefined : tryDecode(codec, element);
  return read?.ok ? read.value : undefined;
}

interface Bits {
  /** Hexadecimal. */
  readonly bytes: string;
}

/** Bit n of the BIT STRING is 1 << n in the table. */
function usages(digits: string): readonly string[] {
  const [first = 0, second = 0] = fromHex(digits);
  return Object.entries(KEY_USAGE).flatMap(([name, bit]) => {
    const n = Math.log2(bit);
    return ((n < 8 ? first << n : second << (n - 8)) & 0x80) === 0 ? [] : [name];
  });
}

function nameOf(row: DissectedField, bytes: Uint8Array): string | undefined {
  if (row.type === 'Name') return readName(bytes.subarray(row.start, row.end))?.text;
  if (row.type === 'KeyUsage') return usages((row.value as Bits).bytes).join(' ');
  if (row.type === 'ANY') return textOf(bytes.subarray(row.start, row.end));
  const { value } = row;
  return typeof value === 'string' && DOTTED.test(value) ? oidName(value) : undefined;
}

/** Rows of `bytes` with the names that their values have. */
export function named(rows: readonly DissectedField[], bytes: Uint8Array): DissectedField[] {
  return rows.map((row) => {
    const name = row.name ?? nameOf(row, bytes);
    return name === undefined ? row : { ...row, name };
  });
}
