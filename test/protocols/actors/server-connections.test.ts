import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NegState, openSpnego } from '../../../protocols/gss/spnego.ts';
import { step } from '../../../protocols/negotiate/initiator.ts';
import type { State } from '../../../protocols/negotiate/initiator-state.ts';
import { ntHash } from '../../../protocols/ntlm/response.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import type { ActorEvent } from '../../../src/machine/actor.ts';
import { SMALLEST, type SmallWorld, START, smallWorld } from './small-world.ts';

const s = suite('server-connections');

const NTLM = {
  ...SMALLEST,
  laptop: { ...SMALLEST.laptop, signsInAtStart: false },
  files: { ...SMALLEST.files, ntlm: true },
} as const;

const CONNECTION = 'stranger:50000';
const COMMON = { connection: CONNECTION, from: 'alice', fromPort: 50_000, port: 445 } as const;

/** Somebody who speaks NTLM to the file server, token for token. */
class Stranger {
  readonly small: SmallWorld = smallWorld(NTLM);
  #state: State = { name: 'idle' };
  readonly #password: string;
  #heard = 0;

  constructor(password: string) {
    this.#password = password;
  }

  async connects(): Promise<void> {
    await this.small.world.run();
    this.small.world.deliver('files', { kind: 'accepted', ...COMMON });
    await this.small.world.run();
  }

  /** Says its next token; what the file server answers is heard with the next one. */
  says(): void {
    const token = this.next();
    const received: ActorEvent = { kind: 'received', transport: 'tcp', ...COMMON, bytes: token };
    this.small.world.deliver('files', received);
  }

  next(): Uint8Array {
    const credentials = {
      userName: 'alice',
      domainName: 'CORP',
      ntHash: ntHash(this.#password),
      workstation: 'STRANGER',
    };
    const offers = [{ mechanism: 'ntlm', credentials }] as const;
    const event =
      this.#state.name === 'idle'
        ? ({
            kind: 'begun',
            request: { offers, framing: 'spnego', sequenceAfterMic: 'on' },
          } as const)
        : ({ kind: 'received', token: this.answers().at(-1) as Uint8Array } as const);
    const env = {
      now: START,
      random: seededRandom(1, `stranger/${this.#heard++}`),
      stamp: START * 1_000,
      offset: 0,
    };
    const { state, effects } = step(this.#state, event, env);
    this.#state = state;
    const sent = effects.find(({ kind }) => kind === 'send');
    if (sent?.kind !== 'send') throw new Error(`nothing to say: ${state.name}`);
    return sent.token;
  }

  /** What the file server has sent to it. */
  answers(): readonly Uint8Array[] {
    return this.small.steps.flatMap(({ actor, effects }) =>
      effects.flatMap((effect) =>
        actor === 'files' &&
        effect.kind === 'send' &&
        effect.transport === 'tcp' &&
        effect.connection === CONNECTION
          ? [effect.bytes]
          : [],
      ),
    );
  }
}

s('a right password is let in, and the domain controller says by which name', async () => {
  const stranger = new Stranger('Passw0rd!');
  await stranger.connects();
  stranger.says();
  await stranger.small.world.run();
  stranger.says();
  await stranger.small.world.run();
  assert.is(stranger.small.world.stateName('files'), 'sessionOpen');
  const { sessions } = stranger.small.world.view('files') as {
    sessions: readonly Readonly<Record<string, unknown>>[];
  };
  assert.is(sessions[0]?.client, 'CORP\\alice');
  assert.is(sessions[0]?.name, 'CORP\\alice');
});

s('a wrong password is rejected, and the status is the domain controller’s', async () => {
  const stranger = new Stranger('wrong');
  await stranger.connects();
  stranger.says();
  await stranger.small.world.run();
  stranger.says();
  await stranger.small.world.run();
  assert.match(stranger.small.causes().join('\n'), /STATUS_WRONG_PASSWORD/);
  const last = openSpnego(stranger.answers().at(-1) as Uint8Array);
  assert.ok(last.ok && 'negTokenResp' in last.token);
  assert.is(last.token.negTokenResp.negState, NegState.reject);
  assert.is(stranger.small.world.stateName('files'), 'ready');
});

s('a client that goes while it is judged leaves nothing behind', async () => {
  const stranger = new Stranger('Passw0rd!');
  await stranger.connects();
  stranger.says();
  await stranger.small.world.run();
  stranger.says();
  const closed = { kind: 'closed', connection: CONNECTION, reason: 'closed' } as const;
  stranger.small.world.deliver('files', closed);
  await stranger.small.world.run();
  assert.is(stranger.small.world.stateName('files'), 'ready');
  assert.is((stranger.small.world.view('files') as { connections: number }).connections, 0);
  assert.is(stranger.answers().length, 1, 'the challenge, and no verdict');
  assert.ok(stranger.small.sent().includes('dc1 NetrLogonSamLogonEx-response'));
});

s('a token out of turn ends the negotiation', async () => {
  const stranger = new Stranger('Passw0rd!');
  await stranger.connects();
  const first = stranger.next();
  const received: ActorEvent = { kind: 'received', transport: 'tcp', ...COMMON, bytes: first };
  for (let n = 0; n < 2; n++) {
    stranger.small.world.deliver('files', received);
    await stranger.small.world.run();
  }
  assert.match(stranger.small.causes().join('\n'), /a second NegTokenInit/);
  assert.is(stranger.small.world.stateName('files'), 'ready');
});

s.run();
