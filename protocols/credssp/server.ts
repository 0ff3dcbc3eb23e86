/**
 * The server's side of CredSSP: MS-CSSP 3.1.5, after TLS. The client proves who it is, both sides prove that
 * they look at the same TLS server, and the client hands over its credentials.
 */
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { STATUS_LOGON_FAILURE, STATUS_NOT_SUPPORTED } from '../kerberos/ntstatus.ts';
import { type Binding, boundKey, isBound } from './binding.ts';
import { type Credentials, readTsCredentials } from './credentials.ts';
import {
  carrying,
  type Effect as ExchangeEffect,
  type Kinded,
  type Moved,
  moved,
  type Request,
  readRequest,
  sends,
} from './exchange.ts';
import { hasErrorCode, VERSION_HASHES } from './messages.ts';
import type { SecurityContext } from './security-context.ts';

export interface ServerConfig<S, E, F> {
  readonly context: SecurityContext<S, E, F>;
  /** The contents of the BIT STRING subjectPublicKey of the certificate that TLS showed. */
  readonly publicKey: Uint8Array;
  /** What this side speaks at most: 2 to 6. */
  readonly version: number;
}

/** What the client has said of itself. */
interface Agreed {
  /** The lower of both versions. */
  readonly version: number;
  /** The first one that came; clients repeat it. */
  readonly nonce?: Uint8Array;
}

export type State<S> =
  | { readonly name: 'expectRequest' }
  | { readonly name: 'expectToken'; readonly agreed: Agreed; readonly context: S }
  /** The context waits for its host. `pubKeyAuth` came along with the last token. */
  | {
      readonly name: 'expectContext';
      readonly agreed: Agreed;
      readonly context: S;
      readonly pubKeyAuth?: Uint8Array;
    }
  | { readonly name: 'expectPubKeyAuth'; readonly agreed: Agreed; readonly context: S }
  | { readonly name: 'expectAuthInfo'; readonly agreed: Agreed; readonly context: S }
  | { readonly name: 'done'; readonly context: S; readonly credentials: Credentials }
  /** `status`: an NTSTATUS. */
  | { readonly name: 'failed'; readonly status: number; readonly reason: string };

export type Event<E> =
  /** A TSRequest. */
  | { readonly kind: 'received'; readonly bytes: Uint8Array }
  /** What the context was waiting for. */
  | { readonly kind: 'context'; readonly event: E };

export type Effect<F> = ExchangeEffect<F>;

type Next<S, F> = Step<State<S>, Effect<F>>;

