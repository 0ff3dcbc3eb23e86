/** What the authentication service issues: RFC 4120 §3.1.3, MS-KILE 3.3.5.6. */
import { encode } from '../../src/der/codec.ts';
import {
  KdcOptions,
  KeyUsage,
  KRB_AS_REP,
  LR_NONE,
  NT_SRV_INST,
  PA_REQ_ENC_PA_REP,
  PVNO,
  TicketFlags,
  TR_NONE,
} from '../kerberos/constants.ts';
import { KDC_ERR_ETYPE_NOSUPP } from '../kerberos/error-codes.ts';
import {
  checksum,
  confounderLength,
  encrypt,
  encryptionKey,
  type Key,
  keyLength,
  mandatoryChecksum,
  randomToKey,
} from '../kerberos/etypes.ts';
import {
  AsRep,
  Checksum,
  EncAsRepPart,
  type EncTicketPart,
  type KdcReqBody,
  type PaData,
  type PrincipalName,
} from '../kerberos/messages.ts';
import { pacCredentials } from '../pac/credentials.ts';
import { draftPac, type PacKeys } from '../pac/signatures.ts';
import {
  type Account,
  type AccountChange,
  isProtectedUser,
  type KdcEnv,
  UserAccountControl,
} from './accounts.ts';
import { signedIn } from './attempts.ts';
import { type Refusal, refused } from './errors.ts';
import { RC4 } from './etype-selection.ts';
import { buffersForService } from './inherited-pac.ts';
import { krbtgtRealm } from './lookup.ts';
import { replyHint } from './method-data.ts';
import { tgtPac } from './pac.ts';
import { encryptedPaData, type Wishes } from './padata.ts';
import type { Realm } from './realm.ts';
import {
  isTrustedForDelegation,
  pacSigner,
  sealTicket,
  type Target,
  type Validity,
  wholeSeconds,
  withPac,
} from './ticket.ts';

export interface Reply {
  readonly kind: 'replied';
  readonly message: 'AS-REP' | 'TGS-REP';
  readonly bytes: Uint8Array;
  /** What the sign-in leaves in the directory. */
  readonly change?: AccountChange;
  /** What an administrator would find in the log although all went well. */
  readonly warnings?: readonly string[];
  /** The reply's key, where it is nobody's long-term key. */
  readonly agreed?: AgreedKey;
}

/** What client and KDC agreed on with public keys, for those who look into the reply. */
export interface AgreedKey {
  /** `alice@CORP.EXAMPLE`, as the reply names the client. */
  readonly client: string;
  readonly key: Key;
}

/** Who is asking: found, in good standing, and proved where that is needed. */
export interface Client {
  readonly kind: 'client';
  readonly account: Account;
  /** As the ticket names it. */
  readonly cname: PrincipalName;
  readonly replyKey: Key;
  readonly kvno?: number;
  readonly identities: readonly string[];
  readonly preAuthent: boolean;
  /** PA-PK-AS-REP, by which the client learns the reply's key. */
  readonly publicKey?: PaData;
}

/** A request that is in order. */
export interface Issue {
  readonly realm: Realm;
  readonly body: KdcReqBody;
  readonly sname: PrincipalName;
  readonly wishes: Wishes;
  readonly client: Client;
  readonly target: Target;
  readonly times: Validity;
  /** etype of the session key. */
  readonly session: number;
  readonly octets: Uint8Array;
}

export function issue(input: Issue, env: KdcEnv): Reply | Refusal {
  const { realm, body, wishes, client, target, session } = input;
  const { replyKey } = client;
  const size = keyLength(session);
  const ticketConfounder = confounderLength(target.key.etype);
  const chance = env.random(size + ticketConfounder + confounderLength(replyKey.etype));
  const sessionKey = randomToKey(session, chance.subarray(0, size));
  const sname = ticketSname(input);
  const bare = ticketPart(input, sessionKey);
  const part = partWithPac(input, bare, env);
  if (part.kind === 'refused') return part;
  const ticket = sealTicket(
    realm.name,
    sname,
    part.part,
    target.key,
    target.kvno,
    chance.subarray(size, size + ticketConfounder),
  );
  const { flags, authtime, starttime, endtime, renewTill } = bare;
  const canonical = (body.kdcOptions & KdcOptions.canonicalize) !== 0;
  const encryptedPa = [
    ...requestChecksum(input),
    ...encryptedPaData(canonical ? target.encTypes : undefined, wishes.pacOptions),
  ];
  const encPart = encode(EncAsRepPart, {
    key: encryptionKey(sessionKey),
    lastReq: [{ lrType: LR_NONE, lrValue: authtime }],
    nonce: body.nonce,
    keyExpiration: wholeSeconds(client.account.passwordExpires ?? NO_EXPIRATION),
    flags,
    authtime,
    ...(starttime === undefined ? {} : { starttime }),
    endtime,
    ...(renewTill === undefined ? {} : { renewTill }),
    srealm: realm.name,
    sname,
    // Windows echoes the addresses to the client although it puts none into the ticket.
    ...(body.addresses === undefined ? {} : { caddr: body.addresses }),
    ...(encryptedPa.length === 0 ? {} : { encryptedPaData: encryptedPa }),
  });
  const confounder = chance.subarray(size + ticketConfounder);
  const { publicKey } = client;
  const hint = publicKey === undefined ? replyHint(client.account, replyKey) : [publicKey];
  const bytes = encode(AsRep, {
    pvno: PVNO,
    msgType: KRB_AS_REP,
    ...(hint.length === 0 ? {} : { padata: hint }),
    crealm: realm.name,
    cname: client.cname,
    ticket,
    encPart: {
      etype: replyKey.etype,
      ...(client.kvno === undefined ? {} : { kvno: client.kvno }),
      cipher: encrypt(replyKey, KeyUsage.AS_REP_ENC_PART, encPart, confounder),
    },
  });
  const replied = { kind: 'replied', message: 'AS-REP', bytes } as const;
  // Who proved nothing has not signed in.
  return client.preAuthent ? { ...replied, change: signedIn(client.account, env) } : replied;
}

