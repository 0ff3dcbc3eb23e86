/**
 * What a device keeps of Hello when its power is off, as octets: JSON, with octets in hexadecimal. A record
 * says what it is, so that a store can be read without knowing who wrote it.
 */
import { fromJsonOctets, toJsonOctets } from '../../src/bytes/json-octets.ts';
import type { Failures } from './attempts.ts';
import type { StoredCertificate } from './certificate-store.ts';
import type { Container } from './container.ts';
import type { DeviceEvent } from './event-log.ts';
import type { PolicySources } from './policy-sources.ts';

export type HelloRecord =
  | { readonly kind: 'container'; readonly container: Container }
  | { readonly kind: 'certificate'; readonly stored: StoredCertificate }
  /** The TPM's memory of failures, of all keys together. */
  | { readonly kind: 'tpm'; readonly failures: Failures }
  /** An entry of an event log. */
  | { readonly kind: 'event'; readonly event: DeviceEvent }
  /** What policies came to the device, as the registry keeps them. */
  | { readonly kind: 'policies'; readonly policies: PolicySources };

/** @param record one of these, or another with a `kind` that a device keeps beside them */
export function encodeRecord(record: { readonly kind: string }): Uint8Array {
  return toJsonOctets(record);
}

/**
 * @param others kinds of records that are kept beside Hello's
 * @throws Error when these are not the octets of a record: only we write the store
 */
export function decodeRecord<R extends { readonly kind: string } = HelloRecord>(
  octets: Uint8Array,
  others: readonly string[] = [],
): R {
  const record = fromJsonOctets(octets);
  if (isRecord(record, others)) return record as R;
  throw new Error('not a record of a device’s store');
}

const KINDS: ReadonlySet<unknown> = new Set([
  'container',
  'certificate',
  'tpm',
  'event',
  'policies',
]);

function isRecord(value: unknown, others: readonly unknown[]): value is { readonly kind: string } {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return KINDS.has(value.kind) || others.includes(value.kind);
}
