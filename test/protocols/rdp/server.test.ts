import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as client from '../../../protocols/rdp/client.ts';
import type {
  ClientConfig,
  Effect as ClientEffect,
  State as ClientState,
} from '../../../protocols/rdp/client-state.ts';
import { InfoFlags, Protocol, RequestFlags } from '../../../protocols/rdp/constants.ts';
import { rdpFraming, rdpServerFraming } from '../../../protocols/rdp/framing.ts';
import { negotiate } from '../../../protocols/rdp/negotiation.ts';
import * as server from '../../../protocols/rdp/server.ts';
import type {
  ServerConfig,
  Effect as ServerEffect,
  Event as ServerEvent,
  State as ServerState,
} from '../../../protocols/rdp/server-state.ts';
import { connectionRequest } from '../../../protocols/rdp/x224.ts';
import { concat } from '../../../src/bytes/bytes.ts';
import type { Framing } from '../../../src/machine/actor.ts';
import { playbook } from '../../playbook.ts';

const s = suite('server');

const env = { now: 0, random: (size: number) => new Uint8Array(size) };
const { PROTOCOL_SSL, PROTOCOL_HYBRID, PROTOCOL_HYBRID_EX } = Protocol;

const HOST: ServerConfig = {
  security: {
    protocols: PROTOCOL_SSL | PROTOCOL_HYBRID | PROTOCOL_HYBRID_EX,
    restrictedAdmin: false,
    remoteCredentialGuard: false,
    certificate: true,
    clientCertificates: false,
  },
  maxWidth: 1_920,
  maxHeight: 1_200,
};

const MSTSC: ClientConfig = {
  requestedProtocols: PROTOCOL_SSL | PROTOCOL_HYBRID | PROTOCOL_HYBRID_EX,
  mode: 'normal',
  userName: 'alice',
  clientName: 'LAPTOP',
  width: 800,
  height: 600,
  channels: [
    { name: 'rdpdr', options: 0x80800000 },
    { name: 'drdynvc', options: 0xc0000000 },
  ],
  smartCardLogOn: true,
  info: {
    flags: InfoFlags.INFO_AUTOLOGON | InfoFlags.INFO_PASSWORD_IS_SC_PIN,
    domain: 'CORP',
    userName: 'alice',
    password: '135790',
    clientAddress: '10.0.0.5',
  },
};

interface Played {
  readonly host: ServerState;
  readonly mstsc: ClientState;
  readonly messages: readonly string[];
  readonly hostEffects: readonly ServerEffect[];
  readonly mstscEffects: readonly ClientEffect[];
}

/** Both machines against each other; everything goes through the framings, octet by octet. */
function play(
  hostConfig: ServerConfig,
  mstscConfig: ClientConfig,
  authorized = true,
  session: readonly ServerEvent[] = [],
): Played {
  let host: ServerState = server.INITIAL;
  let mstsc: ClientState = client.INITIAL;
  const messages: string[] = [];
  const hostEffects: ServerEffect[] = [];
  const mstscEffects: ClientEffect[] = [];
  const queue: (() => void)[] = [];
  const toHost = (event: ServerEvent): void => {
    const next = server.step(hostConfig, host, event, env);
    host = next.state;
    for (const effect of next.effects) {
      hostEffects.push(effect);
      if (effect.kind === 'send') {
        messages.push(`host: ${effect.message}`);
        for (const bytes of cut(rdpServerFraming, effect.bytes)) {
          queue.push(() => toClient({ kind: 'received', bytes }));
        }
      }
      if (effect.kind === 'secure') queue.push(() => toHost({ kind: 'secured' }));
      if (effect.kind === 'authenticate') {
        queue.push(() => {
          toClient({ kind: 'authenticated' });
          toHost({ kind: 'authenticated', authorized });
        });
      }
      if (effect.kind === 'logOn') queue.push(() => toHost({ kind: 'admitted' }));
      if (effect.kind === 'activated') for (const one of session) queue.push(() => toHost(one));
      if (effect.kind === 'close') queue.push(() => toClient({ kind: 'closed' }));
    }
  };
  const toClient = (event: Parameters<typeof client.step>[2]): void => {
    const next = client.step(mstscConfig, mstsc, event, env);
    mstsc = next.state;
    for (const effect of next.effects) {
      mstscEffects.push(effect);
      if (effect.kind === 'send') {
        messages.push(`mstsc: ${effect.message}`);
        for (const bytes of cut(rdpFraming, effect.bytes)) {
          queue.push(() => toHost({ kind: 'received', bytes }));
        }
      }
      if (effect.kind === 'secure') queue.push(() => toClient({ kind: 'secured' }));
    }
  };
  toClient({ kind: 'asked' });
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
  return { host, mstsc, messages, hostEffects, mstscEffects };
}

