/**
 * A connection of Remote Desktop Connection to a host: RDP's client, CredSSP over its TLS with tickets from the
 * domain controller, and the channel of the redirected smart card.
 */
import type { ActorEvent } from '../../src/machine/actor.ts';
import { assertNever, type Env, to } from '../../src/machine/machine.ts';
import { boundKeyOf } from '../credssp/binding.ts';
import { statusName } from '../kerberos/ntstatus.ts';
import * as rdp from '../rdp/client.ts';
import type * as client from '../rdp/client-state.ts';
import type { SessionInfo } from '../rdp/session-info.ts';
import { STATIC_CHANNEL } from '../rdpedyc/constants.ts';
import { type SessionStep, settled } from './device-opened.ts';
import { blamed, type DeviceConfig, type WithSession } from './device-state.ts';
import * as cards from './remote-desktop-cards.ts';
import { rdpConfig } from './remote-desktop-config.ts';
import * as credSsp from './remote-desktop-credssp.ts';
import * as guard from './remote-desktop-guard.ts';
import { staged } from './remote-desktop-prompt.ts';
import { type Desktop, type Line, lineOf, type WithLine } from './remote-desktop-state.ts';

/** An event of the connection, or of a timer of it; undefined: it is of no desktop. */
export function heard(
  config: DeviceConfig,
  state: WithSession,
  event: ActorEvent,
  env: Env,
): SessionStep | undefined {
  const desktop = state.base.desktops.open.find(({ id }) => isOf(id, event));
  if (desktop === undefined) return undefined;
  switch (event.kind) {
    case 'connected':
      return connected(config, state, desktop, env);
    case 'received':
      return onLine(config, state, desktop.id, { kind: 'received', bytes: event.bytes }, env);
    case 'secured':
      return secured(config, state, desktop, event.certificate, env);
    case 'closed':
      return closed(config, state, desktop, event.reason, env);
    case 'malformed':
      return over(config, state, desktop.id, `the host sent ${event.reason}`, env);
    case 'expired':
    case 'signed':
    case 'decrypted':
      return cardHeard(config, state, desktop, event, env);
    default:
      return undefined;
  }
}

function isOf(id: string, event: ActorEvent): boolean {
  switch (event.kind) {
    case 'connected':
    case 'secured':
    case 'closed':
    case 'malformed':
      return event.connection === id;
    case 'received':
      return event.connection === id;
    case 'expired':
      return event.timer.startsWith(`${id}/`);
    case 'signed':
    case 'decrypted':
      return event.id.startsWith(`${id}/`);
    default:
      return false;
  }
}

function connected(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  env: Env,
): SessionStep {
  const { id, stage } = desktop;
  if (stage.name !== 'expectConnection') return settled(to(state));
  const { logon } = stage;
  const line: Line = {
    logon,
    rdp: rdp.INITIAL,
    nla: { name: 'expectTls' },
    redirected: cards.redirected(state),
    guard: guard.NO_CALLS,
  };
  const next = staged(state, id, { name: 'connecting', ...line });
  return onLine(config, next, id, { kind: 'asked' }, env);
}

/** TLS: the host's certificate binds what CredSSP says; Kerberos proves the host, so nobody asks about it. */
function secured(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  certificate: Uint8Array | undefined,
  env: Env,
): SessionStep {
  const line = lineOf(desktop);
  const publicKey = certificate && boundKeyOf(certificate);
  if (line === undefined || publicKey === undefined) {
    return over(config, state, desktop.id, 'the host shows no certificate that can be read', env);
  }
  const next = staged(state, desktop.id, { ...line, nla: { name: 'ready', publicKey } });
  return onLine(config, next, desktop.id, { kind: 'secured' }, env);
}

function closed(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  reason: string,
  env: Env,
): SessionStep {
  if (desktop.stage.name === 'expectConnection') {
    const why = `Remote Desktop can’t connect to the remote computer: ${desktop.asked.host} is ${reason}`;
    return over(config, state, desktop.id, why, env);
  }
  return onLine(config, state, desktop.id, { kind: 'closed' }, env);
}

/** Something for RDP's client, and all that it leads to here. */
export function onLine(
  config: DeviceConfig,
  state: WithSession,
  id: string,
  event: client.Event,
  env: Env,
): SessionStep {
  const desktop = state.base.desktops.open.find((one) => one.id === id);
  const line = desktop && lineOf(desktop);
  if (desktop === undefined || line === undefined) return settled(to(state));
  const next = rdp.step(rdpConfig(config, desktop, line.logon), line.rdp, event, env);
  let step = settled(to(staged(state, id, { ...line, rdp: next.state })));
  for (const effect of next.effects) {
    step = then(step, (after) => performed(config, after, id, effect, env));
  }
  return step;
}

