/** Identifiers of NIST SP 800-73-4 and SP 800-78-4. */
import { hex } from '../../src/bytes/bytes.ts';

/** SP 800-73-4 part 1, 2.2. */
export const PIV_AID = hex`a000000308000010000100`;
/** Without the version. */
export const PIV_AID_LEAST = 9;

/** Part 1, table 4b. */
export const KEY = { authentication: 0x9a } as const;

/** SP 800-78-4, table 6-2, by key. */
export const RSA_ALGORITHM: Readonly<Record<number, number>> = { 1024: 6, 2048: 7, 3072: 5 };
export const EC_ALGORITHM: Readonly<Record<string, number>> = { 'P-256': 0x11, 'P-384': 0x14 };

/** Part 1, table 3: containers by their tags. */
export const OBJECT = {
  discovery: 0x7e,
  capabilities: 0x5fc107,
  cardholderUniqueIdentifier: 0x5fc102,
  authenticationCertificate: 0x5fc105,
  /** What only the holder may read. */
  fingerprints: 0x5fc103,
  facialImage: 0x5fc108,
  printedInformation: 0x5fc109,
  irisImages: 0x5fc121,
} as const;

/** P2 of VERIFY: the PIV card application's own PIN. */
export const APPLICATION_PIN = 0x80;
