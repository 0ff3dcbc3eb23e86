/** What a tenant's answers mean to the cmdlets of Entra Kerberos: hostile ones too. */
import { entraErrorCode } from '../entra/errors.ts';
import { readShownKerberosDomain, type ShownKerberosDomain } from '../entra/kerberos-domain.ts';
import type { HttpResponse } from '../http/messages.ts';
import { jsonObjectOf, objectField, textField } from '../oauth/json.ts';
import { readOAuthError } from '../oauth/oauth.ts';
import type { Outcome as Errand } from './errands.ts';

/** `result`: the number or code of the refusal, else what went wrong. */
export interface Failed {
  readonly ok: false;
  readonly result: string;
  readonly reason: string;
}

function failed(result: string, reason: string): Failed {
  return { ok: false, result, reason };
}

function responseOf(outcome: Errand): HttpResponse | Failed {
  switch (outcome.kind) {
    case 'http':
      return outcome.response;
    case 'failed':
      return failed('unreachable', outcome.reason);
    case 'ldap':
      return failed('malformed', 'the answer is not HTTP');
  }
}

export function readTokenAnswer(
  outcome: Errand,
): { readonly ok: true; readonly token: string } | Failed {
  const response = responseOf(outcome);
  if ('ok' in response) return response;
  const object = jsonObjectOf(response.body);
  const token = object === undefined ? undefined : textField(object, 'access_token');
  if (response.status === 200 && token !== undefined) return { ok: true, token };
  const error = object === undefined ? undefined : readOAuthError(object);
  if (object === undefined || error === undefined) {
    return failed('malformed', `the token endpoint answered with ${response.status} and no error`);
  }
  const code = entraErrorCode(object);
  const result = code === undefined ? error.error : `AADSTS${code}`;
  return failed(result, `the sign-in to the tenant: ${error.description}`);
}

/** `domain` absent: the tenant has none, which is an answer to GET and DELETE. */
export function readDomainAnswer(
  method: 'PUT' | 'GET' | 'DELETE',
  outcome: Errand,
): { readonly ok: true; readonly domain?: ShownKerberosDomain } | Failed {
  const response = responseOf(outcome);
  if ('ok' in response) return response;
  const { status, body } = response;
  if (method !== 'PUT' && status === 404) return { ok: true };
  if (method === 'DELETE' && status === 204) return { ok: true };
  if (status === 200) {
    const read = readShownKerberosDomain(body);
    return read.ok ? { ok: true, domain: read.domain } : failed('malformed', read.reason);
  }
  const object = jsonObjectOf(body);
  const error = object === undefined ? undefined : objectField(object, 'error');
  const code = error === undefined ? undefined : textField(error, 'code');
  if (error === undefined || code === undefined) {
    return failed('malformed', `the tenant answered with ${status} and no error`);
  }
  return failed(code, `the tenant: ${textField(error, 'message') ?? ''}`);
}
