/** What a remote desktop host knows: its own ticket, who is connected and how far each has come. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { Env, Step } from '../../src/machine/machine.ts';
import { acceptorContext } from '../credssp/contexts.ts';
import type { Credentials } from '../credssp/credentials.ts';
import { VERSION_MAX } from '../credssp/messages.ts';
import type * as credssp from '../credssp/server.ts';
import type { Replays } from '../kerberos/replays.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import type * as accepting from '../negotiate/acceptor-state.ts';
import type * as rdp from '../rdp/server-state.ts';
import type { Exchanges } from './exchange-state.ts';
import { authorize, type Identity } from './logon.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';

/** What the host asks a KDC for. */
export type Purpose =
  /** Its own ticket-granting ticket, which user-to-user needs. */
  | { readonly for: 'computer' }
  /** Whoever signs in: their ticket-granting ticket, then one for this host, which says who they are. */
  | { readonly for: 'user' | 'hostTicket'; readonly connection: string };

/** Who somebody is before their session begins. */
export interface Proved {
  readonly identity: Identity;
  readonly mechanism: accepting.Established<Identity>['mechanism'];
  readonly credentials: Credentials;
}

export interface Session {
  readonly identity: Identity;
  /** Absent: the client said nothing of itself before the session. */
  readonly before?: Proved['mechanism'];
}

export type CredSspState = credssp.State<accepting.State<Identity>>;

export interface Connection {
  readonly rdp: rdp.State;
  /** What the stage beside RDP's own machine is: CredSSP, then a sign-in, then a session. */
  readonly stage:
    | { readonly name: 'connecting' }
    | { readonly name: 'credssp'; readonly state: CredSspState }
    | { readonly name: 'proved'; readonly proved: Proved }
    | { readonly name: 'signingIn'; readonly proved?: Proved }
    | { readonly name: 'signedIn'; readonly session: Session };
}

export interface Running {
  /** `sessionOpen`: at least one session is there; `ready`: none is. */
  readonly name: 'ready' | 'sessionOpen';
  readonly exchanges: Exchanges<Purpose>;
  /** Of the computer account; absent: none was gained. */
  readonly tgt?: Credential;
  readonly replays: Replays;
  readonly connections: Readonly<Record<string, Connection>>;
  /** Sessions that there have been: Windows numbers them, the first user's is 2. */
  readonly sessions: number;
}

export type State = { readonly name: 'off' } | Running;

export type HostStep = Step<Running, ActorEffect>;

export function named(state: Running): Running {
  const open = Object.values(state.connections).some(({ stage }) => stage.name === 'signedIn');
  return { ...state, name: open ? 'sessionOpen' : 'ready' };
}

export function withConnection(state: Running, id: string, connection: Connection): Running {
  return named({ ...state, connections: { ...state.connections, [id]: connection } });
}

/** How CredSSP is spoken now: with user-to-user while the host has a ticket of its own. */
export function credSspConfig(config: RdpHostConfig, state: Running, env: Env) {
  const { realm, serviceNames: names, keys, clockSkew, publicKey } = config;
  const own = validTgt(state, env);
  const context = acceptorContext<Identity>({
    kerberos: { realm, names, keys, clockSkew, replays: state.replays, authorize },
    ...(own === undefined ? {} : { userToUser: { ticket: own.ticket, key: own.key } }),
    sequenceAfterMic: 'on',
  });
  return { context, publicKey, version: VERSION_MAX };
}

/** Undefined: there is none that would do for a client that asks now. */
export function validTgt({ tgt }: Running, { now }: Env): Credential | undefined {
  return tgt !== undefined && tgt.endtime - now > MARGIN ? tgt : undefined;
}

/** A ticket that ends within that is renewed before it is given to anybody. */
const MARGIN = 5 * 60_000;

/** Members of Administrators may, and of Remote Desktop Users (SeRemoteInteractiveLogonRight). */
export function mayConnect(config: RdpHostConfig, { sid, groups }: Identity): boolean {
  const allowed = [...config.administrators, ...config.remoteDesktopUsers];
  return [sid, ...groups].some((one) => allowed.includes(one));
}

/** What the screen of a session says. */
export function screenLines(
  { dnsHostName }: RdpHostConfig,
  { identity, before }: Session,
): readonly string[] {
  return [
    `${dnsHostName}, a remote desktop host of kerblab`,
    `Signed in: ${identity.name}${identity.upn === undefined ? '' : ` (${identity.upn})`}`,
    `Before the session: ${before === undefined ? 'TLS only' : `CredSSP with ${before}`}`,
    'In the session: Kerberos with the password',
  ];
}
