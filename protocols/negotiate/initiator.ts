/**
 * The initiating side of Windows' Negotiate: Kerberos, user-to-user and NTLM, inside SPNEGO (RFC 4178, MS-SPNG
 * 3.2) or by themselves. One machine a context.
 */
import { assertNever, type Step, to, unexpected } from '../../src/machine/machine.ts';
import {
  initialToken,
  Mechanism,
  mechTypesOf,
  NegState,
  type NegTokenResp,
  openSpnego,
  responseToken,
} from '../gss/spnego.ts';
import type { ClientEnv } from '../kerberos/client.ts';
import { begun, type Progress, stepped, withTicket } from './initiator-mechanisms.ts';
import type {
  Completing,
  Effect,
  Event,
  Exchanging,
  Offer,
  Request,
  State,
} from './initiator-state.ts';
import { mic, micsExchanged, type Protection, protects, verifyMic } from './protection.ts';

type Next = Step<State, Effect>;

export function step(state: State, event: Event, env: ClientEnv): Next {
  switch (state.name) {
    case 'idle':
      return event.kind === 'begun' ? begin(event.request, env) : unexpected(state, event, 'begun');
    case 'exchanging':
      return event.kind === 'received'
        ? received(state, event.token, env)
        : unexpected(state, event, 'received');
    case 'expectTicket': {
      if (event.kind === 'noTicket') return failed(event.reason);
      if (event.kind !== 'ticket') return unexpected(state, event, 'ticket', 'noTicket');
      const { inner, name: _, ...negotiating } = state;
      const progress = withTicket(inner.offer, event.credential, env);
      return carried({ name: 'exchanging', inner, ...negotiating }, progress);
    }
    case 'expectCompletion':
      return event.kind === 'received'
        ? completed(state, event.token)
        : unexpected(state, event, 'received');
    case 'established':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

function failed(reason: string): Next {
  return to({ name: 'failed', reason });
}

/** Windows names both of Kerberos' object identifiers, the historic one first; user-to-user is no other. */
function identifiersOf(offers: readonly Offer[]): readonly string[] {
  const named = offers.flatMap(({ mechanism }) =>
    mechanism === 'ntlm' ? [Mechanism.NTLM] : [Mechanism.MS_KERBEROS, Mechanism.KERBEROS],
  );
  return [...new Set(named)];
}

function isOf(offer: Offer, identifier: string): boolean {
  if (identifier === Mechanism.KERBEROS_USER_TO_USER) return offer.mechanism === 'userToUser';
  return identifiersOf([offer]).includes(identifier);
}

function begin(request: Request, env: ClientEnv): Next {
  const [offer] = request.offers;
  const progress = begun(offer, env);
  const negotiating = { request, chosen: 0, needsMic: false };
  if (request.framing === 'none') {
    const mechTypes = new Uint8Array(0);
    return raw({ name: 'exchanging', inner: progress.inner, mechTypes, ...negotiating }, progress);
  }
  const mechTypes = mechTypesOf(identifiersOf(request.offers));
  const { inner } = progress;
  const token = 'token' in progress ? progress.token : undefined;
  const state = { name: 'exchanging', inner, mechTypes: mechTypes.raw, ...negotiating } as const;
  const negTokenInit = { mechTypes, ...(token === undefined ? {} : { mechToken: token }) };
  const sent = sends(initialToken({ negTokenInit }));
  // Without mutual authentication Kerberos is done with its first token.
  return progress.kind === 'established'
    ? to(completing(state, progress.protection, false), sent)
    : to(state, sent);
}

function sends(token: Uint8Array | undefined): readonly Effect[] {
  return token === undefined ? [] : [{ kind: 'send', token }];
}

function completing(
  { inner: _, name: __, ...negotiating }: Exchanging,
  protection: Protection,
  proved: boolean,
): Completing {
  return { name: 'expectCompletion', protection, proved, ...negotiating };
}

function established(state: Exchanging | Completing, protection: Protection): State {
  const { mechanism } = state.request.offers[state.chosen] as Offer;
  return { name: 'established', protection, mechanism };
}

/** Tokens as they are. */
function raw(state: Exchanging, progress: Progress): Next {
  switch (progress.kind) {
    case 'continues':
      return to({ ...state, inner: progress.inner }, sends(progress.token));
    case 'asks':
      return asking(state, progress);
    case 'established':
      return to(established(state, progress.protection), sends(progress.token));
    case 'failed':
      return failed(progress.reason);
    default:
      return assertNever(progress);
  }
}

function asking(state: Exchanging, progress: Extract<Progress, { kind: 'asks' }>): Next {
  const { inner, additionalTicket } = progress;
  const { name: _, inner: __, ...negotiating } = state;
  const { sname } = inner.offer;
  return to({ name: 'expectTicket', inner, ...negotiating }, [
    { kind: 'ask', sname, additionalTicket },
  ]);
}

function received(state: Exchanging, token: Uint8Array, env: ClientEnv): Next {
  if (state.request.framing === 'none') return raw(state, stepped(state.inner, token, env));
  const response = responseIn(token);
  if (typeof response === 'string') return failed(response);
  if (response.negState === NegState.reject) return rejected(state, response, env);
  const { supportedMech } = response;
  const told = response.negState === NegState['request-mic'];
  const asked: Exchanging = { ...state, needsMic: state.needsMic || told };
  const offer = state.request.offers[state.chosen] as Offer;
  if (supportedMech !== undefined && !isOf(offer, supportedMech)) {
    return another(asked, supportedMech, env);
  }
  if (response.responseToken === undefined) {
    return told && supportedMech !== undefined
      ? another(asked, supportedMech, env)
      : failed('the service answers without a token');
  }
  return carried(asked, stepped(asked.inner, response.responseToken, env), response);
}

function responseIn(token: Uint8Array): NegTokenResp | string {
  const opened = openSpnego(token);
  if (!opened.ok) return opened.reason;
  return 'negTokenResp' in opened.token
    ? opened.token.negTokenResp
    : 'a NegTokenInit of the service';
}

/** The mechanism's own error says more than the rejection. */
function rejected({ inner }: Exchanging, response: NegTokenResp, env: ClientEnv): Next {
  const { responseToken: token } = response;
  const progress = token === undefined ? undefined : stepped(inner, token, env);
  const why = progress?.kind === 'failed' ? `: ${progress.reason}` : '';
  return failed(`the service rejects the negotiation${why}`);
}

/** The service wants another mechanism than the first: it begins, and the list has to be proved. */
function another(state: Exchanging, supportedMech: string, env: ClientEnv): Next {
  const { request } = state;
  const chosen = request.offers.findIndex((offer) => isOf(offer, supportedMech));
  const offer = request.offers[chosen];
  if (offer === undefined)
    return failed(`the service chose ${supportedMech}, which was not offered`);
  const progress = begun(offer, env);
  return carried({ ...state, chosen, needsMic: true, inner: progress.inner }, progress);
}

/** What goes back inside SPNEGO. @param response what came with the token, where one did */
function carried(state: Exchanging, progress: Progress, response: NegTokenResp = {}): Next {
  if (state.request.framing === 'none') return raw(state, progress);
  switch (progress.kind) {
    case 'continues': {
      const next = { ...state, inner: progress.inner };
      const { token } = progress;
      return to(next, token === undefined ? [] : sends(responseToken({ responseToken: token })));
    }
    case 'asks':
      return asking(state, progress);
    case 'established':
      return ownSideStands(state, progress, response);
    case 'failed':
      return failed(progress.reason);
    default:
      return assertNever(progress);
  }
}

function ownSideStands(
  state: Exchanging,
  progress: Extract<Progress, { readonly kind: 'established' }>,
  response: NegTokenResp,
): Next {
  const { protection, token } = progress;
  const needsMic = state.needsMic || progress.needsMic || response.mechListMIC !== undefined;
  if (token === undefined && !needsMic) {
    // Nothing is left to say: the service has to have said the same.
    return response.negState === NegState['accept-completed']
      ? to(established(state, protection))
      : failed('the service goes on where nothing is left to agree on');
  }
  if (!needsMic) {
    return to(completing(state, protection, false), sends(responseToken(carrying(token))));
  }
  if (!protects(protection)) return failed('mechListMIC: the context has keys that make none');
  // NTLM's first MIC is the client's; with Kerberos the service may have sent its own first.
  const theirs = response.mechListMIC;
  const checked = theirs === undefined ? undefined : verifyMic(protection, state.mechTypes, theirs);
  if (checked?.ok === false) return failed(`mechListMIC: ${checked.reason}`);
  const own = mic(checked?.protection ?? protection, state.mechTypes);
  const answer = responseToken({ ...carrying(token), mechListMIC: own.token });
  if (checked !== undefined && response.negState === NegState['accept-completed']) {
    return to(established(state, exchanged(state, own.protection)), sends(answer));
  }
  const next = completing(state, own.protection, checked === undefined);
  return to(next, sends(answer));
}

function exchanged({ request }: Exchanging | Completing, protection: Protection): Protection {
  return micsExchanged(protection, request.sequenceAfterMic);
}

function carrying(token: Uint8Array | undefined): { readonly responseToken?: Uint8Array } {
  return token === undefined ? {} : { responseToken: token };
}

/** The service's last word. `proved`: its MIC has to come with it. */
function completed(state: Completing, token: Uint8Array): Next {
  const response = responseIn(token);
  if (typeof response === 'string') return failed(response);
  if (response.negState === NegState.reject) return failed('the service rejects the negotiation');
  if (response.negState !== NegState['accept-completed']) {
    return failed('the service does not complete the negotiation');
  }
  const { mechListMIC } = response;
  if (mechListMIC === undefined) {
    return state.proved
      ? failed('mechListMIC of the service is missing')
      : to(established(state, state.protection));
  }
  const checked = verifyMic(state.protection, state.mechTypes, mechListMIC);
  if (!checked.ok) return failed(`mechListMIC: ${checked.reason}`);
  return to(established(state, exchanged(state, checked.protection)));
}
