/** What a token of a negotiation is called in a trace: by the message of the mechanism in it, if it has one. */
import { openSpnego } from '../gss/spnego.ts';
import { openGssToken } from '../kerberos/gss.ts';
import { readMessage } from '../ntlm/messages.ts';
import { openUserToUser } from './user-to-user.ts';

export function tokenName(token: Uint8Array): string {
  const spnego = openSpnego(token);
  if (!spnego.ok) return mechanismName(token) ?? 'GSS-API token';
  const name = 'negTokenInit' in spnego.token ? 'NegTokenInit' : 'NegTokenResp';
  const inner =
    'negTokenInit' in spnego.token
      ? spnego.token.negTokenInit.mechToken
      : spnego.token.negTokenResp.responseToken;
  return (inner && mechanismName(inner)) ?? name;
}

function mechanismName(token: Uint8Array): string | undefined {
  const ntlm = readMessage(token);
  if (ntlm.ok) return ntlm.message.type;
  const kerberos = openGssToken(token);
  if (kerberos.ok) return kerberos.message;
  const userToUser = openUserToUser(token);
  return userToUser?.ok ? userToUser.message : undefined;
}
