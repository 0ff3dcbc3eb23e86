/** Searches of enrolment as a directory's client asks them, and what was found. */
import type { Found, Search, Told } from '../enrollment/federation-service.ts';
import { equality, type Operation } from '../ldap/client-operations.ts';
import type { Outcome } from './errands.ts';

export function searchOperation({ base, match, attributes }: Search): Operation {
  const and = Object.entries(match).map(([name, value]) => equality(name, value));
  return { kind: 'search', base, filter: { and }, attributes };
}

/** A search that the directory refuses finds nobody; that it cannot be asked is another thing. */
export function found(outcome: Outcome): Told {
  if (outcome.kind !== 'ldap') {
    const reason = outcome.kind === 'failed' ? outcome.reason : 'no directory answered';
    return { kind: 'failed', reason };
  }
  const refused = outcome.results.find(({ code }) => code !== 0 && code !== NO_SUCH_OBJECT);
  if (refused !== undefined) {
    return { kind: 'failed', reason: `the directory says ${refused.result}, ${refused.message}` };
  }
  return {
    kind: 'found',
    results: outcome.results.map(({ entries }): readonly Found[] => entries),
  };
}

const NO_SUCH_OBJECT = 32;

/** Whether a bind with somebody's password came to its end. */
export function loggedOn(outcome: Outcome): Told {
  if (outcome.kind === 'ldap') return { kind: 'loggedOn', ok: true, reason: '' };
  const { result, reason } =
    outcome.kind === 'failed' ? outcome : { result: undefined, reason: 'no directory answered' };
  if (result === undefined) return { kind: 'failed', reason };
  return { kind: 'loggedOn', ok: false, reason };
}
