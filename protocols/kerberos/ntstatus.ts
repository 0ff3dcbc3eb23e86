/**
 * NTSTATUS values that Windows puts into the e-data of KRB-ERROR (KERB-EXT-ERROR, MS-KILE 2.2.2), into
 * CredSSP's errorCode (MS-CSSP 2.2.1) and into its logs: MS-ERREF 2.3.1.
 */

/** What is known about a status. */
export interface Ntstatus {
  /** Unsigned. */
  readonly status: number;
  /** MS-ERREF's spelling: `STATUS_ACCOUNT_LOCKED_OUT`. */
  readonly name: string;
  /** Lower case, without a full stop. */
  readonly sentence: string;
  /** What it is due to in practice, the likeliest first. */
  readonly causes: readonly string[];
}

export const STATUS_SUCCESS = 0x00000000;
export const STATUS_NO_LOGON_SERVERS = 0xc000005e;
export const STATUS_NO_SUCH_LOGON_SESSION = 0xc000005f;
export const STATUS_NO_SUCH_USER = 0xc0000064;
export const STATUS_WRONG_PASSWORD = 0xc000006a;
export const STATUS_LOGON_FAILURE = 0xc000006d;
export const STATUS_ACCOUNT_RESTRICTION = 0xc000006e;
export const STATUS_INVALID_LOGON_HOURS = 0xc000006f;
export const STATUS_INVALID_WORKSTATION = 0xc0000070;
export const STATUS_PASSWORD_EXPIRED = 0xc0000071;
export const STATUS_ACCOUNT_DISABLED = 0xc0000072;
export const STATUS_INSUFFICIENT_RESOURCES = 0xc000009a;
export const STATUS_NOT_SUPPORTED = 0xc00000bb;
export const STATUS_BAD_NETWORK_PATH = 0xc00000be;
export const STATUS_UNEXPECTED_NETWORK_ERROR = 0xc00000c4;
export const STATUS_REQUEST_NOT_ACCEPTED = 0xc00000d0;
export const STATUS_TIME_DIFFERENCE_AT_DC = 0xc0000133;
export const STATUS_LOGON_TYPE_NOT_GRANTED = 0xc000015b;
export const STATUS_ACCOUNT_EXPIRED = 0xc0000193;
export const STATUS_PASSWORD_MUST_CHANGE = 0xc0000224;
export const STATUS_NOT_FOUND = 0xc0000225;
export const STATUS_ACCOUNT_LOCKED_OUT = 0xc0000234;
export const STATUS_NETWORK_UNREACHABLE = 0xc000023c;
export const STATUS_NO_MATCH = 0xc0000272;
export const STATUS_PKINIT_NAME_MISMATCH = 0xc00002f9;
export const STATUS_SMARTCARD_LOGON_REQUIRED = 0xc00002fa;
export const STATUS_KDC_UNABLE_TO_REFER = 0xc00002fc;
export const STATUS_KDC_UNKNOWN_ETYPE = 0xc00002fd;
export const STATUS_PKINIT_FAILURE = 0xc0000320;
export const STATUS_SMARTCARD_SUBSYSTEM_FAILURE = 0xc0000321;
export const STATUS_NO_KERB_KEY = 0xc0000322;
export const STATUS_NO_SECRETS = 0xc0000371;
export const STATUS_SMARTCARD_WRONG_PIN = 0xc0000380;
export const STATUS_SMARTCARD_CARD_BLOCKED = 0xc0000381;
export const STATUS_SMARTCARD_CARD_NOT_AUTHENTICATED = 0xc0000382;
export const STATUS_SMARTCARD_NO_CARD = 0xc0000383;
export const STATUS_SMARTCARD_NO_KEY_CONTAINER = 0xc0000384;
export const STATUS_SMARTCARD_NO_CERTIFICATE = 0xc0000385;
export const STATUS_SMARTCARD_NO_KEYSET = 0xc0000386;
export const STATUS_SMARTCARD_IO_ERROR = 0xc0000387;
export const STATUS_DOWNGRADE_DETECTED = 0xc0000388;
export const STATUS_SMARTCARD_CERT_REVOKED = 0xc0000389;
export const STATUS_ISSUING_CA_UNTRUSTED = 0xc000038a;
export const STATUS_REVOCATION_OFFLINE_C = 0xc000038b;
export const STATUS_PKINIT_CLIENT_FAILURE = 0xc000038c;
export const STATUS_SMARTCARD_CERT_EXPIRED = 0xc000038d;
export const STATUS_SMARTCARD_SILENT_CONTEXT = 0xc000038f;
export const STATUS_USER2USER_REQUIRED = 0xc0000408;
export const STATUS_AUTHENTICATION_FIREWALL_FAILED = 0xc0000413;

