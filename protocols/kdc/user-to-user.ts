/**
 * User-to-user authentication (RFC 4120 §3.7): the ticket is sealed with the session key of the
 * server's own ticket-granting ticket, which the client got from it and sends along.
 */
import {
  KDC_ERR_ETYPE_NOSUPP,
  KDC_ERR_POLICY,
  KRB_AP_ERR_BADKEYVER,
  KRB_AP_ERR_BADMATCH,
  KRB_AP_ERR_MODIFIED,
  KRB_AP_ERR_NOT_US,
  KRB_AP_ERR_TKT_EXPIRED,
  KRB_ERR_GENERIC,
} from '../kerberos/error-codes.ts';
import type { Key } from '../kerberos/etypes.ts';
import type { KdcReqBody, PrincipalName } from '../kerberos/messages.ts';
import { formatName } from '../kerberos/names.ts';
import { STATUS_NO_MATCH } from '../kerberos/ntstatus.ts';
import type { KdcEnv } from './accounts.ts';
import { type Refusal, refused } from './errors.ts';
import type { ServerLookup } from './lookup.ts';
import { namesRealm, type Realm } from './realm.ts';
import { bearerOf } from './tgs-pac.ts';
import { openTgt } from './tgs-ticket.ts';

const SECOND = 'the additional ticket';

type ServerKey = { readonly kind: 'serverKey'; readonly key: Key };

/** The session key of the server's ticket-granting ticket, which must be that of the named server. */
export function userToUserKey(
  realm: Realm,
  body: KdcReqBody,
  sname: PrincipalName,
  found: ServerLookup,
  env: KdcEnv,
): ServerKey | Refusal {
  const second = body.additionalTickets?.[0];
  if (second === undefined) {
    return refused(KRB_ERR_GENERIC, `enc-tkt-in-skey without ${SECOND}`);
  }
  const opened = openTgt(realm, env.accounts, second.value, SECOND);
  if (opened.kind === 'refused') return asSecond(opened);
  const { cname, crealm, endtime } = opened.part;
  const shown = formatName(cname, crealm);
  if (!namesRealm(realm, crealm)) {
    return refused(KDC_ERR_POLICY, `${SECOND} is of ${shown}, a user of another realm`, {
      status: STATUS_NO_MATCH,
    });
  }
  if (endtime <= env.now) {
    const at = new Date(endtime).toISOString();
    return refused(KRB_AP_ERR_TKT_EXPIRED, `${SECOND} of ${shown} ended at ${at}`);
  }
  const bearer = bearerOf(realm, opened, env, SECOND);
  if (bearer.kind === 'refused') return bearer;
  const named = found.kind === 'account' || found.kind === 'krbtgt' ? found.account : undefined;
  if (named === undefined || named.objectSid !== bearer.account?.objectSid) {
    return refused(
      KRB_AP_ERR_BADMATCH,
      `${SECOND} is of ${shown}, but the ticket is asked for ${formatName(sname)}`,
    );
  }
  return { kind: 'serverKey', key: opened.sessionKey };
}

/** What is wrong with the second ticket has codes of its own. */
function asSecond(refusal: Refusal): Refusal {
  switch (refusal.code) {
    case KRB_AP_ERR_NOT_US:
      return refused(KDC_ERR_POLICY, refusal.cause, { status: STATUS_NO_MATCH });
    case KRB_ERR_GENERIC:
    case KRB_AP_ERR_BADKEYVER:
      return refused(KDC_ERR_ETYPE_NOSUPP, refusal.cause);
    default:
      return refused(KRB_AP_ERR_MODIFIED, refusal.cause);
  }
}
