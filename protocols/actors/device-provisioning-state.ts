/** What a device has under way while it sets Hello up. */
import type * as registration from '../entra/key-registration.ts';
import type { Cloud } from './device-cloud-state.ts';
import type { Authorized } from './device-key-token.ts';
import type { Running } from './device-state.ts';
import type { HelloEntry } from './user-entries.ts';

export type ProvisionEntry = Extract<HelloEntry, { readonly kind: 'provision' }>;

/** What is awaited while Hello is set up. */
export type Provisioning =
  /** The token with which the key will be registered: who asks has to show a second factor. */
  | {
      readonly stage: 'token';
      readonly entry: ProvisionEntry;
      readonly registration: registration.State;
    }
  /** The same by the primary refresh token of the session; its run is ours alone. */
  | { readonly stage: 'sessionToken'; readonly entry: ProvisionEntry; readonly cloud: Cloud }
  | { readonly stage: 'key'; readonly authorized?: Authorized }
  | {
      readonly stage: 'selfSignature';
      readonly draft: Uint8Array;
      readonly authorized?: Authorized;
    }
  | { readonly stage: 'registration'; readonly registration: registration.State };

export type ProvisioningState = Extract<Running, { readonly name: 'provisioning' }>;
