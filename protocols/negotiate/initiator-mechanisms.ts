/** The mechanisms at the initiating side of a negotiation, one token at a time. */
import { securityLayer } from '../gss/context.ts';
import * as ap from '../kerberos/ap-client.ts';
import { type ClientEnv, sentenceOf } from '../kerberos/client.ts';
import { gssToken, openGssToken } from '../kerberos/gss.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import * as ntlm from '../ntlm/initiator.ts';
import type { Inner, Offer } from './initiator-state.ts';
import type { Protection } from './protection.ts';
import { openUserToUser, tgtReqToken, ticketInTgtRep, userToUserToken } from './user-to-user.ts';

type UserToUser = Extract<Inner, { readonly mechanism: 'userToUser' }>;

/** What a token has come to. */
export type Progress =
  | { readonly kind: 'continues'; readonly inner: Inner; readonly token?: Uint8Array }
  | { readonly kind: 'asks'; readonly inner: UserToUser; readonly additionalTicket: Uint8Array }
  | {
      readonly kind: 'established';
      readonly inner: Inner;
      readonly protection: Protection;
      /** The mechanism itself asks for mechListMICs (MS-SPNG 3.2.5.1). */
      readonly needsMic: boolean;
      readonly token?: Uint8Array;
    }
  | { readonly kind: 'failed'; readonly inner: Inner; readonly reason: string };

/** The mechanism's first token. */
export function begun(offer: Offer, env: ClientEnv): Progress {
  switch (offer.mechanism) {
    case 'kerberos':
      return kerberos({ name: 'idle' }, { kind: 'asked', request: offer }, false, env);
    case 'userToUser': {
      const token = tgtReqToken(offer.sname);
      return { kind: 'continues', inner: { mechanism: 'userToUser', offer }, token };
    }
    case 'ntlm':
      return ofNtlm({ name: 'idle' }, { kind: 'begun', credentials: offer.credentials }, env);
  }
}

/** A token of the service. */
export function stepped(inner: Inner, token: Uint8Array, env: ClientEnv): Progress {
  switch (inner.mechanism) {
    case 'kerberos': {
      const plain = inner.userToUser ? asKerberos(token) : token;
      return kerberos(inner.state, { kind: 'received', token: plain }, inner.userToUser, env);
    }
    case 'userToUser': {
      const opened = openUserToUser(token);
      if (opened === undefined) return failed(inner, 'the service does not speak user-to-user');
      if (!opened.ok) return failed(inner, opened.reason);
      if (opened.message !== 'TGT-REP')
        return failed(inner, `${opened.message} instead of TGT-REP`);
      const ticket = ticketInTgtRep(opened.bytes);
      if (typeof ticket === 'string') return failed(inner, ticket);
      return { kind: 'asks', inner, additionalTicket: ticket };
    }
    case 'ntlm':
      return ofNtlm(inner.state, { kind: 'received', token }, env);
  }
}

/** The AP exchange with a ticket under the session key of the service's ticket. */
export function withTicket(
  offer: UserToUser['offer'],
  credential: Credential,
  env: ClientEnv,
): Progress {
  return kerberos(
    { name: 'idle' },
    { kind: 'asked', request: { ...offer, credential } },
    true,
    env,
  );
}

function failed(inner: Inner, reason: string): Progress {
  return { kind: 'failed', inner, reason };
}

/** The AP exchange knows its own object identifier only. */
function asKerberos(token: Uint8Array): Uint8Array {
  const opened = openUserToUser(token);
  if (!opened?.ok || opened.message === 'TGT-REQ' || opened.message === 'TGT-REP') return token;
  return gssToken(opened.message, opened.bytes);
}

function asUserToUser(token: Uint8Array): Uint8Array {
  const opened = openGssToken(token);
  return opened.ok ? userToUserToken(opened.message, opened.bytes) : token;
}

function kerberos(
  before: ap.State,
  event: ap.Event,
  userToUser: boolean,
  env: ClientEnv,
): Progress {
  const { state, effects } = ap.step(before, event, env);
  const sent = effects.find(({ kind }) => kind === 'send');
  const token =
    sent?.kind === 'send' ? { token: userToUser ? asUserToUser(sent.token) : sent.token } : {};
  const inner: Inner = { mechanism: 'kerberos', userToUser, state };
  switch (state.name) {
    case 'established': {
      const layer = securityLayer(state.context, 'initiator');
      const protection = { mechanism: 'kerberos', layer } as const;
      return { kind: 'established', inner, protection, needsMic: false, ...token };
    }
    case 'failed':
      return failed(inner, sentenceOf(state.failure));
    default:
      return { kind: 'continues', inner, ...token };
  }
}

function ofNtlm(before: ntlm.State, event: ntlm.Event, env: ClientEnv): Progress {
  const { state, effects } = ntlm.step(before, event, env);
  const sent = effects.find(({ kind }) => kind === 'send');
  const token = sent?.kind === 'send' ? { token: sent.token } : {};
  const inner: Inner = { mechanism: 'ntlm', state };
  switch (state.name) {
    case 'established': {
      const protection = { mechanism: 'ntlm', layer: state.layer } as const;
      return { kind: 'established', inner, protection, needsMic: state.hasMic, ...token };
    }
    case 'failed':
      return failed(inner, state.reason);
    default:
      return { kind: 'continues', inner, ...token };
  }
}
