/** What a logon session has opened, and how it is written down that something came of it or nothing. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { Env, Step } from '../../src/machine/machine.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import { blamed, type Purpose, type WithSession, withExchanges } from './device-state.ts';
import type { Finished, Progress } from './exchange-state.ts';
import { type LogonSession, type Opened, withTickets } from './logon-session.ts';

/** A step that may have finished exchanges besides: the device takes them further. */
export interface SessionStep {
  readonly state: WithSession;
  readonly effects: readonly ActorEffect[];
  readonly finished: readonly Finished<Purpose>[];
}

/** The KDC's time in milliseconds, as far as it is known. */
export function kdcTime({ base }: Pick<WithSession, 'base'>, env: Env): number {
  return env.now + base.exchanges.offset / 1_000;
}

export function refuse(
  state: WithSession,
  target: string,
  reason: string,
): Step<WithSession, ActorEffect> {
  return blamed(
    withOpened(state, target, { name: 'failed', reason }),
    `opening ${target}: ${reason}`,
  );
}

/** A connection of a session has ended, from the other side. */
export function closed(state: WithSession, connection: string): WithSession {
  for (const [target, opened] of Object.entries(state.session.opened)) {
    if (opened.name === 'sessionOpen' && opened.connection === connection) {
      return withOpened(state, target, { name: 'closed' });
    }
  }
  return state;
}

/** What is to be done when the session ends. */
export function closeAll(session: LogonSession): readonly ActorEffect[] {
  return Object.values(session.opened).flatMap(closing);
}

export function closing(opened: Opened | undefined): readonly ActorEffect[] {
  if (opened?.name !== 'sessionOpen') return [];
  return [{ kind: 'close', connection: opened.connection }];
}

export function withOpened(state: WithSession, target: string, opened: Opened): WithSession {
  const { session } = state;
  return { ...state, session: { ...session, opened: { ...session.opened, [target]: opened } } };
}

export function withCache(state: WithSession, tickets: readonly Credential[]): WithSession {
  const { session } = state;
  return { ...state, session: { ...session, cache: withTickets(session.cache, tickets) } };
}

export function began(state: WithSession, progress: Progress<Purpose>): SessionStep {
  return {
    state: withExchanges(state, progress.exchanges),
    effects: progress.effects,
    finished: progress.finished,
  };
}

export function settled(step: Step<WithSession, ActorEffect>): SessionStep {
  return { ...step, finished: [] };
}
