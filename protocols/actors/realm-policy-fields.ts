/** What scenario files may say of a realm's policy; what is left out is as `protocols/kdc/realm.ts` has it. */
import { duration, integer, object, oneOf, optional } from '../../src/schema/schema.ts';
import { encryptionTypes } from './encryption-types.ts';

export const realmPolicyFields = object(
  {
    maxTicketAge: optional(duration('How long a ticket-granting ticket lasts (10h)')),
    maxRenewAge: optional(duration('How long it can be renewed (7d)')),
    maxServiceAge: optional(duration('How long a service ticket lasts (600m)')),
    maxClockSkew: optional(duration('How far clocks may be apart (5m)')),
    maxDatagramReplySize: optional(
      integer('Longer answers must be asked for over TCP (1465)', { min: 64, max: 65_507 }),
    ),
    supportedEncryptionTypes: optional(
      encryptionTypes('What the domain controller speaks at all (both AES types)'),
    ),
    defaultDomainSupportedEncTypes: optional(
      encryptionTypes('Stands in for an absent msDS-SupportedEncryptionTypes (both AES types)'),
    ),
    readOnlyTickets: optional(
      oneOf(
        'Whose tickets of read-only controllers are taken: of all that their policy allows, or of those that were revealed to them (allowed)',
        ['allowed', 'revealed'],
      ),
    ),
    readOnlyTicketsFor: optional(
      oneOf('What tickets of read-only controllers are good for (anyService)', [
        'anyService',
        'exchange',
      ]),
    ),
    keyListFor: optional(
      oneOf(
        'With which tickets a client gets its keys (KERB-KEY-LIST-REQ): those of read-only controllers, or any (readOnlyTickets)',
        ['readOnlyTickets', 'any'],
      ),
    ),
    previousKrbtgtKeys: optional(
      integer('How many former keys of a krbtgt account still open tickets (1)', { max: 2 }),
    ),
    authenticatorChecksum: optional(
      oneOf('Whether a TGS-REQ needs a checksum in its authenticator (required)', [
        'required',
        'optional',
      ]),
    ),
    expiredPasswordTold: optional(
      oneOf('Who is told of an expired password: who knows it, or everybody (afterPreauth)', [
        'afterPreauth',
        'beforePreauth',
      ]),
    ),
    expiredAccountCode: optional(
      oneOf('What an expired account is told (KDC_ERR_CLIENT_REVOKED)', [
        'KDC_ERR_CLIENT_REVOKED',
        'KDC_ERR_NAME_EXP',
      ]),
    ),
  },
  'What its administrators decided',
);
