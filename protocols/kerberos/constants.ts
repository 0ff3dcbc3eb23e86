/** The numbers of Kerberos by the names that the standards give them. Error codes: `error-codes.ts`. */

/** RFC 4120 §5.2.1 */
export const PVNO = 5;

/** msg-type, which is also the APPLICATION tag: RFC 4120 §5.10. */
export const KRB_AS_REQ = 10;
export const KRB_AS_REP = 11;
export const KRB_TGS_REQ = 12;
export const KRB_TGS_REP = 13;
export const KRB_AP_REQ = 14;
export const KRB_AP_REP = 15;
export const KRB_SAFE = 20;
export const KRB_PRIV = 21;
export const KRB_CRED = 22;
export const KRB_ERROR = 30;

/** Ports: RFC 4120 §7.2.1, RFC 3244 §2. */
export const KDC_PORT = 88;
export const KPASSWD_PORT = 464;

/** KDCOptions: RFC 4120 §5.4.1, RFC 6806 §3 (canonicalize), RFC 8062 §4 (request-anonymous), MS-SFU 2.2.3 (cname-in-addl-tkt). */
export const KdcOptions = {
  forwardable: 0x40000000,
  forwarded: 0x20000000,
  proxiable: 0x10000000,
  proxy: 0x08000000,
  allowPostdate: 0x04000000,
  postdated: 0x02000000,
  renewable: 0x00800000,
  optHardwareAuth: 0x00100000,
  cnameInAddlTkt: 0x00020000,
  canonicalize: 0x00010000,
  requestAnonymous: 0x00008000,
  disableTransitedCheck: 0x00000020,
  renewableOk: 0x00000010,
  encTktInSkey: 0x00000008,
  renew: 0x00000002,
  validate: 0x00000001,
} as const;

/** TicketFlags: RFC 4120 §5.3, RFC 6806 §11 (enc-pa-rep), RFC 8062 §3 (anonymous). */
export const TicketFlags = {
  forwardable: 0x40000000,
  forwarded: 0x20000000,
  proxiable: 0x10000000,
  proxy: 0x08000000,
  mayPostdate: 0x04000000,
  postdated: 0x02000000,
  invalid: 0x01000000,
  renewable: 0x00800000,
  initial: 0x00400000,
  preAuthent: 0x00200000,
  hwAuthent: 0x00100000,
  transitedPolicyChecked: 0x00080000,
  okAsDelegate: 0x00040000,
  encPaRep: 0x00010000,
  anonymous: 0x00008000,
} as const;

/** APOptions: RFC 4120 §5.5.1. */
export const ApOptions = {
  useSessionKey: 0x40000000,
  mutualRequired: 0x20000000,
} as const;

/** FastOptions: RFC 6113 §5.4.2. Bits 0 to 15 are critical. */
export const FastOptions = {
  hideClientNames: 0x40000000,
  kdcFollowReferrals: 0x00008000,
} as const;

/** PA-PAC-OPTIONS: MS-KILE 2.2.10, MS-SFU 2.2.5 (resource-based constrained delegation). */
export const PacOptions = {
  claims: 0x80000000,
  branchAware: 0x40000000,
  forwardToFullDc: 0x20000000,
  resourceBasedConstrainedDelegation: 0x10000000,
} as const;

/** Options of S4UUserID: MS-SFU 2.2.2. */
export const S4uOptions = {
  checkLogonHours: 0x40000000,
  useReplyKeyUsage: 0x20000000,
  skipNtAuth: 0x10000000,
  unconditionalDelegation: 0x08000000,
} as const;

/** Name types: RFC 4120 §6.2, RFC 6806 §5, RFC 8062 §3.1, RFC 5179 §4, MS-KILE 2.2 and Windows' own. */
export const NT_UNKNOWN = 0;
export const NT_PRINCIPAL = 1;
export const NT_SRV_INST = 2;
export const NT_SRV_HST = 3;
export const NT_SRV_XHST = 4;
export const NT_UID = 5;
export const NT_X500_PRINCIPAL = 6;
export const NT_SMTP_NAME = 7;
export const NT_ENTERPRISE = 10;
export const NT_WELLKNOWN = 11;
export const NT_SRV_HST_DOMAIN = 12;
export const NT_MS_PRINCIPAL = -128;
export const NT_MS_PRINCIPAL_AND_SID = -129;
export const NT_ENT_PRINCIPAL_AND_SID = -130;