/** Of passwords that do not expire, Windows says 2037-09-14T02:48:05Z. */
const NO_EXPIRATION = Date.UTC(2037, 8, 14, 2, 48, 5);

/** krbtgt's name in the ticket: spelt as asked for, unless canonicalisation was asked for, too. */
function ticketSname({ realm, body, sname, target }: Issue): PrincipalName {
  if (target.use !== 'tgt' || krbtgtRealm(sname) === undefined) return sname;
  if ((body.kdcOptions & KdcOptions.canonicalize) === 0) {
    return { nameType: NT_SRV_INST, nameString: sname.nameString };
  }
  return { nameType: NT_SRV_INST, nameString: ['krbtgt', realm.name] };
}

function ticketPart(input: Issue, sessionKey: Key): EncTicketPart {
  const { realm, body, client, target, times } = input;
  const { starttime, endtime, renewTill } = times;
  let flags: number = TicketFlags.initial | TicketFlags.encPaRep;
  if (client.preAuthent) flags |= TicketFlags.preAuthent;
  if (renewTill !== undefined) flags |= TicketFlags.renewable;
  if (isTrustedForDelegation(target)) flags |= TicketFlags.okAsDelegate;
  if (mayDelegate(client.account)) {
    flags |= body.kdcOptions & (TicketFlags.forwardable | TicketFlags.proxiable);
  }
  const { kdcUseClientAddresses } = realm.policy;
  return {
    flags,
    key: encryptionKey(sessionKey),
    crealm: realm.name,
    cname: client.cname,
    transited: NOT_TRANSITED,
    authtime: starttime,
    starttime,
    endtime,
    ...(renewTill === undefined ? {} : { renewTill }),
    ...(kdcUseClientAddresses && body.addresses !== undefined ? { caddr: body.addresses } : {}),
  };
}

/** Windows writes type 0 where RFC 4120 §3.3.3.2 has 1, and no contents. */
export const NOT_TRANSITED = { trType: TR_NONE, contents: new Uint8Array(0) };

/** MS-KILE 3.3.5.1: neither "sensitive, cannot be delegated" nor Protected Users. */
export function mayDelegate(account: Account): boolean {
  const sensitive = (account.userAccountControl & UserAccountControl.NOT_DELEGATED) !== 0;
  return !sensitive && !isProtectedUser(account);
}

type Part = { readonly kind: 'part'; readonly part: EncTicketPart };

function partWithPac(input: Issue, part: EncTicketPart, env: KdcEnv): Part | Refusal {
  const { realm, client, target, wishes } = input;
  const signer = pacSigner(realm, env.accounts);
  if (signer === undefined) {
    return refused(KDC_ERR_ETYPE_NOSUPP, 'krbtgt has no key that this domain controller may use');
  }
  const name = client.cname.nameString.join('/');
  const content = {
    client: client.account,
    name,
    request: wishes.pac,
    identities: client.identities,
    ...(client.publicKey === undefined ? {} : { credentials: credentialsFor(client, env) }),
  };
  const keys: PacKeys = { serverKey: target.key, ...signer };
  const { authtime } = part;
  if (target.use === 'tgt' || target.use === 'referral') {
    const pac = tgtPac(realm, content, keys, authtime);
    return { kind: 'part', part: withPac(part, pac, keys, false, []) };
  }
  const { NO_AUTH_DATA_REQUIRED } = UserAccountControl;
  const without = ((target.account?.userAccountControl ?? 0) & NO_AUTH_DATA_REQUIRED) !== 0;
  if (without || wishes.pac === 'declined') return { kind: 'part', part };
  const whole = tgtPac(realm, content, { serverKey: signer.kdcKey, ...signer }, authtime);
  const { accounts } = env;
  const service = { realm, accounts, encTypes: target.encTypes, client: client.account };
  const forService = target.use === 'service';
  const pac = draftPac({ ...keys, buffers: buffersForService(whole, service), forService });
  return { kind: 'part', part: withPac(part, pac, keys, forService, []) };
}

/** Who shows no password gets its hash, for servers that know only NTLM (MS-PAC 2.6, MS-PKCA 3.1.5.2). */
function credentialsFor({ account, replyKey }: Client, env: KdcEnv): Uint8Array {
  const confounder = env.random(confounderLength(replyKey.etype));
  const hash = account.keys[0]?.keys.find(({ etype }) => etype === RC4)?.bytes;
  return pacCredentials(hash, replyKey, confounder);
}

/** PA-REQ-ENC-PA-REP (RFC 6806 §11): the client compares it with what it sent. */
function requestChecksum({ wishes, client, octets }: Issue): PaData[] {
  if (!wishes.encPaRep) return [];
  const { replyKey } = client;
  const cksumtype = mandatoryChecksum(replyKey.etype);
  const padataValue = encode(Checksum, {
    cksumtype,
    checksum: checksum(replyKey, KeyUsage.AS_REQ, octets),
  });
  return [{ padataType: PA_REQ_ENC_PA_REP, padataValue }];
}
