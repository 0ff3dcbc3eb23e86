/** Policies that come to a device in the course of a story, by group policy or by its management. */
import type { Args, Json } from '../../src/machine/actor.ts';
import { to } from '../../src/machine/machine.ts';
import {
  POLICY_SOURCES,
  type PolicySettings,
  type PolicySource,
  withSource,
} from '../hello/policy-sources.ts';
import { policiesIn } from './device-hello.ts';
import {
  blamed,
  type DeviceConfig,
  type DeviceStep,
  type Running,
  withHello,
} from './device-state.ts';

/** From now on; containers that are there stay what they were made as. */
export function policyApplied(config: DeviceConfig, state: Running, args: Args): DeviceStep {
  const source = POLICY_SOURCES.find((known) => known === args.appliesPolicy);
  const settings =
    args.settings === undefined ? undefined : (inOrder(args.settings as Json) as PolicySettings);
  const user = typeof args.of === 'string' ? args.of : undefined;
  if (source === undefined)
    return blamed(state, `no such source of policies: ${args.appliesPolicy}`);
  if (isForUsers(source) && user === undefined) {
    return blamed(state, `${source}: it is not said of whom (of)`);
  }
  const { hello } = state.base;
  const policies = withSource(policiesIn(config.hello, hello), source, settings, user);
  const whose = isForUsers(source) ? ` for ${user}` : '';
  const what = settings === undefined ? 'nothing any more' : JSON.stringify(settings);
  const text = `policy of ${source}${whose} from now on: ${what}`;
  return to(withHello(state, { ...hello, policies }), [{ kind: 'note', level: 'info', text }]);
}

/** By name, at every depth: what is stored must not follow from the order in which a file wrote it. */
function inOrder(value: Json): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value as Readonly<Record<string, Json>>);
  const sorted = members.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, item]) => [name, inOrder(item)]));
}

function isForUsers(source: PolicySource): boolean {
  return source === 'userGPO' || source === 'userCSP';
}