function cut(framing: Framing, bytes: Uint8Array): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  let buffer: Uint8Array = new Uint8Array(0);
  for (const octet of bytes) {
    buffer = concat(buffer, Uint8Array.of(octet));
    const next = framing.next(buffer);
    if (next.kind === 'more') continue;
    if (next.kind === 'refused') assert.unreachable(next.reason);
    else {
      found.push(next.message);
      buffer = buffer.slice(next.consumed);
    }
  }
  assert.is(buffer.length, 0, 'the framing cut off too little');
  return found;
}

s('a sign-in goes from negotiation to an active session', () => {
  const played = play(HOST, MSTSC, true, [
    {
      kind: 'notifies',
      info: { kind: 'loggedOn', domain: 'CORP', userName: 'alice', sessionId: 2 },
    },
    { kind: 'shows', lines: ['CORP\\alice'] },
    {
      kind: 'sends',
      channel: 'rdpdr',
      name: 'Virtual Channel PDU',
      message: new Uint8Array(2_062).fill(9),
    },
  ]);
  const notes = played.hostEffects.flatMap((one) => (one.kind === 'note' ? [one.text] : []));
  assert.equal(notes, []);
  assert.is(played.host.name, 'active');
  assert.is(played.mstsc.name, 'active');
  assert.equal(played.messages.slice(0, 26), [
    'mstsc: X.224 Connection Request',
    'host: X.224 Connection Confirm',
    'host: Early User Authorization Result PDU',
    'mstsc: MCS Connect Initial',
    'host: MCS Connect Response',
    'mstsc: MCS Erect Domain Request',
    'mstsc: MCS Attach User Request',
    'host: MCS Attach User Confirm',
    ...Array.from({ length: 4 }, () => [
      'mstsc: MCS Channel Join Request',
      'host: MCS Channel Join Confirm',
    ]).flat(),
    'mstsc: Client Info PDU',
    'host: License Error PDU',
    'host: Demand Active PDU',
    'mstsc: Confirm Active PDU',
    'mstsc: Synchronize PDU',
    'mstsc: Control PDU',
    'mstsc: Control PDU',
    'mstsc: Font List PDU',
    'host: Synchronize PDU',
    'host: Control PDU',
  ]);
  const logOn = played.hostEffects.find((effect) => effect.kind === 'logOn');
  assert.is(logOn?.info.Password, '135790');
  assert.ok((logOn?.info.flags as number) & InfoFlags.INFO_PASSWORD_IS_SC_PIN);
  assert.is((logOn?.client.cluster?.Flags as number) & 0x40, 0x40);
  const told = played.mstscEffects.find((effect) => effect.kind === 'told');
  assert.equal(told?.info, { kind: 'loggedOn', domain: 'CORP', userName: 'alice', sessionId: 2 });
  const channel = played.mstscEffects.find((effect) => effect.kind === 'channel');
  assert.is(channel?.message.length, 2_062);
});

s('who may not sign in is told before the session where the client asked for it', () => {
  const { mstsc, messages } = play(HOST, MSTSC, false);
  assert.is(messages.at(-1), 'host: Early User Authorization Result PDU');
  assert.match((mstsc as { readonly reason?: string }).reason ?? '', /AUTHZ_ACCESS_DENIED/);
});

