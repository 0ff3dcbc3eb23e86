/**
 * Capture files: pcapng (draft-ietf-opsawg-pcapng), one section, one interface of raw IP packets.
 * Little-endian, microseconds.
 */
import { concat, utf8, view } from '../bytes/bytes.ts';
import type { Address } from './ip.ts';

export interface Packet {
  /** Microseconds since 1970-01-01T00:00:00Z. */
  readonly at: number;
  /** An IPv4 or IPv6 packet. */
  readonly octets: Uint8Array;
  /** A sentence that Wireshark shows with the packet. */
  readonly comment?: string;
}

export interface Capture {
  /** What the capture is of. */
  readonly title: string;
  /** The program that wrote it: `kerblab 0.1.0`. */
  readonly application: string;
  readonly names: readonly { readonly name: string; readonly address: Address }[];
  /** TLS secrets in NSS key log format, so that Wireshark opens TLS inside. */
  readonly keyLog?: string;
  readonly packets: Iterable<Packet>;
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const NAME_RESOLUTION = 4;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 0x0a;

const LINKTYPE_RAW = 101;
const TLS_KEY_LOG = 0x544c534b;

const OPT_COMMENT = 1;
const SHB_USERAPPL = 4;
const IF_NAME = 2;

export function pcapng(capture: Capture): Uint8Array {
  const blocks: Uint8Array[] = [
    sectionHeader(capture),
    block(INTERFACE_DESCRIPTION, u16(LINKTYPE_RAW), u16(0), u32(0), options([IF_NAME, 'kerblab'])),
    nameResolution(capture.names),
  ];
  if (capture.keyLog !== undefined) {
    const secrets = utf8(capture.keyLog);
    blocks.push(block(DECRYPTION_SECRETS, u32(TLS_KEY_LOG), u32(secrets.length), padded(secrets)));
  }
  for (const packet of capture.packets) blocks.push(enhancedPacket(packet));
  return concat(...blocks);
}

function sectionHeader({ title, application }: Capture): Uint8Array {
  const unknownLength = u32(0xffffffff);
  return block(
    SECTION_HEADER,
    u32(0x1a2b3c4d), // byte order
    u16(1),
    u16(0),
    unknownLength,
    unknownLength,
    options([OPT_COMMENT, title], [SHB_USERAPPL, application]),
  );
}

function nameResolution(names: Capture['names']): Uint8Array {
  const records = names.map(({ name, address }) => {
    const value = concat(address, utf8(name), u8(0));
    return concat(u16(address.length === 4 ? 1 : 2), u16(value.length), padded(value));
  });
  return block(NAME_RESOLUTION, ...records, u32(0));
}

function enhancedPacket({ at, octets, comment }: Packet): Uint8Array {
  return block(
    ENHANCED_PACKET,
    u32(0), // interface
    u32(Math.floor(at / 0x100000000)),
    u32(at % 0x100000000),
    u32(octets.length),
    u32(octets.length),
    padded(octets),
    ...(comment === undefined ? [] : [options([OPT_COMMENT, comment])]),
  );
}

/** A block says its length at both ends, so that readers can go backwards. */
function block(type: number, ...body: readonly Uint8Array[]): Uint8Array {
  const content = concat(...body);
  const length = u32(12 + content.length);
  return concat(u32(type), length, content, length);
}

function options(...list: readonly (readonly [code: number, text: string])[]): Uint8Array {
  const written = list.map(([code, text]) => {
    const value = utf8(text).subarray(0, 0xffff);
    return concat(u16(code), u16(value.length), padded(value));
  });
  return concat(...written, u32(0));
}

/** Filled up with zeros to a multiple of four. */
function padded(octets: Uint8Array): Uint8Array {
  const fill = -octets.length & 3;
  return fill === 0 ? octets : concat(octets, new Uint8Array(fill));
}

function u8(value: number): Uint8Array {
  return new Uint8Array([value]);
}

function u16(value: number): Uint8Array {
  return new Uint8Array([value, value >>> 8]);
}

function u32(value: number): Uint8Array {
  const out = new Uint8Array(4);
  view(out).setUint32(0, value, true);
  return out;
}
