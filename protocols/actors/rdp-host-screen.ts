/** What is to be seen of a remote session, and how it looks to other computers. */
import { assertNever } from '../../src/machine/machine.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';
import type { PinPrompt, Session } from './rdp-host-state.ts';

/** As whom programs of a session appear to other computers. */
export function networkIdentity(
  { domain, sAMAccountName }: RdpHostConfig,
  { identity, signIn }: Session,
): string {
  return signIn.by === 'restrictedAdmin' ? `${domain}\\${sAMAccountName}` : identity.name;
}

/** What the screen of a session says. */
export function screenLines(config: RdpHostConfig, session: Session): readonly string[] {
  const { dnsHostName } = config;
  const { identity, before } = session;
  return [
    `${dnsHostName}, a remote desktop host of kerblab`,
    `Signed in: ${identity.name}${identity.upn === undefined ? '' : ` (${identity.upn})`}`,
    `Before the session: ${before === undefined ? 'TLS only' : `CredSSP with ${before}`}`,
    ...inSession(config, session),
  ];
}

function inSession(config: RdpHostConfig, session: Session): readonly string[] {
  const { signIn, locked } = session;
  if (locked) return ['The smart card was taken out: the session is locked'];
  switch (signIn.by) {
    case 'password':
      return ['In the session: Kerberos with the password'];
    case 'card': {
      const { reader, container, profile } = signIn.card;
      return [
        'In the session: PKINIT with the certificate on the redirected smart card',
        `Reader: ${reader} (${profile})`,
        `Container: ${container}`,
      ];
    }
    case 'restrictedAdmin':
      return [
        'In the session: Restricted Admin, no credentials',
        `To other computers: ${networkIdentity(config, session)}`,
      ];
    case 'remoteCredentialGuard':
      return ['In the session: Remote Credential Guard, the keys stay with the client'];
    default:
      return assertNever(signIn);
  }
}

/** What is seen while somebody signs in with a card. */
export function waitingLines({ dnsHostName }: RdpHostConfig): readonly string[] {
  return [
    `${dnsHostName}, a remote desktop host of kerblab`,
    'Please wait: reading the smart card',
  ];
}

/** The screen that asks for the PIN. */
export function pinLines(
  { dnsHostName }: RdpHostConfig,
  reader: string,
  { typed, message }: PinPrompt,
): readonly string[] {
  return [
    `${dnsHostName}, a remote desktop host of kerblab`,
    ...(message === undefined ? [] : [message]),
    `Smart card in ${reader}`,
    `PIN: ${'*'.repeat(typed.length)}`,
  ];
}
