/**
 * Which causes of which errors this program can bring about. Every row is made to happen under its id
 * by the test of the error catalogue (`test/error-catalogue.test.ts`), which also sees to it that an
 * error stands either here or in `later-errors.ts`.
 */

/** A way to make an error happen here. */
export interface Reproduction {
  /** Of KRB-ERROR: `KDC_ERR_CLIENT_REVOKED`. */
  readonly error: string;
  /** NTSTATUS in e-data: `STATUS_ACCOUNT_DISABLED`. */
  readonly status?: string;
  /** Lower case, without a full stop. */
  readonly cause: string;
  /** Of the test case. */
  readonly id: string;
  /** A packed scenario that shows it, by its name. */
  readonly scenario?: string;
}

type Row = readonly [id: string, cause: string, more?: { status?: string; scenario?: string }];

const BY_ERROR: Readonly<Record<string, readonly Row[]>> = {
  KDC_ERR_NAME_EXP: [
    [
      'account-expired-named',
      'accountExpires has passed, on domain controllers that say so (expiredAccountCode)',
      { status: 'STATUS_ACCOUNT_EXPIRED' },
    ],
  ],
  KDC_ERR_C_PRINCIPAL_UNKNOWN: [
    ['client-unknown', 'no account has the name'],
    ['client-is-a-service', 'a service principal name is given as the name of a client'],
    ['client-suffix-unknown', 'an enterprise name with a suffix that nobody has'],
    [
      'alt-identity-with-proof',
      'a name of altSecurityIdentities, which counts only without preauthentication',
    ],
    ['rodc-s4u2self', 'S4U2self with the ticket of a read-only domain controller'],
  ],
  KDC_ERR_S_PRINCIPAL_UNKNOWN: [
    ['service-unknown', 'no account has the service principal name'],
    ['service-unknown-as', 'an unknown service is asked for in the AS exchange, after the proof'],
    ['realm-unknown', 'the ticket-granting service of a realm without a trust'],
    ['three-part-name', 'a three-part name that ends in the domain and is no domain controller’s'],
    ['user-as-service', 'the enterprise name of a user is asked for as a service'],
    ['referral-not-wanted', 'the service is in another realm, and canonicalize is not set'],
    ['rodc-unknown', 'the key version names a read-only domain controller that is not there'],
    [
      'rodc-cut-off-service',
      'a read-only domain controller has no key for the service, and reaches no writable one',
      { status: 'STATUS_NO_SECRETS' },
    ],
  ],
  KDC_ERR_PRINCIPAL_NOT_UNIQUE: [
    ['spn-twice', 'two accounts have the same service principal name'],
  ],
  KDC_ERR_CANNOT_POSTDATE: [
    ['starts-in-future', 'the ticket shall start later than the clock skew from now'],
    ['postdated', 'a postdated ticket is asked for'],
  ],
  KDC_ERR_NEVER_VALID: [
    ['till-past', 'the ticket is asked for until a time that has passed'],
    [
      'no-lifetime',
      'policy leaves a ticket no time at all',
      { status: 'STATUS_TIME_DIFFERENCE_AT_DC' },
    ],
  ],
  KDC_ERR_POLICY: [
    [
      'smart-card-required',
      'SMARTCARD_REQUIRED, and a password was used',
      { status: 'STATUS_SMARTCARD_LOGON_REQUIRED', scenario: 'smart-card-required' },
    ],
    [
      'workstation',
      'userWorkstations does not name the computer',
      { status: 'STATUS_INVALID_WORKSTATION' },
    ],
    [
      'second-ticket-no-tgt',
      'user-to-user with a second ticket that is not ticket-granting',
      { status: 'STATUS_NO_MATCH' },
    ],
    ['renew-service-ticket', 'a service ticket shall be renewed'],
    [
      'rodc-no-partial-secrets',
      'the krbtgt account of the ticket belongs to a computer without PARTIAL_SECRETS_ACCOUNT',
    ],
    ['rodc-no-link', 'no computer has that krbtgt account as its msDS-KrbTgtLink'],
    ['rodc-two-links', 'two computers have it'],
  ],
  KDC_ERR_BADOPTION: [
    ['reserved-option', 'an option that nobody defined'],
    ['renew-in-as', 'an option of the TGS exchange in the AS exchange'],
    ['not-forwardable', 'forwardable, with a ticket-granting ticket that is not'],
    ['sensitive-forwardable', 'forwardable, for an account that is sensitive (NOT_DELEGATED)'],
    ['protected-forwardable', 'forwardable, for a member of Protected Users'],
  ],
  KDC_ERR_ETYPE_NOSUPP: [
    ['client-rc4-only', 'the client offers RC4 only, which the domain controller does not speak'],
    ['no-etypes', 'the client offers nothing'],
    ['protected-rc4', 'a member of Protected Users with RC4', { scenario: 'protected-users' }],
    ['des-only', 'USE_DES_KEY_ONLY, and Active Directory makes no DES keys any more'],
    [
      'service-rc4-only',
      'the service supports RC4 only, which policy does not allow',
      { scenario: 'etype-mismatch' },
    ],
    ['session-etype', 'the service supports nothing that the client lists'],
    ['feature-bits-only', 'msDS-SupportedEncryptionTypes has bits of features only'],
    ['pkinit-rsa-etype', 'key transport by RSA without etype 15 in the request'],
  ],
  KDC_ERR_SUMTYPE_NOSUPP: [
    ['checksum-unknown', 'the authenticator has a checksum of a type that nobody knows'],
  ],
  KDC_ERR_PADATA_TYPE_NOSUPP: [
    ['no-kdc-certificate', 'PKINIT, and the domain controller has no certificate for it'],
    ['no-tgs-req', 'a TGS-REQ without PA-TGS-REQ'],
    ['no-s4u', 'S4U2self, which this KDC does not do'],
    [
      'pkinit-no-certificate',
      'a public key at a domain controller without a certificate for PKINIT',
    ],
  ],
  KDC_ERR_CLIENT_REVOKED: [
    ['disabled', 'ACCOUNTDISABLE is set', { status: 'STATUS_ACCOUNT_DISABLED' }],
    [
      'locked-out',
      'bad passwords reached lockoutThreshold',
      { status: 'STATUS_ACCOUNT_LOCKED_OUT', scenario: 'account-lockout' },
    ],
    ['account-expired', 'accountExpires has passed', { status: 'STATUS_ACCOUNT_EXPIRED' }],
    [
      'logon-hours',
      'logonHours do not include this hour',
      { status: 'STATUS_INVALID_LOGON_HOURS', scenario: 'logon-hours' },
    ],
    [
      'disabled-since',
      'disabled after the sign-in, and the ticket-granting ticket is older than 20 minutes',
      { status: 'STATUS_ACCOUNT_DISABLED' },
    ],
    [
      'logon-hours-since',
      'the logon hours ended, and the ticket-granting ticket is older than 20 minutes',
      { status: 'STATUS_INVALID_LOGON_HOURS', scenario: 'logon-hours' },
    ],
    [
      'rodc-disabled',
      'disabled, though the read-only domain controller did not know it yet',
      { status: 'STATUS_ACCOUNT_DISABLED' },
    ],
  ],
  KDC_ERR_TGT_REVOKED: [
    ['tgt-without-pac', 'the ticket-granting ticket has no PAC'],
    ['deleted-since', 'the account was deleted after the sign-in'],
    [
      'renamed-since',
      'the account was renamed after the sign-in',
      { scenario: 'renamed-user-salt' },
    ],
    ['name-of-another', 'the name in the ticket belongs to another account now'],
    ['alt-identity-tgt', 'the ticket names an alias (altSecurityIdentities), not the account'],
    [
      'rodc-denied',
      'the account is in msDS-NeverRevealGroup of the read-only domain controller that issued the ticket',
    ],
    ['rodc-not-allowed', 'it is not in its msDS-RevealOnDemandGroup'],
    [
      'rodc-never-revealed',
      'the read-only domain controller was never given the account’s secrets (readOnlyTickets: revealed)',
    ],
    ['rodc-requestor-differs', 'the PAC of its ticket says that somebody else asked for it'],
    ['rodc-no-requestor', 'the PAC of its ticket does not say who asked for it'],
  ],
  KDC_ERR_KEY_EXPIRED: [
    [
      'password-expired',
      'the password is older than maxPwdAge',
      { status: 'STATUS_PASSWORD_EXPIRED' },
    ],
    [
      'password-must-change',
      'pwdLastSet is 0: it must be changed at the next sign-in',
      { status: 'STATUS_PASSWORD_MUST_CHANGE' },
    ],
    [
      'password-expired-told',
      'an expired password is told before the proof (expiredPasswordTold)',
      { status: 'STATUS_PASSWORD_EXPIRED' },
    ],
  ],
  KDC_ERR_PREAUTH_FAILED: [
    ['password-wrong', 'a wrong password', { scenario: 'password-wrong' }],
    ['password-former', 'a former password'],
    ['salt-guessed', 'the client made the key with the salt of a new name'],
    ['timestamp-malformed', 'a PA-ENC-TIMESTAMP that cannot be read'],
    ['freshness-missing', 'no freshness token, where policy demands one'],
    ['freshness-missing-win2k', 'the same in Windows 2000’s form, which has none'],
    ['freshness-read-only', 'the freshness token of a read-only domain controller'],
  ],
  KDC_ERR_PREAUTH_REQUIRED: [
    ['first-request', 'the first request of a sign-in', { scenario: 'password-sign-in' }],
  ],
  KDC_ERR_SERVER_NOMATCH: [
    ['renew-for-another', 'a ticket-granting ticket shall be renewed as another ticket'],
  ],
  KDC_ERR_MUST_USE_USER2USER: [
    ['service-without-spn', 'the account has no service principal name'],
  ],
  KDC_ERR_SVC_UNAVAILABLE: [
    [
      'rodc-cut-off',
      'a read-only domain controller does not hold the user’s secrets, and reaches no writable one',
      { status: 'STATUS_NO_SECRETS' },
    ],
  ],
  KRB_AP_ERR_BAD_INTEGRITY: [
    ['tgt-altered', 'the ticket-granting ticket was altered, or sealed with another key'],
    ['authenticator-key', 'the authenticator is not sealed with the session key'],
    ['ap-authenticator-key', 'the same at the service'],
  ],
  KRB_AP_ERR_TKT_EXPIRED: [
    ['tgt-expired', 'the ticket-granting ticket has ended', { scenario: 'ticket-renewal' }],
    ['tgt-nearly-expired', 'it ends within two minutes'],
    ['ap-ticket-expired', 'the service ticket has ended'],
  ],
  KRB_AP_ERR_TKT_NYV: [
    ['tgt-starts-later', 'the ticket-granting ticket starts in the future'],
    ['tgt-invalid', 'it is flagged invalid'],
    ['ap-ticket-starts-later', 'the service ticket starts in the future'],
  ],
  KRB_AP_ERR_REPEAT: [
    ['authenticator-replayed', 'the KDC saw the authenticator before'],
    ['ap-authenticator-replayed', 'the service saw it before'],
  ],
  KRB_AP_ERR_NOT_US: [
    ['service-ticket-as-tgt', 'a service ticket is presented as a ticket-granting ticket'],
    ['tgt-of-stranger', 'the ticket-granting ticket is of a realm without a trust'],
    ['ap-ticket-for-another', 'the ticket is for another service'],
  ],
  KRB_AP_ERR_BADMATCH: [
    ['client-differs', 'ticket and authenticator name different clients'],
    ['second-ticket-of-another', 'user-to-user, and the second ticket is somebody else’s'],
    ['ap-client-differs', 'the same at the service'],
  ],
  KRB_AP_ERR_SKEW: [
    ['clock-as', 'the client’s clock is off by more than five minutes', { scenario: 'clock-skew' }],
    ['clock-tgs', 'the same in the TGS exchange'],
    ['ap-clock', 'the same at the service'],
    ['pkinit-clock', 'the time in the PKAuthenticator is more than the clock skew away'],
  ],
  KRB_AP_ERR_BADVERSION: [['pvno', 'pvno is not 5']],
  KRB_AP_ERR_MSG_TYPE: [
    ['msg-type', 'msg-type does not fit the message'],
    ['ap-nonsense', 'the service receives what is no AP-REQ'],
  ],
  KRB_AP_ERR_MODIFIED: [
    ['body-altered', 'the request was altered on its way'],
    ['pac-forged', 'the PAC has a signature of another key', { status: 'STATUS_LOGON_FAILURE' }],
    ['ap-ticket-key', 'the ticket is sealed with a key that is not the service’s'],
    ['pkinit-body-altered', 'the body is not the one that the AuthPack was signed for'],
    ['pkinit-body-altered-sha2', 'the same, told by paChecksum2'],
    ['freshness-broken', 'the freshness token is none that this KDC made'],
  ],
  KRB_AP_ERR_BADKEYVER: [
    ['tgt-kvno', 'the ticket-granting ticket is of a key version that krbtgt does not have'],
    ['ap-kvno', 'the service does not have the key version'],
    ['rodc-kvno', 'the same with a ticket of a read-only domain controller'],
  ],
  KRB_AP_ERR_NOKEY: [['ap-etype', 'the service has no key of the ticket’s type']],
  KRB_AP_ERR_INAPP_CKSUM: [
    ['checksum-missing', 'the authenticator has no checksum'],
    ['checksum-weak', 'its checksum is not collision-proof'],
  ],
  KRB_ERR_RESPONSE_TOO_BIG: [['datagram', 'the answer does not fit a datagram']],
  KRB_ERR_GENERIC: [
    ['no-sname', 'the request names no server'],
    [
      'tgt-etype',
      'the ticket-granting ticket has a type of key that may not be used',
      { status: 'STATUS_INSUFFICIENT_RESOURCES' },
    ],
    ['padata-malformed', 'padata that cannot be read'],
    ['pkinit-both-forms', 'PA-PK-AS-REQ in its form and in that of Windows 2000 at once'],
  ],
  KRB_ERR_FIELD_TOOLONG: [['frame', 'a length on TCP that cannot be']],
  KDC_ERR_CLIENT_NOT_TRUSTED: [
    [
      'key-trust-unknown',
      'key trust: the public key is not in msDS-KeyCredentialLink of the account',
      { scenario: 'key-trust-before-sync' },
    ],
    ['key-trust-other-key', 'key trust: the account has another key'],
    [
      'key-trust-april-2025',
      'key trust, and NTAuth is asked of its self-signed certificate (AllowNtAuthPolicyBypass 2 under the updates of April 2025)',
      { scenario: 'april-2025-update-breaks-key-trust' },
    ],
    [
      'pkinit-nt-auth',
      'the authority of the certificate is not in NTAuthCertificates',
      { scenario: 'nt-auth-not-trusted' },
    ],
  ],
  KDC_ERR_NO_ACCEPTABLE_KDF: [
    ['pkinit-kdf', 'the client offers functions of RFC 8636 that the KDC does not have'],
  ],
  KDC_ERR_INVALID_SIG: [['pkinit-signature', 'the signature over the AuthPack is not the key’s']],
  KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED: [
    [
      'pkinit-group',
      'a group that policy does not take, such as one of 1024 bits',
      { scenario: 'wrong-dh-group' },
    ],
  ],
  KDC_ERR_CERTIFICATE_MISMATCH: [
    [
      'pkinit-weak-mapping',
      'a certificate that is mapped by names alone, under full enforcement (KB5014754)',
      { scenario: 'weak-mapping-full-enforcement' },
    ],
    ['pkinit-other-sid', 'the certificate holds the SID of another account'],
  ],
  KDC_ERR_CANT_VERIFY_CERTIFICATE: [
    ['pkinit-unknown-authority', 'the chain of the certificate ends in no root of the domain'],
  ],
  KDC_ERR_INVALID_CERTIFICATE: [['pkinit-expired', 'the certificate has expired']],
  KDC_ERR_REVOKED_CERTIFICATE: [
    [
      'pkinit-revoked',
      'the certificate is on its authority’s revocation list',
      { scenario: 'revoked-certificate' },
    ],
  ],
  KDC_ERR_REVOCATION_STATUS_UNKNOWN: [
    ['pkinit-no-list', 'there is no current revocation list of the certificate’s authority'],
  ],
  KDC_ERR_CLIENT_NAME_MISMATCH: [
    ['key-trust-other-account', 'key trust: the key is registered for another account'],
    ['pkinit-other-upn', 'the certificate’s UPN is that of another account'],
  ],
  KDC_ERR_INCONSISTENT_KEY_PURPOSE: [
    ['pkinit-purpose', 'the certificate is neither for smart card logon nor for clients'],
  ],
  KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED: [
    ['pkinit-certificate-digest', 'the certificate is signed with a digest that policy refuses'],
  ],
  KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED: [
    ['pkinit-no-checksum', 'the PKAuthenticator has no paChecksum'],
    ['pkinit-checksum-sha1', 'it has paChecksum alone, and policy refuses SHA-1'],
  ],
  KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED: [
    ['pkinit-signed-sha1', 'the AuthPack is signed with a digest that policy refuses'],
    ['pkinit-checksum2-digest', 'paChecksum2 is made with a digest that policy refuses'],
  ],
  KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED: [
    ['pkinit-rsa-refused', 'key transport by RSA, which policy refuses'],
  ],
  KDC_ERR_PREAUTH_EXPIRED: [
    [
      'freshness-stale',
      'the freshness token is older than freshnessAge',
      { scenario: 'freshness-token-stale' },
    ],
  ],
  KDC_ERR_WRONG_REALM: [
    ['client-elsewhere', 'the suffix of the name is that of a trusted realm'],
    ['realm-elsewhere', 'a ticket of another realm is asked for'],
  ],
};

export const REPRODUCTIONS: readonly Reproduction[] = Object.entries(BY_ERROR).flatMap(
  ([error, rows]) => rows.map(([id, cause, more = {}]) => ({ error, cause, id, ...more })),
);
