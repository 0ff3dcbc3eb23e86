/** Requests and responses of HTTP/1.1: RFC 9110 for what they mean, RFC 9112 for their octets. */
import { concat } from '../../src/bytes/bytes.ts';
import { CONTENT_LIMIT, contentExtent, joined, readChunks } from './content.ts';
import {
  type Field,
  field,
  isFieldValue,
  isToken,
  type Refused,
  readHead,
  refused,
} from './head.ts';
import { type RequestLine, readStartLine, type StatusLine } from './start-line.ts';

export interface HttpRequest {
  readonly method: string;
  /** `/path?query`. */
  readonly target: string;
  readonly fields: readonly Field[];
  /** The content without its transfer coding. */
  readonly body: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  readonly fields: readonly Field[];
  readonly body: Uint8Array;
}

export type Read<T> = { readonly ok: true; readonly value: T } | Failure;
interface Failure {
  readonly ok: false;
  readonly status: number;
  readonly reason: string;
}

const NOTHING = new Uint8Array(0);

/** RFC 9110 §15, as far as they are said here. */
const REASONS: Readonly<Record<number, string>> = {
  100: 'Continue',
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  505: 'HTTP Version Not Supported',
};

export function reasonPhrase(status: number): string {
  return REASONS[status] ?? '';
}

/** A request for the origin server `host`. */
export function request(
  method: string,
  host: string,
  target: string,
  fields: Readonly<Record<string, string>> = {},
  body: Uint8Array = NOTHING,
): HttpRequest {
  return { method, target, fields: fieldsOf({ Host: host, ...fields }), body };
}

/** A response; with content, `fields` say its Content-Type. */
export function response(
  status: number,
  fields: Readonly<Record<string, string>> = {},
  body: Uint8Array = NOTHING,
): HttpResponse {
  return { status, fields: fieldsOf(fields), body };
}

export function fieldsOf(record: Readonly<Record<string, string>>): readonly Field[] {
  return Object.entries(record).map(([name, value]) => ({ name, value }));
}

/** @throws RangeError for what no message can carry (a line break in a value): a fault of ours. */
export function encodeRequest({ method, target, fields, body }: HttpRequest): Uint8Array {
  if (!isToken(method) || !/^[\x21-\x7e]+$/.test(target)) {
    throw new RangeError(`no request line can have ${JSON.stringify([method, target])}`);
  }
  const sized = body.length > 0 || ['POST', 'PUT', 'PATCH'].includes(method);
  return encoded(`${method} ${target} HTTP/1.1`, fields, body, sized);
}

/** @throws RangeError as {@link encodeRequest} does */
export function encodeResponse({ status, fields, body }: HttpResponse): Uint8Array {
  const sized = status >= 200 && status !== 204 && status !== 304;
  return encoded(`HTTP/1.1 ${status} ${reasonPhrase(status)}`, fields, body, sized);
}

function encoded(
  startLine: string,
  fields: readonly Field[],
  body: Uint8Array,
  sized: boolean,
): Uint8Array {
  const all = sized ? [...fields, { name: 'Content-Length', value: `${body.length}` }] : fields;
  const lines = all.map(({ name, value }) => {
    if (!isToken(name) || !isFieldValue(value)) {
      throw new RangeError(`no field can be ${JSON.stringify([name, value])}`);
    }
    return `${name}: ${value}\r\n`;
  });
  const head = `${startLine}\r\n${lines.join('')}\r\n`;
  return concat(
    Uint8Array.from(head, (character) => character.charCodeAt(0)),
    body,
  );
}

/** A whole request, as the framing cuts it out. The status is what a server refuses it with. */
export function readRequest(bytes: Uint8Array): Read<HttpRequest> {
  const read = readWhole(bytes);
  if (read.kind === 'refused') return failure(read);
  const { start, fields, body } = read;
  if (start.kind !== 'request')
    return failure(refused(400, 'a response where a request has to be'));
  // RFC 9112 §3.2
  const hosts = fields.filter(({ name }) => name.toLowerCase() === 'host').length;
  if (hosts > 1 || (hosts === 0 && start.minor === 1)) {
    return failure(refused(400, `a request has one Host field, not ${hosts}`));
  }
  return { ok: true, value: { method: start.method, target: start.target, fields, body } };
}

/** A whole response. */
export function readResponse(bytes: Uint8Array): Read<HttpResponse> {
  const read = readWhole(bytes);
  if (read.kind === 'refused') return failure(read);
  const { start, fields, body } = read;
  if (start.kind !== 'response') {
    return failure(refused(400, 'a request where a response has to be'));
  }
  return { ok: true, value: { status: start.status, fields, body } };
}

function failure({ status, reason }: Refused): Failure {
  return { ok: false, status, reason };
}

interface Whole {
  readonly kind: 'whole';
  readonly start: RequestLine | StatusLine;
  readonly fields: readonly Field[];
  readonly body: Uint8Array;
}

function readWhole(bytes: Uint8Array): Whole | Refused {
  const cut = cutMessage(bytes, CONTENT_LIMIT);
  if (cut.kind === 'refused') return cut;
  if (cut.kind === 'more') return refused(400, 'the message is not whole');
  if (cut.end !== bytes.length) return refused(400, 'there is more than one message');
  return { kind: 'whole', start: cut.start, fields: cut.fields, body: cut.body() };
}

export type MessageCut =
  | {
      readonly kind: 'message';
      readonly start: RequestLine | StatusLine;
      readonly fields: readonly Field[];
      /** Octets of the message. */
      readonly end: number;
      body(): Uint8Array;
    }
  | { readonly kind: 'more' }
  | Refused;

/** The message at the beginning of `buffer`. @param limit octets of content at most */
export function cutMessage(buffer: Uint8Array, limit: number): MessageCut {
  const read = readHead(buffer);
  if (read.kind !== 'head') return read;
  const { startLine, fields, size } = read.head;
  const start = readStartLine(startLine);
  if (start.kind === 'refused') return start;
  const extent = contentExtent(start, fields, limit);
  switch (extent.kind) {
    case 'refused':
      return extent;
    case 'sized': {
      const end = size + extent.size;
      if (buffer.length < end) return { kind: 'more' };
      return { kind: 'message', start, fields, end, body: () => buffer.subarray(size, end) };
    }
    case 'chunked': {
      const read = readChunks(buffer, size, limit);
      if (read.kind !== 'chunks') return read;
      const { end, chunks } = read;
      return { kind: 'message', start, fields, end, body: () => joined(chunks) };
    }
  }
}

/** The first value of a request's or response's field, whatever the case of its name. */
export function fieldOf(message: { readonly fields: readonly Field[] }, name: string) {
  return field(message.fields, name);
}
