/** With what a Hello key proves to a domain controller who its owner is. */
import type { Container } from '../hello/container.ts';
import type { Hello } from './device-hello.ts';
import type { DeviceConfig } from './device-state.ts';
import type { Proof } from './mechanisms.ts';

export type HelloProof =
  | { readonly kind: 'proof'; readonly proof: Proof }
  | { readonly kind: 'none'; readonly why: string };

export function helloProof(_config: DeviceConfig, _hello: Hello, kept: Container): HelloProof {
  const why = `this device cannot sign in with public keys yet (${kept.settings.trust} trust)`;
  return { kind: 'none', why };
}
