/** What the accepting side of a negotiation is made of. */
import type { Rejected } from '../../src/machine/machine.ts';
import type * as ap from '../kerberos/ap-server.ts';
import type { Key } from '../kerberos/etypes.ts';
import type { Authentication } from '../kerberos/replays.ts';
import type * as ntlm from '../ntlm/acceptor.ts';
import type { Protection } from './protection.ts';

/** A ticket-granting ticket of the host itself, which clients get to be given tickets under its key. */
export interface OwnTicket {
  /** DER. */
  readonly ticket: Uint8Array;
  /** Its session key. */
  readonly key: Key;
}

/** What a negotiation needs of its host. `I`: who somebody is. */
export interface Acceptor<I> {
  /** Absent: Kerberos is not spoken. */
  readonly kerberos?: ap.Acceptor<I>;
  /** Absent: no user-to-user. */
  readonly userToUser?: OwnTicket;
  /** Absent: NTLM is not spoken. */
  readonly ntlm?: ntlm.Target;
  /** What becomes of our sequence numbers of NTLM after mechListMICs; no specification says. */
  readonly sequenceAfterMic: 'anew' | 'on';
}

export interface Established<I> {
  readonly mechanism: 'kerberos' | 'ntlm';
  /** As the mechanism names who it is: `alice@CORP.EXAMPLE`, `CORP\alice`. */
  readonly client: string;
  readonly identity: I;
  readonly protection: Protection;
}

export type Inner<I> =
  | { readonly mechanism: 'kerberos' }
  | { readonly mechanism: 'ntlm'; readonly state: ntlm.State<I> };

/** What SPNEGO has agreed on so far. */
export interface Spnego {
  /** As they came: the MICs are over these octets. */
  readonly mechTypes: Uint8Array;
  /** The object identifier that the client hears of; absent: it has heard it. */
  readonly supportedMech?: string;
  /** Not the client's first choice: it has to be proved that nobody altered the list. */
  readonly needsMic: boolean;
  /** The client's, while who it is is still judged. */
  readonly mechListMIC?: Uint8Array;
}

export type State<I> =
  | { readonly name: 'expectToken' }
  /** `spnego` absent: the mechanism's tokens come as they are. `inner` absent: none has come. */
  | { readonly name: 'exchanging'; readonly spnego?: Spnego; readonly inner?: Inner<I> }
  | { readonly name: 'expectVerdict'; readonly spnego?: Spnego; readonly inner: Inner<I> }
  | {
      readonly name: 'expectMic';
      readonly spnego: Spnego;
      readonly established: Established<I>;
    }
  | { readonly name: 'established'; readonly established: Established<I> }
  /** `status`: an NTSTATUS for whoever is told. */
  | { readonly name: 'failed'; readonly reason: string; readonly status: number };

export type Event<I> =
  | { readonly kind: 'received'; readonly token: Uint8Array }
  /** What `judge` asked for. */
  | { readonly kind: 'judged'; readonly verdict: ntlm.Verdict<I> };

export type Effect =
  | { readonly kind: 'send'; readonly token: Uint8Array }
  /** For the host's memory of authenticators. */
  | { readonly kind: 'remember'; readonly authentication: Authentication }
  | { readonly kind: 'judge'; readonly logon: ntlm.NetworkLogon }
  | { readonly kind: 'note'; readonly text: string }
  | Rejected;

/** What a token of the mechanism has come to. */
export type Progress<I> =
  | {
      readonly kind: 'continues';
      readonly inner: Inner<I>;
      readonly token?: Uint8Array;
      readonly effects: readonly Effect[];
    }
  | { readonly kind: 'judging'; readonly inner: Inner<I>; readonly effects: readonly Effect[] }
  | {
      readonly kind: 'established';
      readonly established: Established<I>;
      /** The mechanism itself asks for mechListMICs. */
      readonly needsMic: boolean;
      readonly token?: Uint8Array;
      readonly effects: readonly Effect[];
    }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly status: number;
      readonly token?: Uint8Array;
      readonly effects: readonly Effect[];
    };
