/** What tools for Entra take over: a primary refresh token, and the device that it belongs to. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { deviceIdentity } from '../../protocols/actors/device-identity.ts';
import { keptIn } from '../../protocols/actors/device-store.ts';
import type { DeviceFields } from '../../protocols/actors/fields.ts';
import { isKnownToEntra } from '../../protocols/hello/gestures.ts';
import { pem } from '../../protocols/x509/pem.ts';
import type { KeyAlgorithm } from '../machine/actor.ts';
import type { Run } from '../trace/read.ts';
import { writeWhole } from '../trace/run-folder.ts';
import { storedBy } from '../trace/stored.ts';
import { InputError } from './exit.ts';
import { type PrtGiven, prtFile, prtsGiven } from './prt-given.ts';
import { castOf, type RunCast } from './run-cast.ts';
import { stage } from './stage.ts';

/** Whose token, and on which device. */
export interface PrtChoice {
  readonly principal?: string;
  readonly on?: string;
}

/** The last token of a user on a device. @throws InputError when it is not clear which, or there is none */
export function prtOf(run: Run, { principal, on }: PrtChoice): string {
  const all = [...prtsGiven(run).values()].filter(({ by }) => by === 'entra');
  if (all.length === 0) {
    throw new InputError('--prt: no device was given a primary refresh token of Entra in this run');
  }
  const wanted = all.filter(
    ({ user, actor }) =>
      (principal === undefined || user === principal || user.split('@')[0] === principal) &&
      (on === undefined || actor === on),
  );
  const owners = new Set(wanted.map(ownerOf));
  const last = wanted.at(-1);
  if (last === undefined || owners.size > 1) {
    const there = [...new Set(all.map(ownerOf))].join(', ');
    throw new InputError(`--prt: say whose with --principal, and --on which device: ${there}`);
  }
  return prtFile(last);
}

function ownerOf({ user, actor }: PrtGiven): string {
  return `${user} on ${actor}`;
}

/** For nobody else: there are keys in most of them. */
const PRIVATE = 0o600;

/**
 * `device.pem` and `device.key`, what session keys are wrapped to (`transport.key`), and the Hello keys
 * of its users (`hello-alice.key`). All keys are PKCS #8.
 * @throws InputError when it is not clear which device, or it is not registered
 */
export function writeDevice(folder: string, run: Run, on: string | undefined): void {
  const cast = castOf(run, stage);
  const name = on ?? onlyRegistered(cast);
  const member = cast.scenario.actors[name];
  const identity =
    member?.role === 'device'
      ? deviceIdentity(cast.scene, name, member.config as DeviceFields)
      : undefined;
  if (identity === undefined) {
    throw new InputError(`--device: ${name} is no device that is registered with Entra`);
  }
  mkdirSync(folder, { recursive: true });
  writeWhole(join(folder, 'device.pem'), pem('CERTIFICATE', identity.certificate.der));
  writeKey(join(folder, 'device.key'), cast, identity.key, 'RSA-2048');
  writeKey(join(folder, 'transport.key'), cast, identity.transportKey, 'RSA-2048');
  const { store } = storedBy(run, name, Number.POSITIVE_INFINITY);
  for (const { settings, key } of Object.values(keptIn(store).containers)) {
    writeKey(join(folder, `hello-${settings.user}.key`), cast, key, settings.algorithm);
  }
}

/** A key of before the story or of one in it: both follow from the scenario's seed and the name. */
function writeKey(file: string, cast: RunCast, key: string, algorithm: KeyAlgorithm): void {
  const pkcs8 = cast.keys.find(key)?.pkcs8 ?? cast.makeKey(key, algorithm).pkcs8;
  writeWhole(file, pem('PRIVATE KEY', pkcs8), PRIVATE);
}

function onlyRegistered({ scenario }: RunCast): string {
  const registered = Object.entries(scenario.actors).flatMap(([name, { role, config }]) =>
    role === 'device' && isKnownToEntra((config as DeviceFields).join) ? [name] : [],
  );
  const [only, ...others] = registered;
  if (only !== undefined && others.length === 0) return only;
  const known = registered.length === 0 ? 'there is none in this run' : registered.join(', ');
  throw new InputError(`--device: say which one with --on: ${known}`);
}
