/** What scenario files may say of certification authorities and of certificates that are there when the story begins. */
import {
  actor,
  defaulted,
  duration,
  either,
  exactly,
  flag,
  type Infer,
  integer,
  listOf,
  object,
  oneOf,
  optional,
  text,
  time,
} from '../../src/schema/schema.ts';

/** Kinds and sizes of keys that stories may ask for. */
export const KEY_ALGORITHMS = [
  'RSA-1024',
  'RSA-2048',
  'RSA-3072',
  'RSA-4096',
  'P-256',
  'P-384',
  'P-521',
] as const;

/** Key purposes by their names in the standards and in Windows. */
export const PURPOSES = [
  'clientAuth',
  'serverAuth',
  'smartCardLogon',
  'pkinitKPClientAuth',
  'pkinitKPKdc',
  'certificateRequestAgent',
  'emailProtection',
  'codeSigning',
  'anyExtendedKeyUsage',
] as const;

export type Purpose = (typeof PURPOSES)[number];

const key = (algorithm: (typeof KEY_ALGORITHMS)[number]) =>
  defaulted(oneOf('Kind and size of its key', KEY_ALGORITHMS), algorithm);

const dnsName = text('A DNS name', { example: 'dc1.corp.example' });

const ownOr = (about: string, example: string) =>
  optional(
    either(about, 'a text, or false for none', [text(about, { example }), exactly('None', false)]),
  );

/** What any certificate may say of itself. */
const certificate = {
  issuer: actor('Who issued it', 'certificate-authority'),
  notBefore: optional(time('When it begins to be valid; left out: a month before the story')),
  notAfter: optional(time('When it ends; left out: a year after it begins')),
  purposes: optional(
    listOf('Key purposes (EKU); left out: those of its template', oneOf('A purpose', PURPOSES)),
  ),
  signedWith: optional(
    oneOf('The digest under its issuer’s signature; left out: SHA-256', ['SHA-1', 'SHA-256']),
  ),
};

/** What all of them have. */
export type CertificateFields = Infer<ReturnType<typeof object<typeof certificate>>> & {
  readonly key: (typeof KEY_ALGORITHMS)[number];
};

export type ControllerCertificate = Infer<typeof controllerCertificate>;
export const controllerCertificate = object(
  {
    ...certificate,
    template: defaulted(
      oneOf('What it is made by', ['KerberosAuthentication', 'DomainController']),
      'KerberosAuthentication',
    ),
    key: key('RSA-2048'),
    dnsNames: optional(
      listOf(
        'DNS names in it; left out: host, domain and NetBIOS name, as its template has it',
        dnsName,
      ),
    ),
  },
  'The certificate that its KDC shows',
);

export type UserCertificate = Infer<typeof userCertificate>;
export const userCertificate = object(
  {
    ...certificate,
    template: defaulted(
      oneOf('What it is made by', ['SmartcardLogon', 'WHFBAuthentication']),
      'SmartcardLogon',
    ),
    key: key('RSA-2048'),
    subject: optional(
      text('Its subject (RFC 4514); left out: the distinguished name of the account', {
        example: 'CN=Alice Example,O=Example',
      }),
    ),
    upn: ownOr('User principal name in it; left out: that of the account', 'alice@corp.example'),
    sid: ownOr(
      'SID in the security extension; left out: that of the account',
      'S-1-5-21-1-2-3-1105',
    ),
    sidUri: defaulted(
      flag(
        'Carries the SID as a URI of the subject’s alternative names, as certificates of others do',
      ),
      false,
    ),
    email: optional(text('Mail address in it', { example: 'alice@corp.example' })),
  },
  'The certificate of their smart card',
);

const { key: _, template: __, ...ofHelloKey } = userCertificate.shape;

export type HelloCertificate = Infer<typeof helloCertificate>;
/** The same for a Hello key, whose container says what key it is. */
export const helloCertificate = object(
  ofHelloKey,
  'The certificate of the key (certificate trust)',
);

const revocationList = object({
  validity: defaulted(duration('How long a list is valid besides its overlap'), '7d'),
  published: optional(
    time('When the list that is there at the beginning was made; left out: a day before the story'),
  ),
  renews: defaulted(flag('Makes a new list in time'), true),
});

export type CertificateAuthorityFields = Infer<typeof certificateAuthorityFields>;
export const certificateAuthorityFields = object({
  commonName: optional(
    text('Its common name; left out: the actor’s name', { example: 'Corp Issuing CA' }),
  ),
  parent: optional(
    actor('Who issued its certificate; left out: itself, it is a root', 'certificate-authority'),
  ),
  realm: optional(
    text('The realm whose directory it is in (an enterprise CA); left out: it is in none', {
      example: 'CORP.EXAMPLE',
      pattern: /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
      expected: 'a DNS name such as CORP.EXAMPLE',
    }),
  ),
  inNtAuth: defaulted(
    flag('Its certificates may sign in: it is in NTAuthCertificates of the realm'),
    true,
  ),
  key: key('RSA-2048'),
  host: optional(
    text('Where it is asked over HTTP; left out: the actor in the realm', {
      example: 'pki.corp.example',
      pattern: /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
      expected: 'a host name such as pki.corp.example',
    }),
  ),
  notBefore: optional(time('When its certificate begins; left out: two years before the story')),
  notAfter: optional(time('When its certificate ends; left out: ten years after it begins')),
  pathLength: optional(integer('How many authorities may stand below it', { max: 10 })),
  revocationList: defaulted(revocationList, {}),
});
