/** What a host knows of a card that it drives, and how far it has come. */
import type { PublicKeyKind } from '../../src/crypto/public-key.ts';
import type { Rejected, Step } from '../../src/machine/machine.ts';
import type { Exchange } from './exchange.ts';
import type { ContainerRecord, Place } from './gids-card.ts';

export interface CardConfig {
  /** The key that is wanted, by its container's name; absent: the card's default. */
  readonly container?: string;
}

/** The card application that answers. */
export type Profile = 'GIDS' | 'PIV';

/** The key that was chosen. */
export interface CardKey {
  readonly profile: Profile;
  readonly container: string;
  /** Of the container in a GIDS card's map. */
  readonly index: number;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly publicKey: PublicKeyKind;
}

export type Files = Readonly<Record<string, Place>>;

/** The card as the cache of the smart card service knows it. */
export interface Cached {
  /** 16 octets: the file `cardid`. */
  readonly cardId: Uint8Array;
  /** Of the card's files (`cardcf`): what was kept at another count is not believed. */
  readonly freshness: number;
}

export interface CacheItem extends Cached {
  readonly name: string;
}

/** What the last command was for. */
export type Asked =
  | { readonly for: 'gids' }
  | { readonly for: 'files' }
  | { readonly for: 'cardId'; readonly files: Files }
  | { readonly for: 'freshness'; readonly files: Files; readonly cardId: Uint8Array }
  /** `cached` undefined: the card does not say which it is, so that nothing of it is kept. */
  | { readonly for: 'containers'; readonly files: Files; readonly cached: Cached | undefined }
  | {
      readonly for: 'certificate';
      readonly container: ContainerRecord;
      readonly place: Place;
      readonly cached: Cached | undefined;
    }
  | { readonly for: 'piv' }
  | { readonly for: 'holder' }
  | { readonly for: 'pivCertificate'; readonly container: string }
  | { readonly for: 'verification'; readonly key: CardKey }
  | { readonly for: 'environment'; readonly key: CardKey; readonly block: Uint8Array }
  | { readonly for: 'signature'; readonly key: CardKey };

/** What hosts keep of a card. */
export type File = Extract<Asked, { readonly for: 'containers' | 'certificate' }>;

export type State =
  | { readonly name: 'idle' }
  | { readonly name: 'expectResponse'; readonly asked: Asked; readonly exchange: Exchange }
  /** Whether a file is kept already, from the last time. */
  | { readonly name: 'expectCached'; readonly asked: File }
  /** A file that was read is kept for the next time. */
  | { readonly name: 'expectWritten'; readonly asked: File; readonly content: Uint8Array }
  /** Somebody has to type the PIN. */
  | { readonly name: 'expectPin'; readonly key: CardKey }
  /** The PIN was right: the key may be used. */
  | { readonly name: 'ready'; readonly key: CardKey }
  | { readonly name: 'failed' };

export type Event =
  | { readonly kind: 'begun' }
  /** @param pin UTF-8 */
  | { readonly kind: 'pin'; readonly pin: Uint8Array }
  | { readonly kind: 'response'; readonly bytes: Uint8Array }
  /** What was kept; absent: nothing, or something older. */
  | { readonly kind: 'cached'; readonly data?: Uint8Array }
  | { readonly kind: 'written' }
  /** @param algorithm a name of the signing core, of the kind of the card's key */
  | { readonly kind: 'signs'; readonly algorithm: string; readonly data: Uint8Array };

export type Effect =
  | { readonly kind: 'transmit'; readonly command: Uint8Array }
  | { readonly kind: 'readCache'; readonly item: CacheItem }
  | { readonly kind: 'writeCache'; readonly item: CacheItem; readonly data: Uint8Array }
  | { readonly kind: 'pinWanted'; readonly key: CardKey }
  /** `status`: an NTSTATUS; `tries`: how many wrong PINs the card still takes. Another PIN is awaited. */
  | {
      readonly kind: 'pinWrong';
      readonly status: number;
      readonly reason: string;
      readonly tries?: number;
    }
  | { readonly kind: 'ready'; readonly key: CardKey }
  /** As the signing core would give it: of ECDSA an Ecdsa-Sig-Value. */
  | { readonly kind: 'signed'; readonly signature: Uint8Array }
  /** `status`: an NTSTATUS, as winlogon tells it. */
  | { readonly kind: 'failed'; readonly status: number; readonly reason: string }
  | Rejected;

export type CardStep = Step<State, Effect>;
