/**
 * A read-only domain controller of a branch office: a replica of the directory with the secrets of few
 * accounts, a KDC that issues tickets with a krbtgt account of its own, and a writable domain controller
 * somewhere else to which it hands on what it cannot answer (MS-ADTS 3.1.1.1.9, MS-KILE 3.1.5.8).
 */

import { tryDecode } from '../../src/der/codec.ts';
import type {
  ActorEffect,
  ActorEnv,
  ActorEvent,
  Json,
  KeyRecord,
} from '../../src/machine/actor.ts';
import { assertNever, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { initialDomain } from '../directory/domain.ts';
import { DOMAIN_COUNTER } from '../directory/domain-info.ts';
import type { Account } from '../kdc/accounts.ts';
import {
  type Forwarded,
  forwarded,
  forwardedForPassword,
  unanswered,
  unansweredMessage,
} from '../kdc/forwarding.ts';
import * as kdc from '../kdc/kdc.ts';
import { keyRecords } from '../kdc/long-term-keys.ts';
import { KDC_PORT } from '../kerberos/constants.ts';
import { errorName, KDC_ERR_PREAUTH_FAILED } from '../kerberos/error-codes.ts';
import { kerberosTcpFraming } from '../kerberos/framing.ts';
import * as exchange from '../kerberos/kdc-exchange.ts';
import { KrbError } from '../kerberos/messages.ts';
import { messageName } from '../kerberos/recognise.ts';
import { directoryAccounts } from './directory-accounts.ts';
import { storeOf } from './new-domain-store.ts';
import type { RealmCast } from './realm-cast.ts';
import { ownController, replicaOf, replicateSecrets, revealed } from './revealed-secrets.ts';

export interface Config {
  /** Of the writable domain controller: the realm and what its directory is made of. */
  readonly cast: RealmCast;
  /** The actor that it forwards to. */
  readonly writable: string;
  readonly dnsHostName: string;
  /** msDS-SecondaryKrbTgtNumber */
  readonly number: number;
  /** Accounts that it has the secrets of from the beginning, by sAMAccountName. */
  readonly revealed: readonly string[];
  /** Milliseconds. */
  readonly forwardWaitTime: number;
}

/** Where an answer goes. */
type Client = Pick<
  Extract<ActorEvent, { readonly kind: 'received' }>,
  'from' | 'fromPort' | 'port' | 'connection'
>;

interface Forward {
  readonly client: Client;
  readonly forwarded: Forwarded;
  readonly request: exchange.KdcRequest;
  readonly state: exchange.State;
}

export type State =
  | { readonly name: 'off' }
  | {
      /** `forwarding`: at least one request is with the writable domain controller. */
      readonly name: 'ready' | 'forwarding';
      readonly kdc: kdc.State;
      readonly forwards: readonly Forward[];
      readonly count: number;
    };

type Running = Exclude<State, { readonly name: 'off' }>;

/** More requests than this at once are not forwarded: nobody in a branch office asks so much. */
const FORWARDS_MAX = 256;

export function step(
  config: Config,
  state: State,
  event: ActorEvent,
  env: ActorEnv,
): Step<State, ActorEffect> {
  if (state.name === 'off') {
    return event.kind === 'started' ? start(config, env) : unexpected(state, event, 'started');
  }
  const under = state.forwards.find(({ request }) => exchange.concerns(request, event));
  if (under !== undefined) return forwardStep(config, state, under, event, env);
  switch (event.kind) {
    case 'received':
      return received(config, state, event, env);
    case 'malformed': {
      const { connection, reason } = event;
      const client = { from: '', fromPort: 0, port: KDC_PORT, connection };
      return answeredHere(config, state, { kind: 'malformed', reason }, client, env);
    }
    case 'accepted':
      return to(state);
    case 'closed':
      return to(state);
    // What is left of forwards that are over.
    case 'connected':
    case 'secured':
    case 'expired':
      return to(state);
    case 'started':
    case 'commanded':
    case 'told':
    case 'signed':
    case 'decrypted':
    case 'generated':
      return unexpected(state, event, 'received');
    default:
      return assertNever(event);
  }
}

/** The replica is as the directory was when its domain was made; then it gets the secrets it may have. */
function start(config: Config, { store, now }: ActorEnv): Step<State, ActorEffect> {
  const known = store.counter(DOMAIN_COUNTER) !== 0;
  const made = known ? undefined : initialDomain(config.cast.seed).batch;
  const replica = made === undefined ? store : storeOf(made);
  const accounts = directoryAccounts(replica);
  const { computer } = ownController(accounts, config.number);
  const given = config.revealed.flatMap((name) => accounts.bySAMAccountName(name) ?? []);
  const secrets = known ? undefined : revealed(replica, computer, given, now);
  const realm = {
    ...config.cast.realm,
    sid: accounts.domain.sid,
    dnsHostName: config.dnsHostName,
    secondaryKrbTgtNumber: config.number,
  };
  const own = [computer, accounts.krbtgt(config.number) as Account];
  const keys: readonly KeyRecord[] = own.flatMap((account) => keyRecords(realm, account));
  return to({ name: 'ready', kdc: kdc.ready(realm), forwards: [], count: 0 }, [
    ...[made, secrets].flatMap((batch): readonly ActorEffect[] =>
      batch === undefined ? [] : [{ kind: 'write', batch }],
    ),
    { kind: 'keyed', keys },
    { kind: 'listen', transport: 'udp', port: KDC_PORT },
    { kind: 'listen', transport: 'tcp', port: KDC_PORT, framing: kerberosTcpFraming.name },
  ]);
}

function received(
  config: Config,
  state: Running,
  event: Extract<ActorEvent, { readonly kind: 'received' }>,
  env: ActorEnv,
): Step<State, ActorEffect> {
  const { realm } = state.kdc;
  const away = forwarded(realm, replicaOf(env.store, config.number), event.bytes);
  if (away !== undefined) return forward(config, state, event, away, event.bytes, env);
  const { transport, from, fromPort, bytes } = event;
  return answeredHere(
    config,
    state,
    { kind: 'received', transport, from, fromPort, bytes },
    event,
    env,
  );
}

function answeredHere(
  config: Config,
  state: Running,
  event: kdc.Event,
  client: Client,
  env: ActorEnv,
): Step<State, ActorEffect> {
  const { now, random, store } = env;
  const accounts = replicaOf(store, config.number);
  const next = kdc.step(state.kdc, event, { now, random, accounts });
  if (event.kind === 'received' && next.effects.some(isWrongPassword)) {
    const away = forwardedForPassword(state.kdc.realm, accounts, event.bytes);
    if (away !== undefined) return forward(config, state, client, away, event.bytes, env);
  }
  const effects = next.effects.flatMap((effect): readonly ActorEffect[] => {
    switch (effect.kind) {
      case 'account':
        return []; // the directory here is read-only; bad passwords are counted where they are forwarded to
      case 'reply':
        return [sent(client, effect.bytes)];
      case 'close':
        return client.connection === undefined
          ? []
          : [{ kind: 'close', connection: client.connection }];
      case 'sign':
      case 'agreed':
        return []; // it has no certificate of its own, so its KDC signs nothing
      case 'silence':
        return [{ kind: 'note', level: 'info', text: effect.reason }];
      case 'note':
      case 'rejected':
        return [effect];
      default:
        return assertNever(effect);
    }
  });
  return to({ ...state, kdc: next.state }, effects);
}

function isWrongPassword(effect: kdc.Effect): boolean {
  if (effect.kind !== 'reply' || effect.message !== 'KRB-ERROR') return false;
  const read = tryDecode(KrbError, effect.bytes);
  return read.ok && read.value.errorCode === KDC_ERR_PREAUTH_FAILED;
}

function sent({ from, fromPort, port, connection }: Client, bytes: Uint8Array): ActorEffect {
  const message = messageName(bytes) ?? 'KRB-ERROR';
  return connection === undefined
    ? { kind: 'send', transport: 'udp', to: from, toPort: fromPort, port, message, bytes }
    : { kind: 'send', transport: 'tcp', connection, message, bytes };
}

function forward(
  config: Config,
  state: Running,
  { from, fromPort, port, connection }: Client,
  away: Forwarded,
  bytes: Uint8Array,
  env: ActorEnv,
): Step<State, ActorEffect> {
  const client = { from, fromPort, port, ...(connection === undefined ? {} : { connection }) };
  if (state.forwards.length >= FORWARDS_MAX) {
    return settled(state, [], client, away, { reason: 'too many requests at once' }, env);
  }
  const request: exchange.KdcRequest = {
    id: `forward-${state.count}`,
    realm: state.kdc.realm.name,
    kdcs: [config.writable],
    port: KDC_PORT,
    localPort: 0, // by TCP only
    message: away.exchange === 'AS' ? 'AS-REQ' : 'TGS-REQ',
    bytes,
    options: {
      udpPreferenceLimit: 0,
      kdcWaitTime: config.forwardWaitTime,
      kdcBackoffTime: 0,
      kdcSendRetries: 1,
    },
  };
  const begun = exchange.begin(request);
  const next: Forward = { client, forwarded: away, request, state: begun.state };
  const text = `forwarded to ${config.writable}: ${away.why}`;
  return to(
    {
      ...state,
      name: 'forwarding',
      forwards: [...state.forwards, next],
      count: state.count + 1,
    },
    [{ kind: 'note', level: 'info', text }, ...begun.effects],
  );
}

function forwardStep(
  config: Config,
  state: Running,
  under: Forward,
  event: ActorEvent,
  env: ActorEnv,
): Step<State, ActorEffect> {
  const next = exchange.step(under.state, event);
  const others = state.forwards.filter((other) => other !== under);
  switch (next.state.name) {
    case 'answered': {
      const { bytes } = next.state;
      const rest = without(state, others);
      const { client } = under.forwarded;
      const asked = client !== undefined && messageName(bytes) === 'AS-REP';
      const secrets = asked ? replicateSecrets(env.store, config.number, client, env.now) : [];
      return to(rest, [...next.effects, ...secrets, sent(under.client, bytes)]);
    }
    case 'failed': {
      const { reason } = next.state;
      const rest = without(state, others);
      return settled(rest, next.effects, under.client, under.forwarded, { reason }, env);
    }
    default: {
      const forwards = state.forwards.map((other) =>
        other === under ? { ...under, state: next.state } : other,
      );
      return to({ ...state, forwards }, next.effects);
    }
  }
}

function without(state: Running, forwards: readonly Forward[]): Running {
  return { ...state, name: forwards.length === 0 ? 'ready' : 'forwarding', forwards };
}

/** Nobody else could answer. */
function settled(
  state: Running,
  effects: readonly ActorEffect[],
  client: Client,
  away: Forwarded,
  { reason }: { readonly reason: string },
  { now }: ActorEnv,
): Step<State, ActorEffect> {
  const refusal = unanswered(away, reason);
  const bytes = unansweredMessage(state.kdc.realm, away, refusal, now);
  const text = `${errorName(refusal.code)}: ${refusal.cause}`;
  return to(state, [...effects, sent(client, bytes), { kind: 'note', level: 'cause', text }]);
}

/** What `expect.end` and `show` may look at. */
export function view(config: Config, state: State): Json {
  const { realm } = config.cast;
  return {
    state: state.name,
    realm: realm.name,
    host: config.dnsHostName,
    number: config.number,
    writable: config.writable,
    forwards: state.name === 'off' ? 0 : state.forwards.length,
  };
}
