/** Answers in the shape of Microsoft Graph. */
import { utf8 } from '../../src/bytes/bytes.ts';
import { response } from '../http/messages.ts';
import { JSON_TYPE } from '../oauth/oauth.ts';
import type { Answer } from './answers.ts';

/** @param message its name in traces */
export function graphBody(body: Uint8Array, message: string): Answer {
  return {
    kind: 'respond',
    response: response(200, { 'Content-Type': JSON_TYPE }, body),
    message,
  };
}

/** Nothing to say: 204. */
export function graphDone(message: string): Answer {
  return { kind: 'respond', response: response(204, {}), message };
}

export function graphError(status: number, code: string, cause: string, message: string): Answer {
  const body = utf8(JSON.stringify({ error: { code, message: cause } }));
  return {
    kind: 'respond',
    response: response(status, { 'Content-Type': JSON_TYPE }, body),
    message,
    cause,
  };
}
