/**
 * The messages of RFC 4120 in the order of its ASN.1 module (appendix A), then what MS-KILE adds.
 * Every context tag is EXPLICIT. Times are milliseconds since 1970 (whole seconds), octet strings views
 * of what was decoded. Checksums cover octets as received, so what they cover is kept `Raw`.
 */
import { oneOfTags } from '../../src/der/choice.ts';
import type { Infer } from '../../src/der/codec.ts';
import {
  boolean,
  flags32,
  int32,
  integerBetween,
  named,
  octetString,
  uint32,
} from '../../src/der/primitives.ts';
import { raw } from '../../src/der/raw.ts';
import {
  alias,
  application,
  field,
  optional,
  sequence,
  sequenceOf,
} from '../../src/der/structures.ts';
import { generalString } from '../../src/der/text.ts';
import { generalizedTime } from '../../src/der/time.ts';
import {
  ApOptions as ApOptionBits,
  addressTypeName,
  adTypeName,
  cksumtypeName,
  dataTypeName,
  etypeNumberName,
  KdcOptions as KdcOptionBits,
  lrTypeName,
  msgTypeName,
  nameTypeName,
  PacOptions as PacOptionBits,
  padataTypeName,
  TicketFlags as TicketFlagBits,
} from './constants.ts';
import { errorCodeName } from './error-codes.ts';

/** RFC 4120 §5.2.3 */
const kerberosTime = alias('KerberosTime', generalizedTime);

/** RFC 4120 §5.2.4 */
const microseconds = integerBetween('Microseconds', 0, 999_999);

/**
 * Key version numbers are UInt32 in RFC 4120 §5.2.9, but those of a read-only DC are written as Int32
 * (MS-KILE 3.1.5.8). A value keeps the sign it came with, so that a ticket is encoded as it was.
 */
const keyVersion = integerBetween('UInt32', -0x80000000, 0xffffffff);

const kdcOptions = flags32('KDCOptions', KdcOptionBits);
const ticketFlags = flags32('TicketFlags', TicketFlagBits);
const apOptions = flags32('APOptions', ApOptionBits);
const etype = named(int32, etypeNumberName);
const pvno = int32;
const msgType = named(int32, msgTypeName);

/** RFC 4120 §5.2.2 */
export const Realm = alias('Realm', generalString);

/** RFC 4120 §5.2.2 */
export type PrincipalName = Infer<typeof PrincipalName>;
export const PrincipalName = sequence('PrincipalName', {
  nameType: field(0, named(int32, nameTypeName)),
  nameString: field(1, sequenceOf(generalString)),
});

/** RFC 4120 §5.2.5 */
export type HostAddress = Infer<typeof HostAddress>;
export const HostAddress = sequence('HostAddress', {
  addrType: field(0, named(int32, addressTypeName)),
  address: field(1, octetString),
});

/** RFC 4120 §5.2.5 */
export type HostAddresses = Infer<typeof HostAddresses>;
export const HostAddresses = alias('HostAddresses', sequenceOf(HostAddress));

/** RFC 4120 §5.2.6 */
export type AuthorizationData = Infer<typeof AuthorizationData>;
export const AuthorizationData = alias(
  'AuthorizationData',
  sequenceOf(
    sequence('AuthorizationData element', {
      adType: field(0, named(int32, adTypeName)),
      adData: field(1, octetString),
    }),
  ),
);

/** RFC 4120 §5.2.6.1: the contents of an element of type AD_IF_RELEVANT. */
export type AdIfRelevant = Infer<typeof AdIfRelevant>;
export const AdIfRelevant = alias('AD-IF-RELEVANT', AuthorizationData);

/** RFC 4120 §5.2.9 */
export type Checksum = Infer<typeof Checksum>;
export const Checksum = sequence('Checksum', {
  cksumtype: field(0, named(int32, cksumtypeName)),
  checksum: field(1, octetString),
});

/** RFC 4120 §5.2.6.2 */
export type AdKdcIssued = Infer<typeof AdKdcIssued>;
export const AdKdcIssued = sequence('AD-KDCIssued', {
  adChecksum: field(0, Checksum),
  iRealm: optional(1, Realm),
  iSname: optional(2, PrincipalName),
  elements: field(3, AuthorizationData),
});

/** RFC 4120 §5.2.6.3 */
export type AdAndOr = Infer<typeof AdAndOr>;
export const AdAndOr = sequence('AD-AND-OR', {
  conditionCount: field(0, int32),
  elements: field(1, AuthorizationData),
});