const NAME_TYPES: Readonly<Record<number, string>> = {
  [NT_UNKNOWN]: 'NT_UNKNOWN',
  [NT_PRINCIPAL]: 'NT_PRINCIPAL',
  [NT_SRV_INST]: 'NT_SRV_INST',
  [NT_SRV_HST]: 'NT_SRV_HST',
  [NT_SRV_XHST]: 'NT_SRV_XHST',
  [NT_UID]: 'NT_UID',
  [NT_X500_PRINCIPAL]: 'NT_X500_PRINCIPAL',
  [NT_SMTP_NAME]: 'NT_SMTP_NAME',
  [NT_ENTERPRISE]: 'NT_ENTERPRISE',
  [NT_WELLKNOWN]: 'NT_WELLKNOWN',
  [NT_SRV_HST_DOMAIN]: 'NT_SRV_HST_DOMAIN',
  [NT_MS_PRINCIPAL]: 'NT_MS_PRINCIPAL',
  [NT_MS_PRINCIPAL_AND_SID]: 'NT_MS_PRINCIPAL_AND_SID',
  [NT_ENT_PRINCIPAL_AND_SID]: 'NT_ENT_PRINCIPAL_AND_SID',
};

/** Pre-authentication data types: RFC 4120 §7.5.2 and the sections named. */
export const PA_TGS_REQ = 1;
export const PA_ENC_TIMESTAMP = 2;
export const PA_PW_SALT = 3;
export const PA_ETYPE_INFO = 11;
/** RFC 4556 drafts; Windows 2000's PKINIT sends 15 both ways (MS-PKCA 2.2.3). */
export const PA_PK_AS_REQ_OLD = 14;
export const PA_PK_AS_REP_OLD = 15;
/** RFC 4556 §3.1.3 */
export const PA_PK_AS_REQ = 16;
export const PA_PK_AS_REP = 17;
export const PA_ETYPE_INFO2 = 19;
/** RFC 6806 drafts; MS-KILE 2.2: PA-SVR-REFERRAL-INFO. */
export const PA_SVR_REFERRAL_INFO = 20;
/** RFC 6806 §7 */
export const PA_SERVER_REFERRAL = 25;
/** MS-KILE 2.2.3 */
export const PA_PAC_REQUEST = 128;
/** MS-SFU 2.2.1 */
export const PA_FOR_USER = 129;
/** MS-SFU 2.2.2 */
export const PA_S4U_X509_USER = 130;
/** MS-KILE 3.1.5.1 */
export const PA_FOR_CHECK_DUPS = 131;
export const PA_AS_CHECKSUM = 132;
/** RFC 6113 §5.2 to §5.4 */
export const PA_FX_COOKIE = 133;
export const PA_AUTHENTICATION_SET = 134;
export const PA_AUTH_SET_SELECTED = 135;
export const PA_FX_FAST = 136;
export const PA_FX_ERROR = 137;
export const PA_ENCRYPTED_CHALLENGE = 138;
/** RFC 6560 */
export const PA_OTP_CHALLENGE = 141;
export const PA_OTP_REQUEST = 142;
export const PA_OTP_CONFIRM = 143;
export const PA_OTP_PIN_CHANGE = 144;
export const PA_EPAK_AS_REQ = 145;
export const PA_EPAK_AS_REP = 146;
/** RFC 8062 §4.3 */
export const PA_PKINIT_KX = 147;
export const PA_PKU2U_NAME = 148;
/** RFC 6806 §11 */
export const PA_REQ_ENC_PA_REP = 149;
/** RFC 8070 §3 */
export const PA_AS_FRESHNESS = 150;
/** RFC 9588 */
export const PA_SPAKE = 151;
/** MS-KILE 2.2.11, 2.2.12 */
export const PA_KERB_KEY_LIST_REQ = 161;
export const PA_KERB_KEY_LIST_REP = 162;
/** MS-KILE 2.2.8; four octets, least significant first, in spite of its ASN.1. */
export const PA_SUPPORTED_ENCTYPES = 165;
export const PA_EXTENDED_ERROR = 166;
/** MS-KILE 2.2.10 */
export const PA_PAC_OPTIONS = 167;
/** MS-KILE 2.2.13, 2.2.14 */
export const PA_SUPERSEDED_BY_USER = 170;
export const PA_DMSA_KEY_PACKAGE = 171;

