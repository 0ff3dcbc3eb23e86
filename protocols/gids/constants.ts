/** Identifiers of the Generic Identity Device Specification (GIDS), as public readers of such cards know them. */
import { hex } from '../../src/bytes/bytes.ts';

/** Revision 2. */
export const GIDS_AID = hex`a000000397425446590201`;
/** Readers ask by the identifier without its revision. */
export const GIDS_AID_LEAST = 9;

/** Of the smart card that Hello and TPM virtual smart cards emulate. */
export const HELLO_ATR = hex`3b8d0180fba000000397425446590401cf`;

/** The one key. */
export const KEY_REFERENCE = 0x81;
export const KEY_FILE = 0xb081;

/** Files that hold data objects. */
export const FILE = {
  application: 0x3fff,
  master: 0xa000,
  minidriver: 0xa010,
  card: 0xa012,
} as const;

export const OBJECT = {
  fileSystemTable: 0xdf1f,
  keyMap: 0xdf20,
  cardId: 0xdf20,
  cardApplications: 0xdf21,
  cacheFreshness: 0xdf22,
  containerMap: 0xdf23,
  certificate: 0xdf24,
  publicKey: 0x7f49,
  pinStatus: 0x7f71,
} as const;

/** Templates of MANAGE SECURITY ENVIRONMENT, P2 (ISO/IEC 7816-4:2013 §10.3.3). */
export const TEMPLATE = {
  authentication: 0xa4,
  digitalSignature: 0xb6,
  confidentiality: 0xb8,
} as const;

/** The upper half of an algorithm reference: what the card does around the key. */
export const PADDING = {
  none: 0x00,
  /** The data are padded, or digested, off the card. */
  offCard: 0x10,
  pkcs1: 0x40,
  pkcs1OffCardDigest: 0x50,
  oaep: 0x80,
} as const;
