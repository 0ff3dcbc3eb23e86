/**
 * Access tokens of Entra: asked for with name and password (RFC 6749 section 4.3), by a device that
 * shows by a signed assertion which one it is (RFC 7523 section 2.2), given as JWTs that the tenant signs.
 */
import { fromBase64, toBase64 } from '../../src/bytes/base64.ts';
import { utf8 } from '../../src/bytes/bytes.ts';
import type { Json } from '../../src/machine/actor.ts';
import { type JsonObject, jsonObjectOf, listField, textField } from '../oauth/json.ts';
import { isSignedBy, type Jws, jwsSigningInput, readJws } from '../oauth/jws.ts';
import { type Form, holdsAt, numericDate } from '../oauth/oauth.ts';

/** Azure device registration service: what tokens for key registration are for. */
export const REGISTRATION_RESOURCE = 'urn:ms-drs:enterpriseregistration.windows.net';
/** Microsoft Graph: what synchronisation reads and writes here. */
export const GRAPH_RESOURCE = 'https://graph.microsoft.com';
/** What tokens are given for. */
export const RESOURCES: readonly string[] = [REGISTRATION_RESOURCE, GRAPH_RESOURCE];
/** The client that Windows asks as while it sets Hello up. */
export const PROVISIONING_CLIENT_ID = 'dd762716-544d-4aeb-a526-687b73838a22';
/** Microsoft Authentication Broker: its refresh tokens become primary ones at a device. */
export const AUTHENTICATION_BROKER_CLIENT_ID = '29d9ed98-a469-4536-ade2-f981bc1d605e';
/** The client that Windows asks as while it joins a device (from AADInternals). */
export const JOIN_CLIENT_ID = 'b90d5b8f-5503-4153-b545-b31cecfaece2';
/** Entra Connect, from its own metadata. */
export const CONNECT_CLIENT_ID = 'cb1056e2-e479-49de-ae31-7812af012ed8';
/** The role that the accounts of Entra Connect have: Directory Synchronization Accounts. */
export const SYNCHRONIZATION_ROLE = 'd29b2b05-8046-44ba-8758-1e26182fcf32';

/** amr: multi-factor authentication was done for this request, as registering a key wants it. */
export const NGC_MFA = 'ngcmfa';
/** Values of amr that let a key be registered. */
export const MFA_METHODS: readonly string[] = [
  NGC_MFA,
  'mfa',
  'http://schemas.microsoft.com/claims/multipleauthn',
];

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ASSERTION_LIFETIME = 5 * 60_000;
/** Seconds. */
export const TOKEN_LIFETIME = 3_600;
/** How far clocks may be apart. */
export const TOKEN_SKEW = 5 * 60_000;

export function tokenPath(tenantId: string): string {
  return `/${tenantId}/oauth2/token`;
}

export function issuerOf(tenantId: string): string {
  return `https://sts.windows.net/${tenantId}/`;
}

/** What a device signs with RS256 to show who it is. @param certificate DER */
export function deviceAssertionInput(
  certificate: Uint8Array,
  audience: string,
  now: number,
): Uint8Array {
  return jwsSigningInput(
    { typ: 'JWT', alg: 'RS256', x5c: [toBase64(certificate)] },
    { aud: audience, iat: numericDate(now), exp: numericDate(now + ASSERTION_LIFETIME) },
  );
}

export interface PasswordTokenRequest {
  readonly clientId: string;
  readonly resource: string;
  readonly username: string;
  readonly password: string;
  /** Multi-factor authentication is wanted now: `amr_values=ngcmfa`. */
  readonly freshMfa: boolean;
  /** {@link deviceAssertionInput}, signed. */
  readonly deviceAssertion?: string;
}

export function tokenForm(request: PasswordTokenRequest): Form {
  const { deviceAssertion } = request;
  return {
    grant_type: 'password',
    client_id: request.clientId,
    resource: request.resource,
    username: request.username,
    password: request.password,
    ...(request.freshMfa ? { amr_values: NGC_MFA } : {}),
    ...(deviceAssertion === undefined
      ? {}
      : { client_assertion_type: ASSERTION_TYPE, client_assertion: deviceAssertion }),
  };
}

