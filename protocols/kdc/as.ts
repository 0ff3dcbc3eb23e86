/**
 * The AS exchange: RFC 4120 §3.1, MS-KILE 3.3.5.6. One request in, one reply or refusal out. The steps
 * stand in the order in which a domain controller answers when several things are wrong at once.
 */
import {
  KdcOptions,
  KRB_AS_REQ,
  NT_PRINCIPAL,
  NT_X500_PRINCIPAL,
  PA_AS_FRESHNESS,
  PA_ENC_TIMESTAMP,
  PVNO,
} from '../kerberos/constants.ts';
import {
  KDC_ERR_BADOPTION,
  KDC_ERR_C_PRINCIPAL_UNKNOWN,
  KDC_ERR_CANNOT_POSTDATE,
  KDC_ERR_ETYPE_NOSUPP,
  KDC_ERR_PREAUTH_REQUIRED,
  KDC_ERR_WRONG_REALM,
  KRB_AP_ERR_BADVERSION,
  KRB_AP_ERR_MSG_TYPE,
  KRB_ERR_GENERIC,
} from '../kerberos/error-codes.ts';
import { etypeName, type Key } from '../kerberos/etypes.ts';
import type { AsReq, KdcReqBody, PaData, PrincipalName } from '../kerberos/messages.ts';
import { formatName } from '../kerberos/names.ts';
import { accountRefusal, type SignIn } from './account-checks.ts';
import { type Account, isProtectedUser, type KdcEnv, UserAccountControl } from './accounts.ts';
import { type KeptHalves, type KeyedClient, type Signing, toBeSigned } from './as-public-key.ts';
import { type Client, issue, type Reply } from './as-reply.ts';
import { accountOfCertificate } from './certificate-lookup.ts';
import { type Refusal, refused } from './errors.ts';
import { clientKeys, sessionEtype } from './etype-selection.ts';
import { freshnessToken } from './freshness.ts';
import { findClient, findServer, withoutServiceName } from './lookup.ts';
import { methodData, methodDataWithoutKeys } from './method-data.ts';
import { wishesOf } from './padata.ts';
import { proofIn } from './preauth.ts';
import type { HintContext, PasswordProof } from './proof.ts';
import { namesRealm, type Realm } from './realm.ts';
import {
  isChangePw,
  type Target,
  targetOf,
  type Validity,
  validity,
  wholeSeconds,
} from './ticket.ts';

/**
 * @param octets the whole AS-REQ as it came, which PA-REQ-ENC-PA-REP covers
 * @param halves of agreements, from exchanges before
 */
export function asExchange(
  realm: Realm,
  request: AsReq,
  octets: Uint8Array,
  halves: KeptHalves,
  env: KdcEnv,
): Reply | Refusal | Signing {
  const body = request.reqBody.value;
  const bad = headerRefusal(request, KRB_AS_REQ) ?? optionsRefusal(body.kdcOptions);
  if (bad !== undefined) return bad;
  const { sname, cname } = body;
  if (sname === undefined) return refused(KRB_ERR_GENERIC, 'the AS-REQ names no server');
  if (cname === undefined) {
    return refused(KDC_ERR_C_PRINCIPAL_UNKNOWN, 'the AS-REQ names no client');
  }
  const wishes = wishesOf(request.padata ?? [], 'AS');
  if (wishes.kind === 'refused') return wishes;
  const client = authenticated(realm, cname, request, env);
  if (client.kind === 'refused') return client;
  const found = findServer(env.accounts, realm, sname);
  const target = withoutServiceName(found) ?? targetOf(realm, found, sname);
  if (target.kind === 'refused') return target;
  const times = lifetime(realm, body, client, target, env.now);
  if (times.kind === 'refused') return times;
  const session = sessionEtype(realm.policy, target.encTypes, body.etype);
  if (session === undefined) return noCommonEtype(client.account, body.etype);
  // Written out, here and for the proof: spreading objects costs a sixth of the whole exchange (bench `kdc`).
  return client.kind === 'keyed'
    ? toBeSigned(
        { realm, body, wishes, target, times, session, octets, sname },
        client,
        halves,
        env,
      )
    : issue({ realm, body, wishes, client, target, times, session, octets, sname }, env);
}

