/** `kerblab export`: a run as files for Wireshark, MIT's and Heimdal's programs, and documents. */
import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { Stage } from '../scenario/run.ts';
import { captureOf } from '../trace/capture.ts';
import { writeCcache } from '../trace/ccache.ts';
import { keysOf } from '../trace/hints.ts';
import { keytabEntry, writeKeytab } from '../trace/keytab.ts';
import { mermaid } from '../trace/mermaid.ts';
import { pcapng } from '../trace/pcapng.ts';
import { principalParts } from '../trace/principal.ts';
import { type Run, readRun } from '../trace/read.ts';
import { runFolderOf, writeWhole } from '../trace/run-folder.ts';
import type { Given } from './credentials.ts';
import { InputError } from './exit.ts';

interface ExportOptions {
  readonly pcapng?: string;
  readonly keytab?: string;
  readonly ccache?: string;
  readonly principal?: string;
  readonly keylog?: string;
  readonly mermaid?: string;
  readonly bundle?: string;
  readonly runs: string;
}

export function registerExport(program: Command): void {
  program
    .command('export')
    .description('write a run as files for other programs')
    .argument('<run>', 'a run folder, or "latest"')
    .option('--pcapng <file>', 'the packets, for Wireshark')
    .option(
      '--keytab <file>',
      'every long-term key and what PKINIT agreed on, for Wireshark and klist -k',
    )
    .option('--ccache <file>', 'the tickets of one principal, for klist -c')
    .option('--principal <name>', 'whose tickets (default: the only user’s)')
    .option('--keylog <file>', 'TLS secrets, for Wireshark')
    .option('--mermaid <file>', 'a sequence diagram')
    .option('--bundle <dir>', 'all of these and the run itself, to be handed on')
    .option('--runs <dir>', 'where "latest" is looked for', 'runs')
    .addHelpText(
      'after',
      `
Example:
  kerblab export latest --pcapng run.pcapng --keytab all.keytab
  wireshark -o kerberos.decrypt:TRUE -o kerberos.file:all.keytab run.pcapng`,
    )
    .action(exportRun);
}

async function exportRun(name: string, options: ExportOptions): Promise<void> {
  const { keylog, bundle } = options;
  const wanted = [options.pcapng, options.keytab, options.ccache, options.mermaid, keylog, bundle];
  if (wanted.every((file) => file === undefined)) {
    throw new InputError(
      'nothing to export: name a file with --pcapng, --keytab, --ccache or --mermaid, or a folder with --bundle',
    );
  }
  if (keylog !== undefined) {
    throw new InputError('--keylog: nothing in a run speaks TLS, so there are no TLS secrets');
  }
  const { stage } = await import('./stage.ts');
  const { ticketsGiven } = await import('./credentials.ts');
  const run = readRun(runFolderOf(name, options.runs));
  const given = (): readonly Given[] => ticketsGiven(run, stage.dissector);
  if (options.pcapng !== undefined) write(options.pcapng, captureFile(run, stage));
  if (options.keytab !== undefined) writeSecret(options.keytab, keytabFile(run));
  if (options.ccache !== undefined) {
    writeSecret(options.ccache, ccacheFile(given(), clientOf(given(), options.principal)));
  }
  if (options.mermaid !== undefined) write(options.mermaid, diagram(run));
  if (bundle !== undefined) writeBundle(bundle, run, stage, given());
}

function write(file: string, content: string | Uint8Array, mode?: number): void {
  mkdirSync(dirname(file), { recursive: true });
  writeWhole(file, content, mode);
}

/** For nobody else: there are keys in it. */
function writeSecret(file: string, content: Uint8Array): void {
  write(file, content, 0o600);
}

function titleOf({ result }: Run): string {
  const title = /^title:\s*(.*\S)\s*$/m.exec(result.text)?.[1];
  return title === undefined ? result.scenario : `${result.scenario}: ${title}`;
}

