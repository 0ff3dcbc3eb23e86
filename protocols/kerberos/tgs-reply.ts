/** Opening a TGS-REP and what a client must compare in it: RFC 4120 §3.3.4, RFC 6806 §8. */
import { tryDecode } from '../../src/der/codec.ts';
import type { Check, Failure } from './client.ts';
import { KdcOptions, KeyUsage, PA_KERB_KEY_LIST_REP } from './constants.ts';
import { decrypt, etypeName, type Key, keyOf } from './etypes.ts';
import {
  EncKdcRepPartAny,
  type EncryptionKey,
  type KdcReqBody,
  KerbKeyListRep,
  type TgsRep,
} from './messages.ts';
import { formatName, sameName } from './names.ts';
import { type Credential, credentialOf, sameRealm } from './ticket-cache.ts';

export type TgsOpening =
  /** The ticket that was asked for. */
  | {
      readonly kind: 'service';
      readonly credential: Credential;
      /** KERB-KEY-LIST-REP of the encrypted-pa-data. */
      readonly keyList?: readonly EncryptionKey[];
    }
  /** A ticket for the KDC of another realm, nearer to the service. */
  | { readonly kind: 'referral'; readonly credential: Credential }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** @param used the ticket of the request @param subkey the authenticator's, if it had one */
export function openTgsRep(
  reply: TgsRep,
  used: Credential,
  subkey: Key | undefined,
  body: KdcReqBody,
): TgsOpening {
  const { etype, cipher } = reply.encPart;
  const usage =
    subkey === undefined ? KeyUsage.TGS_REP_ENC_PART_SESSION : KeyUsage.TGS_REP_ENC_PART_SUBKEY;
  const replyKey = subkey ?? used.key;
  if (etype !== replyKey.etype) {
    return untrusted('etype', etypeName(replyKey.etype), etypeName(etype));
  }
  const plain = decrypt(replyKey, usage, cipher);
  if (plain === undefined) return { kind: 'failed', failure: { kind: 'undecryptable', etype } };
  return readTgsRep(reply, plain, used, body, keyOf);
}

/**
 * {@link openTgsRep} behind its encryption.
 * @param keyIn what the client knows a session key by: the key, or what stands for it; undefined: it is none
 */
export function readTgsRep(
  reply: TgsRep,
  plain: Uint8Array,
  used: Credential,
  body: KdcReqBody,
  keyIn: (sent: EncryptionKey) => Key | undefined,
): TgsOpening {
  const decoded = tryDecode(EncKdcRepPartAny, plain);
  if (!decoded.ok) {
    return { kind: 'failed', failure: { kind: 'malformed', reason: decoded.error.message } };
  }
  const part = decoded.value;
  const wrong = wrongReply(reply, part, used, body);
  if (wrong !== undefined) return wrong;
  const key = keyIn(part.key);
  if (key === undefined) {
    return untrusted('etype', 'a session key', etypeName(part.key.keytype));
  }
  const credential: Credential = {
    ...credentialOf(reply, part, key),
    ...((body.kdcOptions & KdcOptions.encTktInSkey) === 0 ? {} : { isSkey: true as const }),
  };
  const opening = classified(credential, body);
  if (opening.kind !== 'service') return opening;
  const sent = part.encryptedPaData?.find((item) => item.padataType === PA_KERB_KEY_LIST_REP);
  if (sent === undefined) return opening;
  const list = tryDecode(KerbKeyListRep, sent.padataValue);
  if (list.ok) return { ...opening, keyList: list.value };
  const reason = `the KERB-KEY-LIST-REP: ${list.error.message}`;
  return { kind: 'failed', failure: { kind: 'malformed', reason } };
}

type Part = ReturnType<typeof EncKdcRepPartAny.read>;

function wrongReply(
  reply: TgsRep,
  part: Part,
  used: Credential,
  body: KdcReqBody,
): TgsOpening | undefined {
  if (!sameName(reply.cname, used.cname)) {
    return untrusted('cname', formatName(used.cname), formatName(reply.cname));
  }
  if (!sameRealm(reply.crealm, used.crealm)) {
    return untrusted('crealm', used.crealm, reply.crealm);
  }
  if (part.nonce !== body.nonce) return untrusted('nonce', `${body.nonce}`, `${part.nonce}`);
  const { realm, sname } = reply.ticket;
  if (!sameName(part.sname, sname)) {
    return untrusted('sname', formatName(part.sname), formatName(sname));
  }
  if (part.srealm !== realm) return untrusted('srealm', part.srealm, realm);
  if (part.endtime <= (part.starttime ?? part.authtime)) {
    return untrusted('endtime', 'after the start', new Date(part.endtime).toISOString());
  }
  return undefined;
}

function classified(credential: Credential, body: KdcReqBody): TgsOpening {
  const { sname, srealm } = credential;
  const { sname: wanted, realm } = body;
  if (wanted !== undefined && sameName(sname, wanted) && sameRealm(srealm, realm)) {
    return { kind: 'service', credential };
  }
  const [service, instance] = sname.nameString;
  const leadsOn =
    sname.nameString.length === 2 &&
    service?.toLowerCase() === 'krbtgt' &&
    instance !== undefined &&
    !sameRealm(instance, realm);
  // RFC 4120 §3.3.1 lets a KDC answer a request for a far realm's TGT with a nearer one's; RFC 6806
  // §8 the same for services, when canonicalization was asked for.
  const mayLead =
    (body.kdcOptions & KdcOptions.canonicalize) !== 0 ||
    wanted?.nameString[0]?.toLowerCase() === 'krbtgt';
  if (leadsOn && mayLead && sameRealm(srealm, realm)) return { kind: 'referral', credential };
  return untrusted(
    'sname',
    wanted === undefined ? 'any' : formatName(wanted, realm),
    formatName(sname, srealm),
  );
}

function untrusted(check: Check, expected: string, got: string): TgsOpening {
  return { kind: 'failed', failure: { kind: 'untrusted', check, expected, got } };
}
