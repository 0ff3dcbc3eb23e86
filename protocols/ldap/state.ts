/** A connection's state. Plain data. */

import type { SecurityContext } from '../directory/security/access.ts';
import { ANONYMOUS_CONTEXT } from '../directory/security/token.ts';
import type { State as GssState } from '../gss/acceptor.ts';
import type { SecurityLayer } from '../gss/per-message.ts';
import type { Identity } from './host.ts';
import type { Pieces } from './pieces.ts';

/** Who is bound. */
export interface Requester {
  /** `CORP\alice`: the answer of Who am I, and for people. */
  readonly name: string;
  readonly context: SecurityContext;
}

/** Protection of everything that is sent and received. */
export interface Layer {
  readonly security: SecurityLayer;
  readonly sealed: boolean;
  /** Octets of a buffer that the client takes, its token's overhead included. */
  readonly maxSend: number;
  /** Octets of a message whose end has not come. */
  readonly pieces: Pieces;
}

/** A multi-stage bind, by mechanism. */
export type Binding =
  | {
      readonly mechanism: 'GSS-SPNEGO' | 'GSSAPI';
      readonly stage: 'context';
      readonly gss: GssState<Identity>;
    }
  /** GSSAPI: the context stands, and the client has its last token (RFC 4752 §3.1). */
  | {
      readonly mechanism: 'GSSAPI';
      readonly stage: 'offer';
      readonly identity: Identity;
      readonly security: SecurityLayer;
    }
  /** GSSAPI: layers are offered, and the client chooses. */
  | {
      readonly mechanism: 'GSSAPI';
      readonly stage: 'choice';
      readonly identity: Identity;
      readonly security: SecurityLayer;
    };

/** A search to be continued by its cookie. */
export interface Cursor {
  readonly id: number;
  /** What is searched for: the continuation must ask for the same. */
  readonly fingerprint: string;
  readonly rest: /** Continue behind this record. */
    | { readonly kind: 'after'; readonly after: number }
    /** Sorted: the records that are left. */
    | { readonly kind: 'sorted'; readonly ids: readonly number[] };
}

export interface Connection {
  readonly name: 'anonymous' | 'binding' | 'bound';
  readonly requester: Requester;
  readonly binding?: Binding;
  readonly layer?: Layer;
  /** Oldest first. */
  readonly cursors: readonly Cursor[];
  /** Of the next cursor. */
  readonly nextCursor: number;
}

const ANONYMOUS: Requester = { name: '', context: ANONYMOUS_CONTEXT };

export function connected(): Connection {
  return { name: 'anonymous', requester: ANONYMOUS, cursors: [], nextCursor: 1 };
}

/** Bound to nobody again; a security layer that stands stays until it is replaced (RFC 4422 §3.7). */
export function unbound(connection: Connection): Connection {
  const { layer } = connection;
  return {
    ...connected(),
    nextCursor: connection.nextCursor,
    ...(layer === undefined ? {} : { layer }),
  };
}
