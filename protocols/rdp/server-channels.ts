/** The server's side of MCS: what a client is given, and joins (MS-RDPBCGR 3.3.5.3.3 to 3.3.5.3.9). */
import { to } from '../../src/machine/machine.ts';
import { ClientCapability, IO_CHANNEL, MCS_BASE, PduType2, ServerCapability } from './constants.ts';
import { type ClientData, encodeServerData, Version } from './data-blocks.ts';
import { conferenceCreateResponse } from './gcc.ts';
import {
  connectResponse,
  type DomainPdu,
  domainPdu,
  indication,
  McsResult,
  USER_REQUESTED,
} from './mcs.ts';
import {
  type Agreed,
  type Effect,
  hangUp,
  type Joined,
  type ServerStep,
  type State,
  type StaticChannel,
} from './server-state.ts';
import { dataPdu, SERVER_CHANNEL, setErrorInfo } from './share.ts';

/** The client's own channel; static ones follow the I/O channel. */
const USER = MCS_BASE + 6;
const FIRST_STATIC = IO_CHANNEL + 1;
const { RNS_UD_CS_SUPPORT_ERRINFO_PDU, RNS_UD_CS_SUPPORT_SKIP_CHANNELJOIN } = ClientCapability;
export const SHARE_ID = 0x000103ea;

/** Static channels take the numbers from 1004 on, the user 1007 or the next that is free. */
export function connected(agreed: Agreed, client: ClientData, denied: boolean): ServerStep {
  const channels = client.channels.map(
    ({ name, options }, index): StaticChannel => ({
      id: FIRST_STATIC + index,
      name,
      options,
      joined: false,
    }),
  );
  const next = FIRST_STATIC + channels.length;
  const messageChannel = client.messageChannel ? next : undefined;
  const userId = Math.max(USER, next + 1);
  const data = encodeServerData({
    version: Version.RDP_5,
    clientRequestedProtocols: agreed.requestedProtocols,
    earlyCapabilityFlags: ServerCapability.RNS_UD_SC_SKIP_CHANNELJOIN_SUPPORTED,
    ioChannel: IO_CHANNEL,
    channelIds: channels.map(({ id }) => id),
    ...(messageChannel === undefined ? {} : { messageChannel }),
  });
  const bytes = connectResponse(conferenceCreateResponse(data));
  const joined: Joined = {
    ...agreed,
    client,
    userId,
    ioJoined: false,
    userJoined: false,
    channels,
    denied,
    ...(messageChannel === undefined ? {} : { messageChannel }),
  };
  return to({ name: 'expectErectDomain', ...joined }, [
    { kind: 'send', message: 'MCS Connect Response', bytes },
  ]);
}

function earlyCapability({ client }: Joined, bit: number): boolean {
  return ((client.core.earlyCapabilityFlags ?? 0) & bit) !== 0;
}

/** Attaching and joining, one at a time. */
export function joining(
  state: Extract<State, { readonly name: 'expectAttachUser' | 'expectChannelJoin' }>,
  pdu: DomainPdu,
): ServerStep {
  if (state.name === 'expectAttachUser') {
    if (pdu.kind !== 'attachUserRequest') return noSuchPdu(state, pdu);
    const { successful: result } = McsResult;
    const bytes = domainPdu({ kind: 'attachUserConfirm', result, initiator: state.userId });
    // Both sides know the flag: nothing has to be joined one by one.
    const skips = earlyCapability(state, RNS_UD_CS_SUPPORT_SKIP_CHANNELJOIN);
    const next: State = { ...state, name: 'expectChannelJoin' };
    return to(skips ? allJoined(next) : next, [
      { kind: 'send', message: 'MCS Attach User Confirm', bytes },
    ]);
  }
  if (pdu.kind !== 'channelJoinRequest') return noSuchPdu(state, pdu);
  const { channelId } = pdu;
  const next = withJoined(state, channelId);
  const confirm = {
    kind: 'channelJoinConfirm',
    initiator: state.userId,
    requested: channelId,
  } as const;
  const { successful, noSuchChannel } = McsResult;
  const bytes = domainPdu(
    next === undefined
      ? { ...confirm, result: noSuchChannel }
      : { ...confirm, result: successful, channelId },
  );
  return to(next ?? state, [{ kind: 'send', message: 'MCS Channel Join Confirm', bytes }]);
}

function allJoined<S extends Joined>(state: S): S {
  const channels = state.channels.map((channel) => ({ ...channel, joined: true }));
  return { ...state, ioJoined: true, userJoined: true, channels };
}

/** Undefined: there is no such channel. */
function withJoined<S extends Joined>(state: S, channelId: number): S | undefined {
  if (channelId === IO_CHANNEL) return { ...state, ioJoined: true };
  if (channelId === state.userId) return { ...state, userJoined: true };
  if (channelId === state.messageChannel) return state;
  if (!state.channels.some(({ id }) => id === channelId)) return undefined;
  const channels = state.channels.map((channel) =>
    channel.id === channelId ? { ...channel, joined: true } : channel,
  );
  return { ...state, channels };
}

export function noSuchPdu(state: State, pdu: DomainPdu): ServerStep {
  return hangUp(`${pdu.kind} in ${state.name}`);
}

/** Client Info came: now it is decided whether they get in. */
export function begunSession(
  state: Extract<State, { readonly name: 'expectChannelJoin' }>,
): Extract<State, { readonly name: 'expectLogOn' }> {
  return { ...state, name: 'expectLogOn' };
}

/** Tells the client why, where it can hear it, and ends the connection (MS-RDPBCGR 3.3.5.7.1.1). */
export function disconnecting(state: Joined, errorInfo: number): ServerStep {
  const effects: Effect[] = [];
  if (state.ioJoined && earlyCapability(state, RNS_UD_CS_SUPPORT_ERRINFO_PDU)) {
    const { PDUTYPE2_SET_ERROR_INFO_PDU } = PduType2;
    const body = setErrorInfo(errorInfo);
    const pdu = dataPdu(SHARE_ID, SERVER_CHANNEL, PDUTYPE2_SET_ERROR_INFO_PDU, body);
    const bytes = indication(IO_CHANNEL, pdu);
    effects.push({ kind: 'send', message: 'Set Error Info PDU', bytes });
  }
  const bytes = domainPdu({ kind: 'disconnectProviderUltimatum', reason: USER_REQUESTED });
  const message = 'MCS Disconnect Provider Ultimatum';
  effects.push({ kind: 'send', message, bytes }, { kind: 'close' });
  return to({ name: 'closed' }, effects);
}
