/**
 * Entra Connect Sync: every half hour it brings users from Active Directory to the tenant and Hello keys
 * from the tenant to msDS-KeyCredentialLink, and devices where they are written back. Until its next
 * cycle Active Directory does not know a key that a user has just registered.
 */
import type { ActorEffect, ActorEvent, Json } from '../../src/machine/actor.ts';
import { assertNever, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { role } from '../../src/scenario/role.ts';
import { domainDn, formatDn } from '../directory/dn.ts';
import { members } from './cast-members.ts';
import * as cycle from './connect-cycle.ts';
import { tenantIdOf } from './device-identity.ts';
import { entraConnectFields, entraConnectVerbs } from './entra-fields.ts';
import { connectServiceAccount } from './service-accounts.ts';
import { type CloudAccount, connectAccount } from './tenant-cast.ts';

interface Config extends cycle.CycleConfig {
  readonly syncInterval: number;
  readonly firstSync: number;
}

/** What lasts from cycle to cycle. */
interface Lasting {
  /** Cycles so far. */
  readonly cycles: number;
  readonly outcomes: readonly string[];
  /** Other than what the file says only after somebody has configured it. */
  readonly deviceWriteback: boolean;
}

type State =
  | { readonly name: 'off' }
  | ({ readonly name: 'idle' } & Lasting)
  | ({
      readonly name: 'syncing';
      readonly cycle: cycle.State;
      /** A cycle ends as it began. */
      readonly writesBack: boolean;
    } & Lasting);

type Running = Exclude<State, { readonly name: 'off' }>;

const TIMER = 'sync cycle';
/** Outcomes that are kept for the view. */
const OUTCOMES_MAX = 50;

function next(ms: number): ActorEffect {
  return { kind: 'timer', timer: TIMER, ms, background: true };
}

function step(config: Config, state: State, event: ActorEvent): Step<State, ActorEffect> {
  if (state.name === 'off') {
    if (event.kind !== 'started') return unexpected(state, event, 'started');
    const { deviceWriteback, firstSync } = config;
    return to({ name: 'idle', cycles: 0, outcomes: [], deviceWriteback }, [next(firstSync)]);
  }
  if (state.name === 'syncing' && cycle.concerns(state.cycle, event)) {
    const now = { ...config, deviceWriteback: state.writesBack };
    return went(state, cycle.step(now, state.cycle, event));
  }
  switch (event.kind) {
    case 'expired': {
      if (event.timer !== TIMER) return to(state);
      const { state: after, effects } = begin(config, state);
      return to(after, [...effects, next(config.syncInterval)]);
    }
    case 'commanded':
      if (event.verb === 'configures') return configured(state, event.args.to === true);
      return begin(config, state);
    // Connections of a cycle that is over may still report their end.
    case 'closed':
      return to(state);
    case 'started':
    case 'told':
    case 'received':
    case 'malformed':
    case 'connected':
    case 'secured':
    case 'accepted':
    case 'signed':
    case 'decrypted':
    case 'generated':
      return unexpected(state, event, 'expired', 'commanded');
    default:
      return assertNever(event);
  }
}

function begin(config: Config, state: Running): Step<State, ActorEffect> {
  if (state.name === 'syncing') {
    const text = 'no cycle begins: one is under way';
    return to(state, [{ kind: 'note', level: 'info', text }]);
  }
  const cycles = state.cycles + 1;
  const { deviceWriteback: writesBack } = state;
  const begun = cycle.begin({ ...config, deviceWriteback: writesBack }, cycles);
  return to({ ...state, name: 'syncing', writesBack, cycles, cycle: begun.state }, begun.effects);
}

function configured(state: Running, deviceWriteback: boolean): Step<State, ActorEffect> {
  const counts = deviceWriteback ? 'written back' : 'not written back';
  const text = `from the next cycle on devices are ${counts}`;
  return to({ ...state, deviceWriteback }, [{ kind: 'note', level: 'info', text }]);
}

function went(
  before: Extract<State, { readonly name: 'syncing' }>,
  { state, effects }: Step<cycle.State, ActorEffect>,
): Step<State, ActorEffect> {
  if (state.name !== 'done') return to({ ...before, cycle: state }, effects);
  const { cycle: _, writesBack: __, ...lasting } = before;
  const said = [...before.outcomes, `cycle ${before.cycles}: ${state.outcome}`];
  return to({ ...lasting, name: 'idle', outcomes: said.slice(-OUTCOMES_MAX) }, effects);
}

function view(state: State): Json {
  if (state.name === 'off') return { state: 'off' };
  const { cycles, outcomes, deviceWriteback } = state;
  return { state: state.name, cycles, outcomes, deviceWriteback };
}

export const entraConnect = role({
  role: 'entra-connect',
  about:
    'Entra Connect Sync: users from Active Directory to the tenant, Hello keys back, by the clock.',
  fields: entraConnectFields,
  verbs: entraConnectVerbs,
  states: ['off', 'idle', 'syncing'],
  build(name, fields, scene) {
    const { realm, tenant, deviceWriteback, syncInterval, firstSync = syncInterval } = fields;
    const dnsName = realm.toLowerCase();
    const [controller] = members(scene, realm.toUpperCase(), 'domain-controller');
    if (controller === undefined) {
      throw new Error(`${name}: the cast has no domain controller of ${realm}`);
    }
    const account = connectServiceAccount(scene, fields);
    const cloud: CloudAccount = connectAccount(scene, name, realm);
    const config: Config = {
      controller: controller[0],
      bind: { name: `${account.sAMAccountName}@${dnsName}`, password: account.password },
      dnsName,
      domainDn: formatDn(domainDn(dnsName)),
      tenant,
      tenantId: tenantIdOf(scene),
      cloud,
      deviceWriteback,
      syncInterval,
      firstSync,
    };
    const initial: State = { name: 'off' };
    return {
      name,
      role: 'entra-connect',
      machine: 'actors/entra-connect',
      initial,
      step: (state, event) => step(config, state as State, event),
      stateName: (state) => (state as State).name,
      view: (state) => view(state as State),
    };
  },
});
