/** Sessions of a remote desktop host: who is to be signed in, whether they may, what they see. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { Env } from '../../src/machine/machine.ts';
import { statusName } from '../kerberos/ntstatus.ts';
import { ErrorInfo } from '../rdp/constants.ts';
import type * as server from '../rdp/server-state.ts';
import type { Finished } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import type { Identity } from './logon.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';
import { withTicket } from './rdp-host-credssp.ts';
import { screenLines } from './rdp-host-screen.ts';
import * as signIn from './rdp-host-sign-in.ts';
import {
  type Connection,
  type Handed,
  type HostTurn,
  mayConnect,
  type Next,
  type Proved,
  type Purpose,
  progressed,
  type Running,
  type Session,
  type SignIn,
  turn,
  withConnection,
} from './rdp-host-state.ts';

const { ERRINFO_SERVER_DENIED_CONNECTION, ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES } = ErrorInfo;

/** The static channel of MS-RDPEFS. */
export const REDIRECTION = 'rdpdr';

function provedOf({ stage }: Connection): { readonly proved?: Proved } {
  if (stage.name === 'proved') return { proved: stage.proved };
  return 'proved' in stage && stage.proved !== undefined ? { proved: stage.proved } : {};
}

/** The client said who is to be signed in; with CredSSP the credentials came before. */
export function logsOn(
  config: RdpHostConfig,
  state: Running,
  id: string,
  { info, client }: Extract<server.Effect, { readonly kind: 'logOn' }>,
  env: Env,
): HostTurn {
  const connection = state.connections[id] as Connection;
  const before = provedOf(connection);
  const { proved } = before;
  if (proved !== undefined && proved.handed.mode !== 'normal') {
    return admitted(config, state, id, proved.identity, withoutSignIn(proved.handed));
  }
  const handed = proved?.handed.mode === 'normal' ? proved.handed.credentials : undefined;
  const redirects = client.channels.some(({ name }) => name === REDIRECTION);
  const given = signIn.credentialsIn(info, handed, redirects);
  if (given.kind === 'none') return refused(state, id, given.why);
  if (given.kind === 'card') {
    const stage = { name: 'expectCard', logOn: given.logOn, ...before } as const;
    const host = withConnection(state, id, { ...connection, stage });
    return turn(host, [], desktop(id, { kind: 'admitted' }));
  }
  const who = signIn.logonNameOf(config, given.typed);
  if (typeof who === 'string') return refused(state, id, who);
  const host = withConnection(state, id, {
    ...connection,
    stage: { name: 'signingIn', ...before },
  });
  const { password } = given.typed;
  return progressed(host, signIn.userTicket(config, host, id, { who, password }, env));
}

/** There is nothing that a domain controller could be asked with: CredSSP said who it is. */
function withoutSignIn(handed: Exclude<Handed, { readonly mode: 'normal' }>): SignIn {
  return handed.mode === 'restrictedAdmin'
    ? { by: 'restrictedAdmin' }
    : { by: 'remoteCredentialGuard', guard: handed.guard };
}

function desktop(
  connection: string,
  event: Extract<Next, { readonly kind: 'desktop' }>['event'],
): Next {
  return { kind: 'desktop', connection, event };
}

/** Whether the session is on the client's screen already: then it is told there. */
function isShown({ rdp }: Connection): boolean {
  return rdp.name === 'active';
}

/** @param status an NTSTATUS for the screen, where there is one */
export function refused(
  state: Running,
  id: string,
  reason: string,
  errorInfo: number = ERRINFO_SERVER_DENIED_CONNECTION,
  status?: number,
): HostTurn {
  const connection = state.connections[id];
  if (connection === undefined) return turn(state);
  const left = exchanges.abandon(
    state.exchanges,
    (purpose) => 'connection' in purpose && purpose.connection === id,
  );
  const host = { ...state, exchanges: left.exchanges };
  const note = { kind: 'note', level: 'cause', text: reason } as const;
  if (!isShown(connection)) {
    return turn(host, [note, ...left.effects], desktop(id, { kind: 'refused', errorInfo }));
  }
  // MS-RDPBCGR 2.2.10.1.1.4.1.1: LOGON_FAILED_OTHER, with the status as its kind.
  const told: readonly Next[] =
    status === undefined
      ? []
      : [desktop(id, { kind: 'notifies', info: { kind: 'logonError', type: status, data: 2 } })];
  return turn(
    host,
    [note, ...left.effects],
    ...told,
    desktop(id, { kind: 'disconnects', errorInfo }),
  );
}

