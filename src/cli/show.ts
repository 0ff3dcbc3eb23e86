/** `kerblab show`: what an actor of a finished run has stored, at any moment, as a tool would print it. */
import type { Command } from 'commander';
import type { Store } from '../machine/store.ts';
import { DURATION, readDuration } from '../schema/units.ts';
import { type Run, readRun } from '../trace/read.ts';
import { runFolderOf } from '../trace/run-folder.ts';
import { storedBy } from '../trace/stored.ts';
import { InputError } from './exit.ts';

/** What an actor has stored, which is all that most views look at. */
export interface ShownStore {
  readonly actor: string;
  readonly store: Store;
  /** Milliseconds since 1970: the moment that is shown. */
  readonly now: number;
  /** What stands behind the view's name: `alice`. */
  readonly rest: readonly string[];
  readonly filter?: string;
}

/** The same with the run, for views of what an actor had in memory. */
export interface Shown extends ShownStore {
  readonly run: Run;
  /** Milliseconds since the start of the run. */
  readonly at: number;
}

interface View {
  readonly about: string;
  /** What kind of actor keeps such things; a device's store may be empty, and is shown all the same. */
  readonly keeper: 'directory' | 'device';
  /** Of accounts: an actor that keeps no directory stands for its own, in the directory of its realm. */
  readonly ofAccounts?: true;
  /** @throws InputError when there is nothing of that kind, or nothing of that name. */
  load(): Promise<(shown: Shown) => string>;
}

/** Every view, by its name on the command line. */
export const VIEWS: Readonly<Record<string, View>> = {
  directory: {
    about: 'objects of a domain controller’s directory as LDIF; names or --filter choose some',
    keeper: 'directory',
    load: async () => (await import('./show-directory.ts')).directoryText,
  },
  dsacls: {
    about: 'the permissions of an object as dsacls prints them; without a name the domain’s',
    keeper: 'directory',
    load: async () => (await import('./show-dsacls.ts')).dsaclsOf,
  },
  'key-credentials': {
    about: 'the keys in msDS-KeyCredentialLink of an account; without a name of all that have any',
    keeper: 'directory',
    ofAccounts: true,
    load: async () => (await import('./show-key-credentials.ts')).keyCredentialsOf,
  },
  'certutil-store': {
    about: 'the certificates of a device’s user as certutil -store -user my prints them',
    keeper: 'device',
    load: async () => (await import('./show-certutil-store.ts')).certutilStoreOf,
  },
  dsregcmd: {
    about: 'how a device and its user are known to Entra as dsregcmd /status prints it',
    keeper: 'device',
    load: async () => (await import('./show-dsregcmd.ts')).dsregcmdOf,
  },
  events: {
    about: 'the event logs of a device as wevtutil prints them; numbers choose some',
    keeper: 'device',
    load: async () => (await import('./show-events.ts')).eventsOf,
  },
  'azure-ad-kerberos-server': {
    about: 'both sides of Entra Kerberos as Get-AzureADKerberosServer prints them',
    keeper: 'directory',
    load: async () => (await import('./show-kerberos-server.ts')).kerberosServerOf,
  },
  klist: {
    about: 'the tickets of who is signed in to a device as klist prints them; `tgt`, `sessions`',
    keeper: 'device',
    load: async () => (await import('./show-klist.ts')).klistOf,
  },
  'klist-cloud-debug': {
    about: 'what a sign-in has of Microsoft Entra Kerberos as klist cloud_debug prints it',
    keeper: 'device',
    load: async () => (await import('./show-klist-cloud-debug.ts')).klistCloudDebugOf,
  },
};

interface ShowOptions {
  readonly on?: string;
  readonly at?: string;
  readonly filter?: string;
  readonly runs: string;
}

