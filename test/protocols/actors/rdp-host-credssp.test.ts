import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deviceRole } from '../../../protocols/actors/device-role.ts';
import type { Running } from '../../../protocols/actors/device-state.ts';
import { rdpHost } from '../../../protocols/actors/rdp-host-role.ts';
import type { Desktop } from '../../../protocols/actors/remote-desktop-state.ts';
import { boundKeyOf } from '../../../protocols/credssp/binding.ts';
import type { Credentials } from '../../../protocols/credssp/credentials.ts';
import { TSRequest } from '../../../protocols/credssp/messages.ts';
import { statusName } from '../../../protocols/kerberos/ntstatus.ts';
import { RequestFlags } from '../../../protocols/rdp/constants.ts';
import { decode } from '../../../src/der/codec.ts';
import type { ActorEffect, ActorEvent, Json } from '../../../src/machine/actor.ts';
import type { RoleDefinition } from '../../../src/scenario/role.ts';
import type { Fault } from '../../../src/sim/faults.ts';
import { SMALLEST, type SmallWorld, smallWorld } from './small-world.ts';

const s = suite('actors/rdp-host-credssp');

/** What somebody between client and host does. */
interface Between {
  request?(flags: number): number;
  certificate?(certificate: Uint8Array): Uint8Array;
  /** What the client hands over in the end. */
  credentials?(credentials: Credentials): Credentials;
}

/** RDP_NEG_REQ (MS-RDPBCGR 2.2.1.1.1) is the last that a Connection Request has: type, flags, length, protocols. */
const FLAGS_FROM_END = 7;
const CONNECTION_REQUEST = 0xe0;

function altered(event: ActorEvent, { request }: Between): ActorEvent {
  if (event.kind !== 'received' || event.bytes[5] !== CONNECTION_REQUEST) return event;
  const bytes = event.bytes.slice();
  const at = bytes.length - FLAGS_FROM_END;
  const flags = bytes[at] as number;
  bytes[at] = request?.(flags) ?? flags;
  return { ...event, bytes };
}

function shown(effect: ActorEffect, { certificate }: Between): ActorEffect {
  if (effect.kind !== 'secure' || effect.certificate === undefined) return effect;
  return { ...effect, certificate: certificate?.(effect.certificate) ?? effect.certificate };
}

function hostBehind(between: Between): RoleDefinition {
  return {
    ...rdpHost,
    build(name, config, scene) {
      const actor = rdpHost.build(name, config as never, scene);
      return {
        ...actor,
        step(state, event, env) {
          const next = actor.step(state, altered(event, between), env);
          return { ...next, effects: next.effects.map((effect) => shown(effect, between)) };
        },
      };
    },
  } as RoleDefinition;
}

/** A client that hands over something else than it should. */
function clientWith({ credentials }: Between): RoleDefinition {
  const replaced = ({ stage, ...desktop }: Desktop): Desktop => {
    if (stage.name !== 'connecting' || stage.nla.name !== 'speaking') return { stage, ...desktop };
    const { nla } = stage;
    const others = credentials?.(nla.credentials) ?? nla.credentials;
    return { ...desktop, stage: { ...stage, nla: { ...nla, credentials: others } } };
  };
  return {
    ...deviceRole,
    build(name, config, scene) {
      const actor = deviceRole.build(name, config as never, scene);
      return {
        ...actor,
        step(state, event, env) {
          const next = actor.step(state, event, env);
          const after = next.state as Running | { readonly name: 'off' };
          if (!('base' in after)) return next;
          const { desktops } = after.base;
          const open = desktops.open.map(replaced);
          const base = { ...after.base, desktops: { ...desktops, open } };
          return { ...next, state: { ...after, base } };
        },
      };
    },
  } as RoleDefinition;
}

const CAST = {
  ...SMALLEST,
  dana: { role: 'user', realm: 'CORP.EXAMPLE', password: 'Passw0rd!', groups: ['Domain Admins'] },
  rd1: {
    role: 'rdp-host',
    realm: 'CORP.EXAMPLE',
    remoteDesktopUsers: ['Domain Users'],
    nonExportableCredentials: true,
    aliases: ['192.0.2.8'],
  },
};

