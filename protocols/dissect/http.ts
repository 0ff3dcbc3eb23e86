/**
 * HTTP messages: start line, fields, and what content says of itself. JSON and forms are taken apart, and
 * signed tokens in either (JWS in compact form, RFC 7515) show header and payload.
 */
import { fromBase64 } from '../../src/bytes/base64.ts';
import { fromUtf8, toHex } from '../../src/bytes/bytes.ts';
import type { Json } from '../../src/machine/actor.ts';
import { CERTIFICATE_REQUEST_NAME, REQUEST_PATH } from '../actors/authority-answers.ts';
import { TOKEN_PATH } from '../enrollment/enrollment-state.ts';
import { DEVICE_PATH, DEVICE_REQUEST_NAME } from '../entra/device-registration-messages.ts';
import { KERBEROS_DOMAIN_REQUEST_NAME, KERBEROS_DOMAINS_PATH } from '../entra/kerberos-domain.ts';
import { KEY_PATH, KEY_REQUEST_NAME } from '../entra/key-registration-messages.ts';
import {
  DEVICES_PATH,
  DEVICES_REQUEST_NAME,
  EXPORT_REQUEST_NAME,
  KEYS_REQUEST_NAME,
  USERS_PATH,
} from '../entra/synchronization.ts';
import { type Field, field, readHead } from '../http/head.ts';
import {
  type HttpRequest,
  type HttpResponse,
  readRequest,
  readResponse,
  reasonPhrase,
} from '../http/messages.ts';
import { type Route, readTarget, routed } from '../http/routing.ts';
import { type JsonObject, jsonObject, jsonObjectOf, textField } from '../oauth/json.ts';
import { readJws } from '../oauth/jws.ts';
import { readForm } from '../oauth/oauth.ts';
import { type Contents, type Inner, type PlainRow, plain, under } from './contents.ts';
import { jsonRows } from './json-rows.ts';
import { MESSAGES } from './messages.ts';
import { standingAlone } from './types.ts';

type Message = HttpRequest | HttpResponse;

const NAMED: readonly (Route & { readonly name: string })[] = [
  { method: 'POST', path: DEVICE_PATH, name: DEVICE_REQUEST_NAME },
  { method: 'PUT', path: `${DEVICE_PATH}{deviceId}`, name: DEVICE_REQUEST_NAME },
  { method: 'POST', path: KEY_PATH, name: KEY_REQUEST_NAME },
  { method: 'POST', path: '/{tenant}/oauth2/token', name: 'token-request' },
  { method: 'POST', path: TOKEN_PATH, name: 'token-request' },
  { method: 'POST', path: REQUEST_PATH, name: CERTIFICATE_REQUEST_NAME },
  { method: 'POST', path: USERS_PATH, name: EXPORT_REQUEST_NAME },
  { method: 'GET', path: USERS_PATH, name: KEYS_REQUEST_NAME },
  { method: 'GET', path: DEVICES_PATH, name: DEVICES_REQUEST_NAME },
  ...['PUT', 'GET', 'DELETE'].map((method) => ({
    method,
    path: KERBEROS_DOMAINS_PATH,
    name: KERBEROS_DOMAIN_REQUEST_NAME,
  })),
];

function read(bytes: Uint8Array): Message | undefined {
  const first = bytes[0] ?? 0;
  // Methods are in capitals, and so is HTTP: no tag of ASN.1 that is looked for here is among them.
  if (first < 0x41 || first > 0x5a) return undefined;
  const request = readRequest(bytes);
  if (request.ok) return request.value;
  const response = readResponse(bytes);
  return response.ok ? response.value : undefined;
}

/** Undefined: the octets are no HTTP message. */
export function httpContents(bytes: Uint8Array): Contents | undefined {
  const message = read(bytes);
  if (message === undefined) return undefined;
  return 'status' in message ? httpResponse : httpRequest;
}

/** Requests that have a name of their own have it by their path. */
export function httpName(bytes: Uint8Array): string | undefined {
  const message = read(bytes);
  if (message === undefined) return undefined;
  if ('status' in message) return 'HTTP response';
  const found = routed(NAMED, message);
  return found.ok ? found.route.name : 'HTTP request';
}

const httpRequest = contents('HTTP request');
const httpResponse = contents('HTTP response');

function contents(type: string): Contents {
  return {
    ...plain(type, rows, (bytes) => json(read(bytes) as Message)),
    inside: (value) => inside(read(value as Uint8Array) as Message),
  };
}

/** Content that is ASN.1: certificates, revocation lists, requests in CMS; tickets in Entra's answers. */
function inside(message: Message): readonly Inner[] {
  const { body } = message;
  const found = standingAlone(body);
  if (found !== undefined) {
    return [{ path: 'body', contents: found, octets: body, put: under('body') }];
  }
  const object = mediaType(message).endsWith('json') ? jsonObjectOf(body) : undefined;
  return object === undefined ? [] : TICKETS.flatMap((name) => ticketIn(object, name));
}

