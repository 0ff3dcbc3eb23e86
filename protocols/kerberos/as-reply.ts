/** Opening an AS-REP and what a client must compare in it: RFC 4120 §3.1.5, RFC 6806 §6, §11. */

import { view } from '../../src/bytes/bytes.ts';
import { tryDecode } from '../../src/der/codec.ts';
import type { Check, Failure } from './client.ts';
import {
  KdcOptions,
  KeyUsage,
  PA_REQ_ENC_PA_REP,
  PA_SUPPORTED_ENCTYPES,
  TicketFlags,
} from './constants.ts';
import { decrypt, etypeName, type Key, keyOf, verifyChecksum } from './etypes.ts';
import {
  type AsRep,
  Checksum,
  EncKdcRepPartAny,
  type KdcReqBody,
  type PaData,
  type PrincipalName,
} from './messages.ts';
import { formatName, sameName } from './names.ts';
import { type Credential, credentialOf, isTgtFor, sameRealm } from './ticket-cache.ts';

/** What the reply brought. Times in milliseconds since 1970. */
export interface AsOpened {
  readonly credential: Credential;
  /** When the password ends. */
  readonly keyExpiration?: number;
  /** PA-SUPPORTED-ENCTYPES of the service: MS-KILE 2.2.8. */
  readonly supportedEncryptionTypes?: number;
}

/** What was asked, for comparison. */
export interface Asked {
  /** The whole AS-REQ, DER. */
  readonly sent: Uint8Array;
  readonly body: KdcReqBody;
  /** PA-REQ-ENC-PA-REP was in it. */
  readonly encPaRep: boolean;
}

export type AsOpening =
  | { readonly kind: 'opened'; readonly reply: AsOpened }
  | { readonly kind: 'failed'; readonly failure: Failure };

export function openAsRep(reply: AsRep, replyKey: Key, asked: Asked): AsOpening {
  const { etype, cipher } = reply.encPart;
  if (!asked.body.etype.includes(etype)) {
    return untrusted('etype', asked.body.etype.map(etypeName).join(', '), etypeName(etype));
  }
  const plain = decrypt(replyKey, KeyUsage.AS_REP_ENC_PART, cipher);
  if (plain === undefined) return { kind: 'failed', failure: { kind: 'undecryptable', etype } };
  const decoded = tryDecode(EncKdcRepPartAny, plain);
  if (!decoded.ok) {
    return { kind: 'failed', failure: { kind: 'malformed', reason: decoded.error.message } };
  }
  const part = decoded.value;
  const wrong = wrongName(reply, asked.body) ?? wrongPart(reply, part, asked);
  if (wrong !== undefined) return wrong;
  const unproven = wrongEncPaRep(part, replyKey, asked);
  if (unproven !== undefined) return unproven;
  const key = keyOf(part.key);
  if (key === undefined) {
    return untrusted('etype', 'a session key', etypeName(part.key.keytype));
  }
  const credential = credentialOf(reply, part, key);
  const supportedEncryptionTypes = supportedOf(part.encryptedPaData);
  return {
    kind: 'opened',
    reply: {
      credential,
      ...(part.keyExpiration === undefined ? {} : { keyExpiration: part.keyExpiration }),
      ...(supportedEncryptionTypes === undefined ? {} : { supportedEncryptionTypes }),
    },
  };
}

/** Only who asked for canonicalization may be given another name: RFC 6806 §6. */
function wrongName(reply: AsRep, body: KdcReqBody): AsOpening | undefined {
  if ((body.kdcOptions & KdcOptions.canonicalize) !== 0) return undefined;
  const { cname } = body;
  if (cname !== undefined && !sameName(reply.cname, cname)) {
    return untrusted('cname', formatName(cname), formatName(reply.cname));
  }
  if (!sameRealm(reply.crealm, body.realm)) return untrusted('crealm', body.realm, reply.crealm);
  return undefined;
}

type Part = ReturnType<typeof EncKdcRepPartAny.read>;

function wrongPart(reply: AsRep, part: Part, { body }: Asked): AsOpening | undefined {
  if (part.nonce !== body.nonce) return untrusted('nonce', `${body.nonce}`, `${part.nonce}`);
  const { realm, sname } = reply.ticket;
  if (!sameName(part.sname, sname)) {
    return untrusted('sname', formatName(part.sname), formatName(sname));
  }
  if (part.srealm !== realm) return untrusted('srealm', part.srealm, realm);
  if (!isAskedService(part, body)) {
    return untrusted('sname', nameOf(body.sname), formatName(part.sname));
  }
  if (part.endtime <= part.authtime) {
    return untrusted('endtime', `after ${part.authtime}`, `${part.endtime}`);
  }
  return undefined;
}

/** The service itself, or with canonicalization the reply's own ticket-granting service. */
function isAskedService(part: Part, body: KdcReqBody): boolean {
  if (body.sname !== undefined && sameName(part.sname, body.sname)) {
    return sameRealm(part.srealm, body.realm);
  }
  const canonical = (body.kdcOptions & KdcOptions.canonicalize) !== 0;
  const asksForTgt = body.sname?.nameString[0]?.toLowerCase() === 'krbtgt';
  return canonical && asksForTgt && isTgtFor(part.sname, part.srealm);
}

/**
 * RFC 6806 §11: a KDC that sets enc-pa-rep must have signed our request, if we asked for that.
 * Windows sets the flag in every ticket, so that it means nothing where nothing was asked.
 */
function wrongEncPaRep(part: Part, replyKey: Key, asked: Asked): AsOpening | undefined {
  if (!asked.encPaRep || (part.flags & TicketFlags.encPaRep) === 0) return undefined;
  const expected = 'a checksum over our AS-REQ';
  const found = part.encryptedPaData?.find((item) => item.padataType === PA_REQ_ENC_PA_REP);
  if (found === undefined) return untrusted('PA-REQ-ENC-PA-REP', expected, 'absent');
  const decoded = tryDecode(Checksum, found.padataValue);
  if (!decoded.ok) return untrusted('PA-REQ-ENC-PA-REP', expected, decoded.error.message);
  const { cksumtype, checksum } = decoded.value;
  const verdict = verifyChecksum(cksumtype, replyKey, KeyUsage.AS_REQ, asked.sent, checksum);
  return verdict === 'ok' ? undefined : untrusted('PA-REQ-ENC-PA-REP', expected, verdict);
}

/** PA-SUPPORTED-ENCTYPES is four octets, least significant first, and no ASN.1: MS-KILE 2.2.8. */
function supportedOf(padata: readonly PaData[] | undefined): number | undefined {
  const found = padata?.find((item) => item.padataType === PA_SUPPORTED_ENCTYPES);
  if (found === undefined || found.padataValue.length !== 4) return undefined;
  return view(found.padataValue).getUint32(0, true);
}

function nameOf(name: PrincipalName | undefined): string {
  return name === undefined ? 'any' : formatName(name);
}

function untrusted(check: Check, expected: string, got: string): AsOpening {
  return { kind: 'failed', failure: { kind: 'untrusted', check, expected, got } };
}
