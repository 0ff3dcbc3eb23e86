/**
 * PAC_CREDENTIAL_INFO (MS-PAC 2.6): what a TGT by public key carries for protocols that know no keys
 * but the password's, encrypted under the reply key of the exchange that got it.
 */
import { toHex, view } from '../../src/bytes/bytes.ts';
import { KeyUsage } from '../kerberos/constants.ts';
import type { PacCredentialInfo } from '../pac/buffers.ts';
import { NtlmCredentialFlags } from '../pac/constants.ts';
import { ndr } from '../pac/layout.ts';
import { PacCredentialData } from '../pac/messages.ts';
import { type Contents, type Inner, plain, structured, under } from './contents.ts';

const NTLM = 'NTLM';
const NTLM_LENGTH = 40;

const flagNames = (value: number): readonly string[] =>
  Object.entries(NtlmCredentialFlags).flatMap(([name, bit]) => ((value & bit) === 0 ? [] : [name]));

/** MS-PAC 2.6.4 */
const ntlmCredential = plain(
  'NTLM_SUPPLEMENTAL_CREDENTIAL',
  (bytes) => {
    if (bytes.length !== NTLM_LENGTH) return undefined;
    const numbers = view(bytes);
    const flags = numbers.getUint32(4, true);
    return [
      ['Version', 'ULONG', 0, 4, numbers.getUint32(0, true)],
      ['Flags', 'ULONG', 4, 8, flags, flagNames(flags).join(' ')],
      ['LmPassword', 'UCHAR[]', 8, 24, toHex(bytes.subarray(8, 24))],
      ['NtPassword', 'UCHAR[]', 24, 40, toHex(bytes.subarray(24, 40))],
    ];
  },
  (bytes) => ({
    Flags: flagNames(view(bytes).getUint32(4, true)),
    NtPassword: toHex(bytes.subarray(24, 40)),
  }),
);

/** MS-PAC 2.6.2 and 2.6.3: one credential a security package. */
export const credentialData: Contents = structured(ndr(PacCredentialData), {
  json: ({ Credentials }) => ({ packages: Credentials.map(({ PackageName }) => PackageName) }),
  inside: ({ Credentials }) =>
    Credentials.flatMap(({ PackageName, Credentials: octets }, i): readonly Inner[] =>
      PackageName === NTLM && octets !== null
        ? [
            {
              path: `*.Credentials[${i}].Credentials.*`,
              contents: ntlmCredential,
              octets,
              put: under(NTLM),
            },
          ]
        : [],
    ),
});

/** What is encrypted in the buffer whose rows begin at `path`; its JSON stands beside the type. */
export function credentialInner(
  { EncryptionType, SerializedData }: PacCredentialInfo,
  path: string,
): Inner {
  return {
    path: `${path}.SerializedData`,
    contents: credentialData,
    octets: {
      data: { etype: EncryptionType, cipher: SerializedData },
      usages: { reply: KeyUsage.KERB_NON_KERB_SALT },
    },
    put: (outer, value) => {
      const { SerializedData: _, ...rest } = outer[path] as Record<string, unknown>;
      outer[path] = { ...rest, ...(value as object) };
    },
  };
}
