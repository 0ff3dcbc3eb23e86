/** What both sides of CredSSP do alike: requests read and written, a context taken one step on. */
import { encode, tryDecode } from '../../src/der/codec.ts';
import type { Env, Rejected } from '../../src/machine/machine.ts';
import { NONCE_LENGTH, TSRequest, VERSION_MIN } from './messages.ts';
import type { SecurityContext, Standing, TokenCame, TokenGoes } from './security-context.ts';

/** Effects of a context: told apart by their kind. */
export interface Kinded {
  readonly kind: string;
}

export type Effect<F> =
  /** One TSRequest; it goes out in one piece (MS-CSSP 3.1.5). */
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** What the context asks of whoever composes this. */
  | { readonly kind: 'context'; readonly effect: F }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'close' }
  | Rejected;

/** What a step of the context has come to. */
export interface Moved<S, F> {
  readonly context: S;
  readonly standing: Standing;
  readonly token?: Uint8Array;
  readonly effects: readonly Effect<F>[];
}

export function moved<S, E, F extends Kinded>(
  context: SecurityContext<S, E, F>,
  state: S,
  event: TokenCame | E,
  env: Env,
): Moved<S, F> {
  const next = context.step(state, event, env);
  let token: Uint8Array | undefined;
  const effects: Effect<F>[] = [];
  for (const effect of next.effects) {
    if (isToken(effect)) token = effect.token;
    else effects.push({ kind: 'context', effect });
  }
  return {
    context: next.state,
    standing: context.standing(next.state),
    ...(token === undefined ? {} : { token }),
    effects,
  };
}

function isToken<F extends Kinded>(effect: TokenGoes | F): effect is TokenGoes {
  return effect.kind === 'send';
}

/** What a peer sent, with its one token. */
export interface Request extends Omit<TSRequest, 'negoTokens'> {
  readonly token?: Uint8Array;
}

export type ReadRequest =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly reason: string; readonly notSupported?: true };

export function readRequest(bytes: Uint8Array): ReadRequest {
  const read = tryDecode(TSRequest, bytes);
  if (!read.ok) return { ok: false, reason: `TSRequest: ${read.error.message}` };
  const { negoTokens, ...request } = read.value;
  if (request.version < VERSION_MIN) {
    const reason = `CredSSP of version ${request.version} is not spoken`;
    return { ok: false, reason, notSupported: true };
  }
  if (request.clientNonce !== undefined && request.clientNonce.length !== NONCE_LENGTH) {
    const reason = `clientNonce has ${request.clientNonce.length} octets, not ${NONCE_LENGTH}`;
    return { ok: false, reason };
  }
  const token = negoTokens?.[0]?.negoToken;
  return { ok: true, request: { ...request, ...(token === undefined ? {} : { token }) } };
}

export function sends<F>({ token, ...fields }: Request): Effect<F> {
  const negoTokens = token === undefined ? {} : { negoTokens: [{ negoToken: token }] };
  return { kind: 'send', bytes: encode(TSRequest, { ...fields, ...negoTokens }) };
}

/** A token as a field of a request, where there is one. */
export function carrying(token: Uint8Array | undefined): { readonly token?: Uint8Array } {
  return token === undefined ? {} : { token };
}
