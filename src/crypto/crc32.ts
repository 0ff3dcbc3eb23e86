const TABLE = Uint32Array.from({ length: 256 }, (_, octet) => {
  let value = octet;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/**
 * The CRC-32 of RFC 3961 section 6.1.3: that of ISO 3309, but without the complements before and
 * after; four octets, least significant first.
 */
export function crc32(data: Uint8Array): Uint8Array {
  let value = 0;
  for (const octet of data) value = (TABLE[(value ^ octet) & 0xff] as number) ^ (value >>> 8);
  return new Uint8Array([value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24]);
}
