/** Data objects of the PIV card application (SP 800-73-4 part 1, appendix A) for a card with one key. */
import { concat, hex, utf8 } from '../../src/bytes/bytes.ts';
import type { CardContents } from '../iso7816/application.ts';
import { tlv } from '../iso7816/tlv.ts';
import { OBJECT, PIV_AID } from './constants.ts';

/** The agency code 9999 of a federal number (FASC-N): nobody's, so that readers look at the certificate. */
const NOT_FEDERAL = hex`d4e739da739ced39ce739d836858210842108421c84210c3eb`;
/** Later than anybody runs this. */
const EXPIRES = '20991231';
/** What a card without a GlobalPlatform registry says of itself. */
const CAPABILITIES = hex`f10121f20121f300f40100f50110f600f700fa00fb00fc00fd00fe00`;

/** The PIN alone satisfies the card's access control (part 1, 3.3.2). */
const PIN_POLICY = hex`4000`;

const NO_OCTETS = new Uint8Array(0);

/** The object as GET DATA gives it; undefined: there is none. */
export function objectOf(contents: CardContents, tag: number): Uint8Array | undefined {
  switch (tag) {
    case OBJECT.discovery:
      return tlv(tag, tlv(0x4f, PIV_AID), tlv(0x5f2f, PIN_POLICY));
    case OBJECT.capabilities:
      return tlv(0x53, tlv(0xf0, cardIdentifier(contents)), CAPABILITIES);
    case OBJECT.cardholderUniqueIdentifier:
      return tlv(
        0x53,
        tlv(0x30, NOT_FEDERAL),
        tlv(0x34, contents.cardId),
        tlv(0x35, utf8(EXPIRES)),
        tlv(0x3e),
        tlv(0xfe, NO_OCTETS),
      );
    case OBJECT.authenticationCertificate: {
      const { certificate } = contents;
      if (certificate === undefined) return undefined;
      // CertInfo 00: not compressed; FE: the error detection code, empty.
      return tlv(0x53, tlv(0x70, certificate), tlv(0x71, hex`00`), tlv(0xfe));
    }
    default:
      return undefined;
  }
}

/** Part 1, appendix A, table 8: 21 octets that begin with the application provider. */
function cardIdentifier({ cardId }: CardContents): Uint8Array {
  return concat(PIV_AID.subarray(0, 5), cardId);
}

const HOLDERS_ONLY: readonly number[] = [
  OBJECT.fingerprints,
  OBJECT.facialImage,
  OBJECT.printedInformation,
  OBJECT.irisImages,
];

/** Whether the PIN is wanted before the object is even looked for. */
export function wantsPin(tag: number): boolean {
  return HOLDERS_ONLY.includes(tag);
}
