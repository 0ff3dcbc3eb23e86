/**
 * The client's side of a connection (MS-RDPBCGR 1.3.1.1, 3.2.5.3): the mirror of `server.ts`; TLS and
 * CredSSP are done by whoever composes it.
 */
import { view } from '../../src/bytes/bytes.ts';
import { assertNever, type Env, to, unexpected } from '../../src/machine/machine.ts';
import { chunks } from './channels.ts';
import { activated, attached, joined, licensed, sessionData } from './client-session.ts';
import {
  type ClientConfig,
  type ClientStep,
  type Effect,
  type Event,
  ended,
  type State,
} from './client-state.ts';
import { AuthorizationResult, ClientCapability, ClusterFlags, Protocol } from './constants.ts';
import { encodeClientData, readServerData, Version } from './data-blocks.ts';
import { conferenceCreateRequest, readConferenceCreateResponse } from './gcc.ts';
import { typing } from './input.ts';
import {
  connectInitial,
  type DomainPdu,
  domainPdu,
  readConnectResponse,
  readDomainPdu,
  USER_REQUESTED,
} from './mcs.ts';
import { accepted, isCredSsp, requestFlags } from './negotiation.ts';
import { connectionRequest, readConnectionConfirm } from './x224.ts';

export const INITIAL: State = { name: 'idle' };

export function step(config: ClientConfig, state: State, event: Event, _env: Env): ClientStep {
  switch (event.kind) {
    case 'asked':
      return state.name === 'idle' ? asked(config) : unexpected(state, event, 'received');
    case 'received':
      return received(config, state, event.bytes);
    case 'secured':
      return state.name === 'expectTls'
        ? secured(config, state)
        : unexpected(state, event, 'received');
    case 'authenticated':
      return state.name === 'expectCredSsp'
        ? authenticated(config, state)
        : unexpected(state, event, 'received');
    case 'sends':
      return state.name === 'active' ? sending(state, event) : unexpected(state, event, 'received');
    case 'types':
      return state.name === 'active'
        ? to(state, [
            { kind: 'send', message: 'Fast-Path Input Event PDU', bytes: typing(event.text) },
          ])
        : unexpected(state, event, 'received');
    case 'disconnects':
      return disconnecting(state);
    case 'closed':
      if (state.name === 'closed') return to(state);
      return ended(`the server closed the connection in ${state.name}`);
    default:
      return assertNever(event);
  }
}

/** MS-RDPBCGR 1.3.1.4.1: who has a channel says goodbye. */
function disconnecting(state: State): ClientStep {
  const left = ended('the user disconnected');
  if (!('userId' in state)) return left;
  const goodbye = domain(
    { kind: 'disconnectProviderUltimatum', reason: USER_REQUESTED },
    'MCS Disconnect Provider Ultimatum',
  );
  return to(left.state, [goodbye, ...left.effects]);
}

function asked(config: ClientConfig): ClientStep {
  const { requestedProtocols, userName } = config;
  const bytes = connectionRequest({
    cookie: `Cookie: mstshash=${userName}`,
    negotiation: { flags: requestFlags(config), requestedProtocols },
  });
  return to({ name: 'expectConnectionConfirm' }, [
    { kind: 'send', message: 'X.224 Connection Request', bytes },
  ]);
}

function received(config: ClientConfig, state: State, bytes: Uint8Array): ClientStep {
  switch (state.name) {
    case 'expectConnectionConfirm': {
      const read = readConnectionConfirm(bytes);
      if (!read.ok) return ended(`X.224 Connection Confirm: ${read.error.message}`);
      const outcome = accepted(read.value, config);
      if (!outcome.ok) return ended(outcome.reason);
      return to({ name: 'expectTls', protocol: outcome.protocol }, [{ kind: 'secure' }]);
    }
    case 'expectCredSsp':
      return to(state, [{ kind: 'credssp', bytes }]);
    case 'expectAuthorization':
      return authorization(config, state, bytes);
    case 'expectConnectResponse':
      return connectResponse(config, state, bytes);
    case 'idle':
    case 'expectTls':
      return ended(`octets in ${state.name}`);
    case 'closed':
      return to(state);
    default:
      return afterConnect(config, state, bytes);
  }
}

