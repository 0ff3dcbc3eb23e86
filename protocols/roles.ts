/**
 * What `protocols/` has for the composition root: every role, framing and message, and the dissector.
 * This is the only list of everything; `src/` gets it as values and names none of it.
 */
import type { Framing } from '../src/machine/actor.ts';
import type { RoleDefinition } from '../src/scenario/role.ts';
import type { Dissector } from '../src/trace/dissector.ts';
import { adFsRole } from './actors/ad-fs.ts';
import { certificateAuthorityRole } from './actors/certificate-authority.ts';
import { deviceRole } from './actors/device-role.ts';
import { directTcpFraming } from './actors/direct-tcp.ts';
import { domainController } from './actors/domain-controller.ts';
import { entraConnect } from './actors/entra-connect.ts';
import { entraTenant } from './actors/entra-tenant.ts';
import { fileServer } from './actors/file-server.ts';
import { rdpHost } from './actors/rdp-host-role.ts';
import { readOnlyDomainController } from './actors/read-only-role.ts';
import { user } from './actors/user.ts';
import { dissector as kerberosDissector } from './dissect/dissector.ts';
import { REMOTE_DESKTOP_MESSAGES } from './dissect/remote-desktop-messages.ts';
import { httpFraming } from './http/framing.ts';
import { vpcdFraming } from './iso7816/vpcd.ts';
import { kerberosTcpFraming } from './kerberos/framing.ts';
import { ldapFraming } from './ldap/framing.ts';
import { OPERATIONS } from './ldap/messages.ts';
import { netlogonFraming } from './netlogon/framing.ts';
import { rdpFraming, rdpServerFraming } from './rdp/framing.ts';

/** What the actors of a scenario file can be. */
export const ROLES: readonly RoleDefinition[] = [
  domainController,
  readOnlyDomainController,
  deviceRole,
  fileServer,
  rdpHost,
  entraTenant,
  entraConnect,
  user,
  certificateAuthorityRole,
  adFsRole,
];

/** How streams are cut into messages. */
export const FRAMINGS: readonly Framing[] = [
  kerberosTcpFraming,
  directTcpFraming,
  ldapFraming,
  httpFraming,
  rdpFraming,
  rdpServerFraming,
  vpcdFraming,
  netlogonFraming,
];

/** Looks into the octets of every message. */
export const dissector: Dissector = kerberosDissector;

/** A message that traces, `sent:` and `received:` name. */
export interface MessageDefinition {
  /** The standard's name: `AS-REQ`. */
  readonly name: string;
  /** What it is for, and where it is defined. */
  readonly about: string;
}

export const MESSAGES: readonly MessageDefinition[] = [
  { name: 'AS-REQ', about: 'asks for a first ticket, with the client’s own key (RFC 4120 §5.4.1)' },
  { name: 'AS-REP', about: 'brings it (RFC 4120 §5.4.2)' },
  { name: 'TGS-REQ', about: 'asks for a ticket with a ticket (RFC 4120 §5.4.1)' },
  { name: 'TGS-REP', about: 'brings it (RFC 4120 §5.4.2)' },
  { name: 'AP-REQ', about: 'shows a ticket to a service (RFC 4120 §5.5.1)' },
  { name: 'AP-REP', about: 'proves that the service could open it (RFC 4120 §5.5.2)' },
  { name: 'KRB-SAFE', about: 'octets with a keyed checksum (RFC 4120 §5.6.1)' },
  { name: 'KRB-PRIV', about: 'encrypted octets (RFC 4120 §5.7.1)' },
  { name: 'KRB-CRED', about: 'tickets with their keys (RFC 4120 §5.8.1)' },
  { name: 'KRB-ERROR', about: 'a refusal, or what is wanted first (RFC 4120 §5.9.1)' },
  { name: 'NegTokenInit', about: 'opens a negotiation of mechanisms (RFC 4178 §4.2.1)' },
  { name: 'NegTokenResp', about: 'goes on with it, where no mechanism’s token is in it (§4.2.2)' },
  { name: 'NEGOTIATE_MESSAGE', about: 'begins NTLM (MS-NLMP 2.2.1.1)' },
  { name: 'CHALLENGE_MESSAGE', about: 'the server’s challenge (MS-NLMP 2.2.1.2)' },
  { name: 'AUTHENTICATE_MESSAGE', about: 'the client’s response to it (MS-NLMP 2.2.1.3)' },
  {
    name: 'HTTP request',
    about: 'asks a server for something that has no name of its own (RFC 9110)',
  },
  { name: 'HTTP response', about: 'a server’s answer (RFC 9110 §15)' },
  { name: 'token-request', about: 'asks Entra or AD FS for a token (RFC 6749 §4.3, MS-OAPXBC)' },
  { name: 'token-response', about: 'brings it, or says why not (RFC 6749 §5)' },
  { name: 'certificate-request', about: 'AD FS asks an authority for a certificate for somebody' },
  { name: 'certificate-response', about: 'the certificate with its chain, or why there is none' },
  {
    name: 'device-registration-request',
    about: 'registers a device (MS-DVRJ 3.1.5.1)',
  },
  {
    name: 'device-registration-response',
    about: 'its certificate, or why there is none',
  },
  { name: 'key-registration-request', about: 'registers a Hello key (MS-KPP 3.1.5.1)' },
  { name: 'key-registration-response', about: 'the key’s identifier, or ErrorDetails (MS-KPP)' },
  { name: 'user-export-request', about: 'Entra Connect brings users to the tenant' },
  { name: 'key-import-request', about: 'Entra Connect reads users’ Hello keys' },
  { name: 'device-import-request', about: 'Entra Connect reads devices to write them back' },
  { name: 'synchronization-response', about: 'the tenant’s answer to Entra Connect' },
  {
    name: 'kerberos-domain-request',
    about: 'krbtgt_AzureAD’s key goes to the tenant, is asked about, is removed',
  },
  { name: 'kerberos-domain-response', about: 'the tenant’s answer to that' },
  {
    name: 'NetrLogonSamLogonEx-request',
    about: 'a server has its domain controller judge an NTLM logon (MS-NRPC 3.5.4.5.1)',
  },
  { name: 'NetrLogonSamLogonEx-response', about: 'who it is with the session’s key, or why not' },
  ...REMOTE_DESKTOP_MESSAGES,
  ...Object.values(OPERATIONS).map(({ type }) => ({
    name: `LDAP ${type}`,
    about: 'an operation of LDAP or its answer (RFC 4511 §4)',
  })),
];
