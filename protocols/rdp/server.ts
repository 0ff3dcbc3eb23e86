/**
 * The server's side of a connection (MS-RDPBCGR 1.3.1.1, 3.3.5.3): negotiation, then TLS and CredSSP,
 * which whoever composes this does, MCS and its channels, who signs in, capabilities, finalisation.
 */
import { uint32le } from '../../src/bytes/bytes.ts';
import type { Env } from '../../src/machine/machine.ts';
import { assertNever, to, unexpected } from '../../src/machine/machine.ts';
import { readClientInfo } from './client-info.ts';
import { AuthorizationResult, ErrorInfo, IO_CHANNEL, Protocol } from './constants.ts';
import { readClientData } from './data-blocks.ts';
import { readConferenceCreateRequest } from './gcc.ts';
import { typedFast } from './input.ts';
import { validClient } from './licensing.ts';
import { indication, readConnectInitial, readDomainPdu } from './mcs.ts';
import { isCredSsp, negotiate } from './negotiation.ts';
import { begunSession, connected, disconnecting, joining, noSuchPdu } from './server-channels.ts';
import { activating, sessionPdu, shownInSession } from './server-session.ts';
import {
  type Agreed,
  type Effect,
  type Event,
  hangUp,
  type Joined,
  type ServerConfig,
  type ServerStep,
  type State,
} from './server-state.ts';
import { connectionConfirm, readConnectionRequest } from './x224.ts';

export const INITIAL: State = { name: 'expectConnectionRequest' };

export function step(config: ServerConfig, state: State, event: Event, _env: Env): ServerStep {
  switch (event.kind) {
    case 'received':
      return received(config, state, event.bytes);
    case 'secured':
      return state.name === 'expectTls' ? secured(state) : unexpected(state, event, 'received');
    case 'authenticated':
      return state.name === 'expectCredSsp'
        ? authenticated(state, event.authorized)
        : unexpected(state, event, 'received');
    case 'admitted':
      return state.name === 'expectLogOn'
        ? activating(config, state)
        : unexpected(state, event, 'received');
    case 'refused':
      return state.name === 'expectLogOn'
        ? disconnecting(state, event.errorInfo)
        : unexpected(state, event, 'received');
    case 'shows':
    case 'sends':
    case 'notifies':
      return state.name === 'active'
        ? shownInSession(config, state, event)
        : unexpected(state, event, 'received');
    case 'disconnects':
      return 'userId' in state
        ? disconnecting(state, event.errorInfo)
        : to({ name: 'closed' }, [{ kind: 'close' }]);
    case 'closed':
      return to({ name: 'closed' });
    default:
      return assertNever(event);
  }
}

function received(config: ServerConfig, state: State, bytes: Uint8Array): ServerStep {
  switch (state.name) {
    case 'expectConnectionRequest':
      return requested(config, bytes);
    case 'expectCredSsp':
      return to(state, [{ kind: 'credssp', bytes }]);
    case 'expectConnectInitial':
      return connectInitial(state, bytes);
    case 'expectTls':
      return hangUp('a packet in clear where TLS has to begin');
    case 'closed':
      return to(state);
    default:
      return afterConnect(state, bytes);
  }
}

function requested(config: ServerConfig, bytes: Uint8Array): ServerStep {
  const read = readConnectionRequest(bytes);
  if (!read.ok) return hangUp(`X.224 Connection Request: ${read.error.message}`);
  const { negotiation, cookie } = read.value;
  if (negotiation === undefined) {
    // MS-RDPBCGR 3.3.5.3.1: without RDP_NEG_REQ no answer may hold negotiation data.
    return to({ name: 'closed' }, [
      { kind: 'send', message: CONFIRM, bytes: connectionConfirm({ kind: 'none' }) },
      {
        kind: 'note',
        text: 'the client knows standard RDP security only, which is not taken here',
      },
      { kind: 'close' },
    ]);
  }
  const outcome = negotiate(read.value, config.security);
  if (outcome.kind === 'failure') {
    const failure = connectionConfirm({ kind: 'failure', failureCode: outcome.code });
    return to({ name: 'closed' }, [
      { kind: 'send', message: CONFIRM, bytes: failure },
      { kind: 'note', text: outcome.why },
      { kind: 'close' },
    ]);
  }
  const { requestedProtocols } = negotiation;
  const { protocol, mode, confirm } = outcome;
  const known = cookie === undefined ? {} : { cookie };
  return to({ name: 'expectTls', requestedProtocols, protocol, mode, ...known }, [
    { kind: 'send', message: CONFIRM, bytes: connectionConfirm(confirm) },
    { kind: 'secure' },
  ]);
}

const CONFIRM = 'X.224 Connection Confirm';

