/** What a client that signs in with a private key knows and wants: plain data, all of it. */
import type { SignedDataDraft } from '../cms/sign.ts';
import type { GroupName, OwnHalf, QForm } from './groups.ts';
import type { KdcTrust } from './kdc-trust.ts';

/** Whose key signs. */
export interface PkinitIdentity {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Authorities between it and the root, DER: they go along. */
  readonly chain: readonly Uint8Array[];
  /** The private key's name with whoever signs. */
  readonly key: string;
  /** The signature's name in X.509: `sha256WithRSAEncryption`. */
  readonly algorithm: string;
}

export type ChecksumDigest = 'sha1' | 'sha256' | 'sha384' | 'sha512';

export interface PkinitOptions {
  /** RFC 4556's messages, or those of Windows 2000 (MS-PKCA 2.2.3). */
  readonly variant: 'rfc4556' | 'win2k';
  /**
   * Groups to agree in, best first: the others are there for KDCs that refuse the first. None: the KDC
   * shall encrypt the reply's key to our RSA key, for which Windows wants etype 15 in the request.
   */
  readonly groups: readonly GroupName[];
  readonly q: QForm;
  /** Sends clientDHNonce, so that the KDC may use its key pair for others as well. */
  readonly nonce: boolean;
  /** OIDs of RFC 8636, best first; none: octetstring2key. */
  readonly kdfs: readonly string[];
  /** The digest of paChecksum2 (MS-PKCA 2.2.3); absent: not sent. */
  readonly paChecksum2?: ChecksumDigest;
  /** Sends paChecksum, the SHA-1. */
  readonly paChecksum: boolean;
  /** Asks for a freshness token before it signs (RFC 8070). */
  readonly freshness: boolean;
  /** OIDs of content encryption for key transport. */
  readonly supportedCmsTypes: readonly string[];
  /** contentType and messageDigest around what is signed (RFC 5652 §5.3). */
  readonly signedAttributes: boolean;
}

/** As Windows signs in: 2048 bits, others when they are asked for. */
export const DEFAULT_PKINIT_OPTIONS: PkinitOptions = {
  variant: 'rfc4556',
  groups: ['modp-14', 'modp-16', 'P-256', 'P-384', 'P-521'],
  q: 'right',
  nonce: true,
  kdfs: [],
  paChecksum: true,
  freshness: false,
  supportedCmsTypes: [],
  signedAttributes: true,
};

export interface PkinitState {
  readonly identity: PkinitIdentity;
  readonly options: PkinitOptions;
  readonly trust: KdcTrust;
  /** Groups that a KDC has refused, and the one that it named. */
  readonly refused?: readonly GroupName[];
  readonly group?: GroupName;
  /** What waits for our signature. */
  readonly draft?: SignedDataDraft;
  /** Our part of the agreement. */
  readonly half?: OwnHalf;
  readonly clientNonce?: Uint8Array;
  /** The KDC's certificate that was believed, DER. */
  readonly kdcCertificate?: Uint8Array;
}

export function pkinitState(
  identity: PkinitIdentity,
  trust: KdcTrust,
  options: Partial<PkinitOptions> = {},
): PkinitState {
  return { identity, trust, options: { ...DEFAULT_PKINIT_OPTIONS, ...options } };
}
