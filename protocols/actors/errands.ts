/**
 * What an actor asks others for on the way to an answer of its own: calls over HTTP and conversations
 * with a directory, each with the purpose that its result goes to.
 */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import * as http from '../http/client.ts';
import type { HttpResponse } from '../http/messages.ts';
import * as ldap from '../ldap/client.ts';

type Carried =
  | { readonly kind: 'http'; readonly state: http.State }
  | { readonly kind: 'ldap'; readonly state: ldap.State };

export interface Errands<P> {
  /** How many there have been, for names that come once. */
  readonly count: number;
  readonly underWay: Readonly<Record<string, { readonly purpose: P; readonly carried: Carried }>>;
}

export const NO_ERRANDS: Errands<never> = { count: 0, underWay: {} };

export type Outcome =
  | { readonly kind: 'http'; readonly response: HttpResponse }
  | { readonly kind: 'ldap'; readonly results: readonly ldap.OperationResult[] }
  /** `result`: the directory refused who asked. */
  | { readonly kind: 'failed'; readonly reason: string; readonly result?: string };

export interface Carrying<P> {
  readonly errands: Errands<P>;
  readonly effects: readonly ActorEffect[];
  /** What has come to its end. */
  readonly finished?: { readonly purpose: P; readonly outcome: Outcome };
}

function begun<P>(errands: Errands<P>, id: string, purpose: P, carried: Carried): Errands<P> {
  const underWay = { ...errands.underWay, [id]: { purpose, carried } };
  return { count: errands.count + 1, underWay };
}

export function withCall<P>(
  errands: Errands<P>,
  purpose: P,
  call: Omit<http.HttpCall, 'id'>,
): Carrying<P> {
  const id = `http/${errands.count}`;
  const { state, effects } = http.begin({ ...call, id });
  return { errands: begun(errands, id, purpose, { kind: 'http', state }), effects };
}

export function withSession<P>(
  errands: Errands<P>,
  purpose: P,
  session: Omit<ldap.LdapSession, 'id'>,
): Carrying<P> {
  const id = `ldap/${errands.count}`;
  const { state, effects } = ldap.begin({ ...session, id });
  return { errands: begun(errands, id, purpose, { kind: 'ldap', state }), effects };
}

/** Undefined: the event is about none of them. */
export function carried<P>(errands: Errands<P>, event: ActorEvent): Carrying<P> | undefined {
  const id = idOf(event);
  const found = id === undefined ? undefined : errands.underWay[id];
  if (id === undefined || found === undefined) return undefined;
  const next =
    found.carried.kind === 'http'
      ? http.step(found.carried.state, event)
      : ldap.step(found.carried.state, event);
  const { effects } = next;
  const outcome = outcomeOf(next.state);
  if (outcome !== undefined) {
    const { [id]: _, ...underWay } = errands.underWay;
    const finished = { purpose: found.purpose, outcome };
    return { errands: { ...errands, underWay }, effects, finished };
  }
  const state = { kind: found.carried.kind, state: next.state } as Carried;
  const underWay = { ...errands.underWay, [id]: { purpose: found.purpose, carried: state } };
  return { errands: { ...errands, underWay }, effects };
}

/** Ends all of them before their time; names go on where they were. */
export function abandoned<P>({ count, underWay }: Errands<P>): Carrying<P> {
  const effects = Object.values(underWay).flatMap(({ carried: { kind, state } }) =>
    kind === 'http' ? http.abandon(state) : ldap.abandon(state),
  );
  return { errands: { count, underWay: {} }, effects };
}

/** The end of a connection that has served its purpose may be heard of later: nothing is to be done. */
export function isLate(event: ActorEvent): boolean {
  return event.kind === 'closed' && /^(http|ldap)\/\d+$/.test(event.connection);
}

function idOf(event: ActorEvent): string | undefined {
  switch (event.kind) {
    case 'expired':
      return event.timer;
    case 'received':
    case 'connected':
    case 'closed':
    case 'malformed':
      return event.connection;
    default:
      return undefined;
  }
}

function outcomeOf(state: http.State | ldap.State): Outcome | undefined {
  switch (state.name) {
    case 'answered':
      return { kind: 'http', response: state.response };
    case 'done':
      return { kind: 'ldap', results: state.results };
    case 'failed': {
      const { reason } = state;
      if (!('result' in state) || state.result === undefined) return { kind: 'failed', reason };
      return { kind: 'failed', reason, result: state.result };
    }
    default:
      return undefined;
  }
}
