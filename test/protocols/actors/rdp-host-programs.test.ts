import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deviceRole } from '../../../protocols/actors/device-role.ts';
import type { Running } from '../../../protocols/actors/device-state.ts';
import { rdpHost } from '../../../protocols/actors/rdp-host-role.ts';
import type { Running as Host } from '../../../protocols/actors/rdp-host-state.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import type { ActorEvent, Json } from '../../../src/machine/actor.ts';
import type { RoleDefinition } from '../../../src/scenario/role.ts';
import type { Fault } from '../../../src/sim/faults.ts';
import { SMALLEST, type SmallWorld, smallWorld } from './small-world.ts';

const s = suite('actors/rdp-host-programs');

const FILES = 'cifs/files.corp.example';
const CAST = {
  ...SMALLEST,
  dana: { role: 'user', realm: 'CORP.EXAMPLE', password: 'Passw0rd!', groups: ['Domain Admins'] },
  rd1: {
    role: 'rdp-host',
    realm: 'CORP.EXAMPLE',
    remoteDesktopUsers: ['Domain Users'],
    nonExportableCredentials: true,
  },
};

type Wish = {
  readonly who?: 'alice' | 'dana';
  readonly mode?: string;
  readonly target?: string;
  readonly as?: string;
  /** Milliseconds; absent: not at all. */
  readonly disconnects?: number;
  /** When the service is opened. */
  readonly opens?: readonly number[];
  readonly faults?: readonly Fault[];
  readonly roles?: readonly RoleDefinition[];
};

async function opened(wish: Wish): Promise<SmallWorld> {
  const { who = 'alice', mode = 'normal', target = FILES, opens = [20_000] } = wish;
  const { faults = [], roles = [] } = wish;
  const small = smallWorld(CAST, { faults, roles });
  const on = 'laptop';
  const types = (at: number) =>
    small.command(who, 'enters', { enters: 'password', value: 'Passw0rd!', on }, at);
  types(1_000);
  const guarded = mode === 'remoteCredentialGuard';
  const asked = { connects: 'rd1.corp.example', mode, security: 'ext', on };
  small.command(who, 'connects', { ...asked, with: guarded ? 'session' : 'prompt' }, 10_000);
  if (!guarded) types(11_000);
  if (wish.disconnects !== undefined) {
    small.command(who, 'disconnects', { disconnects: 'rd1.corp.example', on }, wish.disconnects);
  }
  for (const at of opens) {
    small.command('rd1', 'opens', { opens: target, as: wish.as ?? who }, at);
  }
  await small.world.run(90_000);
  return small;
}

interface Shown {
  readonly sessions: readonly { readonly name: string; readonly opened?: Json }[];
  readonly disconnected?: readonly { readonly name: string; readonly opened?: Json }[];
}

function shown({ world }: SmallWorld): Shown {
  return world.view('rd1') as unknown as Shown;
}

function clients({ world }: SmallWorld): readonly string[] {
  const { sessions } = world.view('files') as unknown as {
    readonly sessions: readonly { readonly client: string }[];
  };
  return sessions.map(({ client }) => client);
}

const OPEN: Json = { [FILES]: { state: 'sessionOpen' } };

function failedWith(reason: string): Json {
  return { [FILES]: { state: 'failed', reason } };
}

s('with a password that was handed over the session has tickets of its own', async () => {
  const small = await opened({});
  assert.equal(shown(small).sessions[0]?.opened, OPEN, small.causes().join('\n'));
  assert.equal(clients(small), ['alice@CORP.EXAMPLE']);
  assert.not.ok(small.sent().some((message) => message.includes('RemoteCallKerb')));
});

s('and they work when the user has gone', async () => {
  const small = await opened({ disconnects: 15_000 });
  assert.equal(shown(small).sessions, []);
  assert.equal(shown(small).disconnected?.[0]?.opened, OPEN);
  assert.equal(clients(small), ['alice@CORP.EXAMPLE']);
});

s('with Restricted Admin it is the computer that opens', async () => {
  const small = await opened({ who: 'dana', mode: 'restrictedAdmin' });
  assert.equal(shown(small).sessions[0]?.opened, OPEN, small.causes().join('\n'));
  assert.equal(clients(small), ['RD1$@CORP.EXAMPLE']);
});

const GUARDED = { mode: 'remoteCredentialGuard' } as const;

