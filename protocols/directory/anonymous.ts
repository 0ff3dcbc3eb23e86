/** What nobody in particular may do: MS-ADTS 5.1.1.1.1, 6.1.1.2.4.1.2 (fLDAPBlockAnonOps). */
import type { Directory } from './directory.ts';
import type { DomainInfo } from './domain-info.ts';
import { type Entry, one } from './entry.ts';
import { type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';

const PATH = ['Services', 'Windows NT', 'Directory Service'];

/** A digit of dSHeuristics, counted from 1; `0` where the value is shorter (MS-ADTS 6.1.1.2.4.1.2). */
export function heuristic(directory: Directory, domain: DomainInfo, place: number): string {
  let entry: Entry | undefined = directory.entry(domain.ids.configuration);
  for (const value of PATH) {
    const id = entry === undefined ? undefined : directory.child(entry.id, { type: 'CN', value });
    entry = id === undefined ? undefined : directory.entry(id);
  }
  const text = entry === undefined ? undefined : one(entry, 'dSHeuristics');
  return text?.[place - 1] ?? '0';
}

/**
 * Refuses any operation but bind, unbind and reading the rootDSE on a connection without a bind,
 * unless the seventh digit of dSHeuristics is 2.
 */
export function refuseAnonymous(directory: Directory, domain: DomainInfo): Refusal | undefined {
  if (heuristic(directory, domain, 7) === '2') return undefined;
  return refuse(
    ResultCode.operationsError,
    Win32.ERROR_NOT_AUTHENTICATED,
    'In order to perform this operation a successful bind must be completed on the connection.',
  );
}
