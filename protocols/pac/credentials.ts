/** PAC_CREDENTIAL_INFO: the NTLM hash of who signed in without a password (MS-PAC 2.6). */
import { view } from '../../src/bytes/bytes.ts';
import { decrypt, encrypt, type Key } from '../kerberos/etypes.ts';
import { PacCredentialInfo } from './buffers.ts';
import { NtlmCredentialFlags } from './constants.ts';
import { ndr } from './layout.ts';
import { PacCredentialData as PacCredentialDataStruct } from './messages.ts';

/** MS-PAC 2.6.2, with its serialization headers. */
const PacCredentialData = ndr(PacCredentialDataStruct);

/** KERB_NON_KERB_SALT (MS-KILE 3.1.5.9). */
const USAGE = 16;

/** NTLM_SUPPLEMENTAL_CREDENTIAL (MS-PAC 2.6.4): Version, Flags, LmPassword[16], NtPassword[16]. */
const NTLM_LENGTH = 40;
const FLAGS = 4;
const NT_PASSWORD = 24;

/**
 * The buffer, under the key of the AS-REP. Flags say that there is an NT hash and no LM hash, as current
 * domain controllers have it. @param ntHash 16 octets; absent: the account has none
 * @param confounder as the key's type asks for
 */
export function pacCredentials(
  ntHash: Uint8Array | undefined,
  replyKey: Key,
  confounder: Uint8Array,
): Uint8Array {
  const credential = new Uint8Array(NTLM_LENGTH);
  if (ntHash !== undefined) {
    view(credential).setUint32(FLAGS, NtlmCredentialFlags.NT_PASSWORD_VALID, true);
    credential.set(ntHash, NT_PASSWORD);
  }
  const plain = PacCredentialData.encode({
    Credentials: [{ PackageName: 'NTLM', Credentials: credential }],
  });
  return PacCredentialInfo.encode({
    Version: 0,
    EncryptionType: replyKey.etype,
    SerializedData: encrypt(replyKey, USAGE, plain, confounder),
  });
}

export type OpenedCredentials =
  | { readonly ok: true; readonly ntHash?: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/** What a client finds in the buffer with the key of its AS-REP. */
export function openPacCredentials(buffer: Uint8Array, replyKey: Key): OpenedCredentials {
  const info = PacCredentialInfo.tryDecode(buffer);
  if (!info.ok) return { ok: false, reason: info.error.message };
  const plain = decrypt(replyKey, USAGE, info.value.SerializedData);
  if (plain === undefined) return { ok: false, reason: 'it does not open with the reply key' };
  const data = PacCredentialData.tryDecode(plain);
  if (!data.ok) return { ok: false, reason: data.error.message };
  const ntlm = data.value.Credentials.find(({ PackageName }) => PackageName === 'NTLM');
  const octets = ntlm?.Credentials;
  if (octets === undefined || octets === null) return { ok: true };
  if (octets.length !== NTLM_LENGTH) {
    return { ok: false, reason: `NTLM_SUPPLEMENTAL_CREDENTIAL has ${octets.length} octets` };
  }
  const valid = view(octets).getUint32(FLAGS, true) & NtlmCredentialFlags.NT_PASSWORD_VALID;
  return valid === 0 ? { ok: true } : { ok: true, ntHash: octets.slice(NT_PASSWORD) };
}