const PADATA_TYPES: Readonly<Record<number, string>> = {
  [PA_TGS_REQ]: 'PA_TGS_REQ',
  [PA_ENC_TIMESTAMP]: 'PA_ENC_TIMESTAMP',
  [PA_PW_SALT]: 'PA_PW_SALT',
  [PA_ETYPE_INFO]: 'PA_ETYPE_INFO',
  [PA_PK_AS_REQ_OLD]: 'PA_PK_AS_REQ_OLD',
  [PA_PK_AS_REP_OLD]: 'PA_PK_AS_REP_OLD',
  [PA_PK_AS_REQ]: 'PA_PK_AS_REQ',
  [PA_PK_AS_REP]: 'PA_PK_AS_REP',
  [PA_ETYPE_INFO2]: 'PA_ETYPE_INFO2',
  [PA_SVR_REFERRAL_INFO]: 'PA_SVR_REFERRAL_INFO',
  [PA_SERVER_REFERRAL]: 'PA_SERVER_REFERRAL',
  [PA_PAC_REQUEST]: 'PA_PAC_REQUEST',
  [PA_FOR_USER]: 'PA_FOR_USER',
  [PA_S4U_X509_USER]: 'PA_S4U_X509_USER',
  [PA_FOR_CHECK_DUPS]: 'PA_FOR_CHECK_DUPS',
  [PA_AS_CHECKSUM]: 'PA_AS_CHECKSUM',
  [PA_FX_COOKIE]: 'PA_FX_COOKIE',
  [PA_AUTHENTICATION_SET]: 'PA_AUTHENTICATION_SET',
  [PA_AUTH_SET_SELECTED]: 'PA_AUTH_SET_SELECTED',
  [PA_FX_FAST]: 'PA_FX_FAST',
  [PA_FX_ERROR]: 'PA_FX_ERROR',
  [PA_ENCRYPTED_CHALLENGE]: 'PA_ENCRYPTED_CHALLENGE',
  [PA_OTP_CHALLENGE]: 'PA_OTP_CHALLENGE',
  [PA_OTP_REQUEST]: 'PA_OTP_REQUEST',
  [PA_OTP_CONFIRM]: 'PA_OTP_CONFIRM',
  [PA_OTP_PIN_CHANGE]: 'PA_OTP_PIN_CHANGE',
  [PA_EPAK_AS_REQ]: 'PA_EPAK_AS_REQ',
  [PA_EPAK_AS_REP]: 'PA_EPAK_AS_REP',
  [PA_PKINIT_KX]: 'PA_PKINIT_KX',
  [PA_PKU2U_NAME]: 'PA_PKU2U_NAME',
  [PA_REQ_ENC_PA_REP]: 'PA_REQ_ENC_PA_REP',
  [PA_AS_FRESHNESS]: 'PA_AS_FRESHNESS',
  [PA_SPAKE]: 'PA_SPAKE',
  [PA_KERB_KEY_LIST_REQ]: 'PA_KERB_KEY_LIST_REQ',
  [PA_KERB_KEY_LIST_REP]: 'PA_KERB_KEY_LIST_REP',
  [PA_SUPPORTED_ENCTYPES]: 'PA_SUPPORTED_ENCTYPES',
  [PA_EXTENDED_ERROR]: 'PA_EXTENDED_ERROR',
  [PA_PAC_OPTIONS]: 'PA_PAC_OPTIONS',
  [PA_SUPERSEDED_BY_USER]: 'PA_SUPERSEDED_BY_USER',
  [PA_DMSA_KEY_PACKAGE]: 'PA_DMSA_KEY_PACKAGE',
};

/** Types inside TYPED-DATA: RFC 4120 §7.5.2, RFC 4556 §3.1.3, RFC 8636 §3 and §4. */
export const TD_PKINIT_CMS_CERTIFICATES = 101;
export const TD_KRB_PRINCIPAL = 102;
export const TD_KRB_REALM = 103;
export const TD_TRUSTED_CERTIFIERS = 104;
export const TD_INVALID_CERTIFICATES = 105;
export const TD_APP_DEFINED_ERROR = 106;
export const TD_REQ_NONCE = 107;
export const TD_REQ_SEQ = 108;
export const TD_DH_PARAMETERS = 109;
export const TD_CMS_DIGEST_ALGORITHMS = 111;
export const TD_CERT_DIGEST_ALGORITHMS = 112;

