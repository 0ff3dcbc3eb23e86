/** One cycle of Entra Connect: read the directory, sign in to the tenant, export, import, write. */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { assertNever, type Step, to } from '../../src/machine/machine.ts';
import {
  counted,
  deviceSearch,
  deviceWrites,
  exportedUser,
  type FoundUser,
  foundUser,
  keyWrites,
  userSearch,
  type Write,
} from '../enrollment/sync-plan.ts';
import { TOKEN_HOST, TOKEN_REQUEST_NAME } from '../entra/key-registration.ts';
import {
  DEVICES_PATH,
  DEVICES_REQUEST_NAME,
  EXPORT_REQUEST_NAME,
  exportBody,
  GRAPH_HOST,
  KEYS_REQUEST_NAME,
  readDevices,
  readKeys,
  USERS_PATH,
} from '../entra/synchronization.ts';
import { CONNECT_CLIENT_ID, GRAPH_RESOURCE, tokenForm, tokenPath } from '../entra/token.ts';
import * as http from '../http/client.ts';
import { type HttpRequest, type HttpResponse, request } from '../http/messages.ts';
import * as ldap from '../ldap/client.ts';
import type { FoundEntry } from '../ldap/client-operations.ts';
import { jsonObjectOf, textField } from '../oauth/json.ts';
import { FORM, formBody, JSON_TYPE, readOAuthError } from '../oauth/oauth.ts';
import type { CloudAccount } from './tenant-cast.ts';

export interface CycleConfig {
  /** Actor of the domain controller. */
  readonly controller: string;
  readonly bind: { readonly name: string; readonly password: string };
  readonly dnsName: string;
  readonly domainDn: string;
  /** Actor of the tenant. */
  readonly tenant: string;
  readonly tenantId: string;
  readonly cloud: CloudAccount;
  readonly deviceWriteback: boolean;
}

/** What was read from the directory. */
interface Read {
  readonly number: number;
  readonly users: readonly FoundUser[];
  readonly devices: readonly FoundEntry[];
}

interface Calling {
  readonly read: Read;
  readonly call: http.State;
  readonly token: string;
  readonly writes: readonly Write[];
}

export type State =
  | { readonly name: 'expectDirectory'; readonly number: number; readonly session: ldap.State }
  | ({ readonly name: 'expectToken' } & Calling)
  | ({ readonly name: 'expectExport' } & Calling)
  | ({ readonly name: 'expectKeys' } & Calling)
  | ({ readonly name: 'expectDevices' } & Calling)
  | {
      readonly name: 'expectWrites';
      readonly session: ldap.State;
      readonly writes: readonly Write[];
    }
  | { readonly name: 'done'; readonly outcome: string };

type Called = Extract<State, { readonly call: http.State }>;
type Went = Step<State, ActorEffect>;

const HTTPS_PORT = 443;

/** @param number of the cycle, from 1: names of connections and timers have it */
export function begin(config: CycleConfig, number: number): Went {
  const { controller, bind, domainDn, deviceWriteback } = config;
  const session = ldap.begin({
    id: `sync-${number}/read`,
    to: controller,
    bind,
    operations: [userSearch(domainDn), ...(deviceWriteback ? [deviceSearch(domainDn)] : [])],
  });
  return to({ name: 'expectDirectory', number, session: session.state }, session.effects);
}

export function concerns(state: State, event: ActorEvent): boolean {
  switch (state.name) {
    case 'expectDirectory':
    case 'expectWrites':
      return ldap.concerns(sessionOf(state.session), event);
    case 'done':
      return false;
    default:
      return http.concerns(state.call.call, event);
  }
}

function sessionOf(state: ldap.State): ldap.LdapSession {
  return 'session' in state ? state.session : state.progress.session;
}

/** @param event one that {@link concerns} the cycle */
export function step(config: CycleConfig, state: State, event: ActorEvent): Went {
  switch (state.name) {
    case 'expectDirectory': {
      const { state: session, effects } = ldap.step(state.session, event);
      return after(effects, directoryHeard(config, state.number, session));
    }
    case 'expectWrites': {
      const { state: session, effects } = ldap.step(state.session, event);
      if (session.name === 'failed') return after(effects, failed(session.reason));
      if (session.name !== 'done') return to({ ...state, session }, effects);
      return after(effects, written(state.writes, session.results));
    }
    case 'done':
      return to(state);
    default: {
      const { state: call, effects } = http.step(state.call, event);
      if (call.name === 'failed') return after(effects, failed(call.reason));
      if (call.name !== 'answered') return to({ ...state, call }, effects);
      return after(effects, answered(config, state, call.response));
    }
  }
}

function after(effects: readonly ActorEffect[], next: Went): Went {
  return { state: next.state, effects: [...effects, ...next.effects] };
}

function failed(reason: string): Went {
  const text = `the synchronisation cycle ends: ${reason}`;
  return to({ name: 'done', outcome: reason }, [{ kind: 'note', level: 'cause', text }]);
}

