/** `kerblab view`: the web viewer on a finished run. */
import { once } from 'node:events';
import type { Command } from 'commander';
import { readRun } from '../trace/read.ts';
import { runFolderOf } from '../trace/run-folder.ts';
import { traceServer } from '../trace/server.ts';
import { runSource } from '../trace/source.ts';
import { portArgument } from './arguments.ts';

export function registerView(program: Command): void {
  program
    .command('view')
    .description('show a finished run in the browser')
    .argument('<run>', 'a run folder, or "latest"')
    .option('--port <port>', 'where the viewer listens (0: any free port)', portArgument, 0)
    .option('--runs <dir>', 'where "latest" is looked for', 'runs')
    .addHelpText(
      'after',
      `
Examples:
  kerblab view latest
  kerblab view runs/password-sign-in/1 --port 8470`,
    )
    .action(view);
}

async function view(
  name: string,
  { port, runs }: { readonly port: number; readonly runs: string },
): Promise<void> {
  const { stage } = await import('./stage.ts');
  const run = readRun(runFolderOf(name, runs));
  const { scenario, seed, start } = run.result;
  const about = { title: `${scenario}, seed ${seed}`, scenario, seed, start, live: false };
  const { dissector } = stage;
  const server = await traceServer({ source: runSource(run), dissector, port, about });
  process.stdout.write(`${server.url}\n`);
  process.stderr.write('Press Ctrl+C to stop.\n');
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await server.close();
}
