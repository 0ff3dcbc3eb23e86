/** Kerberos at the accepting side of a negotiation: one AP exchange, by ticket or user-to-user. */
import { tryDecode } from '../../src/der/codec.ts';
import type { Env } from '../../src/machine/machine.ts';
import { securityLayer } from '../gss/context.ts';
import * as ap from '../kerberos/ap-server.ts';
import { type GssMessage, gssToken, openGssToken } from '../kerberos/gss.ts';
import { STATUS_LOGON_FAILURE } from '../kerberos/ntstatus.ts';
import type { Authentication } from '../kerberos/replays.ts';
import type { Acceptor, Progress } from './acceptor-state.ts';
import {
  KRB_TGT_REQ,
  openUserToUser,
  TgtReq,
  tgtRepToken,
  userToUserToken,
} from './user-to-user.ts';

/** One token of the client: TGT-REQ or AP-REQ. */
export function kerberosToken<I>(acceptor: Acceptor<I>, token: Uint8Array, env: Env): Progress<I> {
  const { kerberos } = acceptor;
  if (kerberos === undefined) return refused('Kerberos is not spoken here');
  const opened = openUserToUser(token);
  if (opened === undefined) return exchanged(kerberos, token, env, (answer) => answer);
  if (!opened.ok) return refused(opened.reason);
  const { userToUser } = acceptor;
  if (userToUser === undefined) return refused('there is no ticket of our own for user-to-user');
  switch (opened.message) {
    case 'TGT-REQ': {
      const request = tryDecode(TgtReq, opened.bytes);
      if (!request.ok) return refused(request.error.message);
      if (request.value.msgType !== KRB_TGT_REQ) {
        return refused(`msg-type ${request.value.msgType} instead of ${KRB_TGT_REQ}`);
      }
      const answer = tgtRepToken(userToUser.ticket);
      return { kind: 'continues', inner: { mechanism: 'kerberos' }, token: answer, effects: [] };
    }
    case 'AP-REQ': {
      const keys = [{ kvno: 0, key: userToUser.key }];
      const own = { ...kerberos, keys, userToUser: true } as const;
      return exchanged(own, gssToken('AP-REQ', opened.bytes), env, asUserToUser);
    }
    default:
      return refused(`${opened.message} instead of TGT-REQ or AP-REQ`);
  }
}

function refused<I>(reason: string): Progress<I> {
  return { kind: 'failed', reason, status: STATUS_LOGON_FAILURE, effects: [] };
}

/** The AP exchange's own answer under the mechanism that the client used. */
function asUserToUser(token: Uint8Array): Uint8Array {
  const opened = openGssToken(token);
  return opened.ok ? userToUserToken(opened.message satisfies GssMessage, opened.bytes) : token;
}

function exchanged<I>(
  acceptor: ap.Acceptor<I>,
  token: Uint8Array,
  env: Env,
  answered: (token: Uint8Array) => Uint8Array,
): Progress<I> {
  const next = ap.step(acceptor, { name: 'expectApReq' }, { kind: 'received', token }, env);
  const remembered: { kind: 'remember'; authentication: Authentication }[] = [];
  let reason = 'the ticket is refused';
  let answer: { readonly token?: Uint8Array } = {};
  for (const effect of next.effects) {
    if (effect.kind === 'send') answer = { token: answered(effect.token) };
    else if (effect.kind === 'note') reason = effect.text;
    else if (effect.kind === 'remember') remembered.push(effect);
  }
  const { state } = next;
  if (state.name !== 'established') {
    return { kind: 'failed', reason, status: STATUS_LOGON_FAILURE, ...answer, effects: [] };
  }
  const { session } = state;
  const layer = securityLayer(session.context, 'acceptor', session.gssFlags);
  return {
    kind: 'established',
    established: {
      mechanism: 'kerberos',
      client: session.client,
      identity: session.identity,
      protection: { mechanism: 'kerberos', layer },
    },
    needsMic: false,
    ...answer,
    effects: remembered,
  };
}
