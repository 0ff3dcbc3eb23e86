/** What a device is made of: its configuration, its states, and what its exchanges are for. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import { type Step, to } from '../../src/machine/machine.ts';
import type * as registration from '../entra/device-registration.ts';
import type { Trust } from '../hello/policy.ts';
import type { ServiceKey } from '../kerberos/ticket.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import type { Certification } from './device-certificate.ts';
import type { Cloud, WaitingForCloud } from './device-cloud-state.ts';
import type { Hello, HelloConfig } from './device-hello.ts';
import type { Provisioning } from './device-provisioning-state.ts';
import type { ExchangeOptions, Exchanges, Service } from './exchange-state.ts';
import type { LogonName, LogonSession, RequestOptions } from './logon-session.ts';
import type { DesktopPurpose, Desktops } from './remote-desktop-state.ts';
import type { Lists } from './revocation-lists.ts';

export interface DeviceConfig extends RequestOptions {
  readonly name: string;
  readonly realm: string;
  /** The fully qualified name: `laptop.corp.example`. */
  readonly dnsHostName: string;
  /** Of the computer account: `LAPTOP$`. */
  readonly sAMAccountName: string;
  readonly keys: readonly ServiceKey[];
  /** Gets a ticket-granting ticket for the computer account as soon as it runs. */
  readonly signsInAtStart: boolean;
  readonly exchanges: ExchangeOptions;
  readonly outgoingNtlm: 'allow' | 'deny';
  readonly hello: HelloConfig;
  /** Who listens under a host's name; undefined: nobody in this network. */
  service(host: string): Service | undefined;
  /** The same for remote sessions. */
  desktop(host: string): Service | undefined;
}

/** What an exchange is for. */
export type Purpose =
  | { readonly for: 'computer' }
  /** `trust`: with a Hello key, and how the directory knows it. */
  | { readonly for: 'signIn'; readonly trust?: Trust }
  /** The ticket for this computer, whose PAC says who the user is. */
  | { readonly for: 'logonTicket' }
  | { readonly for: 'unlock'; readonly trust?: Trust }
  /** A partial ticket of Entra's for a full one, while the user waits. */
  | { readonly for: 'cloudExchange'; readonly waiting: WaitingForCloud }
  | DesktopPurpose
  | { readonly for: 'renewal' }
  /** Signing in anew with the kept keys, because the ticket-granting ticket has ended. */
  | { readonly for: 'anew'; readonly target: string }
  | { readonly for: 'ticket'; readonly target: string }
  | { readonly for: 'session'; readonly target: string };

/** The computer account's own sign-in. */
export type Computer =
  | { readonly name: 'signedOut' }
  | { readonly name: 'expectTgt' }
  | { readonly name: 'signedIn'; readonly tgt: Credential }
  | { readonly name: 'failed'; readonly reason: string };

export interface Waiting {
  readonly who: LogonName;
  readonly wants: 'signIn' | 'unlock';
}

/** What is there whoever is signed in. */
export interface Base {
  readonly exchanges: Exchanges<Purpose>;
  readonly computer: Computer;
  readonly hello: Hello;
  readonly lists: Lists;
  /** Certificates for Hello keys, as they are asked for. */
  readonly certification: Certification;
  /** Sign-ins to Entra. */
  readonly cloud: Cloud;
  /** Remote sessions that users ask for. */
  readonly desktops: Desktops;
  /** The device is being registered with Entra. */
  readonly joining?: registration.State;
  /** Who has shown a gesture and waits for revocation lists. */
  readonly waiting?: Waiting;
  /** What the checks before Hello is set up came to in this session. */
  readonly checked?: { readonly user: string; readonly willLaunch: boolean };
  /** Why what a user wanted last came to nothing. */
  readonly failure?: string;
}

/** What a sign-in has brought before it is known who the user is. */
export type Gained = Pick<LogonSession, 'proof' | 'cache' | 'ntHash'>;

export type State =
  | { readonly name: 'off' }
  | { readonly name: 'signedOut'; readonly base: Base }
  | {
      readonly name: 'signingIn';
      readonly base: Base;
      readonly who: LogonName;
      /** What the AS exchange brought; absent while it is awaited. */
      readonly gained?: Gained;
    }
  | {
      readonly name: 'signedIn' | 'locked' | 'unlocking';
      readonly base: Base;
      readonly session: LogonSession;
    }
  | {
      readonly name: 'provisioning';
      readonly base: Base;
      readonly session: LogonSession;
      readonly provisioning: Provisioning;
    };

export type Running = Exclude<State, { readonly name: 'off' }>;
export type WithSession = Extract<State, { readonly session: LogonSession }>;

export type DeviceStep = Step<Running, ActorEffect>;

export function withBase<S extends Running>(state: S, base: Partial<Base>): S {
  return { ...state, base: { ...state.base, ...base } };
}

export function withHello<S extends Running>(state: S, hello: Hello): S {
  return hello === state.base.hello ? state : withBase(state, { hello });
}

export function withExchanges<S extends Running>(state: S, exchanges: Exchanges<Purpose>): S {
  return withBase(state, { exchanges });
}

/** Says why something came to nothing: in the trace, and in the state for who looks. */
export function blamed<S extends Running>(state: S, failure: string): Step<S, ActorEffect> {
  return to(withBase(state, { failure }), [{ kind: 'note', level: 'cause', text: failure }]);
}

/** Forgets the last failure: something new begins. */
export function unblamed<S extends Running>(state: S): S {
  const { failure: _, ...base } = state.base;
  return { ...state, base };
}
