/**
 * The request for a primary refresh token (MS-OAPXBC 3.2.5.1.2): a JWT that the device's key signs,
 * with what the user proves themselves by inside, and its answer.
 */
import { fromBase64, toBase64 } from '../../src/bytes/base64.ts';
import { type JsonObject, jsonObjectOf, listField, numberField, textField } from './json.ts';
import { type Jws, jwsSigningInput, readJws } from './jws.ts';
import { type Form, numericDate, scopes } from './oauth.ts';

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The broker of Windows' sign-in (CloudAP). */
export const BROKER_CLIENT_ID = '38aa3b87-a06d-4817-b275-7a316988d93b';

/** `aza`: a primary refresh token is wanted; `ugs`: from AD FS 2019 on, for certificate trust. */
export const BROKER_SCOPE = 'openid aza ugs';

const WEBAUTHN_CLAIM = 'webauthn_assertion';

/** How long an assertion of the user's key holds. */
const ASSERTION_LIFETIME = 5 * 60_000;

/** What the user proves themselves by. */
export type UserProof =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A JWT that the Hello key signed: {@link assertionInput}. */
  | { readonly kind: 'assertion'; readonly username: string; readonly assertion: string }
  /** A JWT that the key of the user's certificate signed: {@link certificateAssertionInput}. */
  | { readonly kind: 'certificate'; readonly username: string; readonly assertion: string }
  /**
   * What a FIDO2 security key signed: `assertion` is JSON of WebAuthn's parts. How Windows sends it is not
   * published: the claim is ours.
   */
  | { readonly kind: 'securityKey'; readonly username: string; readonly assertion: string };

/** What a request for a primary refresh token rests on: a user, or a refresh token of a broker's. */
export type RequestProof =
  | UserProof
  | { readonly kind: 'refreshToken'; readonly refreshToken: string };

/** What the Hello key signs (MS-OAPXBC 3.2.5.1.2.1.2). */
export interface Assertion {
  readonly username: string;
  /** Base 64 of the key's KeyID: SHA-256 of the KeyMaterial in msDS-KeyCredentialLink. */
  readonly kid: string;
  /** The issuer's identifier, from its metadata. */
  readonly audience: string;
  readonly nonce: string;
  readonly now: number;
}

/** For the effect `sign` with RS256. The nonce is in it since CVE-2023-35348. */
export function assertionInput({ kid, ...claims }: Assertion): Uint8Array {
  return jwsSigningInput({ typ: 'JWT', alg: 'RS256', kid, use: 'ngc' }, assertionClaims(claims));
}

/** What the key of a user's certificate signs. @param certificates DER, the user's first, then its issuers' */
export function certificateAssertionInput({
  username,
  certificates,
  audience,
  nonce,
  now,
}: Omit<Assertion, 'kid'> & { readonly certificates: readonly Uint8Array[] }): Uint8Array {
  return jwsSigningInput(
    { typ: 'JWT', alg: 'RS256', x5c: certificates.map(toBase64) },
    assertionClaims({ username, audience, nonce, now }),
  );
}

function assertionClaims({ username, audience, nonce, now }: Omit<Assertion, 'kid'>): JsonObject {
  return {
    iss: username,
    aud: audience,
    iat: numericDate(now),
    exp: numericDate(now + ASSERTION_LIFETIME),
    request_nonce: nonce,
    scope: BROKER_SCOPE,
  };
}

export interface TokenRequest {
  /** The device's certificate, DER. */
  readonly certificate: Uint8Array;
  readonly nonce: string;
  readonly proof: RequestProof;
}

/** For the effect `sign` with RS256 and the device's key. */
export function tokenRequestInput({ certificate, nonce, proof }: TokenRequest): Uint8Array {
  return jwsSigningInput(
    { typ: 'JWT', alg: 'RS256', x5c: [toBase64(certificate)], kdf_ver: 2 },
    {
      client_id: BROKER_CLIENT_ID,
      request_nonce: nonce,
      scope: BROKER_SCOPE,
      win_ver: '10.0.22631.3007',
      ...proofClaims(proof),
    },
  );
}

function proofClaims(proof: RequestProof): JsonObject {
  if (proof.kind === 'refreshToken') {
    return { grant_type: 'refresh_token', refresh_token: proof.refreshToken };
  }
  const { username } = proof;
  switch (proof.kind) {
    case 'password':
      return { grant_type: 'password', username, password: proof.password };
    case 'assertion':
    case 'certificate':
      return { grant_type: JWT_BEARER, username, assertion: proof.assertion };
    case 'securityKey':
      return { grant_type: JWT_BEARER, username, [WEBAUTHN_CLAIM]: proof.assertion };
  }
}

