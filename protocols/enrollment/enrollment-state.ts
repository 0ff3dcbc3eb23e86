/** What a device's way to a sign-in certificate goes through, hears and asks for. */
import type { Rejected } from '../../src/machine/machine.ts';
import type { Certificate } from '../x509/certificate.ts';

export const METADATA_PATH = '/adfs/.well-known/openid-configuration';
export const TOKEN_PATH = '/adfs/oauth2/token/';

/** Capabilities in the metadata (MS-OIDCE 2.2.3.2) that say what the server can do. */
export const CAN_ISSUE = 'winhello_cert';
export const TAKES_RECEIPTS = 'winhello_cert_kr';
export const KNOWS_KDF_2 = 'kdf_ver2';

/** A private key as effects name it. */
export interface NamedKey {
  readonly key: string;
  /** What released it, for the trace. */
  readonly gesture?: string;
}

export interface Enrollment {
  /** User principal name. */
  readonly username: string;
  /** The user's proof: what they typed, or the Hello key itself by its KeyID in base 64. */
  readonly proof:
    | { readonly kind: 'password'; readonly password: string }
    | { readonly kind: 'hello'; readonly kid: string };
  /** The device's certificate and its key, and the key that session keys come under. */
  readonly device: { readonly certificate: Uint8Array; readonly key: string };
  readonly transportKey: string;
  /** The RSA key that the certificate is for. */
  readonly hello: NamedKey & { readonly publicKey: Uint8Array };
  /** From key registration, handed on as they came. */
  readonly pctx?: string;
  readonly receipt?: string;
}

/** What came of it. The refresh token and its key are the enterprise PRT, of use for later requests too. */
export interface EnterprisePrt {
  readonly refreshToken: string;
  readonly sessionKey: Uint8Array;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export type Stage = 'metadata' | 'nonce' | 'refreshToken' | 'certificate';

export interface EnrollmentFailure {
  readonly stage: Stage;
  /** Of OAuth, as the server said it; absent: it said nothing of the kind. */
  readonly error?: string;
  readonly reason: string;
}

export interface Progress {
  readonly ask: Enrollment;
  readonly issuer: string;
  readonly capabilities: readonly string[];
}

export type State =
  | { readonly name: 'idle' }
  | { readonly name: 'expectMetadata'; readonly ask: Enrollment }
  | { readonly name: 'expectNonce'; readonly progress: Progress }
  | {
      readonly name: 'expectAssertion';
      readonly progress: Progress;
      readonly nonce: string;
      readonly input: Uint8Array;
    }
  | {
      readonly name: 'expectRequestSignature';
      readonly progress: Progress;
      readonly input: Uint8Array;
    }
  | { readonly name: 'expectRefreshToken'; readonly progress: Progress }
  | {
      readonly name: 'expectSessionKey';
      readonly progress: Progress;
      readonly prt: Omit<EnterprisePrt, 'sessionKey'>;
    }
  | {
      readonly name: 'expectCsrSignature';
      readonly progress: Progress;
      readonly prt: EnterprisePrt;
      readonly info: Uint8Array;
    }
  | { readonly name: 'expectCertificate'; readonly progress: Progress; readonly prt: EnterprisePrt }
  | {
      readonly name: 'done';
      readonly prt: EnterprisePrt;
      readonly certificate: Certificate;
      /** The certificates above it, nearest first. */
      readonly chain: readonly Certificate[];
    }
  | {
      readonly name: 'failed';
      readonly failure: EnrollmentFailure;
      /** Got before it failed. */
      readonly prt?: EnterprisePrt;
    };

export type Event =
  | { readonly kind: 'asked'; readonly enrollment: Enrollment }
  | { readonly kind: 'answered'; readonly status: number; readonly body: Uint8Array }
  | { readonly kind: 'unanswered'; readonly reason: string }
  | { readonly kind: 'signed'; readonly signature: Uint8Array }
  | { readonly kind: 'decrypted'; readonly data?: Uint8Array };

export type Effect =
  | {
      readonly kind: 'request';
      readonly method: 'GET' | 'POST';
      readonly path: string;
      readonly contentType?: string;
      readonly body?: Uint8Array;
    }
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
