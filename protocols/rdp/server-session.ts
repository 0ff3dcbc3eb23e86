/** The server's side from capabilities on: activation, finalisation, a session (MS-RDPBCGR 3.3.5.3.13 on). */
import { to } from '../../src/machine/machine.ts';
import { type Desktop, serverCapabilities } from './capabilities.ts';
import { chunks, gather } from './channels.ts';
import { ChannelOption, ControlAction, ErrorInfo, IO_CHANNEL, PduType2 } from './constants.ts';
import { typedSlow } from './input.ts';
import { indication } from './mcs.ts';
import { BITS_PER_PIXEL, screen } from './screen.ts';
import { disconnecting, SHARE_ID } from './server-channels.ts';
import {
  type Effect,
  type Event,
  hangUp,
  type Joined,
  type ServerConfig,
  type ServerStep,
  type State,
} from './server-state.ts';
import { saveSessionInfo } from './session-info.ts';
import {
  control,
  dataPdu,
  demandActive,
  fontMap,
  readControl,
  readSharePdus,
  SERVER_CHANNEL,
  type SharePdu,
  synchronize,
} from './share.ts';

function onIo(message: string, pdu: Uint8Array): Effect {
  return { kind: 'send', message, bytes: indication(IO_CHANNEL, pdu) };
}

function data(message: string, pduType2: number, body: Uint8Array): Effect {
  return onIo(message, dataPdu(SHARE_ID, SERVER_CHANNEL, pduType2, body));
}

/** As the client wants it, up to what the server gives. */
export function desktopOf({ maxWidth, maxHeight }: ServerConfig, { client }: Joined): Desktop {
  const { desktopWidth, desktopHeight } = client.core;
  const within = (wanted: number, most: number): number => Math.max(200, Math.min(wanted, most));
  return {
    width: within(desktopWidth, maxWidth),
    height: within(desktopHeight, maxHeight),
    bitsPerPixel: BITS_PER_PIXEL,
  };
}

export function activating(
  config: ServerConfig,
  state: Extract<State, { readonly name: 'expectLogOn' }>,
): ServerStep {
  const pdu = demandActive(SHARE_ID, serverCapabilities(desktopOf(config, state), SERVER_CHANNEL));
  return to({ ...state, name: 'expectConfirmActive' }, [onIo('Demand Active PDU', pdu)]);
}

type InSession = Extract<
  State,
  { readonly name: 'expectLogOn' | 'expectConfirmActive' | 'expectFontList' | 'active' }
>;

/** Data of a client that is signing in or has done so. */
export function sessionPdu(
  state: Extract<State, Joined>,
  channelId: number,
  bytes: Uint8Array,
): ServerStep {
  if (!isInSession(state)) return hangUp(`data in ${state.name}`);
  if (channelId !== IO_CHANNEL) return channelData(state, channelId, bytes);
  const read = readSharePdus(bytes);
  if (!read.ok) return hangUp(`share PDU: ${read.error.message}`);
  let next: ServerStep = to(state);
  for (const pdu of read.value) {
    if (!isInSession(next.state)) return next;
    const one = sharePduCame(next.state, pdu);
    next = to(one.state, [...next.effects, ...one.effects]);
  }
  return next;
}

function isInSession(state: State): state is InSession {
  switch (state.name) {
    case 'expectLogOn':
    case 'expectConfirmActive':
    case 'expectFontList':
    case 'active':
      return true;
    default:
      return false;
  }
}

function sharePduCame(state: InSession, pdu: SharePdu): ServerStep {
  switch (state.name) {
    case 'expectLogOn':
      return hangUp(`${pdu.kind} before Demand Active`);
    case 'expectConfirmActive':
      if (pdu.kind !== 'confirmActive') {
        return disconnecting(state, ErrorInfo.ERRINFO_DATAPDUSEQUENCE);
      }
      return to({ ...state, name: 'expectFontList' }, [
        data('Synchronize PDU', PduType2.PDUTYPE2_SYNCHRONIZE, synchronize(state.userId)),
      ]);
    case 'expectFontList':
      if (pdu.kind !== 'data') return disconnecting(state, ErrorInfo.ERRINFO_DATAPDUSEQUENCE);
      return finalising(state, pdu.pduType2, pdu.body);
    case 'active':
      if (pdu.kind === 'data' && pdu.pduType2 === PduType2.PDUTYPE2_INPUT) {
        const text = typedSlow(pdu.body) ?? '';
        return to(state, text === '' ? [] : [{ kind: 'typed', text }]);
      }
      // Refreshes and the like: nothing on the screen answers to them.
      if (pdu.kind === 'data' && pdu.pduType2 === PduType2.PDUTYPE2_SHUTDOWN_REQUEST) {
        return disconnecting(state, ErrorInfo.ERRINFO_LOGOFF_BY_USER);
      }
      return to(state);
  }
}

