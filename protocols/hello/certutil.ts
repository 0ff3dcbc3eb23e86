/** The output of `certutil -store -user my`, line for line. */

import type { PrivateKeyReference } from './certificate-store.ts';
import { KEY_STORAGE_PROVIDERS, type KeyStorageProvider } from './providers.ts';

/** What the tool prints of a certificate. */
export interface CertutilEntry {
  /** Hexadecimal, lower case. */
  readonly serialNumber: string;
  /** As Windows writes names: the most specific part first. */
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly subject: string;
  /** Issuer and subject are the same, and the key verifies the signature. */
  readonly selfSigned: boolean;
  /** The OID of the template's extension, or the name that version 1 templates have. */
  readonly template?: string;
  /** Hexadecimal, lower case. */
  readonly sha1: string;
  readonly keyType: 'rsa' | 'ec';
  readonly privateKey?: PrivateKeyReference;
  /** The private key is still there: the tool tries it. */
  readonly keyThere: boolean;
}

const COMPLETED = 'CertUtil: -store command completed successfully.';

/** @param entries in the order of the store */
export function certutilStoreText(entries: readonly CertutilEntry[]): string {
  const certificates = entries.flatMap((entry, i) => [
    ...(i === 0 ? [] : ['']),
    ...certificateLines(entry, i),
  ]);
  return `${['my "Personal"', ...certificates, COMPLETED].join('\n')}\n`;
}

/** The lines of one certificate, as the documents of Hello for Business show them. */
export function certificateLines(entry: CertutilEntry, index: number): readonly string[] {
  return [
    `================ Certificate ${index} ================`,
    `Serial Number: ${entry.serialNumber}`,
    `Issuer: ${entry.issuer}`,
    ` NotBefore: ${certutilTime(entry.notBefore)}`,
    ` NotAfter: ${certutilTime(entry.notAfter)}`,
    `Subject: ${entry.subject}`,
    ...(entry.selfSigned
      ? ['Signature matches Public Key', 'Root Certificate: Subject matches Issuer']
      : ['Non-root Certificate']),
    ...(entry.template === undefined ? [] : [`Template: ${entry.template}`]),
    `Cert Hash(sha1): ${entry.sha1}`,
    ...keyLines(entry),
  ];
}

/** The last lines: whether there is a key, where, and what trying it gave. */
function keyLines({ privateKey, keyThere, keyType }: CertutilEntry): readonly string[] {
  if (privateKey === undefined) return ['No key provider information', NO_KEY];
  const provider: KeyStorageProvider = KEY_STORAGE_PROVIDERS[privateKey.provider];
  const where = [`Key Container = ${privateKey.container}`, `Provider = ${provider.name}`];
  if (!keyThere) return [...where, 'Missing stored keyset'];
  return [
    ...where,
    ...(privateKey.exportable ? [] : ['Private key is NOT exportable']),
    keyType === 'rsa' ? 'Encryption test passed' : 'Signature test passed',
  ];
}

const NO_KEY = 'Cannot find the certificate and private key for decryption.';

/** `12/8/2023 6:16 AM`, as Windows writes times in the United States; the device's zone is UTC here. */
export function certutilTime(time: number): string {
  const at = new Date(time);
  const hours = at.getUTCHours();
  const minutes = String(at.getUTCMinutes()).padStart(2, '0');
  const day = `${at.getUTCMonth() + 1}/${at.getUTCDate()}/${at.getUTCFullYear()}`;
  return `${day} ${hours % 12 === 0 ? 12 : hours % 12}:${minutes} ${hours < 12 ? 'AM' : 'PM'}`;
}
