/**
 * The error codes of KRB-ERROR: names, sentences, and what people who roll out Windows Hello for Business
 * found behind them. RFC 4120 §7.5.9, with RFC 4556, 6111, 6113, 6806 and 8636 and MS-PKCA.
 */

export const KDC_ERR_NONE = 0;
export const KDC_ERR_NAME_EXP = 1;
export const KDC_ERR_SERVICE_EXP = 2;
export const KDC_ERR_BAD_PVNO = 3;
export const KDC_ERR_C_OLD_MAST_KVNO = 4;
export const KDC_ERR_S_OLD_MAST_KVNO = 5;
export const KDC_ERR_C_PRINCIPAL_UNKNOWN = 6;
export const KDC_ERR_S_PRINCIPAL_UNKNOWN = 7;
export const KDC_ERR_PRINCIPAL_NOT_UNIQUE = 8;
export const KDC_ERR_NULL_KEY = 9;
export const KDC_ERR_CANNOT_POSTDATE = 10;
export const KDC_ERR_NEVER_VALID = 11;
export const KDC_ERR_POLICY = 12;
export const KDC_ERR_BADOPTION = 13;
export const KDC_ERR_ETYPE_NOSUPP = 14;
export const KDC_ERR_SUMTYPE_NOSUPP = 15;
export const KDC_ERR_PADATA_TYPE_NOSUPP = 16;
export const KDC_ERR_TRTYPE_NOSUPP = 17;
export const KDC_ERR_CLIENT_REVOKED = 18;
export const KDC_ERR_SERVICE_REVOKED = 19;
export const KDC_ERR_TGT_REVOKED = 20;
export const KDC_ERR_CLIENT_NOTYET = 21;
export const KDC_ERR_SERVICE_NOTYET = 22;
export const KDC_ERR_KEY_EXPIRED = 23;
export const KDC_ERR_PREAUTH_FAILED = 24;
export const KDC_ERR_PREAUTH_REQUIRED = 25;
export const KDC_ERR_SERVER_NOMATCH = 26;
export const KDC_ERR_MUST_USE_USER2USER = 27;
export const KDC_ERR_PATH_NOT_ACCEPTED = 28;
export const KDC_ERR_SVC_UNAVAILABLE = 29;
export const KRB_AP_ERR_BAD_INTEGRITY = 31;
export const KRB_AP_ERR_TKT_EXPIRED = 32;
export const KRB_AP_ERR_TKT_NYV = 33;
export const KRB_AP_ERR_REPEAT = 34;
export const KRB_AP_ERR_NOT_US = 35;
export const KRB_AP_ERR_BADMATCH = 36;
export const KRB_AP_ERR_SKEW = 37;
export const KRB_AP_ERR_BADADDR = 38;
export const KRB_AP_ERR_BADVERSION = 39;
export const KRB_AP_ERR_MSG_TYPE = 40;
export const KRB_AP_ERR_MODIFIED = 41;
export const KRB_AP_ERR_BADORDER = 42;
export const KRB_AP_ERR_ILL_CR_TKT = 43;
export const KRB_AP_ERR_BADKEYVER = 44;
export const KRB_AP_ERR_NOKEY = 45;
export const KRB_AP_ERR_MUT_FAIL = 46;
export const KRB_AP_ERR_BADDIRECTION = 47;
export const KRB_AP_ERR_METHOD = 48;
export const KRB_AP_ERR_BADSEQ = 49;
export const KRB_AP_ERR_INAPP_CKSUM = 50;
export const KRB_AP_PATH_NOT_ACCEPTED = 51;
export const KRB_ERR_RESPONSE_TOO_BIG = 52;
export const KRB_ERR_GENERIC = 60;
export const KRB_ERR_FIELD_TOOLONG = 61;
export const KDC_ERR_CLIENT_NOT_TRUSTED = 62;
export const KDC_ERR_KDC_NOT_TRUSTED = 63;
export const KDC_ERR_INVALID_SIG = 64;
export const KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED = 65;
export const KDC_ERR_CERTIFICATE_MISMATCH = 66;
export const KRB_AP_ERR_NO_TGT = 67;
export const KDC_ERR_WRONG_REALM = 68;
export const KRB_AP_ERR_USER_TO_USER_REQUIRED = 69;
export const KDC_ERR_CANT_VERIFY_CERTIFICATE = 70;
export const KDC_ERR_INVALID_CERTIFICATE = 71;
export const KDC_ERR_REVOKED_CERTIFICATE = 72;
export const KDC_ERR_REVOCATION_STATUS_UNKNOWN = 73;
export const KDC_ERR_REVOCATION_STATUS_UNAVAILABLE = 74;
export const KDC_ERR_CLIENT_NAME_MISMATCH = 75;
export const KDC_ERR_KDC_NAME_MISMATCH = 76;
export const KDC_ERR_INCONSISTENT_KEY_PURPOSE = 77;
export const KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED = 78;
export const KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED = 79;
export const KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED = 80;
export const KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED = 81;
export const KRB_AP_ERR_PRINCIPAL_UNKNOWN = 82;
export const KRB_AP_ERR_REALM_UNKNOWN = 83;
export const KRB_AP_ERR_PRINCIPAL_RESERVED = 84;
export const KRB_AP_ERR_IAKERB_KDC_NOT_FOUND = 85;
export const KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE = 86;
export const KDC_ERR_PREAUTH_EXPIRED = 90;
export const KDC_ERR_MORE_PREAUTH_DATA_REQUIRED = 91;
export const KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET = 92;
export const KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS = 93;
export const KDC_ERR_NO_ACCEPTABLE_KDF = 100;

