/**
 * The accepting side of Windows' Negotiate: Kerberos, user-to-user and NTLM, inside SPNEGO (RFC 4178, MS-SPNG
 * 3.2) or by themselves. One machine a context; who somebody is the host judges.
 */
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import {
  Mechanism,
  mechanismOf,
  NegState,
  type NegTokenInit,
  type NegTokenResp,
  openSpnego,
  responseToken,
} from '../gss/spnego.ts';
import { STATUS_LOGON_FAILURE, STATUS_NOT_SUPPORTED } from '../kerberos/ntstatus.ts';
import * as ntlm from '../ntlm/acceptor.ts';
import { isNtlm } from '../ntlm/messages.ts';
import type {
  Acceptor,
  Effect,
  Established,
  Event,
  Inner,
  Progress,
  Spnego,
  State,
} from './acceptor-state.ts';
import { kerberosToken } from './kerberos-acceptor.ts';
import { mic, micsExchanged, protects, verifyMic } from './protection.ts';

type Next<I> = Step<State<I>, Effect>;

/** What this side speaks, by object identifier; both names of Kerberos mean the same. */
function mechanismsOf<I>(acceptor: Acceptor<I>): readonly string[] {
  return [
    ...(acceptor.kerberos === undefined ? [] : [Mechanism.MS_KERBEROS, Mechanism.KERBEROS]),
    ...(acceptor.userToUser === undefined ? [] : [Mechanism.KERBEROS_USER_TO_USER]),
    ...(acceptor.ntlm === undefined ? [] : [Mechanism.NTLM]),
  ];
}

