/**
 * A domain controller: the KDC of `protocols/kdc` on UDP and TCP, with the accounts of everybody in the
 * cast who says to be in its realm.
 */
import type { ActorEffect, ActorEvent, Json, KeyRecord } from '../../src/machine/actor.ts';
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { role } from '../../src/scenario/role.ts';
import * as kdc from '../kdc/kdc.ts';
import { keyRecords, trustKeyRecords } from '../kdc/memory-accounts.ts';
import { KDC_PORT } from '../kerberos/constants.ts';
import { kerberosTcpFraming } from '../kerberos/framing.ts';
import { domainControllerFields } from './fields.ts';
import { type RealmCast, realmCast } from './realm-cast.ts';

type State = { readonly name: 'off' } | { readonly name: 'ready'; readonly kdc: kdc.State };

function step(
  cast: RealmCast,
  state: State,
  event: ActorEvent,
  env: Env,
): Step<State, ActorEffect> {
  if (state.name === 'off') {
    return event.kind === 'started' ? start(cast) : unexpected(state, event, 'started');
  }
  switch (event.kind) {
    case 'received': {
      const { transport, from, fromPort, bytes } = event;
      const received = { kind: 'received', transport, from, fromPort, bytes } as const;
      return answered(
        cast,
        state.kdc,
        received,
        env,
        (message, reply) =>
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
              },
        event.connection,
      );
    }
    case 'malformed': {
      const { connection, reason } = event;
      return answered(
        cast,
        state.kdc,
        { kind: 'malformed', reason },
        env,
        (message, bytes) => ({ kind: 'send', transport: 'tcp', connection, message, bytes }),
        connection,
      );
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

function start({ realm, accounts }: RealmCast): Step<State, ActorEffect> {
  const keys: readonly KeyRecord[] = [
    ...accounts.all.flatMap((account) => keyRecords(realm, account)),
    ...accounts.trusts.flatMap((trust) => trustKeyRecords(realm, trust)),
  ];
  return to({ name: 'ready', kdc: kdc.ready(realm) }, [
    { kind: 'keyed', keys },
    { kind: 'listen', transport: 'udp', port: KDC_PORT },
    { kind: 'listen', transport: 'tcp', port: KDC_PORT, framing: kerberosTcpFraming.name },
  ]);
}

function answered(
  { accounts }: RealmCast,
  inner: kdc.State,
  event: kdc.Event,
  env: Env,
  reply: (message: string, bytes: Uint8Array) => ActorEffect,
  connection: string | undefined,
): Step<State, ActorEffect> {
  const next = kdc.step(inner, event, { now: env.now, random: env.random, accounts });
  const effects: ActorEffect[] = [];
  for (const effect of next.effects) {
    switch (effect.kind) {
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
    }
  }
  return to({ name: 'ready', kdc: next.state }, effects);
}

function view({ realm, accounts }: RealmCast, state: State): Json {
  return {
    state: state.name,
    realm: realm.name,
    netbios: realm.flatName,
    sid: realm.sid,
    host: realm.dnsHostName,
    accounts: accounts.all.length,
    trusts: accounts.trusts.map((trust) => trust.realm),
  };
}

export const domainController = role({
  role: 'domain-controller',
  about: 'A domain controller of Active Directory: the KDC of its realm.',
  fields: domainControllerFields,
  verbs: {},
  states: ['off', 'ready'],
  servesIn: true,
  build(name, config, scene) {
    const cast = realmCast(scene, name, config);
    const initial: State = { name: 'off' };
    return {
      name,
      role: 'domain-controller',
      machine: 'actors/domain-controller',
      initial,
      step: (state, event, env) => step(cast, state as State, event, env),
      stateName: (state) => (state as State).name,
      view: (state) => view(cast, state as State),
    };
  },
});