interface Wish {
  readonly who?: 'alice' | 'dana';
  readonly mode?: string;
  readonly host?: string;
  readonly password?: string;
  readonly with?: 'session';
  readonly between?: Between;
  readonly rd1?: Readonly<Record<string, Json>>;
  readonly faults?: readonly Fault[];
}

async function connected(wish: Wish): Promise<SmallWorld> {
  const { who = 'alice', mode = 'normal', host = 'rd1.corp.example', between = {} } = wish;
  const { password = 'Passw0rd!', rd1 = {}, faults = [] } = wish;
  const cast = { ...CAST, rd1: { ...CAST.rd1, ...rd1 } };
  const small = smallWorld(cast, { roles: [hostBehind(between), clientWith(between)], faults });
  const on = 'laptop';
  const types = (value: string, at: number) =>
    small.command(who, 'enters', { enters: 'password', value, on }, at);
  types('Passw0rd!', 1_000);
  const asked = { connects: host, mode, security: 'ext', with: wish.with ?? 'prompt', on };
  small.command(who, 'connects', asked, 10_000);
  if (wish.with === undefined) types(password, 11_000);
  await small.world.run(50_000);
  return small;
}

/** The last errorCode that the host told. */
function told({ steps }: SmallWorld): string | undefined {
  const codes = steps.flatMap(({ actor, effects }) =>
    actor !== 'rd1'
      ? []
      : effects.flatMap((effect) =>
          effect.kind === 'send' && effect.message === 'TSRequest'
            ? (decode(TSRequest, effect.bytes).errorCode ?? [])
            : [],
        ),
  );
  const last = codes.at(-1);
  return last === undefined ? undefined : statusName(last);
}

function sessions({ world }: SmallWorld): Json {
  return (world.view('rd1') as { readonly sessions: Json }).sessions;
}

function cause(small: SmallWorld): string {
  return small.causes().join('\n');
}

const REFUSED: Json = [];

s('nobody in between: a session', async () => {
  const small = await connected({});
  assert.is((sessions(small) as readonly Json[]).length, 1, cause(small));
  assert.is(told(small), undefined);
});

const { RESTRICTED_ADMIN_MODE_REQUIRED, REDIRECTED_AUTHENTICATION_MODE_REQUIRED } = RequestFlags;

s('a password is not taken where the host believes in Remote Credential Guard', async () => {
  const request = () => REDIRECTED_AUTHENTICATION_MODE_REQUIRED;
  const small = await connected({ between: { request } });
  assert.equal(sessions(small), REFUSED);
  assert.match(cause(small), 'of the kind password, where Remote Credential Guard was agreed on');
  assert.match(cause(small), 'AUTHZ_ACCESS_DENIED');
});

s('tickets are not taken where the host believes in nothing of the sort', async () => {
  const mode = 'remoteCredentialGuard';
  const small = await connected({ mode, between: { request: () => 0 } });
  assert.equal(sessions(small), REFUSED);
  assert.match(cause(small), 'credentials of Remote Credential Guard, which was not agreed on');
});

s('nor where it believes in Restricted Admin', async () => {
  const request = () => RESTRICTED_ADMIN_MODE_REQUIRED;
  const small = await connected({
    who: 'dana',
    mode: 'remoteCredentialGuard',
    between: { request },
  });
  assert.equal(sessions(small), REFUSED);
  assert.match(cause(small), 'where Restricted Admin was agreed on');
});

s('a password that comes by Restricted Admin is thrown away', async () => {
  const request = () => RESTRICTED_ADMIN_MODE_REQUIRED;
  const small = await connected({ who: 'dana', between: { request } });
  const [session] = sessions(small) as readonly Readonly<Record<string, Json>>[];
  assert.is(session?.signedInBy, 'restrictedAdmin', cause(small));
  assert.is(session?.networkIdentity, 'CORP\\RD1$');
  // The two are the computer's own.
  assert.is(small.sent().filter((message) => message === 'rd1 AS-REQ').length, 2);
});