/** RFC 4120 §5.2.6.4 */
export type AdMandatoryForKdc = Infer<typeof AdMandatoryForKdc>;
export const AdMandatoryForKdc = alias('AD-MANDATORY-FOR-KDC', AuthorizationData);

/** RFC 4537 §3: the contents of an element of type AD_ETYPE_NEGOTIATION. */
export type EtypeList = Infer<typeof EtypeList>;
export const EtypeList = alias('EtypeList', sequenceOf(etype));

/** RFC 4120 §5.2.7 */
export type PaData = Infer<typeof PaData>;
export const PaData = sequence('PA-DATA', {
  padataType: field(1, named(int32, padataTypeName)),
  padataValue: field(2, octetString),
});

/** RFC 4120 §5.2.9 */
export type EncryptedData = Infer<typeof EncryptedData>;
export const EncryptedData = sequence('EncryptedData', {
  etype: field(0, etype),
  kvno: optional(1, keyVersion),
  cipher: field(2, octetString),
});

/** RFC 4120 §5.2.9 */
export type EncryptionKey = Infer<typeof EncryptionKey>;
export const EncryptionKey = sequence('EncryptionKey', {
  keytype: field(0, etype),
  keyvalue: field(1, octetString),
});

/** RFC 4120 §5.3 */
export type Ticket = Infer<typeof Ticket>;
export const Ticket = application(
  'Ticket',
  1,
  sequence('Ticket', {
    tktVno: field(0, pvno),
    realm: field(1, Realm),
    sname: field(2, PrincipalName),
    encPart: field(3, EncryptedData), // EncTicketPart
  }),
);

/** RFC 4120 §5.3 */
export type TransitedEncoding = Infer<typeof TransitedEncoding>;
export const TransitedEncoding = sequence('TransitedEncoding', {
  trType: field(0, int32),
  contents: field(1, octetString),
});

/** RFC 4120 §5.3 */
export type EncTicketPart = Infer<typeof EncTicketPart>;
export const EncTicketPart = application(
  'EncTicketPart',
  3,
  sequence('EncTicketPart', {
    flags: field(0, ticketFlags),
    key: field(1, EncryptionKey),
    crealm: field(2, Realm),
    cname: field(3, PrincipalName),
    transited: field(4, TransitedEncoding),
    authtime: field(5, kerberosTime),
    starttime: optional(6, kerberosTime),
    endtime: field(7, kerberosTime),
    renewTill: optional(8, kerberosTime),
    caddr: optional(9, HostAddresses),
    authorizationData: optional(10, AuthorizationData),
  }),
);

/** RFC 4120 §5.4.1 */
export type KdcReqBody = Infer<typeof KdcReqBody>;
export const KdcReqBody = sequence('KDC-REQ-BODY', {
  kdcOptions: field(0, kdcOptions),
  cname: optional(1, PrincipalName), // AS-REQ only
  realm: field(2, Realm), // the server's; in AS-REQ also the client's
  sname: optional(3, PrincipalName),
  from: optional(4, kerberosTime),
  till: field(5, kerberosTime),
  rtime: optional(6, kerberosTime),
  nonce: field(7, uint32),
  etype: field(8, sequenceOf(etype)), // in order of preference
  addresses: optional(9, HostAddresses),
  encAuthorizationData: optional(10, EncryptedData), // AuthorizationData
  additionalTickets: optional(11, sequenceOf(raw(Ticket))),
});

/** RFC 4120 §5.4.1. It begins with [1]: its ASN.1 has no [0]. */
export type KdcReq = Infer<typeof KdcReq>;
export const KdcReq = sequence('KDC-REQ', {
  pvno: field(1, pvno),
  msgType: field(2, msgType),
  padata: optional(3, sequenceOf(PaData)),
  reqBody: field(4, raw(KdcReqBody)), // the authenticator's checksum covers it
});

/** RFC 4120 §5.4.1 */
export type AsReq = KdcReq;
export const AsReq = application('AS-REQ', 10, KdcReq);

/** RFC 4120 §5.4.1 */
export type TgsReq = KdcReq;
export const TgsReq = application('TGS-REQ', 12, KdcReq);

/** RFC 4120 §5.4.2 */
export type KdcRep = Infer<typeof KdcRep>;
export const KdcRep = sequence('KDC-REP', {
  pvno: field(0, pvno),
  msgType: field(1, msgType),
  padata: optional(2, sequenceOf(PaData)),
  crealm: field(3, Realm),
  cname: field(4, PrincipalName),
  ticket: field(5, Ticket),
  encPart: field(6, EncryptedData), // EncASRepPart or EncTGSRepPart
});

