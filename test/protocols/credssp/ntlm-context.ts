/** CredSSP's contexts of NTLM by itself, for tests: both ends of the real mechanism. */
import type { SecurityContext, Standing } from '../../../protocols/credssp/security-context.ts';
import { STATUS_LOGON_FAILURE } from '../../../protocols/kerberos/ntstatus.ts';
import * as acceptor from '../../../protocols/ntlm/acceptor.ts';
import * as initiator from '../../../protocols/ntlm/initiator.ts';
import { ntHash, provedKey } from '../../../protocols/ntlm/response.ts';
import { type SecurityLayer, unwrap, wrap } from '../../../protocols/ntlm/session-security.ts';

const TARGET: acceptor.Target = {
  netbiosComputerName: 'RD1',
  netbiosDomainName: 'CORP',
  dnsComputerName: 'rd1.corp.example',
  dnsDomainName: 'corp.example',
};

type Sealed<S> = S & { readonly layer?: SecurityLayer };

export type Judge = Extract<acceptor.Effect, { readonly kind: 'judge' }>;
type AcceptorState = Sealed<acceptor.State<string>>;
type Verdict = Extract<acceptor.Event<string>, { readonly kind: 'judged' }>;

function sealing<S>(
  layerOf: (state: S) => SecurityLayer,
  withLayer: (s: S, l: SecurityLayer) => S,
) {
  return {
    wrap(state: S, message: Uint8Array) {
      const { layer, token } = wrap(layerOf(state), message);
      return { state: withLayer(state, layer), token };
    },
    unwrap(state: S, token: Uint8Array) {
      const opened = unwrap(layerOf(state), token);
      if (!opened.ok) return opened;
      const { layer, message } = opened;
      return { ok: true, state: withLayer(state, layer), message } as const;
    },
  };
}

export const serverContext: SecurityContext<
  AcceptorState,
  Verdict,
  Exclude<acceptor.Effect, { readonly kind: 'send' }>
> = {
  initial: { name: 'expectNegotiate' },
  step: (state, event, env) => acceptor.step(TARGET, state, event, env),
  standing(state): Standing {
    if (state.name === 'established') return { kind: 'established' };
    if (state.name === 'failed') return { ...state, kind: 'failed' };
    return { kind: 'continues' };
  },
  ...sealing<AcceptorState>(
    (state) => {
      if (state.name !== 'established') throw new Error(state.name);
      return state.layer ?? state.established.layer;
    },
    (state, layer) => ({ ...state, layer }),
  ),
};

type Begun = Extract<initiator.Event, { readonly kind: 'begun' }>;

export const clientContext: SecurityContext<
  initiator.State,
  Begun,
  Exclude<initiator.Effect, { readonly kind: 'send' }>
> = {
  initial: { name: 'idle' },
  step: (state, event, env) => initiator.step(state, event, env),
  standing(state): Standing {
    if (state.name === 'established') return { kind: 'established' };
    if (state.name === 'failed') {
      return { kind: 'failed', status: STATUS_LOGON_FAILURE, reason: state.reason };
    }
    return { kind: 'continues' };
  },
  ...sealing<initiator.State>(
    (state) => {
      if (state.name !== 'established') throw new Error(state.name);
      return state.layer;
    },
    (state, layer) => ({ ...state, layer }) as initiator.State,
  ),
};

const PASSWORD = 'Pa55word!';

export const begun = (password = PASSWORD): Begun => ({
  kind: 'begun',
  credentials: {
    userName: 'alice',
    domainName: 'CORP',
    ntHash: ntHash(password),
    workstation: 'LAPTOP',
  },
});

/** What a domain controller says of a response. */
export function judged({ logon }: Judge): Verdict {
  const sessionBaseKey = provedKey(ntHash(PASSWORD), logon);
  return {
    kind: 'judged',
    verdict:
      sessionBaseKey === undefined
        ? { kind: 'denied', status: STATUS_LOGON_FAILURE, reason: 'the password is wrong' }
        : { kind: 'granted', sessionBaseKey, identity: logon.userName },
  };
}
