/** RFC 9562 version 4: identifiers of requests, keys and answers. */
import { toHex } from '../../src/bytes/bytes.ts';

/** @param octets 16 random ones */
export function randomUuid(octets: Uint8Array): string {
  const made = Uint8Array.from(octets);
  made[6] = ((made[6] as number) & 0x0f) | 0x40;
  made[8] = ((made[8] as number) & 0x3f) | 0x80;
  return toHex(made).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
