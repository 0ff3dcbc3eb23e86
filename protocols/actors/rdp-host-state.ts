/** What a remote desktop host knows: its own ticket, who is connected and how far each has come. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { Env, Step } from '../../src/machine/machine.ts';
import type { Credentials } from '../credssp/credentials.ts';
import type * as credssp from '../credssp/server.ts';
import type { Replays } from '../kerberos/replays.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import type * as card from '../minidriver/card-state.ts';
import type * as accepting from '../negotiate/acceptor-state.ts';
import type { Protection } from '../negotiate/protection.ts';
import type * as rdp from '../rdp/server-state.ts';
import type * as rdpear from '../rdpear/server.ts';
import type * as rdpedyc from '../rdpedyc/server.ts';
import type * as rdpefs from '../rdpefs/server.ts';
import type * as rdpesc from '../rdpesc/host-state.ts';
import type { Exchanges, Finished, Progress } from './exchange-state.ts';
import type { Identity } from './logon.ts';
import type { PassThrough } from './pass-through.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';
import type { Computed, Program } from './rdp-host-program.ts';
import type { Lists } from './revocation-lists.ts';

/** What the host asks a KDC for. */
export type Purpose =
  /** Its own ticket-granting ticket, which user-to-user needs. */
  | { readonly for: 'computer' }
  /** Whoever signs in: their ticket-granting ticket, then one for this host, which says who they are. */
  | { readonly for: 'user'; readonly connection: string }
  | { readonly for: 'hostTicket'; readonly connection: string; readonly tgt: Credential }
  /** A program of somebody's session: a ticket for a service, then a session with it. */
  | ProgramPurpose;

/** `session`: whose it is. */
export interface ProgramPurpose {
  readonly for: 'serviceTicket' | 'serviceSession';
  readonly session: string;
  readonly target: string;
}

/** Who somebody is before their session begins. */
export interface Proved {
  readonly identity: Identity;
  readonly mechanism: accepting.Established<Identity>['mechanism'];
  readonly handed: Handed;
}

/** What CredSSP has left the host with, beside who it is. */
export type Handed =
  | {
      readonly mode: 'normal';
      readonly credentials: Exclude<Credentials, { readonly kind: 'remoteGuard' }>;
    }
  /** Nothing: whatever came is thrown away. */
  | { readonly mode: 'restrictedAdmin' }
  | { readonly mode: 'remoteCredentialGuard'; readonly guard: Guard };

/** What it takes to ask the client for what its key can do (MS-RDPEAR 1.3). */
export interface Guard {
  /** The user's ticket-granting ticket; its key is a name that the client has given it. */
  readonly tgt: Credential;
  /** CredSSP's context, which goes on protecting what the two say. */
  readonly protection: Protection;
}

/** Which card a user signs in with, as the client says. */
export interface CardLogOn {
  /** Absent: it is typed at the host's own screen. */
  readonly pin?: string;
  /** Absent: any. */
  readonly reader?: string;
  readonly container?: string;
}

/** The card that was signed in with. */
export interface UsedCard {
  readonly reader: string;
  readonly container: string;
  readonly profile: card.Profile;
}

export interface Session {
  readonly identity: Identity;
  /** Absent: the client said nothing of itself before the session. */
  readonly before?: Proved['mechanism'];
  readonly signIn: SignIn;
  /** What its programs have opened, by service. */
  readonly programs: Readonly<Record<string, Program>>;
  /** The card was taken out, and policy locks the session then. */
  readonly locked?: true;
}

export interface PinPrompt {
  /** So far. */
  readonly typed: string;
  /** What became of the last one. */
  readonly message?: string;
}

/** How a session came about. */
export type SignIn =
  | { readonly by: 'password'; readonly tgt: Credential }
  | { readonly by: 'card'; readonly card: UsedCard; readonly tgt: Credential }
  /** No sign-in of the user's: to others on the network the session is the computer. */
  | { readonly by: 'restrictedAdmin' }
  | { readonly by: 'remoteCredentialGuard'; readonly guard: Guard };