function directoryHeard(config: CycleConfig, number: number, session: ldap.State): Went {
  if (session.name === 'failed') return failed(session.reason);
  if (session.name !== 'done') return to({ name: 'expectDirectory', number, session });
  const refused = session.results.find(({ code }) => code !== 0);
  if (refused !== undefined) {
    return failed(`${config.controller}: a search gave ${refused.result} (${refused.message})`);
  }
  const [users, devices] = session.results;
  const read: Read = {
    number,
    users: (users?.entries ?? []).flatMap((entry) => foundUser(entry, config.dnsName) ?? []),
    devices: devices?.entries ?? [],
  };
  const { cloud, tenantId } = config;
  const form = tokenForm({
    clientId: CONNECT_CLIENT_ID,
    resource: GRAPH_RESOURCE,
    ...cloud,
    freshMfa: false,
  });
  const asking = request(
    'POST',
    TOKEN_HOST,
    tokenPath(tenantId),
    { 'Content-Type': FORM },
    formBody(form),
  );
  const calling = { read, token: '', writes: [] };
  return call(config, 'expectToken', calling, TOKEN_REQUEST_NAME, asking);
}

function call(
  { tenant }: CycleConfig,
  name: Called['name'],
  calling: Omit<Calling, 'call'>,
  message: string,
  asking: HttpRequest,
): Went {
  const begun = http.begin({
    id: `sync-${calling.read.number}/${name.slice('expect'.length).toLowerCase()}`,
    to: tenant,
    port: HTTPS_PORT,
    message,
    request: asking,
  });
  return to({ name, ...calling, call: begun.state }, begun.effects);
}

/** @param body absent: it is read, not written */
function graph(method: string, target: string, token: string, body?: Uint8Array): HttpRequest {
  const fields = { Authorization: `Bearer ${token}` };
  if (body === undefined) return request(method, GRAPH_HOST, target, fields);
  return request(method, GRAPH_HOST, target, { ...fields, 'Content-Type': JSON_TYPE }, body);
}

function answered(config: CycleConfig, state: Called, response: HttpResponse): Went {
  const object = jsonObjectOf(response.body);
  if (response.status !== 200 || object === undefined) {
    const said = object === undefined ? undefined : readOAuthError(object)?.description;
    const why = said === undefined || said === '' ? '' : ` (${said})`;
    return failed(`${config.tenant}: ${state.call.call.message} gave ${response.status}${why}`);
  }
  const { read, writes } = state;
  switch (state.name) {
    case 'expectToken': {
      const token = textField(object, 'access_token') ?? '';
      const body = exportBody(read.users.map(exportedUser));
      const asking = graph('POST', USERS_PATH, token, body);
      return call(config, 'expectExport', { read, token, writes }, EXPORT_REQUEST_NAME, asking);
    }
    case 'expectExport': {
      const { token } = state;
      const asking = graph('GET', USERS_PATH, token);
      return call(config, 'expectKeys', { read, token, writes }, KEYS_REQUEST_NAME, asking);
    }
    case 'expectKeys': {
      const keys = readKeys(response.body);
      if (keys === undefined) return failed(`${config.tenant}: its list of keys is malformed`);
      return keysKnown(config, state, keyWrites(read.users, keys));
    }
    case 'expectDevices': {
      const devices = readDevices(response.body);
      if (devices === undefined) {
        return failed(`${config.tenant}: its list of devices is malformed`);
      }
      const all = [...writes, ...deviceWrites(read.devices, devices, config.domainDn)];
      return writing(config, read.number, all);
    }
    default:
      return assertNever(state);
  }
}

function keysKnown(config: CycleConfig, { read, token }: Called, writes: readonly Write[]): Went {
  if (!config.deviceWriteback) return writing(config, read.number, writes);
  const asking = graph('GET', DEVICES_PATH, token);
  return call(config, 'expectDevices', { read, token, writes }, DEVICES_REQUEST_NAME, asking);
}

function writing(config: CycleConfig, number: number, writes: readonly Write[]): Went {
  if (writes.length === 0) return to({ name: 'done', outcome: 'nothing to write' });
  const { controller, bind } = config;
  const operations = writes.map(({ operation }) => operation);
  const session = ldap.begin({ id: `sync-${number}/write`, to: controller, bind, operations });
  return to({ name: 'expectWrites', session: session.state, writes }, session.effects);
}

/** What came of the writes; a refused one hinders no other. */
function written(writes: readonly Write[], results: readonly ldap.OperationResult[]): Went {
  const refusals = writes.flatMap(({ about, isProtected }, i): ActorEffect[] => {
    const { code, result, message } = results[i] as ldap.OperationResult;
    if (code === 0) return [];
    const why = isProtected
      ? ': its descriptor is AdminSDHolder’s, which gives Key Admins no right to write keys'
      : '';
    const text = `not written, ${about}: ${result}${why} (${message.trim()})`;
    return [{ kind: 'note', level: 'cause', text }];
  });
  const done = writes.filter((_, i) => results[i]?.code === 0).map(({ about }) => about);
  const outcome = [
    ...done,
    ...(refusals.length === 0 ? [] : [`${counted(refusals.length, 'write')} refused`]),
  ].join('; ');
  return to({ name: 'done', outcome }, [
    ...(done.length === 0
      ? []
      : [{ kind: 'note', level: 'info', text: `synchronised: ${done.join('; ')}` } as const]),
    ...refusals,
  ]);
}
