/** A whole exchange of alice with a KDC and a file server, made with fixed keys. */
import {
  AD_IF_RELEVANT,
  CKSUMTYPE_GSSAPI,
  KdcOptions,
  KeyUsage,
  KRB_AP_REP,
  KRB_AP_REQ,
  KRB_AS_REP,
  KRB_AS_REQ,
  KRB_ERROR,
  KRB_TGS_REP,
  KRB_TGS_REQ,
  NT_PRINCIPAL,
  NT_SRV_HST,
  PA_ENC_TIMESTAMP,
  PA_ETYPE_INFO2,
  PA_PAC_OPTIONS,
  PA_PAC_REQUEST,
  PA_SUPPORTED_ENCTYPES,
  PA_TGS_REQ,
  PVNO,
  TicketFlags,
} from '../../../protocols/kerberos/constants.ts';
import { KDC_ERR_PREAUTH_REQUIRED } from '../../../protocols/kerberos/error-codes.ts';
import {
  confounderLength,
  encrypt,
  encryptionKey,
  type Key,
  key,
} from '../../../protocols/kerberos/etypes.ts';
import { gssChecksum, gssToken } from '../../../protocols/kerberos/gss.ts';
import * as m from '../../../protocols/kerberos/messages.ts';
import { principal, ticketGrantingService } from '../../../protocols/kerberos/names.ts';
import {
  authorizationDataWithPac,
  ticketToSign,
} from '../../../protocols/pac/authorization-data.ts';
import { PacClientInfo } from '../../../protocols/pac/buffers.ts';
import { PacType } from '../../../protocols/pac/constants.ts';
import { buildPac } from '../../../protocols/pac/signatures.ts';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import { type Codec, encode } from '../../../src/der/codec.ts';
import { withRaw } from '../../../src/der/raw.ts';
import type { KeyRecord } from '../../../src/machine/actor.ts';
import { AUTHTIME, buffer, clientInfo, logonInfoBuffer, upnDnsInfoBuffer } from '../pac/inputs.ts';

export const REALM = 'CONTOSO.COM';
const END = AUTHTIME + 36_000_000;
const keyOf = (octet: number): Key => key(18, new Uint8Array(32).fill(octet));
const [aliceKey, krbtgtKey, filesKey] = [keyOf(0xa1), keyOf(0x11), keyOf(0x33)];
const [tgtSession, serviceSession, subkey, acceptorSubkey] = [1, 2, 3, 4].map(keyOf) as [
  Key,
  Key,
  Key,
  Key,
];

export const alice = principal(NT_PRINCIPAL, 'alice');
const krbtgt = ticketGrantingService(REALM);
const files = principal(NT_SRV_HST, 'cifs', 'files.contoso.com');

const record = (name: string, kvno: number, { etype, bytes }: Key): KeyRecord => ({
  principal: `${name}@${REALM}`,
  kvno,
  etype,
  key: toHex(bytes),
});
/** Long-term keys, as actors tell of them. */
export const KEYS: readonly KeyRecord[] = [
  record('alice', 3, aliceKey),
  record(`krbtgt/${REALM}`, 2, krbtgtKey),
  record('FILES$', 5, filesKey),
];

function seal<T>(codec: Codec<T>, value: T, k: Key, usage: number, kvno?: number): m.EncryptedData {
  const confounder = new Uint8Array(confounderLength(k.etype)).fill(usage);
  const cipher = encrypt(k, usage, encode(codec, value), confounder);
  return { etype: k.etype, cipher, ...(kvno === undefined ? {} : { kvno }) };
}

function encTicketPart(session: Key, flags: number): m.EncTicketPart {
  return {
    flags,
    key: encryptionKey(session),
    crealm: REALM,
    cname: alice,
    transited: { trType: 1, contents: new Uint8Array() },
    authtime: AUTHTIME,
    starttime: AUTHTIME,
    endtime: END,
  };
}

function ticket(sname: m.PrincipalName, k: Key, kvno: number, session: Key): m.Ticket {
  const part = encTicketPart(session, TicketFlags.forwardable | TicketFlags.preAuthent);
  const pac = buildPac({
    serverKey: k,
    kdcKey: krbtgtKey,
    buffers: [
      logonInfoBuffer,
      buffer(PacType.CLIENT_INFO, PacClientInfo.encode(clientInfo)),
      upnDnsInfoBuffer,
    ],
    ticket: ticketToSign(part),
  });
  const whole = { ...part, authorizationData: authorizationDataWithPac(pac) };
  const encPart = seal(m.EncTicketPart, whole, k, KeyUsage.TICKET, kvno);
  return { tktVno: PVNO, realm: REALM, sname, encPart };
}

const tgt = ticket(krbtgt, krbtgtKey, 2, tgtSession);
const serviceTicket = ticket(files, filesKey, 5, serviceSession);

function encRepPart(session: Key, sname: m.PrincipalName): m.EncKdcRepPart {
  return {
    key: encryptionKey(session),
    lastReq: [{ lrType: 0, lrValue: AUTHTIME }],
    nonce: 7,
    flags: TicketFlags.forwardable,
    authtime: AUTHTIME,
    endtime: END,
    srealm: REALM,
    sname,
    encryptedPaData: [{ padataType: PA_SUPPORTED_ENCTYPES, padataValue: hex`1f000000` }],
  };
}

