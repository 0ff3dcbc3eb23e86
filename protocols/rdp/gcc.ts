/** T.124 (GCC) Conference Create around the data blocks of MS-RDPBCGR 2.2.1.3 and 2.2.1.4. */
import { concat, equal, hex, utf8 } from '../../src/bytes/bytes.ts';
import { attempt, type Decoded, octets, readMember } from '../../src/layout/codec.ts';
import { Reader } from '../../src/layout/reader.ts';
import { perLength, readPerLength } from './per.ts';

/** ConnectData with the object identifier t124 (0 0 20 124 0 1). */
const KEY = hex`00 05 00 14 7c 00 01`;
/** conferenceCreateRequest: conference name "1", one set of user data, an H.221 key of four octets. */
const CREATE_REQUEST = hex`00 08 00 10 00 01 c0 00`;
const CLIENT_KEY = utf8('Duca');
/** conferenceCreateResponse: node 31219, tag 1, result success, one set of user data. */
const CREATE_RESPONSE = hex`14 76 0a 01 01 00 01 c0 00`;
const SERVER_KEY = utf8('McDn');

function conference(head: Uint8Array, key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const create = concat(head, key, perLength(blocks.length), blocks);
  return concat(KEY, perLength(create.length), create);
}

export function conferenceCreateRequest(blocks: Uint8Array): Uint8Array {
  return conference(CREATE_REQUEST, CLIENT_KEY, blocks);
}

export function conferenceCreateResponse(blocks: Uint8Array): Uint8Array {
  return conference(CREATE_RESPONSE, SERVER_KEY, blocks);
}

/** The client's data blocks: the reader is behind them then. */
export function takeConferenceCreateRequest(reader: Reader): Uint8Array {
  expect(reader, KEY, 't124Identifier', 'the object identifier of T.124');
  const length = readLength(reader);
  if (length !== reader.left) reader.fail(`${length} octets, ${reader.left} follow`);
  expect(reader, CREATE_REQUEST, 'conferenceCreateRequest', 'a conferenceCreateRequest');
  expect(reader, CLIENT_KEY, 'h221NonStandard', 'the key Duca');
  return readBlocks(reader);
}

export function readConferenceCreateRequest(userData: Uint8Array): Decoded<Uint8Array> {
  return attempt(() => takeConferenceCreateRequest(new Reader(userData)));
}

/** The server's; what its lengths say of the whole is passed over, as clients do. */
export function takeConferenceCreateResponse(reader: Reader): Uint8Array {
  expect(reader, KEY, 't124Identifier', 'the object identifier of T.124');
  readLength(reader);
  // Node and tag are the server's own; result and user data follow where they always stand.
  readMember(reader, 'conferenceCreateResponse', octets(CREATE_RESPONSE.length));
  expect(reader, SERVER_KEY, 'h221NonStandard', 'the key McDn');
  return readBlocks(reader);
}

export function readConferenceCreateResponse(userData: Uint8Array): Decoded<Uint8Array> {
  return attempt(() => takeConferenceCreateResponse(new Reader(userData)));
}

function readLength(reader: Reader): number {
  return reader.member(
    'length',
    'length (PER)',
    () => readPerLength(reader),
    (value) => ({ value }),
  );
}

function readBlocks(reader: Reader): Uint8Array {
  return readMember(reader, 'userData', octets(readPerLength(reader)));
}

function expect(reader: Reader, wanted: Uint8Array, name: string, what: string): void {
  const at = reader.at;
  const got = readMember(reader, name, octets(wanted.length));
  if (!equal(got, wanted)) reader.fail(`expected ${what}`, at);
}
