/**
 * What `@peculiar/x509` is used for: building RFC 5280's common extensions. It issues and verifies
 * asynchronously, by WebCrypto, while a signature is an effect here, so the structures around the
 * extensions are our own (`messages.ts`). Reading is our own too, because the KDC reads what anybody
 * sends: the library takes more than fifty times as long for a certificate (bench `x509`).
 *
 * Loading it takes 0.2 s of every command's start: it pulls in some hundred modules.
 */
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { fromHex, toHex } from '../../src/bytes/bytes.ts';
import type { BasicConstraints } from './common-extensions.ts';
import type { Extension } from './messages.ts';

function own(extension: x509.Extension): Extension {
  return {
    extnID: extension.type,
    critical: extension.critical,
    extnValue: new Uint8Array(extension.value),
  };
}

/** RFC 5280 section 4.2.1.9; critical, as CA certificates must have it. */
export function basicConstraints({ ca, pathLength }: BasicConstraints): Extension {
  return own(new x509.BasicConstraintsExtension(ca, pathLength, true));
}

/** RFC 5280 section 4.2.1.3: bits of `KEY_USAGE`; critical. */
export function keyUsage(usages: number): Extension {
  return own(new x509.KeyUsagesExtension(usages, true));
}

/** RFC 5280 section 4.2.1.12: OIDs, in this order. */
export function extendedKeyUsage(purposes: readonly string[]): Extension {
  return own(new x509.ExtendedKeyUsageExtension([...purposes]));
}

/** RFC 5280 section 4.2.1.2: hexadecimal. */
export function subjectKeyIdentifier(keyIdentifier: string): Extension {
  return own(new x509.SubjectKeyIdentifierExtension(toHex(fromHex(keyIdentifier))));
}

/** RFC 5280 section 4.2.1.1, with the key identifier only: hexadecimal. */
export function authorityKeyIdentifier(keyIdentifier: string): Extension {
  return own(new x509.AuthorityKeyIdentifierExtension(toHex(fromHex(keyIdentifier))));
}

/** RFC 5280 section 4.2.1.13: one distribution point a URI. */
export function crlDistributionPoints(uris: readonly string[]): Extension {
  return own(new x509.CRLDistributionPointsExtension([...uris]));
}

/** RFC 5280 section 4.2.1.4: OIDs without qualifiers. */
export function certificatePolicies(policies: readonly string[]): Extension {
  return own(new x509.CertificatePolicyExtension([...policies]));
}

/** RFC 5280 section 4.2.2.1: where the issuer's certificate is. */
export function authorityInfoAccess(caIssuers: readonly string[]): Extension {
  return own(new x509.AuthorityInfoAccessExtension({ caIssuers: [...caIssuers] }));
}
