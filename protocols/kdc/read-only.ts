/**
 * Tickets of read-only domain controllers: which of them a writable one exchanges for its own. What the
 * read-only one wrote into the PAC counts for nothing but whom the ticket was issued to.
 */
import {
  KDC_ERR_C_PRINCIPAL_UNKNOWN,
  KDC_ERR_POLICY,
  KDC_ERR_TGT_REVOKED,
} from '../kerberos/error-codes.ts';
import { accountRefusalToday } from './account-checks.ts';
import {
  type Account,
  type Accounts,
  type KdcEnv,
  type ReadOnlyController,
  UserAccountControl,
} from './accounts.ts';
import { type Refusal, refused } from './errors.ts';
import { isKrbtgt } from './long-term-keys.ts';
import type { Realm } from './realm.ts';

/** What the password replication policy says of an account: MS-DRSR 4.1.10.5.14. */
export type RevealSecretsPolicy =
  | { readonly kind: 'allow' }
  | { readonly kind: 'deny'; readonly why: string }
  /** On neither list. */
  | { readonly kind: 'noPolicy' };

/** May this read-only domain controller hold the account's secrets? @param sids tokenSids */
export function revealSecretsPolicy(
  controller: ReadOnlyController,
  account: Account,
  sids: readonly string[],
): RevealSecretsPolicy {
  if (account.objectSid === controller.computer.objectSid) return { kind: 'allow' };
  if (isKrbtgt(account)) return { kind: 'deny', why: 'is a krbtgt account' };
  if ((account.userAccountControl & UserAccountControl.INTERDOMAIN_TRUST_ACCOUNT) !== 0) {
    return { kind: 'deny', why: 'is the account of a trust' };
  }
  const denied = sids.find((sid) => controller.neverReveal.includes(sid));
  if (denied !== undefined) {
    const how = denied === account.objectSid ? 'is' : `is in ${denied}, which is`;
    return { kind: 'deny', why: `${how} in msDS-NeverRevealGroup` };
  }
  return sids.some((sid) => controller.revealOnDemand.includes(sid))
    ? { kind: 'allow' }
    : { kind: 'noPolicy' };
}

/** The one computer that the krbtgt account of this number belongs to. */
export function readOnlyController(
  accounts: Accounts,
  secondaryKrbTgtNumber: number,
): { readonly kind: 'controller'; readonly controller: ReadOnlyController } | Refusal {
  const linked = accounts.readOnlyControllers(secondaryKrbTgtNumber);
  const [controller] = linked;
  const what = `the krbtgt account of the read-only KDC ${secondaryKrbTgtNumber}`;
  if (controller === undefined || linked.length > 1) {
    const many = linked.map(({ computer }) => computer.sAMAccountName).join(', ') || 'none';
    const cause = `${what} has to be the msDS-KrbTgtLink of one computer, and is of ${many}`;
    return refused(KDC_ERR_POLICY, cause);
  }
  const { sAMAccountName, userAccountControl } = controller.computer;
  if ((userAccountControl & UserAccountControl.PARTIAL_SECRETS_ACCOUNT) === 0) {
    return refused(
      KDC_ERR_POLICY,
      `${what} is linked to ${sAMAccountName}, which is no read-only domain controller ` +
        '(PARTIAL_SECRETS_ACCOUNT is not in its userAccountControl)',
    );
  }
  return { kind: 'controller', controller };
}

/**
 * Why a ticket that a read-only KDC issued to an account is not believed. The lists are compared with
 * the groups that the directory knows now, not with those in the PAC (MS-KILE 3.3.5.7).
 */
export function readOnlyRefusal(
  realm: Realm,
  secondaryKrbTgtNumber: number,
  account: Account,
  { accounts, now }: KdcEnv,
): Refusal | undefined {
  const found = readOnlyController(accounts, secondaryKrbTgtNumber);
  if (found.kind === 'refused') return found;
  const { controller } = found;
  const { sAMAccountName, objectSid } = account;
  const issuer = controller.computer.sAMAccountName;
  const policy = revealSecretsPolicy(controller, account, accounts.tokenSids(account));
  switch (policy.kind) {
    case 'deny':
      return refused(
        KDC_ERR_TGT_REVOKED,
        `${issuer} may issue no tickets to ${sAMAccountName}, which ${policy.why}`,
      );
    case 'noPolicy':
      return refused(
        KDC_ERR_TGT_REVOKED,
        `${issuer} may issue no tickets to ${sAMAccountName}, which is not in msDS-RevealOnDemandGroup`,
      );
    case 'allow':
      break;
  }
  const { readOnlyTickets } = realm.policy;
  const itself = objectSid === controller.computer.objectSid;
  if (readOnlyTickets === 'revealed' && !itself && !controller.revealed.includes(objectSid)) {
    return refused(
      KDC_ERR_TGT_REVOKED,
      `${issuer} issued a ticket to ${sAMAccountName}, whose secrets it was never given (msDS-RevealedUsers)`,
    );
  }
  // The read-only KDC may know an older state of the account, or (Entra's) none at all.
  return accountRefusalToday(account, {
    policy: realm.policy,
    now,
    toChangePassword: false,
    addresses: [],
  });
}

/**
 * S4U2self with a ticket of a read-only KDC, which Windows answers as if the user were unknown, after
 * all that can be wrong with the ticket (Samba `kdc_tgs_tests`, `test_rodc_s4u2self_*`).
 */
export function readOnlyDelegation(secondaryKrbTgtNumber: number): Refusal {
  return refused(
    KDC_ERR_C_PRINCIPAL_UNKNOWN,
    'a ticket in the name of another user (S4U2self) is asked for with a ticket of the read-only ' +
      `KDC ${secondaryKrbTgtNumber}, which is good for no such thing`,
  );
}