const TICKETS = ['tgt_ad', 'tgt_cloud'] as const;

/** The AS-REP in `tgt_ad` or `tgt_cloud`. */
function ticketIn(object: JsonObject, name: (typeof TICKETS)[number]): readonly Inner[] {
  const field = jsonObject(textField(object, name) ?? '');
  const octets =
    field === undefined ? undefined : fromBase64(textField(field, 'messageBuffer') ?? '');
  const contents = MESSAGES.get('AS-REP');
  if (octets === undefined || contents === undefined) return [];
  const path = `body.${name}`;
  return [{ path, contents, octets, put: under('body', name, 'messageBuffer') }];
}

function json(message: Message): unknown {
  const { fields, body } = message;
  const bearer = /^Bearer +(\S+)$/i.exec(field(fields, 'Authorization') ?? '')?.[1];
  const token = bearer === undefined ? undefined : tokenJson(bearer);
  const shared = {
    headers: headersOf(fields),
    ...(token === undefined ? {} : { bearer: token }),
    ...(body.length === 0 ? {} : { body: bodyJson(message) }),
  };
  if ('status' in message) {
    return { status: message.status, reason: reasonPhrase(message.status), ...shared };
  }
  const target = readTarget(message.target);
  return {
    method: message.method,
    target: message.target,
    ...(target === undefined ? {} : { path: target.path, query: { ...target.query } }),
    ...shared,
  };
}

/** By their names in small letters. */
function headersOf(fields: readonly Field[]): Readonly<Record<string, string>> {
  const names = fields.map(({ name }) => name.toLowerCase());
  return Object.fromEntries(names.map((name) => [name, field(fields, name) ?? '']));
}

/** Header and payload of a signed token; undefined: it is none. */
function tokenJson(text: string): { header: Json; payload: Json } | undefined {
  const jws = readJws(text);
  if (jws === undefined) return undefined;
  const payload = jsonObjectOf(jws.payload);
  return {
    header: withTokens(jws.header),
    payload: payload === undefined ? toHex(jws.payload) : withTokens(payload),
  };
}

/** Texts that are signed tokens become what is in them; tokens may stand in tokens. */
function withTokens(value: Json, depth = 0): Json {
  if (depth > 16) return value;
  if (typeof value === 'string') {
    if (value.startsWith('eyJ')) return tokenJson(value) ?? value;
    // Entra puts JSON into texts of JSON: its tickets.
    const object = value.startsWith('{') ? jsonObject(value) : undefined;
    return object === undefined ? value : withTokens(object, depth + 1);
  }
  if (Array.isArray(value)) return value.map((item: Json) => withTokens(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  return Object.fromEntries(entries.map(([name, item]) => [name, withTokens(item, depth + 1)]));
}

function mediaType(message: Message): string {
  const [type = ''] = (field(message.fields, 'Content-Type') ?? '').split(';');
  return type.trim().toLowerCase();
}

function bodyJson(message: Message): Json {
  const { body } = message;
  const type = mediaType(message);
  if (type === 'application/x-www-form-urlencoded') {
    const form = readForm(body);
    if (form !== undefined) return withTokens(form);
  }
  const object = type.endsWith('json') ? jsonObjectOf(body) : undefined;
  if (object !== undefined) return withTokens(object);
  return type.startsWith('text/') || type.endsWith('json') ? fromUtf8(body) : toHex(body);
}

/** Start line and fields where they stand; JSON with its values, other content whole. */
function rows(bytes: Uint8Array): readonly PlainRow[] | undefined {
  const message = read(bytes);
  const head = readHead(bytes);
  if (message === undefined || head.kind !== 'head') return undefined;
  const { startLine, fields, size } = head.head;
  const first = 'status' in message ? 'status-line' : 'request-line';
  const made: PlainRow[] = [[first, 'start-line', 0, startLine.length, startLine]];
  let at = startLine.length + 2;
  for (const { name, value } of fields) {
    const end = bytes.indexOf(0x0a, at) - 1;
    made.push([`headers.${name.toLowerCase()}`, 'field-line', at, end, value]);
    at = end + 2;
  }
  return [...made, ...bodyRows(bytes, size, message)];
}

function bodyRows(bytes: Uint8Array, at: number, message: Message): readonly PlainRow[] {
  const { body } = message;
  if (at === bytes.length) return [];
  const row = (value: unknown): readonly PlainRow[] => [
    ['body', 'message-body', at, bytes.length, value],
  ];
  // In chunks, the values are not where the joined text has them.
  if (body.length !== bytes.length - at) return row(toHex(body));
  if (mediaType(message).endsWith('json') && jsonObjectOf(body) !== undefined) {
    return jsonRows(bytes, at, 'body');
  }
  const shown = bodyJson(message);
  return row(typeof shown === 'string' ? shown : fromUtf8(body));
}
