/** Alice's laptop, as it asks a tenant for primary refresh tokens, for tests without a world around it. */
import { bcryptPublicBlob } from '../../../protocols/directory/key-material.ts';
import type { KerberosDomain } from '../../../protocols/entra/kerberos-domain.ts';
import { type PrtResponse, readPrtResponse } from '../../../protocols/entra/prt-messages.ts';
import type { Tenant, TenantUser } from '../../../protocols/entra/tenant.ts';
import { tokenPath } from '../../../protocols/entra/token.ts';
import { type HttpRequest, request } from '../../../protocols/http/messages.ts';
import { type JsonObject, textField } from '../../../protocols/oauth/json.ts';
import { readJwe } from '../../../protocols/oauth/jwe.ts';
import { compactJws } from '../../../protocols/oauth/jws.ts';
import { FORM, type Form, formBody } from '../../../protocols/oauth/oauth.ts';
import {
  assertionInput,
  type RequestProof,
  requestForm,
  tokenRequestInput,
  type UserProof,
} from '../../../protocols/oauth/refresh-token-request.ts';
import { toBase64 } from '../../../src/bytes/base64.ts';
import { decrypt, keyId, laptop, NOW, pair, sign } from '../enrollment/people.ts';
import {
  ALICE,
  ALICE_PASSWORD,
  DEVICE_ID,
  ENDPOINT,
  saidToRequest,
  TENANT_ID,
  tenantWith,
} from './tenant-of-tests.ts';

/** The domain of ALICE_SID, with Entra Kerberos set up. */
export const CORP: KerberosDomain = {
  id: 27_845,
  domainDnsName: 'corp.example',
  netBiosName: 'CORP',
  domainSid: 'S-1-5-21-1-2-3',
  secondaryKrbTgtNumber: 27_845,
  keyVersion: 2,
  key: new Uint8Array(32).fill(0x22),
  keyUpdatedOn: NOW,
};

/** With Alice's Hello key, and Entra Kerberos. @param changes of Alice */
export function tenantWithKeys(changes: Partial<TenantUser> = {}): Tenant {
  const key = {
    kid: '0a0b0c0d-0000-4000-8000-000000000000',
    userPrincipalName: ALICE,
    deviceId: DEVICE_ID,
    keyMaterial: bcryptPublicBlob(pair('hello').spki),
    created: NOW,
  };
  const alice = { onPremisesSamAccountName: 'alice', ...changes };
  return { ...tenantWith(alice), keys: [key], kerberosDomains: [CORP] };
}

export function tokenPost(form: Form, tenant = 'common'): HttpRequest {
  const fields = { 'Content-Type': FORM };
  return request('POST', 'login.microsoftonline.com', tokenPath(tenant), fields, formBody(form));
}

/** A nonce of the tenant's, and the tenant that knows it. */
export function challenged(before: Tenant, now = NOW): { tenant: Tenant; nonce: string } {
  const asked = tokenPost({ grant_type: 'srv_challenge' });
  const { tenant, json } = saidToRequest(asked, before, ENDPOINT, now);
  return { tenant, nonce: textField(json, 'Nonce') ?? '' };
}

export const PASSWORD: UserProof = {
  kind: 'password',
  username: ALICE,
  password: ALICE_PASSWORD,
};

export interface AssertionChanges {
  readonly key?: string;
  readonly kid?: string;
  readonly audience?: string;
  readonly nonce?: string;
  readonly now?: number;
}

/** What Alice's Hello key signs for a nonce. */
export function helloProof(nonce: string, changes: AssertionChanges = {}): UserProof {
  const { key = 'hello', kid = toBase64(keyId('hello')), now = NOW } = changes;
  const { audience = TENANT_ID, nonce: inner = nonce } = changes;
  const input = assertionInput({ username: ALICE, kid, audience, nonce: inner, now });
  return { kind: 'assertion', username: ALICE, assertion: compactJws(input, sign(key, input)) };
}

/** The request that the device signs. @param key its name */
export function deviceSigned(
  nonce: string,
  proof: RequestProof,
  key = 'device',
  certificate = laptop.der,
): HttpRequest {
  const input = tokenRequestInput({ certificate, nonce, proof });
  return tokenPost(requestForm(compactJws(input, sign(key, input)), true));
}

/** From a nonce to the answer. */
export function prtAsked(
  before: Tenant,
  proof: RequestProof | ((nonce: string) => UserProof),
  config = ENDPOINT,
  now = NOW,
) {
  const { tenant, nonce } = challenged(before);
  const proven = typeof proof === 'function' ? proof(nonce) : proof;
  return saidToRequest(deviceSigned(nonce, proven), tenant, config, now);
}

export interface Granted {
  readonly tenant: Tenant;
  readonly json: JsonObject;
  readonly prt: PrtResponse;
  readonly sessionKey: Uint8Array;
}

/** A primary refresh token, opened with the transport key as the device does. */
export function granted(before: Tenant = tenantWithKeys(), config = ENDPOINT): Granted {
  const { tenant, json, cause } = prtAsked(before, helloProof, config);
  const prt = readPrtResponse(json);
  const jwe = readJwe(prt?.sessionKeyJwe ?? '');
  const sessionKey = jwe === undefined ? undefined : decrypt('transport', jwe.encryptedKey);
  if (prt === undefined || sessionKey === undefined) throw new Error(cause);
  return { tenant, json, prt, sessionKey };
}
