/** What scenario files may say of public keys at a device: `pkinit:`, and what it believes of domain controllers. */
import {
  defaulted,
  flag,
  type Infer,
  listOf,
  object,
  oneOf,
  optional,
} from '../../src/schema/schema.ts';
import type { PkinitOptions } from '../pkinit/client-state.ts';
import { OID } from '../pkinit/constants.ts';

const GROUPS = ['modp-2', 'modp-14', 'modp-16', 'P-256', 'P-384', 'P-521'] as const;

const KDFS = {
  sha1: OID.kdfSha1,
  sha256: OID.kdfSha256,
  sha384: OID.kdfSha384,
  sha512: OID.kdfSha512,
} as const;

export type PkinitClientFields = Infer<typeof pkinitClientFields>;
export const pkinitClientFields = object(
  {
    variant: optional(
      oneOf('RFC 4556, or the messages of Windows 2000 (rfc4556)', ['rfc4556', 'win2k']),
    ),
    groups: optional(
      listOf(
        'Groups to agree in, best first; none: key transport by RSA (modp-14, modp-16, P-256, P-384, P-521)',
        oneOf('A group of RFC 4556 or RFC 5349', GROUPS),
      ),
    ),
    q: optional(
      oneOf(
        'The factor of p - 1 in the group: right, left out, or 0 as old clients send it (right)',
        ['right', 'absent', 'zero'],
      ),
    ),
    nonce: optional(flag('Sends clientDHNonce, so that the KDC may use a key pair again (true)')),
    kdfs: optional(
      listOf(
        'Key derivation functions of RFC 8636, best first; none: octetstring2key (none)',
        oneOf('Its digest', ['sha1', 'sha256', 'sha384', 'sha512']),
      ),
    ),
    paChecksum: optional(flag('Sends paChecksum, the SHA-1 (true)')),
    paChecksum2: optional(
      oneOf('Sends paChecksum2 with this digest (not sent)', [
        'sha1',
        'sha256',
        'sha384',
        'sha512',
      ]),
    ),
    freshness: optional(flag('Asks for a freshness token before it signs (false)')),
    signedAttributes: optional(
      flag('Signs attributes with the content, as RFC 5652 has it (true)'),
    ),
  },
  'How it signs in with public keys (PKINIT)',
);

export function pkinitOptionsOf({ kdfs, ...fields }: PkinitClientFields): Partial<PkinitOptions> {
  return kdfs === undefined ? fields : { ...fields, kdfs: kdfs.map((name) => KDFS[name]) };
}

/** What a computer asks of domain controllers' certificates. */
export const kdcTrustFields = {
  kdcValidation: defaulted(
    oneOf(
      'What a domain controller’s certificate must be: a KDC’s of this domain (strict), or any server’s',
      ['strict', 'server'],
    ),
    'strict',
  ),
  revocationCheck: defaulted(
    oneOf('Whether it wants a revocation list for a domain controller’s certificate', [
      'required',
      'ifKnown',
      'off',
    ]),
    'required',
  ),
};