function secured(
  config: ClientConfig,
  { protocol }: Extract<State, { readonly name: 'expectTls' }>,
): ClientStep {
  if (!isCredSsp(protocol)) return connecting(config, protocol);
  return to({ name: 'expectCredSsp', protocol }, [{ kind: 'authenticate' }]);
}

function authenticated(
  config: ClientConfig,
  { protocol }: Extract<State, { readonly name: 'expectCredSsp' }>,
): ClientStep {
  if (protocol !== Protocol.PROTOCOL_HYBRID_EX) return connecting(config, protocol);
  return to({ name: 'expectAuthorization', protocol });
}

/** MS-RDPBCGR 2.2.10.2. */
function authorization(
  config: ClientConfig,
  { protocol }: Extract<State, { readonly name: 'expectAuthorization' }>,
  bytes: Uint8Array,
): ClientStep {
  if (bytes.length !== 4) return ended('no Early User Authorization Result PDU');
  const result = view(bytes).getUint32(0, true);
  if (result === AuthorizationResult.AUTHZ_SUCCESS) return connecting(config, protocol);
  const denied = result === AuthorizationResult.AUTHZ_ACCESS_DENIED;
  return ended(
    denied ? 'AUTHZ_ACCESS_DENIED: the user may not sign in remotely' : `result ${result}`,
  );
}

const COLOR_8BPP = 0xca01;
const SAS_DEL = 0xaa03;
const KEYBOARD_IBM_ENHANCED = 4;
const FUNCTION_KEYS = 12;
const BUILD = 22_631;
const US_ENGLISH = 0x409;
const COLOR_DEPTH = 16;
/** RNS_UD_24BPP, 16BPP, 15BPP and 32BPP. */
const ALL_DEPTHS = 0x000f;
/** REDIRECTION_VERSION3 in the version's place. */
const CLUSTER_VERSION = 0x0c;

function connecting(config: ClientConfig, protocol: number): ClientStep {
  const { clientName, width, height, channels, smartCardLogOn } = config;
  const { REDIRECTION_SUPPORTED, REDIRECTED_SMARTCARD } = ClusterFlags;
  const { RNS_UD_CS_SUPPORT_ERRINFO_PDU, RNS_UD_CS_STRONG_ASYMMETRIC_KEYS } = ClientCapability;
  const cluster = REDIRECTION_SUPPORTED | CLUSTER_VERSION;
  const data = encodeClientData({
    core: {
      version: Version.RDP_5,
      desktopWidth: width,
      desktopHeight: height,
      colorDepth: COLOR_8BPP,
      SASSequence: SAS_DEL,
      keyboardLayout: US_ENGLISH,
      clientBuild: BUILD,
      clientName: clientName.slice(0, 15),
      keyboardType: KEYBOARD_IBM_ENHANCED,
      keyboardSubType: 0,
      keyboardFunctionKey: FUNCTION_KEYS,
      imeFileName: '',
      postBeta2ColorDepth: COLOR_8BPP,
      clientProductId: 1,
      serialNumber: 0,
      highColorDepth: COLOR_DEPTH,
      supportedColorDepths: ALL_DEPTHS,
      earlyCapabilityFlags: RNS_UD_CS_SUPPORT_ERRINFO_PDU | RNS_UD_CS_STRONG_ASYMMETRIC_KEYS,
      clientDigProductId: '',
      connectionType: 0,
      serverSelectedProtocol: protocol,
    },
    channels,
    cluster: {
      Flags: smartCardLogOn ? cluster | REDIRECTED_SMARTCARD : cluster,
      RedirectedSessionID: 0,
    },
    messageChannel: false,
    multitransport: false,
  });
  const bytes = connectInitial(conferenceCreateRequest(data));
  return to({ name: 'expectConnectResponse', protocol }, [
    { kind: 'send', message: 'MCS Connect Initial', bytes },
  ]);
}

