/** Iteration counts of string-to-key (RFC 3962 section 4, RFC 8009 section 4), and their limits. */
import { toHex, view } from '../../src/bytes/bytes.ts';
import type { Profile } from './profile.ts';

/**
 * More would stop the whole process for longer than half a second. MIT takes up to 2^24 - 1, but its
 * client has a process to itself.
 */
export const MOST_ITERATIONS = 1_000_000;

export type Iterations =
  | { readonly ok: true; readonly iterations: number }
  | { readonly ok: false; readonly reason: string };

/**
 * What s2kparams say: four octets, most significant first; absent is the type's default.
 * Zero stands for 2^32 and is refused with all else that is more than {@link MOST_ITERATIONS}.
 */
export function iterations(profile: Profile, params: Uint8Array | undefined): Iterations {
  const { name, iterations: usual } = profile;
  if (params === undefined) return { ok: true, iterations: usual ?? 0 };
  if (usual === undefined) {
    if (params.length === 0) return { ok: true, iterations: 0 };
    return { ok: false, reason: `${name} takes no s2kparams, but ${toHex(params)} came` };
  }
  if (params.length !== 4) {
    return { ok: false, reason: `s2kparams of ${name} have 4 octets, not ${params.length}` };
  }
  const count = view(params).getUint32(0) || 2 ** 32;
  if (count > MOST_ITERATIONS) {
    return {
      ok: false,
      reason: `${count} iterations asked for, at most ${MOST_ITERATIONS} are made`,
    };
  }
  return { ok: true, iterations: count };
}

/**
 * Why a client should not follow s2kparams that came over the network, where nothing protects them:
 * what cannot be done, and counts below the default, which make guessing cheap (RFC 3962 section 8).
 */
export function objection(profile: Profile, params: Uint8Array | undefined): string | undefined {
  const counted = iterations(profile, params);
  if (!counted.ok) return counted.reason;
  const usual = profile.iterations ?? 0;
  if (counted.iterations >= usual) return undefined;
  return `${counted.iterations} iterations are fewer than the ${usual} of ${profile.name}`;
}
