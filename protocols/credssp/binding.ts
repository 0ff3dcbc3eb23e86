/** That both ends of CredSSP look at the same TLS server: MS-CSSP 3.1.5. */
import { concat, equalSecret, utf8 } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import { tryDecode } from '../../src/der/codec.ts';
import { readCertificate } from '../x509/certificate.ts';
import { SubjectPublicKeyInfo } from '../x509/messages.ts';
import { VERSION_HASHES } from './messages.ts';

export type Sender = 'client' | 'server';

/** The zero at the end belongs to it. */
const MAGIC: Readonly<Record<Sender, Uint8Array>> = {
  client: utf8('CredSSP Client-To-Server Binding Hash\0'),
  server: utf8('CredSSP Server-To-Client Binding Hash\0'),
};

/**
 * What of the TLS server's certificate is bound: the octets of the BIT STRING, without the algorithm around it.
 * Undefined: no certificate that can be read.
 * @param certificate DER
 */
export function boundKeyOf(certificate: Uint8Array): Uint8Array | undefined {
  const read = readCertificate(certificate);
  const info = read.ok ? tryDecode(SubjectPublicKeyInfo, read.value.publicKey) : undefined;
  return info?.ok === true ? info.value.subjectPublicKey.bytes : undefined;
}

/** What is bound, and how. */
export interface Binding {
  /** What both sides speak: the lower of their versions. */
  readonly version: number;
  /** The contents of the BIT STRING subjectPublicKey in the TLS server's certificate. */
  readonly publicKey: Uint8Array;
  /** The client's, from version 5 on. */
  readonly nonce?: Uint8Array;
}

/**
 * What goes into pubKeyAuth before it is wrapped: from version 5 on a hash, before it the key itself,
 * which the server sends back with one added to the first octet (which carries nothing, 3.1.5).
 */
export function boundKey({ version, publicKey, nonce }: Binding, sender: Sender): Uint8Array {
  if (version >= VERSION_HASHES) {
    return digest('sha256', concat(MAGIC[sender], nonce ?? new Uint8Array(0), publicKey));
  }
  if (sender === 'client') return publicKey;
  const plusOne = publicKey.slice();
  plusOne[0] = ((plusOne[0] ?? 0) + 1) & 0xff;
  return plusOne;
}

/** Whether the peer saw the same key. */
export function isBound(binding: Binding, sender: Sender, got: Uint8Array): boolean {
  return equalSecret(boundKey(binding, sender), got);
}