/** All that sign-in here can end with, ascending. */
export const NTSTATUSES: readonly Ntstatus[] = [
  {
    status: STATUS_SUCCESS,
    name: 'STATUS_SUCCESS',
    sentence: 'it succeeded',
    causes: [],
  },
  {
    status: STATUS_NO_LOGON_SERVERS,
    name: 'STATUS_NO_LOGON_SERVERS',
    sentence: 'no domain controller can be reached to check the sign-in',
    causes: [
      'the device has no line of sight to a domain controller: not on the corporate network and no VPN',
      'Windows Hello says that the PIN is not available: cloud Kerberos trust did not apply and the device fell back to key trust',
      'DNS does not give the records of the domain controllers',
    ],
  },
  {
    status: STATUS_NO_SUCH_LOGON_SESSION,
    name: 'STATUS_NO_SUCH_LOGON_SESSION',
    sentence: 'the logon session does not exist, or has ended',
    causes: [
      'the realm of the sign-in name was not found: user realm discovery failed while a primary refresh token was asked for',
    ],
  },
  {
    status: STATUS_NO_SUCH_USER,
    name: 'STATUS_NO_SUCH_USER',
    sentence: 'the account does not exist',
    causes: ['the name or its domain is misspelt, or the account has not replicated yet'],
  },
  {
    status: STATUS_WRONG_PASSWORD,
    name: 'STATUS_WRONG_PASSWORD',
    sentence: 'the password is wrong',
    causes: [
      'a wrong password, or one that was changed elsewhere while the device kept the old one',
    ],
  },
  {
    status: STATUS_LOGON_FAILURE,
    name: 'STATUS_LOGON_FAILURE',
    sentence: 'user name or password are wrong',
    causes: [
      'wrong credentials of any kind; the cause is not told on purpose',
      'the name of the KDC does not match its certificate (Kerberos event 107)',
    ],
  },
  {
    status: STATUS_ACCOUNT_RESTRICTION,
    name: 'STATUS_ACCOUNT_RESTRICTION',
    sentence: 'a restriction of the account prevents the sign-in',
    causes: [
      'the user is in Protected Users or marked as sensitive, and the ticket was to be delegated',
      'blank passwords are refused over the network',
    ],
  },
  {
    status: STATUS_INVALID_LOGON_HOURS,
    name: 'STATUS_INVALID_LOGON_HOURS',
    sentence: 'the sign-in lies outside of the logon hours',
    causes: ['logonHours of the account'],
  },
  {
    status: STATUS_INVALID_WORKSTATION,
    name: 'STATUS_INVALID_WORKSTATION',
    sentence: 'the account may not sign in from this computer',
    causes: ['userWorkstations of the account does not name the device'],
  },
  {
    status: STATUS_PASSWORD_EXPIRED,
    name: 'STATUS_PASSWORD_EXPIRED',
    sentence: 'the password has expired',
    causes: ['maximum password age of the domain or of a fine-grained policy'],
  },
  {
    status: STATUS_ACCOUNT_DISABLED,
    name: 'STATUS_ACCOUNT_DISABLED',
    sentence: 'the account is disabled',
    causes: ['userAccountControl has ACCOUNTDISABLE'],
  },
  {
    status: STATUS_INSUFFICIENT_RESOURCES,
    name: 'STATUS_INSUFFICIENT_RESOURCES',
    sentence: 'the KDC could not use the ticket',
    causes: ['a PAC without the signatures that are required, or with ones that cannot be checked'],
  },
  {
    status: STATUS_NOT_SUPPORTED,
    name: 'STATUS_NOT_SUPPORTED',
    sentence: 'the request is not supported',
    causes: [
      'Windows Hello says that the option is temporarily unavailable: the domain controller has no valid KDC certificate, or the device cannot check its revocation list',
      'delegation to a service for which none is configured',
    ],
  },
  {
    status: STATUS_BAD_NETWORK_PATH,
    name: 'STATUS_BAD_NETWORK_PATH',
    sentence: 'the network path cannot be found',
    causes: [
      'the sign-in service of Microsoft Entra cannot be reached by its name: DNS or a proxy',
    ],
  },
  {
    status: STATUS_UNEXPECTED_NETWORK_ERROR,
    name: 'STATUS_UNEXPECTED_NETWORK_ERROR',
    sentence: 'an unexpected network error occurred',
    causes: [
      'the connection to the sign-in service of Microsoft Entra broke off: a proxy that inspects TLS, a firewall',
    ],
  },
  {
    status: STATUS_REQUEST_NOT_ACCEPTED,
    name: 'STATUS_REQUEST_NOT_ACCEPTED',
    sentence: 'the server does not accept the request now',
    causes: [
      'the sign-in service of Microsoft Entra answered with an error instead of a primary refresh token: the device, its keys or the password were not accepted',
    ],
  },
  {
    status: STATUS_TIME_DIFFERENCE_AT_DC,
    name: 'STATUS_TIME_DIFFERENCE_AT_DC',
    sentence: 'the clocks of device and domain controller differ by too much',
    causes: ['the clock of the device is off by more than five minutes'],
  },
  {
    status: STATUS_LOGON_TYPE_NOT_GRANTED,
    name: 'STATUS_LOGON_TYPE_NOT_GRANTED',
    sentence: 'the account may not sign in in this way',
    causes: ['the user lacks the right to sign in over Remote Desktop Services on the host'],
  },
  {
    status: STATUS_ACCOUNT_EXPIRED,
    name: 'STATUS_ACCOUNT_EXPIRED',
    sentence: 'the account has expired',
    causes: ['accountExpires lies in the past'],
  },
  {
    status: STATUS_PASSWORD_MUST_CHANGE,
    name: 'STATUS_PASSWORD_MUST_CHANGE',
    sentence: 'the password must be changed before the first sign-in',
    causes: ['pwdLastSet is 0: an administrator has set the password'],
  },
  {
    status: STATUS_NOT_FOUND,
    name: 'STATUS_NOT_FOUND',
    sentence: 'the object was not found',
    causes: [
      'resource-based constrained delegation: the target does not allow the service to act on behalf of others',
    ],
  },
  {
    status: STATUS_ACCOUNT_LOCKED_OUT,
    name: 'STATUS_ACCOUNT_LOCKED_OUT',
    sentence: 'the account is locked out',
    causes: ['too many wrong passwords; some device or service still uses an old one'],
  },
  {
    status: STATUS_NETWORK_UNREACHABLE,
    name: 'STATUS_NETWORK_UNREACHABLE',
    sentence: 'the remote network cannot be reached',
    causes: ['the device is offline, or no route leads to the sign-in service of Microsoft Entra'],
  },
  {
    status: STATUS_NO_MATCH,
    name: 'STATUS_NO_MATCH',
    sentence: 'nothing matches',
    causes: ['constrained delegation: the target service is not in msDS-AllowedToDelegateTo'],
  },
  {
    status: STATUS_PKINIT_NAME_MISMATCH,
    name: 'STATUS_PKINIT_NAME_MISMATCH',
    sentence: "the client's name and its certificate or key differ",
    causes: ['the certificate is mapped to another account'],
  },
  {
    status: STATUS_SMARTCARD_LOGON_REQUIRED,
    name: 'STATUS_SMARTCARD_LOGON_REQUIRED',
    sentence: 'the account may sign in with a smart card or Windows Hello only',
    causes: ['SMARTCARD_REQUIRED is set and a password was used'],
  },
  {
    status: STATUS_KDC_UNABLE_TO_REFER,
    name: 'STATUS_KDC_UNABLE_TO_REFER',
    sentence: 'the KDC cannot refer the client to the realm of the service',
    causes: ['a trust is missing or broken'],
  },
  {
    status: STATUS_KDC_UNKNOWN_ETYPE,
    name: 'STATUS_KDC_UNKNOWN_ETYPE',
    sentence: 'the KDC knows none of the encryption types',
    causes: ['RC4 is disabled on one side and the other side has no AES key'],
  },
  {
    status: STATUS_PKINIT_FAILURE,
    name: 'STATUS_PKINIT_FAILURE',
    sentence: 'the Kerberos client failed with public keys',
    causes: [
      'the certificate of the domain controller lacks KDC Authentication or does not name the domain',
    ],
  },
  {
    status: STATUS_SMARTCARD_SUBSYSTEM_FAILURE,
    name: 'STATUS_SMARTCARD_SUBSYSTEM_FAILURE',
    sentence: 'the smart card subsystem failed',
    causes: ['the smart card service does not run'],
  },
  {
    status: STATUS_NO_KERB_KEY,
    name: 'STATUS_NO_KERB_KEY',
    sentence: 'the account has no key that Kerberos can use',
    causes: ['the password was last set before the domain had AES keys'],
  },
  {
    status: STATUS_NO_SECRETS,
    name: 'STATUS_NO_SECRETS',
    sentence: 'this domain controller does not hold the secrets of the account',
    causes: ['a read-only domain controller must ask a writable one and cannot reach it'],
  },
  {
    status: STATUS_SMARTCARD_WRONG_PIN,
    name: 'STATUS_SMARTCARD_WRONG_PIN',
    sentence: 'the PIN is wrong',
    causes: ['a wrong PIN; tries are counted on the card'],
  },
  {
    status: STATUS_SMARTCARD_CARD_BLOCKED,
    name: 'STATUS_SMARTCARD_CARD_BLOCKED',
    sentence: 'the card is blocked',
    causes: ['too many wrong PINs; the PUK unblocks it'],
  },
  {
    status: STATUS_SMARTCARD_CARD_NOT_AUTHENTICATED,
    name: 'STATUS_SMARTCARD_CARD_NOT_AUTHENTICATED',
    sentence: 'no PIN was given to the card',
    causes: ['the PIN prompt was closed'],
  },
  {
    status: STATUS_SMARTCARD_NO_CARD,
    name: 'STATUS_SMARTCARD_NO_CARD',
    sentence: 'there is no card',
    causes: ['the card was pulled, or the reader is not redirected into the session'],
  },
  {
    status: STATUS_SMARTCARD_NO_KEY_CONTAINER,
    name: 'STATUS_SMARTCARD_NO_KEY_CONTAINER',
    sentence: 'the key container is not on the card',
    causes: ['the name of the container got lost when the card was redirected'],
  },
  {
    status: STATUS_SMARTCARD_NO_CERTIFICATE,
    name: 'STATUS_SMARTCARD_NO_CERTIFICATE',
    sentence: 'there is no certificate on the card',
    causes: ['the container has a key without a certificate'],
  },
  {
    status: STATUS_SMARTCARD_NO_KEYSET,
    name: 'STATUS_SMARTCARD_NO_KEYSET',
    sentence: 'there is no such key on the card',
    causes: ['the provider asked for another kind of key'],
  },
  {
    status: STATUS_SMARTCARD_IO_ERROR,
    name: 'STATUS_SMARTCARD_IO_ERROR',
    sentence: 'talking to the card failed',
    causes: ['the card or reader was removed in the middle of an operation'],
  },
  {
    status: STATUS_DOWNGRADE_DETECTED,
    name: 'STATUS_DOWNGRADE_DETECTED',
    sentence: 'the security of the connection would be lowered',
    causes: [
      'Kerberos is required and the peer offers NTLM only: no line of sight to a domain controller from the client',
      'the encryption oracle policy of CredSSP',
    ],
  },
  {
    status: STATUS_SMARTCARD_CERT_REVOKED,
    name: 'STATUS_SMARTCARD_CERT_REVOKED',
    sentence: 'the certificate has been revoked',
    causes: ['the certificate was revoked when its device was lost or retired'],
  },
  {
    status: STATUS_ISSUING_CA_UNTRUSTED,
    name: 'STATUS_ISSUING_CA_UNTRUSTED',
    sentence: 'the issuer of the certificate is not trusted',
    causes: ['the root is missing on the other side, or the issuer is not in the NTAuth store'],
  },
  {
    status: STATUS_REVOCATION_OFFLINE_C,
    name: 'STATUS_REVOCATION_OFFLINE_C',
    sentence: 'the revocation of the certificate cannot be checked',
    causes: ['the distribution point cannot be reached by who checks'],
  },
  {
    status: STATUS_PKINIT_CLIENT_FAILURE,
    name: 'STATUS_PKINIT_CLIENT_FAILURE',
    sentence: 'the certificate of the client was not accepted',
    causes: ['the chain of the certificate does not satisfy the domain controller'],
  },
  {
    status: STATUS_SMARTCARD_CERT_EXPIRED,
    name: 'STATUS_SMARTCARD_CERT_EXPIRED',
    sentence: 'the certificate has expired',
    causes: ['it was not renewed in time'],
  },
  {
    status: STATUS_SMARTCARD_SILENT_CONTEXT,
    name: 'STATUS_SMARTCARD_SILENT_CONTEXT',
    sentence: 'the card needs to ask, and may not',
    causes: ['a PIN prompt was necessary where no user interface is allowed'],
  },
  {
    status: STATUS_USER2USER_REQUIRED,
    name: 'STATUS_USER2USER_REQUIRED',
    sentence: 'user-to-user authentication is required',
    causes: ['the service has no service principal name'],
  },
  {
    status: STATUS_AUTHENTICATION_FIREWALL_FAILED,
    name: 'STATUS_AUTHENTICATION_FIREWALL_FAILED',
    sentence: 'selective authentication does not let the account through',
    causes: ['the account lacks "Allowed to authenticate" on the computer beyond the trust'],
  },
];

const BY_STATUS = new Map<number, Ntstatus>();
const BY_NAME = new Map<string, Ntstatus>();
for (const entry of NTSTATUSES) {
  if (BY_STATUS.has(entry.status) || BY_NAME.has(entry.name)) {
    throw new Error(`two entries for ${entry.name}`);
  }
  BY_STATUS.set(entry.status, entry);
  BY_NAME.set(entry.name, entry);
}

/** By number; negative ones (as signed 32-bit numbers are printed) as well. */
export function errorByStatus(status: number): Ntstatus | undefined {
  return BY_STATUS.get(status >>> 0);
}

/** The name, or the number as people write it: `0xc0000234`. */
export function statusName(status: number): string {
  return errorByStatus(status)?.name ?? `0x${(status >>> 0).toString(16).padStart(8, '0')}`;
}

/** By name in any case, with or without `STATUS_`. */
export function statusByName(name: string): Ntstatus | undefined {
  const wanted = name.toUpperCase();
  return BY_NAME.get(wanted) ?? BY_NAME.get(`STATUS_${wanted}`);
}