/** MS-RDPBCGR 3.3.5.3.14 to 3.3.5.3.18: each of the client's has its answer. */
function finalising(
  state: Extract<State, { readonly name: 'expectFontList' }>,
  pduType2: number,
  body: Uint8Array,
): ServerStep {
  const { PDUTYPE2_CONTROL, PDUTYPE2_FONTLIST, PDUTYPE2_FONTMAP } = PduType2;
  const { CTRLACTION_COOPERATE, CTRLACTION_REQUEST_CONTROL, CTRLACTION_GRANTED_CONTROL } =
    ControlAction;
  if (pduType2 === PDUTYPE2_CONTROL) {
    const read = readControl(body);
    if (!read.ok) return hangUp(`Control PDU: ${read.error.message}`);
    switch (read.value.action) {
      case CTRLACTION_COOPERATE:
        return to(state, [data('Control PDU', PDUTYPE2_CONTROL, control(CTRLACTION_COOPERATE))]);
      case CTRLACTION_REQUEST_CONTROL: {
        const granted = control(CTRLACTION_GRANTED_CONTROL, state.userId, SERVER_CHANNEL);
        return to(state, [data('Control PDU', PDUTYPE2_CONTROL, granted)]);
      }
      default:
        return to(state);
    }
  }
  if (pduType2 !== PDUTYPE2_FONTLIST) return to(state);
  return to({ ...state, name: 'active' }, [
    data('Font Map PDU', PDUTYPE2_FONTMAP, fontMap()),
    {
      kind: 'activated',
      channels: state.channels.filter(({ joined: is }) => is).map(({ name }) => name),
    },
  ]);
}

function channelData(state: InSession, channelId: number, bytes: Uint8Array): ServerStep {
  // Auto-detection and heartbeats: no message of theirs is asked for here.
  if (channelId === state.messageChannel) return to(state);
  const channel = state.channels.find(({ id }) => id === channelId);
  if (channel === undefined) return hangUp(`data for channel ${channelId}, which nobody has`);
  const gathered = gather(channel.partial, bytes);
  if (gathered.kind === 'refused') return hangUp(`channel ${channel.name}: ${gathered.reason}`);
  const { partial: _, ...idle } = channel;
  const after = gathered.kind === 'partial' ? { ...idle, partial: gathered.partial } : idle;
  const channels = state.channels.map((one) => (one === channel ? after : one));
  const next = { ...state, channels };
  if (gathered.kind === 'partial') return to(next);
  return to(next, [{ kind: 'channel', channel: channel.name, message: gathered.message }]);
}

/** What the session wants the client to see and hear. */
export function shownInSession(
  config: ServerConfig,
  state: Extract<State, { readonly name: 'active' }>,
  event: Extract<Event, { readonly kind: 'shows' | 'sends' | 'notifies' }>,
): ServerStep {
  switch (event.kind) {
    case 'shows':
      return to(
        state,
        screen(event.lines, desktopOf(config, state)).map((body) =>
          data('Update PDU', PduType2.PDUTYPE2_UPDATE, body),
        ),
      );
    case 'notifies': {
      const body = saveSessionInfo(event.info);
      return to(state, [data('Save Session Info PDU', PduType2.PDUTYPE2_SAVE_SESSION_INFO, body)]);
    }
    case 'sends': {
      const channel = state.channels.find(({ name, joined }) => joined && name === event.channel);
      if (channel === undefined) {
        return to(state, [{ kind: 'note', text: `the client has no channel ${event.channel}` }]);
      }
      const showProtocol = (channel.options & ChannelOption.CHANNEL_OPTION_SHOW_PROTOCOL) !== 0;
      return to(
        state,
        chunks(event.message, { showProtocol }).map((chunk): Effect => {
          const bytes = indication(channel.id, chunk);
          return { kind: 'send', message: event.name, bytes };
        }),
      );
    }
  }
}