const DATA_TYPES: Readonly<Record<number, string>> = {
  [TD_PKINIT_CMS_CERTIFICATES]: 'TD_PKINIT_CMS_CERTIFICATES',
  [TD_KRB_PRINCIPAL]: 'TD_KRB_PRINCIPAL',
  [TD_KRB_REALM]: 'TD_KRB_REALM',
  [TD_TRUSTED_CERTIFIERS]: 'TD_TRUSTED_CERTIFIERS',
  [TD_INVALID_CERTIFICATES]: 'TD_INVALID_CERTIFICATES',
  [TD_APP_DEFINED_ERROR]: 'TD_APP_DEFINED_ERROR',
  [TD_REQ_NONCE]: 'TD_REQ_NONCE',
  [TD_REQ_SEQ]: 'TD_REQ_SEQ',
  [TD_DH_PARAMETERS]: 'TD_DH_PARAMETERS',
  [TD_CERT_DIGEST_ALGORITHMS]: 'TD_CERT_DIGEST_ALGORITHMS',
  [TD_CMS_DIGEST_ALGORITHMS]: 'TD_CMS_DIGEST_ALGORITHMS',
};

/** Authorization data types: RFC 4120 §7.5.4, RFC 6113 §5.4, MS-KILE 2.2.6, 2.2.7 and 3.2.5.8. */
export const AD_IF_RELEVANT = 1;
export const AD_INTENDED_FOR_SERVER = 2;
export const AD_INTENDED_FOR_APPLICATION_CLASS = 3;
export const AD_KDC_ISSUED = 4;
export const AD_AND_OR = 5;
export const AD_MANDATORY_FOR_KDC = 8;
export const AD_INITIAL_VERIFIED_CAS = 9;
export const AD_FX_FAST_ARMOR = 71;
export const AD_FX_FAST_USED = 72;
export const AD_WIN2K_PAC = 128;
/** RFC 4537 §3 */
export const AD_ETYPE_NEGOTIATION = 129;
export const KERB_AUTH_DATA_TOKEN_RESTRICTIONS = 141;
export const KERB_LOCAL = 142;
export const AD_AUTH_DATA_AP_OPTIONS = 143;
export const AD_TARGET_PRINCIPAL = 144;

const AD_TYPES: Readonly<Record<number, string>> = {
  [AD_IF_RELEVANT]: 'AD_IF_RELEVANT',
  [AD_INTENDED_FOR_SERVER]: 'AD_INTENDED_FOR_SERVER',
  [AD_INTENDED_FOR_APPLICATION_CLASS]: 'AD_INTENDED_FOR_APPLICATION_CLASS',
  [AD_KDC_ISSUED]: 'AD_KDC_ISSUED',
  [AD_AND_OR]: 'AD_AND_OR',
  [AD_MANDATORY_FOR_KDC]: 'AD_MANDATORY_FOR_KDC',
  [AD_INITIAL_VERIFIED_CAS]: 'AD_INITIAL_VERIFIED_CAS',
  [AD_FX_FAST_ARMOR]: 'AD_FX_FAST_ARMOR',
  [AD_FX_FAST_USED]: 'AD_FX_FAST_USED',
  [AD_WIN2K_PAC]: 'AD_WIN2K_PAC',
  [AD_ETYPE_NEGOTIATION]: 'AD_ETYPE_NEGOTIATION',
  [KERB_AUTH_DATA_TOKEN_RESTRICTIONS]: 'KERB_AUTH_DATA_TOKEN_RESTRICTIONS',
  [KERB_LOCAL]: 'KERB_LOCAL',
  [AD_AUTH_DATA_AP_OPTIONS]: 'AD_AUTH_DATA_AP_OPTIONS',
  [AD_TARGET_PRINCIPAL]: 'AD_TARGET_PRINCIPAL',
};

/** Host address types: RFC 4120 §7.5.3; NetBIOS names are 16 octets, padded with blanks (MS-KILE 2.2). */
export const ADDRTYPE_IPV4 = 2;
export const ADDRTYPE_DIRECTIONAL = 3;
export const ADDRTYPE_NETBIOS = 20;
export const ADDRTYPE_IPV6 = 24;

const ADDRESS_TYPES: Readonly<Record<number, string>> = {
  [ADDRTYPE_IPV4]: 'ADDRTYPE_IPV4',
  [ADDRTYPE_DIRECTIONAL]: 'ADDRTYPE_DIRECTIONAL',
  [ADDRTYPE_NETBIOS]: 'ADDRTYPE_NETBIOS',
  [ADDRTYPE_IPV6]: 'ADDRTYPE_IPV6',
};

