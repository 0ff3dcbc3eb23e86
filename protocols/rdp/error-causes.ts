/** What ends connections of a remote desktop, in words: RDP_NEG_FAILURE, ERRINFO, the authorization result. */
import type { AuthorizationResult, ErrorInfo, FailureCode } from './constants.ts';

export interface Explained {
  /** Lower case, without a full stop. */
  readonly sentence: string;
  /** What it is due to in practice, the likeliest first. */
  readonly causes: readonly string[];
}

/** MS-RDPBCGR 2.2.1.2.2. */
export const FAILURE_CAUSES: Readonly<Record<keyof typeof FailureCode, Explained>> = {
  SSL_REQUIRED_BY_SERVER: {
    sentence: 'the server takes TLS, and the client offers standard RDP security only',
    causes: ['the client is told to do without TLS', 'the client is too old for TLS'],
  },
  SSL_NOT_ALLOWED_BY_SERVER: {
    sentence: 'the server takes standard RDP security only',
    causes: ['the host’s security layer is set to RDP'],
  },
  SSL_CERT_NOT_ON_SERVER: {
    sentence: 'the server has no certificate for TLS',
    causes: [
      'the host’s self-signed certificate could not be made',
      'the bound certificate is gone',
    ],
  },
  INCONSISTENT_FLAGS: {
    sentence: 'the flags of the request do not go together',
    causes: ['a client that begins with CredSSP, without negotiation, asks for something else too'],
  },
  HYBRID_REQUIRED_BY_SERVER: {
    sentence:
      'the server requires network level authentication (CredSSP), the client does not offer it',
    causes: [
      'the client is told to do without network level authentication (enablecredsspsupport:i:0, /sec:tls)',
      'the client knows no CredSSP',
    ],
  },
  SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER: {
    sentence: 'the server demands a TLS certificate of the client',
    causes: ['the host takes connections of a gateway or broker only'],
  },
};

/** MS-RDPBCGR 2.2.10.2. */
export const AUTHORIZATION_CAUSES: Readonly<
  Record<Exclude<keyof typeof AuthorizationResult, 'AUTHZ_SUCCESS'>, Explained>
> = {
  AUTHZ_ACCESS_DENIED: {
    sentence: 'who proved themselves by CredSSP may not sign in to this host from afar',
    causes: [
      'the user is in neither Remote Desktop Users nor Administrators of the host',
      'with Restricted Admin: the user is in Remote Desktop Users, and no administrator',
    ],
  },
};

/** MS-RDPBCGR 2.2.5.1.1. */
export const ERRINFO_CAUSES: Readonly<Record<keyof typeof ErrorInfo, Explained>> = {
  ERRINFO_RPC_INITIATED_DISCONNECT: {
    sentence: 'the session was disconnected by an administrative tool',
    causes: [
      'an administrator disconnected it',
      'policy disconnects when the smart card is removed',
    ],
  },
  ERRINFO_RPC_INITIATED_LOGOFF: {
    sentence: 'the user was signed out by an administrative tool',
    causes: ['an administrator signed them out', 'policy signs out when the smart card is removed'],
  },
  ERRINFO_IDLE_TIMEOUT: {
    sentence: 'nothing was done in the session for too long',
    causes: ['the limit for idle sessions'],
  },
  ERRINFO_LOGON_TIMEOUT: {
    sentence: 'the session was active for too long',
    causes: ['the limit for active sessions'],
  },
  ERRINFO_DISCONNECTED_BY_OTHERCONNECTION: {
    sentence: 'somebody else has connected to the session',
    causes: ['the same user connected from another client'],
  },
  ERRINFO_OUT_OF_MEMORY: {
    sentence: 'the server has run out of memory',
    causes: ['too many sessions for the host'],
  },
  ERRINFO_SERVER_DENIED_CONNECTION: {
    sentence: 'the server denies the connection',
    causes: [
      'the sign-in in the session failed; the Save Session Info PDU before it has the NTSTATUS',
      'the credentials were none that the host takes',
    ],
  },
  ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES: {
    sentence: 'the user may not sign in to this host from afar',
    causes: [
      'the user is in neither Remote Desktop Users nor Administrators of the host',
      'the right “Allow log on through Remote Desktop Services” was taken from the group',
    ],
  },
  ERRINFO_SERVER_FRESH_CREDENTIALS_REQUIRED: {
    sentence: 'the server takes no saved credentials',
    causes: ['policy asks for credentials at every connection'],
  },
  ERRINFO_RPC_INITIATED_DISCONNECT_BYUSER: {
    sentence: 'the user disconnected the session from within',
    causes: ['“Disconnect” in the session’s menu'],
  },
  ERRINFO_LOGOFF_BY_USER: {
    sentence: 'the user signed out of the session',
    causes: ['“Sign out” in the session’s menu'],
  },
  ERRINFO_SERVER_WINLOGON_CRASH: {
    sentence: 'winlogon of the session has ended',
    causes: ['a credential provider or a smart card minidriver that fails'],
  },
  ERRINFO_DATAPDUSEQUENCE: {
    sentence: 'a PDU came out of its order',
    causes: ['a client that goes on before capabilities or finalisation are through'],
  },
  ERRINFO_BADCAPABILITIES: {
    sentence: 'the client’s capabilities cannot be read',
    causes: ['a capability set whose length does not fit'],
  },
};
