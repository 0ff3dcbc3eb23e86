/** Our client as an actor on real sockets, against MIT's krb5kdc on loopback. */
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ExchangeOptions,
  type Exchanges,
  none,
  type Outcome,
  type Progress,
} from '../../protocols/actors/exchange-state.ts';
import * as exchanges from '../../protocols/actors/exchanges.ts';
import type { AsRequest } from '../../protocols/kerberos/as-request.ts';
import {
  KdcOptions,
  NT_PRINCIPAL,
  NT_SRV_HST,
  TicketFlags,
} from '../../protocols/kerberos/constants.ts';
import { errorName } from '../../protocols/kerberos/error-codes.ts';
import { stringToKey } from '../../protocols/kerberos/etypes.ts';
import { kerberosTcpFraming } from '../../protocols/kerberos/framing.ts';
import { WINDOWS_KDC_EXCHANGE } from '../../protocols/kerberos/kdc-exchange.ts';
import { principal } from '../../protocols/kerberos/names.ts';
import type { LongTermSecret } from '../../protocols/kerberos/preauth.ts';
import type { TgsRequest } from '../../protocols/kerberos/tgs-client.ts';
import type { Credential } from '../../protocols/kerberos/ticket-cache.ts';
import { wallClock } from '../../src/drivers/clock.ts';
import { Driver } from '../../src/drivers/driver.ts';
import { metrics } from '../../src/drivers/metrics.ts';
import { directory } from '../../src/drivers/outside.ts';
import type { Actor } from '../../src/machine/actor.ts';
import type { Env } from '../../src/machine/machine.ts';
import { peer, peerTest } from '../peers.ts';

const REALM = 'KRB.EXAMPLE';
const PASSWORD = 'Passw0rd!';

const ETYPES = [
  [18, 'aes256-cts'],
  [17, 'aes128-cts'],
  [20, 'aes256-sha2'],
  [19, 'aes128-sha2'],
] as const;

interface Kdc {
  readonly port: number;
  stop(): void;
}

