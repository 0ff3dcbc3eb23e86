/** LDAP's messages, and the negotiation tokens that their binds carry. */
import { InitialContextToken, Mechanism, mechanismOf, NegotiationToken } from '../gss/spnego.ts';
import { LDAP_LIMITS, LdapMessage } from '../ldap/messages.ts';
import { messageName } from '../ldap/recognise.ts';
import { type Contents, der, type Inner, under } from './contents.ts';

export function isLdapMessage(bytes: Uint8Array): boolean {
  return messageName(bytes)?.startsWith('LDAP ') === true;
}

/** The Kerberos token in a negotiation, in either direction. */
function mechTokens(token: NegotiationToken, path: string, kerberos: Contents): readonly Inner[] {
  const [name, octets] =
    'negTokenInit' in token
      ? (['mechToken', token.negTokenInit.mechToken] as const)
      : (['responseToken', token.negTokenResp.responseToken] as const);
  if (octets === undefined || mechanismOf(octets) !== Mechanism.KERBEROS) return [];
  const above = 'negTokenInit' in token ? 'negTokenInit' : 'negTokenResp';
  const steps = [...path.split('.').filter((step) => step !== ''), above];
  return [
    {
      path: [...steps, name].join('.'),
      contents: kerberos,
      octets,
      put: under(...steps, name),
    },
  ];
}

/** SPNEGO's first token, with its framing (RFC 2743 §3.1). */
export function spnegoToken(kerberos: Contents): Contents {
  return der(InitialContextToken, {
    limits: LDAP_LIMITS,
    inside: ({ innerToken }) => mechTokens(innerToken, 'innerToken', kerberos),
  });
}

/** A message; a bind's tokens open as far as keys are there. */
export function ldapMessage(kerberos: Contents): Contents {
  const first = spnegoToken(kerberos);
  const later = der(NegotiationToken, {
    limits: LDAP_LIMITS,
    inside: (token) => mechTokens(token, '', kerberos),
  });
  const contentsOf = (octets: Uint8Array): Contents | undefined => {
    const mechanism = mechanismOf(octets);
    if (mechanism === Mechanism.KERBEROS) return kerberos;
    if (mechanism === Mechanism.SPNEGO) return first;
    return later.read(octets) === undefined ? undefined : later;
  };
  return der(LdapMessage, {
    limits: LDAP_LIMITS,
    inside: ({ protocolOp }): readonly Inner[] => {
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
