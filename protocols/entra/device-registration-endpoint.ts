/** The registration service's endpoint for devices: from a request to the certificate that is to be signed. */
import type { Env } from '../../src/machine/machine.ts';
import type { HttpRequest } from '../http/messages.ts';
import { randomUuid } from '../oauth/random-uuid.ts';
import { readCertificate } from '../x509/certificate.ts';
import { signedCertificate } from '../x509/issue.ts';
import type { Answer, EndpointConfig, Unsigned } from './answers.ts';
import {
  DEVICE_RESPONSE_NAME,
  deviceErrorResponse,
  deviceRegisteredResponse,
} from './device-registration-messages.ts';
import {
  DEVICE_SIGNATURE,
  deviceCertificateDraft,
  judgeDeviceRegistration,
} from './device-registration-service.ts';
import { type Tenant, type TenantDevice, withDevice } from './tenant.ts';
import { REGISTRATION_RESOURCE } from './token.ts';

interface AskedForDevice {
  readonly request: HttpRequest;
  readonly query: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Nothing of the tenant changes before the certificate is signed: {@link registeredDevice}. */
export function answerDeviceRegistration(
  { request, query, parameters }: AskedForDevice,
  tenant: Tenant,
  { publicKey, tenantId, devices }: EndpointConfig,
  env: Env,
): Answer {
  const { deviceId } = parameters;
  const requestId = randomUuid(env.random(16));
  const trust = { publicKey, tenantId, resource: REGISTRATION_RESOURCE };
  const asked = { request, query, ...(deviceId === undefined ? {} : { deviceId }) };
  const judged = judgeDeviceRegistration(asked, tenant, trust, devices, env.now);
  if (!judged.ok) {
    const operation = deviceId === undefined ? 'DeviceJoin' : 'DeviceRenew';
    const context = { now: env.now, operation, requestId } as const;
    return {
      kind: 'respond',
      response: deviceErrorResponse(judged.status, judged.error, context),
      message: DEVICE_RESPONSE_NAME,
      cause: `a device is not registered: ${judged.error.message}`,
    };
  }
  const { device } = judged;
  const given = device.deviceId ?? randomUuid(env.random(16));
  const input = deviceCertificateDraft(given, device.publicKey, serial(env), env.now);
  return { kind: 'sign', unsigned: { kind: 'device', device, deviceId: given, requestId, input } };
}

/** Positive, and of 16 octets. */
function serial(env: Env): Uint8Array {
  const octets = env.random(16);
  return Uint8Array.of(((octets[0] as number) & 0x3f) | 0x40, ...octets.subarray(1));
}

/** The certificate is signed: the tenant knows the device from now on. */
export function registeredDevice(
  tenant: Tenant,
  { device, deviceId, requestId, input }: Extract<Unsigned, { readonly kind: 'device' }>,
  signature: Uint8Array,
  now: number,
): { readonly tenant: Tenant; readonly answer: Answer } {
  const der = signedCertificate(input, DEVICE_SIGNATURE, signature);
  const read = readCertificate(der);
  if (!read.ok) throw new Error(`the certificate that was just made: ${read.reason}`);
  const { upn, ownerSid } = device;
  const known: TenantDevice = {
    deviceId,
    displayName: device.displayName,
    accountEnabled: true,
    publicKey: device.publicKey,
    thumbprint: read.value.sha1,
    transportKey: device.transportKey,
    registered: now,
    trustType: device.join,
    ...(upn === undefined ? {} : { owner: upn }),
    ...(ownerSid === undefined ? {} : { ownerSid }),
  };
  const given = { certificate: der, thumbprint: read.value.sha1 };
  return {
    tenant: withDevice(tenant, known),
    answer: {
      kind: 'respond',
      response: deviceRegisteredResponse(
        { ...given, ...(upn === undefined ? {} : { upn }) },
        { 'request-id': requestId },
      ),
      message: DEVICE_RESPONSE_NAME,
    },
  };
}
