/** A tenant of Entra with Alice and her laptop, for tests without a world around it. */

import type { Answer, EndpointConfig } from '../../../protocols/entra/answers.ts';
import { registeredDevice } from '../../../protocols/entra/device-registration-endpoint.ts';
import {
  DEFAULT_DEVICE_SETTINGS,
  DEVICE_SIGNATURE,
} from '../../../protocols/entra/device-registration-service.ts';
import {
  answerNone,
  answerRequest,
  ENTRA_ROUTES,
  signedAnswer,
} from '../../../protocols/entra/endpoint.ts';
import { TICKET_OPTIONS } from '../../../protocols/entra/kerberos-tickets.ts';
import type { Tenant, TenantUser } from '../../../protocols/entra/tenant.ts';
import { SYNCHRONIZATION_ROLE } from '../../../protocols/entra/token.ts';
import {
  encodeRequest,
  type HttpRequest,
  type HttpResponse,
} from '../../../protocols/http/messages.ts';
import { asked } from '../../../protocols/http/server.ts';
import { key } from '../../../protocols/kerberos/etypes.ts';
import { jsonObjectOf } from '../../../protocols/oauth/json.ts';
import { toHex, utf16le } from '../../../src/bytes/bytes.ts';
import { md4 } from '../../../src/crypto/md4.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import type { Env } from '../../../src/machine/machine.ts';
import { laptop, NOW, pair, sign } from '../enrollment/people.ts';

export const TENANT_ID = '72f988bf-86f1-41af-91ab-2d7cd011db47';
export const DEVICE_ID = '47f577e3-d2d0-4a0a-8aca-e0501098bde4';
export const ALICE = 'alice@corp.example';
export const ALICE_SID = 'S-1-5-21-1-2-3-1103';
export const ALICE_PASSWORD = 'Passw0rd!';
export const SYNC = { username: 'Sync_CONNECT@corp.example', password: 'Sync-Passw0rd' };

const hash = (password: string): string => toHex(md4(utf16le(password)));

const alice: TenantUser = {
  userPrincipalName: ALICE,
  onPremisesSecurityIdentifier: ALICE_SID,
  accountEnabled: true,
  passwordHash: hash(ALICE_PASSWORD),
  mfa: 'satisfied',
};

/** @param changes of Alice */
export function tenantWith(changes: Partial<TenantUser> = {}): Tenant {
  return {
    users: [
      { ...alice, ...changes },
      {
        userPrincipalName: SYNC.username,
        accountEnabled: true,
        passwordHash: hash(SYNC.password),
        mfa: 'failed',
        roles: [SYNCHRONIZATION_ROLE],
      },
    ],
    devices: [
      {
        deviceId: DEVICE_ID,
        displayName: 'LAPTOP',
        accountEnabled: true,
        publicKey: laptop.publicKey,
        thumbprint: laptop.sha1,
        transportKey: pair('transport').spki,
        registered: NOW - 86_400_000,
      },
    ],
    keys: [],
  };
}

export const ENDPOINT: EndpointConfig = {
  tenantId: TENANT_ID,
  publicKey: pair('tenant').spki,
  keyReceipts: true,
  cloudKey: key(18, new Uint8Array(32).fill(7)),
  tickets: TICKET_OPTIONS,
  devices: DEFAULT_DEVICE_SETTINGS,
};

export function env(now = NOW): Env {
  return { now, random: seededRandom(1, `tenant ${now}`) };
}

export interface Said {
  readonly tenant: Tenant;
  readonly response: HttpResponse;
  readonly cause?: string;
  /** The second factor was waited for. */
  readonly waited: boolean;
}

/** What comes of octets of a request, with the tenant's signature where one is wanted. */
export function saidTo(bytes: Uint8Array, before: Tenant, config = ENDPOINT, now = NOW): Said {
  const request = asked(bytes, ENTRA_ROUTES);
  const { tenant, answer } = request.ok
    ? answerRequest(request, before, config, env(now))
    : { tenant: before, answer: answerNone(request, env(now)) };
  if (answer.kind === 'sign' && answer.unsigned.kind === 'device') {
    const { unsigned } = answer;
    const signature = sign('issuer', unsigned.input, DEVICE_SIGNATURE);
    const made = registeredDevice(tenant, unsigned, signature, now);
    return { tenant: made.tenant, ...responseOf(made.answer) };
  }
  return { tenant, ...responseOf(answer) };
}

function responseOf(answer: Answer): Omit<Said, 'tenant'> {
  if (answer.kind === 'wait') return { ...responseOf(answer.answer), waited: true };
  if (answer.kind === 'sign') {
    const { unsigned } = answer;
    if (unsigned.kind === 'device') throw new Error('a device certificate, signed elsewhere');
    return responseOf(signedAnswer(unsigned, sign('tenant', unsigned.input, 'RS256')));
  }
  const { response, cause } = answer;
  return { response, waited: false, ...(cause === undefined ? {} : { cause }) };
}

export function saidToRequest(request: HttpRequest, before: Tenant, config = ENDPOINT, now = NOW) {
  const said = saidTo(encodeRequest(request), before, config, now);
  return { ...said, json: jsonObjectOf(said.response.body) ?? {} };
}
