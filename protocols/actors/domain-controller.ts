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
import { ldapFraming } from '../ldap/framing.ts';
import type { Connection } from '../ldap/state.ts';
import { NETLOGON_PORT, netlogonFraming } from '../netlogon/framing.ts';
import type { Controller, Ready, State } from './controller-state.ts';
import { directoryAccounts } from './directory-accounts.ts';
import { commanded, outcomeView, writeContext } from './directory-commands.ts';
import * as ldap from './directory-service.ts';
import { directoryVerbs } from './directory-verbs.ts';
import { domainControllerFields } from './fields.ts';
import { carriedOut } from './kdc-effects.ts';
import type { Route } from './kdc-routes.ts';
import { configured, settingVerbs } from './kdc-settings.ts';
import { cloudOf } from './kerberos-server-cast.ts';
import * as cmdlets from './kerberos-server-cmdlets.ts';
import { answerLogon, takesNtlm } from './network-logon.ts';
import { nextUsers, storeOf } from './new-domain-store.ts';
import { afterWrites, begun, turned } from './protection-rounds.ts';
import { realmCast } from './realm-cast.ts';
import { type Current, current, SIGN_INS, signInBatch } from './sign-ins.ts';

function step(
  own: Controller,
  state: State,
  event: ActorEvent,
  env: ActorEnv,
): Step<State, ActorEffect> {
  switch (state.name) {
    case 'off':
      return event.kind === 'started' ? start(own, env) : unexpected(state, event, 'started');
    case 'populating':
      return event.kind === 'told' ? populate(own, env) : unexpected(state, event, 'told');
    case 'ready':
      return heard(own, state, event, env);
    default:
      return assertNever(state);
  }
}

/** A store with a domain in it is used as it is: it may have changed since it was made. */
function start(own: Controller, env: ActorEnv): Step<State, ActorEffect> {
  const { store } = env;
  const { seed } = own.cast;
  if (store.counter(DOMAIN_COUNTER) !== 0) {
    return seed.population === undefined ? ready(own, store, env.now) : populate(own, env);
  }
  const { batch } = initialDomain(seed);
  if (seed.population !== undefined) {
    return to({ name: 'populating' }, [{ kind: 'write', batch }, anotherBatch(own)]);
  }
  const { state, effects } = ready(own, storeOf(batch), env.now);
  return to(state, [{ kind: 'write', batch }, ...effects]);
}

/** Many users come in a batch a step, so that few of them are held at once. */
function populate(own: Controller, env: ActorEnv): Step<State, ActorEffect> {
  const { store, random } = env;
  const batch = nextUsers(store, own.cast.seed, random);
  if (batch === undefined) return ready(own, store, env.now);
  return to({ name: 'populating' }, [{ kind: 'write', batch }, anotherBatch(own)]);
}

function anotherBatch({ name }: Controller): ActorEffect {
  return { kind: 'tell', to: name, what: 'populate', args: {} };
}

function ready({ cast, ntlm }: Controller, store: Store, now: number): Step<State, ActorEffect> {
  const accounts = directoryAccounts(store);
  // The directory's own, where it was made with other ones than the file gives now.
  const realm = { ...cast.realm, sid: accounts.domain.sid };
  const named = cast.named.flatMap((name) => accounts.bySAMAccountName(name) ?? []);
  const keys: readonly KeyRecord[] = [
    ...named.flatMap((account) => keyRecords(realm, account)),
    ...accounts.trusts.flatMap((trust) => trustKeyRecords(realm, trust)),
  ];
  const protection = begun(now);
  const state: State = {
    name: 'ready',
    kdc: kdc.ready(realm),
    ldap: ldap.NOBODY,
    protection: protection.protection,
    outcomes: [],
    cmdlets: cmdlets.NO_CMDLETS,
    routes: {},
    logons: [],
  };
  const forLogons: readonly ActorEffect[] = ntlm
    ? [{ kind: 'listen', transport: 'tcp', port: NETLOGON_PORT, framing: netlogonFraming.name }]
    : [];
  return to(state, [
    { kind: 'keyed', keys },
    { kind: 'listen', transport: 'udp', port: KDC_PORT },
    { kind: 'listen', transport: 'tcp', port: KDC_PORT, framing: kerberosTcpFraming.name },
    { kind: 'listen', transport: 'tcp', port: ldap.LDAP_PORT, framing: ldapFraming.name },
    ...forLogons,
    ...protection.effects,
  ]);
}

