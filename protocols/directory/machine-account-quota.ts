/** Any user may join a few computers: ms-DS-MachineAccountQuota, MS-ADTS 3.1.1.5.2.1. */
import { parseSid } from '../pac/sid.ts';
import { requesterSid } from './account.ts';
import type { AddContext, AddRequest } from './add.ts';
import { type Entry, number } from './entry.ts';
import { accessDenied, type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';
import { attribute } from './schema.ts';

/** Authenticated Users: who has SeMachineAccountPrivilege by default. */
const AUTHENTICATED_USERS = 'S-1-5-11';

/** What a join by quota may say of the computer (MS-ADTS 3.1.1.5.2.1). */
const ALLOWED: ReadonlySet<string> = new Set([
  'cn',
  'displayName',
  'dNSHostName',
  'nTSecurityDescriptor',
  'objectClass',
  'sAMAccountName',
  'servicePrincipalName',
  'unicodePwd',
  'userAccountControl',
]);

/** Refused unless the requester has made fewer computers than the domain allows. */
export function mayJoin(request: AddRequest, parent: Entry, at: AddContext): Refusal | undefined {
  const denied = accessDenied('no right to make a computer there');
  if (parent.id !== at.domain.ids.computers) return denied;
  if (!at.context.sids.has(AUTHENTICATED_USERS)) return denied;
  const names = request.attributes.map(({ name }) => attribute(name)?.name ?? name);
  if (names.some((name) => !ALLOWED.has(name))) return denied;
  const head = at.directory.entry(at.domain.ids.domain);
  const quota = head === undefined ? 0 : number(head, 'ms-DS-MachineAccountQuota');
  const made = at.directory.find('mS-DS-CreatorSID', parseSid(requesterSid(at.context)));
  if (made.length < quota) return undefined;
  return refuse(
    ResultCode.unwillingToPerform,
    Win32.ERROR_DS_MACHINE_ACCOUNT_QUOTA_EXCEEDED,
    `${made.length} computers were made already, ${quota} are allowed`,
  );
}
