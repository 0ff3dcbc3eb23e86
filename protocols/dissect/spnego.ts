/** Tokens of a negotiation, with what each mechanism puts into them. */
import { InitialContextToken, Mechanism, mechanismOf, NegotiationToken } from '../gss/spnego.ts';
import { LDAP_LIMITS } from '../ldap/messages.ts';
import { isNtlm } from '../ntlm/messages.ts';
import { type Contents, der, type Inner, under } from './contents.ts';
import { ntlmMessage } from './ntlm.ts';

/** The mechanism's token in a negotiation, in either direction. */
function mechTokens(token: NegotiationToken, path: string, kerberos: Contents): readonly Inner[] {
  const [name, octets] =
    'negTokenInit' in token
      ? (['mechToken', token.negTokenInit.mechToken] as const)
      : (['responseToken', token.negTokenResp.responseToken] as const);
  const contents = octets === undefined ? undefined : mechanismContents(octets, kerberos);
  if (octets === undefined || contents === undefined) return [];
  const above = 'negTokenInit' in token ? 'negTokenInit' : 'negTokenResp';
  const steps = [...path.split('.').filter((step) => step !== ''), above];
  return [
    {
      path: [...steps, name].join('.'),
      contents,
      octets,
      put: under(...steps, name),
    },
  ];
}

function mechanismContents(octets: Uint8Array, kerberos: Contents): Contents | undefined {
  const mechanism = mechanismOf(octets);
  const { KERBEROS, KERBEROS_USER_TO_USER } = Mechanism;
  if (mechanism === KERBEROS || mechanism === KERBEROS_USER_TO_USER) return kerberos;
  return isNtlm(octets) ? ntlmMessage : undefined;
}

/** SPNEGO's first token, with its framing (RFC 2743 §3.1). */
export function spnegoToken(kerberos: Contents): Contents {
  return der(InitialContextToken, {
    limits: LDAP_LIMITS,
    inside: ({ innerToken }) => mechTokens(innerToken, 'innerToken', kerberos),
  });
}

/** All others, without. */
export function laterSpnegoToken(kerberos: Contents): Contents {
  return der(NegotiationToken, {
    limits: LDAP_LIMITS,
    inside: (token) => mechTokens(token, '', kerberos),
  });
}