/** What is known about an error code. */
export interface ErrorCode {
  readonly code: number;
  /** The standard's spelling: `KDC_ERR_PREAUTH_REQUIRED`. */
  readonly name: string;
  /** Lower case, without a full stop. */
  readonly sentence: string;
  /** The standard that defines it. */
  readonly section: string;
  /** The request certainly took no effect: sending it again is safe. */
  readonly definite: boolean;
  /** What it is due to in practice, the likeliest first. */
  readonly causes: readonly string[];
}

/** All of them, ascending. */
export const ERROR_CODES: readonly ErrorCode[] = [
  {
    code: KDC_ERR_NONE,
    name: 'KDC_ERR_NONE',
    sentence: 'no error',
    section: 'RFC 4120 §7.5.9',
    definite: false,
    causes: [],
  },
  {
    code: KDC_ERR_NAME_EXP,
    name: 'KDC_ERR_NAME_EXP',
    sentence: "the client's entry in the database has expired",
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      "the account's expiry date has passed (accountExpires); a Windows KDC says KDC_ERR_CLIENT_REVOKED with STATUS_ACCOUNT_EXPIRED instead",
    ],
  },
  {
    code: KDC_ERR_SERVICE_EXP,
    name: 'KDC_ERR_SERVICE_EXP',
    sentence: "the server's entry in the database has expired",
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['the account that the service runs under has an expiry date in the past'],
  },
  {
    code: KDC_ERR_BAD_PVNO,
    name: 'KDC_ERR_BAD_PVNO',
    sentence: 'the protocol version is not supported',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the message is not Kerberos 5: something else talks to port 88; Windows says KRB_AP_ERR_BADVERSION instead',
    ],
  },
  {
    code: KDC_ERR_C_OLD_MAST_KVNO,
    name: 'KDC_ERR_C_OLD_MAST_KVNO',
    sentence: "the client's key is encrypted in an old master key",
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the master key of an MIT or Heimdal database was changed without re-encrypting its entries',
    ],
  },
  {
    code: KDC_ERR_S_OLD_MAST_KVNO,
    name: 'KDC_ERR_S_OLD_MAST_KVNO',
    sentence: "the server's key is encrypted in an old master key",
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the master key of an MIT or Heimdal database was changed without re-encrypting its entries',
    ],
  },
  {
    code: KDC_ERR_C_PRINCIPAL_UNKNOWN,
    name: 'KDC_ERR_C_PRINCIPAL_UNKNOWN',
    sentence: 'the client is not in the database',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the user name or the UPN suffix is misspelt, or the account does not exist in this domain',
      'the UPN in Microsoft Entra ID differs from the userPrincipalName on premises, so the device asks for a name that the domain controller does not know',
      'the account was created or renamed and has not replicated to this domain controller yet',
      'S4U2Self was asked for with a ticket that a read-only domain controller (or Microsoft Entra Kerberos) issued',
    ],
  },
  {
    code: KDC_ERR_S_PRINCIPAL_UNKNOWN,
    name: 'KDC_ERR_S_PRINCIPAL_UNKNOWN',
    sentence: 'the server is not in the database',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'no account holds the service principal name: TERMSRV/host or cifs/host is missing or misspelt',
      'the host was addressed by an IP address or an alias for which no SPN is registered',
      'the partial TGT carries the number of a read-only krbtgt that does not exist any more: the AzureADKerberos object was deleted or made anew',
      'a trust is missing, so the realm of the service cannot be reached',
    ],
  },
  {
    code: KDC_ERR_PRINCIPAL_NOT_UNIQUE,
    name: 'KDC_ERR_PRINCIPAL_NOT_UNIQUE',
    sentence: 'several entries in the database have this name',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['two accounts hold the same service principal name; setspn -X finds them'],
  },
  {
    code: KDC_ERR_NULL_KEY,
    name: 'KDC_ERR_NULL_KEY',
    sentence: 'the client or the server has no key',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['the account has no password, and therefore no key'],
  },
  {
    code: KDC_ERR_CANNOT_POSTDATE,
    name: 'KDC_ERR_CANNOT_POSTDATE',
    sentence: 'the ticket cannot be postdated',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'a start time in the future was asked for; Active Directory supports no postdated tickets',
    ],
  },
  {
    code: KDC_ERR_NEVER_VALID,
    name: 'KDC_ERR_NEVER_VALID',
    sentence: 'the start time asked for is later than the end time',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the clocks of client and KDC differ by more than the lifetime asked for',
      'the till time asked for lies in the past',
    ],
  },
  {
    code: KDC_ERR_POLICY,
    name: 'KDC_ERR_POLICY',
    sentence: "the KDC's policy refuses the request",
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'a smart card or Windows Hello is required for this account (SMARTCARD_REQUIRED) and a password was used',
      'sign-in to this workstation is not allowed for the account',
      'the AzureADKerberos computer object and its krbtgt account are not linked with each other any more',
      'selective authentication of a forest trust, or an authentication policy, does not let the account through',
    ],
  },
  {
    code: KDC_ERR_BADOPTION,
    name: 'KDC_ERR_BADOPTION',
    sentence: 'the KDC cannot grant an option that was asked for',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'constrained delegation (S4U2Proxy) to a service for which no delegation is configured',
      'the ticket to be delegated is not forwardable: the user is in Protected Users or marked as sensitive',
      'a ticket was to be renewed that is not renewable, or whose renew-till has passed',
    ],
  },
  {
    code: KDC_ERR_ETYPE_NOSUPP,
    name: 'KDC_ERR_ETYPE_NOSUPP',
    sentence: 'the KDC supports none of the encryption types',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'RC4 is disabled on one side and the other side has only RC4 keys: change the password of the account so that AES keys are made',
      'msDS-SupportedEncryptionTypes of the account does not intersect with what the client offers',
      'PKINIT with RSA key transport without des-ede3-cbc in the list of encryption types',
    ],
  },
  {
    code: KDC_ERR_SUMTYPE_NOSUPP,
    name: 'KDC_ERR_SUMTYPE_NOSUPP',
    sentence: 'the KDC does not support the checksum type',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'a checksum was made with a type that needs no key, or one that the KDC does not know',
    ],
  },
  {
    code: KDC_ERR_PADATA_TYPE_NOSUPP,
    name: 'KDC_ERR_PADATA_TYPE_NOSUPP',
    sentence: 'the KDC does not support the type of pre-authentication data',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the domain controller has no certificate that is fit for Kerberos authentication, so it cannot do smart card or Windows Hello sign-in (event 4771 with failure code 0x10, KDC event 19 or 29)',
      'the certificate of the domain controller has expired, lacks the KDC Authentication purpose, or its chain or revocation list cannot be checked',
    ],
  },
  {
    code: KDC_ERR_TRTYPE_NOSUPP,
    name: 'KDC_ERR_TRTYPE_NOSUPP',
    sentence: 'the KDC does not support the type of the transited field',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['a ticket came over a trust whose KDC encodes the path in another way'],
  },
  {
    code: KDC_ERR_CLIENT_REVOKED,
    name: 'KDC_ERR_CLIENT_REVOKED',
    sentence: "the client's credentials have been revoked",
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the account is disabled, locked out or expired; the NTSTATUS in e-data says which',
      'the sign-in lies outside of the logon hours',
    ],
  },
  {
    code: KDC_ERR_SERVICE_REVOKED,
    name: 'KDC_ERR_SERVICE_REVOKED',
    sentence: "the server's credentials have been revoked",
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['the computer or service account is disabled'],
  },
  {
    code: KDC_ERR_TGT_REVOKED,
    name: 'KDC_ERR_TGT_REVOKED',
    sentence: 'the TGT has been revoked',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'cloud Kerberos trust: the user is denied, or not allowed, by the password replication policy of the AzureADKerberos object (members of Domain Admins and other protected groups are)',
      'the TGT has no PAC, or a PAC whose SID belongs to somebody else, and the domain controllers are hardened against that',
      'the account was deleted or its SID changed after the TGT had been issued',
    ],
  },
  {
    code: KDC_ERR_CLIENT_NOTYET,
    name: 'KDC_ERR_CLIENT_NOTYET',
    sentence: 'the client is not valid yet, try again later',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['the account has a start date in the future'],
  },
  {
    code: KDC_ERR_SERVICE_NOTYET,
    name: 'KDC_ERR_SERVICE_NOTYET',
    sentence: 'the server is not valid yet, try again later',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['the account of the service has a start date in the future'],
  },
  {
    code: KDC_ERR_KEY_EXPIRED,
    name: 'KDC_ERR_KEY_EXPIRED',
    sentence: 'the password has expired, it must be changed',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the password has reached its age, or must be changed at next logon; a PIN does not get around that unless the account is of a smart-card-required kind',
    ],
  },
  {
    code: KDC_ERR_PREAUTH_FAILED,
    name: 'KDC_ERR_PREAUTH_FAILED',
    sentence: 'the pre-authentication data do not prove the client',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the password is wrong (event 4771 with failure code 0x18)',
      'the keytab holds a key of an older password',
      'client and KDC use different salts, because the account was renamed after its last change of password',
      'PKINIT: the freshness token came from another domain controller',
    ],
  },
  {
    code: KDC_ERR_PREAUTH_REQUIRED,
    name: 'KDC_ERR_PREAUTH_REQUIRED',
    sentence: 'pre-authentication is required',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'no fault: the usual answer to the first AS-REQ; its e-data names the methods, encryption types and salts',
    ],
  },
  {
    code: KDC_ERR_SERVER_NOMATCH,
    name: 'KDC_ERR_SERVER_NOMATCH',
    sentence: 'the ticket that came along is not one of the server that was named',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['user-to-user: the second ticket belongs to somebody other than the server asked for'],
  },
  {
    code: KDC_ERR_MUST_USE_USER2USER,
    name: 'KDC_ERR_MUST_USE_USER2USER',
    sentence: 'the server can be reached by user-to-user authentication only',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['the service runs under a user account without a service principal name'],
  },
  {
    code: KDC_ERR_PATH_NOT_ACCEPTED,
    name: 'KDC_ERR_PATH_NOT_ACCEPTED',
    sentence: 'the KDC does not accept the path of realms',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['the ticket passed a realm that the trust does not allow'],
  },
  {
    code: KDC_ERR_SVC_UNAVAILABLE,
    name: 'KDC_ERR_SVC_UNAVAILABLE',
    sentence: 'a service that the KDC needs is not available',
    section: 'RFC 4120 §7.5.9',
    definite: false,
    causes: [
      'the domain controller is starting, or cannot reach its directory or a writable domain controller',
      'a read-only domain controller cannot reach a writable one',
    ],
  },
  {
    code: KRB_AP_ERR_BAD_INTEGRITY,
    name: 'KRB_AP_ERR_BAD_INTEGRITY',
    sentence: 'the integrity check on a decrypted field failed',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the ticket is encrypted in another key than the receiver holds: the krbtgt key of a read-only DC or of AzureADKerberos was rotated on one side only',
      'an authenticator or a ticket was altered on its way',
    ],
  },
  {
    code: KRB_AP_ERR_TKT_EXPIRED,
    name: 'KRB_AP_ERR_TKT_EXPIRED',
    sentence: 'the ticket has expired',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the session is older than the lifetime of its tickets and they were not renewed',
      'the clock of the receiver is ahead',
    ],
  },
  {
    code: KRB_AP_ERR_TKT_NYV,
    name: 'KRB_AP_ERR_TKT_NYV',
    sentence: 'the ticket is not valid yet',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['the clock of the receiver is behind the clock of the KDC'],
  },
  {
    code: KRB_AP_ERR_REPEAT,
    name: 'KRB_AP_ERR_REPEAT',
    sentence: 'the request is a replay',
    section: 'RFC 4120 §7.5.9',
    definite: false,
    causes: [
      'the same authenticator came twice: a message was sent again after its answer was lost, or somebody recorded it',
      'a snapshot of a virtual machine was resumed and repeats its messages',
    ],
  },
  {
    code: KRB_AP_ERR_NOT_US,
    name: 'KRB_AP_ERR_NOT_US',
    sentence: 'the ticket is not for us',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the name in the ticket belongs to another service: an alias or a load balancer leads to a host that runs under another account',
    ],
  },
  {
    code: KRB_AP_ERR_BADMATCH,
    name: 'KRB_AP_ERR_BADMATCH',
    sentence: 'ticket and authenticator do not match',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the client name in the authenticator differs from the one in the ticket',
      'S4U2Self for another service than the one that asks',
    ],
  },
  {
    code: KRB_AP_ERR_SKEW,
    name: 'KRB_AP_ERR_SKEW',
    sentence: 'the clocks differ by too much',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the clock of the device is off by more than five minutes; check time synchronisation, and the hardware clock of a device that has been off for long',
      'time zone set wrongly and the clock adjusted by hand to look right',
    ],
  },
  {
    code: KRB_AP_ERR_BADADDR,
    name: 'KRB_AP_ERR_BADADDR',
    sentence: 'the network address is not one of the ticket',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the ticket is bound to an address, and the client is behind network address translation or has moved',
    ],
  },
  {
    code: KRB_AP_ERR_BADVERSION,
    name: 'KRB_AP_ERR_BADVERSION',
    sentence: 'the protocol version does not match',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['pvno is not 5: something else talks to this port'],
  },
  {
    code: KRB_AP_ERR_MSG_TYPE,
    name: 'KRB_AP_ERR_MSG_TYPE',
    sentence: 'the type of the message is not the one expected here',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['a message of another exchange was sent, or msg-type and APPLICATION tag differ'],
  },
  {
    code: KRB_AP_ERR_MODIFIED,
    name: 'KRB_AP_ERR_MODIFIED',
    sentence: 'the message was modified, or is not encrypted in the key that the receiver has',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the service runs under another account than the one that holds its SPN, or the SPN is registered twice in different domains',
      'the computer was reset or restored and its password differs from the one in the directory',
      'name resolution leads to the wrong host',
      'PKINIT: the freshness token is not one that this KDC made',
    ],
  },
  {
    code: KRB_AP_ERR_BADORDER,
    name: 'KRB_AP_ERR_BADORDER',
    sentence: 'the message is out of order',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['messages of a session overtook each other or one was lost'],
  },
  {
    code: KRB_AP_ERR_ILL_CR_TKT,
    name: 'KRB_AP_ERR_ILL_CR_TKT',
    sentence: 'the ticket across realms is illegal',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['the transited realms in the ticket do not fit the trusts'],
  },
  {
    code: KRB_AP_ERR_BADKEYVER,
    name: 'KRB_AP_ERR_BADKEYVER',
    sentence: 'the key of this version is not available',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the service has not received its new key yet, or its keytab is old',
      'a read-only DC or AzureADKerberos issued a ticket with a key version that the domain does not know',
    ],
  },
  {
    code: KRB_AP_ERR_NOKEY,
    name: 'KRB_AP_ERR_NOKEY',
    sentence: 'the key of the service is not available',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['the keytab has no entry for this principal and encryption type'],
  },
  {
    code: KRB_AP_ERR_MUT_FAIL,
    name: 'KRB_AP_ERR_MUT_FAIL',
    sentence: 'mutual authentication failed',
    section: 'RFC 4120 §7.5.9',
    definite: false,
    causes: [
      'the answer of the service does not open with the session key: it is not the service that it claims to be',
    ],
  },
  {
    code: KRB_AP_ERR_BADDIRECTION,
    name: 'KRB_AP_ERR_BADDIRECTION',
    sentence: 'the direction of the message is wrong',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['a message came back to its sender: reflection'],
  },
  {
    code: KRB_AP_ERR_METHOD,
    name: 'KRB_AP_ERR_METHOD',
    sentence: 'another method of authentication is required',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['the service asks for a mechanism other than the one used'],
  },
  {
    code: KRB_AP_ERR_BADSEQ,
    name: 'KRB_AP_ERR_BADSEQ',
    sentence: 'the sequence number in the message is wrong',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['a message was lost, repeated or inserted'],
  },
  {
    code: KRB_AP_ERR_INAPP_CKSUM,
    name: 'KRB_AP_ERR_INAPP_CKSUM',
    sentence: 'the type of checksum is not appropriate here',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'a checksum without a key stands where one with a key is required: an old client, or a PAC signed with a weak type',
    ],
  },
  {
    code: KRB_AP_PATH_NOT_ACCEPTED,
    name: 'KRB_AP_PATH_NOT_ACCEPTED',
    sentence: 'the service does not accept the path of realms',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['the ticket passed a realm that the service does not trust'],
  },
  {
    code: KRB_ERR_RESPONSE_TOO_BIG,
    name: 'KRB_ERR_RESPONSE_TOO_BIG',
    sentence: 'the response is too big for UDP, try again with TCP',
    section: 'RFC 4120 §7.5.9',
    definite: false,
    causes: [
      'no fault: the PAC is big (many groups), and the client repeats over TCP',
      'TCP port 88 is blocked on the way, so the repetition fails',
    ],
  },
  {
    code: KRB_ERR_GENERIC,
    name: 'KRB_ERR_GENERIC',
    sentence: 'an error that has no number of its own; e-text or e-data may say more',
    section: 'RFC 4120 §7.5.9',
    definite: false,
    causes: [
      'the PAC of a KDC of another kind does not satisfy Active Directory',
      'FAST: the armor is missing or malformed',
      'both the old and the new form of PKINIT stand in one request',
      'the KDC met an internal fault: see its log',
    ],
  },
  {
    code: KRB_ERR_FIELD_TOOLONG,
    name: 'KRB_ERR_FIELD_TOOLONG',
    sentence: 'a field is longer than this implementation supports',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: [
      'the length in front of a message on TCP has its highest bit set: what came is not Kerberos, or framing got lost',
    ],
  },
  {
    code: KDC_ERR_CLIENT_NOT_TRUSTED,
    name: 'KDC_ERR_CLIENT_NOT_TRUSTED',
    sentence: "the KDC does not trust the client's certificate or key",
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: [
      "key trust: the public key is not in the user's msDS-KeyCredentialLink yet, because Entra Connect has not synchronised it (that takes up to half an hour after enrolment)",
      'key trust: the key was removed from msDS-KeyCredentialLink; some builds of Windows Server 2016 and 2019 did so after the first sign-in',
      'the authority that issued the certificate is not in the NTAuth store',
      'the certificate was revoked, where the KDC is older and does not say KDC_ERR_REVOKED_CERTIFICATE',
    ],
  },
  {
    code: KDC_ERR_KDC_NOT_TRUSTED,
    name: 'KDC_ERR_KDC_NOT_TRUSTED',
    sentence: "none of the KDC's certificates is trusted by the client",
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: [
      "the device does not have the root certificate of the domain controller's issuer",
      'an Entra joined device cannot reach the revocation list of the domain controller certificate over HTTP',
      'the certificate of the domain controller lacks the KDC Authentication purpose',
    ],
  },
  {
    code: KDC_ERR_INVALID_SIG,
    name: 'KDC_ERR_INVALID_SIG',
    sentence: 'the signature of the client is invalid',
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: [
      'the AuthPack was altered, or signed with another key than the one of the certificate',
      'a smart card or driver that signs with another padding than it announces',
    ],
  },
  {
    code: KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED,
    name: 'KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED',
    sentence: 'the KDC does not accept the Diffie-Hellman parameters',
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: [
      'the client offers a group of 1024 bits and the KDC wants 2048 or more; e-data names the groups that it takes',
    ],
  },
  {
    code: KDC_ERR_CERTIFICATE_MISMATCH,
    name: 'KDC_ERR_CERTIFICATE_MISMATCH',
    sentence: 'the certificate cannot be mapped to the account',
    section: 'MS-PKCA 3.1.5.2.1',
    definite: true,
    causes: [
      'the certificate has no SID extension and only a weak mapping, and the domain controllers enforce strong mapping (KDC events 39 to 41)',
      'the SID in the certificate is not the one of the account: the account was deleted and created anew',
      'the certificate is older than the account',
    ],
  },
  {
    code: KRB_AP_ERR_NO_TGT,
    name: 'KRB_AP_ERR_NO_TGT',
    sentence: 'no TGT is available to make a user-to-user ticket of',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['user-to-user: the peer has no TGT to send'],
  },
  {
    code: KDC_ERR_WRONG_REALM,
    name: 'KDC_ERR_WRONG_REALM',
    sentence: 'the client belongs to another realm',
    section: 'RFC 6806 §7',
    definite: true,
    causes: [
      'the UPN suffix is not the name of the domain: the client follows to the realm that crealm names',
      'the forest knows no domain for this UPN suffix',
    ],
  },
  {
    code: KRB_AP_ERR_USER_TO_USER_REQUIRED,
    name: 'KRB_AP_ERR_USER_TO_USER_REQUIRED',
    sentence: 'user-to-user authentication is required',
    section: 'RFC 4120 §7.5.9',
    definite: true,
    causes: ['the service has no long-term key for this ticket and asks for a user-to-user one'],
  },
  {
    code: KDC_ERR_CANT_VERIFY_CERTIFICATE,
    name: 'KDC_ERR_CANT_VERIFY_CERTIFICATE',
    sentence: "the chain of the client's certificate cannot be built",
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: [
      'an intermediate or root certificate is missing on the domain controller',
      'the issuing authority is not in the NTAuth store',
    ],
  },
  {
    code: KDC_ERR_INVALID_CERTIFICATE,
    name: 'KDC_ERR_INVALID_CERTIFICATE',
    sentence: "a certificate in the client's chain is invalid",
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: ['a signature in the chain is wrong, or a certificate has expired'],
  },
  {
    code: KDC_ERR_REVOKED_CERTIFICATE,
    name: 'KDC_ERR_REVOKED_CERTIFICATE',
    sentence: "a certificate in the client's chain has been revoked",
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: [
      'the certificate of the user was revoked, for example when the device was lost or retired',
    ],
  },
  {
    code: KDC_ERR_REVOCATION_STATUS_UNKNOWN,
    name: 'KDC_ERR_REVOCATION_STATUS_UNKNOWN',
    sentence: "the revocation status of the client's certificate cannot be determined",
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: ['the revocation list has expired, or does not cover the certificate'],
  },
  {
    code: KDC_ERR_REVOCATION_STATUS_UNAVAILABLE,
    name: 'KDC_ERR_REVOCATION_STATUS_UNAVAILABLE',
    sentence: "the revocation status of the client's certificate is not available",
    section: 'RFC 4556 §3.1.3 (reserved)',
    definite: true,
    causes: ['the domain controller cannot reach the distribution point of the revocation list'],
  },
  {
    code: KDC_ERR_CLIENT_NAME_MISMATCH,
    name: 'KDC_ERR_CLIENT_NAME_MISMATCH',
    sentence: "the client's name and the owner of certificate or key differ",
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: [
      'the certificate is mapped to another account than the one that asks',
      'key trust on Windows Server 2019 before build 17763.316: sign-in with a key failed by a bug',
      'the UPN in the certificate is not the one of the account',
    ],
  },
  {
    code: KDC_ERR_KDC_NAME_MISMATCH,
    name: 'KDC_ERR_KDC_NAME_MISMATCH',
    sentence: "the KDC's name and its certificate differ",
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: ['the certificate of the domain controller does not name the domain'],
  },
  {
    code: KDC_ERR_INCONSISTENT_KEY_PURPOSE,
    name: 'KDC_ERR_INCONSISTENT_KEY_PURPOSE',
    sentence: "the client's certificate is not meant for this purpose",
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: [
      'the certificate lacks Smart Card Logon or Client Authentication among its extended key usages',
    ],
  },
  {
    code: KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED,
    name: 'KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED',
    sentence: "the digest in a certificate's signature is not accepted",
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: ['the certificate is signed with SHA-1 and the PKINIT hash policy forbids that'],
  },
  {
    code: KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED,
    name: 'KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED',
    sentence: 'paChecksum is missing in the request',
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: [
      'the PKINIT client is older than the KDC: Windows Server 2025 wants checksums that older clients leave out',
    ],
  },
  {
    code: KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED,
    name: 'KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED',
    sentence: "the digest of the client's signature is not accepted",
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: [
      'the client signs with SHA-1 and the PKINIT hash policy forbids that (Kerberos event 205)',
    ],
  },
  {
    code: KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED,
    name: 'KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED',
    sentence: 'the KDC does not support PKINIT with RSA key transport',
    section: 'RFC 4556 §3.1.3',
    definite: true,
    causes: ['the client offers no Diffie-Hellman value, and the KDC refuses the older RSA mode'],
  },
  {
    code: KRB_AP_ERR_PRINCIPAL_UNKNOWN,
    name: 'KRB_AP_ERR_PRINCIPAL_UNKNOWN',
    sentence: 'a well-known name is not known',
    section: 'RFC 6111 §4',
    definite: true,
    causes: ['the name begins with WELLKNOWN and the KDC does not know what it stands for'],
  },
  {
    code: KRB_AP_ERR_REALM_UNKNOWN,
    name: 'KRB_AP_ERR_REALM_UNKNOWN',
    sentence: 'a well-known realm name is not known',
    section: 'RFC 6111 §4',
    definite: true,
    causes: ['the realm begins with WELLKNOWN: and the receiver does not know what it stands for'],
  },
  {
    code: KRB_AP_ERR_PRINCIPAL_RESERVED,
    name: 'KRB_AP_ERR_PRINCIPAL_RESERVED',
    sentence: 'the name is reserved',
    section: 'RFC 6111 §4',
    definite: true,
    causes: [
      'a name that begins with WELLKNOWN was used for something else than what it stands for',
    ],
  },
  {
    code: KRB_AP_ERR_IAKERB_KDC_NOT_FOUND,
    name: 'KRB_AP_ERR_IAKERB_KDC_NOT_FOUND',
    sentence: 'the acceptor found no KDC to pass the message on to',
    section: 'IAKERB drafts',
    definite: true,
    causes: ['the service has no line of sight to a KDC of the realm asked for'],
  },
  {
    code: KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE,
    name: 'KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE',
    sentence: 'the KDC did not answer the acceptor',
    section: 'IAKERB drafts',
    definite: false,
    causes: ['the KDC is down, or a firewall between service and KDC drops the messages'],
  },
  {
    code: KDC_ERR_PREAUTH_EXPIRED,
    name: 'KDC_ERR_PREAUTH_EXPIRED',
    sentence: 'the state of pre-authentication has expired, start again',
    section: 'RFC 6113 §5.2',
    definite: true,
    causes: [
      'the freshness token or the cookie is too old: the user took too long to type the PIN, or a clock jumped',
    ],
  },
  {
    code: KDC_ERR_MORE_PREAUTH_DATA_REQUIRED,
    name: 'KDC_ERR_MORE_PREAUTH_DATA_REQUIRED',
    sentence: 'another step of pre-authentication is required',
    section: 'RFC 6113 §5.2',
    definite: true,
    causes: ['no fault: the method takes several messages (SPAKE, one-time passwords)'],
  },
  {
    code: KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET,
    name: 'KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET',
    sentence: 'the KDC does not support the set of methods that the client chose',
    section: 'RFC 6113 §5.3',
    definite: true,
    causes: [
      'client and KDC disagree on a set of pre-authentication methods; the KDC was reconfigured between two messages',
    ],
  },
  {
    code: KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS,
    name: 'KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS',
    sentence: 'a critical FAST option is not known',
    section: 'RFC 6113 §5.4.2',
    definite: true,
    causes: ['the client is newer than the KDC, or an option bit was altered on its way'],
  },
  {
    code: KDC_ERR_NO_ACCEPTABLE_KDF,
    name: 'KDC_ERR_NO_ACCEPTABLE_KDF',
    sentence: 'the KDC supports none of the key derivation functions',
    section: 'RFC 8636 §6',
    definite: true,
    causes: ['client and KDC have no key derivation function of RFC 8636 in common'],
  },
];

