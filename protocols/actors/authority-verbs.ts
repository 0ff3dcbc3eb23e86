/** How a script says what administrators of a certification authority do. */
import type { VerbDefinition } from '../../src/scenario/role.ts';
import { actor, defaulted, object, oneOf } from '../../src/schema/schema.ts';

/** CRLReason (RFC 5280 section 5.3.1) by its names, those that fit certificates of people and computers. */
export const REASONS = {
  unspecified: 0,
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
} as const;
export type Reason = keyof typeof REASONS;

const NAMES = [
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
] as const satisfies readonly Reason[];

export const authorityVerbs: Readonly<Record<string, VerbDefinition>> = {
  revokes: {
    about: 'Revokes the certificates that somebody has of it; the next list says so.',
    schema: object({
      revokes: actor('Whose: a user, a domain controller or an authority below'),
      reason: defaulted(oneOf('Why', NAMES), 'unspecified'),
    }),
  },
  publishes: {
    about: 'Makes a new list now and puts it where clients look for it.',
    schema: object({ publishes: oneOf('What', ['crl']) }),
  },
};
