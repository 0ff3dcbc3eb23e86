/** What the role `rdp-host` takes from its entry in the file, and what its machine is made of. */
import type { Scene } from '../../src/scenario/role.ts';
import {
  defaulted,
  duration,
  flag,
  type Infer,
  listOf,
  object,
  oneOf,
  text,
} from '../../src/schema/schema.ts';
import { boundKeyOf } from '../credssp/binding.ts';
import { DOMAIN_GROUPS } from '../directory/well-known-principals.ts';
import { foldName } from '../kdc/accounts.ts';
import { WINDOWS_ETYPES } from '../kerberos/client.ts';
import { NT_SRV_INST } from '../kerberos/constants.ts';
import type { PrincipalName } from '../kerberos/messages.ts';
import { principal } from '../kerberos/names.ts';
import type { ServiceKey } from '../kerberos/ticket.ts';
import type { Target } from '../ntlm/acceptor.ts';
import type { KdcTrust } from '../pkinit/kdc-trust.ts';
import { Protocol } from '../rdp/constants.ts';
import type { ServerConfig } from '../rdp/server-state.ts';
import { signedCertificate, tbsCertificate } from '../x509/issue.ts';
import { commonName, webServer } from '../x509/profiles.ts';
import { accountSeeds } from './account-seeds.ts';
import { domainControllers, members } from './cast-members.ts';
import { type ComputerNames, computerKeys, computerNames, hostNames } from './computer.ts';
import type { ExchangeOptions, Service } from './exchange-state.ts';
import { computer, type DomainControllerFields } from './fields.ts';
import { kdcTrustOf, listSourcesOf } from './kdc-trust-cast.ts';
import type { RequestOptions } from './logon-session.ts';
import { memberNtlm } from './member-ntlm.ts';
import type { PassThroughOptions } from './pass-through.ts';
import { serialNumber } from './pki-cast.ts';
import { kdcTrustFields } from './pkinit-client-fields.ts';
import { realmNames } from './realm-names.ts';
import type { ListSource } from './revocation-lists.ts';
import { servicesByHost } from './services-cast.ts';

export type RdpHostFields = Infer<typeof rdpHostFields>;
export const rdpHostFields = object({
  ...computer,
  networkLevelAuthentication: defaulted(
    oneOf('Whether clients have to say who they are before a session begins (UserAuthentication)', [
      'required',
      'offered',
      'off',
    ]),
    'offered',
  ),
  remoteDesktopUsers: defaulted(
    listOf(
      'Members of the local group Remote Desktop Users: accounts and groups of the domain, by name',
      text('An account or a group', { example: 'Domain Users' }),
    ),
    [],
  ),
  aliases: defaulted(
    listOf(
      'Other names and addresses that lead to it; none of them is a service principal name',
      text('A name or an address', { example: '192.0.2.8', pattern: /^[A-Za-z0-9.:-]+$/ }),
    ),
    [],
  ),
  ntlm: defaulted(
    flag('Takes NTLM in Network Level Authentication, from clients that come without a ticket'),
    true,
  ),
  nonExportableCredentials: defaulted(
    flag(
      'Takes clients that hand over nothing that works elsewhere: Restricted Admin for administrators, Remote Credential Guard for everybody (DisableRestrictedAdmin is 0)',
    ),
    false,
  ),
  learnsKdcTime: defaulted(
    flag('Takes over the clock of the KDC when its own is wrong, instead of failing'),
    true,
  ),
  maxClockSkew: defaulted(duration('How far its clock and a client’s may be apart'), '5m'),
  smartCardRemoval: defaulted(
    oneOf(
      'What becomes of a session when the card that it was signed in with is taken out (“Interactive logon: Smart card removal behavior”)',
      ['none', 'lockWorkstation', 'forceLogoff', 'disconnect'],
    ),
    'none',
  ),
  connectionTimeout: defaulted(
    duration(
      'How long a client may take from its connection to its session (Connection Sequence Timeout Timer)',
    ),
    '60s',
  ),
  cardWaitTime: defaulted(
    duration('How long it waits for a client to redirect the smart card that it announced'),
    '30s',
  ),
  ...kdcTrustFields,
});

export interface RdpHostConfig extends ComputerNames, RequestOptions {
  readonly name: string;
  /** In capitals. */
  readonly realm: string;
  /** NetBIOS name of the domain. */
  readonly domain: string;
  readonly keys: readonly ServiceKey[];
  readonly serviceNames: readonly PrincipalName[];
  readonly clockSkew: number;
  readonly exchanges: ExchangeOptions;
  /** Stands in for DNS: where the services are that programs of sessions open. */
  service(host: string): Service | undefined;
  readonly rdp: ServerConfig;
  /** Absent: NTLM is not taken. */
  readonly ntlm?: Target;
  readonly passThrough: PassThroughOptions;
  /** The key of TLS in the signing core. */
  readonly key: string;
  readonly certificate: Uint8Array;
  /** The contents of the certificate's subjectPublicKey. */
  readonly publicKey: Uint8Array;
  /** SIDs of the members of Administrators and of Remote Desktop Users. */
  readonly administrators: readonly string[];
  readonly remoteDesktopUsers: readonly string[];
  readonly smartCardRemoval: RdpHostFields['smartCardRemoval'];
  /** Milliseconds; MS-RDPBCGR 3.3.2.1. */
  readonly connectionTimeout: number;
  readonly cardWaitTime: number;
  /** What is believed of domain controllers' certificates. */
  readonly kdcTrust: KdcTrust;
  /** Where the lists in it are fetched when they have ended. */
  readonly listSources: readonly ListSource[];
}

