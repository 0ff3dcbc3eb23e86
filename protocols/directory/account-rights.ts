/** Flags of userAccountControl that need more than the right to write it: MS-SAMR 3.1.1.8.10. */

import type { Directory } from './directory.ts';
import type { DomainInfo } from './domain-info.ts';
import { descriptorOf, selfSidOf } from './protection.ts';
import { accessDenied, type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';
import { classSchema } from './schema.ts';
import { granted, type SecurityContext } from './security/access.ts';
import { Right } from './security/descriptor.ts';
import { UserAccountControl as Uac } from './user-account-control.ts';
import { controlAccessRight } from './well-known-rights.ts';

/** Control access rights on the domain that setting a flag asks for. */
const RIGHTS: readonly (readonly [number, string])[] = [
  [Uac.PASSWD_NOTREQD, 'Update-Password-Not-Required-Bit'],
  [Uac.DONT_EXPIRE_PASSWORD, 'Unexpire-Password'],
  [Uac.ENCRYPTED_TEXT_PASSWORD_ALLOWED, 'Enable-Per-User-Reversibly-Encrypted-Password'],
  [Uac.SERVER_TRUST_ACCOUNT, 'DS-Install-Replica'],
  [Uac.PARTIAL_SECRETS_ACCOUNT, 'DS-Install-Replica'],
];

const DELEGATION = Uac.TRUSTED_FOR_DELEGATION | Uac.TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION;

/** Who has SeEnableDelegationPrivilege on a domain controller by default. */
const ADMINISTRATORS = 'S-1-5-32-544';

/** `gained`: the flags that the write sets and that were not set before. */
export function controlRights(
  gained: number,
  at: {
    readonly directory: Directory;
    readonly domain: DomainInfo;
    readonly context: SecurityContext;
  },
): Refusal | undefined {
  if (at.context.system === true) return undefined;
  if ((gained & DELEGATION) !== 0 && !at.context.sids.has(ADMINISTRATORS)) {
    return refuse(
      ResultCode.insufficientAccessRights,
      Win32.ERROR_PRIVILEGE_NOT_HELD,
      'userAccountControl: delegation needs SeEnableDelegationPrivilege',
    );
  }
  const head = at.directory.entry(at.domain.ids.domain);
  for (const [flag, name] of RIGHTS) {
    if ((gained & flag) === 0 || head === undefined) continue;
    const may = granted(descriptorOf(head), at.context, {
      rights: Right.CONTROL_ACCESS,
      types: [controlAccessRight(name)?.guid ?? '', classSchema('domainDNS')?.guid ?? ''],
      ...selfSidOf(head),
    });
    if (!may) return accessDenied(`userAccountControl: no ${name} on the domain`);
  }
  return undefined;
}
