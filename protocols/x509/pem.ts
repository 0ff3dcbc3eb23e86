/** RFC 7468: DER as text between BEGIN and END lines. */
import { fromBase64, toBase64 } from '../../src/bytes/base64.ts';

/** The text, lines of 64 characters, with a newline at its end; `label` like `CERTIFICATE`. */
export function pem(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

export interface PemBlock {
  readonly label: string;
  readonly der: Uint8Array;
}

/** Every block of a text, in order; what is around them is passed over, what is no base 64 left out. */
export function readPem(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let at = 0;
  for (;;) {
    const begin = text.indexOf('-----BEGIN ', at);
    const labelEnd = begin < 0 ? -1 : text.indexOf('-----', begin + 11);
    if (labelEnd < 0) return blocks;
    const label = text.slice(begin + 11, labelEnd);
    const end = text.indexOf(`-----END ${label}-----`, labelEnd);
    if (end < 0) return blocks;
    const der = fromBase64(text.slice(labelEnd + 5, end).replace(/\s+/g, ''));
    if (der !== undefined) blocks.push({ label, der });
    at = end + label.length + 14;
  }
}