function heard(
  own: Controller,
  state: Ready,
  event: ActorEvent,
  env: ActorEnv,
): Step<State, ActorEffect> {
  const went = cmdlets.heard(state.cmdlets, event, own.cloud);
  if (went !== undefined) return toolWent(state, [], went, env);
  switch (event.kind) {
    case 'received': {
      const connected = ofLdap(state, event.connection);
      if (connected !== undefined) return directoryHeard(state, connected, event, env);
      if (isLogon(state, event.connection)) {
        return logonHeard(state, event.connection, event.bytes, env);
      }
      const { transport, from, fromPort, port, bytes } = event;
      const received = { kind: 'received', transport, from, fromPort, bytes } as const;
      const route: Route =
        event.connection === undefined
          ? { to: from, toPort: fromPort, port }
          : { connection: event.connection };
      return answered(state, received, env, route);
    }
    case 'malformed': {
      const connected = ofLdap(state, event.connection);
      if (connected !== undefined) return directoryHeard(state, connected, event, env);
      const { connection, reason } = event;
      if (isLogon(state, connection)) return logonHeard(state, connection, reason, env);
      return answered(state, { kind: 'malformed', reason }, env, { connection });
    }
    case 'accepted': {
      if (event.port === NETLOGON_PORT) {
        return to({ ...state, logons: [...state.logons, event.connection] });
      }
      if (event.port !== ldap.LDAP_PORT) return to(state);
      const next = ldap.accepted(state.ldap, event.connection);
      return to({ ...state, ldap: next.state }, next.effects);
    }
    case 'closed':
      if (isLogon(state, event.connection)) {
        const logons = state.logons.filter((name) => name !== event.connection);
        return to({ ...state, logons });
      }
      if (ofLdap(state, event.connection) === undefined) return to(state);
      return to({ ...state, ldap: ldap.closed(state.ldap, event.connection) });
    case 'expired': {
      if (event.timer === SIGN_INS.timer) return counted(state, env);
      const { protection, effects } = turned(state.protection, env);
      return to({ ...state, protection }, effects);
    }
    case 'commanded':
      return asked(own, state, event, env);
    case 'signed': {
      const { [event.id]: route, ...routes } = state.routes;
      if (route === undefined) return unexpected(state, event, 'received');
      const { id, signature } = event;
      return answered({ ...state, routes }, { kind: 'signed', id, signature }, env, route);
    }
    case 'started':
    case 'told':
    case 'connected':
    case 'secured':
    case 'decrypted':
    case 'generated':
      return unexpected(state, event, 'received');
    default:
      return assertNever(event);
  }
}

function isLogon({ logons }: Ready, connection: string | undefined): connection is string {
  return connection !== undefined && logons.includes(connection);
}

/** A server has a network logon judged. */
function logonHeard(
  state: Ready,
  connection: string,
  bytes: Uint8Array | string,
  { store, now }: ActorEnv,
): Step<State, ActorEffect> {
  const { realm } = state.kdc;
  const { change, effects } = answerLogon(connection, bytes, realm, directoryAccounts(store), now);
  const accounts = change === undefined ? [] : [{ kind: 'account', change } as const];
  const { effects: written, ...kept } = carriedOut(accounts, state, { connection }, store, now);
  return to({ ...state, ...kept }, [...written, ...effects]);
}

type OfLdap = readonly [name: string, connection: Connection];

function ofLdap(state: Ready, name: string | undefined): OfLdap | undefined {
  const connection = name === undefined ? undefined : state.ldap.connections[name];
  return name === undefined || connection === undefined ? undefined : [name, connection];
}

function directoryHeard(
  state: Ready,
  [name, connection]: OfLdap,
  event: Extract<ActorEvent, { readonly kind: 'received' | 'malformed' }>,
  env: ActorEnv,
): Step<State, ActorEffect> {
  const upToNow = upToDate(state, env);
  const at = { realm: state.kdc.realm, directory: upToNow.base, env };
  const next = ldap.heard(state.ldap, name, connection, event, at);
  const after = afterWrites(state.protection, next.effects, env.now);
  const { effects, protection } = after;
  return to({ ...upToNow.state, protection, ldap: next.state }, [...upToNow.effects, ...effects]);
}

