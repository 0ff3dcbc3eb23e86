/** The client's side from joining channels on: who signs in, capabilities, finalisation, a session. */
import { to } from '../../src/machine/machine.ts';
import { clientCapabilities } from './capabilities.ts';
import { gather } from './channels.ts';
import { clientInfo } from './client-info.ts';
import {
  type ClientConfig,
  type ClientStep,
  type Effect,
  ended,
  type State,
} from './client-state.ts';
import { ControlAction, ErrorInfo, PduType2 } from './constants.ts';
import { noLicense, readLicense } from './licensing.ts';
import { domainPdu } from './mcs.ts';
import { BITS_PER_PIXEL } from './screen.ts';
import { readSessionInfo } from './session-info.ts';
import {
  confirmActive,
  control,
  dataPdu,
  fontList,
  readErrorInfo,
  readSharePdus,
  SERVER_CHANNEL,
  type SharePdu,
  synchronize,
} from './share.ts';

type InState<N extends State['name']> = Extract<State, { readonly name: N }>;

export function attached(
  config: ClientConfig,
  state: InState<'expectAttachUserConfirm'>,
  userId: number,
): ClientStep {
  const left = [userId, state.ioChannel, ...state.channels.map(({ id }) => id)];
  // Both sides may agree on doing without; here every step is to be seen.
  return joinNext(config, { ...state, userId, name: 'expectChannelJoinConfirm', left });
}

/** One at a time (MS-RDPBCGR 3.2.5.3.8). */
function joinNext(config: ClientConfig, state: InState<'expectChannelJoinConfirm'>): ClientStep {
  const [channelId] = state.left;
  if (channelId === undefined) {
    const { left: _, ...rest } = state;
    return introducing(config, { ...rest, name: 'expectLicense' });
  }
  const bytes = domainPdu({ kind: 'channelJoinRequest', initiator: state.userId, channelId });
  return to(state, [{ kind: 'send', message: 'MCS Channel Join Request', bytes }]);
}

export function joined(
  config: ClientConfig,
  state: InState<'expectChannelJoinConfirm'>,
  channelId: number,
  result: number,
): ClientStep {
  const [awaited, ...left] = state.left;
  if (result !== 0 || channelId !== awaited) {
    return ended(`channel ${awaited} was not joined (result ${result} for ${channelId})`);
  }
  return joinNext(config, { ...state, left });
}

function introducing(config: ClientConfig, state: InState<'expectLicense'>): ClientStep {
  return to(state, [onIo(state, 'Client Info PDU', clientInfo(config.info))]);
}

function onIo(
  {
    userId: initiator,
    ioChannel: channelId,
  }: InState<'expectLicense' | 'active' | 'expectFontMap' | 'expectDemandActive'>,
  message: string,
  data: Uint8Array,
): Effect {
  const bytes = domainPdu({ kind: 'sendDataRequest', initiator, channelId, data });
  return { kind: 'send', message, bytes };
}

export function licensed(state: InState<'expectLicense'>, data: Uint8Array): ClientStep {
  const error = errorInfoIn(data);
  if (error !== undefined) return ended(error);
  const read = readLicense(data);
  switch (read.kind) {
    case 'valid':
      return to({ ...state, name: 'expectDemandActive' });
    // Whoever insists on licences hangs up now; others go on.
    case 'requested':
      return to(state, [onIo(state, 'License Error PDU', noLicense())]);
    case 'refused':
      return ended(read.reason);
  }
}

