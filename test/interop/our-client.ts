/** Our client as an actor on real sockets: one exchange with a KDC, from its first request to what it comes to. */
import * as assert from 'uvu/assert';
import {
  type ExchangeOptions,
  type Exchanges,
  none,
  type Outcome,
  type Progress,
} from '../../protocols/actors/exchange-state.ts';
import * as exchanges from '../../protocols/actors/exchanges.ts';
import { secretProof } from '../../protocols/actors/mechanisms.ts';
import type { AsRequest } from '../../protocols/kerberos/as-request.ts';
import { KdcOptions, NT_PRINCIPAL } from '../../protocols/kerberos/constants.ts';
import { errorName } from '../../protocols/kerberos/error-codes.ts';
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
import type { KeyOperations } from '../../src/signing/operations.ts';

export const REALM = 'KRB.EXAMPLE';

/** Asks by UDP first, where Windows' client begins with TCP. */
export const UDP = { ...WINDOWS_KDC_EXCHANGE, udpPreferenceLimit: 1_465 };

export const password = (text: string): LongTermSecret => ({ kind: 'password', password: text });

export type Begin = (options: ExchangeOptions, env: Env) => Progress<'test'>;

type State = { readonly name: 'off' | 'running' | 'over'; readonly exchanges: Exchanges<'test'> };

const LIMIT_MS = 20_000;

/** What one exchange with the KDC at a port comes to. */
export async function exchanged(
  port: number,
  begin: Begin,
  exchange = WINDOWS_KDC_EXCHANGE,
  operations?: KeyOperations,
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
  const failures: string[] = [];
  const driver = new Driver({
    actors: [client(begin, options, (outcome) => finish(outcome)) as Actor],
    framings: [kerberosTcpFraming],
    clock: wallClock(),
    metrics: metrics(),
    log: (text) => failures.push(text),
    realPort: () => 0,
    directory: directory({ kdc: { 88: { host: '127.0.0.1', port } } }),
    ...(operations === undefined ? {} : { operations }),
  });
  await driver.start();
  const limit = setTimeout(
    () =>
      finish({ kind: 'failed', failure: { kind: 'unusable', reason: 'test limit' }, gained: [] }),
    LIMIT_MS,
  );
  const outcome = await finished;
  clearTimeout(limit);
  await driver.stop();
  assert.equal(failures, []);
  return outcome;
}

function client(
  begin: Begin,
  options: ExchangeOptions,
  finish: (outcome: Outcome) => void,
): Actor<State> {
  return {
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
}

export interface SignIn {
  readonly exchange?: typeof WINDOWS_KDC_EXCHANGE;
  readonly kdcOptions?: number;
  readonly realm?: string;
}

const { forwardable, renewable, canonicalize } = KdcOptions;

/** A request for a TGT of the realm. */
export function asRequest(
  name: string,
  etypes: readonly number[],
  kdcOptions = forwardable | renewable | canonicalize,
  realm = REALM,
): AsRequest {
  return {
    realm,
    cname: principal(NT_PRINCIPAL, name),
    kdcOptions,
    till: Math.floor(Date.now() / 1_000) * 1_000 + 36_000_000,
    rtime: Math.floor(Date.now() / 1_000) * 1_000 + 7 * 86_400_000,
    etypes,
    includePac: true,
    encPaRep: true,
    learnsTime: false,
  };
}

export function signIn(
  port: number,
  name: string,
  secret: LongTermSecret,
  etypes: readonly number[],
  { exchange, kdcOptions, realm }: SignIn = {},
): Promise<Outcome> {
  const request = asRequest(name, etypes, kdcOptions, realm);
  return exchanged(
    port,
    (options, env) => exchanges.beginAs(none(), 'test', request, secretProof(secret), options, env),
    exchange,
  );
}

export function ticket(
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
    etypes: [18, 17, 20, 19],
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

export function tgtOf(outcome: Outcome): Credential {
  if (outcome.kind !== 'as') throw new Error(`no sign-in: ${JSON.stringify(outcome)}`);
  return outcome.reply.credential;
}

export function ticketOf(outcome: Outcome): Credential {
  if (outcome.kind !== 'tgs') throw new Error(`no ticket: ${JSON.stringify(outcome)}`);
  return outcome.credential;
}

/** The KDC's error by name, or the kind of failure that the client saw itself. */
export function failureOf(outcome: Outcome): string {
  if (outcome.kind !== 'failed') throw new Error(`no failure: ${outcome.kind}`);
  const { failure } = outcome;
  return failure.kind === 'refused' ? errorName(failure.errorCode) : failure.kind;
}
