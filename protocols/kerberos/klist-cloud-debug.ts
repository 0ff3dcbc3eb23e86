/**
 * What `klist cloud_debug` prints (the message of LSA is KerbPrintCloudKerberosDebugMessage): how a logon
 * session came to its tickets, and what of Microsoft Entra Kerberos it has. The lines are those of public
 * captures; what each means is Microsoft support's public explanation of them.
 */
import { type LogonId, logonLines } from './klist.ts';

export interface CloudDebug {
  /** CloudKerberosTicketRetrievalEnabled: the cloud's ticket is asked for with every sign-in. */
  readonly enabledByPolicy: boolean;
  /** CloudAP had tickets, or where to get some, for this session. */
  readonly asRepCallbackReceived: boolean;
  /** Kerberos has taken a ticket from it. */
  readonly asRepCallbackUsed: boolean;
  /** The cloud's own ticket, in the cache of the session. */
  readonly cloudReferralTgt: boolean;
  /** Which services are the cloud's is known. */
  readonly spnOracle: boolean;
  /** Where the cloud's KDC is asked is known. */
  readonly kdcProxy: boolean;
  /** The user signed in with a key: Hello, a security key, a smart card. */
  readonly publicKeyCredential: boolean;
  readonly passwordKeys: boolean;
  readonly plaintextPassword: boolean;
  readonly credentialType: CloudCredentialType;
  /** The partial ticket that a domain controller exchanges. */
  readonly cloudPrimaryTgt: boolean;
}

/**
 * Not 0 where the session rests on a partial ticket (Hello with cloud Kerberos trust, FIDO2). Captures have
 * 2 for Hello; that a security key is told from it is nowhere written.
 */
export type CloudCredentialType = 0 | 2;

export function cloudDebugText(current: LogonId, debug: CloudDebug): string {
  const bit = (value: boolean) => (value ? '1' : '0');
  const lines: readonly (readonly [label: string, value: string])[] = [
    ['Cloud Kerberos enabled by policy', bit(debug.enabledByPolicy)],
    ['AS_REP callback received', bit(debug.asRepCallbackReceived)],
    ['AS_REP callback used', bit(debug.asRepCallbackUsed)],
    ['Cloud Referral TGT present in cache', bit(debug.cloudReferralTgt)],
    ['SPN oracle configured', bit(debug.spnOracle)],
    ['KDC proxy present in cache', bit(debug.kdcProxy)],
    ['Public Key Credential Present', bit(debug.publicKeyCredential)],
    ['Password-derived Keys Present', bit(debug.passwordKeys)],
    ['Plaintext Password Present', bit(debug.plaintextPassword)],
    ['AS_REP Credential Type', String(debug.credentialType)],
    ['Cloud Primary (Hybrid logon) TGT available', bit(debug.cloudPrimaryTgt)],
  ];
  const fields = lines.map(([label, value]) => `${label}: ${value}`);
  return `${[...logonLines(current), 'Cloud Kerberos Debug info:', ...fields].join('\n')}\n`;
}