export function activated(
  config: ClientConfig,
  state: InState<'expectDemandActive'>,
  data: Uint8Array,
): ClientStep {
  const read = readSharePdus(data);
  if (!read.ok) return ended(`share PDU: ${read.error.message}`);
  const [pdu] = read.value;
  const error = pdu === undefined ? undefined : errorOf(pdu);
  if (error !== undefined) return ended(error);
  if (pdu?.kind !== 'demandActive') return to(state);
  const { shareId } = pdu.body;
  const { userId } = state;
  const own = (message: string, pduType2: number, body: Uint8Array): Effect =>
    onIo(state, message, dataPdu(shareId, userId, pduType2, body));
  const { CTRLACTION_COOPERATE, CTRLACTION_REQUEST_CONTROL } = ControlAction;
  const { PDUTYPE2_SYNCHRONIZE, PDUTYPE2_CONTROL, PDUTYPE2_FONTLIST } = PduType2;
  const { width, height } = config;
  const sets = clientCapabilities({ width, height, bitsPerPixel: BITS_PER_PIXEL });
  return to({ ...state, name: 'expectFontMap', shareId }, [
    onIo(state, 'Confirm Active PDU', confirmActive(shareId, userId, sets)),
    own('Synchronize PDU', PDUTYPE2_SYNCHRONIZE, synchronize(SERVER_CHANNEL)),
    own('Control PDU', PDUTYPE2_CONTROL, control(CTRLACTION_COOPERATE)),
    own('Control PDU', PDUTYPE2_CONTROL, control(CTRLACTION_REQUEST_CONTROL)),
    own('Font List PDU', PDUTYPE2_FONTLIST, fontList()),
  ]);
}

/** The name of the error that a Set Error Info PDU brings. */
function errorOf(pdu: SharePdu): string | undefined {
  if (pdu.kind !== 'data' || pdu.pduType2 !== PduType2.PDUTYPE2_SET_ERROR_INFO_PDU)
    return undefined;
  const read = readErrorInfo(pdu.body);
  if (!read.ok || read.value.errorInfo === 0) return undefined;
  const { errorInfo } = read.value;
  const known = Object.entries(ErrorInfo).find(([, value]) => value === errorInfo);
  return known?.[0] ?? `ERRINFO 0x${errorInfo.toString(16)}`;
}

function errorInfoIn(data: Uint8Array): string | undefined {
  const read = readSharePdus(data);
  return read.ok && read.value[0] !== undefined ? errorOf(read.value[0]) : undefined;
}

type InSession = InState<'expectFontMap' | 'active'>;

export function sessionData(state: InSession, channelId: number, data: Uint8Array): ClientStep {
  if (channelId !== state.ioChannel) return channelData(state, channelId, data);
  const read = readSharePdus(data);
  if (!read.ok) return ended(`share PDU: ${read.error.message}`);
  let next: InSession = state;
  const effects: Effect[] = [];
  for (const pdu of read.value) {
    const error = errorOf(pdu);
    if (error !== undefined) return ended(error);
    if (pdu.kind !== 'data') continue;
    if (pdu.pduType2 === PduType2.PDUTYPE2_FONTMAP && next.name === 'expectFontMap') {
      next = { ...next, name: 'active' };
      effects.push({ kind: 'activated', channels: next.channels.map(({ name }) => name) });
    }
    if (pdu.pduType2 !== PduType2.PDUTYPE2_SAVE_SESSION_INFO) continue;
    const info = readSessionInfo(pdu.body);
    if (info === undefined) return ended('a Save Session Info PDU that cannot be read');
    effects.push({ kind: 'told', info });
  }
  return to(next, effects);
}

function channelData(state: InSession, channelId: number, data: Uint8Array): ClientStep {
  const channel = state.channels.find(({ id }) => id === channelId);
  if (channel === undefined) return ended(`data for channel ${channelId}, which nobody has`);
  const gathered = gather(channel.partial, data);
  if (gathered.kind === 'refused') return ended(`channel ${channel.name}: ${gathered.reason}`);
  const { partial: _, ...idle } = channel;
  const after = gathered.kind === 'partial' ? { ...idle, partial: gathered.partial } : idle;
  const next = { ...state, channels: state.channels.map((one) => (one === channel ? after : one)) };
  if (gathered.kind === 'partial') return to(next);
  return to(next, [{ kind: 'channel', channel: channel.name, message: gathered.message }]);
}
