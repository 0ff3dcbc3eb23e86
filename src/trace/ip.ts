/**
 * IPv4 and IPv6 packets with UDP and TCP inside, for captures: RFC 791, RFC 8200, RFC 768, RFC 9293.
 * Headers without options; every checksum is right.
 */
import { concat, view } from '../bytes/bytes.ts';

/** An IPv4 or IPv6 address as 4 or 16 octets. */
export type Address = Uint8Array;

export interface Endpoint {
  readonly address: Address;
  readonly port: number;
}

export const TcpFlags = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const;

export interface Segment {
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

const UDP = 17;
const TCP = 6;
const HOPS = 64;
const WINDOW = 65535;

/** One datagram. @throws RangeError when the payload is larger than UDP can say. */
export function udpPacket(from: Endpoint, to: Endpoint, payload: Uint8Array): Uint8Array {
  if (payload.length > 65507) {
    throw new RangeError(`a datagram holds 65507 octets at most, got ${payload.length}`);
  }
  const datagram = new Uint8Array(8 + payload.length);
  const header = view(datagram);
  header.setUint16(0, from.port);
  header.setUint16(2, to.port);
  header.setUint16(4, datagram.length);
  datagram.set(payload, 8);
  // A sum of zero is sent as all ones, because zero means that there is none.
  header.setUint16(6, transportChecksum(from.address, to.address, UDP, datagram) || 0xffff);
  return ipPacket(from.address, to.address, UDP, datagram);
}

/** One segment. */
export function tcpPacket(from: Endpoint, to: Endpoint, segment: Segment): Uint8Array {
  const octets = new Uint8Array(20 + segment.payload.length);
  const header = view(octets);
  header.setUint16(0, from.port);
  header.setUint16(2, to.port);
  header.setUint32(4, segment.seq);
  header.setUint32(8, segment.ack);
  header.setUint8(12, 5 << 4);
  header.setUint8(13, segment.flags);
  header.setUint16(14, WINDOW);
  octets.set(segment.payload, 20);
  header.setUint16(16, transportChecksum(from.address, to.address, TCP, octets));
  return ipPacket(from.address, to.address, TCP, octets);
}

function ipPacket(from: Address, to: Address, protocol: number, body: Uint8Array): Uint8Array {
  if (from.length !== 4 || to.length !== 4) {
    const header = new Uint8Array(40);
    const fields = view(header);
    header[0] = 6 << 4;
    fields.setUint16(4, body.length);
    header[6] = protocol;
    header[7] = HOPS;
    header.set(mapped(from), 8);
    header.set(mapped(to), 24);
    return concat(header, body);
  }
  const header = new Uint8Array(20);
  const fields = view(header);
  header[0] = 0x45;
  fields.setUint16(2, 20 + body.length);
  fields.setUint16(6, 0x4000); // don't fragment
  header[8] = HOPS;
  header[9] = protocol;
  header.set(from, 12);
  header.set(to, 16);
  fields.setUint16(10, onesComplement(header));
  return concat(header, body);
}

/** RFC 4291 §2.5.5.2: an IPv4 address among IPv6 ones. */
function mapped(address: Address): Address {
  if (address.length === 16) return address;
  return concat(new Uint8Array(10), new Uint8Array([0xff, 0xff]), address);
}

function transportChecksum(from: Address, to: Address, protocol: number, body: Uint8Array): number {
  const length = new Uint8Array([
    body.length >>> 24,
    body.length >>> 16,
    body.length >>> 8,
    body.length,
  ]);
  const tail = new Uint8Array([0, 0, 0, protocol]);
  const isV4 = from.length === 4 && to.length === 4;
  // Both pseudo headers sum to the same when their fields are written 32 bits wide.
  const addresses = isV4 ? [from, to] : [mapped(from), mapped(to)];
  return onesComplement(concat(...addresses, length, tail, body));
}

/** RFC 1071 */
function onesComplement(octets: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i + 1 < octets.length; i += 2) {
    sum += ((octets[i] as number) << 8) | (octets[i + 1] as number);
  }
  if (octets.length % 2 === 1) sum += (octets[octets.length - 1] as number) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** An address from its text; undefined when it is none. A zone (`%eth0`) is left out. */
export function addressOf(text: string): Address | undefined {
  const [plain = ''] = text.split('%');
  const v4 = ipv4(plain);
  if (v4 !== undefined) return v4;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  const last = tail === null ? undefined : ipv4(tail[2] as string);
  if (tail !== null && last === undefined) return undefined;
  const words = tail === null ? plain : `${tail[1]}0:0`;
  const v6 = ipv6(words);
  if (v6 !== undefined && last !== undefined) v6.set(last, 12);
  return v6;
}

function ipv4(text: string): Uint8Array | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const octets = text.split('.').map(Number);
  return octets.every((octet) => octet < 256) ? new Uint8Array(octets) : undefined;
}

function ipv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const lists = halves.map((half) => (half === '' ? [] : half.split(':')));
  const words = lists.flat();
  if (words.some((word) => !/^[0-9a-f]{1,4}$/i.test(word))) return undefined;
  const missing = 8 - words.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const [head = [], rest = []] = lists;
  const all = halves.length === 1 ? head : [...head, ...Array(missing).fill('0'), ...rest];
  const octets = new Uint8Array(16);
  for (const [i, word] of all.entries()) view(octets).setUint16(2 * i, Number.parseInt(word, 16));
  return octets;
}
