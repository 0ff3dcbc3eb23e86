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
import type { KeyStore } from '../signing/key-store.ts';
import { nodeProvider } from '../signing/node-provider.ts';
import { type KeyOperations, keyOperations } from '../signing/operations.ts';
import { type Signer, signer } from '../signing/signer.ts';
import { stepRandom } from '../sim/chance.ts';
import { type TraceServer, traceServer } from '../trace/server.ts';
import { type TraceRecorder, traceRecorder } from '../trace/store.ts';
import { loadScenarios } from './arguments.ts';
import { InputError } from './exit.ts';
import type { ServeOptions } from './serve.ts';
import { announce } from './serve-announce.ts';
import { type ServedCard, servedCard } from './serve-card.ts';
import { serveControls } from './serve-controls.ts';
import { localDirectory } from './serve-directory.ts';
import { log } from './serve-log.ts';
import { keyMetrics } from './serve-metrics.ts';
import { namesGiven } from './serve-names.ts';
import { PATIENCE, realPorts, TLS_PORTS } from './serve-ports.ts';
import { type Stores, serveStores } from './serve-stores.ts';
import { type ServedTls, servedTls } from './serve-tls.ts';
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
  const { kdc, ldap, entra, rdp, trace, vpcd } = options;
  if ([kdc, ldap, entra, rdp, trace, vpcd].every((wanted) => wanted === undefined)) {
    throw new InputError(
      'nothing to serve: give --kdc PORT (0 takes a free one), --ldap PORT, --entra PORT, --rdp PORT, --vpcd HOST:PORT, or --trace PORT',
    );
  }
  const [scenario] = loadScenarios([file], stage);
  if (scenario === undefined) throw new InputError(`${file}: no scenario`);
  const clock = wallClock();
  const { actors: served, cast } = servedCast(scenario, options.seed ?? scenario.seed, clock);
  const card = vpcd && servedCard(cast.scene, vpcd, options.card);
  const actors = card === undefined ? served : [...served, card.actor];
  const recorder = options.trace === undefined ? undefined : recorderOf();
  const keys = new Map<string, KeyRecord>();
  const counts = metrics();
  const seeded = options.seed !== undefined;
  const signing = signer(cast.keys, nodeProvider({ deterministic: seeded }));
  const makeKey = seeded ? cast.makeKey : chanceKeys();
  const operations = keyOperations(cast.keys, signing, makeKey);
  const tls =
    entra === undefined ? undefined : servedTls(cast.keys, makeKey, options.host, clock.start);
  const stores = await serveStores(options.state, actors);
  const parts = { clock, keys, counts, operations, recorder, stores, tls, held: cast.keys, card };
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
    const { trace: shown } = serving;
    const known = [...keys.values()];
    await announce({
      options,
      actors,
      cast,
      clock,
      keys: known,
      stores,
      driver,
      trace: shown,
      tls,
    });
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

interface DriverParts extends Parts {
  readonly keys: Map<string, KeyRecord>;
  readonly recorder: TraceRecorder | undefined;
  readonly stores: Stores;
  readonly tls: ServedTls | undefined;
  readonly card: ServedCard | undefined;
  /** Private keys, by name. */
  readonly held: KeyStore;
}

function driverOf(
  { skews }: Scenario,
  actors: readonly Actor[],
  { host, seed, kdc, ldap, entra, rdp }: ServeOptions,
  { clock, counts, operations, keys, recorder, stores, tls, held, card }: DriverParts,
): Driver {
  // What was drawn before a state was served again (GUIDs, keys) must not come again.
  const chance = (actor: string): string =>
    stores.starts === 0 ? actor : `${actor}/${stores.starts}`;
  const driver: Driver = new Driver({
    actors,
    framings: stage.framings,
    host,
    clock,
    skews,
    metrics: counts,
    operations,
    log,
    keys: held,
    tlsOf: (_, port) => (TLS_PORTS.includes(port) ? tls?.identity : undefined),
    realPort: realPorts({ kdc, ldap, entra, rdp }),
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
    directory: localDirectory((actor, port) => driver.portOf(actor, port), host, card?.directory),
    ...(seed === undefined
      ? {}
      : { random: (actor: string, step: number) => stepRandom(seed, chance(actor), step) }),
  });
  return driver;
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
