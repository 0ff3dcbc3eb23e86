/** What scenario files may say of AD FS. */
import {
  actor,
  defaulted,
  flag,
  type Infer,
  object,
  oneOf,
  optional,
  text,
} from '../../src/schema/schema.ts';

export type AdFsFields = Infer<typeof adFsFields>;
export const adFsFields = object({
  realm: text('The realm whose users and devices it knows', {
    example: 'CORP.EXAMPLE',
    pattern: /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
    expected: 'a DNS name such as CORP.EXAMPLE',
  }),
  host: optional(
    text('Name of the federation service; left out: the actor in the realm', {
      example: 'sts.corp.example',
      pattern: /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
      expected: 'a host name such as sts.corp.example',
    }),
  ),
  serviceAccount: defaulted(
    text('sAMAccountName of the account that it runs as', { example: 'svc-adfs' }),
    'svc-adfs',
  ),
  issuer: actor(
    'Who issues its enrolment agent’s certificate, and those of users',
    'certificate-authority',
  ),
  template: defaulted(
    text('Name of the template of users’ sign-in certificates', { example: 'WHFBAuthentication' }),
    'WHFBAuthentication',
  ),
  issuesCertificates: defaulted(
    flag('It is a registration authority for Hello certificates'),
    true,
  ),
  agentCertificate: defaulted(
    oneOf('What its agent’s certificate allows: signing requests, or nothing of the kind', [
      'enrollmentAgent',
      'notAnAgent',
    ]),
    'enrollmentAgent',
  ),
});
