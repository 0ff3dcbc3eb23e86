/** What a device's way to a primary refresh token of Entra goes through, hears and asks for. */
import type { Rejected } from '../../src/machine/machine.ts';
import type { OpenedTgt } from './prt-messages.ts';
import type { SecurityKeyDraft } from './security-key.ts';

/** What the user shows. */
export type CloudProof =
  | { readonly kind: 'password'; readonly password: string }
  /** The Hello key, by its KeyID in base 64 and its name in the signing core. */
  | {
      readonly kind: 'hello';
      readonly kid: string;
      readonly key: string;
      /** What released it, for the trace. */
      readonly gesture?: string;
    }
  /** @param counter how often the key has signed, this time included */
  | {
      readonly kind: 'securityKey';
      readonly credentialId: string;
      readonly key: string;
      readonly counter: number;
      readonly gesture?: string;
    };

/** The device's certificate with its key, and the key that session keys come under. */
export interface CloudDevice {
  /** DER */
  readonly certificate: Uint8Array;
  readonly key: string;
  readonly transportKey: string;
}

/** A first token, with what the user shows; or a new one for one that is there. */
export type CloudAsk =
  | {
      readonly kind: 'signIn';
      readonly username: string;
      readonly proof: CloudProof;
      readonly device: CloudDevice;
      readonly tenantId: string;
    }
  | { readonly kind: 'renew'; readonly prt: PrimaryRefreshToken; readonly tenantId: string }
  /** An access token for a resource, with the session's key. */
  | {
      readonly kind: 'token';
      readonly prt: PrimaryRefreshToken;
      readonly tenantId: string;
      readonly resource: string;
      readonly clientId: string;
      /** A second factor is wanted now, whatever the session began with: `amr_values=ngcmfa`. */
      readonly freshMfa: boolean;
    };

/** What CloudAP keeps of a user. */
export interface PrimaryRefreshToken {
  readonly refreshToken: string;
  readonly sessionKey: Uint8Array;
  /** Milliseconds since 1970. */
  readonly issued: number;
  readonly expires: number;
  readonly idToken: string;
  /** `tgt_ad`; absent: there was none in the answer. */
  readonly tgtAd?: OpenedTgt;
  readonly tgtCloud?: OpenedTgt;
}

export type CloudStage = 'nonce' | 'token';

export interface CloudFailure {
  readonly stage: CloudStage;
  /** The status of the HTTP response, where there was one. */
  readonly httpStatus?: number;
  /** Of OAuth, as the server said it. */
  readonly error?: string;
  /** The number behind AADSTS. */
  readonly code?: number;
  readonly reason: string;
}

interface Asking {
  readonly ask: CloudAsk;
}

export type State =
  | { readonly name: 'idle' }
  | ({ readonly name: 'expectNonce' } & Asking)
  | ({ readonly name: 'expectAssertion'; readonly nonce: string; readonly draft: Draft } & Asking)
  | ({ readonly name: 'expectRequestSignature'; readonly input: Uint8Array } & Asking)
  | ({ readonly name: 'expectToken' } & Asking)
  | ({
      readonly name: 'expectSessionKey';
      readonly answer: Uint8Array;
      readonly received: number;
    } & Asking)
  | { readonly name: 'done'; readonly prt: PrimaryRefreshToken }
  | { readonly name: 'tokenGained'; readonly accessToken: string; readonly resource: string }
  | { readonly name: 'failed'; readonly failure: CloudFailure };

/** What waits for the user's signature. */
export type Draft =
  | { readonly kind: 'hello'; readonly input: Uint8Array }
  | { readonly kind: 'securityKey'; readonly draft: SecurityKeyDraft };

export type Event =
  | { readonly kind: 'asked'; readonly ask: CloudAsk }
  | { readonly kind: 'answered'; readonly status: number; readonly body: Uint8Array }
  | { readonly kind: 'unanswered'; readonly reason: string }
  | { readonly kind: 'signed'; readonly signature: Uint8Array }
  | { readonly kind: 'decrypted'; readonly data?: Uint8Array };

export type Effect =
  /** A form to post to the token endpoint. */
  | { readonly kind: 'request'; readonly path: string; readonly body: Uint8Array }
  | {
      readonly kind: 'sign';
      readonly key: string;
      readonly algorithm: string;
      readonly data: Uint8Array;
      readonly gesture?: string;
    }
  | {
      readonly kind: 'decrypt';
      readonly key: string;
      readonly algorithm: 'RSAES-OAEP';
      readonly data: Uint8Array;
    }
  | Rejected;