/** The card that a sign-in goes on with. */
export interface CardInUse {
  readonly deviceId: number;
  readonly logOn: CardLogOn;
  readonly calls: rdpesc.State;
  readonly card: card.State;
  /** What waits for the card's signature: an exchange with the KDC. */
  readonly signs?: string;
  readonly used?: UsedCard;
  /** The screen asks for the PIN. */
  readonly prompt?: PinPrompt;
  /** The key is there, and revocation lists are fetched before it is used. */
  readonly expectsLists?: card.CardKey;
}

/** Devices that the client redirects. */
export interface Redirection {
  readonly device: rdpefs.State;
  /** Requests that are out, by completion: which line of calls they belong to. */
  readonly pending: Readonly<Record<number, 'calls' | 'watch'>>;
}

/** The way to the client's keys. */
export interface GuardChannel {
  readonly dynamic: rdpedyc.State;
  readonly calls: rdpear.State;
  /** CredSSP's context as it has gone on. */
  readonly protection: Protection;
}

/** What was agreed on before CredSSP began. */
export type Mode = rdp.Agreed['mode'];

export type CredSspState = credssp.State<accepting.State<Identity>>;
export type CredSspEvent = credssp.Event<
  Exclude<accepting.Event<Identity>, { readonly kind: 'received' }>
>;

export interface Connection {
  readonly rdp: rdp.State;
  readonly redirection: Redirection;
  /** Absent: nobody signs in with a card. */
  readonly card?: CardInUse;
  /** Absent: the client is asked for nothing that takes its keys. */
  readonly guard?: GuardChannel;
  /** What the stage beside RDP's own machine is: CredSSP, then a sign-in, then a session. */
  readonly stage:
    | { readonly name: 'connecting' }
    | {
        readonly name: 'credssp';
        readonly mode: Mode;
        readonly state: CredSspState;
        /** A first TSRequest that came before the host's own new ticket. */
        readonly held?: Uint8Array;
      }
    | { readonly name: 'proved'; readonly proved: Proved }
    /** With a card the session comes first, and the sign-in in it. */
    | { readonly name: 'expectCard'; readonly logOn: CardLogOn; readonly proved?: Proved }
    | { readonly name: 'signingIn'; readonly proved?: Proved }
    | { readonly name: 'signedIn'; readonly session: Session }
    /** The session is over, and its client is being told. */
    | { readonly name: 'signedOut' };
}

export interface Running {
  /** `sessionOpen`: at least one session is there; `ready`: none is. */
  readonly name: 'ready' | 'sessionOpen';
  readonly exchanges: Exchanges<Purpose>;
  /** Of the computer account; absent: none was gained. */
  readonly tgt?: Credential;
  readonly replays: Replays;
  /** Revocation lists that are held: for domain controllers' certificates. */
  readonly lists: Lists;
  /** Clients of NTLM whose answers a domain controller judges. */
  readonly passThrough: PassThrough;
  readonly connections: Readonly<Record<string, Connection>>;
  /** Sessions whose clients are gone, by their users: Windows lets them run on. */
  readonly disconnected: Readonly<Record<string, Session>>;
  /** Sessions that there have been: Windows numbers them, the first user's is 2. */
  readonly sessions: number;
}

export type State = { readonly name: 'off' } | Running;

export type HostStep = Step<Running, ActorEffect>;

/** What is still to be done after a part of a step, before anything else. */
export type Next =
  /** Something for RDP's machine of a connection. */
  | { readonly kind: 'desktop'; readonly connection: string; readonly event: rdp.Event }
  /** What RDP's machine wants. */
  | { readonly kind: 'perform'; readonly connection: string; readonly effect: rdp.Effect }
  | { readonly kind: 'exchanged'; readonly finished: Finished<Purpose> }
  | { readonly kind: 'device'; readonly connection: string; readonly event: rdpefs.Event }
  | { readonly kind: 'calls'; readonly connection: string; readonly event: rdpesc.Event }
  | { readonly kind: 'card'; readonly connection: string; readonly event: card.Event }
  | { readonly kind: 'dynamic'; readonly connection: string; readonly event: rdpedyc.Event }
  | { readonly kind: 'guard'; readonly connection: string; readonly event: rdpear.Event }
  /** What the client has made of a call for a program, or why it has made nothing. */
  | {
      readonly kind: 'program';
      readonly session: string;
      readonly target: string;
      readonly event: Computed;
    }
  /** The card has signed for an exchange. */
  | { readonly kind: 'signed'; readonly id: string; readonly signature: Uint8Array };

