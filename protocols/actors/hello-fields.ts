/** What scenario files may say of Windows Hello on a device: what is built in, containers that are there. */
import {
  actor,
  defaulted,
  duration,
  flag,
  type Infer,
  integer,
  listOf,
  object,
  oneOf,
  optional,
  record,
  secret,
  text,
} from '../../src/schema/schema.ts';
import type { Biometric } from '../hello/container.ts';
import { type GestureLimits, WINDOWS_LIMITS } from '../hello/policy.ts';
import { helloCertificate, KEY_ALGORITHMS } from './pki-fields.ts';
import { kdcTrustFields, pkinitClientFields } from './pkinit-client-fields.ts';
import { helloPolicy, policySources } from './policy-fields.ts';

export const BIOMETRICS = ['fingerprint', 'face'] as const satisfies readonly Biometric[];

const gestureLimits = object(
  {
    challengeAfter: optional(integer('Wrong PINs after which the phrase A1B2C3 is wanted (4)')),
    restartAfter: optional(integer('Wrong PINs after which a restart is wanted (5)', { min: 1 })),
    waitsAfterRestart: optional(
      listOf(
        'How long no PIN is taken after such restarts in a row (1m, 1m, 1m, 2m, 10m)',
        duration('A wait'),
      ),
    ),
    failuresMax: optional(integer('Failures after which the TPM is locked (32)', { min: 1 })),
    forgetsAfter: optional(duration('How long until it forgets one (10m)')),
    biometricTries: optional(integer('Biometric failures after which the PIN is wanted (3)')),
  },
  'What Windows and the TPM have built in',
);

export type HelloContainerFields = Infer<typeof helloContainer>;
const helloContainer = object({
  pin: secret('Their PIN'),
  biometrics: defaulted(
    listOf('What is enrolled besides the PIN', oneOf('A biometric gesture', BIOMETRICS)),
    [],
  ),
  key: defaulted(oneOf('Kind and size of the Hello key', KEY_ALGORITHMS), 'RSA-2048'),
  trust: optional(
    oneOf('How Active Directory knows it; left out: as certificate and policy have it', [
      'key',
      'certificate',
      'cloud',
    ]),
  ),
  certificate: optional(helloCertificate),
  registered: defaulted(
    flag('Key trust: the public key is in msDS-KeyCredentialLink when the story begins'),
    true,
  ),
});

const guid = (about: string) =>
  optional(
    text(about, {
      example: '6b1d4a0c-9c0e-4f3a-8f6e-2b7c1d5e9a10',
      pattern: /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
      expected: 'a GUID such as 6b1d4a0c-9c0e-4f3a-8f6e-2b7c1d5e9a10',
    }),
  );

/** Fields of a device. */
export const helloFields = {
  join: defaulted(
    oneOf(
      'What it is joined to: the domain, both (Entra hybrid joined), Entra alone, or nothing yet',
      ['domain', 'hybrid', 'entra', 'none'],
    ),
    'domain',
  ),
  synchronized: defaulted(
    flag(
      'Of a member of a domain: Entra Connect has brought its account, so that it can join Entra',
    ),
    true,
  ),
  tpm: defaulted(oneOf('Its TPM', ['2.0', '1.2', 'none']), '2.0'),
  deviceId: guid('What Entra calls it; left out: one that follows from the seed'),
  pkinit: defaulted(pkinitClientFields, {}),
  ...kdcTrustFields,
  helloPolicy: defaulted(helloPolicy, {}),
  policies: optional(policySources),
  gestureLimits: defaulted(gestureLimits, {}),
  hello: defaulted(
    record(
      'Hello containers that are there when the story begins, by user',
      helloContainer,
      actor('Whose container it is', 'user'),
    ),
    {},
  ),
};

export function limitsOf(fields: Infer<typeof gestureLimits>): GestureLimits {
  return { ...WINDOWS_LIMITS, ...fields };
}
