/** What the client's machine of a connection is made of. */
import { type Rejected, type Step, to } from '../../src/machine/machine.ts';
import type { Partial } from './channels.ts';
import type { Wanted } from './negotiation.ts';
import type { SessionInfo } from './session-info.ts';

export interface ClientConfig extends Wanted {
  /** What Windows puts into the cookie: the name of who signs in. */
  readonly userName: string;
  readonly clientName: string;
  readonly width: number;
  readonly height: number;
  /** Static virtual channels that it asks for. */
  readonly channels: readonly { readonly name: string; readonly options: number }[];
  /** CS_CLUSTER says so when a smart card was used (REDIRECTED_SMARTCARD). */
  readonly smartCardLogOn: boolean;
  readonly info: {
    readonly flags: number;
    readonly domain: string;
    readonly userName: string;
    readonly password: string;
    readonly clientAddress: string;
  };
}

/** A static channel as the server numbered it. */
export interface ClientChannel {
  readonly id: number;
  readonly name: string;
  readonly partial?: Partial;
}

export interface Connected {
  readonly protocol: number;
  readonly ioChannel: number;
  readonly channels: readonly ClientChannel[];
}

export interface Attached extends Connected {
  readonly userId: number;
}

export type State =
  | { readonly name: 'idle' }
  | { readonly name: 'expectConnectionConfirm' }
  | { readonly name: 'expectTls'; readonly protocol: number }
  | { readonly name: 'expectCredSsp'; readonly protocol: number }
  | { readonly name: 'expectAuthorization'; readonly protocol: number }
  | { readonly name: 'expectConnectResponse'; readonly protocol: number }
  | ({ readonly name: 'expectAttachUserConfirm' } & Connected)
  | ({ readonly name: 'expectChannelJoinConfirm'; readonly left: readonly number[] } & Attached)
  | ({ readonly name: 'expectLicense' } & Attached)
  | ({ readonly name: 'expectDemandActive' } & Attached)
  | ({ readonly name: 'expectFontMap'; readonly shareId: number } & Attached)
  | ({ readonly name: 'active'; readonly shareId: number } & Attached)
  | { readonly name: 'closed'; readonly reason: string };

export type Event =
  | { readonly kind: 'asked' }
  | { readonly kind: 'received'; readonly bytes: Uint8Array }
  | { readonly kind: 'secured' }
  /** CredSSP is over, and the server has the credentials. */
  | { readonly kind: 'authenticated' }
  /** `name`: what traces call the message. */
  | {
      readonly kind: 'sends';
      readonly channel: string;
      readonly name: string;
      readonly message: Uint8Array;
    }
  /** Keys are pressed; `\n` is Enter. */
  | { readonly kind: 'types'; readonly text: string }
  | { readonly kind: 'disconnects' }
  | { readonly kind: 'closed' };

export type Effect =
  | { readonly kind: 'send'; readonly message: string; readonly bytes: Uint8Array }
  | { readonly kind: 'secure' }
  | { readonly kind: 'authenticate' }
  | { readonly kind: 'credssp'; readonly bytes: Uint8Array }
  | { readonly kind: 'activated'; readonly channels: readonly string[] }
  | { readonly kind: 'channel'; readonly channel: string; readonly message: Uint8Array }
  | { readonly kind: 'told'; readonly info: SessionInfo }
  /** Why it ended: the server's word (ERRINFO_…), or what the client did not take. */
  | { readonly kind: 'ended'; readonly reason: string }
  | { readonly kind: 'close' }
  | Rejected;

export type ClientStep = Step<State, Effect>;

export function ended(reason: string): ClientStep {
  return to({ name: 'closed', reason }, [{ kind: 'ended', reason }, { kind: 'close' }]);
}
