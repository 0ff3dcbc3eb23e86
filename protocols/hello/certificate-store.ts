/** The certificates of a user's personal store ("my") on a device, each with where its private key is. */
import { isExportable, type ProviderId } from './providers.ts';

export interface StoredCertificate {
  /** Whose store it is in. */
  readonly user: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** Absent: a certificate without a private key. */
  readonly privateKey?: PrivateKeyReference;
}

/** CERT_KEY_PROV_INFO_PROP_ID: the key by provider and container. */
export interface PrivateKeyReference {
  readonly provider: ProviderId;
  /** What the provider calls it. */
  readonly container: string;
  /** What the signing core calls it. */
  readonly key: string;
  readonly exportable: boolean;
}

/** @param allowed what the certificate's template says of export */
export function keyReference(
  provider: ProviderId,
  container: string,
  key: string,
  allowed = false,
): PrivateKeyReference {
  return { provider, container, key, exportable: isExportable(provider, allowed) };
}
