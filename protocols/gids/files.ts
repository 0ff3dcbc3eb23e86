/** The data objects of a GIDS card with one key, as Windows' minidriver lays them out. */
import { concat, utf8, utf16le, view } from '../../src/bytes/bytes.ts';
import type { CardContents } from '../iso7816/application.ts';
import { tlv } from '../iso7816/tlv.ts';
import { FILE, KEY_FILE, OBJECT } from './constants.ts';
import { keyAlgorithm, keyBits } from './key-algorithm.ts';
import { zlibStored } from './zlib.ts';

interface StoredFile {
  readonly directory: string;
  readonly name: string;
  readonly file: number;
  readonly object: number;
  readonly content: Uint8Array;
}

/** Files of the minidriver specification, in the order of the table. */
function filesOf(contents: CardContents): readonly StoredFile[] {
  const { certificate, cardId } = contents;
  const minidriver = { file: FILE.minidriver };
  const directory = 'mscp';
  return [
    { directory: '', name: 'cardid', file: FILE.card, object: OBJECT.cardId, content: cardId },
    {
      ...minidriver,
      directory: '',
      name: 'cardapps',
      object: OBJECT.cardApplications,
      content: padded(utf8('mscp'), 8),
    },
    {
      ...minidriver,
      directory: '',
      name: 'cardcf',
      object: OBJECT.cacheFreshness,
      content: cacheFreshness(contents),
    },
    {
      ...minidriver,
      directory,
      name: 'cmapfile',
      object: OBJECT.containerMap,
      content: containerMap(contents),
    },
    ...(certificate === undefined
      ? []
      : [
          {
            ...minidriver,
            directory,
            name: 'kxc00',
            object: OBJECT.certificate,
            content: compressed(certificate),
          },
        ]),
  ];
}

/** An object with its tag and length; undefined: the card has none of that name. */
export function objectOf(
  contents: CardContents,
  file: number,
  object: number,
): Uint8Array | undefined {
  if (file === FILE.master && object === OBJECT.fileSystemTable) {
    return tlv(object, fileSystemTable(contents));
  }
  if (file === FILE.master && object === OBJECT.keyMap) return tlv(object, keyMap(contents));
  if (file === FILE.application && object === OBJECT.pinStatus) {
    const { left, most } = contents.tries;
    return tlv(object, tlv(0x97, new Uint8Array([left])), tlv(0x93, new Uint8Array([most])));
  }
  const found = filesOf(contents).find((one) => one.file === file && one.object === object);
  return found && tlv(object, found.content);
}

/** Template 7F49 (ISO/IEC 7816-8:2016 §6.2): modulus and exponent, or the point. */
export function publicKeyObject({ publicKey: key }: CardContents): Uint8Array {
  if (key.type === 'ec') return tlv(OBJECT.publicKey, tlv(0x86, key.point));
  return tlv(OBJECT.publicKey, tlv(0x81, key.modulus), tlv(0x82, key.exponent));
}

const VERSION = 1;
const TABLE_RECORD = 28;
const NAME = 9;

/** Records of directory, name (nine octets each, ended by zeros), object and file, little-endian. */
function fileSystemTable(contents: CardContents): Uint8Array {
  const records = filesOf(contents).map(({ directory, name, object, file }) => {
    const record = new Uint8Array(TABLE_RECORD);
    record.set(utf8(directory));
    record.set(utf8(name), NAME);
    view(record).setUint16(20, object, true);
    view(record).setUint16(24, file, true);
    return record;
  });
  return concat(new Uint8Array([VERSION]), ...records);
}

const AT_KEYEXCHANGE = 0x9a;

/** One record: state, algorithm, kind of key, its file. */
function keyMap({ publicKey }: CardContents): Uint8Array {
  const record = new Uint8Array(20);
  const to = view(record);
  to.setUint32(0, 1, true);
  record[4] = keyAlgorithm(publicKey) ?? 0;
  record[5] = AT_KEYEXCHANGE;
  to.setUint16(6, KEY_FILE, true);
  to.setUint16(8, 0xffff, true);
  return concat(new Uint8Array([VERSION]), record);
}

/**
 * CARD_CACHE_FILE_FORMAT: version, freshness of PIN, containers, files. A certificate that comes later is
 * another state of files and containers, so that hosts do not believe what they had cached.
 */
function cacheFreshness({ certificate }: CardContents): Uint8Array {
  const changes = certificate === undefined ? 1 : 2;
  return new Uint8Array([0, 0, changes, 0, changes, 0]);
}

const MAP_RECORD = 86;
const VALID_AND_DEFAULT = 3;

/** CONTAINER_MAP_RECORD: the name in UTF-16, flags, bits of the key in the slot of key exchange. */
function containerMap({ container, publicKey }: CardContents): Uint8Array {
  const record = new Uint8Array(MAP_RECORD);
  record.set(utf16le(container.slice(0, 39)));
  record[80] = VALID_AND_DEFAULT;
  view(record).setUint16(84, keyBits(publicKey), true);
  return record;
}

/** 01 00, the length of the certificate, the certificate as a zlib stream. */
function compressed(certificate: Uint8Array): Uint8Array {
  const header = new Uint8Array([1, 0, certificate.length & 0xff, certificate.length >> 8]);
  return concat(header, zlibStored(certificate));
}

function padded(octets: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  out.set(octets);
  return out;
}
