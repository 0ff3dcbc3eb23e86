/** What the initiating side of a negotiation is made of. */
import type { Rejected } from '../../src/machine/machine.ts';
import type * as ap from '../kerberos/ap-client.ts';
import type { PrincipalName } from '../kerberos/messages.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import type * as ntlm from '../ntlm/initiator.ts';
import type { Protection } from './protection.ts';

/** What there is to show to a service, in the order in which it is tried. */
export type Offer =
  | {
      readonly mechanism: 'kerberos';
      readonly credential: Credential;
      /** GSS-API flags; mutual authentication is asked for where they say so. */
      readonly gssFlags: number;
      readonly learnsTime: boolean;
      /** MD5 over the channel's bindings; absent: none. */
      readonly bindings?: Uint8Array;
    }
  /** The ticket is got on the way, with the service's own ticket (`expectTicket`). */
  | {
      readonly mechanism: 'userToUser';
      readonly sname: PrincipalName;
      readonly gssFlags: number;
      readonly learnsTime: boolean;
      readonly bindings?: Uint8Array;
    }
  | { readonly mechanism: 'ntlm'; readonly credentials: ntlm.Credentials };

export interface Request {
  /** At least one. */
  readonly offers: readonly [Offer, ...Offer[]];
  /** `none`: the first offer's tokens go as they are, as clients do that have one mechanism only. */
  readonly framing: 'spnego' | 'none';
  /** What becomes of our sequence numbers of NTLM after mechListMICs; no specification says. */
  readonly sequenceAfterMic: 'anew' | 'on';
}

/** The mechanism that is being spoken. */
export type Inner =
  | { readonly mechanism: 'kerberos'; readonly userToUser: boolean; readonly state: ap.State }
  /** The TGT-REQ is on its way. */
  | {
      readonly mechanism: 'userToUser';
      readonly offer: Extract<Offer, { mechanism: 'userToUser' }>;
    }
  | { readonly mechanism: 'ntlm'; readonly state: ntlm.State };

interface Negotiating {
  readonly request: Request;
  /** DER of the list that was sent; empty without SPNEGO. */
  readonly mechTypes: Uint8Array;
  /** Which of the offers is tried. */
  readonly chosen: number;
  /** It has to be proved that nobody altered the list. */
  readonly needsMic: boolean;
}

export type State =
  | { readonly name: 'idle' }
  | ({ readonly name: 'exchanging'; readonly inner: Inner } & Negotiating)
  | ({
      readonly name: 'expectTicket';
      readonly inner: Extract<Inner, { mechanism: 'userToUser' }>;
    } & Negotiating)
  /** Our side stands; the service has yet to say that its does, and to prove the list. */
  | ({
      readonly name: 'expectCompletion';
      readonly protection: Protection;
      /** A mechListMIC of ours is on its way. */
      readonly proved: boolean;
    } & Negotiating)
  | {
      readonly name: 'established';
      readonly protection: Protection;
      readonly mechanism: Offer['mechanism'];
    }
  | { readonly name: 'failed'; readonly reason: string };

export type Exchanging = Extract<State, { readonly name: 'exchanging' }>;
export type Completing = Extract<State, { readonly name: 'expectCompletion' }>;

export type Event =
  | { readonly kind: 'begun'; readonly request: Request }
  | { readonly kind: 'received'; readonly token: Uint8Array }
  /** What `ask` asked for. */
  | { readonly kind: 'ticket'; readonly credential: Credential }
  | { readonly kind: 'noTicket'; readonly reason: string };

export type Effect =
  | { readonly kind: 'send'; readonly token: Uint8Array }
  /** A ticket for `sname` under the session key of the service's own ticket (RFC 4120 §3.7). */
  | { readonly kind: 'ask'; readonly sname: PrincipalName; readonly additionalTicket: Uint8Array }
  | Rejected;
