/**
 * The TGS exchange: RFC 4120 §3.3, MS-KILE 3.3.5.7. The steps stand in the order in which a domain
 * controller answers when several things are wrong at once.
 */
import { KdcOptions, KRB_TGS_REQ } from '../kerberos/constants.ts';
import {
  KDC_ERR_ETYPE_NOSUPP,
  KDC_ERR_POLICY,
  KDC_ERR_S_PRINCIPAL_UNKNOWN,
  KDC_ERR_SERVER_NOMATCH,
  KDC_ERR_WRONG_REALM,
  KRB_ERR_GENERIC,
} from '../kerberos/error-codes.ts';
import { etypeName } from '../kerberos/etypes.ts';
import type { KdcReqBody, PrincipalName, TgsReq } from '../kerberos/messages.ts';
import { formatName } from '../kerberos/names.ts';
import { type KdcEnv, TrustAttributes } from './accounts.ts';
import { headerRefusal } from './as.ts';
import type { Reply } from './as-reply.ts';
import { type Refusal, refused } from './errors.ts';
import { accountEncTypes, KRBTGT_ENC_TYPES, sessionEtype } from './etype-selection.ts';
import { findServer, krbtgtRealm, type ServerLookup, withoutServiceName } from './lookup.ts';
import { asksDelegation, wishesOf } from './padata.ts';
import { readOnlyDelegation } from './read-only.ts';
import { namesRealm, type Realm } from './realm.ts';
import { AGAIN, optionRefusal } from './tgs-options.ts';
import { type Bearer, bearerOf } from './tgs-pac.ts';
import { type Asked, grant, grantAgain } from './tgs-reply.ts';
import { type IsReplayed, type Presented, presented } from './tgs-request.ts';
import { type Target, targetOf } from './ticket.ts';
import { userToUserKey } from './user-to-user.ts';

/** The answer, and the tag of the authenticator once that is known to be genuine. */
export interface TgsOutcome {
  readonly answer: Reply | Refusal;
  readonly tag?: Uint8Array;
}

export function tgsExchange(
  realm: Realm,
  request: TgsReq,
  isReplayed: IsReplayed,
  env: KdcEnv,
): TgsOutcome {
  const bad = headerRefusal(request, KRB_TGS_REQ);
  if (bad !== undefined) return { answer: bad };
  const client = presented(realm, request, isReplayed, env);
  if (client.kind === 'refused') return { answer: client };
  return { answer: answered(realm, request, client, env), tag: client.tag };
}

function answered(realm: Realm, request: TgsReq, client: Presented, env: KdcEnv): Reply | Refusal {
  const body = request.reqBody.value;
  const padata = request.padata ?? [];
  const bearer = bearerOf(realm, client.tgt, env, 'the ticket-granting ticket');
  if (bearer.kind === 'refused') return bearer;
  if (bearer.readOnlyKdc !== undefined && asksDelegation(padata)) {
    return readOnlyDelegation(bearer.readOnlyKdc);
  }
  const wishes = wishesOf(padata, 'TGS');
  if (wishes.kind === 'refused') return wishes;
  const { kdcOptions, sname } = body;
  if (sname === undefined) return refused(KRB_ERR_GENERIC, 'the TGS-REQ names no server');
  const barred = optionRefusal(kdcOptions, client.tgt.part, env.now);
  if (barred !== undefined) return barred;
  const asked = { realm, body, sname, wishes, client, bearer };
  if ((kdcOptions & AGAIN) !== 0) return again(asked, env);
  if (!namesRealm(realm, body.realm)) {
    return refused(
      KDC_ERR_WRONG_REALM,
      `a ticket of realm ${body.realm} is asked for; this KDC issues those of ${realm.name}`,
    );
  }
  const found = findServer(env.accounts, realm, sname);
  if ((kdcOptions & KdcOptions.encTktInSkey) !== 0) return userToUser(asked, found, env);
  const unfit =
    serverRefusal(realm, sname, found, body, bearer, client) ??
    readOnlyServiceRefusal(realm, found, bearer);
  if (unfit !== undefined) return unfit;
  const target = targetOf(realm, found, sname);
  if (target.kind === 'refused') return target;
  const session = sessionEtype(realm.policy, target.encTypes, body.etype);
  if (session === undefined) return noCommonEtype(sname, target.encTypes, body.etype);
  const trust = found.kind === 'trust' || found.kind === 'referral' ? found.trust : undefined;
  return grant(
    { ...asked, target, session, key: target.key, kvno: target.kvno, ...(trust && { trust }) },
    env,
  );
}