/** lr-type: RFC 4120 §5.4.2. Windows sends one entry, LR_NONE with the KDC's time. */
export const LR_NONE = 0;
export const LR_INITIAL_TGT = 1;
export const LR_INITIAL = 2;
export const LR_ISSUE_USE_TGT = 3;
export const LR_RENEWAL = 4;
export const LR_REQUEST = 5;
export const LR_PW_EXPTIME = 6;
export const LR_ACCT_EXPTIME = 7;

const LR_TYPES: Readonly<Record<number, string>> = {
  [LR_NONE]: 'LR_NONE',
  [LR_INITIAL_TGT]: 'LR_INITIAL_TGT',
  [LR_INITIAL]: 'LR_INITIAL',
  [LR_ISSUE_USE_TGT]: 'LR_ISSUE_USE_TGT',
  [LR_RENEWAL]: 'LR_RENEWAL',
  [LR_REQUEST]: 'LR_REQUEST',
  [LR_PW_EXPTIME]: 'LR_PW_EXPTIME',
  [LR_ACCT_EXPTIME]: 'LR_ACCT_EXPTIME',
};

/** tr-type: RFC 4120 §3.3.3.2. Windows writes 0 with empty contents. */
export const TR_NONE = 0;
export const DOMAIN_X500_COMPRESS = 1;

/** Checksum types: RFC 3961 §8, RFC 3962 §7, RFC 8009 §6, RFC 4757 §4, RFC 4121 §4.1.1 (the GSS one). */
export const CKSUMTYPE_CRC32 = 1;
export const CKSUMTYPE_RSA_MD4 = 2;
export const CKSUMTYPE_RSA_MD5 = 7;
export const CKSUMTYPE_SHA1 = 14;
export const CKSUMTYPE_HMAC_SHA1_96_AES128 = 15;
export const CKSUMTYPE_HMAC_SHA1_96_AES256 = 16;
export const CKSUMTYPE_HMAC_SHA256_128_AES128 = 19;
export const CKSUMTYPE_HMAC_SHA384_192_AES256 = 20;
export const CKSUMTYPE_GSSAPI = 0x8003;
export const CKSUMTYPE_HMAC_MD5 = -138;

const CKSUMTYPES: Readonly<Record<number, string>> = {
  [CKSUMTYPE_CRC32]: 'CKSUMTYPE_CRC32',
  [CKSUMTYPE_RSA_MD4]: 'CKSUMTYPE_RSA_MD4',
  [CKSUMTYPE_RSA_MD5]: 'CKSUMTYPE_RSA_MD5',
  [CKSUMTYPE_SHA1]: 'CKSUMTYPE_SHA1',
  [CKSUMTYPE_HMAC_SHA1_96_AES128]: 'CKSUMTYPE_HMAC_SHA1_96_AES128',
  [CKSUMTYPE_HMAC_SHA1_96_AES256]: 'CKSUMTYPE_HMAC_SHA1_96_AES256',
  [CKSUMTYPE_HMAC_SHA256_128_AES128]: 'CKSUMTYPE_HMAC_SHA256_128_AES128',
  [CKSUMTYPE_HMAC_SHA384_192_AES256]: 'CKSUMTYPE_HMAC_SHA384_192_AES256',
  [CKSUMTYPE_GSSAPI]: 'CKSUMTYPE_GSSAPI',
  [CKSUMTYPE_HMAC_MD5]: 'CKSUMTYPE_HMAC_MD5',
};

/** Encryption types as IANA registers them, and those private to Windows that clients still list. */
const ETYPE_NAMES: Readonly<Record<number, string>> = {
  0: 'null',
  1: 'des-cbc-crc',
  2: 'des-cbc-md4',
  3: 'des-cbc-md5',
  5: 'des3-cbc-md5',
  7: 'des3-cbc-sha1',
  9: 'dsaWithSHA1-CmsOID',
  10: 'md5WithRSAEncryption-CmsOID',
  11: 'sha1WithRSAEncryption-CmsOID',
  12: 'rc2CBC-EnvOID',
  13: 'rsaEncryption-EnvOID',
  14: 'rsaES-OAEP-ENV-OID',
  15: 'des-ede3-cbc-Env-OID',
  16: 'des3-cbc-sha1-kd',
  17: 'aes128-cts-hmac-sha1-96',
  18: 'aes256-cts-hmac-sha1-96',
  19: 'aes128-cts-hmac-sha256-128',
  20: 'aes256-cts-hmac-sha384-192',
  23: 'rc4-hmac',
  24: 'rc4-hmac-exp',
  25: 'camellia128-cts-cmac',
  26: 'camellia256-cts-cmac',
  [-128]: 'rc4-md4',
  [-133]: 'rc4-hmac-old',
  [-135]: 'rc4-hmac-old-exp',
};

