/** What OAuth 2.0 (RFC 6749) sends to a token endpoint and gets back, as far as brokers of Windows use it. */
import { fromUtf8, utf8 } from '../../src/bytes/bytes.ts';
import { type JsonObject, numberField, textField } from './json.ts';

export const FORM = 'application/x-www-form-urlencoded';
export const JSON_TYPE = 'application/json;charset=UTF-8';

export type Form = Readonly<Record<string, string>>;

/** A body of {@link FORM}. */
export function formBody(form: Form): Uint8Array {
  return utf8(new URLSearchParams(form).toString());
}

/** Undefined when a name comes twice (RFC 6749 section 3.2 forbids it). */
export function readForm(body: Uint8Array): Form | undefined {
  const form: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(fromUtf8(body))) {
    if (name in form) return undefined;
    form[name] = value;
  }
  return { ...form };
}

/** RFC 6749 section 5.2, and invalid_resource of MS-OAPX 2.2.4.1, interaction_required of OpenID Connect. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_resource'
  | 'interaction_required'
  | 'server_error';

export interface OAuthError {
  readonly error: OAuthErrorCode;
  /** For people: what was wrong with the request. */
  readonly description: string;
}

export function oauthErrorBody({ error, description }: OAuthError): Uint8Array {
  return utf8(JSON.stringify({ error, error_description: description }));
}

/** What an error body says; undefined when it says nothing of the kind. */
export function readOAuthError(
  object: JsonObject,
): { readonly error: string; readonly description: string } | undefined {
  const error = textField(object, 'error');
  if (error === undefined) return undefined;
  return { error, description: textField(object, 'error_description') ?? '' };
}

/** Seconds since 1970 of `iat` and `exp` (RFC 7519 section 2). */
export function numericDate(ms: number): number {
  return Math.floor(ms / 1_000);
}

/** Whether a token holds at `now`, its clock and ours being up to `skew` apart; milliseconds. */
export function holdsAt(claims: JsonObject, now: number, skew: number): boolean {
  const issued = numberField(claims, 'iat');
  const expires = numberField(claims, 'exp');
  if (issued === undefined || expires === undefined) return false;
  return issued * 1_000 <= now + skew && now <= expires * 1_000 + skew;
}

/** Scopes are separated by blanks (RFC 6749 section 3.3). */
export function scopes(text: string | undefined): readonly string[] {
  return (text ?? '').split(' ').filter((scope) => scope !== '');
}
