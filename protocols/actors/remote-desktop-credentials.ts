/** What Remote Desktop Connection offers to a host in CredSSP, and what it hands over in the end. */
import { assertNever, type Env } from '../../src/machine/machine.ts';
import { type Credentials, KeySpec, RESTRICTED_ADMIN } from '../credssp/credentials.ts';
import { NT_SRV_INST } from '../kerberos/constants.ts';
import { GssFlags } from '../kerberos/gss.ts';
import type { PrincipalName } from '../kerberos/messages.ts';
import { principal } from '../kerberos/names.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import type { Offer } from '../negotiate/initiator-state.ts';
import { ntHash } from '../ntlm/response.ts';
import { NO_HASH, ntHashOf, ntlmCredentials, policyObjection } from './device-ntlm.ts';
import type { DeviceConfig } from './device-state.ts';
import type { LogonSession } from './logon-session.ts';
import type { Asked, Desktop, Logon, WithLine } from './remote-desktop-state.ts';
import { guardedCredentials } from './remote-guard.ts';

/** `tgt` undefined: NTLM it is. `hostTicket`: for Remote Credential Guard. */
export interface Tickets {
  readonly tgt: Credential | undefined;
  readonly hostTicket?: Credential;
}

/** GSS-API flags of Windows' CredSSP. */
const GSS_FLAGS =
  GssFlags.mutual | GssFlags.replay | GssFlags.sequence | GssFlags.conf | GssFlags.integ;

export function hostName({ asked }: Desktop): PrincipalName {
  return principal(NT_SRV_INST, 'TERMSRV', asked.host);
}

/** What is tried, or why there is nothing to try. */
export function offersOf(
  config: DeviceConfig,
  session: LogonSession,
  desktop: Desktop,
  logon: Logon,
  tgt: Credential | undefined,
): readonly [Offer, ...Offer[]] | string {
  const { asked } = desktop;
  const ntlm = ntlmOffer(config, session, asked, logon);
  if (tgt === undefined) {
    return typeof ntlm === 'string' ? `no Kerberos with ${asked.host}, and ${ntlm}` : [ntlm];
  }
  const kerberos: Offer = {
    mechanism: 'userToUser',
    sname: hostName(desktop),
    gssFlags: GSS_FLAGS,
    learnsTime: config.learnsKdcTime,
  };
  return typeof ntlm === 'string' ? [kerberos] : [kerberos, ntlm];
}

function ntlmOffer(
  config: DeviceConfig,
  session: LogonSession,
  { host, mode }: Asked,
  logon: Logon,
): Offer | string {
  if (mode === 'remoteCredentialGuard') return 'Remote Credential Guard takes Kerberos only';
  const objection = policyObjection(config);
  if (objection !== undefined) return objection;
  const targetName = `TERMSRV/${host}`;
  switch (logon.kind) {
    case 'smartCard':
    case 'none':
      return 'NTLM takes passwords only';
    case 'password': {
      const { domain: domainName, userName, password } = logon;
      const names = { domainName, userName, workstation: config.netbiosName };
      return {
        mechanism: 'ntlm',
        credentials: { ...names, ntHash: ntHash(password), targetName },
      };
    }
    case 'signedIn': {
      const hash = ntHashOf(session);
      if (hash === undefined) return NO_HASH;
      const credentials = ntlmCredentials(config, session, hash, targetName);
      return { mechanism: 'ntlm', credentials };
    }
    default:
      return assertNever(logon);
  }
}

const CSP_NAME = 'Microsoft Base Smart Card Crypto Provider';

/** What the host gets in the end. */
export function credentialsOf(
  { asked }: Desktop,
  { logon, redirected }: WithLine,
  { tgt, hostTicket }: Tickets,
  { random }: Env,
): Credentials {
  if (tgt !== undefined && hostTicket !== undefined) {
    return guardedCredentials(tgt, hostTicket, random);
  }
  if (asked.mode === 'restrictedAdmin') return RESTRICTED_ADMIN;
  switch (logon.kind) {
    case 'smartCard': {
      const { pin, container: containerName, upn: userHint, owner } = logon;
      const reader = redirected.cards.find((one) => one.owner === owner)?.reader;
      const cspData = {
        keySpec: KeySpec.AT_KEYEXCHANGE,
        ...(reader === undefined ? {} : { readerName: reader }),
        containerName,
        cspName: CSP_NAME,
      };
      return { kind: 'smartCard', pin, cspData, userHint };
    }
    case 'password': {
      const { domain: domainName, userName, password } = logon;
      return { kind: 'password', domainName, userName, password };
    }
    case 'signedIn':
    case 'none':
      // Windows hands the password of the session over only where policy says so; here it never does.
      return RESTRICTED_ADMIN;
    default:
      return assertNever(logon);
  }
}