/** Windows says KRB_AP_ERR_BADVERSION where RFC 4120 §3.1.3 has KDC_ERR_BAD_PVNO. */
export function headerRefusal(request: AsReq, msgType: number): Refusal | undefined {
  if (request.pvno !== PVNO) {
    return refused(KRB_AP_ERR_BADVERSION, `pvno is ${request.pvno}, not ${PVNO}`);
  }
  if (request.msgType !== msgType) {
    return refused(KRB_AP_ERR_MSG_TYPE, `msg-type is ${request.msgType}, not ${msgType}`);
  }
  return undefined;
}

/** Bit 7 of KDCOptions, which nobody defined: asking for it is an error, not ignored. */
export const RESERVED_OPTION = 0x0100_0000;

/** Only a TGS can do what these ask for. */
const TGS_ONLY =
  KdcOptions.renew |
  KdcOptions.validate |
  KdcOptions.proxy |
  KdcOptions.forwarded |
  KdcOptions.encTktInSkey |
  KdcOptions.cnameInAddlTkt;

function optionsRefusal(kdcOptions: number): Refusal | undefined {
  const never = kdcOptions & (RESERVED_OPTION | TGS_ONLY | KdcOptions.requestAnonymous);
  if (never !== 0) {
    return refused(
      KDC_ERR_BADOPTION,
      `kdc-options 0x${(never >>> 0).toString(16)} have no meaning in an AS-REQ here`,
    );
  }
  if ((kdcOptions & KdcOptions.postdated) !== 0) {
    return refused(KDC_ERR_CANNOT_POSTDATE, 'a postdated ticket is asked for; AD issues none');
  }
  return undefined;
}

/** The client's account, its standing and its proof. */
function authenticated(
  realm: Realm,
  cname: PrincipalName,
  request: AsReq,
  env: KdcEnv,
): Client | KeyedClient | Refusal {
  const { policy } = realm;
  const { value: body, raw: reqBody } = request.reqBody;
  const padata = request.padata ?? [];
  const given = proofIn(padata);
  if (given !== undefined && 'kind' in given) return given;
  const account = clientAccount(realm, cname, request, given !== undefined, env);
  if ('kind' in account) return account;
  const signIn: SignIn = {
    policy,
    now: env.now,
    toChangePassword: isChangePw(body.sname),
    addresses: body.addresses ?? [],
  };
  const revoked = accountRefusal(account, 'identified', signIn);
  if (revoked !== undefined) return revoked;
  const keys = clientKeys(policy, account, body.etype);
  if (keys.length === 0) return noCommonEtype(account, body.etype);
  const canonical = (body.kdcOptions & KdcOptions.canonicalize) !== 0;
  const named = canonical
    ? { nameType: NT_PRINCIPAL, nameString: [account.sAMAccountName] }
    : cname;
  const unneeded = (account.userAccountControl & UserAccountControl.DONT_REQUIRE_PREAUTH) !== 0;
  // Who shows a private key cannot open a reply under a password's.
  const byPublicKey = given !== undefined && given.way.padataType !== PA_ENC_TIMESTAMP;
  if (unneeded && !byPublicKey) {
    const client = unproved(account, named, keys, body.etype);
    const proof = { by: 'password', etype: client.replyKey.etype } as const;
    const barred = accountRefusal(account, 'proving', signIn);
    return barred ?? accountRefusal(account, 'authenticated', { ...signIn, proof }) ?? client;
  }
  const { now, accounts } = env;
  if (given === undefined) {
    return proofWanted(realm, padata, { policy, client: account, offered: body.etype }, env);
  }
  const barred = accountRefusal(account, 'proving', signIn);
  if (barred !== undefined) return barred;
  const { etype: offered, nonce } = body;
  const context = { policy, client: account, offered, now, accounts, realm, reqBody, nonce };
  const proof = given.way.prove(context, given.padataValue);
  if (proof.kind === 'refused') return proof;
  // Of a key agreed on, the strongest type that both have.
  const etype = proof.by === 'password' ? proof.replyKey.etype : (keys[0] as Key).etype;
  const unfit = accountRefusal(account, 'authenticated', {
    ...signIn,
    proof: { by: proof.by, etype },
  });
  if (unfit !== undefined) return unfit;
  return proof.by === 'password'
    ? proved(account, named, proof)
    : { kind: 'keyed', account, cname: named, proof, etype };
}

