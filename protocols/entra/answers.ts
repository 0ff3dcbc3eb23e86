/** What a tenant's endpoints say: responses, and what has to happen before there is one. */
import type { KeyRecord } from '../../src/machine/actor.ts';
import type { HttpResponse } from '../http/messages.ts';
import type { Key } from '../kerberos/etypes.ts';
import type { TrustOctets } from '../x509/trust.ts';
import type { DeviceSettings, JudgedDevice } from './device-registration-service.ts';
import type { TicketOptions } from './kerberos-tickets.ts';

/** What an endpoint needs to know of its tenant. */
export interface EndpointConfig {
  readonly tenantId: string;
  /** Of the tenant's key, SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly keyReceipts: boolean;
  /** Of the realm KERBEROS.MICROSOFTONLINE.COM. */
  readonly cloudKey: Key;
  readonly tickets: TicketOptions;
  /** Whose certificates users may sign in with; absent: nobody's. */
  readonly userAuthorities?: TrustOctets;
  readonly devices: DeviceSettings;
}

/** An answer that waits for the tenant's signature. */
export type Unsigned =
  | {
      readonly kind: 'token';
      readonly resource: string;
      readonly input: Uint8Array;
      /** Comes along, for a broker. */
      readonly refreshToken?: string;
      /** The answer goes under the session key of a primary refresh token. */
      readonly sealed?: { readonly sessionKey: Uint8Array; readonly random: Uint8Array };
    }
  | {
      readonly kind: 'key';
      readonly kid: string;
      readonly upn: string;
      readonly requestId: string;
      readonly input: Uint8Array;
    }
  /** A device certificate: the key of MS-Organization-Access signs it. */
  | {
      readonly kind: 'device';
      readonly device: JudgedDevice;
      readonly deviceId: string;
      readonly requestId: string;
      readonly input: Uint8Array;
    };

export type Answer =
  | {
      readonly kind: 'respond';
      readonly response: HttpResponse;
      /** In traces. */
      readonly message: string;
      /** Why it is a refusal, or what is missing in it, for people. */
      readonly cause?: string;
      /** That the answer brings, for exports and the viewer. */
      readonly keys?: readonly KeyRecord[];
    }
  | { readonly kind: 'sign'; readonly unsigned: Unsigned }
  /** The second factor does not come; the answer when it was waited for long enough. */
  | { readonly kind: 'wait'; readonly answer: Answer };

export const TOKEN_RESPONSE_NAME = 'token-response';
