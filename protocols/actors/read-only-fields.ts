/** What scenario files may say of a read-only domain controller. */
import {
  actor,
  defaulted,
  duration,
  type Infer,
  integer,
  listOf,
  object,
  optional,
  text,
} from '../../src/schema/schema.ts';
import { hostField, realm } from './fields.ts';

const member = text('An account or a group, by name', { example: 'Branch Users' });

export type ReadOnlyControllerFields = Infer<typeof readOnlyControllerFields>;
export const readOnlyControllerFields = object({
  realm,
  host: optional(hostField('Its DNS name; left out: the actor in the realm', 'rodc1.corp.example')),
  writable: actor(
    'The writable domain controller that it forwards to and takes secrets from',
    'domain-controller',
  ),
  number: optional(
    integer('msDS-SecondaryKrbTgtNumber of its krbtgt account; left out: follows from the seed', {
      min: 1,
      max: 65_535,
    }),
  ),
  revealOnDemand: optional(
    listOf(
      'msDS-RevealOnDemandGroup, whose secrets it may be given; left out: Allowed RODC Password Replication Group',
      member,
    ),
  ),
  neverReveal: optional(
    listOf(
      'msDS-NeverRevealGroup, whose secrets it may not; left out: Denied RODC Password Replication Group and the groups of operators',
      member,
    ),
  ),
  revealed: defaulted(
    listOf('Accounts whose secrets it was given before the story begins', member),
    [],
  ),
  forwardWaitTime: defaulted(
    duration('How long it waits for the writable domain controller to answer'),
    '4s',
  ),
});
