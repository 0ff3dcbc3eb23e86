/** What CredSSP needs of the mechanisms that it carries: GSS-API in the shape of a machine. */
import type { Env, Step } from '../../src/machine/machine.ts';

/** A token of the peer. */
export interface TokenCame {
  readonly kind: 'received';
  readonly token: Uint8Array;
}

/** A token for the peer. */
export interface TokenGoes {
  readonly kind: 'send';
  readonly token: Uint8Array;
}

/** How far a context has come. */
export type Standing =
  | { readonly kind: 'continues' }
  | { readonly kind: 'established' }
  /** `status`: an NTSTATUS. */
  | { readonly kind: 'failed'; readonly status: number; readonly reason: string };

export type Unwrapped<S> =
  | { readonly ok: true; readonly state: S; readonly message: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/**
 * One side of a context, whatever mechanisms it is made of. `S` is its state, plain data; `E` and `F` are
 * what else it hears and asks for (a ticket, a verdict), which CredSSP passes on.
 */
export interface SecurityContext<S, E, F> {
  readonly initial: S;
  step(state: S, event: TokenCame | E, env: Env): Step<S, TokenGoes | F>;
  standing(state: S): Standing;
  /** Only of a context that is established. */
  wrap(state: S, message: Uint8Array, env: Env): { readonly state: S; readonly token: Uint8Array };
  /** Only of a context that is established. */
  unwrap(state: S, token: Uint8Array): Unwrapped<S>;
}