export function registerShow(program: Command): void {
  const views = Object.entries(VIEWS).map(([name, { about }]) => `  ${name.padEnd(24)} ${about}`);
  program
    .command('show')
    .description('what an actor of a run has stored, at any moment of it')
    .argument('<run>', 'a run folder, or "latest"')
    .argument('<what>', `one of ${Object.keys(VIEWS).join(', ')}`)
    .argument('[names...]', 'objects, by account name or DN (the domain may be left out)')
    .option('--on <actor>', 'whose store (default: the only actor that has written)')
    .option('--at <time>', 'how long after the start of the run, such as 61m (default: its end)')
    .option('--filter <filter>', 'LDAP filter (RFC 4515) that objects have to match')
    .option('--runs <dir>', 'where "latest" is looked for', 'runs')
    .addHelpText(
      'after',
      `
Views:
${views.join('\n')}

Examples:
  kerblab show latest directory alice
  kerblab show latest directory --on dc1 --at 5m --filter '(badPwdCount>=1)'
  kerblab show latest dsacls CN=AdminSDHolder,CN=System --at 61m
  kerblab show latest key-credentials --on alice
  kerblab show latest certutil-store --on laptop
  kerblab show latest dsregcmd --on laptop
  kerblab show latest events 360 --on laptop
  kerblab show latest azure-ad-kerberos-server --on dc1 --at 5m
  kerblab show latest klist tgt --on laptop --at 5m`,
    )
    .action(show);
}

async function show(
  name: string,
  what: string,
  rest: readonly string[],
  options: ShowOptions,
): Promise<void> {
  const view = Object.hasOwn(VIEWS, what) ? VIEWS[what] : undefined;
  if (view === undefined) {
    throw new InputError(`show ${what}: expected one of ${Object.keys(VIEWS).join(', ')}`);
  }
  const run = readRun(runFolderOf(name, options.runs));
  const at = timeOf(options.at, run);
  const own = view.ofAccounts === true ? await ownAccount(run, options.on) : undefined;
  const actor = own?.keeper ?? options.on ?? onlyKeeper(run, view.keeper);
  if (!run.records.some((record) => record.actor === actor)) {
    const actors = [...new Set(run.records.map((record) => record.actor))];
    throw new InputError(`--on ${actor}: the run has no such actor, but ${actors.join(', ')}`);
  }
  const { store, writes } = storedBy(run, actor, at);
  if (writes === 0 && view.keeper !== 'device') {
    throw new InputError(
      `${actor} had written nothing by then${keepersBeside(run, view.keeper, actor)}`,
    );
  }
  const text = (await view.load())({
    run,
    actor,
    at,
    store,
    now: run.result.start + at,
    rest: own === undefined || rest.length > 0 ? rest : [own.sAMAccountName],
    ...(options.filter === undefined ? {} : { filter: options.filter }),
  });
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

async function ownAccount(run: Run, actor: string | undefined) {
  if (actor === undefined) return undefined;
  return (await import('./show-account.ts')).accountOf(run, actor);
}

/** The end of the run where nothing is said. */
function timeOf(text: string | undefined, run: Run): number {
  if (text === undefined) return run.records.at(-1)?.at ?? 0;
  const read = readDuration(text);
  if (read.ok) return read.value;
  throw new InputError(`--at ${text}: expected ${DURATION}: ${read.reason}`);
}

const DEVICE = 'actors/device';

/** Devices, whether they have written anything or not; of all others those that have. */
function keepersOf(run: Run, keeper: View['keeper']): ReadonlySet<string> {
  const keepers = new Set<string>();
  for (const { actor, machine, effects } of run.records) {
    const keeps =
      keeper === 'device'
        ? machine === DEVICE
        : machine !== DEVICE && effects.some(({ kind }) => kind === 'write');
    if (keeps) keepers.add(actor);
  }
  return keepers;
}

/** Whose store might have been meant. */
function keepersBeside(run: Run, keeper: View['keeper'], actor: string): string {
  const others = [...keepersOf(run, keeper)].filter((other) => other !== actor);
  return others.length === 0 ? '' : ` (try --on ${others.join(', ')})`;
}

function onlyKeeper(run: Run, keeper: View['keeper']): string {
  const [first, ...others] = keepersOf(run, keeper);
  if (first === undefined) {
    const none = keeper === 'device' ? 'there is no device in this run' : NOTHING;
    throw new InputError(none);
  }
  if (others.length === 0) return first;
  throw new InputError(`--on: say which one: ${[first, ...others].join(', ')}`);
}

const NOTHING = 'nobody in this run has written anything';