/** The usual answer to a first AS-REQ; who asks for a freshness token gets one (RFC 8070 §4). */
function proofWanted(
  realm: Realm,
  padata: readonly PaData[],
  hints: HintContext,
  env: KdcEnv,
): Refusal {
  const asked = padata.some(({ padataType }) => padataType === PA_AS_FRESHNESS);
  const token = asked ? freshnessToken(realm, env.accounts, env) : undefined;
  const more = token === undefined ? [] : [{ padataType: PA_AS_FRESHNESS, padataValue: token }];
  return refused(
    KDC_ERR_PREAUTH_REQUIRED,
    `${hints.client.sAMAccountName} has to prove itself first: the usual answer to a first AS-REQ`,
    { methodData: methodData(hints, more) },
  );
}

function clientAccount(
  realm: Realm,
  cname: PrincipalName,
  request: AsReq,
  preauthenticated: boolean,
  { accounts }: KdcEnv,
): Account | Refusal {
  const body = request.reqBody.value;
  const shown = formatName(cname, body.realm);
  if (!namesRealm(realm, body.realm)) {
    const trust = accounts.trust(body.realm);
    return refused(
      KDC_ERR_WRONG_REALM,
      `${shown} is not of ${realm.name}, the realm of this KDC`,
      trust === undefined ? {} : { crealm: trust.realm },
    );
  }
  const found = findClient(accounts, realm, cname, preauthenticated);
  switch (found.kind) {
    case 'account':
      return found.account;
    case 'elsewhere':
      return refused(KDC_ERR_WRONG_REALM, `${shown} belongs to the trusted realm ${found.realm}`, {
        crealm: found.realm,
      });
    case 'unknown': {
      const byCertificate =
        cname.nameType === NT_X500_PRINCIPAL
          ? accountOfCertificate(request.padata ?? [], accounts)
          : undefined;
      if (byCertificate !== undefined) return byCertificate;
      return refused(KDC_ERR_C_PRINCIPAL_UNKNOWN, `no account of ${realm.name} is called ${shown}`);
    }
  }
}

function noCommonEtype(account: Account, offered: readonly number[]): Refusal {
  const list = offered.map(etypeName).join(', ') || 'none';
  const own = account.keys[0]?.keys.map((key) => etypeName(key.etype)).join(', ') || 'none';
  return refused(
    KDC_ERR_ETYPE_NOSUPP,
    `${account.sAMAccountName} offers ${list}; it has keys of ${own}, and policy leaves none in common`,
    { methodData: methodDataWithoutKeys() },
  );
}

/** Accounts without preauthentication: the reply's key by the client's own order (MS-KILE 3.3.5.6). */
function unproved(
  account: Account,
  cname: PrincipalName,
  keys: readonly Key[],
  offered: readonly number[],
): Client {
  const first = offered.find((etype) => keys.some((key) => key.etype === etype));
  const replyKey = keys.find((key) => key.etype === first) as Key;
  const { kvno } = account.keys[0] as { readonly kvno: number };
  return { kind: 'client', account, cname, replyKey, kvno, identities: [], preAuthent: false };
}

function proved(account: Account, cname: PrincipalName, proof: PasswordProof): Client {
  const { replyKey, kvno } = proof;
  return { kind: 'client', account, cname, replyKey, kvno, identities: [], preAuthent: true };
}

function lifetime(
  realm: Realm,
  body: KdcReqBody,
  { account }: Pick<Client, 'account'>,
  target: Target,
  now: number,
): Validity | Refusal {
  const { policy } = realm;
  const { from, rtime, till, kdcOptions } = body;
  if (from !== undefined && from > now + policy.maxClockSkew) {
    return refused(
      KDC_ERR_CANNOT_POSTDATE,
      `the ticket shall start at ${new Date(from).toISOString()}, in the future, but is not postdated`,
    );
  }
  const start = wholeSeconds(now);
  const usual = target.use === 'changePw' ? policy.changePwTicketAge : policy.maxTicketAge;
  const shortened = isProtectedUser(account);
  const age = shortened ? Math.min(usual, policy.protectedUsersTicketAge) : usual;
  const renewAge = shortened ? policy.protectedUsersTicketAge : policy.maxRenewAge;
  return validity(
    {
      start,
      till,
      ...(rtime === undefined ? {} : { rtime }),
      renewable: (kdcOptions & KdcOptions.renewable) !== 0,
      renewableOk: (kdcOptions & KdcOptions.renewableOk) !== 0,
    },
    start + age,
    start + renewAge,
  );
}