export interface HostTurn extends HostStep {
  readonly then: readonly Next[];
}

export function turn(
  state: Running,
  effects: readonly ActorEffect[] = [],
  ...then: readonly Next[]
): HostTurn {
  return { state, effects, then };
}

/** One effect of a machine after the other. */
export function eachOf<F>(
  state: Running,
  all: readonly F[],
  take: (state: Running, effect: F) => HostTurn,
): HostTurn {
  let host = state;
  const effects: ActorEffect[] = [];
  const then: Next[] = [];
  for (const effect of all) {
    const done = take(host, effect);
    host = done.state;
    effects.push(...done.effects);
    then.push(...done.then);
  }
  return turn(host, effects, ...then);
}

/** Exchanges have moved on: what they want, and what they came to. Signatures of cards are asked for elsewhere. */
export function progressed(
  state: Running,
  { exchanges, effects, finished }: Progress<Purpose>,
): HostTurn {
  const next = { ...state, exchanges };
  const left: ActorEffect[] = [];
  const then: Next[] = [];
  let host: Running = next;
  for (const effect of effects) {
    const connection = effect.kind === 'sign' ? connectionOfKey(effect.key) : undefined;
    if (effect.kind !== 'sign' || connection === undefined) {
      left.push(effect);
      continue;
    }
    const known = host.connections[connection];
    if (known?.card === undefined) continue;
    host = withConnection(host, connection, {
      ...known,
      card: { ...known.card, signs: effect.id },
    });
    const { algorithm, data } = effect;
    then.push({ kind: 'card', connection, event: { kind: 'signs', algorithm, data } });
  }
  return turn(
    host,
    left,
    ...then,
    ...finished.map((one): Next => ({ kind: 'exchanged', finished: one })),
  );
}

const CARD_KEY = 'card/';

/** What the key of a redirected card is called: the signing core has none of that name. */
export function cardKey(connection: string): string {
  return `${CARD_KEY}${connection}`;
}

function connectionOfKey(key: string): string | undefined {
  return key.startsWith(CARD_KEY) ? key.slice(CARD_KEY.length) : undefined;
}

export function named(state: Running): Running {
  const open = Object.values(state.connections).some(({ stage }) => stage.name === 'signedIn');
  return { ...state, name: open ? 'sessionOpen' : 'ready' };
}

export function withConnection(state: Running, id: string, connection: Connection): Running {
  return named({ ...state, connections: { ...state.connections, [id]: connection } });
}

/** Undefined: there is none that would do for a client that asks now. */
export function validTgt({ tgt }: Running, { now }: Env): Credential | undefined {
  return tgt !== undefined && tgt.endtime - now > MARGIN ? tgt : undefined;
}

/** A ticket that ends within that is renewed before it is given to anybody. */
const MARGIN = 5 * 60_000;

/** Members of Administrators may, and of Remote Desktop Users (SeRemoteInteractiveLogonRight). */
export function mayConnect(config: RdpHostConfig, identity: Identity): boolean {
  const { administrators, remoteDesktopUsers } = config;
  return isOneOf([...administrators, ...remoteDesktopUsers], identity);
}

export function isAdministrator({ administrators }: RdpHostConfig, identity: Identity): boolean {
  return isOneOf(administrators, identity);
}

function isOneOf(sids: readonly string[], { sid, groups }: Identity): boolean {
  return [sid, ...groups].some((one) => sids.includes(one));
}

export function withCard(state: Running, id: string, change: Partial<CardInUse>): Running {
  const connection = state.connections[id];
  if (connection?.card === undefined) return state;
  return withConnection(state, id, { ...connection, card: { ...connection.card, ...change } });
}