/** By policy, a ticket of a read-only KDC may have to be exchanged before anything else. */
function readOnlyServiceRefusal(
  realm: Realm,
  found: ServerLookup,
  { readOnlyKdc }: Bearer,
): Refusal | undefined {
  if (readOnlyKdc === undefined || found.kind === 'krbtgt') return undefined;
  if (realm.policy.readOnlyTicketsFor === 'anyService') return undefined;
  return refused(
    KDC_ERR_POLICY,
    `the ticket of the read-only KDC ${readOnlyKdc} has to be exchanged for one of ${realm.name} first`,
  );
}

/** The same ticket with other times: it must be the ticket-granting ticket itself. */
function again(asked: Asked, env: KdcEnv): Reply | Refusal {
  const { realm, sname, client } = asked;
  if (client.tgt.issuer.kind === 'trusted') {
    return refused(
      KDC_ERR_POLICY,
      `${client.tgt.issuer.trust.realm} issued the ticket-granting ticket, and has to renew it`,
    );
  }
  const instance = krbtgtRealm(sname);
  const found = findServer(env.accounts, realm, sname);
  if (instance === undefined || found.kind !== 'krbtgt') {
    return refused(
      KDC_ERR_SERVER_NOMATCH,
      `renewing or validating gives the same ticket again, which is not for ${formatName(sname)}`,
    );
  }
  const target = targetOf(realm, found, sname);
  return target.kind === 'refused' ? target : grantAgain({ ...asked, target }, env);
}

/** Servers that are found and still get no ticket. */
function serverRefusal(
  realm: Realm,
  sname: PrincipalName,
  found: ServerLookup,
  body: KdcReqBody,
  bearer: Bearer,
  client: Presented,
): Refusal | undefined {
  const nameless = withoutServiceName(found);
  if (nameless !== undefined) return nameless;
  // RFC 6806 §8: a ticket for another name than asked for only goes to who can tell.
  if (found.kind === 'referral' && (body.kdcOptions & KdcOptions.canonicalize) === 0) {
    return refused(
      KDC_ERR_S_PRINCIPAL_UNKNOWN,
      `${formatName(sname)} belongs to ${found.trust.realm}, and the request does not allow a ` +
        'referral (canonicalize)',
    );
  }
  const crossing = found.kind === 'referral' || found.kind === 'trust';
  if (crossing && bearer.account === undefined && client.tgt.issuer.kind === 'trusted') {
    return transitRefusal(realm, client.tgt.issuer.trust.trustAttributes, found.trust);
  }
  return undefined;
}

/** From one trusted realm through this one to another: both trusts have to be transitive. */
function transitRefusal(
  realm: Realm,
  inbound: number,
  trust: { readonly realm: string; readonly trustAttributes: number },
): Refusal | undefined {
  const transitive = (attributes: number) =>
    (attributes & TrustAttributes.NON_TRANSITIVE) === 0 &&
    (attributes & (TrustAttributes.WITHIN_FOREST | TrustAttributes.FOREST_TRANSITIVE)) !== 0;
  if (transitive(inbound) && transitive(trust.trustAttributes)) return undefined;
  return refused(
    KDC_ERR_S_PRINCIPAL_UNKNOWN,
    `${realm.name} does not lead on to ${trust.realm}: a trust on the way is not transitive`,
  );
}

function noCommonEtype(
  sname: PrincipalName,
  encTypes: number,
  offered: readonly number[],
): Refusal {
  const list = offered.map(etypeName).join(', ') || 'none';
  return refused(
    KDC_ERR_ETYPE_NOSUPP,
    `for the session with ${formatName(sname)} the client offers ${list}; ` +
      `the service supports msDS-SupportedEncryptionTypes 0x${encTypes.toString(16)}`,
  );
}

/** enc-tkt-in-skey */
function userToUser(asked: Asked, found: ServerLookup, env: KdcEnv): Reply | Refusal {
  const { realm, body, sname } = asked;
  if (found.kind === 'unknown' || found.kind === 'notUnique') {
    const target = targetOf(realm, found, sname);
    if (target.kind === 'refused') return target;
  }
  const server = userToUserKey(realm, body, sname, found, env);
  if (server.kind === 'refused') return server;
  const account = found.kind === 'account' || found.kind === 'krbtgt' ? found.account : undefined;
  const encTypes =
    account === undefined ? KRBTGT_ENC_TYPES : accountEncTypes(realm.policy, account);
  const session = sessionEtype(realm.policy, encTypes, body.etype);
  if (session === undefined) return noCommonEtype(sname, encTypes, body.etype);
  const target: Pick<Target, 'use' | 'encTypes' | 'account'> = {
    use: 'service',
    encTypes,
    ...(account === undefined ? {} : { account }),
  };
  return grant({ ...asked, target, session, key: server.key }, env);
}