export function step<I>(
  acceptor: Acceptor<I>,
  state: State<I>,
  event: Event<I>,
  env: Env,
): Next<I> {
  switch (state.name) {
    case 'expectToken':
      if (event.kind !== 'received') return unexpected(state, event, 'received');
      return first(acceptor, event.token, env);
    case 'exchanging':
      if (event.kind !== 'received') return unexpected(state, event, 'received');
      return continued(acceptor, state, event.token, env);
    case 'expectVerdict': {
      if (event.kind !== 'judged') return unexpected(state, event, 'judged');
      const { inner, spnego } = state;
      if (inner.mechanism !== 'ntlm') return unexpected(state, event);
      return answered(acceptor, spnego, ntlmStepped(acceptor, inner.state, event, env));
    }
    case 'expectMic':
      if (event.kind !== 'received') return unexpected(state, event, 'received');
      return proved(acceptor, state, event.token);
    case 'established':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

function failed<I>(
  reason: string,
  status = STATUS_LOGON_FAILURE,
  ...effects: readonly Effect[]
): Next<I> {
  return to({ name: 'failed', reason, status }, [{ kind: 'note', text: reason }, ...effects]);
}

const rejection: Effect = { kind: 'send', token: responseToken({ negState: NegState.reject }) };

function first<I>(acceptor: Acceptor<I>, token: Uint8Array, env: Env): Next<I> {
  if (mechanismOf(token) !== Mechanism.SPNEGO) {
    return answered(acceptor, undefined, innerToken(acceptor, undefined, token, env));
  }
  const opened = openSpnego(token);
  if (!opened.ok) return failed(opened.reason);
  if (!('negTokenInit' in opened.token)) return failed('a NegTokenResp before any NegTokenInit');
  return negotiated(acceptor, opened.token.negTokenInit, env);
}

/** The first mechanism of the list that is spoken here. */
function negotiated<I>(acceptor: Acceptor<I>, init: NegTokenInit, env: Env): Next<I> {
  const { value: offered, raw: mechTypes } = init.mechTypes;
  const spoken = mechanismsOf(acceptor);
  const chosen = offered.find((mechanism) => spoken.includes(mechanism));
  if (chosen === undefined) {
    const names = offered.join(', ') || 'no mechanism';
    return failed(
      `the client offers ${names}: none is spoken here`,
      STATUS_NOT_SUPPORTED,
      rejection,
    );
  }
  const preferred = chosen === offered[0];
  const spnego: Spnego = { mechTypes, supportedMech: chosen, needsMic: !preferred };
  const { mechToken } = init;
  if (!preferred || mechToken === undefined) {
    const negState = preferred ? NegState['accept-incomplete'] : NegState['request-mic'];
    const { supportedMech: _, ...told } = spnego;
    return to({ name: 'exchanging', spnego: told }, [
      { kind: 'send', token: responseToken({ negState, supportedMech: chosen }) },
    ]);
  }
  const given =
    init.mechListMIC ??
    (init.third && 'mechListMIC' in init.third ? init.third.mechListMIC : undefined);
  const heard = given === undefined ? spnego : { ...spnego, mechListMIC: given };
  return answered(acceptor, heard, innerToken(acceptor, undefined, mechToken, env));
}

function continued<I>(
  acceptor: Acceptor<I>,
  { spnego, inner }: Extract<State<I>, { readonly name: 'exchanging' }>,
  token: Uint8Array,
  env: Env,
): Next<I> {
  if (spnego === undefined) {
    return answered(acceptor, undefined, innerToken(acceptor, inner, token, env));
  }
  const response = responseIn(token);
  if (typeof response === 'string') return failed(response);
  if (response.responseToken === undefined) {
    return failed('a NegTokenResp without a token', STATUS_LOGON_FAILURE, rejection);
  }
  const given = response.mechListMIC;
  const heard = given === undefined ? spnego : { ...spnego, mechListMIC: given };
  return answered(acceptor, heard, innerToken(acceptor, inner, response.responseToken, env));
}

function responseIn(token: Uint8Array): NegTokenResp | string {
  const opened = openSpnego(token);
  if (!opened.ok) return opened.reason;
  return 'negTokenResp' in opened.token ? opened.token.negTokenResp : 'a second NegTokenInit';
}

/** A token of the mechanism itself; which one the first of them is for, it says itself. */
function innerToken<I>(
  acceptor: Acceptor<I>,
  inner: Inner<I> | undefined,
  token: Uint8Array,
  env: Env,
): Progress<I> {
  const isOfNtlm = inner === undefined ? isNtlm(token) : inner.mechanism === 'ntlm';
  if (!isOfNtlm) return kerberosToken(acceptor, token, env);
  const state = inner?.mechanism === 'ntlm' ? inner.state : { name: 'expectNegotiate' as const };
  return ntlmStepped(acceptor, state, { kind: 'received', token }, env);
}

function ntlmStepped<I>(
  { ntlm: target }: Acceptor<I>,
  before: ntlm.State<I>,
  event: ntlm.Event<I>,
  env: Env,
): Progress<I> {
  if (target === undefined) {
    const reason = 'NTLM is not spoken here: the client has no Kerberos ticket for this service';
    return { kind: 'failed', reason, status: STATUS_NOT_SUPPORTED, effects: [] };
  }
  const { state, effects } = ntlm.step(target, before, event, env);
  const sent = effects.find(({ kind }) => kind === 'send');
  const others = effects.flatMap((effect): readonly Effect[] =>
    effect.kind === 'send' ? [] : [effect],
  );
  const token = sent?.kind === 'send' ? { token: sent.token } : {};
  switch (state.name) {
    case 'established': {
      const { identity, layer, hasMic } = state.established;
      const client = clientOf(before);
      const protection = { mechanism: 'ntlm', layer } as const;
      const established = { mechanism: 'ntlm', client, identity, protection } as const;
      return { kind: 'established', established, needsMic: hasMic, ...token, effects: others };
    }
    case 'failed':
      return { kind: 'failed', reason: state.reason, status: state.status, effects: others };
    case 'expectVerdict':
      return { kind: 'judging', inner: { mechanism: 'ntlm', state }, effects: others };
    default:
      return { kind: 'continues', inner: { mechanism: 'ntlm', state }, ...token, effects: others };
  }
}

function clientOf<I>(state: ntlm.State<I>): string {
  if (state.name !== 'expectVerdict') return '';
  const { domainName, userName } = state.authenticate;
  return domainName === '' ? userName : `${domainName}\\${userName}`;
}

/** What the client is told of how far its mechanism has come. */
function answered<I>(
  acceptor: Acceptor<I>,
  spnego: Spnego | undefined,
  progress: Progress<I>,
): Next<I> {
  const { effects } = progress;
  switch (progress.kind) {
    case 'judging': {
      const { inner } = progress;
      return to(
        spnego === undefined
          ? { name: 'expectVerdict', inner }
          : { name: 'expectVerdict', inner, spnego },
        effects,
      );
    }
    case 'continues':
      return carriesOn(spnego, progress);
    case 'failed': {
      const { reason, status } = progress;
      return failed(reason, status, ...effects, ...refusal(spnego, progress.token));
    }
    case 'established':
      return spnego === undefined
        ? to({ name: 'established', established: progress.established }, [
            ...effects,
            ...sends(progress.token),
          ])
        : completes(acceptor, spnego, progress);
    default:
      return assertNever(progress);
  }
}

function sends(token: Uint8Array | undefined): readonly Effect[] {
  return token === undefined ? [] : [{ kind: 'send', token }];
}

/** The mechanism's own error goes along with the rejection: the client learns why. */
function refusal(spnego: Spnego | undefined, token: Uint8Array | undefined): readonly Effect[] {
  if (spnego === undefined) return sends(token);
  const fields = { negState: NegState.reject, ...toldOf(spnego), ...carrying(token) };
  return sends(responseToken(fields));
}

function toldOf({ supportedMech }: Spnego): { readonly supportedMech?: string } {
  return supportedMech === undefined ? {} : { supportedMech };
}

function carrying(token: Uint8Array | undefined): { readonly responseToken?: Uint8Array } {
  return token === undefined ? {} : { responseToken: token };
}

function carriesOn<I>(
  spnego: Spnego | undefined,
  { inner, token, effects }: Extract<Progress<I>, { readonly kind: 'continues' }>,
): Next<I> {
  if (spnego === undefined) return to({ name: 'exchanging', inner }, [...effects, ...sends(token)]);
  const negState = NegState['accept-incomplete'];
  const answer = responseToken({ negState, ...toldOf(spnego), ...carrying(token) });
  const { supportedMech: _, ...told } = spnego;
  return to({ name: 'exchanging', spnego: told, inner }, [...effects, ...sends(answer)]);
}

/** The client's MIC over its list is checked and answered (RFC 4178 §5), or asked for. */
function completes<I>(
  acceptor: Acceptor<I>,
  spnego: Spnego,
  progress: Extract<Progress<I>, { readonly kind: 'established' }>,
): Next<I> {
  const { established, effects, token } = progress;
  const { mechTypes, mechListMIC } = spnego;
  const fields = { ...toldOf(spnego), ...carrying(token) };
  const wanted = mechListMIC !== undefined || spnego.needsMic || progress.needsMic;
  if (wanted && !protects(established.protection)) {
    const reason = 'mechListMIC: the context has keys that make none';
    return failed(reason, STATUS_NOT_SUPPORTED, ...effects, rejection);
  }
  if (mechListMIC !== undefined) {
    return exchanged(acceptor, established, mechTypes, mechListMIC, fields, effects);
  }
  if (!wanted) {
    const answer = responseToken({ negState: NegState['accept-completed'], ...fields });
    return to({ name: 'established', established }, [...effects, ...sends(answer)]);
  }
  if (established.mechanism === 'ntlm') {
    return failed('mechListMIC is missing', STATUS_LOGON_FAILURE, ...effects, rejection);
  }
  const own = mic(established.protection, mechTypes);
  const next = { ...established, protection: own.protection };
  const negState = NegState['accept-incomplete'];
  const answer = responseToken({ negState, ...fields, mechListMIC: own.token });
  return to({ name: 'expectMic', spnego, established: next }, [...effects, ...sends(answer)]);
}

function exchanged<I>(
  { sequenceAfterMic }: Acceptor<I>,
  established: Established<I>,
  mechTypes: Uint8Array,
  given: Uint8Array,
  fields: Omit<NegTokenResp, 'negState'>,
  effects: readonly Effect[],
): Next<I> {
  const checked = verifyMic(established.protection, mechTypes, given);
  if (!checked.ok) {
    const reason = `mechListMIC: ${checked.reason}`;
    return failed(reason, STATUS_LOGON_FAILURE, ...effects, rejection);
  }
  const own = mic(checked.protection, mechTypes);
  const protection = micsExchanged(own.protection, sequenceAfterMic);
  const negState = NegState['accept-completed'];
  const answer = responseToken({ negState, ...fields, mechListMIC: own.token });
  return to({ name: 'established', established: { ...established, protection } }, [
    ...effects,
    ...sends(answer),
  ]);
}

/** The client's MIC, where ours went first. */
function proved<I>(
  { sequenceAfterMic }: Acceptor<I>,
  { spnego, established }: Extract<State<I>, { readonly name: 'expectMic' }>,
  token: Uint8Array,
): Next<I> {
  const response = responseIn(token);
  if (typeof response === 'string') return failed(response);
  if (response.mechListMIC === undefined) {
    return failed('mechListMIC is missing', STATUS_LOGON_FAILURE, rejection);
  }
  const checked = verifyMic(established.protection, spnego.mechTypes, response.mechListMIC);
  if (!checked.ok) {
    return failed(`mechListMIC: ${checked.reason}`, STATUS_LOGON_FAILURE, rejection);
  }
  const protection = micsExchanged(checked.protection, sequenceAfterMic);
  return to({ name: 'established', established: { ...established, protection } }, [
    { kind: 'send', token: responseToken({ negState: NegState['accept-completed'] }) },
  ]);
}