/** Where a KDC keeps its things, and the environment that says so to its programs. */
interface Home {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A database with a user and a service for each encryption type, and one user without pre-authentication. */
function database(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-krb5kdc-'));
  const home: Home = {
    folder,
    env: {
      ...process.env,
      KRB5_CONFIG: join(folder, 'krb5.conf'),
      KRB5_KDC_PROFILE: join(folder, 'kdc.conf'),
    },
  };
  configure(home, 88, '');
  run(home, 'kdb5_util', ['create', '-s', '-P', 'master', '-r', REALM]);
  const admin = [
    `modprinc -maxrenewlife 7d krbtgt/${REALM}`,
    ...ETYPES.flatMap(([etype, name]) => [
      `addprinc -maxrenewlife 7d -pw ${PASSWORD} -e ${name}:normal +requires_preauth user${etype}`,
      `addprinc -randkey -e ${name}:normal host/s${etype}.krb.example`,
    ]),
    `addprinc -pw ${PASSWORD} -requires_preauth open`,
  ];
  run(home, 'kadmin.local', [], `${admin.join('\n')}\n`);
  return home;
}

function configure({ folder }: Home, port: number, setting: string): void {
  const address = `127.0.0.1:${port}`;
  writeFileSync(
    join(folder, 'krb5.conf'),
    `[libdefaults]\n default_realm = ${REALM}\n[realms]\n ${REALM} = {\n  kdc = ${address}\n }\n`,
  );
  writeFileSync(
    join(folder, 'kdc.conf'),
    `[kdcdefaults]
 kdc_listen = ${address}
 kdc_tcp_listen = ${address}
 ${setting}
[realms]
 ${REALM} = {
  database_name = ${folder}/principal
  key_stash_file = ${folder}/stash
  supported_enctypes = ${ETYPES.map(([, name]) => `${name}:normal`).join(' ')}
  max_renewable_life = 7d
 }
[logging]
 kdc = FILE:${folder}/kdc.log
`,
  );
}

function run({ env }: Home, command: string, args: readonly string[], input = ''): void {
  const done = spawnSync(peer(command) ?? command, args, { env, input, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command}: ${done.stdout}${done.stderr}`);
}

/** Starts a KDC; somebody else may take the free port first, and then another is tried. */
async function krb5kdc(setting = ''): Promise<Kdc> {
  const home = database();
  for (let tries = 0; tries < 5; tries++) {
    const port = await freePort();
    configure(home, port, setting);
    const child = spawn(peer('krb5kdc') ?? '', ['-n'], { env: home.env, stdio: 'ignore' });
    const ended = new Promise<false>((resolve) => child.once('exit', () => resolve(false)));
    if (await Promise.race([ended, answering(port)])) {
      return {
        port,
        stop: () => {
          child.kill('SIGKILL');
          rmSync(home.folder, { recursive: true, force: true });
        },
      };
    }
    child.kill('SIGKILL');
  }
  const log = readFileSync(join(home.folder, 'kdc.log'), 'utf8');
  rmSync(home.folder, { recursive: true, force: true });
  throw new Error(`krb5kdc does not answer: ${log}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

/** Waits until the KDC of our realm answers. */
async function answering(port: number): Promise<boolean> {
  const exchange = { ...WINDOWS_KDC_EXCHANGE, kdcWaitTime: 500, kdcSendRetries: 1 };
  for (let tries = 0; tries < 50; tries++) {
    const outcome = await signIn(port, 'user18', password, [18], { exchange });
    if (outcome.kind === 'as') return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

type Begin = (options: ExchangeOptions, env: Env) => Progress<'test'>;

type State = { readonly name: 'off' | 'running' | 'over'; readonly exchanges: Exchanges<'test'> };

/** One exchange on real sockets, from its first request to what it comes to. */
async function exchanged(
  port: number,
  begin: Begin,
  exchange = WINDOWS_KDC_EXCHANGE,
): Promise<Outcome> {
  const options: ExchangeOptions = {
    kdcs: () => ['kdc'],
    kdcExchange: exchange,
    serviceWaitTime: 5_000,
  };
  let finish: (outcome: Outcome) => void = () => undefined;
  const finished = new Promise<Outcome>((resolve) => {
    finish = resolve;
  });
  const actor: Actor<State> = {
    name: 'client',
    role: 'client',
    machine: 'actors/exchanges',
    initial: { name: 'off', exchanges: none() },
    step(state, event, env) {
      const progress =
        event.kind === 'started'
          ? begin(options, env)
          : exchanges.step(state.exchanges, event, options, env);
      if (progress === undefined) return { state, effects: [] };
      for (const { outcome } of progress.finished) finish(outcome);
      const name = progress.finished.length > 0 ? 'over' : 'running';
      return { state: { name, exchanges: progress.exchanges }, effects: progress.effects };
    },
    stateName: (state) => state.name,
    view: () => null,
  };
  const failures: string[] = [];
  const driver = new Driver({
    actors: [actor as Actor],
    framings: [kerberosTcpFraming],
    clock: wallClock(),
    metrics: metrics(),
    log: (text) => failures.push(text),
    realPort: () => 0,
    directory: directory({ kdc: { 88: { host: '127.0.0.1', port } } }),
  });
  await driver.start();
  const limit = setTimeout(
    () =>
      finish({ kind: 'failed', failure: { kind: 'unusable', reason: 'test limit' }, gained: [] }),
    20_000,
  );
  const outcome = await finished;
  clearTimeout(limit);
  await driver.stop();
  assert.equal(failures, []);
  return outcome;
}

interface SignIn {
  readonly exchange?: typeof WINDOWS_KDC_EXCHANGE;
  readonly kdcOptions?: number;
}

const { forwardable, renewable, canonicalize, encTktInSkey, renew } = KdcOptions;

function signIn(
  port: number,
  name: string,
  secret: LongTermSecret,
  etypes: readonly number[],
  { exchange, kdcOptions = forwardable | renewable | canonicalize }: SignIn = {},
): Promise<Outcome> {
  const request: AsRequest = {
    realm: REALM,
    cname: principal(NT_PRINCIPAL, name),
    kdcOptions,
    till: Math.floor(Date.now() / 1_000) * 1_000 + 36_000_000,
    rtime: Math.floor(Date.now() / 1_000) * 1_000 + 7 * 86_400_000,
    etypes,
    includePac: true,
    encPaRep: true,
    learnsTime: false,
  };
  return exchanged(
    port,
    (options, env) => exchanges.beginAs(none(), 'test', request, { secret }, options, env),
    exchange,
  );
}

function ticket(
  port: number,
  credential: Credential,
  wanted: Partial<TgsRequest>,
  exchange?: typeof WINDOWS_KDC_EXCHANGE,
): Promise<Outcome> {
  const request: TgsRequest = {
    credential,
    sname: credential.sname,
    kdcOptions: forwardable | canonicalize,
    till: Math.floor(Date.now() / 1_000) * 1_000 + 36_000_000,
    etypes: ETYPES.map(([etype]) => etype),
    subkey: true,
    learnsTime: false,
    ...wanted,
  };
  return exchanged(
    port,
    (options, env) => exchanges.beginTgs(none(), 'test', request, options, env),
    exchange,
  );
}

const password: LongTermSecret = { kind: 'password', password: PASSWORD };

const UDP = { ...WINDOWS_KDC_EXCHANGE, udpPreferenceLimit: 1_465 };

function tgtOf(outcome: Outcome): Credential {
  if (outcome.kind !== 'as') throw new Error(`no sign-in: ${JSON.stringify(outcome)}`);
  return outcome.reply.credential;
}

function ticketOf(outcome: Outcome): Credential {
  if (outcome.kind !== 'tgs') throw new Error(`no ticket: ${JSON.stringify(outcome)}`);
  return outcome.credential;
}

function failureOf(outcome: Outcome): string {
  if (outcome.kind !== 'failed') throw new Error(`no failure: ${outcome.kind}`);
  const { failure } = outcome;
  return failure.kind === 'refused' ? errorName(failure.errorCode) : failure.kind;
}

const PEERS = ['krb5kdc', 'kdb5_util', 'kadmin.local'];

const mit = suite('krb5kdc');

/** One KDC for all tests but the last, started by the first that needs it. */
let shared: Promise<Kdc> | undefined;

function kdc(): Promise<Kdc> {
  shared ??= krb5kdc();
  return shared;
}

mit.after(async () => {
  await shared?.then(
    ({ stop }) => stop(),
    () => undefined, // the test that started it has said why
  );
});

peerTest(mit, 'signs in and gets a service ticket, with every encryption type', PEERS, async () => {
  const { port } = await kdc();
  for (const [etype] of ETYPES) {
    for (const exchange of [UDP, WINDOWS_KDC_EXCHANGE]) {
      const tgt = tgtOf(await signIn(port, `user${etype}`, password, [etype], { exchange }));
      assert.is(tgt.key.etype, etype);
      assert.is(tgt.sname.nameString.join('/'), `krbtgt/${REALM}`);
      assert.ok((tgt.flags & TicketFlags.preAuthent) !== 0);
      const sname = principal(NT_SRV_HST, 'host', `s${etype}.krb.example`);
      for (const subkey of [true, false]) {
        const etypes = [etype];
        const service = ticketOf(await ticket(port, tgt, { sname, subkey, etypes }, exchange));
        assert.is(service.key.etype, etype);
        assert.equal(service.sname.nameString, sname.nameString);
        assert.equal(service.cname.nameString, [`user${etype}`]);
      }
    }
  }
});

peerTest(mit, 'signs in with keys instead of a password', PEERS, async () => {
  const { port } = await kdc();
  const keys = [stringToKey(18, PASSWORD, `${REALM}user18`)];
  tgtOf(await signIn(port, 'user18', { kind: 'keys', keys }, [18, 17]));
  const others = [stringToKey(17, PASSWORD, `${REALM}user18`)];
  const without = await signIn(port, 'user18', { kind: 'keys', keys: others }, [18, 17]);
  assert.is(failureOf(without), 'noCommonEtype');
});

peerTest(mit, 'says what is wrong', PEERS, async () => {
  const { port } = await kdc();
  const wrong: LongTermSecret = { kind: 'password', password: 'Passw0rd?' };
  // With pre-authentication the KDC notices, without it the client does.
  assert.is(failureOf(await signIn(port, 'user18', wrong, [18])), 'KDC_ERR_PREAUTH_FAILED');
  assert.is(failureOf(await signIn(port, 'open', wrong, [18])), 'undecryptable');
  tgtOf(await signIn(port, 'open', password, [18]));
  assert.is(failureOf(await signIn(port, 'nobody', password, [18])), 'KDC_ERR_C_PRINCIPAL_UNKNOWN');
  assert.is(failureOf(await signIn(port, 'user18', password, [23])), 'KDC_ERR_ETYPE_NOSUPP');
  const tgt = tgtOf(await signIn(port, 'user18', password, [18]));
  const sname = principal(NT_SRV_HST, 'host', 'nowhere.krb.example');
  assert.is(failureOf(await ticket(port, tgt, { sname })), 'KDC_ERR_S_PRINCIPAL_UNKNOWN');
});

peerTest(mit, 'renews, and gets a user-to-user ticket', PEERS, async () => {
  const { port } = await kdc();
  const tgt = tgtOf(await signIn(port, 'user18', password, [18]));
  assert.ok(tgt.renewTill !== undefined, 'a renewable ticket');
  // MIT keeps only flags that are asked for again, where Windows keeps all.
  const kdcOptions = renew | renewable | forwardable;
  const renewed = ticketOf(await ticket(port, tgt, { kdcOptions, subkey: false }));
  assert.is(renewed.authtime, tgt.authtime);
  assert.is(renewed.renewTill, tgt.renewTill);
  assert.ok(renewed.starttime >= tgt.starttime);
  const other = tgtOf(await signIn(port, 'user17', password, [17]));
  const service = ticketOf(
    await ticket(port, renewed, {
      sname: principal(NT_PRINCIPAL, 'user17'),
      kdcOptions: encTktInSkey,
      additionalTickets: [other.ticket],
    }),
  );
  assert.is(service.isSkey, true);
});

peerTest(mit, 'repeats by TCP what is too big for UDP', PEERS, async () => {
  const { port, stop } = await krb5kdc('kdc_max_dgram_reply_size = 300');
  try {
    tgtOf(await signIn(port, 'user18', password, [18], { exchange: UDP }));
  } finally {
    stop();
  }
});

mit.run();
