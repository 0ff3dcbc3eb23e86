/** What `kerblab serve` does: the actors of a scenario on real sockets, for other people's clients. */
import { errorName } from '../../protocols/kerberos/error-codes.ts';
import { KrbError } from '../../protocols/kerberos/messages.ts';
import { messageName as kerberosName } from '../../protocols/kerberos/recognise.ts';
import { messageName as ldapName } from '../../protocols/ldap/recognise.ts';
import { tryDecode } from '../der/codec.ts';
import { type Clock, wallClock } from '../drivers/clock.ts';
import { Driver } from '../drivers/driver.ts';
import { type Metrics, metrics } from '../drivers/metrics.ts';
import type { Actor, KeyRecord } from '../machine/actor.ts';
import { type BuiltCast, buildCast } from '../scenario/cast.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { chanceKeys } from '../signing/key-maker.ts';
import { nodeProvider } from '../signing/node-provider.ts';
import { type KeyOperations, keyOperations } from '../signing/operations.ts';
import { type Signer, signer } from '../signing/signer.ts';
import { stepRandom } from '../sim/chance.ts';
import { type TraceServer, traceServer } from '../trace/server.ts';
import { type TraceRecorder, traceRecorder } from '../trace/store.ts';
import { loadScenarios } from './arguments.ts';
import { InputError } from './exit.ts';
import type { KeyAndCertificates } from './pkcs12.ts';
import type { ServeOptions } from './serve.ts';
import { administratorOf } from './serve-administrator.ts';
import { serveControls } from './serve-controls.ts';
import { type ServedRealm, writeExports } from './serve-export.ts';
import { keyMetrics } from './serve-metrics.ts';
import { namesGiven } from './serve-names.ts';
import { PATIENCE, realPorts } from './serve-ports.ts';
import { type Stores, serveStores } from './serve-stores.ts';
import { stage } from './stage.ts';
import { collectStartGarbage } from './start-garbage.ts';

/** What memory holds of the trace; older records go first. */
const TRACE_RECORDS = 100_000;
const TRACE_OCTETS = 256 << 20;
/** A stop takes less than a second, whatever still hangs. */
const STOP_MS = 900;

/** Everything that runs, and has to be stopped. */
interface Serving {
  readonly driver: Driver;
  readonly signing: Signer;
  trace?: TraceServer;
}

/** @throws InputError when there is nothing to serve, or a port or the folder cannot be had. */
export async function serve(file: string, options: ServeOptions): Promise<void> {
  if ([options.kdc, options.ldap, options.trace].every((port) => port === undefined)) {
    throw new InputError(
      'nothing to serve: give --kdc PORT (0 takes a free one), --ldap PORT, or --trace PORT',
    );
  }
  const [scenario] = loadScenarios([file], stage);
  if (scenario === undefined) throw new InputError(`${file}: no scenario`);
  const clock = wallClock();
  const { actors, cast } = servedCast(scenario, options.seed ?? scenario.seed, clock);
  const recorder = options.trace === undefined ? undefined : recorderOf();
  const keys = new Map<string, KeyRecord>();
  const counts = metrics();
  const seeded = options.seed !== undefined;
  const signing = signer(cast.keys, nodeProvider({ deterministic: seeded }));
  const operations = keyOperations(cast.keys, signing, seeded ? cast.makeKey : chanceKeys());
  const stores = await serveStores(options.state, actors);
  const parts = { clock, keys, counts, operations, recorder, stores };
  const driver = driverOf(scenario, actors, options, parts);
  const serving: Serving = { driver, signing };
  try {
    await driver.start().catch((error: Error) => {
      throw new InputError(error.message, { cause: error });
    });
    nameLocally(driver, actors, stores, options.host);
    if (recorder !== undefined) {
      const seen = { clock, driver, counts, signing, operations, actors };
      serving.trace = await traceOf(scenario, options, recorder, seen);
    }
    collectStartGarbage();
    // Whoever reads the ready line may stop us in the same instant.
    stopOnSignals(serving);
    await announce(options, actors, clock, [...keys.values()], stores, serving, cast);
  } catch (error) {
    await stopped(serving);
    throw error;
  }
}

