/** What a new domain is made of, besides what every domain has. */
import type { GroupScope } from './well-known-principals.ts';

/** Texts, numbers and booleans become LDAP's strings; lists become several values. */
export type SeedValue = string | number | bigint | boolean | Uint8Array;
export type SeedAttributes = Readonly<Record<string, SeedValue | readonly SeedValue[]>>;

/** A password, or keys by etype in hexadecimal. Keys of passwords are made when they are needed. */
export interface SecretSeed {
  readonly password?: string;
  readonly keys?: Readonly<Record<string, string>>;
  /** Absent: 2, as accounts have whose password was set when they were made. */
  readonly kvno?: number;
  /** Absent: as Active Directory makes it from the names (MS-KILE 3.1.1.2). */
  readonly salt?: string;
}

export interface AccountSeed {
  readonly sAMAccountName: string;
  /** Absent: `computer` where the name ends in `$`, else `user`. */
  readonly objectClass?: string;
  /** Common name. Absent: the account's name without `$`. */
  readonly cn?: string;
  /** Below the domain, as `OU=Sales`; units that are not there are made. Absent: by the class. */
  readonly container?: string;
  /** Last part of objectSid. Absent: the next free one. */
  readonly rid?: number;
  readonly secret?: SecretSeed;
  /** Groups by name. */
  readonly memberOf?: readonly string[];
  /** Values that name other objects are sAMAccountNames or DNs. */
  readonly attributes?: SeedAttributes;
}

export interface GroupSeed {
  readonly name: string;
  readonly scope?: Exclude<GroupScope, 'builtin'>;
  readonly rid?: number;
  readonly container?: string;
  /** Accounts and groups by sAMAccountName. */
  readonly members?: readonly string[];
  /** Groups that the group itself is in. */
  readonly memberOf?: readonly string[];
  readonly attributes?: SeedAttributes;
}

/** A read-only domain controller, or the object that stands for Entra's: MS-ADTS 6.1.1.3.2. */
export interface ReadOnlyControllerSeed {
  /** `RODC1`, `AzureADKerberos`. */
  readonly name: string;
  readonly host?: string;
  readonly secret?: SecretSeed;
  /** The account whose keys its tickets are made with. */
  readonly krbtgt: {
    /** msDS-SecondaryKrbTgtNumber, 1 to 65535. */
    readonly number: number;
    /** Absent: `krbtgt_` and the number. */
    readonly sAMAccountName?: string;
    readonly secret?: SecretSeed;
    readonly rid?: number;
    readonly attributes?: SeedAttributes;
  };
  /** Absent: Allowed RODC Password Replication Group. */
  readonly revealOnDemandGroup?: readonly string[];
  /** Absent: Denied RODC Password Replication Group and the operators' groups. */
  readonly neverRevealGroup?: readonly string[];
  readonly rid?: number;
  /** Added, and instead of the usual ones. */
  readonly attributes?: SeedAttributes;
}

export interface TrustSeed {
  /** DNS name of the other domain. */
  readonly partner: string;
  readonly flatName: string;
  /** Its domain SID. */
  readonly sid: string;
  /** As seen from here: `inbound`, our users go there; `outbound`, theirs come here. */
  readonly direction: 'inbound' | 'outbound' | 'bidirectional';
  readonly secret: SecretSeed;
  readonly trustAttributes?: number;
  readonly attributes?: SeedAttributes;
}

/** Any other object. */
export interface ObjectSeed {
  /** Below the domain, or complete. */
  readonly dn: string;
  readonly objectClass: string;
  readonly attributes?: SeedAttributes;
  /** SIDs whose holders have every right on it and on all below, as a delegation gives. */
  readonly delegatedTo?: readonly string[];
}

/** Many users that differ in their names only, for measurements. */
export interface PopulationSeed {
  readonly count: number;
  /** `user` gives `user000001` and so on. */
  readonly prefix: string;
  readonly password: string;
}

/** A certification authority as a container below Public Key Services has it. */
export interface AuthoritySeed {
  /** Its common name. */
  readonly name: string;
  readonly certificate: Uint8Array;
}

/** What is below CN=Public Key Services when the domain is made; DER throughout. */
export interface PublicKeyServicesSeed {
  /** CN=Certification Authorities. */
  readonly roots: readonly AuthoritySeed[];
  /** Certificates in CN=NTAuthCertificates. */
  readonly ntAuth: readonly Uint8Array[];
  /** CN=AIA. */
  readonly intermediates: readonly AuthoritySeed[];
  /** CN=CDP, below a container of the authority's host. */
  readonly revocationLists: readonly {
    readonly name: string;
    /** NetBIOS name of the host. */
    readonly host: string;
    readonly crl: Uint8Array;
    /** SID of who may write the list besides administrators. */
    readonly publisherSid?: string;
  }[];
  /** CN=Enrollment Services: attributes of pKIEnrollmentService besides the certificate. */
  readonly enrollmentServices: readonly (AuthoritySeed & {
    readonly attributes?: SeedAttributes;
  })[];
  /** CN=Certificate Templates: attributes of pKICertificateTemplate. */
  readonly templates: readonly { readonly name: string; readonly attributes: SeedAttributes }[];
}

export interface DomainSeed {
  /** `corp.example` */
  readonly dnsName: string;
  /** `CORP` */
  readonly netbios: string;
  /** `S-1-5-21-...` */
  readonly sid: string;
  /** Absent: Default-First-Site-Name. */
  readonly site?: string;
  readonly controller: {
    /** NetBIOS name: `DC1`. */
    readonly name: string;
    /** `dc1.corp.example` */
    readonly host: string;
    readonly rid?: number;
    readonly secret?: SecretSeed;
    readonly attributes?: SeedAttributes;
  };
  /** When the domain is made, in milliseconds since 1970. */
  readonly now: number;
  /** Octets that follow from the label and the scenario's seed. */
  random(label: string): (size: number) => Uint8Array;
  /** msDS-Behavior-Version of domain and forest; absent: 7, Windows Server 2016. */
  readonly functionalLevel?: number;
  /** The domain's own attributes: password and lockout policy (MS-ADTS 3.1.1.4.5). */
  readonly policy?: SeedAttributes;
  readonly krbtgt?: SecretSeed;
  readonly administrator?: SecretSeed;
  readonly accounts?: readonly AccountSeed[];
  readonly groups?: readonly GroupSeed[];
  readonly readOnlyControllers?: readonly ReadOnlyControllerSeed[];
  readonly trusts?: readonly TrustSeed[];
  readonly objects?: readonly ObjectSeed[];
  readonly population?: PopulationSeed;
  readonly publicKeyServices?: PublicKeyServicesSeed;
}
