/** Certificates of domain controllers and users as they are when the story begins. */
import type { Scene } from '../../src/scenario/role.ts';
import { domainDn, formatDn } from '../directory/dn.ts';
import type { KdcIdentity } from '../kdc/pkinit-policy.ts';
import type { Certificate } from '../x509/certificate.ts';
import { EXTENSION, KEY_PURPOSE } from '../x509/constants.ts';
import type { CertificateProfile } from '../x509/issue.ts';
import { extendedKeyUsage } from '../x509/library.ts';
import { distinguishedName } from '../x509/names.ts';
import {
  domainController,
  helloLogon,
  kdcName,
  kerberosAuthentication,
  type LogonNames,
  sidUri,
  smartcardLogon,
} from '../x509/profiles.ts';
import { subjectAltName } from '../x509/subject-alt-name.ts';
import { applicationPolicies } from '../x509/windows-extensions.ts';
import { accountIdentity } from './account-identity.ts';
import type { DeviceFields, DomainControllerFields, UserConfig } from './fields.ts';
import { type CastHelloKey, keysOnDevice } from './hello-keys.ts';
import {
  AUTHORITY_ROLE,
  type Authority,
  authority,
  chainOf,
  issued,
  serialNumber,
  signatureAlgorithmFor,
} from './pki-cast.ts';
import type { CertificateFields, Purpose, UserCertificate } from './pki-fields.ts';
import { templateOf } from './pki-templates.ts';
import { realmNames } from './realm-names.ts';

const DAY = 86_400_000;
/** Later than the accounts, which are a month old: a weak mapping asks for that (KB5014754). */
const CERTIFICATE_AGE = 29 * DAY;
const VALIDITY = 365 * DAY;

/** A certificate with what its owner needs to use it. */
export interface HeldCertificate {
  readonly certificate: Certificate;
  /** Issuers, nearest first, without the root; DER. */
  readonly chain: readonly Uint8Array[];
  /** Name of the private key in the key store. */
  readonly key: string;
  /** Of signatures with it: `sha256WithRSAEncryption`. */
  readonly signatureAlgorithm: string;
  readonly issuer: Authority;
}

const PURPOSE_OIDS: Readonly<Record<Purpose, string>> = {
  clientAuth: KEY_PURPOSE.clientAuthentication,
  serverAuth: KEY_PURPOSE.serverAuthentication,
  smartCardLogon: KEY_PURPOSE.smartCardLogon,
  pkinitKPClientAuth: KEY_PURPOSE.pkinitClientAuthentication,
  pkinitKPKdc: KEY_PURPOSE.kdcAuthentication,
  certificateRequestAgent: KEY_PURPOSE.certificateRequestAgent,
  emailProtection: '1.3.6.1.5.5.7.3.4',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  anyExtendedKeyUsage: KEY_PURPOSE.anyExtendedKeyUsage,
};

/** The same certificate for other purposes; none at all: without the extension. */
function withPurposes(
  profile: CertificateProfile,
  purposes: readonly Purpose[] | undefined,
): CertificateProfile {
  if (purposes === undefined) return profile;
  const oids = purposes.map((purpose) => PURPOSE_OIDS[purpose]);
  const extensions = profile.extensions.flatMap((extension) => {
    switch (extension.extnID) {
      case EXTENSION.extendedKeyUsage:
        return oids.length === 0 ? [] : [extendedKeyUsage(oids)];
      case EXTENSION.applicationPolicies:
        return oids.length === 0 ? [] : [applicationPolicies(oids)];
      default:
        return [extension];
    }
  });
  return { ...profile, extensions };
}

/** @param key name in the key store */
function held(
  scene: Scene,
  key: string,
  profile: CertificateProfile,
  fields: CertificateFields,
): HeldCertificate {
  const issuer = authority(scene, fields.issuer);
  const publicKey = scene.key(key, fields.key);
  const notBefore = fields.notBefore ?? scene.start - CERTIFICATE_AGE;
  const certificate = issued(
    scene,
    issuer,
    withPurposes(profile, fields.purposes),
    {
      publicKey,
      serialNumber: serialNumber(scene, key),
      notBefore,
      notAfter: fields.notAfter ?? notBefore + VALIDITY,
    },
    signatureAlgorithmFor(issuer.config.key, fields.signedWith),
  );
  const signatureAlgorithm = signatureAlgorithmFor(fields.key);
  return { certificate, chain: chainOf(issuer), key, signatureAlgorithm, issuer };
}

const kept = new WeakMap<Scene, Map<string, HeldCertificate>>();

/** Many ask for the same one, and each costs a signature. */
function once(scene: Scene, name: string, make: () => HeldCertificate): HeldCertificate {
  const known = kept.get(scene) ?? new Map<string, HeldCertificate>();
  kept.set(scene, known);
  const found = known.get(name) ?? make();
  known.set(name, found);
  return found;
}

/** The certificate of a domain controller; undefined when the file gives it none. */
export function controllerHeld(
  scene: Scene,
  name: string,
  config: DomainControllerFields,
): HeldCertificate | undefined {
  const { certificate: fields } = config;
  if (fields === undefined) return undefined;
  return once(scene, name, () => {
    const { dnsHostName: host, flatName: netbios, name: realm } = realmNames(scene, name, config);
    const dnsHostName = host.toLowerCase();
    const domain = realm.toLowerCase();
    const profile =
      fields.template === 'DomainController'
        ? domainController({ dnsHostName })
        : kerberosAuthentication({
            dnsHostName,
            domain,
            netbios,
            template: templateOf(scene, realm, 'KerberosAuthentication'),
          });
    const { dnsNames } = fields;
    const named =
      dnsNames === undefined ? profile : withDnsNames(profile, dnsNames, fields.template, realm);
    return held(scene, `dc/${name}`, named, fields);
  });
}