function agreedOf({ requestedProtocols, protocol, mode, cookie }: Agreed): Agreed {
  const known = cookie === undefined ? {} : { cookie };
  return { requestedProtocols, protocol, mode, ...known };
}

function secured(state: Extract<State, { readonly name: 'expectTls' }>): ServerStep {
  const agreed = agreedOf(state);
  if (!isCredSsp(agreed.protocol)) {
    return to({ name: 'expectConnectInitial', denied: false, ...agreed });
  }
  return to({ name: 'expectCredSsp', ...agreed }, [{ kind: 'authenticate', mode: agreed.mode }]);
}

/** MS-RDPBCGR 2.2.10.2: told at once where the client knows the PDU, else when channels are joined. */
function authenticated(
  state: Extract<State, { readonly name: 'expectCredSsp' }>,
  authorized: boolean,
): ServerStep {
  const agreed = agreedOf(state);
  const next: State = { name: 'expectConnectInitial', denied: !authorized, ...agreed };
  if (agreed.protocol !== Protocol.PROTOCOL_HYBRID_EX) return to(next);
  const { AUTHZ_SUCCESS, AUTHZ_ACCESS_DENIED } = AuthorizationResult;
  const bytes = uint32le(authorized ? AUTHZ_SUCCESS : AUTHZ_ACCESS_DENIED);
  const result: Effect = { kind: 'send', message: 'Early User Authorization Result PDU', bytes };
  if (authorized) return to(next, [result]);
  return to({ name: 'closed' }, [result, { kind: 'close' }]);
}

function connectInitial(
  state: Extract<State, { readonly name: 'expectConnectInitial' }>,
  bytes: Uint8Array,
): ServerStep {
  const read = readConnectInitial(bytes);
  if (!read.ok) return hangUp(`MCS Connect Initial: ${read.error.message}`);
  const blocks = readConferenceCreateRequest(read.value.userData);
  if (!blocks.ok) return hangUp(`GCC Conference Create Request: ${blocks.error.message}`);
  const client = readClientData(blocks.value);
  if (!client.ok) return hangUp(`GCC user data: ${client.reason}`);
  const echoed = client.value.core.serverSelectedProtocol;
  // MS-RDPBCGR 2.2.1.3.2: what somebody in between changed shows here.
  if (echoed !== undefined && echoed !== state.protocol) {
    return hangUp(
      `the client thinks that protocol ${echoed} was selected: it was ${state.protocol}`,
    );
  }
  return connected(agreedOf(state), client.value, state.denied);
}

function afterConnect(state: Extract<State, Joined>, bytes: Uint8Array): ServerStep {
  if (bytes[0] !== 3) {
    if (state.name !== 'active') return hangUp('a fast-path PDU too early');
    const text = typedFast(bytes);
    if (text === undefined) return hangUp('a fast-path input PDU that cannot be read');
    return to(state, text === '' ? [] : [{ kind: 'typed', text }]);
  }
  const read = readDomainPdu(bytes);
  if (!read.ok) return hangUp(`MCS: ${read.error.message}`);
  const pdu = read.value;
  if (pdu.kind === 'disconnectProviderUltimatum') {
    return to({ name: 'closed' }, [{ kind: 'close' }]);
  }
  switch (state.name) {
    case 'expectErectDomain':
      return pdu.kind === 'erectDomainRequest'
        ? to({ ...state, name: 'expectAttachUser' })
        : noSuchPdu(state, pdu);
    case 'expectAttachUser':
    case 'expectChannelJoin':
      // The first data PDU on the I/O channel is who signs in.
      return pdu.kind === 'sendDataRequest' && state.name === 'expectChannelJoin'
        ? clientInfoCame(state, pdu.channelId, pdu.data)
        : joining(state, pdu);
    default:
      if (pdu.kind !== 'sendDataRequest') return noSuchPdu(state, pdu);
      return sessionPdu(state, pdu.channelId, pdu.data);
  }
}

function clientInfoCame(
  state: Extract<State, { readonly name: 'expectChannelJoin' }>,
  channelId: number,
  data: Uint8Array,
): ServerStep {
  if (!state.ioJoined || channelId !== IO_CHANNEL) {
    return hangUp(`data for channel ${channelId} before channel ${IO_CHANNEL} was joined`);
  }
  const read = readClientInfo(data);
  if (!read.ok) return hangUp(`Client Info PDU: ${read.reason}`);
  if (state.denied) {
    const why = 'the user may not sign in here: ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES';
    const next = disconnecting(state, ErrorInfo.ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES);
    return { ...next, effects: [{ kind: 'note', text: why }, ...next.effects] };
  }
  const { client } = state;
  const license = indication(IO_CHANNEL, validClient());
  return to(begunSession(state), [
    { kind: 'send', message: 'License Error PDU', bytes: license },
    { kind: 'logOn', info: read.value, client },
  ]);
}
