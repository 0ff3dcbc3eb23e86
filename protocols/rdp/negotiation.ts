/** Which protection a server takes, and what a client makes of it (MS-RDPBCGR 3.3.5.3.1, 5.4.2.1). */
import { FailureCode, Protocol, RequestFlags, ResponseFlags } from './constants.ts';
import type { ConnectionConfirm, ConnectionRequest } from './x224.ts';

export interface SecurityPolicy {
  /** Bits of `Protocol` that the server takes; 0: standard RDP security alone, which is not spoken here. */
  readonly protocols: number;
  readonly restrictedAdmin: boolean;
  readonly remoteCredentialGuard: boolean;
  /** Without a certificate there is no TLS. */
  readonly certificate: boolean;
  /** TLS client certificates are demanded: SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER. */
  readonly clientCertificates: boolean;
}

const { PROTOCOL_SSL, PROTOCOL_HYBRID, PROTOCOL_HYBRID_EX } = Protocol;
const CREDSSP = PROTOCOL_HYBRID | PROTOCOL_HYBRID_EX;

/** The server's choice, best first. */
const PREFERRED = [PROTOCOL_HYBRID_EX, PROTOCOL_HYBRID, PROTOCOL_SSL];

export type Negotiated =
  | {
      readonly kind: 'selected';
      readonly protocol: number;
      readonly confirm: ConnectionConfirm;
      /** What the client wants beside the protocol. */
      readonly mode: 'normal' | 'restrictedAdmin' | 'remoteCredentialGuard';
    }
  | { readonly kind: 'failure'; readonly code: number; readonly why: string };

/** What the server answers to a request. */
export function negotiate(request: ConnectionRequest, policy: SecurityPolicy): Negotiated {
  const { negotiation } = request;
  const requested = negotiation?.requestedProtocols ?? Protocol.PROTOCOL_RDP;
  const failure = (code: number, why: string): Negotiated => ({ kind: 'failure', code, why });
  if (policy.clientCertificates) {
    const why = 'the server demands a certificate of TLS clients';
    return failure(FailureCode.SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER, why);
  }
  const selected = PREFERRED.find((bit) => (policy.protocols & requested & bit) !== 0);
  if (selected === undefined) return refusal(requested, policy);
  if (!policy.certificate) {
    return failure(FailureCode.SSL_CERT_NOT_ON_SERVER, 'the server has no certificate for TLS');
  }
  const own = negotiation?.flags ?? 0;
  const { RESTRICTED_ADMIN_MODE_REQUIRED, REDIRECTED_AUTHENTICATION_MODE_REQUIRED } = RequestFlags;
  // Both are ways to use CredSSP: where TLS alone was selected there is nothing that they would change.
  const mode = !isCredSsp(selected)
    ? 'normal'
    : (own & REDIRECTED_AUTHENTICATION_MODE_REQUIRED) !== 0 && policy.remoteCredentialGuard
      ? 'remoteCredentialGuard'
      : (own & RESTRICTED_ADMIN_MODE_REQUIRED) !== 0 && policy.restrictedAdmin
        ? 'restrictedAdmin'
        : 'normal';
  const flags =
    ResponseFlags.EXTENDED_CLIENT_DATA_SUPPORTED |
    (policy.restrictedAdmin ? ResponseFlags.RESTRICTED_ADMIN_MODE_SUPPORTED : 0) |
    (policy.remoteCredentialGuard ? ResponseFlags.REDIRECTED_AUTHENTICATION_MODE_SUPPORTED : 0);
  const confirm = { kind: 'selected', flags, selectedProtocol: selected } as const;
  return { kind: 'selected', protocol: selected, confirm, mode };
}

function refusal(requested: number, { protocols }: SecurityPolicy): Negotiated {
  const failure = (code: number, why: string): Negotiated => ({ kind: 'failure', code, why });
  if (protocols === Protocol.PROTOCOL_RDP) {
    const why = 'the server speaks standard RDP security only';
    return failure(FailureCode.SSL_NOT_ALLOWED_BY_SERVER, why);
  }
  if (
    (protocols & CREDSSP) !== 0 &&
    (protocols & PROTOCOL_SSL) === 0 &&
    (requested & CREDSSP) === 0
  ) {
    const why = 'the server requires Network Level Authentication, the client does not offer it';
    return failure(FailureCode.HYBRID_REQUIRED_BY_SERVER, why);
  }
  const why = 'the server requires TLS, the client does not offer what it takes';
  return failure(FailureCode.SSL_REQUIRED_BY_SERVER, why);
}

/** Whether CredSSP follows TLS. */
export function isCredSsp(protocol: number): boolean {
  return (protocol & CREDSSP) !== 0;
}

/** What a client asks for. */
export interface Wanted {
  readonly requestedProtocols: number;
  readonly mode: 'normal' | 'restrictedAdmin' | 'remoteCredentialGuard';
}

export function requestFlags({ mode }: Wanted): number {
  if (mode === 'restrictedAdmin') return RequestFlags.RESTRICTED_ADMIN_MODE_REQUIRED;
  if (mode === 'remoteCredentialGuard') return RequestFlags.REDIRECTED_AUTHENTICATION_MODE_REQUIRED;
  return 0;
}

/** What a client makes of the answer: the protocol, or why it hangs up. */
export function accepted(
  confirm: ConnectionConfirm,
  { requestedProtocols, mode }: Wanted,
):
  | { readonly ok: true; readonly protocol: number }
  | { readonly ok: false; readonly reason: string } {
  if (confirm.kind === 'failure') {
    const known = Object.entries(FailureCode).find(([, code]) => code === confirm.failureCode);
    return { ok: false, reason: `RDP_NEG_FAILURE: ${known?.[0] ?? confirm.failureCode}` };
  }
  if (confirm.kind === 'none') {
    return { ok: false, reason: 'the server speaks standard RDP security only' };
  }
  const { selectedProtocol, flags } = confirm;
  // One bit, and one that was offered.
  const isOne = selectedProtocol !== 0 && (selectedProtocol & (selectedProtocol - 1)) === 0;
  if (!isOne || (selectedProtocol & requestedProtocols) === 0) {
    return { ok: false, reason: `the server selected ${selectedProtocol}, which was not offered` };
  }
  if (mode === 'restrictedAdmin' && (flags & ResponseFlags.RESTRICTED_ADMIN_MODE_SUPPORTED) === 0) {
    return { ok: false, reason: 'the remote PC does not support Restricted Administration mode' };
  }
  if (
    mode === 'remoteCredentialGuard' &&
    (flags & ResponseFlags.REDIRECTED_AUTHENTICATION_MODE_SUPPORTED) === 0
  ) {
    return { ok: false, reason: 'the remote PC does not support Remote Credential Guard' };
  }
  return { ok: true, protocol: selectedProtocol };
}