/** MS-RDPBCGR 2.1. */
export const RDP_PORT = 3389;

/** RID of Domain Admins: members of every member's Administrators. */
const DOMAIN_ADMINS = 512;

const PROTOCOLS = {
  required: Protocol.PROTOCOL_HYBRID | Protocol.PROTOCOL_HYBRID_EX,
  offered: Protocol.PROTOCOL_SSL | Protocol.PROTOCOL_HYBRID | Protocol.PROTOCOL_HYBRID_EX,
  off: Protocol.PROTOCOL_SSL,
} as const;

/** @throws RangeError for a member of Remote Desktop Users that the domain does not have */
export function rdpHostConfig(scene: Scene, name: string, fields: RdpHostFields): RdpHostConfig {
  const names = computerNames(name, fields);
  const realm = fields.realm.toUpperCase();
  const spoken = ['TERMSRV', 'HOST'].flatMap((service) => [
    `${service}/${names.dnsHostName}`,
    `${service}/${names.netbiosName}`,
  ]);
  const domain = domainOf(scene, realm);
  const services = servicesByHost(scene);
  const { target, passThrough } = memberNtlm(scene, names, realm);
  return {
    ...names,
    name,
    realm,
    domain: domain.flatName,
    keys: computerKeys(scene, name, fields),
    etypes: WINDOWS_ETYPES,
    learnsKdcTime: fields.learnsKdcTime,
    serviceNames: [
      ...[...spoken, ...hostNames(names)].map((spn) => principal(NT_SRV_INST, ...spn.split('/'))),
      // User-to-user tickets may be for the account itself.
      principal(NT_SRV_INST, names.sAMAccountName),
    ],
    clockSkew: fields.maxClockSkew,
    exchanges: {
      kdcs: (of) => domainControllers(scene, of),
      kdcExchange: {
        udpPreferenceLimit: 0,
        kdcWaitTime: 5_000,
        kdcBackoffTime: 10_000,
        kdcSendRetries: 2,
      },
      serviceWaitTime: 30_000,
    },
    service: (host) => services.get(host.toLowerCase()),
    rdp: {
      security: {
        protocols: PROTOCOLS[fields.networkLevelAuthentication],
        // One switch of Windows for both.
        restrictedAdmin: fields.nonExportableCredentials,
        remoteCredentialGuard: fields.nonExportableCredentials,
        certificate: true,
        clientCertificates: false,
      },
      maxWidth: 1_920,
      maxHeight: 1_200,
    },
    ...(fields.ntlm ? { ntlm: target } : {}),
    passThrough,
    ...tlsOf(scene, name, names),
    administrators: domain.sids(['Domain Admins']),
    remoteDesktopUsers: domain.sids(fields.remoteDesktopUsers),
    smartCardRemoval: fields.smartCardRemoval,
    connectionTimeout: fields.connectionTimeout,
    cardWaitTime: fields.cardWaitTime,
    kdcTrust: kdcTrustOf(scene, fields, true),
    listSources: listSourcesOf(scene, fields.realm),
  };
}

/** The names of the domain, and the SIDs of what is in it. */
function domainOf(
  scene: Scene,
  realm: string,
): { readonly flatName: string; sids(names: readonly string[]): readonly string[] } {
  const controllers = members<DomainControllerFields>(scene, realm, 'domain-controller');
  const [first] = controllers;
  if (first === undefined) {
    return { flatName: realm.split('.')[0] ?? realm, sids: () => [] };
  }
  const [controller, fields] = first;
  const { flatName, sid } = realmNames(scene, controller, fields);
  const { accounts, groups } = accountSeeds(scene, realm, controller, controllers);
  const known = new Map<string, number>([
    ...DOMAIN_GROUPS.map(({ name, rid }): [string, number] => [foldName(name), rid]),
    ...groups.flatMap(({ name, rid }): [string, number][] =>
      rid === undefined ? [] : [[foldName(name), rid]],
    ),
    ...accounts.flatMap(({ sAMAccountName, rid }): [string, number][] =>
      rid === undefined ? [] : [[foldName(sAMAccountName), rid]],
    ),
    [foldName('Administrator'), 500],
    [foldName('Domain Admins'), DOMAIN_ADMINS],
  ]);
  return {
    flatName,
    sids: (names) =>
      names.map((name) => {
        const rid = known.get(foldName(name));
        if (rid === undefined) throw new RangeError(`${realm} has no account or group ${name}`);
        return `${sid}-${rid}`;
      }),
  };
}

const YEAR = 365 * 86_400_000;

/** The certificate that Windows makes for itself where no authority gave it one. */
function tlsOf(
  scene: Scene,
  name: string,
  { dnsHostName }: ComputerNames,
): Pick<RdpHostConfig, 'key' | 'certificate' | 'publicKey'> {
  const key = `${name}/remote-desktop`;
  const signatureAlgorithm = 'sha256WithRSAEncryption';
  const tbs = tbsCertificate(webServer({ dnsNames: [dnsHostName] }), {
    issuer: commonName(dnsHostName),
    publicKey: scene.key(key, 'RSA-2048'),
    serialNumber: serialNumber(scene, key),
    notBefore: scene.start - YEAR / 12,
    notAfter: scene.start + YEAR,
    signatureAlgorithm,
  });
  const certificate = signedCertificate(
    tbs,
    signatureAlgorithm,
    scene.sign(key, signatureAlgorithm, tbs),
  );
  const publicKey = boundKeyOf(certificate);
  if (publicKey === undefined) throw new Error('a certificate of our own does not read');
  return { key, certificate, publicKey };
}