/** Armor types: RFC 6113 §5.4.1. */
export const FX_FAST_ARMOR_AP_REQUEST = 1;

/** data-type of KERB-ERROR-DATA: MS-KILE 2.2.1. */
export const KERB_AP_ERR_TYPE_SKEW_RECOVERY = 2;
export const KERB_ERR_TYPE_EXTENDED = 3;

/** Key usage numbers: RFC 4120 §7.5.1, RFC 4121 §2, RFC 6113 §5.4 and §5.4.6, RFC 6806 §11, RFC 8070 §4, MS-KILE 3.1.5.9, MS-PAC 2.8, MS-SFU 2.2. */
export const KeyUsage = {
  PA_ENC_TIMESTAMP: 1,
  TICKET: 2,
  AS_REP_ENC_PART: 3,
  TGS_REQ_AUTHORIZATION_DATA_SESSION: 4,
  TGS_REQ_AUTHORIZATION_DATA_SUBKEY: 5,
  TGS_REQ_AUTHENTICATOR_CHECKSUM: 6,
  TGS_REQ_AUTHENTICATOR: 7,
  TGS_REP_ENC_PART_SESSION: 8,
  TGS_REP_ENC_PART_SUBKEY: 9,
  AP_REQ_AUTHENTICATOR_CHECKSUM: 10,
  AP_REQ_AUTHENTICATOR: 11,
  AP_REP_ENC_PART: 12,
  KRB_PRIV_ENC_PART: 13,
  KRB_CRED_ENC_PART: 14,
  KRB_SAFE_CHECKSUM: 15,
  KERB_NON_KERB_SALT: 16,
  KERB_NON_KERB_CKSUM_SALT: 17,
  KRB_ERROR_CHECKSUM: 18,
  AD_KDC_ISSUED_CHECKSUM: 19,
  GSS_ACCEPTOR_SEAL: 22,
  GSS_ACCEPTOR_SIGN: 23,
  GSS_INITIATOR_SEAL: 24,
  GSS_INITIATOR_SIGN: 25,
  PA_S4U_X509_USER_REQUEST: 26,
  PA_S4U_X509_USER_REPLY: 27,
  FAST_REQ_CHECKSUM: 50,
  FAST_ENC: 51,
  FAST_REP: 52,
  FAST_FINISHED: 53,
  ENC_CHALLENGE_CLIENT: 54,
  ENC_CHALLENGE_KDC: 55,
  AS_REQ: 56,
  AS_FRESHNESS: 60,
} as const;

/** The standard's name of a number of its kind; undefined for those that nobody named. */
export const nameTypeName = (value: number): string | undefined => NAME_TYPES[value];
export const padataTypeName = (value: number): string | undefined => PADATA_TYPES[value];
export const dataTypeName = (value: number): string | undefined => DATA_TYPES[value];
export const adTypeName = (value: number): string | undefined => AD_TYPES[value];
export const addressTypeName = (value: number): string | undefined => ADDRESS_TYPES[value];
export const lrTypeName = (value: number): string | undefined => LR_TYPES[value];
export const cksumtypeName = (value: number): string | undefined => CKSUMTYPES[value];
export const etypeNumberName = (value: number): string | undefined => ETYPE_NAMES[value];

const MSG_TYPES: Readonly<Record<number, string>> = {
  [KRB_AS_REQ]: 'KRB_AS_REQ',
  [KRB_AS_REP]: 'KRB_AS_REP',
  [KRB_TGS_REQ]: 'KRB_TGS_REQ',
  [KRB_TGS_REP]: 'KRB_TGS_REP',
  [KRB_AP_REQ]: 'KRB_AP_REQ',
  [KRB_AP_REP]: 'KRB_AP_REP',
  [KRB_SAFE]: 'KRB_SAFE',
  [KRB_PRIV]: 'KRB_PRIV',
  [KRB_CRED]: 'KRB_CRED',
  [KRB_ERROR]: 'KRB_ERROR',
};
export const msgTypeName = (value: number): string | undefined => MSG_TYPES[value];