/** The form around a signed JWT, for tokens and for certificates. @param tgt tickets are wanted too */
export function requestForm(request: string, tgt = false): Form {
  const form = { windows_api_version: '2.2', grant_type: JWT_BEARER, request, client_info: '1' };
  return tgt ? { ...form, tgt: 'true' } : form;
}

/** What a server finds in a request; nothing of it is proven yet. */
export interface ReadTokenRequest {
  readonly jws: Jws;
  readonly certificate: Uint8Array;
  readonly clientId: string;
  readonly nonce: string;
  readonly proof: RequestProof;
}

/** Undefined and why, for `invalid_request`. */
export function readTokenRequest(
  jws: Jws,
):
  | { readonly ok: true; readonly value: ReadTokenRequest }
  | { readonly ok: false; readonly reason: string } {
  const claims = jsonObjectOf(jws.payload);
  if (claims === undefined) return { ok: false, reason: 'the request is no JSON object' };
  const certificate = deviceCertificate(jws.header);
  if (certificate === undefined) return { ok: false, reason: 'x5c holds no certificate' };
  const clientId = textField(claims, 'client_id');
  const nonce = textField(claims, 'request_nonce');
  if (clientId === undefined || nonce === undefined) {
    return { ok: false, reason: 'client_id and request_nonce are required' };
  }
  const asked = scopes(textField(claims, 'scope'));
  if (!asked.includes('openid') || !asked.includes('aza')) {
    return { ok: false, reason: 'scope must contain openid and aza' };
  }
  const proof = readProof(claims);
  if (proof === undefined) return { ok: false, reason: 'nothing in it proves a user' };
  return { ok: true, value: { jws, certificate, clientId, nonce, proof } };
}

/** AD FS takes RFC 7515's list; the Windows client of Entra sends the text alone. */
function deviceCertificate(header: JsonObject): Uint8Array | undefined {
  const first = listField(header, 'x5c')?.[0] ?? textField(header, 'x5c');
  return typeof first === 'string' ? fromBase64(first) : undefined;
}

function readProof(claims: JsonObject): RequestProof | undefined {
  const grant = textField(claims, 'grant_type');
  const refreshToken = textField(claims, 'refresh_token');
  if (grant === 'refresh_token' && refreshToken !== undefined) {
    return { kind: 'refreshToken', refreshToken };
  }
  const username = textField(claims, 'username');
  const password = textField(claims, 'password');
  if (grant === 'password' && username !== undefined && password !== undefined) {
    return { kind: 'password', username, password };
  }
  const signed = textField(claims, WEBAUTHN_CLAIM);
  if (grant === JWT_BEARER && signed !== undefined && username !== undefined) {
    return { kind: 'securityKey', username, assertion: signed };
  }
  const assertion = textField(claims, 'assertion');
  if (grant !== JWT_BEARER || assertion === undefined) return undefined;
  const inner = readJws(assertion);
  const issuer = inner === undefined ? undefined : jsonObjectOf(inner.payload);
  const name = issuer === undefined ? undefined : textField(issuer, 'iss');
  if (inner === undefined || name === undefined) return undefined;
  const kind = 'x5c' in inner.header ? 'certificate' : 'assertion';
  return { kind, username: name, assertion };
}

/** The answer (MS-OAPXBC 3.2.5.1.2.2). */
export interface TokenResponse {
  readonly refreshToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Compact JWE; only its encrypted key counts. */
  readonly sessionKeyJwe: string;
  readonly idToken: string;
}

export function tokenResponse(response: TokenResponse): JsonObject {
  return {
    token_type: 'pop',
    refresh_token: response.refreshToken,
    refresh_token_expires_in: response.expiresIn,
    session_key_jwe: response.sessionKeyJwe,
    id_token: response.idToken,
  };
}

export function readTokenResponse(object: JsonObject): TokenResponse | undefined {
  const refreshToken = textField(object, 'refresh_token');
  const expiresIn = numberField(object, 'refresh_token_expires_in');
  const sessionKeyJwe = textField(object, 'session_key_jwe');
  const idToken = textField(object, 'id_token');
  if (textField(object, 'token_type') !== 'pop') return undefined;
  if (refreshToken === undefined || expiresIn === undefined) return undefined;
  if (sessionKeyJwe === undefined || idToken === undefined) return undefined;
  return { refreshToken, expiresIn, sessionKeyJwe, idToken };
}
