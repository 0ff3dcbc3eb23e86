/** Kerberos inside GSS-API tokens (RFC 4121 §4.1), and the checksum that carries GSS flags. */
import { toHex, view } from '../../src/bytes/bytes.ts';
import type { DissectedField } from '../../src/trace/dissector.ts';
import { GssFlags, openGssToken, readGssChecksum } from '../kerberos/gss.ts';
import { openUserToUser, type UserToUserOpening } from '../negotiate/user-to-user.ts';
import { type Contents, plain } from './contents.ts';

const flagNames = (flags: number): string[] =>
  Object.entries(GssFlags).flatMap(([name, bit]) => ((flags & bit) === 0 ? [] : [name]));

/** RFC 4121 §4.1.1 */
export const gssChecksum: Contents = plain(
  'GSS checksum',
  (bytes) => {
    const read = readGssChecksum(bytes);
    if (read === undefined) return undefined;
    return [
      ['Lgth', 'UINT32', 0, 4, view(bytes).getUint32(0, true)],
      ['Bnd', 'OCTET[16]', 4, 20, toHex(read.bindings)],
      ['Flags', 'UINT32', 20, 24, read.flags, flagNames(read.flags).join(' ')],
    ];
  },
  (bytes) => {
    const read = readGssChecksum(bytes);
    return read && { flags: flagNames(read.flags), bindings: toHex(read.bindings) };
  },
);

/** Kerberos' token, of the mechanism itself or of user-to-user. */
export function openKerberosToken(bytes: Uint8Array): UserToUserOpening {
  return openUserToUser(bytes) ?? openGssToken(bytes);
}

/** A token: its mechanism, its TOK_ID, and the message as if it came alone. */
export function gssToken(messageOf: (name: string) => Contents | undefined): Contents {
  interface Opened {
    readonly message: string;
    readonly bytes: Uint8Array;
  }
  return {
    type: 'GSS-API token',
    read(bytes) {
      const opened = openKerberosToken(bytes);
      if (!opened.ok) return undefined;
      return { value: { message: opened.message, bytes: opened.bytes } satisfies Opened };
    },
    rows(bytes, path) {
      const opened = openKerberosToken(bytes);
      const whole: DissectedField = {
        path,
        type: 'InitialContextToken',
        start: 0,
        end: bytes.length,
      };
      if (!opened.ok) return [{ ...whole, type: 'error', value: opened.reason }];
      const start = bytes.length - opened.bytes.length;
      const token = { path: `${path}.TOK_ID`, type: 'UINT16', start: start - 2, end: start };
      return [
        whole,
        { ...token, value: toHex(bytes.subarray(start - 2, start)), name: opened.message },
        { path: `${path}.innerToken`, type: opened.message, start, end: bytes.length },
      ];
    },
    json: () => ({}),
    inside(value) {
      const { message, bytes } = value as Opened;
      const contents = messageOf(message);
      if (contents === undefined) return [];
      return [{ path: 'innerToken', contents, octets: bytes, put: Object.assign }];
    },
    keys: () => [],
  };
}
