import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deviceRole } from '../../../protocols/actors/device-role.ts';
import type { ActorEffect, Json } from '../../../src/machine/actor.ts';
import type { RoleDefinition } from '../../../src/scenario/role.ts';
import { SMALLEST, type SmallWorld, smallWorld } from './small-world.ts';

const s = suite('actors/rdp-host-card');

type Sent = Extract<ActorEffect, { readonly kind: 'send' }>;

/** A client whose messages are altered, or (undefined) never sent. `count`: which of their name it is. */
type Altering = (sent: Sent, count: number) => Sent | undefined;

function clientThat(alters: Altering): RoleDefinition {
  return {
    ...deviceRole,
    build(name, config, scene) {
      const actor = deviceRole.build(name, config as never, scene);
      const counts = new Map<string, number>();
      return {
        ...actor,
        step(state, event, env) {
          const next = actor.step(state, event, env);
          const effects = next.effects.flatMap((effect): readonly ActorEffect[] => {
            if (effect.kind !== 'send') return [effect];
            const count = counts.get(effect.message) ?? 0;
            counts.set(effect.message, count + 1);
            const sent = alters(effect, count);
            return sent === undefined ? [] : [sent];
          });
          return { ...next, effects };
        },
      };
    },
  } as RoleDefinition;
}

const CAST = {
  ...SMALLEST,
  ca: { role: 'certificate-authority', realm: 'CORP.EXAMPLE' },
  dc1: { ...SMALLEST.dc1, certificate: { issuer: 'ca' } },
  laptop: {
    ...SMALLEST.laptop,
    join: 'hybrid',
    hello: { alice: { pin: '135791', certificate: { issuer: 'ca' } } },
  },
  rd1: { role: 'rdp-host', realm: 'CORP.EXAMPLE', remoteDesktopUsers: ['alice'] },
};

async function connected(
  alters: Altering,
  rd1: Readonly<Record<string, Json>> = {},
): Promise<SmallWorld> {
  const cast = { ...CAST, rd1: { ...CAST.rd1, ...rd1 } };
  const small = smallWorld(cast, { roles: [clientThat(alters)] });
  const on = 'laptop';
  const pin = { enters: 'pin', value: '135791', on };
  small.command('alice', 'enters', pin, 1_000);
  const how = { with: 'prompt', mode: 'normal', security: 'ext', on };
  small.command('alice', 'connects', { connects: 'rd1.corp.example', ...how }, 10_000);
  small.command('alice', 'enters', pin, 11_000);
  await small.world.run(90_000);
  return small;
}

const untouched: Altering = (sent) => sent;

s('with a client as it should be the session opens', async () => {
  const small = await connected(untouched);
  assert.is(small.world.stateName('rd1'), 'sessionOpen');
  assert.equal(small.causes(), []);
});

s('a client that redirects no card is waited for, and no longer than it is said', async () => {
  const hides: Altering = (sent) =>
    sent.message === 'Client Device List Announce Request' ? undefined : sent;
  const small = await connected(hides, { cardWaitTime: '7s' });
  const cause = small.steps.find(({ actor, effects }) => {
    return actor === 'rd1' && effects.some(({ kind }) => kind === 'note') && effects.length > 1;
  });
  assert.match(small.causes()[0] ?? '', /STATUS_SMARTCARD_NO_CARD: the client redirects no smart/);
  assert.ok(cause !== undefined && cause.at >= 18_000 && cause.at < 19_000, `${cause?.at}`);
  assert.ok(small.sent().includes('rd1 Set Error Info PDU'));
  assert.is(small.world.stateName('rd1'), 'ready');
});

for (const message of [
  'EstablishContext_Return',
  'ListReadersW_Return',
  'ConnectW_Return',
  'BeginTransaction_Return',
  'StatusW_Return',
  'Transmit_Return',
]) {
  s(`a ${message} of zeros ends the sign-in with the status for it`, async () => {
    const zeros: Altering = (sent) =>
      sent.message === message ? { ...sent, bytes: withoutReturn(sent.bytes) } : sent;
    const small = await connected(zeros);
    assert.match(small.causes()[0] ?? '', /^STATUS_SMARTCARD_/);
    assert.ok(small.sent().includes('rd1 Save Session Info PDU'));
    assert.is(small.world.stateName('rd1'), 'ready');
  });
}

/** TPKT, X.224, MCS, the channel's header and that of the completion stay; NDR's header and body go. */
const KEPT = 15 + 8 + 20;

function withoutReturn(bytes: Uint8Array): Uint8Array {
  const spoilt = bytes.slice();
  spoilt.fill(0, KEPT);
  return spoilt;
}

s('a signature that is not the card’s is refused by the domain controller', async () => {
  // The signature is the last answer before the host's AS-REQ: which one that is, an honest run says.
  const honest = await connected(untouched);
  const sent = honest.sent();
  const until = sent.lastIndexOf('rd1 AS-REQ');
  const last = sent.slice(0, until).filter((one) => one === 'laptop Transmit_Return').length - 1;
  assert.ok(last > 5);
  const spoils: Altering = (one, count) => {
    if (one.message !== 'Transmit_Return' || count !== last) return one;
    const bytes = one.bytes.slice();
    const at = bytes.length - 20;
    bytes[at] = (bytes[at] as number) ^ 1;
    return { ...one, bytes };
  };
  const small = await connected(spoils);
  assert.match(small.causes().join('\n'), /KDC_ERR_INVALID_SIG/);
  assert.is(small.world.stateName('rd1'), 'ready');
});

s.run();
