/** How a script says what people do in the directory. */
import type { VerbDefinition } from '../../src/scenario/role.ts';
import {
  defaulted,
  object,
  oneOf,
  optional,
  record,
  secret,
  text,
} from '../../src/schema/schema.ts';
import { attributesField, attributeValue } from './attribute-values.ts';

const as = defaulted(
  text('Whose rights count: an account by its name', { example: 'alice' }),
  'Administrator',
);

const named = (about: string) =>
  text(`${about}: an account or group by its name, any object by its DN without the domain`, {
    example: 'CN=AdminSDHolder,CN=System',
  });

export const directoryVerbs: Readonly<Record<string, VerbDefinition>> = {
  reads: {
    about: 'Reads an attribute; the values stand in the outcome.',
    schema: object({
      reads: named('Which object'),
      attribute: text('Its LDAP name', { example: 'memberOf' }),
      as,
    }),
  },
  sets: {
    about: 'Replaces values of attributes; an empty list removes them.',
    schema: object({
      sets: named('Which object'),
      attributes: record('Values by LDAP name', attributeValue),
      as,
    }),
  },
  adds: {
    about: 'Makes an account or group a member of a group.',
    schema: object({ adds: named('Who'), to: named('The group'), as }),
  },
  removes: {
    about: 'Ends a membership.',
    schema: object({ removes: named('Who'), from: named('The group'), as }),
  },
  creates: {
    about: 'Adds an account, a group or another object.',
    schema: object({
      creates: text('Its sAMAccountName', { example: 'bob' }),
      objectClass: defaulted(oneOf('Its class', ['user', 'computer', 'group']), 'user'),
      in: optional(text('The container, without the domain', { example: 'OU=Sales' })),
      password: optional(secret('Its password')),
      attributes: attributesField,
      as,
    }),
  },
  renames: {
    about: 'Gives an object another common name; its account name is an attribute and stays.',
    schema: object({ renames: named('Which object'), to: text('The new name'), as }),
  },
  deletes: {
    about: 'Deletes an object.',
    schema: object({ deletes: named('Which object'), as }),
  },
  unlocks: {
    about: 'Ends a lockout.',
    schema: object({ unlocks: named('Whose account'), as }),
  },
  resets: {
    about: 'Gives an account a new password, without the old one.',
    schema: object({ resets: named('Whose account'), password: secret('The new password'), as }),
  },
  runs: {
    about:
      'Runs dsacls, Set-, Get- or Remove-AzureADKerberosServer, or an operation of the rootDSE such as runProtectAdminGroupsTask.',
    schema: object({
      runs: text('The command line, or the operation', {
        example: 'runProtectAdminGroupsTask',
      }),
      as,
    }),
  },
};
