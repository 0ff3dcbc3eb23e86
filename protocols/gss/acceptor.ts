/**
 * The accepting side of a GSS-API context: Kerberos (RFC 4121) by itself or inside SPNEGO (RFC 4178,
 * MS-SPNG 3.2). One machine a context; what judges the ticket is the host's.
 */
import {
  assertNever,
  type Env,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import * as ap from '../kerberos/ap-server.ts';
import type { Authentication } from '../kerberos/replays.ts';
import { securityLayer } from './context.ts';
import { mic, type SecurityLayer, verifyMic } from './per-message.ts';
import {
  acceptorsOffer,
  Mechanism,
  mechanismOf,
  NegState,
  type NegTokenInit,
  type NegTokenResp,
  openSpnego,
  responseToken,
} from './spnego.ts';

/** What was agreed on: who is there, and how messages are protected. */
export interface Established<I> {
  readonly session: ap.Session<I>;
  readonly layer: SecurityLayer;
}

export type State<I> =
  | { readonly name: 'expectToken' }
  /** Another mechanism was offered first: the client is told to begin anew with Kerberos. */
  | { readonly name: 'expectMechToken'; readonly mechTypes: Uint8Array }
  /** The negotiation was not the client's first choice, so it has to be proved unaltered. */
  | {
      readonly name: 'expectMic';
      readonly mechTypes: Uint8Array;
      readonly established: Established<I>;
    }
  | { readonly name: 'established'; readonly established: Established<I> }
  | { readonly name: 'failed' };

export type Event = { readonly kind: 'received'; readonly token: Uint8Array };

export type Effect =
  | { readonly kind: 'send'; readonly token: Uint8Array }
  /** For the host's memory of authenticators. */
  | { readonly kind: 'remember'; readonly authentication: Authentication }
  | { readonly kind: 'note'; readonly text: string }
  | Rejected;

/** The mechanisms that this side speaks, in its own order (MS-SPNG 3.1.5.1). */
export const MECHANISMS: readonly string[] = [Mechanism.MS_KERBEROS, Mechanism.KERBEROS];

export function step<I>(
  acceptor: ap.Acceptor<I>,
  state: State<I>,
  event: Event,
  env: Env,
): Step<State<I>, Effect> {
  switch (state.name) {
    case 'expectToken':
      return first(acceptor, event.token, env);
    case 'expectMechToken':
    case 'expectMic': {
      const opened = openSpnego(event.token);
      if (!opened.ok) return failed(opened.reason);
      if (!('negTokenResp' in opened.token)) return failed('a second NegTokenInit');
      const { negTokenResp } = opened.token;
      return state.name === 'expectMic'
        ? proved(state, negTokenResp)
        : begunAnew(acceptor, state.mechTypes, negTokenResp, env);
    }
    case 'established':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

function failed<I>(reason: string, ...effects: readonly Effect[]): Step<State<I>, Effect> {
  return to({ name: 'failed' }, [{ kind: 'note', text: reason }, ...effects]);
}

const rejection: Effect = {
  kind: 'send',
  token: responseToken({ negState: NegState.reject }),
};

function first<I>(acceptor: ap.Acceptor<I>, token: Uint8Array, env: Env): Step<State<I>, Effect> {
  if (token.length === 0) {
    return to({ name: 'expectToken' }, [{ kind: 'send', token: acceptorsOffer(MECHANISMS) }]);
  }
  switch (mechanismOf(token)) {
    case Mechanism.KERBEROS:
      return kerberosAlone(acceptor, token, env);
    case Mechanism.SPNEGO:
      break;
    case undefined:
      return failed(
        isNtlm(token)
          ? 'NTLM is not spoken here: the client has no Kerberos ticket for this service'
          : 'no GSS-API token, expected SPNEGO or Kerberos 5',
      );
    default:
      return failed(`the mechanism ${mechanismOf(token)} is not spoken here`);
  }
  const opened = openSpnego(token);
  if (!opened.ok) return failed(opened.reason);
  if (!('negTokenInit' in opened.token)) return failed('a NegTokenResp before any NegTokenInit');
  return negotiated(acceptor, opened.token.negTokenInit, env);
}

function isNtlm(token: Uint8Array): boolean {
  return String.fromCharCode(...token.subarray(0, 7)) === 'NTLMSSP';
}

function kerberosAlone<I>(
  acceptor: ap.Acceptor<I>,
  token: Uint8Array,
  env: Env,
): Step<State<I>, Effect> {
  const outcome = exchange(acceptor, token, env);
  const sent = outcome.reply === undefined ? [] : [{ kind: 'send', token: outcome.reply } as const];
  if (outcome.established === undefined)
    return to({ name: 'failed' }, [...outcome.effects, ...sent]);
  return to({ name: 'established', established: outcome.established }, [
    ...outcome.effects,
    ...sent,
  ]);
}

interface Exchanged<I> {
  readonly established?: Established<I>;
  /** The Kerberos token to answer with. */
  readonly reply?: Uint8Array;
  readonly effects: readonly Effect[];
}

/** One AP exchange. */
function exchange<I>(acceptor: ap.Acceptor<I>, token: Uint8Array, env: Env): Exchanged<I> {
  const next = ap.step(acceptor, { name: 'expectApReq' }, { kind: 'received', token }, env);
  const effects: Effect[] = [];
  let reply: Uint8Array | undefined;
  for (const effect of next.effects) {
    if (effect.kind === 'send') reply = effect.token;
    else effects.push(effect);
  }
  const { state } = next;
  return {
    effects,
    ...(reply === undefined ? {} : { reply }),
    ...(state.name === 'established'
      ? {
          established: {
            session: state.session,
            layer: securityLayer(state.session.context, 'acceptor'),
          },
        }
      : {}),
  };
}

/** The first mechanism of the list that is spoken here; both names of Kerberos are one. */
function negotiated<I>(
  acceptor: ap.Acceptor<I>,
  init: NegTokenInit,
  env: Env,
): Step<State<I>, Effect> {
  const { value: offered, raw: mechTypes } = init.mechTypes;
  const chosen = offered.find((mechanism) => MECHANISMS.includes(mechanism));
  if (chosen === undefined) {
    return failed(
      `the client offers ${offered.join(', ') || 'no mechanism'}, and Kerberos is not among them`,
      rejection,
    );
  }
  const { mechToken } = init;
  const preferred = MECHANISMS.includes(offered[0] as string);
  if (!preferred || mechToken === undefined) {
    const negState = preferred ? NegState['accept-incomplete'] : NegState['request-mic'];
    return to({ name: 'expectMechToken', mechTypes }, [
      { kind: 'send', token: responseToken({ negState, supportedMech: chosen }) },
    ]);
  }
  const outcome = exchange(acceptor, mechToken, env);
  if (outcome.established === undefined) return refused(outcome, chosen);
  const given =
    init.mechListMIC ??
    (init.third && 'mechListMIC' in init.third ? init.third.mechListMIC : undefined);
  if (given === undefined) {
    return to({ name: 'established', established: outcome.established }, [
      ...outcome.effects,
      completed({ supportedMech: chosen, ...responseOf(outcome) }),
    ]);
  }
  return exchangedMics(outcome, outcome.established, mechTypes, given, { supportedMech: chosen });
}

function responseOf({ reply }: { readonly reply?: Uint8Array }): {
  readonly responseToken?: Uint8Array;
} {
  return reply === undefined ? {} : { responseToken: reply };
}

function completed(fields: Omit<NegTokenResp, 'negState'>): Effect {
  const negState = NegState['accept-completed'];
  return { kind: 'send', token: responseToken({ negState, ...fields }) };
}

/** The KRB-ERROR goes along with the rejection: the client learns why (MS-SPNG 3.2.5.1). */
function refused<I>(outcome: Exchanged<I>, supportedMech?: string): Step<State<I>, Effect> {
  const token = responseToken({
    negState: NegState.reject,
    ...(supportedMech === undefined ? {} : { supportedMech }),
    ...responseOf(outcome),
  });
  return to({ name: 'failed' }, [...outcome.effects, { kind: 'send', token }]);
}

/** Checks the client's MIC over its list, and answers with ours (RFC 4178 §5). */
function exchangedMics<I>(
  outcome: Exchanged<I>,
  established: Established<I>,
  mechTypes: Uint8Array,
  given: Uint8Array,
  fields: Omit<NegTokenResp, 'negState'>,
): Step<State<I>, Effect> {
  const checked = verifyMic(established.layer, mechTypes, given);
  if (!checked.ok) return failed(`mechListMIC: ${checked.reason}`, ...outcome.effects, rejection);
  const own = mic(checked.layer, mechTypes);
  return to({ name: 'established', established: { ...established, layer: own.layer } }, [
    ...outcome.effects,
    completed({ ...fields, ...responseOf(outcome), mechListMIC: own.token }),
  ]);
}

/** The client's first token in the mechanism that it was told to take. */
function begunAnew<I>(
  acceptor: ap.Acceptor<I>,
  mechTypes: Uint8Array,
  response: NegTokenResp,
  env: Env,
): Step<State<I>, Effect> {
  if (response.responseToken === undefined)
    return failed('a NegTokenResp without a token', rejection);
  const outcome = exchange(acceptor, response.responseToken, env);
  const { established } = outcome;
  if (established === undefined) return refused(outcome);
  if (response.mechListMIC !== undefined) {
    return exchangedMics(outcome, established, mechTypes, response.mechListMIC, {});
  }
  const own = mic(established.layer, mechTypes);
  const token = responseToken({
    negState: NegState['accept-incomplete'],
    ...responseOf(outcome),
    mechListMIC: own.token,
  });
  const next = { ...established, layer: own.layer };
  return to({ name: 'expectMic', mechTypes, established: next }, [
    ...outcome.effects,
    { kind: 'send', token },
  ]);
}

function proved<I>(
  state: Extract<State<I>, { readonly name: 'expectMic' }>,
  response: NegTokenResp,
): Step<State<I>, Effect> {
  if (response.mechListMIC === undefined) return failed('mechListMIC is missing', rejection);
  const { established, mechTypes } = state;
  const checked = verifyMic(established.layer, mechTypes, response.mechListMIC);
  if (!checked.ok) return failed(`mechListMIC: ${checked.reason}`, rejection);
  return to({ name: 'established', established: { ...established, layer: checked.layer } }, [
    completed({}),
  ]);
}
