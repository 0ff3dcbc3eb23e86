import {
  type Codec,
  type Decoded,
  encode,
  flags,
  type Infer,
  octets,
  rest,
  tryDecode,
  uint16,
  uint32,
} from '../../src/layout/codec.ts';
import { lengthOf, optional, struct, unicode } from '../../src/layout/structures.ts';
import { InfoFlags, SecurityFlags } from './constants.ts';

/** MS-RDPBCGR 2.2.8.1.1.2.1: under TLS only Client Info and licensing begin with it. */
export const TS_SECURITY_HEADER = struct('TS_SECURITY_HEADER', {
  flags: flags(uint16, 'UINT16', SecurityFlags),
  flagsHi: uint16,
});

/** A text whose length does not count the zero that follows it. */
const terminated: Codec<string> = {
  ...unicode,
  least: 2,
  read(reader) {
    const text = unicode.read(reader);
    return text.endsWith('\0') ? text.slice(0, -1) : text;
  },
  write: (writer, value) => unicode.write(writer, `${value}\0`),
};
const NUL = 2;
const text = (of: string) => lengthOf(of, uint16, -NUL);

/** MS-RDPBCGR 2.2.1.11.1.1.1; its tail is there as far as the client knows it. */
const TS_EXTENDED_INFO_PACKET = struct('TS_EXTENDED_INFO_PACKET', {
  clientAddressFamily: uint16,
  cbClientAddress: lengthOf('clientAddress'),
  clientAddress: unicode,
  cbClientDir: lengthOf('clientDir'),
  clientDir: unicode,
  clientTimeZone: optional(octets(172)),
  clientSessionId: optional(uint32),
  performanceFlags: optional(uint32),
  more: optional(rest),
});

/** MS-RDPBCGR 2.2.1.11.1.1. */
export type InfoPacket = Infer<typeof TS_INFO_PACKET>;
export const TS_INFO_PACKET = struct('TS_INFO_PACKET', {
  CodePage: uint32,
  flags: flags(uint32, 'UINT32', InfoFlags),
  cbDomain: text('Domain'),
  cbUserName: text('UserName'),
  cbPassword: text('Password'),
  cbAlternateShell: text('AlternateShell'),
  cbWorkingDir: text('WorkingDir'),
  Domain: terminated,
  UserName: terminated,
  Password: terminated,
  AlternateShell: terminated,
  WorkingDir: terminated,
  extraInfo: optional(TS_EXTENDED_INFO_PACKET),
});

export const CLIENT_INFO_PDU = struct('Client Info PDU', {
  securityHeader: TS_SECURITY_HEADER,
  infoPacket: TS_INFO_PACKET,
});

/** What a client sends on behalf of who signs in. */
export interface ClientInfo {
  readonly flags: number;
  readonly domain: string;
  readonly userName: string;
  /** With INFO_PASSWORD_IS_SC_PIN the PIN of the smart card. */
  readonly password: string;
  readonly clientAddress: string;
}

const AF_INET = 2;
/** cbAutoReconnectCookie of no cookie, reserved1, reserved2. */
const AFTER_PERFORMANCE_FLAGS = 6;
/** Every client is given the time of UTC: nothing here shows a local one. */
const TIME_ZONE = new Uint8Array(172);

export function clientInfo({ flags: own, domain, userName, ...info }: ClientInfo): Uint8Array {
  return encode(CLIENT_INFO_PDU, {
    securityHeader: { flags: SecurityFlags.SEC_INFO_PKT, flagsHi: 0 },
    infoPacket: {
      CodePage: 0,
      flags: own | InfoFlags.INFO_UNICODE,
      Domain: domain,
      UserName: userName,
      Password: info.password,
      AlternateShell: '',
      WorkingDir: '',
      extraInfo: {
        clientAddressFamily: AF_INET,
        clientAddress: `${info.clientAddress}\0`,
        clientDir: 'C:\\Windows\\System32\\mstscax.dll\0',
        clientTimeZone: TIME_ZONE,
        clientSessionId: 0,
        performanceFlags: 0,
        more: new Uint8Array(AFTER_PERFORMANCE_FLAGS),
      },
    },
  });
}

export type ReadClientInfo =
  | { readonly ok: true; readonly value: InfoPacket }
  | { readonly ok: false; readonly reason: string };

/** Longer names are refused before anything looks at them: 512 octets each (MS-RDPBCGR 2.2.1.11.1.1). */
const TEXT_MAX = 512;

export function readClientInfo(data: Uint8Array): ReadClientInfo {
  const read: Decoded<Infer<typeof CLIENT_INFO_PDU>> = tryDecode(CLIENT_INFO_PDU, data);
  if (!read.ok) return { ok: false, reason: read.error.message };
  const { securityHeader, infoPacket } = read.value;
  if ((securityHeader.flags & SecurityFlags.SEC_INFO_PKT) === 0) {
    return { ok: false, reason: 'SEC_INFO_PKT is not set: no Client Info PDU' };
  }
  if ((infoPacket.flags & InfoFlags.INFO_UNICODE) === 0) {
    return { ok: false, reason: 'INFO_UNICODE is not set: texts in code pages are not taken' };
  }
  const { Domain, UserName, Password } = infoPacket;
  const long = [Domain, UserName, Password].find((one) => (one.length + 1) * 2 > TEXT_MAX);
  if (long !== undefined) return { ok: false, reason: `a name of ${long.length} letters` };
  return { ok: true, value: infoPacket };
}