/** Clients get tickets for the directory by the names that they know this machine by. */
function nameLocally(driver: Driver, actors: readonly Actor[], stores: Stores, host: string): void {
  for (const { name } of actors) {
    if (driver.portOf(name, 389) === undefined) continue;
    const given = namesGiven(stores.of(name), host);
    if (given !== undefined) driver.deliver(name, given);
  }
}

/** Writes the exports, then the line that says that everything is ready. */
async function announce(
  options: ServeOptions,
  actors: readonly Actor[],
  clock: Clock,
  keys: readonly KeyRecord[],
  stores: Stores,
  { driver, trace }: Serving,
  cast: BuiltCast,
): Promise<void> {
  const { host, export: folder } = options;
  const realms = realmsOf(driver, actors, stores);
  if (folder !== undefined) {
    const token = trace === undefined ? {} : { token: trace.token };
    const { start } = clock;
    const { anchors } = cast;
    const identities = identitiesOf(cast);
    await writeExports(folder, { realms, host, keys, start, anchors, identities, ...token });
  }
  warnIfOpen(host);
  process.stdout.write(`${JSON.stringify(readyLine(options, realms, actors, driver, trace))}\n`);
}

/** Certificates of before the story with their private keys. */
function identitiesOf({ identities, keys }: BuiltCast): readonly KeyAndCertificates[] {
  return identities.flatMap(({ name, key, certificates }) => {
    const found = keys.find(key);
    return found === undefined ? [] : [{ name, pkcs8: found.pkcs8, certificates }];
  });
}

/** @throws InputError when the scenario has nobody who could be served. */
function servedCast(
  scenario: Scenario,
  seed: number,
  clock: Clock,
): { readonly actors: readonly Actor[]; readonly cast: BuiltCast } {
  const serving = stage.roles.filter(({ servesIn }) => servesIn === true).map(({ role }) => role);
  // Passwords were set and certificates issued when the wall's clock says so, not the scenario's.
  const start = clock.start - (clock.start % 1000);
  const cast = buildCast({ actors: scenario.actors, start, seed }, seed, stage.roles);
  const served = [...cast.actors.values()].filter(({ role }) => serving.includes(role));
  if (served.length > 0) return { actors: served, cast };
  throw new InputError(
    `${scenario.file}: expected an actor that can be served (role ${serving.join(' or ')}), found none`,
  );
}

function recorderOf(): TraceRecorder {
  return traceRecorder({
    recordsMax: TRACE_RECORDS,
    bytesMax: TRACE_OCTETS,
    nameOf: (bytes) => stage.dissector.name(bytes),
  });
}

interface Parts {
  readonly clock: Clock;
  readonly counts: Metrics;
  readonly operations: KeyOperations;
}

function driverOf(
  { skews }: Scenario,
  actors: readonly Actor[],
  { host, seed, kdc, ldap }: ServeOptions,
  {
    clock,
    counts,
    operations,
    keys,
    recorder,
    stores,
  }: Parts & {
    keys: Map<string, KeyRecord>;
    recorder: TraceRecorder | undefined;
    stores: Stores;
  },
): Driver {
  // What was drawn before a state was served again (GUIDs, keys) must not come again.
  const chance = (actor: string): string =>
    stores.starts === 0 ? actor : `${actor}/${stores.starts}`;
  return new Driver({
    actors,
    framings: stage.framings,
    host,
    clock,
    skews,
    metrics: counts,
    operations,
    log,
    realPort: realPorts({ kdc, ldap }),
    patience: PATIENCE,
    store: (actor) => stores.of(actor),
    keyed: (known) => {
      for (const key of known) {
        // The keytabs are written before anybody has asked: keys of exchanges would only pile up.
        if (key.exchange !== undefined) continue;
        keys.set(`${key.principal} ${key.kvno} ${key.etype}`, key);
      }
    },
    messageName: (bytes) => kerberosName(bytes) ?? ldapName(bytes),
    errorName: errorIn,
    ...(recorder === undefined ? {} : { recorder }),
    ...(seed === undefined
      ? {}
      : { random: (actor: string, step: number) => stepRandom(seed, chance(actor), step) }),
  });
}