/** The same for its KDC. */
export function kdcIdentity(
  scene: Scene,
  name: string,
  config: DomainControllerFields,
): KdcIdentity | undefined {
  const held = controllerHeld(scene, name, config);
  if (held === undefined) return undefined;
  const { certificate, chain, key, signatureAlgorithm: algorithm } = held;
  return { certificate: certificate.der, chain, key, algorithm };
}

/** With other names in it than its template gives: a certificate of another host, a broken one. */
function withDnsNames(
  profile: CertificateProfile,
  dns: readonly string[],
  template: string,
  realm: string,
): CertificateProfile {
  const kerberos = template === 'DomainController' ? [] : [kdcName(realm)];
  const names = subjectAltName({ dns, kerberos });
  const extensions = profile.extensions.map((extension) =>
    extension.extnID === EXTENSION.subjectAltName ? names : extension,
  );
  return { ...profile, extensions };
}

/** The certificate of a user's smart card; undefined when the file gives them none. */
export function userHeld(
  scene: Scene,
  name: string,
  config: UserConfig,
): HeldCertificate | undefined {
  const { certificate: fields } = config;
  if (fields === undefined) return undefined;
  return once(scene, name, () => {
    const logon = logonNames(scene, name, config, fields);
    const profile =
      fields.template === 'WHFBAuthentication' ? helloLogon(logon) : smartcardLogon(logon);
    return held(scene, `users/${name}`, profile, fields);
  });
}

/**
 * The certificate of a Hello key (certificate trust); undefined when the file gives it none.
 * @param user whose container it is
 */
export function helloHeld(
  scene: Scene,
  user: string,
  { key, container }: CastHelloKey,
): HeldCertificate | undefined {
  const { certificate } = container;
  if (certificate === undefined) return undefined;
  return once(scene, key, () => {
    const fields = { ...certificate, template: 'WHFBAuthentication', key: container.key } as const;
    const config = scene.actors[user]?.config as UserConfig;
    return held(scene, key, helloLogon(logonNames(scene, user, config, fields)), fields);
  });
}

function logonNames(
  scene: Scene,
  name: string,
  config: UserConfig,
  fields: UserCertificate,
): LogonNames {
  const { sAMAccountName = name, realm } = config;
  const account = accountIdentity(scene, name);
  const container = config.container ?? 'CN=Users';
  const dn = `${formatDn([{ type: 'CN', value: sAMAccountName }])},${container},${formatDn(domainDn(realm.toLowerCase()))}`;
  const upn = fields.upn ?? account?.upn ?? false;
  const own = account?.sid ?? false;
  const sid = fields.sid ?? (fields.sidUri ? false : own);
  const { email } = fields;
  const enterprise = authority(scene, fields.issuer).config.realm;
  return {
    subject: distinguishedName(fields.subject ?? dn),
    ...(upn === false ? {} : { upn }),
    ...(sid === false ? {} : { sid }),
    names: {
      ...(email === undefined ? {} : { email: [email] }),
      ...(fields.sidUri && own !== false ? { uri: [sidUri(own)] } : {}),
    },
    // Authorities that are in no directory know no templates.
    ...(enterprise === undefined
      ? {}
      : { template: templateOf(scene, enterprise, fields.template) }),
  };
}

/** Tells whoever exports what the cast has that a user has a certificate. */
export function noteIdentity(scene: Scene, name: string, config: UserConfig): void {
  const held = userHeld(scene, name, config);
  if (held === undefined) return;
  const { certificate, chain, key } = held;
  scene.identity({ name, key, certificates: [certificate.der, ...chain] });
}

/** Who was certified by an authority before the story, by actor. */
export function certifiedBy(
  scene: Scene,
  issuer: string,
): readonly { readonly holder: string; readonly certificate: Certificate }[] {
  return Object.entries(scene.actors).flatMap(([holder, { role, config }]) => {
    if (role === 'device') return helloCertificates(scene, holder, config as DeviceFields, issuer);
    const certificate = certificateHeld(scene, holder, role, config);
    return certificate?.issuer === issuer ? [{ holder, certificate: certificate.certificate }] : [];
  });
}

/** Of the Hello keys on a device; their holders are the users. */
function helloCertificates(
  scene: Scene,
  device: string,
  config: DeviceFields,
  issuer: string,
): readonly { readonly holder: string; readonly certificate: Certificate }[] {
  return Array.from(keysOnDevice(scene, device, config)).flatMap(([holder, key]) => {
    const found = helloHeld(scene, holder, key);
    if (found?.issuer.actor !== issuer) return [];
    return [{ holder, certificate: found.certificate }];
  });
}

function certificateHeld(
  scene: Scene,
  holder: string,
  role: string,
  config: unknown,
): { readonly issuer: string; readonly certificate: Certificate } | undefined {
  if (role === AUTHORITY_ROLE) {
    const { parent, certificate } = authority(scene, holder);
    return parent === undefined ? undefined : { issuer: parent.actor, certificate };
  }
  const found =
    role === 'user'
      ? userHeld(scene, holder, config as UserConfig)
      : role === 'domain-controller'
        ? controllerHeld(scene, holder, config as DomainControllerFields)
        : undefined;
  return found === undefined
    ? undefined
    : { issuer: found.issuer.actor, certificate: found.certificate };
}