s('tickets of somebody else get nobody in', async () => {
  const mode = 'remoteCredentialGuard';
  let danas: Credentials | undefined;
  const seen = (credentials: Credentials) => {
    danas = credentials;
    return credentials;
  };
  const hers = await connected({ who: 'dana', mode, between: { credentials: seen } });
  assert.is((sessions(hers) as readonly Json[]).length, 1);
  const small = await connected({ mode, between: { credentials: () => danas as Credentials } });
  assert.equal(sessions(small), REFUSED);
  assert.match(cause(small), 'CORP\\alice hands over tickets of CORP\\dana');
});

s('the hash of the session is enough for Restricted Admin by an address', async () => {
  const wish = { mode: 'restrictedAdmin', host: '192.0.2.8', with: 'session' } as const;
  const [session] = sessions(await connected({ ...wish, who: 'dana' })) as readonly Json[];
  assert.equal(session, {
    name: 'CORP\\dana',
    sid: (session as { readonly sid: Json }).sid,
    networkLevelAuthentication: 'ntlm',
    signedInBy: 'restrictedAdmin',
    networkIdentity: 'CORP\\RD1$',
  });
  const small = await connected(wish);
  assert.equal(sessions(small), REFUSED);
  assert.match(cause(small), 'CORP\\alice is not in Administrators');
});

s('nothing is no password: empty credentials begin no session', async () => {
  const small = await connected({ mode: 'restrictedAdmin', between: { request: () => 0 } });
  assert.equal(sessions(small), REFUSED);
  assert.match(cause(small), 'the client gives no name');
});

s('both sides of a client that asks for both: Remote Credential Guard', async () => {
  const request = (flags: number) => flags | RESTRICTED_ADMIN_MODE_REQUIRED;
  const small = await connected({ mode: 'remoteCredentialGuard', between: { request } });
  const [session] = sessions(small) as readonly Readonly<Record<string, Json>>[];
  assert.is(session?.signedInBy, 'remoteCredentialGuard', cause(small));
});

/** The same with another key in it. */
function withOtherKey(certificate: Uint8Array): Uint8Array {
  const key = Buffer.from(boundKeyOf(certificate) as Uint8Array);
  const changed = certificate.slice();
  const at = Buffer.from(certificate).indexOf(key) + key.length / 2;
  changed[Math.floor(at)] = (changed[Math.floor(at)] as number) ^ 1;
  return changed;
}

for (const host of ['rd1.corp.example', '192.0.2.8']) {
  s(`${host}: somebody in between with a certificate of their own gets nothing`, async () => {
    const small = await connected({ host, between: { certificate: withOtherKey } });
    assert.equal(sessions(small), REFUSED);
    assert.is(told(small), 'STATUS_LOGON_FAILURE');
    assert.match(cause(small), 'the client sees another TLS server than this one');
  });
}

for (const [why, wish, status] of [
  ['a wrong password', { password: 'wrong' }, 'STATUS_LOGON_FAILURE'],
  ['a host that takes no NTLM', { rd1: { ntlm: false } }, 'STATUS_NOT_SUPPORTED'],
  [
    'a host that believes in Remote Credential Guard',
    { between: { request: () => REDIRECTED_AUTHENTICATION_MODE_REQUIRED } },
    'STATUS_NOT_SUPPORTED',
  ],
] as const) {
  s(`by NTLM, ${why}: ${status}`, async () => {
    const small = await connected({ ...wish, host: '192.0.2.8' });
    assert.equal(sessions(small), REFUSED);
    assert.is(told(small), status, cause(small));
  });
}

s('by NTLM where no domain controller can be asked', async () => {
  const small = await connected({
    host: '192.0.2.8',
    faults: [{ kind: 'crash', actor: 'dc1', at: 10_500 }],
  });
  assert.is(told(small), 'STATUS_NO_LOGON_SERVERS', cause(small));
});

s(
  'a certificate that cannot be read ends the client’s connection, and nothing is said in CredSSP',
  async () => {
    const small = await connected({ between: { certificate: () => new Uint8Array([1, 2, 3]) } });
    assert.match(small.causes().join('\n'), /no certificate that can be read/);
    assert.not.ok(small.sent().includes('laptop TSRequest'));
  },
);

s.run();
