/**
 * A domain controller: the directory in its store, made of the cast when the store is empty, and the
 * KDC of `protocols/kdc` on UDP and TCP over it.
 */
import type {
  ActorEffect,
  ActorEnv,
  ActorEvent,
  Json,
  KeyRecord,
} from '../../src/machine/actor.ts';
import { assertNever, type Step, to, unexpected } from '../../src/machine/machine.ts';
import type { Store } from '../../src/machine/store.ts';
import { role } from '../../src/scenario/role.ts';
import { directory } from '../directory/directory.ts';
import { initialDomain } from '../directory/domain.ts';
import { DOMAIN_COUNTER } from '../directory/domain-info.ts';
import * as kdc from '../kdc/kdc.ts';
import { keyRecords, trustKeyRecords } from '../kdc/long-term-keys.ts';
import { KDC_PORT } from '../kerberos/constants.ts';
import { kerberosTcpFraming } from '../kerberos/framing.ts';
import { accountWrite } from './account-changes.ts';
import { directoryAccounts } from './directory-accounts.ts';
import { domainControllerFields } from './fields.ts';
import { storeOf } from './new-domain-store.ts';
import { type RealmCast, realmCast } from './realm-cast.ts';

type State = { readonly name: 'off' } | { readonly name: 'ready'; readonly kdc: kdc.State };

/** The actor as its file entry describes it. */
interface Controller {
  readonly name: string;
  readonly cast: RealmCast;
}

function step(
  own: Controller,
  state: State,
  event: ActorEvent,
  env: ActorEnv,
): Step<State, ActorEffect> {
  switch (state.name) {
    case 'off':
      return event.kind === 'started' ? start(own, env) : unexpected(state, event, 'started');
    case 'ready':
      return heard(state, event, env);
    default:
      return assertNever(state);
  }
}

/** A store with a domain in it is used as it is: it may have changed since it was made. */
function start(own: Controller, { store }: ActorEnv): Step<State, ActorEffect> {
  if (store.counter(DOMAIN_COUNTER) !== 0) return ready(own, store);
  const { batch } = initialDomain(own.cast.seed);
  const { state, effects } = ready(own, storeOf(batch));
  return to(state, [{ kind: 'write', batch }, ...effects]);
}

function ready({ cast }: Controller, store: Store): Step<State, ActorEffect> {
  const accounts = directoryAccounts(store);
  // The directory's own, where it was made with other ones than the file gives now.
  const realm = { ...cast.realm, sid: accounts.domain.sid };
  const named = cast.named.flatMap((name) => accounts.bySAMAccountName(name) ?? []);
  const keys: readonly KeyRecord[] = [
    ...named.flatMap((account) => keyRecords(realm, account)),
    ...accounts.trusts.flatMap((trust) => trustKeyRecords(realm, trust)),
  ];
  return to({ name: 'ready', kdc: kdc.ready(realm) }, [
    { kind: 'keyed', keys },
    { kind: 'listen', transport: 'udp', port: KDC_PORT },
    { kind: 'listen', transport: 'tcp', port: KDC_PORT, framing: kerberosTcpFraming.name },
  ]);
}

type Ready = Extract<State, { readonly name: 'ready' }>;

function heard(state: Ready, event: ActorEvent, env: ActorEnv): Step<State, ActorEffect> {
  switch (event.kind) {
    case 'received': {
      const { transport, from, fromPort, bytes } = event;
      const received = { kind: 'received', transport, from, fromPort, bytes } as const;
      const reply = (message: string, reply: Uint8Array): ActorEffect =>
        event.connection === undefined
          ? {
              kind: 'send',
              transport: 'udp',
              to: from,
              toPort: fromPort,
              port: event.port,
              message,
              bytes: reply,
            }
          : {
              kind: 'send',
              transport: 'tcp',
              connection: event.connection,
              message,
              bytes: reply,
            };
      return answered(state, received, env, reply, event.connection);
    }
    case 'malformed': {
      const { connection, reason } = event;
      const reply = (message: string, bytes: Uint8Array): ActorEffect => ({
        kind: 'send',
        transport: 'tcp',
        connection,
        message,
        bytes,
      });
      return answered(state, { kind: 'malformed', reason }, env, reply, connection);
    }
    case 'accepted':
    case 'closed':
      return to(state);
    case 'started':
    case 'commanded':
    case 'told':
    case 'connected':
    case 'expired':
    case 'signed':
      return unexpected(state, event, 'received');
    default:
      return assertNever(event);
  }
}

function answered(
  state: Ready,
  event: kdc.Event,
  env: ActorEnv,
  reply: (message: string, bytes: Uint8Array) => ActorEffect,
  connection: string | undefined,
): Step<State, ActorEffect> {
  const { now, random, store } = env;
  const accounts = directoryAccounts(store);
  const next = kdc.step(state.kdc, event, { now, random, accounts });
  const effects: ActorEffect[] = [];
  for (const effect of next.effects) {
    switch (effect.kind) {
      case 'account': {
        const id = accounts.recordOf(effect.change.objectSid);
        const batch =
          id === undefined ? undefined : accountWrite(directory(store), id, effect.change, now);
        if (batch !== undefined) effects.push({ kind: 'write', batch });
        break;
      }
      case 'reply':
        effects.push(reply(effect.message, effect.bytes));
        break;
      case 'close':
        if (connection !== undefined) effects.push({ kind: 'close', connection });
        break;
      case 'silence':
        effects.push({ kind: 'note', level: 'info', text: effect.reason });
        break;
      case 'note':
      case 'rejected':
        effects.push(effect);
        break;
      default:
        assertNever(effect);
    }
  }
  return to({ ...state, kdc: next.state }, effects);
}

function view({ cast }: Controller, state: State): Json {
  const { dnsName, netbios } = cast.seed;
  const { realm } = state.name === 'ready' ? state.kdc : cast;
  return {
    state: state.name,
    realm: dnsName.toUpperCase(),
    netbios,
    sid: realm.sid,
    host: realm.dnsHostName,
    accounts: cast.named.length,
    trusts: (cast.seed.trusts ?? []).map(({ partner }) => partner),
  };
}

export const domainController = role({
  role: 'domain-controller',
  about: 'A domain controller of Active Directory: the directory and the KDC of its realm.',
  fields: domainControllerFields,
  verbs: {},
  states: ['off', 'ready'],
  servesIn: true,
  build(name, config, scene) {
    const own: Controller = { name, cast: realmCast(scene, name, config) };
    const initial: State = { name: 'off' };
    return {
      name,
      role: 'domain-controller',
      machine: 'actors/domain-controller',
      initial,
      step: (state, event, env) => step(own, state as State, event, env),
      stateName: (state) => (state as State).name,
      view: (state) => view(own, state as State),
    };
  },
});