/** One step after another. */
export function then(first: SessionStep, next: (state: WithSession) => SessionStep): SessionStep {
  const { state, effects, finished } = next(first.state);
  return {
    state,
    effects: [...first.effects, ...effects],
    finished: [...first.finished, ...finished],
  };
}

function performed(
  config: DeviceConfig,
  state: WithSession,
  id: string,
  effect: client.Effect,
  env: Env,
): SessionStep {
  const desktop = state.base.desktops.open.find((one) => one.id === id);
  const line = desktop && lineOf(desktop);
  if (desktop === undefined || line === undefined) return settled(to(state));
  switch (effect.kind) {
    case 'send':
      return settled(to(state, [{ ...effect, transport: 'tcp', connection: id }]));
    case 'secure':
      return settled(to(state, [{ kind: 'secure', connection: id }]));
    case 'authenticate':
      return carriedOn(config, credSsp.begun(config, state, desktop, line, env), id, env);
    case 'credssp':
      return carriedOn(
        config,
        credSsp.heard(config, state, desktop, line, { kind: 'received', bytes: effect.bytes }, env),
        id,
        env,
      );
    case 'activated':
      return settled(to(state));
    case 'channel':
      return onChannel(config, state, desktop, line, effect, env);
    case 'told':
      return told(state, desktop, line, effect.info);
    case 'ended':
      return over(config, state, id, effect.reason, env);
    case 'close':
      return settled(to(state, [{ kind: 'close', connection: id }]));
    case 'rejected':
      return settled(to(state, [effect]));
    default:
      return assertNever(effect);
  }
}

/** A message of the host on a static channel. */
function onChannel(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  line: WithLine,
  { channel, message }: Extract<client.Effect, { readonly kind: 'channel' }>,
  env: Env,
): SessionStep {
  const { id } = desktop;
  switch (channel) {
    case cards.CHANNEL:
      return sending(config, cards.received(config, state, desktop, line, message, env), id, env);
    case STATIC_CHANNEL: {
      const step = guard.received(state, desktop, line, message, env);
      return sending(config, step, id, env, STATIC_CHANNEL);
    }
    default:
      return settled(to(state));
  }
}

/** What CredSSP has come to. */
export function carriedOn(
  config: DeviceConfig,
  { outcome, ...step }: credSsp.CredSspStep,
  id: string,
  env: Env,
): SessionStep {
  switch (outcome.kind) {
    case 'continues':
      return step;
    case 'done':
      return then(step, (state) => onLine(config, state, id, { kind: 'authenticated' }, env));
    case 'failed':
      return then(step, (state) => over(config, state, id, outcome.reason, env));
    default:
      return assertNever(outcome);
  }
}

/** Messages that leave by a channel; as a rule that of the redirected card. */
export function sending(
  config: DeviceConfig,
  { messages, ...step }: cards.CardsStep,
  id: string,
  env: Env,
  channel: string = cards.CHANNEL,
): SessionStep {
  return messages.reduce(
    (before, { name, message }) =>
      then(before, (state) =>
        onLine(config, state, id, { kind: 'sends', channel, name, message }, env),
      ),
    settled(step),
  );
}

function cardHeard(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  event: Extract<ActorEvent, { readonly kind: 'expired' | 'signed' | 'decrypted' }>,
  env: Env,
): SessionStep {
  const line = lineOf(desktop);
  if (line === undefined) return settled(to(state));
  const next = cards.heard(config, state, desktop, line, event, env);
  return sending(config, next, desktop.id, env);
}

function told(
  state: WithSession,
  { id, asked }: Desktop,
  line: WithLine,
  info: SessionInfo,
): SessionStep {
  switch (info.kind) {
    case 'loggedOn': {
      const user = info.domain === '' ? info.userName : `${info.domain}\\${info.userName}`;
      const { name: _, ...rest } = line;
      return settled(to(staged(state, id, { ...rest, name: 'session', user })));
    }
    case 'logonError': {
      const what = statusName(info.type >>> 0);
      return settled(blamed(state, `${asked.host}: signing in there failed: ${what}`));
    }
    case 'other':
      return settled(to(state));
  }
}

/** The connection is over, for whatever reason. */
export function over(
  config: DeviceConfig,
  state: WithSession,
  id: string,
  reason: string,
  env: Env,
): SessionStep {
  const desktop = state.base.desktops.open.find((one) => one.id === id);
  if (desktop === undefined || desktop.stage.name === 'closed') return settled(to(state));
  const text = `${desktop.asked.host}: ${reason}`;
  const hangsUp = lineOf(desktop) === undefined ? [] : [{ kind: 'close', connection: id } as const];
  const next = cards.putAway(config, staged(state, id, { name: 'closed', reason }), desktop, env);
  const step = then(settled(to(next, hangsUp)), (after) => credSsp.abandoned(after, id));
  return then(step, (after) => settled(blamed(after, text)));
}
