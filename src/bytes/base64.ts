/** Base 64 (RFC 4648): with the standard alphabet and padding, and for URLs without padding. */

/** Standard alphabet, padded, in one line (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  return buffer(bytes).toString('base64');
}

/** The alphabet for URLs and file names, without padding (RFC 4648 section 5, RFC 7515 section 2). */
export function toBase64Url(bytes: Uint8Array): string {
  return buffer(bytes).toString('base64url');
}

/**
 * Octets of what {@link toBase64} writes; undefined for everything else: characters outside the
 * alphabet, missing padding, bits behind the last octet.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  return strictly(text, 'base64', toBase64);
}

/** Octets of what {@link toBase64Url} writes; undefined for everything else. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  return strictly(text, 'base64url', toBase64Url);
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Buffer passes over what it does not know, so that writing it again tells whether it was all. */
function strictly(
  text: string,
  encoding: 'base64' | 'base64url',
  written: (bytes: Uint8Array) => string,
): Uint8Array | undefined {
  const bytes = Uint8Array.from(Buffer.from(text, encoding));
  return written(bytes) === text ? bytes : undefined;
}
