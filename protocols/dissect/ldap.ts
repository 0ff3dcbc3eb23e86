/** LDAP's messages, with the negotiation tokens that their binds carry. */
import { Mechanism, mechanismOf } from '../gss/spnego.ts';
import { LDAP_LIMITS, LdapMessage, type PartialAttribute } from '../ldap/messages.ts';
import { messageName } from '../ldap/recognise.ts';
import { type Contents, der, type Inner, objectAt, under } from './contents.ts';
import { keyCredentialLink } from './key-credential.ts';
import { laterSpnegoToken, spnegoToken } from './spnego.ts';

export function isLdapMessage(bytes: Uint8Array): boolean {
  return messageName(bytes)?.startsWith('LDAP ') === true;
}

/** A message; a bind's tokens open as far as keys are there. */
export function ldapMessage(kerberos: Contents): Contents {
  const first = spnegoToken(kerberos);
  const later = laterSpnegoToken(kerberos);
  const contentsOf = (octets: Uint8Array): Contents | undefined => {
    const mechanism = mechanismOf(octets);
    if (mechanism === Mechanism.KERBEROS) return kerberos;
    if (mechanism === Mechanism.SPNEGO) return first;
    return later.read(octets) === undefined ? undefined : later;
  };
  return der(LdapMessage, {
    limits: LDAP_LIMITS,
    inside: ({ protocolOp }): readonly Inner[] => {
      const links = keyCredentials(protocolOp);
      if (links.length > 0) return links;
      const steps = stepsOf(protocolOp);
      const octets = credentialsOf(protocolOp);
      const contents = octets === undefined ? undefined : contentsOf(octets);
      if (octets === undefined || contents === undefined) return [];
      return [{ path: steps.join('.'), contents, octets, put: under(...steps) }];
    },
  });
}

function credentialsOf(operation: LdapMessage['protocolOp']): Uint8Array | undefined {
  if ('bindResponse' in operation) return operation.bindResponse.serverSaslCreds;
  if (!('bindRequest' in operation)) return undefined;
  const { authentication } = operation.bindRequest;
  return 'sasl' in authentication ? authentication.sasl.credentials : undefined;
}

function stepsOf(operation: LdapMessage['protocolOp']): readonly [...string[], string] {
  return 'bindResponse' in operation
    ? ['protocolOp', 'bindResponse', 'serverSaslCreds']
    : ['protocolOp', 'bindRequest', 'authentication', 'sasl', 'credentials'];
}

const KEY_CREDENTIAL_LINK = 'msds-keycredentiallink';

type Attributes = readonly [path: readonly (string | number)[], PartialAttribute][];

/** Attributes with their values, wherever an operation has some, and the steps to each. */
function attributesOf(operation: LdapMessage['protocolOp']): Attributes {
  if ('searchResEntry' in operation) {
    const { attributes } = operation.searchResEntry;
    return attributes.map((one, i) => [['searchResEntry', 'attributes', i], one]);
  }
  if ('addRequest' in operation) {
    const { attributes } = operation.addRequest;
    return attributes.map((one, i) => [['addRequest', 'attributes', i], one]);
  }
  if (!('modifyRequest' in operation)) return [];
  const { changes } = operation.modifyRequest;
  return changes.map((one, i) => [
    ['modifyRequest', 'changes', i, 'modification'],
    one.modification,
  ]);
}

/** Key credentials stand beside the values' text, as `keyCredentials`. */
function keyCredentials(operation: LdapMessage['protocolOp']): readonly Inner[] {
  return attributesOf(operation).flatMap(([steps, { type, vals }]) => {
    if (type.toLowerCase() !== KEY_CREDENTIAL_LINK) return [];
    const path = ['protocolOp', ...steps];
    return vals.map(
      (octets, i): Inner => ({
        path: `${rowPath(path)}.vals[${i}]`,
        contents: keyCredentialLink,
        octets,
        put: (outer, value) => {
          const attribute = objectAt(outer, ...path);
          const before = (attribute.keyCredentials ?? []) as readonly unknown[];
          attribute.keyCredentials = [...before, value];
        },
      }),
    );
  });
}

/** `protocolOp.modifyRequest.changes[0].modification` */
function rowPath(steps: readonly (string | number)[]): string {
  return steps
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('');
}