const body: m.KdcReqBody = {
  kdcOptions: KdcOptions.forwardable | KdcOptions.canonicalize,
  cname: alice,
  realm: REALM,
  sname: krbtgt,
  till: END,
  nonce: 7,
  etype: [18, 23],
};
const request = (
  msgType: number,
  padata: readonly m.PaData[],
  reqBody: m.KdcReqBody,
): m.KdcReq => ({
  pvno: PVNO,
  msgType,
  padata,
  reqBody: withRaw(m.KdcReqBody, reqBody),
});

const timestamp = seal(
  m.PaEncTsEnc,
  { patimestamp: AUTHTIME, pausec: 5 },
  aliceKey,
  KeyUsage.PA_ENC_TIMESTAMP,
);

function apReq(of: m.Ticket, session: Key, usage: number, more: Partial<m.Authenticator>): m.ApReq {
  const authenticator: m.Authenticator = {
    authenticatorVno: PVNO,
    crealm: REALM,
    cname: alice,
    cusec: 1,
    ctime: AUTHTIME,
    ...more,
  };
  return {
    pvno: PVNO,
    msgType: KRB_AP_REQ,
    apOptions: 0,
    ticket: withRaw(m.Ticket, of),
    authenticator: seal(m.Authenticator, authenticator, session, usage),
  };
}

const tgsApReq = apReq(tgt, tgtSession, KeyUsage.TGS_REQ_AUTHENTICATOR, {
  subkey: encryptionKey(subkey),
});
const apOptions = encode(m.AuthorizationData, [{ adType: 143, adData: hex`00400000` }]);
const fileApReq = apReq(serviceTicket, serviceSession, KeyUsage.AP_REQ_AUTHENTICATOR, {
  cksum: { cksumtype: CKSUMTYPE_GSSAPI, checksum: gssChecksum(0x02 | 0x20) },
  authorizationData: [{ adType: AD_IF_RELEVANT, adData: apOptions }],
});
const { cname: _, ...tgsBody } = body;

/** The messages in the order in which they are sent. */
export const EXCHANGE = {
  asReq: encode(
    m.AsReq,
    request(
      KRB_AS_REQ,
      [
        { padataType: PA_ENC_TIMESTAMP, padataValue: encode(m.EncryptedData, timestamp) },
        { padataType: PA_PAC_REQUEST, padataValue: hex`3005a0030101ff` },
      ],
      body,
    ),
  ),
  krbError: encode(m.KrbError, {
    pvno: PVNO,
    msgType: KRB_ERROR,
    stime: AUTHTIME,
    susec: 0,
    errorCode: KDC_ERR_PREAUTH_REQUIRED,
    realm: REALM,
    sname: krbtgt,
    eData: encode(m.MethodData, [
      {
        padataType: PA_ETYPE_INFO2,
        padataValue: encode(m.EtypeInfo2, [{ etype: 18, salt: 'CONTOSO.COMalice' }, { etype: 23 }]),
      },
      { padataType: PA_ENC_TIMESTAMP, padataValue: new Uint8Array() },
    ]),
  }),
  asRep: encode(m.AsRep, {
    pvno: PVNO,
    msgType: KRB_AS_REP,
    crealm: REALM,
    cname: alice,
    ticket: tgt,
    encPart: seal(
      m.EncAsRepPart,
      encRepPart(tgtSession, krbtgt),
      aliceKey,
      KeyUsage.AS_REP_ENC_PART,
      3,
    ),
  }),
  tgsReq: encode(
    m.TgsReq,
    request(
      KRB_TGS_REQ,
      [
        { padataType: PA_TGS_REQ, padataValue: encode(m.ApReq, tgsApReq) },
        { padataType: PA_PAC_OPTIONS, padataValue: hex`3009a00703050040000000` },
      ],
      {
        ...tgsBody,
        sname: files,
        encAuthorizationData: seal(
          m.AuthorizationData,
          [{ adType: 142, adData: hex`01` }],
          subkey,
          KeyUsage.TGS_REQ_AUTHORIZATION_DATA_SUBKEY,
        ),
      },
    ),
  ),
  tgsRep: encode(m.TgsRep, {
    pvno: PVNO,
    msgType: KRB_TGS_REP,
    crealm: REALM,
    cname: alice,
    ticket: serviceTicket,
    encPart: seal(
      m.EncTgsRepPart,
      encRepPart(serviceSession, files),
      subkey,
      KeyUsage.TGS_REP_ENC_PART_SUBKEY,
    ),
  }),
  apReq: gssToken('AP-REQ', encode(m.ApReq, fileApReq)),
  apRep: gssToken(
    'AP-REP',
    encode(m.ApRep, {
      pvno: PVNO,
      msgType: KRB_AP_REP,
      encPart: seal(
        m.EncApRepPart,
        { ctime: AUTHTIME, cusec: 1, subkey: encryptionKey(acceptorSubkey), seqNumber: 9 },
        serviceSession,
        KeyUsage.AP_REP_ENC_PART,
      ),
    }),
  ),
} as const;

export const MESSAGES: readonly Uint8Array[] = Object.values(EXCHANGE);