s('… and by Set Error Info where it did not', () => {
  const asking = { ...MSTSC, requestedProtocols: PROTOCOL_SSL | PROTOCOL_HYBRID };
  const { mstsc, host } = play(HOST, asking, false);
  assert.is(host.name, 'closed');
  const { reason } = mstsc as { readonly reason?: string };
  assert.is(reason, 'ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES');
});

s('what cannot be agreed on has its failure code', () => {
  const only = (protocols: number) => ({ ...HOST, security: { ...HOST.security, protocols } });
  const asks = (requestedProtocols: number) => ({ ...MSTSC, requestedProtocols });
  const reasonOf = (host: ServerConfig, mstsc: ClientConfig): string =>
    (play(host, mstsc).mstsc as { readonly reason?: string }).reason ?? '';
  const nla = only(PROTOCOL_HYBRID | PROTOCOL_HYBRID_EX);
  assert.match(reasonOf(nla, asks(PROTOCOL_SSL)), /HYBRID_REQUIRED_BY_SERVER/);
  assert.match(reasonOf(HOST, asks(Protocol.PROTOCOL_RDP)), /SSL_REQUIRED_BY_SERVER/);
  assert.match(reasonOf(only(0), asks(PROTOCOL_SSL)), /SSL_NOT_ALLOWED_BY_SERVER/);
  const bare = { ...HOST, security: { ...HOST.security, certificate: false } };
  assert.match(reasonOf(bare, MSTSC), /SSL_CERT_NOT_ON_SERVER/);
  const mutual = { ...HOST, security: { ...HOST.security, clientCertificates: true } };
  assert.match(reasonOf(mutual, MSTSC), /SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER/);
  const restricted = { ...MSTSC, mode: 'restrictedAdmin' } as const;
  assert.match(reasonOf(HOST, restricted), /does not support Restricted Administration/);
  const guarded = { ...MSTSC, mode: 'remoteCredentialGuard' } as const;
  assert.match(reasonOf(HOST, guarded), /does not support Remote Credential Guard/);
});

s(
  'Restricted Admin and Remote Credential Guard are ways of CredSSP, and nothing with TLS alone',
  () => {
    const flags =
      RequestFlags.RESTRICTED_ADMIN_MODE_REQUIRED |
      RequestFlags.REDIRECTED_AUTHENTICATION_MODE_REQUIRED;
    const policy = { ...HOST.security, restrictedAdmin: true, remoteCredentialGuard: true };
    const modeWith = (requestedProtocols: number): string | undefined => {
      const outcome = negotiate({ negotiation: { flags, requestedProtocols } }, policy);
      return outcome.kind === 'selected' ? outcome.mode : undefined;
    };
    assert.is(modeWith(PROTOCOL_SSL), 'normal');
    assert.is(modeWith(PROTOCOL_SSL | PROTOCOL_HYBRID), 'remoteCredentialGuard');
  },
);

s('a client of before negotiation gets no negotiation data', () => {
  playbook(
    (state: ServerState, event: ServerEvent) => server.step(HOST, state, event, env),
    server.INITIAL,
    () => env,
  )
    .on({ kind: 'received', bytes: connectionRequest({ cookie: 'Cookie: mstshash=x' }) })
    .emits(
      { kind: 'send', bytes: (bytes: Uint8Array) => bytes.length === 11 },
      { kind: 'note' },
      { kind: 'close' },
    )
    .ends('closed');
});

s('no octets in any state make the server throw, and it always answers or hangs up', () => {
  const { host: active } = play(HOST, MSTSC);
  const states: ServerState[] = [server.INITIAL, active];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (junk, framed) => {
      for (const state of states) {
        const bytes = framed
          ? Uint8Array.of(3, 0, 0, junk.length + 7, 2, 0xf0, 0x80, ...junk)
          : junk;
        const next = server.step(HOST, state, { kind: 'received', bytes }, env);
        assert.ok(next.state.name.length > 0);
      }
      client.step(
        MSTSC,
        { name: 'expectConnectionConfirm' },
        { kind: 'received', bytes: junk },
        env,
      );
    }),
  );
});

s.run();
