/** Remote Desktop Connection on a device: what of it the device's own machine has to know. */
import type { ActorEffect, ActorEvent, Json } from '../../src/machine/actor.ts';
import { type Env, to } from '../../src/machine/machine.ts';
import { Protocol } from '../rdp/constants.ts';
import { type SessionStep, settled } from './device-opened.ts';
import {
  blamed,
  type DeviceConfig,
  type DeviceStep,
  type Running,
  type WithSession,
} from './device-state.ts';
import type { Outcome } from './exchange-state.ts';
import { withoutGone } from './remote-desktop-cards.ts';
import * as connection from './remote-desktop-connection.ts';
import { exchanged } from './remote-desktop-credssp.ts';
import { answered, isPromptEntry, offered, opened, withLists } from './remote-desktop-prompt.ts';
import {
  type Desktop,
  type DesktopPurpose,
  type Desktops,
  lineOf,
  promptIn,
} from './remote-desktop-state.ts';
import type { Entry, TypeEntry } from './user-entries.ts';

/** What a user does with the client; undefined: something else. */
export function entered(
  config: DeviceConfig,
  state: Running,
  entry: Entry,
  env: Env,
): DeviceStep | SessionStep | undefined {
  const isClients =
    entry.kind === 'connect' || entry.kind === 'disconnect' || entry.kind === 'type';
  if (state.name !== 'signedIn') {
    if (!isClients) return undefined;
    return blamed(state, `Remote Desktop Connection: nobody is signed in (${state.name})`);
  }
  if (entry.kind === 'connect') return opened(config, state, entry);
  if (entry.kind === 'disconnect') return disconnected(config, state, entry.host, env);
  if (entry.kind === 'type') return typed(config, state, entry, env);
  const prompt = promptIn(state.base.desktops);
  if (prompt === undefined || !isPromptEntry(entry)) return undefined;
  return answered(config, state, prompt, entry, env);
}

function disconnected(
  config: DeviceConfig,
  state: WithSession,
  host: string,
  env: Env,
): SessionStep {
  const found = state.base.desktops.open.filter(
    ({ asked, stage }) => asked.host === host && stage.name !== 'closed',
  );
  if (found.length === 0) return settled(blamed(state, `there is no connection to ${host}`));
  return found.reduce<SessionStep>(
    (step, { id }) =>
      connection.then(step, (next) => {
        const { stage } = next.base.desktops.open.find((one) => one.id === id) as Desktop;
        return stage.name === 'connecting' || stage.name === 'session'
          ? connection.onLine(config, next, id, { kind: 'disconnects' }, env)
          : connection.over(config, next, id, 'given up', env);
      }),
    settled(to(state)),
  );
}

function typed(
  config: DeviceConfig,
  state: WithSession,
  { host, text }: TypeEntry,
  env: Env,
): SessionStep {
  const found = state.base.desktops.open.find(({ asked }) => asked.host === host);
  const line = found && lineOf(found);
  if (found === undefined || line?.rdp.name !== 'active') {
    return settled(blamed(state, `there is no remote session on ${host} to type into`));
  }
  return connection.onLine(config, state, found.id, { kind: 'types', text }, env);
}

/** An event of a connection; undefined: of something else. */
export function heard(
  config: DeviceConfig,
  state: Running,
  event: ActorEvent,
  env: Env,
): SessionStep | undefined {
  return 'session' in state ? connection.heard(config, state, event, env) : undefined;
}

/** An exchange with a KDC is over. */
export function finished(
  config: DeviceConfig,
  state: WithSession,
  { desktop: id }: DesktopPurpose,
  outcome: Outcome,
  env: Env,
): SessionStep {
  const desktop = state.base.desktops.open.find((one) => one.id === id);
  const line = desktop && lineOf(desktop);
  if (desktop === undefined || line === undefined) return settled(to(state));
  const step = exchanged(config, state, desktop, line, outcome, env);
  return connection.carriedOn(config, step, id, env);
}

/** After every step: what has come for who waits, and cards whose containers are gone. */
export function inBackground(
  config: DeviceConfig,
  state: Running,
  env: Env,
): SessionStep | undefined {
  if (!('session' in state) || state.base.desktops.open.length === 0) return undefined;
  const first = settled(
    withLists(config, state) as ReturnType<typeof to<WithSession, ActorEffect>>,
  );
  return state.base.desktops.open.reduce<SessionStep>(
    (step, { id }) =>
      connection.then(step, (next) => {
        const desktop = next.base.desktops.open.find((one) => one.id === id) as Desktop;
        const without = withoutGone(config, next, desktop, env);
        return without === undefined
          ? settled(to(next))
          : connection.sending(config, without, id, env);
      }),
    first,
  );
}

/** What is to be closed when the session on the device ends. */
export function closeAll({ open }: Desktops): readonly ActorEffect[] {
  return open.flatMap(({ id, stage }): ActorEffect[] =>
    stage.name === 'prompt' || stage.name === 'closed' || stage.name === 'expectLists'
      ? []
      : [{ kind: 'close', connection: id }],
  );
}

/** What `expect.end` and `show` may look at. */
export function desktopsView(
  config: DeviceConfig,
  state: WithSession,
): { readonly remoteDesktop?: Json } {
  const { open } = state.base.desktops;
  if (open.length === 0) return {};
  const offers = offered(config, state);
  return {
    remoteDesktop: Object.fromEntries(open.map((one) => [one.asked.host, view(one, offers)])),
  };
}

function view({ asked, stage }: Desktop, offers: readonly string[]): Json {
  const mode = { mode: asked.mode };
  switch (stage.name) {
    case 'prompt':
      return {
        ...mode,
        state: 'prompt',
        offers,
        ...(stage.message === undefined ? {} : { message: stage.message }),
      };
    case 'closed':
      return { ...mode, state: 'closed', reason: stage.reason };
    case 'expectLists':
    case 'expectConnection':
      return { ...mode, state: 'connecting', logon: stage.logon.kind };
    case 'connecting':
    case 'session': {
      const { logon, rdp, redirected } = stage;
      return {
        ...mode,
        state: stage.name,
        logon: logon.kind,
        ...(logon.kind === 'smartCard' ? { gesture: logon.gesture } : {}),
        ...('protocol' in rdp ? { protocol: protocolName(rdp.protocol) } : {}),
        ...(stage.name === 'session' ? { user: stage.user } : {}),
        readers: redirected.cards.map(({ reader }) => reader),
      };
    }
  }
}

function protocolName(protocol: number): string {
  return Object.entries(Protocol).find(([, bit]) => bit === protocol)?.[0] ?? `${protocol}`;
}
