/** A device as it was at a moment of its run: what it had in memory, and what it is made of. */
import { members } from '../../protocols/actors/cast-members.ts';
import type { State } from '../../protocols/actors/device-state.ts';
import type { DeviceFields, DomainControllerFields } from '../../protocols/actors/fields.ts';
import { realmNames } from '../../protocols/actors/realm-names.ts';
import { isInDomain } from '../../protocols/hello/gestures.ts';
import type { Json } from '../machine/actor.ts';
import type { Scene } from '../scenario/role.ts';
import type { TraceRecord } from '../trace/record.ts';
import { stateAt } from '../trace/replay.ts';
import { InputError } from './exit.ts';
import { castOf, type RunCast } from './run-cast.ts';
import type { Shown } from './show.ts';
import { stage } from './stage.ts';

export interface DeviceCast {
  readonly name: string;
  readonly config: DeviceFields;
  readonly cast: RunCast;
}

export interface ShownDevice extends DeviceCast {
  readonly state: State;
  /** The device's own records until then. */
  readonly records: readonly TraceRecord[];
}

/** What a device is made of. @throws InputError when the actor is no device */
export function deviceCast({ actor, run }: Shown): DeviceCast {
  const cast = castOf(run, stage);
  const member = cast.scenario.actors[actor];
  if (member?.role !== 'device') throw new InputError(`--on ${actor}: expected a device`);
  return { name: actor, config: member.config as DeviceFields, cast };
}

/**
 * @throws InputError when the actor is no device
 * @throws RunError when this version does not do what was recorded
 */
export function deviceAt(shown: Shown): ShownDevice {
  const { actor, run, at } = shown;
  const device = deviceCast(shown);
  const { state } = stateAt(run, device.cast, actor, at);
  const records = run.records.filter((record) => record.actor === actor && record.at <= at);
  return { ...device, state: state as State, records };
}

/** The state of another actor at that moment, as `expect.end` sees it; undefined: there is none. */
export function viewAt({ run, at }: Shown, cast: RunCast, name: string): Json | undefined {
  if (!cast.actors.has(name)) return undefined;
  const { actor, state } = stateAt(run, cast, name, at);
  return actor.view(state);
}

/** What stands before the account of a device: its domain, or where there is none what Windows has then. */
export function systemDomainOf({ config, cast }: DeviceCast): string {
  return isInDomain(config.join) ? flatNameOf(cast.scene, config.realm) : 'WORKGROUP';
}

/** The NetBIOS name of a domain. */
export function flatNameOf(scene: Scene, realm: string): string {
  const [first] = members<DomainControllerFields>(scene, realm.toUpperCase(), 'domain-controller');
  if (first !== undefined) return realmNames(scene, ...first).flatName;
  return realm.split('.')[0]?.toUpperCase().slice(0, 15) ?? realm;
}