export function step<S, E, F extends Kinded>(
  config: ServerConfig<S, E, F>,
  state: State<S>,
  event: Event<E>,
  env: Env,
): Next<S, F> {
  switch (state.name) {
    case 'expectRequest':
    case 'expectToken':
    case 'expectPubKeyAuth':
    case 'expectAuthInfo':
      if (event.kind !== 'received') return unexpected(state, event, 'received');
      return received(config, state, event.bytes, env);
    case 'expectContext': {
      if (event.kind !== 'context') {
        return failed(config, state.agreed, 'a TSRequest while the last one is still judged');
      }
      const { agreed, pubKeyAuth } = state;
      const next = moved(config.context, state.context, event.event, env);
      return onwards(config, agreed, next, pubKeyAuth, env);
    }
    case 'done':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

/** Told where the client's version knows a code (2.2.1); others see the connection end. */
function failed<S, E, F>(
  { version: own }: ServerConfig<S, E, F>,
  agreed: Agreed | undefined,
  reason: string,
  status = STATUS_LOGON_FAILURE,
  token?: Uint8Array,
): Next<S, F> {
  const told = agreed === undefined || hasErrorCode(agreed.version);
  const answer = { version: own, ...carrying(token) };
  const sent: readonly Effect<F>[] = told
    ? [sends({ ...answer, errorCode: status })]
    : token === undefined
      ? []
      : [sends(answer)];
  return to({ name: 'failed', status, reason }, [
    { kind: 'note', text: reason },
    ...sent,
    { kind: 'close' },
  ]);
}

type Waiting<S> = Extract<
  State<S>,
  { readonly name: 'expectRequest' | 'expectToken' | 'expectPubKeyAuth' | 'expectAuthInfo' }
>;

function received<S, E, F extends Kinded>(
  config: ServerConfig<S, E, F>,
  state: Waiting<S>,
  bytes: Uint8Array,
  env: Env,
): Next<S, F> {
  const before = state.name === 'expectRequest' ? undefined : state.agreed;
  const read = readRequest(bytes);
  if (!read.ok) {
    const status = read.notSupported ? STATUS_NOT_SUPPORTED : STATUS_LOGON_FAILURE;
    return failed(config, before, read.reason, status);
  }
  const { request } = read;
  const agreed = agreedWith(config, before, request);
  switch (state.name) {
    case 'expectRequest':
      return tokenCame(config, agreed, config.context.initial, request, env);
    case 'expectToken':
      return tokenCame(config, agreed, state.context, request, env);
    case 'expectPubKeyAuth':
      return request.pubKeyAuth === undefined
        ? failed(config, agreed, 'a TSRequest without pubKeyAuth, which is due')
        : bound(config, agreed, state.context, { pubKeyAuth: request.pubKeyAuth }, env);
    case 'expectAuthInfo':
      return delegated(config, agreed, state.context, request);
  }
}

function agreedWith<S, E, F>(
  { version: own }: ServerConfig<S, E, F>,
  before: Agreed | undefined,
  { version, clientNonce }: Request,
): Agreed {
  const nonce = before?.nonce ?? clientNonce;
  return {
    version: before?.version ?? Math.min(own, version),
    ...(nonce === undefined ? {} : { nonce }),
  };
}

function tokenCame<S, E, F extends Kinded>(
  config: ServerConfig<S, E, F>,
  agreed: Agreed,
  context: S,
  { token, pubKeyAuth }: Request,
  env: Env,
): Next<S, F> {
  if (token === undefined) return failed(config, agreed, 'a TSRequest without a token');
  const next = moved(config.context, context, { kind: 'received', token }, env);
  return onwards(config, agreed, next, pubKeyAuth, env);
}

function onwards<S, E, F extends Kinded>(
  config: ServerConfig<S, E, F>,
  agreed: Agreed,
  { context, standing, token, effects }: Moved<S, F>,
  pubKeyAuth: Uint8Array | undefined,
  env: Env,
): Next<S, F> {
  switch (standing.kind) {
    case 'failed': {
      const { reason, status } = standing;
      return after(effects, failed(config, agreed, reason, status, token));
    }
    case 'established':
      if (pubKeyAuth !== undefined) {
        return after(
          effects,
          bound(config, agreed, context, { pubKeyAuth, ...carrying(token) }, env),
        );
      }
      return to({ name: 'expectPubKeyAuth', agreed, context }, [
        ...effects,
        ...(token === undefined ? [] : [sends<F>({ version: config.version, token })]),
      ]);
    case 'continues':
      if (token === undefined) {
        const pending = pubKeyAuth === undefined ? {} : { pubKeyAuth };
        return to({ name: 'expectContext', agreed, context, ...pending }, effects);
      }
      if (pubKeyAuth !== undefined) {
        return after(effects, failed(config, agreed, 'pubKeyAuth before the context stands'));
      }
      return to({ name: 'expectToken', agreed, context }, [
        ...effects,
        sends({ version: config.version, token }),
      ]);
    default:
      return assertNever(standing);
  }
}

function after<S, F>(effects: readonly Effect<F>[], next: Next<S, F>): Next<S, F> {
  return to(next.state, [...effects, ...next.effects]);
}

/** 3.1.5: the client's view of the TLS server's key, and ours for it. */
function bound<S, E, F>(
  config: ServerConfig<S, E, F>,
  agreed: Agreed,
  context: S,
  { pubKeyAuth, token }: { readonly pubKeyAuth: Uint8Array; readonly token?: Uint8Array },
  env: Env,
): Next<S, F> {
  const { version, nonce } = agreed;
  if (version >= VERSION_HASHES && nonce === undefined) {
    return failed(config, agreed, `version ${version} binds with a nonce, and none came`);
  }
  const opened = config.context.unwrap(context, pubKeyAuth);
  if (!opened.ok) return failed(config, agreed, `pubKeyAuth: ${opened.reason}`);
  const binding: Binding = { ...agreed, publicKey: config.publicKey };
  if (!isBound(binding, 'client', opened.message)) {
    return failed(config, agreed, 'the client sees another TLS server than this one: pubKeyAuth');
  }
  const wrapped = config.context.wrap(opened.state, boundKey(binding, 'server'), env);
  const answer = { version: config.version, ...carrying(token), pubKeyAuth: wrapped.token };
  return to({ name: 'expectAuthInfo', agreed, context: wrapped.state }, [sends(answer)]);
}

function delegated<S, E, F>(
  config: ServerConfig<S, E, F>,
  agreed: Agreed,
  context: S,
  { authInfo }: Request,
): Next<S, F> {
  if (authInfo === undefined) return failed(config, agreed, 'a TSRequest without authInfo');
  const opened = config.context.unwrap(context, authInfo);
  if (!opened.ok) return failed(config, agreed, `authInfo: ${opened.reason}`);
  const read = readTsCredentials(opened.message);
  if (!read.ok) return failed(config, agreed, `TSCredentials: ${read.reason}`);
  return to({ name: 'done', context: opened.state, credentials: read.credentials });
}