function captureFile(run: Run, { framings }: Stage): Uint8Array {
  const { records, octets, result } = run;
  const { start, addresses } = result;
  const shown = captureOf({
    records,
    octets,
    start,
    ...(addresses === undefined ? {} : { addresses }),
    framings: new Map(framings.map((framing) => [framing.name, framing])),
  });
  const application = `kerblab ${result.kerblab}, seed ${result.seed}`;
  return pcapng({ title: titleOf(run), application, ...shown });
}

function keytabFile({ records, result }: Run): Uint8Array {
  const at = Math.floor(result.start / 1000);
  const keys = new Map(
    records
      .flatMap((record) => keysOf(record))
      .map((key) => [
        `${key.principal} ${key.kvno} ${key.etype} ${key.exchange ? key.key : ''}`,
        key,
      ]),
  );
  return writeKeytab(Array.from(keys.values(), (key) => keytabEntry(key, at)));
}

function diagram(run: Run): string {
  return mermaid(titleOf(run), run.records);
}

function clientsOf(given: readonly Given[]): readonly string[] {
  return [...new Set(given.map(({ client }) => client))];
}

/** Whose cache it is to be. @throws InputError when that is not clear. */
function clientOf(given: readonly Given[], wanted: string | undefined): string {
  const clients = clientsOf(given);
  const known = clients.join(', ');
  if (clients.length === 0) {
    throw new InputError('--ccache: nobody was given a ticket in this run that its keys can open');
  }
  if (wanted !== undefined) {
    const match = clients.find((client) => client === wanted || client.split('@')[0] === wanted);
    if (match !== undefined) return match;
    throw new InputError(`--principal: ${wanted} was given no ticket; these were: ${known}`);
  }
  // Computers sign in by themselves; the cache that people want is the user's.
  const users = clients.filter((client) => !/\$@/.test(client));
  const [only, ...others] = users.length > 0 ? users : clients;
  if (only !== undefined && others.length === 0) return only;
  throw new InputError(`--ccache: say whose tickets with --principal: ${known}`);
}

function ccacheFile(given: readonly Given[], client: string): Uint8Array {
  const credentials = given
    .filter((one) => one.client === client)
    .map(({ credential }) => credential);
  return writeCcache({ principal: { ...principalParts(client), nameType: 1 }, credentials });
}

function writeBundle(folder: string, run: Run, stage: Stage, given: readonly Given[]): void {
  mkdirSync(folder, { recursive: true });
  cpSync(run.folder, join(folder, 'run'), { recursive: true, dereference: true });
  write(join(folder, 'run.pcapng'), captureFile(run, stage));
  write(join(folder, 'run.mmd'), diagram(run));
  write(join(folder, `${run.result.scenario}.yaml`), run.result.text);
  writeSecret(join(folder, 'all.keytab'), keytabFile(run));
  const caches = clientsOf(given).map((client) => {
    const file = `${client.replace(/[^\w.@$-]/g, '_')}.ccache`;
    writeSecret(join(folder, file), ccacheFile(given, client));
    return file;
  });
  write(join(folder, 'README.md'), readme(run, caches));
}

function readme(run: Run, caches: readonly string[]): string {
  const { result } = run;
  const lines = [
    `# ${titleOf(run)}`,
    '',
    `A run of kerblab ${result.kerblab} with seed ${result.seed}.`,
    '',
    '| file | holds |',
    '|---|---|',
    `| \`${result.scenario}.yaml\` | the scenario |`,
    '| `run/` | the run folder: `kerblab view run`, `kerblab replay run` |',
    '| `run.pcapng` | the packets: `wireshark -o kerberos.decrypt:TRUE -o kerberos.file:all.keytab run.pcapng` |',
    '| `all.keytab` | every long-term key, and the reply keys of PKINIT |',
    ...caches.map((file) => `| \`${file}\` | tickets: \`klist -c '${file}'\` |`),
    '| `run.mmd` | a sequence diagram in the language of Mermaid |',
  ];
  return `${lines.join('\n')}\n`;
}
