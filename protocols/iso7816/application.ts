/** What an application of the card is to the card: commands in, answers out, nothing done by itself. */
import type { PublicKeyKind } from '../../src/crypto/public-key.ts';
import type { KeyTransport } from '../../src/machine/actor.ts';
import type { CommandApdu, ResponseApdu } from './apdu.ts';
import { STATUS, wrongPinStatus } from './status.ts';

/** What is on the card: one key with its certificate behind one PIN. */
export interface CardContents {
  /** 16 octets by which the card is known, the same for all its applications. */
  readonly cardId: Uint8Array;
  /** What the key is called where keys have names: 39 characters at most. */
  readonly container: string;
  readonly publicKey: PublicKeyKind;
  /** DER; absent: the key has none yet. */
  readonly certificate?: Uint8Array;
  /** Wrong PINs that are still taken, and how many there were at first. */
  readonly tries: { readonly left: number; readonly most: number };
}

export type CardOperation =
  | { readonly kind: 'sign'; readonly algorithm: CardAlgorithmName; readonly data: Uint8Array }
  | { readonly kind: 'decrypt'; readonly algorithm: KeyTransport; readonly data: Uint8Array };

/** Names of `src/crypto/signature-algorithms.ts`. */
export type CardAlgorithmName = 'CKM_RSA_PKCS' | 'CKM_RSA_X_509' | 'CKM_ECDSA';

/** Algorithm and key by MANAGE SECURITY ENVIRONMENT, by the tag of the control reference template. */
export type Environments = Readonly<Record<number, SecurityEnvironment>>;

export interface SecurityEnvironment {
  readonly algorithm: number;
  readonly keyReference: number;
}

/** The selected application's part of the card's state. */
export interface ApplicationState {
  readonly environments: Environments;
  /** The PIN was right and has not been forgotten since. */
  readonly verified: boolean;
}

export type Answer =
  | { readonly kind: 'respond'; readonly response: ResponseApdu }
  /** The response says whether this is the PIN. */
  | { readonly kind: 'verify'; readonly pin: string }
  | { readonly kind: 'logOut' }
  | { readonly kind: 'environments'; readonly environments: Environments }
  | { readonly kind: 'operate'; readonly operation: CardOperation };

export interface Application {
  readonly name: string;
  /** The whole application identifier. */
  readonly aid: Uint8Array;
  /** So many octets of it select the application. */
  readonly selectedBy: number;
  /** What SELECT answers; undefined: not for this P2. */
  selected(p2: number): Uint8Array | undefined;
  command(command: CommandApdu, contents: CardContents, state: ApplicationState): Answer;
  /** The data of the response to what an operation gave. */
  outcome(operation: CardOperation, output: Uint8Array): Uint8Array;
}

const NO_OCTETS = new Uint8Array(0);

export function respond(data: Uint8Array): Answer {
  return { kind: 'respond', response: { data, status: STATUS.ok } };
}

export function refuse(status: number): Answer {
  return { kind: 'respond', response: { data: NO_OCTETS, status } };
}

/** VERIFY without data (ISO/IEC 7816-4:2013 §7.5.6): whether a PIN is wanted, and what is left of it. */
export function pinStatus({ tries }: CardContents, verified: boolean): Answer {
  if (verified) return refuse(STATUS.ok);
  return refuse(tries.left === 0 ? STATUS.blocked : wrongPinStatus(tries.left));
}
