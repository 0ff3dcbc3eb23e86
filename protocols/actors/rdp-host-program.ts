/** What a program of a remote session has come to that opens a service. */
import type * as kdc from '../kerberos/kdc-exchange.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import type * as ap from '../rdpear/ap-client.ts';
import type * as tgs from '../rdpear/tgs-client.ts';

/** What the client of the session says to a call of a program. */
export type Computed = Extract<tgs.Event, { readonly kind: 'computed' | 'unanswered' }>;

export type Program =
  | { readonly name: 'expectTicket' }
  | { readonly name: 'expectSession' }
  /** With keys that are the client's (Remote Credential Guard): it computes. */
  | { readonly name: 'guardedTicket'; readonly tgs: tgs.State }
  /** And the KDC answers. */
  | {
      readonly name: 'guardedRequest';
      readonly tgs: tgs.State;
      readonly request: kdc.KdcRequest;
      readonly kdc: kdc.State;
    }
  /** The service is connected to; `connection` is the name of the timer too. */
  | {
      readonly name: 'guardedConnection';
      readonly credential: Credential;
      readonly connection: string;
    }
  | { readonly name: 'guardedSession'; readonly ap: ap.State; readonly connection: string }
  | { readonly name: 'sessionOpen'; readonly connection: string }
  | { readonly name: 'failed'; readonly reason: string };