/** Undefined: something that a request must have is missing. The grant type is not looked at. */
export function readTokenForm(form: Form): PasswordTokenRequest | undefined {
  const { client_id, resource, username, password, client_assertion } = form;
  if (client_id === undefined || resource === undefined) return undefined;
  if (username === undefined || password === undefined) return undefined;
  if (client_assertion !== undefined && form.client_assertion_type !== ASSERTION_TYPE) {
    return undefined;
  }
  return {
    clientId: client_id,
    resource,
    username,
    password,
    freshMfa: form.amr_values === NGC_MFA,
    ...(client_assertion === undefined ? {} : { deviceAssertion: client_assertion }),
  };
}

/** The certificate of a device's assertion, DER; undefined: the assertion is none, or for others. */
export function readDeviceAssertion(
  assertion: string,
  audience: string,
  now: number,
): { readonly jws: Jws; readonly certificate: Uint8Array } | undefined {
  const jws = readJws(assertion);
  const claims = jws === undefined ? undefined : jsonObjectOf(jws.payload);
  if (jws === undefined || claims === undefined) return undefined;
  const [first] = listField(jws.header, 'x5c') ?? [];
  const certificate = typeof first === 'string' ? fromBase64(first) : undefined;
  if (certificate === undefined || textField(claims, 'aud') !== audience) return undefined;
  return holdsAt(claims, now, TOKEN_SKEW) ? { jws, certificate } : undefined;
}

export interface AccessClaims {
  readonly resource: string;
  readonly clientId: string;
  readonly upn: string;
  readonly amr: readonly string[];
  /** The device that asked, if one showed which it is. */
  readonly deviceId?: string;
  /** objectSid in Active Directory. */
  readonly onPremisesSid?: string;
  /** Directory roles, by their templates' identifiers. */
  readonly roles?: readonly string[];
}

/** For the effect `sign` with RS256 and the tenant's key. */
export function accessTokenInput(claims: AccessClaims, tenantId: string, now: number): Uint8Array {
  const { resource, clientId, upn, amr, deviceId, onPremisesSid, roles } = claims;
  return jwsSigningInput(
    { typ: 'JWT', alg: 'RS256' },
    {
      aud: resource,
      iss: issuerOf(tenantId),
      iat: numericDate(now),
      nbf: numericDate(now),
      exp: numericDate(now) + TOKEN_LIFETIME,
      amr,
      appid: clientId,
      ...(deviceId === undefined ? {} : { deviceid: deviceId }),
      ...(onPremisesSid === undefined ? {} : { onprem_sid: onPremisesSid }),
      tid: tenantId,
      upn,
      ver: '1.0',
      ...(roles === undefined ? {} : { wids: roles }),
    },
  );
}

export function tokenResponseBody(
  token: string,
  resource: string,
  refreshToken?: string,
): Uint8Array {
  const body = {
    token_type: 'Bearer',
    expires_in: String(TOKEN_LIFETIME),
    resource,
    access_token: token,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
  };
  return utf8(JSON.stringify(body));
}

export type BearerRead =
  | { readonly ok: true; readonly claims: JsonObject }
  | { readonly ok: false; readonly reason: string };

/** What the field Authorization of a request brings (RFC 6750 section 2.1). */
export function readBearer(
  authorization: string | undefined,
  { publicKey, tenantId, resource }: TokenTrust,
  now: number,
): BearerRead {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return { ok: false, reason: 'there is no bearer token' };
  const jws = readJws(token);
  const claims = jws === undefined ? undefined : jsonObjectOf(jws.payload);
  if (jws === undefined || claims === undefined) {
    return { ok: false, reason: 'the bearer token is no JWT' };
  }
  if (!isSignedBy(jws, publicKey))
    return { ok: false, reason: 'the tenant did not sign the token' };
  if (textField(claims, 'iss') !== issuerOf(tenantId)) {
    return { ok: false, reason: 'the token is of another tenant' };
  }
  if (textField(claims, 'aud') !== resource) {
    return { ok: false, reason: `the token is not for ${resource}` };
  }
  if (!holdsAt(claims, now, TOKEN_SKEW)) {
    return { ok: false, reason: 'the token is not valid at this time' };
  }
  return { ok: true, claims };
}

export interface TokenTrust {
  /** SubjectPublicKeyInfo of the tenant's key, DER. */
  readonly publicKey: Uint8Array;
  readonly tenantId: string;
  readonly resource: string;
}

/** The texts of a claim that is a list. */
export function claimTexts(claims: JsonObject, name: string): readonly string[] {
  const values: readonly Json[] = listField(claims, name) ?? [];
  return values.filter((value): value is string => typeof value === 'string');
}
