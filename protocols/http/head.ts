/** The head of a message: its start line and its fields (RFC 9112 §2 to §5), strictly. */

/** A field of the head. Names compare without case; the value has no blanks around it. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

export interface Head {
  readonly startLine: string;
  readonly fields: readonly Field[];
  /** Octets of the head, the empty line included. */
  readonly size: number;
}

/** What is not taken, as a status that a server would answer with (RFC 9110 §15). */
export interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  readonly reason: string;
}

export type HeadOutcome =
  | { readonly kind: 'head'; readonly head: Head }
  | { readonly kind: 'more' }
  | Refused;

/** Octets of a head at most, as in IIS; the standard leaves it open. */
export const HEAD_LIMIT = 16_384;
const FIELDS_MAX = 100;

const CR = 0x0d;
const LF = 0x0a;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

export function refused(status: number, reason: string): Refused {
  return { kind: 'refused', status, reason };
}

/** Takes the head at the beginning of `buffer`. What can no longer become one is refused at once. */
export function readHead(buffer: Uint8Array): HeadOutcome {
  const size = headSize(buffer);
  if (size === undefined) {
    if (buffer.length < HEAD_LIMIT) return beginsWell(buffer) ?? { kind: 'more' };
    return refused(431, `the head is longer than ${HEAD_LIMIT} octets`);
  }
  if (size > HEAD_LIMIT) return refused(431, `the head is longer than ${HEAD_LIMIT} octets`);
  const text = latin1(buffer.subarray(0, size - 4));
  // A bare CR or LF ends a line for some readers and not for others: requests are smuggled that way.
  const [startLine = '', ...lines] = text.split('\r\n');
  if (/[\r\n\0]/.test(text.replaceAll('\r\n', ''))) {
    return refused(400, 'a CR, LF or NUL by itself in the head');
  }
  if (lines.length > FIELDS_MAX) return refused(431, `more than ${FIELDS_MAX} fields`);
  const fields: Field[] = [];
  for (const line of lines) {
    const field = readField(line);
    if (typeof field === 'string') return refused(400, field);
    fields.push(field);
  }
  return { kind: 'head', head: { startLine, fields, size } };
}

/** The first octet of a method or of `HTTP/`: what is a TLS record or binary is told from it. */
function beginsWell(buffer: Uint8Array): Refused | undefined {
  const first = buffer[0];
  if (first === undefined || isToken(String.fromCharCode(first))) return undefined;
  return first === 0x16
    ? refused(400, 'a TLS record: TLS is not spoken here')
    : refused(400, `no HTTP message begins with ${first.toString(16).padStart(2, '0')}`);
}

/** Octets up to the end of the empty line; undefined while it has not come. */
function headSize(buffer: Uint8Array): number | undefined {
  for (let at = buffer.indexOf(LF, 3); at >= 0; at = buffer.indexOf(LF, at + 1)) {
    if (at > HEAD_LIMIT) return at + 1;
    if (buffer[at - 1] === CR && buffer[at - 2] === LF && buffer[at - 3] === CR) return at + 1;
  }
  return undefined;
}

/** RFC 9112 §5: no blank before the colon, no folding; a text says what is wrong. */
function readField(line: string): Field | string {
  const colon = line.indexOf(':');
  if (line.startsWith(' ') || line.startsWith('\t')) return 'a field is folded over two lines';
  if (colon < 1) return 'a line of the head is no field';
  const name = line.slice(0, colon);
  if (!isToken(name)) return 'a field name is no token';
  const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
  return isFieldValue(value) ? { name, value } : `the field ${name} has a control character`;
}

/** Visible characters of ISO 8859-1, blanks and tabs (RFC 9110 §5.5). */
export function isFieldValue(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if ((code < 0x20 && code !== 0x09) || code === 0x7f || code > 0xff) return false;
  }
  return true;
}

/** All values of a field, joined as one list (RFC 9110 §5.3); undefined when it is not there. */
export function field(fields: readonly Field[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  const values = fields.filter((one) => one.name.toLowerCase() === wanted);
  return values.length === 0 ? undefined : values.map(({ value }) => value).join(', ');
}

export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const octet of bytes) text += String.fromCharCode(octet);
  return text;
}