/** What has waited is written. */
function counted({ signIns, ...state }: Ready, { store }: ActorEnv): Step<State, ActorEffect> {
  const batch = signIns === undefined ? undefined : signInBatch(directory(store), signIns);
  return to(state, batch === undefined ? [] : [{ kind: 'write', batch }]);
}

/** The directory for whoever looks closely: with what has waited, which is written first. */
function upToDate({ signIns, ...state }: Ready, { store }: ActorEnv): Current & { state: Ready } {
  return { state, ...current(directory(store), signIns) };
}

/** Somebody does something in the directory. */
function asked(
  { cloud }: Controller,
  state: Ready,
  event: Extract<ActorEvent, { readonly kind: 'commanded' }>,
  env: ActorEnv,
): Step<State, ActorEffect> {
  const { verb, args } = event;
  const setting = configured(state.kdc, verb, args);
  if (setting !== undefined) {
    const { text } = setting;
    return to({ ...state, kdc: setting.state }, [{ kind: 'note', level: 'info', text }]);
  }
  const { state: now, base, effects } = upToDate(state, env);
  const accounts = directoryAccounts(env.store);
  const desk = { directory: base, domain: accounts.domain, now: env.now, random: env.random };
  const as = String(args.as);
  const at = cmdlets.isCmdlet(verb, args) ? writeContext(as, desk) : undefined;
  if (at !== undefined) {
    const line = String(args[verb]);
    const went = cmdlets.commanded(state.cmdlets, line, as, { at, accounts, cloud });
    return toolWent(now, effects, went, env);
  }
  const outcome = commanded(verb, args, desk);
  if (outcome === undefined) return unexpected(state, event, ...Object.keys(verbs));
  const batch = outcome.draft?.batch();
  const writes = batch === undefined ? [] : [{ batch, base }];
  return toolWent(now, effects, { cmdlets: state.cmdlets, writes, effects: [], outcome }, env);
}

/** @param before what has to happen first */
function toolWent(
  state: Ready,
  before: readonly ActorEffect[],
  went: cmdlets.Went,
  env: ActorEnv,
): Step<State, ActorEffect> {
  const accounts = directoryAccounts(env.store);
  const written = went.writes.flatMap(({ batch, base }): readonly ActorEffect[] => [
    { kind: 'write', batch },
    ...ldap.newKeys(batch, base, state.kdc.realm, accounts),
  ]);
  const { protection, effects } = afterWrites(state.protection, written, env.now);
  const next = { ...state, protection, cmdlets: went.cmdlets };
  const all = [...before, ...effects, ...went.effects];
  if (went.outcome === undefined) return to(next, all);
  const { command, as, result, reason } = went.outcome;
  const text = `${as} ${command}: ${result}${reason === undefined ? '' : `, ${reason}`}`;
  const level = result === 'success' ? 'info' : 'cause';
  const outcomes = [...state.outcomes, outcomeView(went.outcome)];
  return to({ ...next, outcomes }, [...all, { kind: 'note', level, text }]);
}

function answered(
  state: Ready,
  event: kdc.Event,
  env: ActorEnv,
  route: Route,
): Step<State, ActorEffect> {
  const { now, random, store } = env;
  const accounts = directoryAccounts(store);
  const next = kdc.step(state.kdc, event, { now, random, accounts });
  const { effects, ...kept } = carriedOut(next.effects, state, route, store, now);
  return to({ ...state, kdc: next.state, ...kept }, effects);
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
    outcomes: state.name === 'ready' ? state.outcomes : [],
  };
}

const verbs = { ...directoryVerbs, ...settingVerbs };

export const domainController = role({
  role: 'domain-controller',
  about: 'A domain controller of Active Directory: the directory and the KDC of its realm.',
  fields: domainControllerFields,
  verbs,
  states: ['off', 'populating', 'ready'],
  servesIn: true,
  build(name, config, scene) {
    const cloud = cloudOf(scene, config.realm);
    const own: Controller = {
      name,
      cast: realmCast(scene, name, config),
      ntlm: takesNtlm(scene, config.realm),
      ...(cloud === undefined ? {} : { cloud }),
    };
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
