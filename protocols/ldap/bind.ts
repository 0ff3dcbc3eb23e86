/** Bind requests: RFC 4511 §4.2, RFC 4513 §5, MS-ADTS 5.1.1.1. */
import { fromUtf8 } from '../../src/bytes/bytes.ts';
import { one } from '../directory/entry.ts';
import { ResultCode } from '../directory/refusals.ts';
import { accountContext } from '../directory/security/token.ts';
import { accountNamed } from './bind-name.ts';
import { invalidCredentials, invalidMethod, refused } from './bind-refusals.ts';
import { LogonFailure } from './host.ts';
import type { BindRequest } from './messages.ts';
import type { Answer, Operation } from './operation.ts';
import { FrontError, frontRefusal, SUCCESS } from './results.ts';
import { bindSasl } from './sasl-bind.ts';

import { unbound } from './state.ts';

const VERSION = 3;

export function answerBind(request: BindRequest, at: Operation): Answer {
  const { version, authentication } = request;
  if (version !== VERSION) {
    const comment = `LDAP version ${version}: only version ${VERSION} is spoken`;
    return refused(
      frontRefusal(ResultCode.protocolError, FrontError.ERROR_DS_DECODING_ERROR, comment),
      at,
    );
  }
  if ('simple' in authentication) return bindSimple(request.name, authentication.simple, at);
  if ('sasl' in authentication) return bindSasl(authentication.sasl, at);
  return refused(invalidMethod('Sicily authentication is not spoken here'), at);
}

function bindSimple(name: string, password: Uint8Array, at: Operation): Answer {
  const { env, directory, connection } = at;
  // Without a password nobody is authenticated, whatever the name (RFC 4513 §5.1.1, §5.1.2).
  if (password.length === 0) {
    return {
      responses: [{ operation: { bindResponse: SUCCESS } }],
      connection: unbound(connection),
      note: name === '' ? 'anonymous bind' : `bind as ${name} without a password: nobody is bound`,
    };
  }
  if (connection.layer?.sealed !== true && !env.host.options.simpleBindInClear) {
    return refused(
      frontRefusal(
        ResultCode.strongerAuthRequired,
        FrontError.ERROR_DS_STRONG_AUTH_REQUIRED,
        'The server requires binds to turn on integrity checking if SSL\\TLS are not already active on the connection',
      ),
      at,
    );
  }
  const { domain } = env.host;
  const account = name === '' ? undefined : accountNamed(name, directory, domain);
  if (account === undefined) {
    return refused(invalidCredentials(LogonFailure.ERROR_NO_SUCH_USER, `no account ${name}`), at);
  }
  const logon = env.host.logOn(directory, account, fromUtf8(password), env);
  const draft = logon.draft === undefined ? {} : { draft: logon.draft };
  if (logon.kind === 'refused') {
    return refused(invalidCredentials(logon.data, `${name}: ${logon.reason}`), at, draft);
  }
  const requester = {
    name: `${domain.netbios}\\${one(account, 'sAMAccountName') ?? account.rdn.value}`,
    context: accountContext(directory, domain, account),
  };
  return {
    responses: [{ operation: { bindResponse: SUCCESS } }],
    connection: { ...unbound(connection), name: 'bound', requester },
    ...draft,
    note: `${requester.name} is bound by its password`,
  };
}