function connectResponse(
  config: ClientConfig,
  { protocol }: Extract<State, { readonly name: 'expectConnectResponse' }>,
  bytes: Uint8Array,
): ClientStep {
  const read = readConnectResponse(bytes);
  if (!read.ok) return ended(`MCS Connect Response: ${read.error.message}`);
  if (read.value.result !== 0) return ended(`MCS Connect Response: result ${read.value.result}`);
  const data = readConferenceCreateResponse(read.value.userData);
  if (!data.ok) return ended(`GCC Conference Create Response: ${data.error.message}`);
  const blocks = readServerData(data.value);
  if (!blocks.ok) return ended(`GCC user data: ${blocks.error.message}`);
  let ids: readonly number[] | undefined;
  let ioChannel = 0;
  for (const block of blocks.value) {
    if (block.kind === 'SC_NET') {
      ids = block.value.channelIdArray;
      ioChannel = block.value.MCSChannelId;
    }
    if (block.kind !== 'SC_CORE') continue;
    const { clientRequestedProtocols = config.requestedProtocols } = block.value;
    // MS-RDPBCGR 5.4.2.1: what somebody in between took out of the request shows here.
    if (clientRequestedProtocols !== config.requestedProtocols) {
      return ended(`the server was asked for protocols ${clientRequestedProtocols}`);
    }
  }
  if (ids === undefined || ids.length !== config.channels.length) {
    return ended(
      `${ids?.length ?? 'no'} channels for ${config.channels.length} that were asked for`,
    );
  }
  const channels = config.channels.map(({ name }, index) => ({ name, id: ids[index] as number }));
  return to({ name: 'expectAttachUserConfirm', protocol, ioChannel, channels }, [
    domain({ kind: 'erectDomainRequest' }, 'MCS Erect Domain Request'),
    domain({ kind: 'attachUserRequest' }, 'MCS Attach User Request'),
  ]);
}

function domain(pdu: DomainPdu, message: string): Effect {
  return { kind: 'send', message, bytes: domainPdu(pdu) };
}

function afterConnect(
  config: ClientConfig,
  state: Extract<State, { readonly ioChannel: number }>,
  bytes: Uint8Array,
): ClientStep {
  // Fast-path output: pictures that nobody looks at.
  if (bytes[0] !== 3) return to(state);
  const read = readDomainPdu(bytes);
  if (!read.ok) return ended(`MCS: ${read.error.message}`);
  const pdu = read.value;
  switch (pdu.kind) {
    case 'disconnectProviderUltimatum':
      return ended('the server disconnected');
    case 'attachUserConfirm':
      if (state.name !== 'expectAttachUserConfirm' || pdu.result !== 0) break;
      return attached(config, state, pdu.initiator);
    case 'channelJoinConfirm':
      if (state.name !== 'expectChannelJoinConfirm') break;
      return joined(config, state, pdu.requested, pdu.result);
    case 'sendDataIndication':
      if (state.name === 'expectLicense' && pdu.channelId === state.ioChannel) {
        return licensed(state, pdu.data);
      }
      if (state.name === 'expectDemandActive' && pdu.channelId === state.ioChannel) {
        return activated(config, state, pdu.data);
      }
      if (state.name !== 'expectFontMap' && state.name !== 'active') break;
      return sessionData(state, pdu.channelId, pdu.data);
  }
  return ended(`${pdu.kind} in ${state.name}`);
}

function sending(
  state: Extract<State, { readonly name: 'active' }>,
  { channel, name: called, message }: Extract<Event, { readonly kind: 'sends' }>,
): ClientStep {
  const found = state.channels.find(({ name }) => name === channel);
  if (found === undefined) return to(state);
  const effects = chunks(message).map((data) =>
    domain({ kind: 'sendDataRequest', initiator: state.userId, channelId: found.id, data }, called),
  );
  return to(state, effects);
}
