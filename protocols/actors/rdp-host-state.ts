/** What a remote desktop host knows: its own ticket, who is connected and how far each has come. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { Env, Step } from '../../src/machine/machine.ts';
import { acceptorContext } from '../credssp/contexts.ts';
import type { Credentials } from '../credssp/credentials.ts';
import { VERSION_MAX } from '../credssp/messages.ts';
import type * as credssp from '../credssp/server.ts';
import type { Replays } from '../kerberos/replays.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import type * as card from '../minidriver/card-state.ts';
import type * as accepting from '../negotiate/acceptor-state.ts';
import type * as rdp from '../rdp/server-state.ts';
import type * as rdpefs from '../rdpefs/server.ts';
import type * as rdpesc from '../rdpesc/host-state.ts';
import type { Exchanges, Finished, Progress } from './exchange-state.ts';
import { authorize, type Identity } from './logon.ts';
import type { PassThrough } from './pass-through.ts';
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
  /** Absent: a password. */
  readonly card?: UsedCard;
  /** The card was taken out, and policy locks the session then. */
  readonly locked?: true;
}

export interface PinPrompt {
  /** So far. */
  readonly typed: string;
  /** What became of the last one. */
  readonly message?: string;
}

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
}

/** Devices that the client redirects. */
export interface Redirection {
  readonly device: rdpefs.State;
  /** Requests that are out, by completion: which line of calls they belong to. */
  readonly pending: Readonly<Record<number, 'calls' | 'watch'>>;
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
  /** What the stage beside RDP's own machine is: CredSSP, then a sign-in, then a session. */
  readonly stage:
    | { readonly name: 'connecting' }
    | { readonly name: 'credssp'; readonly mode: Mode; readonly state: CredSspState }
    | { readonly name: 'proved'; readonly proved: Proved }
    /** With a card the session comes first, and the sign-in in it. */
    | { readonly name: 'expectCard'; readonly logOn: CardLogOn; readonly proved?: Proved }
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
  /** Clients of NTLM whose answers a domain controller judges. */
  readonly passThrough: PassThrough;
  readonly connections: Readonly<Record<string, Connection>>;
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

/** How CredSSP is spoken now: with user-to-user while the host has a ticket of its own. */
export function credSspConfig(config: RdpHostConfig, state: Running, mode: Mode, env: Env) {
  const { realm, serviceNames: names, keys, clockSkew, publicKey } = config;
  const own = validTgt(state, env);
  const context = acceptorContext<Identity>({
    kerberos: { realm, names, keys, clockSkew, replays: state.replays, authorize },
    ...(own === undefined ? {} : { userToUser: { ticket: own.ticket, key: own.key } }),
    // Remote Credential Guard is of Kerberos alone.
    ...(config.ntlm === undefined || mode === 'remoteCredentialGuard' ? {} : { ntlm: config.ntlm }),
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
export function screenLines({ dnsHostName }: RdpHostConfig, session: Session): readonly string[] {
  const { identity, before } = session;
  return [
    `${dnsHostName}, a remote desktop host of kerblab`,
    `Signed in: ${identity.name}${identity.upn === undefined ? '' : ` (${identity.upn})`}`,
    `Before the session: ${before === undefined ? 'TLS only' : `CredSSP with ${before}`}`,
    ...inSession(session),
  ];
}

function inSession({ card, locked }: Session): readonly string[] {
  if (locked) return ['The smart card was taken out: the session is locked'];
  if (card === undefined) return ['In the session: Kerberos with the password'];
  const { reader, container, profile } = card;
  return [
    'In the session: PKINIT with the certificate on the redirected smart card',
    `Reader: ${reader} (${profile})`,
    `Container: ${container}`,
  ];
}

/** What is seen while somebody signs in with a card. */
export function waitingLines({ dnsHostName }: RdpHostConfig): readonly string[] {
  return [
    `${dnsHostName}, a remote desktop host of kerblab`,
    'Please wait: reading the smart card',
  ];
}

/** The screen that asks for the PIN. */
export function pinLines(
  { dnsHostName }: RdpHostConfig,
  reader: string,
  { typed, message }: PinPrompt,
): readonly string[] {
  return [
    `${dnsHostName}, a remote desktop host of kerblab`,
    ...(message === undefined ? [] : [message]),
    `Smart card in ${reader}`,
    `PIN: ${'*'.repeat(typed.length)}`,
  ];
}

export function withCard(state: Running, id: string, change: Partial<CardInUse>): Running {
  const connection = state.connections[id];
  if (connection?.card === undefined) return state;
  return withConnection(state, id, { ...connection, card: { ...connection.card, ...change } });
}