/** The name of the error in a KRB-ERROR. */
function errorIn(message: string, bytes: Uint8Array): string | undefined {
  if (message !== 'KRB-ERROR') return undefined;
  const read = tryDecode(KrbError, bytes);
  return read.ok ? errorName(read.value.errorCode) : undefined;
}

function traceOf(
  scenario: Scenario,
  { host, trace = 0 }: ServeOptions,
  source: TraceRecorder,
  {
    clock,
    driver,
    counts,
    signing,
    operations,
    actors,
  }: Parts & { signing: Signer; driver: Driver; actors: readonly Actor[] },
): Promise<TraceServer> {
  const cast = Object.fromEntries(actors.map(({ name, role }) => [name, { role }]));
  const { title, name } = scenario;
  return traceServer({
    source,
    dissector: stage.dissector,
    host,
    port: trace,
    about: { title, scenario: name, start: clock.start, live: true },
    controls: serveControls(
      clock,
      driver,
      cast,
      () => counts.text() + keyMetrics(signing, operations),
    ),
  });
}

/** The realms that are on sockets, in the order of the file. */
function realmsOf(
  driver: Driver,
  actors: readonly Actor[],
  stores: Stores,
): readonly ServedRealm[] {
  return actors.flatMap(({ name }) => {
    const kdc = driver.portOf(name, 88);
    const ldap = driver.portOf(name, 389);
    const { realm, host } = realmOf(driver, name);
    if (kdc === undefined && ldap === undefined) return [];
    const ports = {
      ...(kdc === undefined ? {} : { kdc }),
      ...(ldap === undefined ? {} : { ldap }),
    };
    const administrator = administratorOf(stores.of(name));
    return [{ realm, host, ...ports, ...(administrator === undefined ? {} : { administrator }) }];
  });
}

/** What a domain controller says of itself. */
function realmOf(driver: Driver, name: string): { readonly realm: string; readonly host: string } {
  const view = driver.view(name) as { readonly realm?: unknown; readonly host?: unknown } | null;
  return { realm: String(view?.realm), host: String(view?.host) };
}

function readyLine(
  { host, export: folder }: ServeOptions,
  realms: readonly ServedRealm[],
  actors: readonly Actor[],
  driver: Driver,
  trace: TraceServer | undefined,
): object {
  const [first] = realms;
  const [actor] = actors;
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return {
    ready: true,
    pid: process.pid,
    realm: first?.realm ?? (actor === undefined ? null : realmOf(driver, actor.name).realm),
    kdc: first?.kdc === undefined ? null : `${shownHost}:${first.kdc}`,
    kpasswd: null,
    kkdcp: null,
    ldap: first?.ldap === undefined ? null : `${shownHost}:${first.ldap}`,
    entra: null,
    rdp: null,
    trace: trace?.url ?? null,
    export: folder ?? null,
  };
}

function warnIfOpen(host: string): void {
  if (host.startsWith('127.') || host === '::1') return;
  log(`${host} can be reached from other machines: anybody there can ask this KDC`);
}

/** The driver first: what its last steps recorded is still sent to who follows the trace. */
async function stopped({ driver, signing, trace }: Serving): Promise<void> {
  await driver.stop();
  await trace?.close();
  await signing.close();
}

function stopOnSignals(serving: Serving): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    log(`${signal}: stopping`);
    setTimeout(() => process.exit(0), STOP_MS).unref();
    void stopped(serving).finally(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function log(text: string): void {
  process.stderr.write(`kerblab: ${text}\n`);
}