/** Names that MIT's, Heimdal's and Windows' headers and logs give to the same codes. */
const OTHER_NAMES: Readonly<Record<string, number>> = {
  KDC_ERR_CLIENT_EXPIRED: KDC_ERR_NAME_EXP,
  KDC_ERR_SERVER_EXPIRED: KDC_ERR_SERVICE_EXP,
  KDC_ERR_ETYPE_NOTSUPP: KDC_ERR_ETYPE_NOSUPP,
  KRB_AP_ERR_PATH_NOT_ACCEPTED: KRB_AP_PATH_NOT_ACCEPTED,
  KRB_ERR_FIELD_TOO_LONG: KRB_ERR_FIELD_TOOLONG,
  KDC_ERROR_CLIENT_NOT_TRUSTED: KDC_ERR_CLIENT_NOT_TRUSTED,
  KDC_ERROR_KDC_NOT_TRUSTED: KDC_ERR_KDC_NOT_TRUSTED,
  KDC_ERROR_INVALID_SIG: KDC_ERR_INVALID_SIG,
  KDC_ERR_KEY_TOO_WEAK: KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED,
};

const BY_CODE = new Map<number, ErrorCode>();
const BY_NAME = new Map<string, ErrorCode>();
for (const entry of ERROR_CODES) {
  if (BY_CODE.has(entry.code) || BY_NAME.has(entry.name)) {
    throw new Error(`two entries for error ${entry.code} ${entry.name}`);
  }
  BY_CODE.set(entry.code, entry);
  BY_NAME.set(entry.name, entry);
}
for (const [name, code] of Object.entries(OTHER_NAMES)) {
  BY_NAME.set(name, BY_CODE.get(code) as ErrorCode);
}

export function errorByCode(code: number): ErrorCode | undefined {
  return BY_CODE.get(code);
}

/** The standard's name, or undefined for a code that no standard has. */
export function errorCodeName(code: number): string | undefined {
  return BY_CODE.get(code)?.name;
}

/** The standard's name, or `error 99`. */
export function errorName(code: number): string {
  return BY_CODE.get(code)?.name ?? `error ${code}`;
}

const PREFIXES = ['', 'KDC_ERR_', 'KRB_AP_ERR_', 'KRB_ERR_', 'KRB_AP_'];

/** By name in any case, with or without its prefix: `PREAUTH_REQUIRED`, `kdc_err_policy`. */
export function errorByName(name: string): ErrorCode | undefined {
  const wanted = name.toUpperCase();
  for (const prefix of PREFIXES) {
    const entry = BY_NAME.get(prefix + wanted);
    if (entry !== undefined) return entry;
  }
  return undefined;
}
