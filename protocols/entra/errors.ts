/** How Entra's token endpoint refuses: OAuth's error with a number of its own (AADSTS) in front. */
import { utf8 } from '../../src/bytes/bytes.ts';
import { type JsonObject, listField } from '../oauth/json.ts';
import type { OAuthErrorCode } from '../oauth/oauth.ts';

export interface EntraError {
  readonly code: number;
  readonly error: OAuthErrorCode;
  /** What stands behind `AADSTS50126: `. */
  readonly text: string;
}

const error = (code: number, oauth: OAuthErrorCode, text: string): EntraError => ({
  code,
  error: oauth,
  text,
});

/** The errors that are given here, by what is wrong. */
export const EntraErrors = {
  wrongPassword: error(
    50_126,
    'invalid_grant',
    'Error validating credentials due to invalid username or password.',
  ),
  unknownUser: error(
    50_034,
    'invalid_grant',
    'The user account does not exist in the directory. To sign into this application, the account must be added to the directory.',
  ),
  disabledUser: error(50_057, 'invalid_grant', 'The user account is disabled.'),
  mfaWanted: error(
    50_076,
    'interaction_required',
    'You must use multi-factor authentication to access the resource.',
  ),
  mfaFailed: error(
    500_121,
    'invalid_grant',
    'Authentication failed during strong authentication request.',
  ),
  deviceNotAuthenticated: error(50_155, 'invalid_grant', 'Device is not authenticated.'),
  disabledDevice: error(
    135_011,
    'invalid_grant',
    'The device used during the authentication is disabled.',
  ),
  certificateInvalid: error(
    50_017,
    'invalid_grant',
    'Validation of given certificate for certificate based authentication failed.',
  ),
  nonceInvalid: error(50_168, 'invalid_grant', 'The client nonce is invalid or has expired.'),
  keyUnknown: error(135_010, 'invalid_grant', 'UserPrincipal does not have the key ID configured.'),
  assertionInvalid: error(
    50_013,
    'invalid_grant',
    'Assertion failed signature validation or is not for this service.',
  ),
  refreshTokenInvalid: error(
    70_000,
    'invalid_grant',
    'The provided grant is invalid, malformed, expired or revoked.',
  ),
  sessionRevoked: error(
    50_173,
    'invalid_grant',
    'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
  ),
  signatureInvalid: error(
    50_027,
    'invalid_request',
    'The JWT is malformed or its signature is invalid.',
  ),
  malformed: error(900_144, 'invalid_request', 'The request body is malformed.'),
  unsupportedGrant: error(
    70_003,
    'unsupported_grant_type',
    'The app requested an unsupported grant type.',
  ),
  unknownResource: error(500_011, 'invalid_resource', 'The resource principal was not found.'),
  unknownTenant: error(90_002, 'invalid_request', 'The tenant was not found.'),
} as const;

/** The body of a refusal. @param more what is wrong in this case, for people */
export function entraErrorBody({ code, error, text }: EntraError, now: number, more = '') {
  const description = `AADSTS${code}: ${text}${more === '' ? '' : ` ${more}`}`;
  return utf8(
    JSON.stringify({
      error,
      error_description: description,
      error_codes: [code],
      timestamp: new Date(now).toISOString(),
    }),
  );
}

/** The first of `error_codes`. */
export function entraErrorCode(object: JsonObject): number | undefined {
  const [code] = listField(object, 'error_codes') ?? [];
  return typeof code === 'number' ? code : undefined;
}