/** RFC 4120 §5.4.2 */
export type AsRep = KdcRep;
export const AsRep = application('AS-REP', 11, KdcRep);

/** RFC 4120 §5.4.2 */
export type TgsRep = KdcRep;
export const TgsRep = application('TGS-REP', 13, KdcRep);

/** RFC 4120 §5.4.2 */
export type LastReq = Infer<typeof LastReq>;
export const LastReq = alias(
  'LastReq',
  sequenceOf(
    sequence('LastReq element', {
      lrType: field(0, named(int32, lrTypeName)),
      lrValue: field(1, kerberosTime),
    }),
  ),
);

/** RFC 4120 §5.4.2, with encrypted-pa-data of RFC 6806 §11. */
export type EncKdcRepPart = Infer<typeof EncKdcRepPart>;
export const EncKdcRepPart = sequence('EncKDCRepPart', {
  key: field(0, EncryptionKey),
  lastReq: field(1, LastReq),
  nonce: field(2, uint32),
  keyExpiration: optional(3, kerberosTime),
  flags: field(4, ticketFlags),
  authtime: field(5, kerberosTime),
  starttime: optional(6, kerberosTime),
  endtime: field(7, kerberosTime),
  renewTill: optional(8, kerberosTime),
  srealm: field(9, Realm),
  sname: field(10, PrincipalName),
  caddr: optional(11, HostAddresses),
  encryptedPaData: optional(12, sequenceOf(PaData)),
});

/** RFC 4120 §5.4.2 */
export type EncAsRepPart = EncKdcRepPart;
export const EncAsRepPart = application('EncASRepPart', 25, EncKdcRepPart);

/** RFC 4120 §5.4.2 */
export type EncTgsRepPart = EncKdcRepPart;
export const EncTgsRepPart = application('EncTGSRepPart', 26, EncKdcRepPart);

/** MIT's KDC puts [APPLICATION 26] into AS replies too: a client takes either tag (RFC 4120 §5.4.2). */
export const EncKdcRepPartAny = oneOfTags('EncKDCRepPart', [EncAsRepPart, EncTgsRepPart]);

/** RFC 4120 §5.5.1 */
export type ApReq = Infer<typeof ApReq>;
export const ApReq = application(
  'AP-REQ',
  14,
  sequence('AP-REQ', {
    pvno: field(0, pvno),
    msgType: field(1, msgType),
    apOptions: field(2, apOptions),
    ticket: field(3, raw(Ticket)), // FAST's ticket-checksum covers it
    authenticator: field(4, EncryptedData), // Authenticator
  }),
);

/** RFC 4120 §5.5.1 */
export type Authenticator = Infer<typeof Authenticator>;
export const Authenticator = application(
  'Authenticator',
  2,
  sequence('Authenticator', {
    authenticatorVno: field(0, pvno),
    crealm: field(1, Realm),
    cname: field(2, PrincipalName),
    cksum: optional(3, Checksum),
    cusec: field(4, microseconds),
    ctime: field(5, kerberosTime),
    subkey: optional(6, EncryptionKey),
    seqNumber: optional(7, uint32),
    authorizationData: optional(8, AuthorizationData),
  }),
);

/** RFC 4120 §5.5.2 */
export type ApRep = Infer<typeof ApRep>;
export const ApRep = application(
  'AP-REP',
  15,
  sequence('AP-REP', {
    pvno: field(0, pvno),
    msgType: field(1, msgType),
    encPart: field(2, EncryptedData), // EncAPRepPart
  }),
);

/** RFC 4120 §5.5.2 */
export type EncApRepPart = Infer<typeof EncApRepPart>;
export const EncApRepPart = application(
  'EncAPRepPart',
  27,
  sequence('EncAPRepPart', {
    ctime: field(0, kerberosTime),
    cusec: field(1, microseconds),
    subkey: optional(2, EncryptionKey),
    seqNumber: optional(3, uint32),
  }),
);

