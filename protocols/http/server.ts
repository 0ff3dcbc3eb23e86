/**
 * What a server's machine does with a connection: a request in, a response out, and the end
 * (`Connection: close`, RFC 9112 §9.6). Pure: the answer may come steps later, when a key has signed.
 */
import { utf8 } from '../../src/bytes/bytes.ts';
import type { ActorEffect } from '../../src/machine/actor.ts';
import { statusOfRefusal } from './framing.ts';
import {
  encodeResponse,
  type HttpRequest,
  type HttpResponse,
  readRequest,
  reasonPhrase,
  response,
} from './messages.ts';
import { type Route, routed } from './routing.ts';

export const RESPONSE_NAME = 'HTTP response';

/** A request that has a service. */
export interface Asked<R extends Route> {
  readonly ok: true;
  readonly request: HttpRequest;
  readonly route: R;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** One that has none, or is none; the owner may say it in a shape of its own. */
export interface NotAsked {
  readonly ok: false;
  readonly status: number;
  readonly reason: string;
  readonly allow?: readonly string[];
}

/** @param bytes a message that the framing cut out */
export function asked<R extends Route>(
  bytes: Uint8Array,
  routes: readonly R[],
): Asked<R> | NotAsked {
  const read = readRequest(bytes);
  if (!read.ok) return read;
  const found = routed(routes, read.value);
  return found.ok ? { ...found, request: read.value } : found;
}

/** What answers the event `malformed` of the framing. */
export function malformedRequest(reason: string): NotAsked {
  return { ok: false, status: statusOfRefusal(reason), reason };
}

/** A refusal in plain text. */
export function errorResponse({ status, reason, allow }: NotAsked): HttpResponse {
  const text = `${status} ${reasonPhrase(status)}: ${reason}\r\n`;
  return response(
    status,
    {
      'Content-Type': 'text/plain; charset=utf-8',
      ...(allow === undefined ? {} : { Allow: allow.join(', ') }),
    },
    utf8(text),
  );
}

/** Sends the response and ends the connection. @param message its name in traces */
export function respond(
  connection: string,
  answer: HttpResponse,
  message: string = RESPONSE_NAME,
): readonly ActorEffect[] {
  const fields = [...answer.fields, { name: 'Connection', value: 'close' }];
  const bytes = encodeResponse({ ...answer, fields });
  return [
    { kind: 'send', transport: 'tcp', connection, message, bytes },
    { kind: 'close', connection },
  ];
}
