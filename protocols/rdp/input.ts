/**
 * Keys that are pressed at the client (MS-RDPBCGR 2.2.8.1.1.3 and 2.2.8.1.2): as text, for a screen that asks
 * for a PIN. Mice and everything else are read over.
 */
import { concat, view } from '../../src/bytes/bytes.ts';

/** Codes of fast-path events (2.2.8.1.2.2), and how many octets follow each. */
const FASTPATH = { SCANCODE: 0, UNICODE: 4 } as const;
const EVENT_OCTETS: Readonly<Record<number, number>> = { 0: 1, 1: 6, 2: 6, 3: 0, 4: 2, 5: 6, 6: 4 };
/** FASTPATH_INPUT_KBDFLAGS_RELEASE. */
const RELEASE = 1;

/** Types of slow-path events (2.2.8.1.1.3.1), and KBDFLAGS_RELEASE. */
const INPUT_EVENT_SCANCODE = 4;
const INPUT_EVENT_UNICODE = 5;
const SLOW_EVENT = 12;
const KBDFLAGS_RELEASE = 0x8000;

/** Scan codes of set 1 on a keyboard of the United States, as far as PINs go; nothing is shifted. */
const KEYS: ReadonlyMap<number, string> = new Map([
  ...row(0x02, '1234567890'),
  ...row(0x10, 'qwertyuiop'),
  ...row(0x1e, 'asdfghjkl'),
  ...row(0x2c, 'zxcvbnm'),
  [0x0e, '\b'],
  [0x1c, '\n'],
]);
const ENTER = 0x1c;

function row(first: number, keys: string): readonly (readonly [number, string])[] {
  return Array.from(keys, (key, index) => [first + index, key] as const);
}

function unicode(code: number): string {
  return code === 0x0d ? '\n' : String.fromCharCode(code);
}

/**
 * What was typed, with `\n` for Enter and `\b` for the backspace key. Undefined: no fast-path input PDU.
 * @param pdu whole, from its header on
 */
export function typedFast(pdu: Uint8Array): string | undefined {
  const [header = 0, length = 0] = pdu;
  let at = length < 0x80 ? 2 : 3;
  let events = (header >> 2) & 0xf;
  // 2.2.8.1.2: a count that has no room in the header has an octet of its own.
  if (events === 0) events = pdu[at++] ?? 0;
  let text = '';
  for (; events > 0; events--) {
    const event = pdu[at++];
    if (event === undefined) return undefined;
    const code = event >> 5;
    const size = EVENT_OCTETS[code];
    if (size === undefined || at + size > pdu.length) return undefined;
    const pressed = (event & RELEASE) === 0;
    if (pressed && code === FASTPATH.SCANCODE) text += KEYS.get(pdu[at] as number) ?? '';
    if (pressed && code === FASTPATH.UNICODE) text += unicode(view(pdu).getUint16(at, true));
    at += size;
  }
  return text;
}

/** The same of TS_INPUT_PDU_DATA (2.2.8.1.1.3). */
export function typedSlow(body: Uint8Array): string | undefined {
  if (body.length < 4) return undefined;
  const octets = view(body);
  const events = octets.getUint16(0, true);
  if (body.length < 4 + events * SLOW_EVENT) return undefined;
  let text = '';
  for (let index = 0; index < events; index++) {
    const at = 4 + index * SLOW_EVENT;
    const type = octets.getUint16(at + 4, true);
    if ((octets.getUint16(at + 6, true) & KBDFLAGS_RELEASE) !== 0) continue;
    const code = octets.getUint16(at + 8, true);
    if (type === INPUT_EVENT_SCANCODE) text += KEYS.get(code) ?? '';
    if (type === INPUT_EVENT_UNICODE) text += unicode(code);
  }
  return text;
}

const HEADER_EVENTS_MAX = 15;
const EVENTS_MAX = 255;

/**
 * A fast-path input PDU that types a text: characters as Unicode events, `\n` as the Enter key.
 * @throws RangeError for more than 255 characters
 */
export function typing(text: string): Uint8Array {
  const events = Array.from({ length: text.length }, (_, index) => {
    if (text[index] === '\n') return new Uint8Array([FASTPATH.SCANCODE << 5, ENTER]);
    const code = text.charCodeAt(index);
    return new Uint8Array([FASTPATH.UNICODE << 5, code & 0xff, code >> 8]);
  });
  if (events.length > EVENTS_MAX) throw new RangeError(`${events.length} keys in one PDU`);
  const few = events.length <= HEADER_EVENTS_MAX;
  const count = few ? [] : [events.length];
  const header = few ? events.length << 2 : 0;
  const body = concat(new Uint8Array(count), ...events);
  const length = body.length + 3;
  return concat(new Uint8Array([header, 0x80 | (length >> 8), length & 0xff]), body);
}
