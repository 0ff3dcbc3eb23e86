/** With what a Hello key proves to a domain controller who its owner is. */
import type { Container } from '../hello/container.ts';
import type { Hello } from './device-hello.ts';
import type { PreAuthState } from './device-sign-in.ts';
import type { DeviceConfig } from './device-state.ts';

export type Proof =
  | { readonly kind: 'proof'; readonly preAuth: PreAuthState }
  | { readonly kind: 'none'; readonly why: string };

export function helloProof(_config: DeviceConfig, _hello: Hello, kept: Container): Proof {
  const why = `this device cannot sign in with public keys yet (${kept.settings.trust} trust)`;
  return { kind: 'none', why };
}