/** RFC 4120 §5.6.1 */
export type KrbSafe = Infer<typeof KrbSafe>;
export const KrbSafe = application(
  'KRB-SAFE',
  20,
  sequence('KRB-SAFE', {
    pvno: field(0, pvno),
    msgType: field(1, msgType),
    safeBody: field(
      2,
      raw(
        sequence('KRB-SAFE-BODY', {
          userData: field(0, octetString),
          timestamp: optional(1, kerberosTime),
          usec: optional(2, microseconds),
          seqNumber: optional(3, uint32),
          sAddress: field(4, HostAddress),
          rAddress: optional(5, HostAddress),
        }),
      ),
    ), // the checksum covers it
    cksum: field(3, Checksum),
  }),
);

/** RFC 4120 §5.7.1; its ASN.1 has no [2]. */
export type KrbPriv = Infer<typeof KrbPriv>;
export const KrbPriv = application(
  'KRB-PRIV',
  21,
  sequence('KRB-PRIV', {
    pvno: field(0, pvno),
    msgType: field(1, msgType),
    encPart: field(3, EncryptedData), // EncKrbPrivPart
  }),
);

/** RFC 4120 §5.7.1 */
export type EncKrbPrivPart = Infer<typeof EncKrbPrivPart>;
export const EncKrbPrivPart = application(
  'EncKrbPrivPart',
  28,
  sequence('EncKrbPrivPart', {
    userData: field(0, octetString),
    timestamp: optional(1, kerberosTime),
    usec: optional(2, microseconds),
    seqNumber: optional(3, uint32),
    sAddress: field(4, HostAddress),
    rAddress: optional(5, HostAddress),
  }),
);

/** RFC 4120 §5.8.1 */
export type KrbCred = Infer<typeof KrbCred>;
export const KrbCred = application(
  'KRB-CRED',
  22,
  sequence('KRB-CRED', {
    pvno: field(0, pvno),
    msgType: field(1, msgType),
    tickets: field(2, sequenceOf(raw(Ticket))),
    encPart: field(3, EncryptedData), // EncKrbCredPart
  }),
);

/** RFC 4120 §5.8.1 */
export type KrbCredInfo = Infer<typeof KrbCredInfo>;
export const KrbCredInfo = sequence('KrbCredInfo', {
  key: field(0, EncryptionKey),
  prealm: optional(1, Realm),
  pname: optional(2, PrincipalName),
  flags: optional(3, ticketFlags),
  authtime: optional(4, kerberosTime),
  starttime: optional(5, kerberosTime),
  endtime: optional(6, kerberosTime),
  renewTill: optional(7, kerberosTime),
  srealm: optional(8, Realm),
  sname: optional(9, PrincipalName),
  caddr: optional(10, HostAddresses),
});

/** RFC 4120 §5.8.1 */
export type EncKrbCredPart = Infer<typeof EncKrbCredPart>;
export const EncKrbCredPart = application(
  'EncKrbCredPart',
  29,
  sequence('EncKrbCredPart', {
    ticketInfo: field(0, sequenceOf(KrbCredInfo)),
    nonce: optional(1, uint32),
    timestamp: optional(2, kerberosTime),
    usec: optional(3, microseconds),
    sAddress: optional(4, HostAddress),
    rAddress: optional(5, HostAddress),
  }),
);

/** RFC 4120 §5.9.1. Only the code tells what `eData` is: METHOD-DATA, TYPED-DATA or KERB-ERROR-DATA. */
export type KrbError = Infer<typeof KrbError>;
export const KrbError = application(
  'KRB-ERROR',
  30,
  sequence('KRB-ERROR', {
    pvno: field(0, pvno),
    msgType: field(1, msgType),
    ctime: optional(2, kerberosTime),
    cusec: optional(3, microseconds),
    stime: field(4, kerberosTime),
    susec: field(5, microseconds),
    errorCode: field(6, named(int32, errorCodeName)),
    crealm: optional(7, Realm),
    cname: optional(8, PrincipalName),
    realm: field(9, Realm),
    sname: field(10, PrincipalName),
    eText: optional(11, alias('KerberosString', generalString)),
    eData: optional(12, octetString),
  }),
);

/** RFC 4120 §5.9.1: e-data of KDC_ERR_PREAUTH_REQUIRED and KDC_ERR_PREAUTH_FAILED. */
export type MethodData = Infer<typeof MethodData>;
export const MethodData = alias('METHOD-DATA', sequenceOf(PaData));

/** RFC 4120 §5.9.1: e-data of PKINIT's errors. */
export type TypedData = Infer<typeof TypedData>;
export const TypedData = alias(
  'TYPED-DATA',
  sequenceOf(
    sequence('TYPED-DATA element', {
      dataType: field(0, named(int32, dataTypeName)),
      dataValue: optional(1, octetString),
    }),
  ),
);

