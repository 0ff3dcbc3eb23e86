/** What a device knows of the remote sessions that its users ask for: prompts, connections, redirected cards. */
import type * as credssp from '../credssp/client.ts';
import type { InitiatorContext } from '../credssp/contexts.ts';
import type { Credentials } from '../credssp/credentials.ts';
import type { Gesture } from '../hello/container.ts';
import type * as card from '../iso7816/card-machine.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import type * as rdp from '../rdp/client-state.ts';
import type { Wanted } from '../rdp/negotiation.ts';
import type * as rdpear from '../rdpear/client.ts';
import type * as rdpedyc from '../rdpedyc/client.ts';
import type * as rdpefs from '../rdpefs/client.ts';
import type * as rdpesc from '../rdpesc/client.ts';
import type { LogonName } from './logon-session.ts';
import type { Proof } from './mechanisms.ts';

/** What somebody wants of the client. */
export interface Asked extends Wanted {
  /** As typed: a name or an address. */
  readonly host: string;
}

/** With what the client signs in at the host. */
export type Logon =
  | {
      readonly kind: 'smartCard';
      readonly who: LogonName;
      /** Whose container it is. */
      readonly owner: string;
      readonly gesture: Gesture;
      /** What is handed over as PIN: the PIN itself, or one for this connection where a sensor opened the container. */
      readonly pin: string;
      /** GUID of the container: its name on the card. */
      readonly container: string;
      readonly upn: string;
      readonly proof: Proof;
    }
  | {
      readonly kind: 'password';
      readonly who: LogonName;
      readonly domain: string;
      readonly userName: string;
      readonly password: string;
    }
  /** With what the user's session on the device has already. */
  | { readonly kind: 'signedIn'; readonly who: LogonName }
  /** Nothing: the host asks on its own screen. */
  | { readonly kind: 'none'; readonly who: LogonName };

export type CredSspState = credssp.State<InitiatorContext['initial']>;

/** Network Level Authentication, as far as it has come. */
export type Nla =
  | { readonly name: 'expectTls' }
  /** TLS stands; the public key is the server's. */
  | { readonly name: 'ready'; readonly publicKey: Uint8Array }
  | { readonly name: 'expectTgt'; readonly publicKey: Uint8Array }
  /** Remote Credential Guard hands over a ticket for the host. */
  | {
      readonly name: 'expectHostTicket';
      readonly publicKey: Uint8Array;
      readonly tgt: Credential;
    }
  | {
      readonly name: 'speaking';
      readonly publicKey: Uint8Array;
      readonly state: CredSspState;
      readonly tgt: Credential | undefined;
      /** What the host gets in the end. */
      readonly credentials: Credentials;
    };

/** One emulated card in its reader. */
export interface Card {
  readonly reader: string;
  /** Whose container it is. */
  readonly owner: string;
  readonly state: card.State;
  /** Requests for it that are not answered, the first is being worked on. */
  readonly queue: readonly { readonly completionId: number; readonly command: Uint8Array }[];
}

/** The redirected smart card device. */
export interface Redirected {
  readonly device: rdpefs.State;
  readonly service: rdpesc.State;
  readonly cards: readonly Card[];
}

/** Calls of a host that has tickets without keys; in other modes it never hears any. */
export interface GuardLine {
  readonly dynamic: rdpedyc.State;
  readonly answers: rdpear.State;
}

/** A connection to the host. */
export interface Line {
  readonly logon: Logon;
  readonly rdp: rdp.State;
  readonly nla: Nla;
  readonly redirected: Redirected;
  readonly guard: GuardLine;
}

export type Stage =
  /** The client asks for credentials. `message`: what became of the last ones. */
  | { readonly name: 'prompt'; readonly message?: string }
  /** Revocation lists for the domain controller's certificate are fetched first. */
  | { readonly name: 'expectLists'; readonly logon: Logon }
  | { readonly name: 'expectConnection'; readonly logon: Logon }
  | ({ readonly name: 'connecting' } & Line)
  /** `user`: as the host names whoever is signed in there. */
  | ({ readonly name: 'session'; readonly user: string } & Line)
  | { readonly name: 'closed'; readonly reason: string };

export interface Desktop {
  /** Name of its connection, and beginning of its timers. */
  readonly id: string;
  /** Whose client it is. */
  readonly user: string;
  readonly asked: Asked;
  readonly stage: Stage;
}

export interface Desktops {
  readonly open: readonly Desktop[];
  /** How many there ever were. */
  readonly count: number;
}

export const NO_DESKTOPS: Desktops = { open: [], count: 0 };

/** What an exchange with a KDC is for. */
export interface DesktopPurpose {
  readonly for: 'desktop';
  readonly desktop: string;
  readonly wants: 'tgt' | 'ticket';
}

export type WithLine = Extract<Stage, Line>;

export function lineOf({ stage }: Desktop): WithLine | undefined {
  return stage.name === 'connecting' || stage.name === 'session' ? stage : undefined;
}

export function promptIn({ open }: Desktops): Desktop | undefined {
  return open.find(({ stage }) => stage.name === 'prompt');
}
