/** CredSSP over Windows' Negotiate: Kerberos, user-to-user and NTLM, inside SPNEGO or as they are. */
import type { Env } from '../../src/machine/machine.ts';
import type { ClientEnv } from '../kerberos/client.ts';
import { STATUS_LOGON_FAILURE } from '../kerberos/ntstatus.ts';
import * as acceptor from '../negotiate/acceptor.ts';
import type * as accepting from '../negotiate/acceptor-state.ts';
import * as initiator from '../negotiate/initiator.ts';
import type * as initiating from '../negotiate/initiator-state.ts';
import { type Protection, protects, unwrap, wrap } from '../negotiate/protection.ts';
import type { SecurityContext, Standing, Unwrapped } from './security-context.ts';

type Asks<F> = Exclude<F, { readonly kind: 'send' }>;
type Hears<E> = Exclude<E, { readonly kind: 'received' }>;

export type AcceptorContext<I> = SecurityContext<
  accepting.State<I>,
  Hears<accepting.Event<I>>,
  Asks<accepting.Effect>
>;

export type InitiatorContext = SecurityContext<
  initiating.State,
  Hears<initiating.Event>,
  Asks<initiating.Effect>
>;

/** RFC 4757's keys make contexts, but no tokens here (see gss/README.md). */
function standingWith(protection: Protection): Standing {
  if (protects(protection)) return { kind: 'established' };
  const reason = 'the context has a key that seals nothing here: it is of RC4';
  return { kind: 'failed', status: STATUS_LOGON_FAILURE, reason };
}

/** The server's side. @param host as it stands now; the state holds nothing of it */
export function acceptorContext<I>(host: accepting.Acceptor<I>): AcceptorContext<I> {
  type State = accepting.State<I>;
  return {
    initial: { name: 'expectToken' },
    step: (state, event, env) => acceptor.step(host, state, event, env),
    standing(state) {
      if (state.name === 'failed') return { ...state, kind: 'failed' };
      if (state.name !== 'established') return { kind: 'continues' };
      return standingWith(state.established.protection);
    },
    wrap: (state, message, env) => {
      const { established } = standsIn(state);
      const made = wrap(established.protection, message, env.random);
      const { token, protection } = made;
      return { token, state: { name: 'established', established: { ...established, protection } } };
    },
    unwrap(state, token): Unwrapped<State> {
      const { established } = standsIn(state);
      const opened = unwrap(established.protection, token);
      if (!opened.ok) return opened;
      const { message, protection } = opened;
      const next = { ...established, protection };
      return { ok: true, message, state: { name: 'established', established: next } };
    },
  };
}

/** The client's side. @param clock how the host's clock goes besides that of the machine */
export function initiatorContext(clock: (env: Env) => ClientEnv): InitiatorContext {
  return {
    initial: { name: 'idle' },
    step: (state, event, env) => initiator.step(state, event, clock(env)),
    standing(state) {
      if (state.name === 'failed') {
        return { kind: 'failed', status: STATUS_LOGON_FAILURE, reason: state.reason };
      }
      return state.name === 'established' ? standingWith(state.protection) : { kind: 'continues' };
    },
    wrap(state, message, env) {
      const stands = standsIn(state);
      const { token, protection } = wrap(stands.protection, message, env.random);
      return { token, state: { ...stands, protection } };
    },
    unwrap(state, token) {
      const stands = standsIn(state);
      const opened = unwrap(stands.protection, token);
      if (!opened.ok) return opened;
      const { message, protection } = opened;
      return { ok: true, message, state: { ...stands, protection } };
    },
  };
}

/** CredSSP wraps only what stands: anything else is an error of ours. */
function standsIn<S extends { readonly name: string }>(
  state: S,
): Extract<S, { readonly name: 'established' }> {
  if (state.name !== 'established') throw new Error(`the context is ${state.name}`);
  return state as Extract<S, { readonly name: 'established' }>;
}