/** RFC 4120 §5.2.7.2: PA-ENC-TIMESTAMP is its EncryptedData. */
export type PaEncTsEnc = Infer<typeof PaEncTsEnc>;
export const PaEncTsEnc = sequence('PA-ENC-TS-ENC', {
  patimestamp: field(0, kerberosTime),
  pausec: optional(1, microseconds),
});

/** RFC 4120 §5.2.7.4 */
export type EtypeInfo = Infer<typeof EtypeInfo>;
export const EtypeInfo = alias(
  'ETYPE-INFO',
  sequenceOf(
    sequence('ETYPE-INFO-ENTRY', {
      etype: field(0, etype),
      salt: optional(1, octetString),
    }),
  ),
);

/** RFC 4120 §5.2.7.5 */
export type EtypeInfo2 = Infer<typeof EtypeInfo2>;
export const EtypeInfo2 = alias(
  'ETYPE-INFO2',
  sequenceOf(
    sequence('ETYPE-INFO2-ENTRY', {
      etype: field(0, etype),
      salt: optional(1, alias('KerberosString', generalString)),
      s2kparams: optional(2, octetString),
    }),
  ),
);

/** MS-KILE 2.2.1: e-data of Windows. [1] and [2], where METHOD-DATA would have another SEQUENCE. */
export type KerbErrorData = Infer<typeof KerbErrorData>;
export const KerbErrorData = sequence('KERB-ERROR-DATA', {
  dataType: field(1, int32),
  dataValue: optional(2, octetString),
});

/** MS-KILE 2.2.3 */
export type KerbPaPacRequest = Infer<typeof KerbPaPacRequest>;
export const KerbPaPacRequest = sequence('KERB-PA-PAC-REQUEST', {
  includePac: field(0, boolean),
});

/** MS-KILE 2.2.10; the bits stand in [0], which that section's ASN.1 leaves out. */
export type PaPacOptions = Infer<typeof PaPacOptions>;
export const PaPacOptions = sequence('PA-PAC-OPTIONS', {
  options: field(0, flags32('PAC-OPTIONS-FLAGS', PacOptionBits)),
});

/** MS-KILE 2.2.6: the contents of an element of type KERB_AUTH_DATA_TOKEN_RESTRICTIONS. */
export type KerbAdRestrictionEntry = Infer<typeof KerbAdRestrictionEntry>;
export const KerbAdRestrictionEntry = alias(
  'KERB-AD-RESTRICTION-ENTRY',
  sequenceOf(
    sequence('KERB-AD-RESTRICTION-ENTRY element', {
      restrictionType: field(0, int32),
      restriction: field(1, octetString), // LSAP_TOKEN_INFO_INTEGRITY
    }),
  ),
);

/** MS-KILE 2.2.11 */
export type KerbKeyListReq = Infer<typeof KerbKeyListReq>;
export const KerbKeyListReq = alias('KERB-KEY-LIST-REQ', sequenceOf(etype));

/** MS-KILE 2.2.12 */
export type KerbKeyListRep = Infer<typeof KerbKeyListRep>;
export const KerbKeyListRep = alias('KERB-KEY-LIST-REP', sequenceOf(EncryptionKey));

/** MS-KILE 2.2.13 */
export type KerbSupersededByUser = Infer<typeof KerbSupersededByUser>;
export const KerbSupersededByUser = sequence('KERB-SUPERSEDED-BY-USER', {
  name: field(0, PrincipalName),
  realm: field(1, Realm),
});

/** MS-KILE 2.2.14; there is no [3]. */
export type KerbDmsaKeyPackage = Infer<typeof KerbDmsaKeyPackage>;
export const KerbDmsaKeyPackage = sequence('KERB-DMSA-KEY-PACKAGE', {
  currentKeys: field(0, sequenceOf(EncryptionKey)),
  previousKeys: optional(1, sequenceOf(EncryptionKey)),
  expirationInterval: field(2, kerberosTime),
  fetchInterval: field(4, kerberosTime),
});

/** RFC 6806's drafts (PA-SVR-REFERRAL-INFO): the realm to ask, and the server's true name. */
export type PaSvrReferralInfo = Infer<typeof PaSvrReferralInfo>;
export const PaSvrReferralInfo = sequence('PA-SVR-REFERRAL-DATA', {
  referredName: optional(1, PrincipalName),
  referredRealm: field(0, Realm),
});
