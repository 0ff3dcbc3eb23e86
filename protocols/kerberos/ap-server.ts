/**
 * The service's side of the AP exchange: RFC 4120 §3.2.3 and §3.2.4, in GSS-API tokens (RFC 4121 §4.1), with the
 * error codes of Windows (MS-KILE 3.4.5). One machine a connection; keys, replays and the judgement of
 * the ticket's authorization data are the host's and come in as an {@link Acceptor}.
 */

import { encode, tryDecode } from '../../src/der/codec.ts';
import {
  assertNever,
  type Env,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import type { Context } from './ap-client.ts';
import {
  ApOptions,
  CKSUMTYPE_GSSAPI,
  KERB_AP_ERR_TYPE_SKEW_RECOVERY,
  KeyUsage,
  KRB_AP_REP,
  KRB_ERROR,
  PVNO,
  TicketFlags,
} from './constants.ts';
import {
  errorName,
  KRB_AP_ERR_BAD_INTEGRITY,
  KRB_AP_ERR_BADMATCH,
  KRB_AP_ERR_INAPP_CKSUM,
  KRB_AP_ERR_MSG_TYPE,
  KRB_AP_ERR_NOT_US,
  KRB_AP_ERR_REPEAT,
  KRB_AP_ERR_SKEW,
  KRB_AP_ERR_TKT_EXPIRED,
  KRB_AP_ERR_TKT_NYV,
} from './error-codes.ts';
import {
  confounderLength,
  decrypt,
  encrypt,
  encryptionKey,
  type Key,
  keyLength,
  key as keyOf,
  keyOf as sentKey,
} from './etypes.ts';
import { GssFlags, gssToken, openGssToken, readGssChecksum } from './gss.ts';
import {
  ApRep,
  ApReq,
  Authenticator,
  EncApRepPart,
  type EncTicketPart,
  KerbErrorData,
  KrbError,
  type PrincipalName,
} from './messages.ts';
import { formatName, sameName, sameNameIgnoringCase } from './names.ts';
import { type Authentication, isReplayed, type Replays } from './replays.ts';
import { openTicket, type ServiceKey } from './ticket.ts';
import { sameRealm } from './ticket-cache.ts';

/** What a connection needs of its host. `I`: what the host makes of the authorization data. */
export interface Acceptor<I> {
  readonly realm: string;
  /** The service's names; a ticket for another name is refused. The first stands in errors. */
  readonly names: readonly PrincipalName[];
  readonly keys: readonly ServiceKey[];
  readonly replays: Replays;
  /** Milliseconds that clocks may differ. */
  readonly clockSkew: number;
  /** `keys` are the session key of our own ticket, which the client was given (RFC 4120 §3.7). */
  readonly userToUser?: true;
  /** Judges the ticket's contents, in Windows the PAC; `key` is the one that opened the ticket. */
  authorize(part: EncTicketPart, key: Key): Authorization<I>;
}

export type Authorization<I> =
  | { readonly kind: 'granted'; readonly identity: I }
  | { readonly kind: 'denied'; readonly errorCode: number; readonly reason: string };

export interface Session<I> {
  readonly client: string;
  readonly identity: I;
  readonly context: Context;
  readonly gssFlags: number;
  /** Milliseconds since 1970. */
  readonly endtime: number;
}

export type State<I> =
  | { readonly name: 'expectApReq' }
  | { readonly name: 'established'; readonly session: Session<I> };

export type Event = { readonly kind: 'received'; readonly token: Uint8Array };

export type Effect =
  | {
      readonly kind: 'send';
      readonly message: 'AP-REP' | 'KRB-ERROR';
      readonly token: Uint8Array;
    }
  /** For the host's {@link Replays}. */
  | { readonly kind: 'remember'; readonly authentication: Authentication }
  /** Why a request was refused, for people. */
  | { readonly kind: 'note'; readonly text: string }
  | Rejected;

export function step<I>(
  acceptor: Acceptor<I>,
  state: State<I>,
  event: Event,
  env: Env,
): Step<State<I>, Effect> {
  switch (state.name) {
    case 'expectApReq': {
      const checked = check(acceptor, event.token, env);
      return checked.kind === 'refused'
        ? refuse(acceptor, checked, env)
        : accept(checked.accepted, env);
    }
    case 'established':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

interface Refused {
  readonly kind: 'refused';
  readonly errorCode: number;
  readonly reason: string;
}

interface Accepted<I> {
  readonly part: EncTicketPart;
  readonly sessionKey: Key;
  readonly authenticator: Authenticator;
  readonly authentication: Authentication;
  readonly identity: I;
  readonly mutual: boolean;
  readonly gssFlags: number;
}

type Checked<I> = { readonly kind: 'accepted'; readonly accepted: Accepted<I> } | Refused;

function refused(errorCode: number, reason: string): Refused {
  return { kind: 'refused', errorCode, reason };
}

/** RFC 4120 §3.2.3, in its order. */
function check<I>(acceptor: Acceptor<I>, token: Uint8Array, env: Env): Checked<I> {
  const opened = openGssToken(token);
  if (!opened.ok) return refused(KRB_AP_ERR_MSG_TYPE, opened.reason);
  if (opened.message !== 'AP-REQ') {
    return refused(KRB_AP_ERR_MSG_TYPE, `${opened.message} instead of AP-REQ`);
  }
  const request = tryDecode(ApReq, opened.bytes);
  if (!request.ok) return refused(KRB_AP_ERR_MSG_TYPE, request.error.message);
  const { ticket, authenticator: sealed, apOptions } = request.value;
  const { sname, realm } = ticket.value;
  if (
    !sameRealm(realm, acceptor.realm) ||
    !acceptor.names.some((name) => sameNameIgnoringCase(name, sname))
  ) {
    return refused(KRB_AP_ERR_NOT_US, `the ticket is for ${formatName(sname, realm)}`);
  }
  const userToUser = (apOptions & ApOptions.useSessionKey) !== 0;
  if (userToUser !== (acceptor.userToUser === true)) {
    const agreed = userToUser ? 'was not' : 'was';
    return refused(KRB_AP_ERR_BADMATCH, `user-to-user ${agreed} agreed on`);
  }
  const ticketOpening = openTicket(ticket.value, acceptor.keys);
  if (ticketOpening.kind === 'refused') return ticketOpening;
  const { part } = ticketOpening;
  const sessionKey = sentKey(part.key);
  const plain =
    sessionKey === undefined || sealed.etype !== sessionKey.etype
      ? undefined
      : decrypt(sessionKey, KeyUsage.AP_REQ_AUTHENTICATOR, sealed.cipher);
  if (sessionKey === undefined || plain === undefined) {
    return refused(KRB_AP_ERR_BAD_INTEGRITY, 'the authenticator does not open');
  }
  const authenticator = tryDecode(Authenticator, plain);
  if (!authenticator.ok) return refused(KRB_AP_ERR_BAD_INTEGRITY, authenticator.error.message);
  const wrong = wrongAuthenticator(acceptor, part, authenticator.value, env);
  if (wrong !== undefined) return wrong;
  const gssFlags = gssFlagsOf(authenticator.value);
  if (gssFlags === undefined) {
    return refused(KRB_AP_ERR_INAPP_CKSUM, 'the checksum is not that of RFC 4121 (0x8003)');
  }
  const authorization = acceptor.authorize(part, ticketOpening.key);
  if (authorization.kind === 'denied') {
    return refused(authorization.errorCode, authorization.reason);
  }
  return {
    kind: 'accepted',
    accepted: {
      part,
      sessionKey,
      authenticator: authenticator.value,
      authentication: authenticationOf(acceptor, authenticator.value),
      identity: authorization.identity,
      mutual: (apOptions & ApOptions.mutualRequired) !== 0 || (gssFlags & GssFlags.mutual) !== 0,
      gssFlags,
    },
  };
}

function wrongAuthenticator<I>(
  acceptor: Acceptor<I>,
  part: EncTicketPart,
  authenticator: Authenticator,
  env: Env,
): Refused | undefined {
  const { cname, crealm } = authenticator;
  if (!sameName(cname, part.cname) || crealm !== part.crealm) {
    const client = formatName(part.cname, part.crealm);
    return refused(
      KRB_AP_ERR_BADMATCH,
      `the ticket is ${client}'s, the authenticator ${formatName(cname, crealm)}'s`,
    );
  }
  // Addresses in tickets (caddr) are not looked at, as in Windows: MS-KILE 3.4.5.
  const { clockSkew } = acceptor;
  const ahead = authenticator.ctime - env.now;
  if (Math.abs(ahead) > clockSkew) {
    return refused(
      KRB_AP_ERR_SKEW,
      `the client's clock differs by ${Math.round(ahead / 1_000)} s, allowed are ${clockSkew / 1_000} s`,
    );
  }
  if (isReplayed(acceptor.replays, authenticationOf(acceptor, authenticator))) {
    return refused(KRB_AP_ERR_REPEAT, 'the authenticator was used before');
  }
  const starttime = part.starttime ?? part.authtime;
  if (starttime - env.now > clockSkew || (part.flags & TicketFlags.invalid) !== 0) {
    return refused(KRB_AP_ERR_TKT_NYV, 'the ticket is not yet valid');
  }
  if (env.now - part.endtime > clockSkew) {
    return refused(KRB_AP_ERR_TKT_EXPIRED, 'the ticket has expired');
  }
  return undefined;
}

function authenticationOf<I>(acceptor: Acceptor<I>, authenticator: Authenticator): Authentication {
  const { cname, crealm, ctime, cusec } = authenticator;
  const server = acceptor.names[0];
  return {
    server: server === undefined ? acceptor.realm : formatName(server, acceptor.realm),
    client: formatName(cname, crealm),
    stamp: ctime * 1_000 + cusec,
  };
}

function gssFlagsOf({ cksum }: Authenticator): number | undefined {
  if (cksum?.cksumtype !== CKSUMTYPE_GSSAPI) return undefined;
  return readGssChecksum(cksum.checksum)?.flags;
}

function accept<I>(accepted: Accepted<I>, env: Env): Step<State<I>, Effect> {
  const { part, sessionKey, authenticator, gssFlags } = accepted;
  const initiatorKey =
    authenticator.subkey === undefined ? undefined : sentKey(authenticator.subkey);
  const base = initiatorKey ?? sessionKey;
  const remember: Effect = { kind: 'remember', authentication: accepted.authentication };
  const session = (context: Context): State<I> => ({
    name: 'established',
    session: {
      client: formatName(part.cname, part.crealm),
      identity: accepted.identity,
      context,
      gssFlags,
      endtime: part.endtime,
    },
  });
  const peer =
    authenticator.seqNumber === undefined ? {} : { peerSeqNumber: authenticator.seqNumber };
  if (!accepted.mutual) return to(session({ key: base, seqNumber: 0, ...peer }), [remember]);
  const key = keyOf(base.etype, env.random(keyLength(base.etype)));
  const [a, b, c, d] = env.random(4) as unknown as readonly [number, number, number, number];
  const seqNumber = ((a & 0x3f) << 24) | (b << 16) | (c << 8) | d;
  const plain = encode(EncApRepPart, {
    ctime: authenticator.ctime,
    cusec: authenticator.cusec,
    subkey: encryptionKey(key),
    seqNumber,
  });
  const confounder = env.random(confounderLength(sessionKey.etype));
  const bytes = encode(ApRep, {
    pvno: PVNO,
    msgType: KRB_AP_REP,
    encPart: {
      etype: sessionKey.etype,
      cipher: encrypt(sessionKey, KeyUsage.AP_REP_ENC_PART, plain, confounder),
    },
  });
  return to(session({ key, acceptorSubkey: true, seqNumber, ...peer }), [
    remember,
    { kind: 'send', message: 'AP-REP', token: gssToken('AP-REP', bytes) },
  ]);
}

/**
 * The connection stays open: the client may send another token, after KRB_AP_ERR_SKEW with our time
 * (KERB_AP_ERR_TYPE_SKEW_RECOVERY, MS-KILE 2.2.1).
 */
function refuse<I>(acceptor: Acceptor<I>, why: Refused, env: Env): Step<State<I>, Effect> {
  const { errorCode, reason } = why;
  const bytes = encode(KrbError, {
    pvno: PVNO,
    msgType: KRB_ERROR,
    stime: Math.floor(env.now / 1_000) * 1_000,
    susec: Math.floor(env.now % 1_000) * 1_000,
    errorCode,
    realm: acceptor.realm,
    sname: acceptor.names[0] ?? { nameType: 0, nameString: [] },
    ...(errorCode === KRB_AP_ERR_SKEW
      ? { eData: encode(KerbErrorData, { dataType: KERB_AP_ERR_TYPE_SKEW_RECOVERY }) }
      : {}),
  });
  return to({ name: 'expectApReq' }, [
    { kind: 'note', text: `${errorName(errorCode)}: ${reason}` },
    { kind: 'send', message: 'KRB-ERROR', token: gssToken('KRB-ERROR', bytes) },
  ]);
}
