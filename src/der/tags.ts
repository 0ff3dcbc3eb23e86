/** Identifier octets (X.690 §8.1.2), and what people call them (X.680 §8.4). */

/** In place of a tag: the codec reads and writes whole elements. */
export const SELF = -1;

const UNIVERSAL: Readonly<Record<number, string>> = {
  1: 'BOOLEAN',
  2: 'INTEGER',
  3: 'BIT STRING',
  4: 'OCTET STRING',
  5: 'NULL',
  6: 'OBJECT IDENTIFIER',
  10: 'ENUMERATED',
  12: 'UTF8String',
  16: 'SEQUENCE',
  17: 'SET',
  18: 'NumericString',
  19: 'PrintableString',
  20: 'TeletexString',
  22: 'IA5String',
  23: 'UTCTime',
  24: 'GeneralizedTime',
  26: 'VisibleString',
  27: 'GeneralString',
  28: 'UniversalString',
  30: 'BMPString',
};

const CLASSES = ['UNIVERSAL ', 'APPLICATION ', '', 'PRIVATE '];

/** What people call an identifier octet: `SEQUENCE`, `[APPLICATION 10]`, `[3] primitive`. */
export function tagName(tag: number): string {
  const number = tag & 0x1f;
  const constructed = (tag & 0x20) !== 0;
  const universal = tag < 0x40 ? UNIVERSAL[number] : undefined;
  // SEQUENCE and SET are the two that are always constructed; other types never are in DER.
  const usual = universal === undefined ? true : number === 16 || number === 17;
  const form = constructed === usual ? '' : constructed ? ' constructed' : ' primitive';
  return `${universal ?? `[${CLASSES[tag >> 6]}${number}]`}${form}`;
}
