/** What a token service remembers of what it gave away: nonces, and sessions by their refresh tokens. */
import { toBase64Url } from '../../src/bytes/base64.ts';

/** When each nonce was given away, milliseconds since 1970; none is taken twice. */
export type Nonces = Readonly<Record<string, number>>;

/** Windows' AD FS takes a nonce for ten minutes (MS-OAPXBC, note 5); of Entra nothing is published. */
export const NONCE_LIFETIME = 10 * 60_000;
const NONCES_MAX = 1_000;
const SESSIONS_MAX = 10_000;
const TOKEN_SIZE = 32;

interface Chance {
  readonly now: number;
  readonly random: (size: number) => Uint8Array;
}

/** A new nonce; those that nobody can use any more are forgotten. */
export function withNonce(
  nonces: Nonces,
  { now, random }: Chance,
): { readonly nonces: Nonces; readonly nonce: string } {
  const nonce = toBase64Url(random(TOKEN_SIZE));
  const usable = Object.entries(nonces).filter(([, at]) => now - at <= NONCE_LIFETIME);
  return { nonces: Object.fromEntries([...usable.slice(1 - NONCES_MAX), [nonce, now]]), nonce };
}

/** Undefined when it was never given away, was used, or is too old. */
export function withoutNonce(nonces: Nonces, nonce: string, now: number): Nonces | undefined {
  const at = Object.hasOwn(nonces, nonce) ? nonces[nonce] : undefined;
  if (at === undefined || now - at > NONCE_LIFETIME) return undefined;
  const { [nonce]: _, ...others } = nonces;
  return others;
}

interface Ending {
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export type Sessions<S extends Ending> = Readonly<Record<string, S>>;

/** A new primary refresh token for somebody. */
export function withSession<S extends Ending>(
  sessions: Sessions<S>,
  session: S,
  { now, random }: Chance,
): { readonly sessions: Sessions<S>; readonly refreshToken: string } {
  const refreshToken = toBase64Url(random(TOKEN_SIZE));
  const valid = Object.entries(sessions).filter(([, { expires }]) => now < expires);
  return {
    sessions: Object.fromEntries([
      ...valid.slice(1 - SESSIONS_MAX),
      [refreshToken, session] as const,
    ]),
    refreshToken,
  };
}

export function sessionOf<S extends Ending>(
  sessions: Sessions<S>,
  token: string,
  now: number,
): S | undefined {
  const session = Object.hasOwn(sessions, token) ? sessions[token] : undefined;
  return session === undefined || session.expires <= now ? undefined : session;
}
