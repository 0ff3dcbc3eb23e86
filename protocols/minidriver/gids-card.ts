/** What a host asks of a GIDS card, and reads out of its answers: the counterpart of `protocols/gids`. */
import { concat, fromUtf8, fromUtf16le, view } from '../../src/bytes/bytes.ts';
import { inflated } from '../../src/bytes/zlib.ts';
import type { PublicKeyKind } from '../../src/crypto/public-key.ts';
import { FILE, GIDS_AID, KEY_REFERENCE, OBJECT, PADDING, TEMPLATE } from '../gids/constants.ts';
import { keyAlgorithm } from '../gids/key-algorithm.ts';
import type { CommandApdu } from '../iso7816/apdu.ts';
import { INSTRUCTION } from '../iso7816/instructions.ts';
import { contentOf, readObjects, tagOctets, tlv } from '../iso7816/tlv.ts';

const NE = 256;

function command(ins: number, p1: number, p2: number, data: Uint8Array, ne?: number): CommandApdu {
  return { cla: 0, ins, p1, p2, data, ...(ne === undefined ? {} : { ne }) };
}

export function selectGids(): CommandApdu {
  return command(INSTRUCTION.select, 4, 0, GIDS_AID, NE);
}

function getData(file: number, object: number): CommandApdu {
  const data = tlv(0x5c, tagOctets(object));
  return command(INSTRUCTION.getData, file >> 8, file & 0xff, data, NE);
}

export function readFileTable(): CommandApdu {
  return getData(FILE.master, OBJECT.fileSystemTable);
}

/** Where a file of the minidriver's file system is. */
export interface Place {
  readonly file: number;
  readonly object: number;
}

const RECORD = 28;
const NAME = 9;

/** By directory and name, `mscp/cmapfile`. Undefined: no such table. */
export function filesIn(answer: Uint8Array): ReadonlyMap<string, Place> | undefined {
  const table = contentOf(readObjects(answer), OBJECT.fileSystemTable);
  if (table === undefined || (table.length - 1) % RECORD !== 0) return undefined;
  const files = new Map<string, Place>();
  for (let at = 1; at < table.length; at += RECORD) {
    const record = table.subarray(at, at + RECORD);
    const directory = text(record.subarray(0, NAME));
    const name = text(record.subarray(NAME, 2 * NAME));
    const numbers = view(record);
    const place = { object: numbers.getUint16(20, true), file: numbers.getUint16(24, true) };
    files.set(directory === '' ? name : `${directory}/${name}`, place);
  }
  return files;
}

function text(octets: Uint8Array): string {
  const end = octets.indexOf(0);
  return fromUtf8(end < 0 ? octets : octets.subarray(0, end));
}

export function readPlace({ file, object }: Place): CommandApdu {
  return getData(file, object);
}

/** A key with its name. */
export interface ContainerRecord {
  /** Its place in the map: its files and its key's reference are counted the same way. */
  readonly index: number;
  readonly name: string;
  readonly isDefault: boolean;
  /** Where its certificate is: of the key for exchanging keys, or of that for signatures. */
  readonly certificateFile: string;
}

const MAP_RECORD = 86;
const VALID = 1;
const DEFAULT = 2;
const NAME_OCTETS = 80;

/** What is in a file. Undefined: the answer is no such file. */
export function contentIn(answer: Uint8Array, { object }: Place): Uint8Array | undefined {
  return contentOf(readObjects(answer), object)?.slice();
}

const FRESHNESS_LENGTH = 6;

/** The count of changes to files in CARD_CACHE_FILE_FORMAT, the file `cardcf`. */
export function freshnessIn(content: Uint8Array | undefined): number | undefined {
  if (content === undefined || content.length < FRESHNESS_LENGTH) return undefined;
  return view(content).getUint16(4, true);
}

/** CONTAINER_MAP_RECORDs that are valid. Undefined: no such file. */
export function containersIn(map: Uint8Array): readonly ContainerRecord[] | undefined {
  if (map.length % MAP_RECORD !== 0) return undefined;
  const containers: ContainerRecord[] = [];
  for (let index = 0; (index + 1) * MAP_RECORD <= map.length; index++) {
    const record = map.subarray(index * MAP_RECORD, (index + 1) * MAP_RECORD);
    const flags = record[NAME_OCTETS] as number;
    if ((flags & VALID) === 0) continue;
    const name = fromUtf16le(record.subarray(0, NAME_OCTETS)).split('\0')[0] ?? '';
    const exchangeBits = view(record).getUint16(84, true);
    const kind = exchangeBits > 0 ? 'kxc' : 'ksc';
    const number = index.toString(16).padStart(2, '0');
    containers.push({
      index,
      name,
      isDefault: (flags & DEFAULT) !== 0,
      certificateFile: `mscp/${kind}${number}`,
    });
  }
  return containers;
}

const CERTIFICATE_MOST = 0x4000;
const COMPRESSED = 1;

/** DER. Undefined: no certificate, or a compressed one that is none. */
export function certificateIn(value: Uint8Array): Uint8Array | undefined {
  if (value.length < 4) return undefined;
  if (value[0] !== COMPRESSED || value[1] !== 0) return value.slice();
  const length = view(value).getUint16(2, true);
  const certificate = inflated(value.subarray(4), Math.min(length, CERTIFICATE_MOST));
  return certificate?.length === length ? certificate : undefined;
}

export function verifyPin(pin: Uint8Array): CommandApdu {
  return command(INSTRUCTION.verify, 0, 0x80, pin);
}

/** Says which key signs, and how: the host digests, the card pads. Undefined: the card has no such algorithm. */
export function setEnvironment(index: number, key: PublicKeyKind): CommandApdu | undefined {
  const algorithm = keyAlgorithm(key);
  if (algorithm === undefined) return undefined;
  const padding = key.type === 'rsa' ? PADDING.pkcs1OffCardDigest : PADDING.offCard;
  const objects = concat(
    tlv(0x80, new Uint8Array([algorithm | padding])),
    tlv(0x84, new Uint8Array([KEY_REFERENCE + index])),
  );
  return command(INSTRUCTION.manageSecurityEnvironment, 0x41, TEMPLATE.digitalSignature, objects);
}

/** @param data a DigestInfo (RSA), a digest (ECDSA) */
export function computeSignature(data: Uint8Array): CommandApdu {
  return command(INSTRUCTION.performSecurityOperation, 0x9e, 0x9a, data, NE);
}
