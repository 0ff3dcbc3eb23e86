/**
 * The client's side of CredSSP: MS-CSSP 3.1.5, after TLS. Credentials leave only when the server has proved
 * that it could open what the mechanism sealed for the name it was asked for, and that TLS ends there.
 */
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { type Binding, boundKey, isBound } from './binding.ts';
import { type Credentials, tsCredentials } from './credentials.ts';
import {
  carrying,
  type Effect as ExchangeEffect,
  type Kinded,
  type Moved,
  moved,
  readRequest,
  sends,
} from './exchange.ts';
import { NONCE_LENGTH, VERSION_HASHES } from './messages.ts';
import type { SecurityContext, TokenCame } from './security-context.ts';

export interface ClientConfig<S, E, F> {
  readonly context: SecurityContext<S, E, F>;
  /** The contents of the BIT STRING subjectPublicKey of the certificate that TLS showed. */
  readonly publicKey: Uint8Array;
  /** What this side speaks at most: 2 to 6. */
  readonly version: number;
  /** What the server gets in the end. */
  readonly credentials: Credentials;
}

/** What was drawn and heard so far. */
interface Agreed {
  readonly nonce?: Uint8Array;
  /** The lower of both versions; ours until the server says its own. */
  readonly version: number;
}

export type State<S> =
  | { readonly name: 'idle' }
  | { readonly name: 'expectToken'; readonly agreed: Agreed; readonly context: S }
  /** The context waits for its host. */
  | { readonly name: 'expectContext'; readonly agreed: Agreed; readonly context: S }
  | { readonly name: 'expectPubKeyAuth'; readonly agreed: Agreed; readonly context: S }
  /** The server has the credentials; the context protects what else is said (Remote Credential Guard). */
  | { readonly name: 'done'; readonly context: S }
  /** `status`: the NTSTATUS that the server or the mechanism says. */
  | { readonly name: 'failed'; readonly reason: string; readonly status?: number };

export type Event<E> =
  | { readonly kind: 'received'; readonly bytes: Uint8Array }
  /** What begins the context, and what it waits for later. */
  | { readonly kind: 'context'; readonly event: E };

export type Effect<F> = ExchangeEffect<F>;

type Next<S, F> = Step<State<S>, Effect<F>>;

export function step<S, E, F extends Kinded>(
  config: ClientConfig<S, E, F>,
  state: State<S>,
  event: Event<E>,
  env: Env,
): Next<S, F> {
  switch (state.name) {
    case 'idle': {
      if (event.kind !== 'context') return unexpected(state, event, 'context');
      const { version } = config;
      const nonce = version >= VERSION_HASHES ? { nonce: env.random(NONCE_LENGTH) } : {};
      return taken(config, { version, ...nonce }, config.context.initial, event.event, env);
    }
    case 'expectContext':
      return event.kind === 'context'
        ? taken(config, state.agreed, state.context, event.event, env)
        : failed('a TSRequest that nobody asked for');
    case 'expectToken':
    case 'expectPubKeyAuth':
      if (event.kind !== 'received') return unexpected(state, event, 'received');
      return received(config, state, event.bytes, env);
    case 'done':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

function failed<S, F>(reason: string, status?: number): Next<S, F> {
  const known = status === undefined ? {} : { status };
  return to({ name: 'failed', reason, ...known }, [
    { kind: 'note', text: reason },
    { kind: 'close' },
  ]);
}

function received<S, E, F extends Kinded>(
  config: ClientConfig<S, E, F>,
  state: Extract<State<S>, { readonly name: 'expectToken' | 'expectPubKeyAuth' }>,
  bytes: Uint8Array,
  env: Env,
): Next<S, F> {
  const read = readRequest(bytes);
  if (!read.ok) return failed(read.reason);
  const { version, token, pubKeyAuth, errorCode } = read.request;
  if (errorCode !== undefined) {
    const code = errorCode.toString(16).padStart(8, '0');
    return failed(`the server refuses: errorCode 0x${code}`, errorCode);
  }
  const agreed = { ...state.agreed, version: Math.min(config.version, version) };
  if (state.name === 'expectPubKeyAuth') {
    return pubKeyAuth === undefined
      ? failed('a TSRequest without pubKeyAuth, which is due')
      : proved(config, agreed, state.context, pubKeyAuth, env);
  }
  if (token === undefined) return failed('a TSRequest without a token');
  return taken(config, agreed, state.context, { kind: 'received', token }, env);
}

function taken<S, E, F extends Kinded>(
  config: ClientConfig<S, E, F>,
  agreed: Agreed,
  context: S,
  event: TokenCame | E,
  env: Env,
): Next<S, F> {
  return onwards(config, agreed, moved(config.context, context, event, env), env);
}

function onwards<S, E, F extends Kinded>(
  config: ClientConfig<S, E, F>,
  agreed: Agreed,
  { context, standing, token, effects }: Moved<S, F>,
  env: Env,
): Next<S, F> {
  const { version } = config;
  switch (standing.kind) {
    case 'failed': {
      const next = failed<S, F>(standing.reason, standing.status);
      return to(next.state, [...effects, ...next.effects]);
    }
    case 'continues':
      if (token === undefined) return to({ name: 'expectContext', agreed, context }, effects);
      return to({ name: 'expectToken', agreed, context }, [
        ...effects,
        sends({ version, token, ...nonceOf(agreed) }),
      ]);
    case 'established': {
      // 3.1.5: the last token, where there is one, goes along with the proof.
      const binding: Binding = { ...agreed, publicKey: config.publicKey };
      const wrapped = config.context.wrap(context, boundKey(binding, 'client'), env);
      const pubKeyAuth = wrapped.token;
      return to({ name: 'expectPubKeyAuth', agreed, context: wrapped.state }, [
        ...effects,
        sends({ version, ...carrying(token), pubKeyAuth, ...nonceOf(agreed) }),
      ]);
    }
    default:
      return assertNever(standing);
  }
}

/** Sent from version 5 on: a server that speaks less would not know the field. */
function nonceOf({ version, nonce }: Agreed): { readonly clientNonce?: Uint8Array } {
  return version >= VERSION_HASHES && nonce !== undefined ? { clientNonce: nonce } : {};
}

function proved<S, E, F>(
  config: ClientConfig<S, E, F>,
  agreed: Agreed,
  context: S,
  pubKeyAuth: Uint8Array,
  env: Env,
): Next<S, F> {
  const opened = config.context.unwrap(context, pubKeyAuth);
  if (!opened.ok) return failed(`pubKeyAuth: ${opened.reason}`);
  const binding: Binding = { ...agreed, publicKey: config.publicKey };
  if (!isBound(binding, 'server', opened.message)) {
    return failed('the server sees another TLS server than we do: somebody is in between');
  }
  const wrapped = config.context.wrap(opened.state, tsCredentials(config.credentials), env);
  const authInfo = wrapped.token;
  return to({ name: 'done', context: wrapped.state }, [
    sends({ version: config.version, authInfo, ...nonceOf(agreed) }),
  ]);
}
