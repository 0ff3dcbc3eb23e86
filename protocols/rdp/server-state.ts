/** What the server's machine of a connection is made of. */
import { type Rejected, type Step, to } from '../../src/machine/machine.ts';
import type { Partial } from './channels.ts';
import type { InfoPacket } from './client-info.ts';
import type { ClientData } from './data-blocks.ts';
import type { SecurityPolicy } from './negotiation.ts';
import type { SessionInfo } from './session-info.ts';

export interface ServerConfig {
  readonly security: SecurityPolicy;
  /** Of the desktop where a client asks for a larger one. */
  readonly maxWidth: number;
  readonly maxHeight: number;
}

/** What is agreed on at the very beginning. */
export interface Agreed {
  readonly requestedProtocols: number;
  readonly protocol: number;
  readonly mode: 'normal' | 'restrictedAdmin' | 'remoteCredentialGuard';
  readonly cookie?: string;
}

/** A static virtual channel. */
export interface StaticChannel {
  readonly id: number;
  readonly name: string;
  readonly options: number;
  readonly joined: boolean;
  readonly partial?: Partial;
}

/** What the client said in its Connect-Initial, and what it was given. */
export interface Joined extends Agreed {
  readonly client: ClientData;
  readonly userId: number;
  readonly ioJoined: boolean;
  readonly userJoined: boolean;
  readonly channels: readonly StaticChannel[];
  readonly messageChannel?: number;
  /** CredSSP let the user in, who may not sign in here: they are told as soon as there is a way. */
  readonly denied: boolean;
}

export type State =
  | { readonly name: 'expectConnectionRequest' }
  | ({ readonly name: 'expectTls' } & Agreed)
  | ({ readonly name: 'expectCredSsp' } & Agreed)
  | ({ readonly name: 'expectConnectInitial'; readonly denied: boolean } & Agreed)
  | ({ readonly name: 'expectErectDomain' } & Joined)
  | ({ readonly name: 'expectAttachUser' } & Joined)
  | ({ readonly name: 'expectChannelJoin' } & Joined)
  | ({ readonly name: 'expectLogOn' } & Joined)
  | ({ readonly name: 'expectConfirmActive' } & Joined)
  | ({ readonly name: 'expectFontList' } & Joined)
  | ({ readonly name: 'active' } & Joined)
  | { readonly name: 'closed' };

export type Event =
  /** A whole packet: TPKT, fast-path PDU or TSRequest. */
  | { readonly kind: 'received'; readonly bytes: Uint8Array }
  /** TLS is up. */
  | { readonly kind: 'secured' }
  /** CredSSP is over. @param authorized may they sign in here at all */
  | { readonly kind: 'authenticated'; readonly authorized: boolean }
  /** An answer to `logOn`: the session may be shown, or the client is told why not. */
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused'; readonly errorInfo: number }
  /** Of the session: what is on the screen, what a channel says, what is told of the sign-in. */
  | { readonly kind: 'shows'; readonly lines: readonly string[] }
  /** `name`: what traces call the message. */
  | {
      readonly kind: 'sends';
      readonly channel: string;
      readonly name: string;
      readonly message: Uint8Array;
    }
  | {
      readonly kind: 'notifies';
      readonly info: Exclude<SessionInfo, { readonly kind: 'other' }>;
    }
  | { readonly kind: 'disconnects'; readonly errorInfo: number }
  | { readonly kind: 'closed' };

export type Effect =
  | { readonly kind: 'send'; readonly message: string; readonly bytes: Uint8Array }
  /** TLS begins with the next octets. */
  | { readonly kind: 'secure' }
  /** CredSSP begins. */
  | { readonly kind: 'authenticate'; readonly mode: Agreed['mode'] }
  /** A TSRequest, for CredSSP. */
  | { readonly kind: 'credssp'; readonly bytes: Uint8Array }
  /** The client said who wants in; asked also after CredSSP. */
  | { readonly kind: 'logOn'; readonly info: InfoPacket; readonly client: ClientData }
  /** The session is there: channels may be used. */
  | { readonly kind: 'activated'; readonly channels: readonly string[] }
  | { readonly kind: 'channel'; readonly channel: string; readonly message: Uint8Array }
  /** Keys were pressed; `\n` is Enter, `\b` the backspace key. */
  | { readonly kind: 'typed'; readonly text: string }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'close' }
  | Rejected;

export type ServerStep = Step<State, Effect>;

/** Why the connection is given up: in the trace; the client sees it closed. */
export function hangUp(text: string): ServerStep {
  return to({ name: 'closed' }, [{ kind: 'note', text }, { kind: 'close' }]);
}