/** An exchange with a KDC is over. */
export function exchanged(
  config: RdpHostConfig,
  state: Running,
  { purpose, outcome }: Finished<Purpose>,
  env: Env,
): HostTurn {
  if (purpose.for === 'computer') {
    if (outcome.kind === 'as') {
      return turn({ ...state, tgt: outcome.reply.credential }, [], ...withTicket(state));
    }
    const text = `the computer's own sign-in: ${signIn.reasonOf(outcome)}`;
    return turn(state, [{ kind: 'note', level: 'info', text }], ...withTicket(state));
  }
  if (!('connection' in purpose)) return turn(state);
  const { connection: id } = purpose;
  const connection = state.connections[id];
  if (connection?.stage.name !== 'signingIn') return turn(state);
  if (purpose.for === 'user') {
    if (outcome.kind === 'as') {
      return progressed(state, signIn.hostTicket(config, state, id, outcome, env));
    }
    if (connection.card !== undefined) return cardFailed(state, id, signIn.cardFailure(outcome));
    return refused(state, id, `signing in: ${signIn.reasonOf(outcome)}`);
  }
  const identity = signIn.signedIn(config, outcome);
  if (typeof identity === 'string') return refused(state, id, `signing in: ${identity}`);
  const used = connection.card?.used;
  const { tgt } = purpose;
  const how: SignIn =
    used === undefined ? { by: 'password', tgt } : { by: 'card', card: used, tgt };
  return admitted(config, state, id, identity, how);
}

function admitted(
  config: RdpHostConfig,
  state: Running,
  id: string,
  identity: Identity,
  how: SignIn,
): HostTurn {
  if (!mayConnect(config, identity)) {
    const why = `${identity.name} is in neither Remote Desktop Users nor Administrators`;
    return refused(state, id, why, ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES);
  }
  const connection = state.connections[id] as Connection;
  const { proved } = provedOf(connection);
  const before = proved === undefined ? {} : { before: proved.mechanism };
  const session: Session = { identity, signIn: how, programs: {}, ...before };
  const signedIn = withConnection(state, id, {
    ...connection,
    stage: { name: 'signedIn', session },
  });
  const { [identity.name]: _, ...disconnected } = state.disconnected;
  const host = { ...signedIn, sessions: signedIn.sessions + 1, disconnected };
  if (!isShown(connection)) return turn(host, [], desktop(id, { kind: 'admitted' }));
  const { state: next, effects, then } = shown(config, host, id);
  return turn(
    next,
    effects,
    { kind: 'calls', connection: id, event: { kind: 'releases' } },
    ...then,
  );
}

/** What a client sees of its session. */
export function shown(config: RdpHostConfig, state: Running, id: string): HostTurn {
  const { stage } = state.connections[id] as Connection;
  if (stage.name !== 'signedIn') return turn(state);
  const { identity } = stage.session;
  const [domain = '', userName = identity.name] = identity.name.split('\\');
  const sessionId = state.sessions + 1;
  const info = { kind: 'loggedOn', domain, userName, sessionId } as const;
  return turn(
    state,
    [],
    desktop(id, { kind: 'notifies', info }),
    desktop(id, { kind: 'shows', lines: screenLines(config, stage.session) }),
    { kind: 'device', connection: id, event: { kind: 'loggedOn' } },
  );
}

/** What policy has done when the card that was signed in with is taken out (ScRemoveOption). */
export function cardRemoved(config: RdpHostConfig, state: Running, id: string): HostTurn {
  const connection = state.connections[id] as Connection;
  const { stage } = connection;
  if (stage.name !== 'signedIn' || stage.session.signIn.by !== 'card') return turn(state);
  const { smartCardRemoval } = config;
  const { reader } = stage.session.signIn.card;
  const text = `the smart card in ${reader} was taken out: ${CONSEQUENCES[smartCardRemoval]}`;
  const effects = [{ kind: 'note', level: 'cause', text }] as const;
  switch (smartCardRemoval) {
    case 'none':
      return turn(state, effects);
    case 'lockWorkstation': {
      const session: Session = { ...stage.session, locked: true };
      const host = withConnection(state, id, { ...connection, stage: { ...stage, session } });
      const lines = screenLines(config, session);
      return turn(host, effects, desktop(id, { kind: 'shows', lines }));
    }
    case 'forceLogoff': {
      const host = withConnection(state, id, { ...connection, stage: { name: 'signedOut' } });
      const ended = Object.values(stage.session.programs).flatMap((program): ActorEffect[] =>
        program.name === 'sessionOpen' ? [{ kind: 'close', connection: program.connection }] : [],
      );
      const errorInfo = ErrorInfo.ERRINFO_RPC_INITIATED_LOGOFF;
      return turn(host, [...effects, ...ended], desktop(id, { kind: 'disconnects', errorInfo }));
    }
    case 'disconnect': {
      const errorInfo = ErrorInfo.ERRINFO_RPC_INITIATED_DISCONNECT;
      return turn(state, effects, desktop(id, { kind: 'disconnects', errorInfo }));
    }
  }
}

const CONSEQUENCES: Readonly<Record<RdpHostConfig['smartCardRemoval'], string>> = {
  none: 'policy has nothing done',
  lockWorkstation: 'the session is locked',
  forceLogoff: 'the user is signed out',
  disconnect: 'the session is disconnected',
};

/** A sign-in with a card comes to nothing. `status`: an NTSTATUS. */
export function cardFailed(
  state: Running,
  id: string,
  { status, reason }: { readonly status: number; readonly reason: string },
): HostTurn {
  return refused(state, id, `${statusName(status)}: ${reason}`, undefined, status);
}
