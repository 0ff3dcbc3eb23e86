/**
 * The request that turns a primary refresh token into a user's sign-in certificate, and its answer
 * (MS-OAPXBC 3.2.5.1.4). The request is signed with, the answer sealed under, a key derived from the
 * session key.
 */
import { fromBase64, toBase64 } from '../../src/bytes/base64.ts';
import { fromUtf8, utf8 } from '../../src/bytes/bytes.ts';
import { receiptContext } from '../entra/key-receipt.ts';
import { type JsonObject, jsonObject, textField } from '../oauth/json.ts';
import { numericDate, scopes } from '../oauth/oauth.ts';
import { BROKER_CLIENT_ID } from '../oauth/refresh-token-request.ts';
import { openFromSession, sealForSession, sessionRequest } from '../oauth/session-messages.ts';

export const CERTIFICATE_RESOURCE = 'urn:microsoft:winhello:cert:prov:server';
export const PKCS10_TYPE = 'http://schemas.microsoft.com/windows/pki/2009/01/enrollment#PKCS10';
export const CERTIFICATE_USE = 'winhello_cert';

const REQUEST_LIFETIME = 5 * 60_000;

export interface CertificateRequest {
  readonly refreshToken: string;
  /** PKCS#10, DER. */
  readonly csr: Uint8Array;
  /** What key registration said of where the key is (MS-KPP 3.1.5.1.1.2), handed back as it came. */
  readonly pctx?: string;
  /** The key receipt: a JWT of the tenant's (MS-OAPXBC 2.2.2.1). */
  readonly receipt?: string;
}

type Random = (size: number) => Uint8Array;

/** The signed JWT. @param version 2 where the server's metadata has `kdf_ver2` */
export function certificateRequest(
  request: CertificateRequest,
  sessionKey: Uint8Array,
  version: 1 | 2,
  { now, random }: { readonly now: number; readonly random: Random },
): string {
  const { refreshToken, csr, pctx, receipt } = request;
  return sessionRequest(
    {
      client_id: BROKER_CLIENT_ID,
      scope: `openid aza ${CERTIFICATE_USE}`,
      resource: CERTIFICATE_RESOURCE,
      cert_token_use: CERTIFICATE_USE,
      csr_type: PKCS10_TYPE,
      csr: toBase64(csr),
      ...(pctx === undefined ? {} : { pctx }),
      ...(receipt === undefined ? {} : { krctx: receiptContext(receipt) }),
      iat: numericDate(now),
      exp: numericDate(now + REQUEST_LIFETIME),
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    },
    sessionKey,
    version,
    random,
  );
}

export interface ReadCertificateRequest {
  readonly claims: JsonObject;
  readonly clientId: string;
  readonly csr: Uint8Array;
  readonly krctx?: string;
  /** The scopes that were asked for. */
  readonly scope: readonly string[];
}

export type CertificateRequestRead =
  | { readonly ok: true; readonly value: ReadCertificateRequest }
  | {
      readonly ok: false;
      readonly error: 'invalid_request' | 'invalid_resource' | 'invalid_scope';
      readonly reason: string;
    };

/** Checks the fields as MS-OAPXBC 3.2.5.1.4.3 has it, signature and token apart. */
export function readCertificateRequest(claims: JsonObject): CertificateRequestRead {
  const scope = scopes(textField(claims, 'scope'));
  const clientId = textField(claims, 'client_id');
  if (clientId === undefined) return invalid('client_id is required');
  if (!scope.includes(CERTIFICATE_USE)) {
    return { ok: false, error: 'invalid_scope', reason: `scope must contain ${CERTIFICATE_USE}` };
  }
  if (textField(claims, 'resource') !== CERTIFICATE_RESOURCE) {
    return {
      ok: false,
      error: 'invalid_resource',
      reason: `resource must be ${CERTIFICATE_RESOURCE}`,
    };
  }
  if (textField(claims, 'cert_token_use') !== CERTIFICATE_USE) {
    return invalid(`cert_token_use must be ${CERTIFICATE_USE}`);
  }
  if (textField(claims, 'csr_type') !== PKCS10_TYPE) {
    return invalid(`csr_type must be ${PKCS10_TYPE}`);
  }
  const csr = fromBase64(textField(claims, 'csr') ?? '');
  if (csr === undefined || csr.length === 0) return invalid('csr is no base 64');
  const krctx = textField(claims, 'krctx');
  return {
    ok: true,
    value: { claims, clientId, csr, scope, ...(krctx === undefined ? {} : { krctx }) },
  };
}

function invalid(reason: string): CertificateRequestRead {
  return { ok: false, error: 'invalid_request', reason };
}

export interface CertificateResponse {
  /** CMS SignedData with the certificate and its chain, DER. */
  readonly chain: Uint8Array;
  readonly scope: string;
  readonly idToken: string;
}

/** Seconds; clients do not look at it. */
const EXPIRES_IN = 3_600;

export function certificateResponse(
  response: CertificateResponse,
  sessionKey: Uint8Array,
  random: Random,
): string {
  const content = {
    x5c: toBase64(response.chain),
    token_type: 'bearer',
    expires_in: EXPIRES_IN,
    scope: response.scope,
    id_token: response.idToken,
  };
  return sealForSession(utf8(JSON.stringify(content)), sessionKey, random);
}

/** Undefined when it was not sealed under this session, or says something else. */
export function readCertificateResponse(
  token: string,
  sessionKey: Uint8Array,
): CertificateResponse | undefined {
  const content = openFromSession(token, sessionKey);
  const object = content === undefined ? undefined : jsonObject(fromUtf8(content));
  if (object === undefined) return undefined;
  const chain = fromBase64(textField(object, 'x5c') ?? '');
  const scope = textField(object, 'scope');
  const idToken = textField(object, 'id_token');
  if (chain === undefined || scope === undefined || idToken === undefined) return undefined;
  return { chain, scope, idToken };
}
