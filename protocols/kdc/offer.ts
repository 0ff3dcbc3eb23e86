/** What a client that signs with a private key offers to agree on: RFC 4556 §3.2.1. */
import type { PublicValue } from '../pkinit/groups.ts';
import type { Certificate } from '../x509/certificate.ts';

/** How the reply's key shall come about. */
export type Wanted =
  | {
      readonly by: 'agreement';
      readonly peer: PublicValue;
      readonly clientNonce?: Uint8Array;
      /** OID of RFC 8636; absent: octetstring2key. */
      readonly kdf?: string;
    }
  | {
      readonly by: 'transport';
      readonly recipient: Certificate;
      /** The client listed no supportedCMSTypes: Windows then writes a whole ContentInfo. */
      readonly anyCms: boolean;
    };

export interface Offer {
  readonly kind: 'offer';
  readonly nonce: number;
  readonly wanted: Wanted;
  /** S-1-18-3, when a freshness token was shown. */
  readonly identities: readonly string[];
}
