/** Requests in few words, and what is looked for in the answers. */
import type {
  Filter,
  LdapMessage,
  PartialAttribute,
  ProtocolOp,
} from '../../../protocols/ldap/messages.ts';
import { fromUtf8, utf8 } from '../../../src/bytes/bytes.ts';
import {
  type LdapClient,
  type LdapDomain,
  ldapClient,
  ldapDomain,
  PASSWORD,
} from './ldap-domain.ts';

export const DOMAIN_DN = 'DC=corp,DC=example';
export const ADMINISTRATOR = `CN=Administrator,CN=Users,${DOMAIN_DN}`;

export function bindRequest(name: string, password: string): ProtocolOp {
  return { bindRequest: { version: 3, name, authentication: { simple: utf8(password) } } };
}

export function searchRequest(
  baseObject: string,
  asked: {
    readonly scope?: 0 | 1 | 2;
    readonly filter?: Filter;
    readonly attributes?: readonly string[];
    readonly sizeLimit?: number;
    readonly typesOnly?: boolean;
  } = {},
): ProtocolOp {
  return {
    searchRequest: {
      baseObject,
      scope: asked.scope ?? 2,
      derefAliases: 0,
      sizeLimit: asked.sizeLimit ?? 0,
      timeLimit: 0,
      typesOnly: asked.typesOnly ?? false,
      filter: asked.filter ?? { present: 'objectClass' },
      attributes: asked.attributes ?? [],
    },
  };
}

export const equals = (attributeDesc: string, value: string): Filter => ({
  equalityMatch: { attributeDesc, assertionValue: utf8(value) },
});

export function addRequest(
  entry: string,
  attributes: Readonly<Record<string, string | Uint8Array>>,
): ProtocolOp {
  return {
    addRequest: {
      entry,
      attributes: Object.entries(attributes).map(([type, value]) => attribute(type, value)),
    },
  };
}

export function attribute(
  type: string,
  ...values: readonly (string | Uint8Array)[]
): PartialAttribute {
  return { type, vals: values.map((value) => (typeof value === 'string' ? utf8(value) : value)) };
}

export function modifyRequest(
  object: string,
  ...changes: readonly (readonly [operation: number, modification: PartialAttribute])[]
): ProtocolOp {
  return {
    modifyRequest: {
      object,
      changes: changes.map(([operation, modification]) => ({ operation, modification })),
    },
  };
}

export interface Result {
  readonly code: number;
  readonly message: string;
  readonly matchedDn: string;
  readonly referral?: readonly string[];
}

/** The last message's result. */
export function resultOf(messages: readonly LdapMessage[]): Result {
  const [body] = Object.values(messages.at(-1)?.protocolOp ?? {});
  const { resultCode, diagnosticMessage, matchedDN, referral } = body as {
    resultCode: number;
    diagnosticMessage: string;
    matchedDN: string;
    referral?: readonly string[];
  };
  return {
    code: resultCode,
    message: diagnosticMessage,
    matchedDn: matchedDN,
    ...(referral === undefined ? {} : { referral }),
  };
}

/** Entries of an answer: name to attributes to texts. */
export function entriesOf(messages: readonly LdapMessage[]): readonly {
  readonly dn: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}[] {
  return messages.flatMap(({ protocolOp }) => {
    if (!('searchResEntry' in protocolOp)) return [];
    const { objectName, attributes } = protocolOp.searchResEntry;
    const shown = attributes.map(({ type, vals }) => [type, vals.map(fromUtf8)] as const);
    return [{ dn: objectName, attributes: Object.fromEntries(shown) }];
  });
}

export const namesOf = (messages: readonly LdapMessage[]): readonly string[] =>
  entriesOf(messages).map(({ dn }) => dn);

/** A client that has bound as somebody. */
export function boundClient(
  domain: LdapDomain = ldapDomain(),
  name = 'CORP\\Administrator',
): LdapClient {
  const client = ldapClient(domain);
  const { code, message } = resultOf(client.ask(bindRequest(name, PASSWORD)));
  if (code !== 0) throw new Error(`the bind as ${name} gave ${code}: ${message}`);
  return client;
}