s('with Remote Credential Guard the client computes, and no key comes to the host', async () => {
  const secrets = new Set<string>();
  const spied = {
    ...deviceRole,
    build(name, config, scene) {
      const actor = deviceRole.build(name, config as never, scene);
      return {
        ...actor,
        step(state, event, env) {
          const next = actor.step(state, event, env);
          const after = next.state as Running;
          if ('session' in after) {
            for (const { key } of after.session.cache) secrets.add(toHex(key.bytes));
          }
          return next;
        },
      };
    },
  } as RoleDefinition;
  let atHost = '';
  const host = hostThat((_, state) => {
    atHost = JSON.stringify(state, (_key, value) => {
      if (typeof value === 'bigint') return `${value}`;
      return value instanceof Uint8Array ? toHex(value) : value;
    });
  });
  const small = await opened({ ...GUARDED, roles: [spied, host] });
  assert.equal(shown(small).sessions[0]?.opened, OPEN, small.causes().join('\n'));
  assert.equal(clients(small), ['alice@CORP.EXAMPLE']);
  assert.ok(secrets.size > 0);
  assert.ok(atHost.includes('remoteCredentialGuard'));
  const known = [...secrets].filter((secret) => atHost.includes(secret));
  assert.equal(known, []);
});

/** A host whose every step is looked at, and may hear other events than came. */
function hostThat(
  looks: (event: ActorEvent, state: Host) => void,
  hears: (event: ActorEvent) => ActorEvent = (event) => event,
): RoleDefinition {
  return {
    ...rdpHost,
    build(name, config, scene) {
      const actor = rdpHost.build(name, config as never, scene);
      return {
        ...actor,
        step(state, event, env) {
          const next = actor.step(state, hears(event), env);
          looks(event, next.state as Host);
          return next;
        },
      };
    },
  } as RoleDefinition;
}

s('when its client has gone, it can open nothing more', async () => {
  const small = await opened({ ...GUARDED, disconnects: 30_000, opens: [20_000, 40_000] });
  const [session] = shown(small).disconnected ?? [];
  assert.equal(session?.opened, failedWith('the client is gone, and the keys with it'));
});

s('nor when it goes in the middle of it', async () => {
  for (const ms of [2, 4, 6, 8, 10, 12, 14]) {
    const small = await opened({ ...GUARDED, disconnects: 20_000 + ms, opens: [20_000] });
    const [session] = shown(small).disconnected ?? [];
    const state = JSON.stringify(session?.opened ?? {});
    assert.match(state, /"failed"|"sessionOpen"/, `${ms} ms`);
    const connections = small.world.view('rd1') as unknown as { readonly connections: number };
    assert.is(connections.connections, 0);
  }
});

s('a service that nobody has, and one that nobody listens at', async () => {
  const unknown = await opened({ ...GUARDED, target: 'cifs/nobody.corp.example' });
  assert.match(unknown.causes().join('\n'), 'KDC_ERR_S_PRINCIPAL_UNKNOWN');
  const deaf = await opened({ ...GUARDED, target: 'HOST/rd1.corp.example' });
  assert.match(deaf.causes().join('\n'), 'nobody listens at rd1.corp.example');
  const own = await opened({ target: 'HOST/rd1.corp.example' });
  assert.match(own.causes().join('\n'), 'nobody listens at rd1.corp.example');
});

s('whoever has no session opens nothing', async () => {
  const small = await opened({ as: 'mallory' });
  assert.match(small.causes().join('\n'), 'mallory has no session here');
  assert.equal(clients(small), []);
});

s('calls that are spoilt on their way end the channel, and the program hears of it', async () => {
  let spoilt = 0;
  const device = {
    ...deviceRole,
    build(name, config, scene) {
      const actor = deviceRole.build(name, config as never, scene);
      return {
        ...actor,
        step(state, event, env) {
          if (event.kind !== 'received' || event.message !== 'RemoteCallKerbComputeTgsChecksum') {
            return actor.step(state, event, env);
          }
          spoilt++;
          const bytes = event.bytes.slice();
          bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
          return actor.step(state, { ...event, bytes }, env);
        },
      };
    },
  } as RoleDefinition;
  const small = await opened({ ...GUARDED, roles: [device] });
  assert.is(spoilt, 1);
  const { opened: state } = shown(small).sessions[0] ?? {};
  assert.equal(state, failedWith('the client closed the channel'), small.causes().join('\n'));
});

s.run();
