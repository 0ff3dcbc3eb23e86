/** What `kerblab export` writes. */
import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Stage } from '../scenario/run.ts';
import { type CaptureSource, captureOf } from '../trace/capture.ts';
import { keysOf } from '../trace/hints.ts';
import { keytabEntry, writeKeytab } from '../trace/keytab.ts';
import { mermaid } from '../trace/mermaid.ts';
import { pcapng as writePcapng } from '../trace/pcapng.ts';
import { type Run, readRun } from '../trace/read.ts';
import { runFolderOf, writeWhole } from '../trace/run-folder.ts';
import { type Given, ticketsGiven } from './credentials.ts';
import { InputError } from './exit.ts';
import { prtOf, writeDevice } from './export-entra.ts';
import { ccacheFile, ccacheOf, clientsOf, kirbiFile, usable } from './export-tickets.ts';
import { stage } from './stage.ts';

export interface ExportOptions {
  readonly pcapng?: string;
  readonly keytab?: string;
  readonly ccache?: string;
  readonly kirbi?: string;
  readonly ticket?: string;
  readonly prt?: string;
  readonly device?: string;
  readonly on?: string;
  readonly principal?: string;
  readonly keylog?: string;
  readonly mermaid?: string;
  readonly bundle?: string;
  readonly runs: string;
}

/** @throws InputError when there is nothing to do, or nothing such to give */
export function exportRun(name: string, options: ExportOptions): void {
  const { keylog, bundle } = options;
  const { pcapng, keytab, ccache, kirbi, prt, device, mermaid } = options;
  const wanted = [pcapng, keytab, ccache, kirbi, prt, device, mermaid, keylog, bundle];
  if (wanted.every((file) => file === undefined)) {
    throw new InputError(
      'nothing to export: name a file with --pcapng, --keytab, --ccache, --kirbi, --prt or --mermaid, or a folder with --device or --bundle',
    );
  }
  const run = readRun(runFolderOf(name, options.runs));
  const given = (): readonly Given[] => ticketsGiven(run, stage.dissector);
  if (pcapng !== undefined || keylog !== undefined) {
    const captured = captureOf(captureSource(run, stage, keylog !== undefined));
    if (keylog !== undefined) write(keylog, keyLogOf(captured), PRIVATE);
    if (pcapng !== undefined) write(pcapng, captureFile(run, captured));
  }
  if (options.keytab !== undefined) writeSecret(options.keytab, keytabFile(run));
  if (options.ccache !== undefined) {
    writeSecret(options.ccache, ccacheFile(given(), options));
  }
  if (options.kirbi !== undefined) writeSecret(options.kirbi, kirbiFile(given(), options));
  if (prt !== undefined) write(prt, prtOf(run, options), PRIVATE);
  if (device !== undefined) writeDevice(device, run, options.on);
  if (options.mermaid !== undefined) write(options.mermaid, diagram(run));
  if (bundle !== undefined) writeBundle(bundle, run, stage, given());
}

function write(file: string, content: string | Uint8Array, mode?: number): void {
  mkdirSync(dirname(file), { recursive: true });
  writeWhole(file, content, mode);
}

const PRIVATE = 0o600;

/** For nobody else: there are keys in it. */
function writeSecret(file: string, content: Uint8Array): void {
  write(file, content, PRIVATE);
}

function titleOf({ result }: Run): string {
  const title = /^title:\s*(.*\S)\s*$/m.exec(result.text)?.[1];
  return title === undefined ? result.scenario : `${result.scenario}: ${title}`;
}

function captureSource(run: Run, { framings }: Stage, tls: boolean): CaptureSource {
  const { records, octets, result } = run;
  const { start, addresses, seed } = result;
  return {
    records,
    octets,
    start,
    ...(tls ? { tls: { seed } } : {}),
    ...(addresses === undefined ? {} : { addresses }),
    framings: new Map(framings.map((framing) => [framing.name, framing])),
  };
}

function captureFile(run: Run, captured: ReturnType<typeof captureOf>): Uint8Array {
  const { kerblab, seed } = run.result;
  const application = `kerblab ${kerblab}, seed ${seed}`;
  return writePcapng({ title: titleOf(run), application, ...captured });
}

/** @throws InputError when there are no secrets */
function keyLogOf({ keyLog }: ReturnType<typeof captureOf>): string {
  if (keyLog === undefined) {
    throw new InputError('--keylog: no connection of this run is TLS, so there are no TLS secrets');
  }
  return keyLog;
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

function writeBundle(folder: string, run: Run, stage: Stage, given: readonly Given[]): void {
  mkdirSync(folder, { recursive: true });
  cpSync(run.folder, join(folder, 'run'), { recursive: true, dereference: true });
  write(join(folder, 'run.pcapng'), captureFile(run, captureOf(captureSource(run, stage, false))));
  write(join(folder, 'run.mmd'), diagram(run));
  write(join(folder, `${run.result.scenario}.yaml`), run.result.text);
  writeSecret(join(folder, 'all.keytab'), keytabFile(run));
  const caches = clientsOf(usable(given)).map((client) => {
    const file = `${client.replace(/[^\w.@$-]/g, '_')}.ccache`;
    const tickets = usable(given).filter((one) => one.client === client);
    writeSecret(join(folder, file), ccacheOf(client, tickets));
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
