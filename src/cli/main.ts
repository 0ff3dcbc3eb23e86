#!/usr/bin/env node
/**
 * The command line: the composition root, where `src/` and `protocols/` meet. A command's code is
 * loaded when it is called, so that the others cost nothing.
 */
import { Command } from 'commander';
import { EXIT, exitOf } from './exit.ts';
import { version } from './project.ts';

type Register = (program: Command) => void;

/** Every command, with what it does in a line, for the help of all. */
const COMMANDS: Readonly<Record<string, { readonly about: string; load(): Promise<Register> }>> = {
  run: {
    about: 'play scenarios in virtual time and judge what they expect',
    load: async () => (await import('./run.ts')).registerRun,
  },
  serve: {
    about: 'put the same machines on sockets, for kinit and other clients',
    load: async () => (await import('./serve.ts')).registerServe,
  },
  view: {
    about: 'the web viewer on a finished run',
    load: async () => (await import('./view.ts')).registerView,
  },
  replay: {
    about: 'feed the recorded events of a run back, and report the first difference',
    load: async () => (await import('./replay.ts')).registerReplay,
  },
  show: {
    about: 'what an actor of a run has stored at any moment: the directory, dsacls',
    load: async () => (await import('./show.ts')).registerShow,
  },
  export: {
    about: 'a run as pcapng, keytab, ccache, Mermaid',
    load: async () => (await import('./export.ts')).registerExport,
  },
  prt: {
    about: 'the tickets in an answer that brought a primary refresh token, for other programs',
    load: async () => (await import('./prt.ts')).registerPrt,
  },
  decode: {
    about: 'any message as a tree with offsets',
    load: async () => (await import('./decode.ts')).registerDecode,
  },
  explain: {
    about: 'an error code with its likely causes; a scenario with its defaults filled in',
    load: async () => (await import('./explain.ts')).registerExplain,
  },
  list: {
    about: 'roles, messages, faults, errors, scenarios',
    load: async () => (await import('./list.ts')).registerList,
  },
  bench: {
    about: 'measure the parts that must be fast',
    load: async () => (await import('./bench.ts')).registerBench,
  },
};

function programme(): Command {
  return new Command('kerblab')
    .description(
      'A simulator of Kerberos and RDP authentication for Windows Hello for Business:\na whole realm in one process, every message real octets.',
    )
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .showHelpAfterError('(add --help for what there is)')
    .exitOverride();
}

async function main(args: readonly string[]): Promise<void> {
  const program = programme();
  const wanted = (args[0] === 'help' ? args[1] : args[0]) ?? '';
  const command = Object.hasOwn(COMMANDS, wanted) ? COMMANDS[wanted] : undefined;
  if (command !== undefined) (await command.load())(program);
  else
    for (const [name, { about }] of Object.entries(COMMANDS))
      program.command(name).description(about);
  program.addHelpText(
    'after',
    `
Examples:
  kerblab run                     play every scenario that comes with kerblab
  kerblab run --help              what a command takes, with examples
  kerblab explain KDC_ERR_PREAUTH_FAILED`,
  );
  if (args.length === 0) {
    program.outputHelp({ error: true });
    process.exitCode = EXIT.input;
    return;
  }
  await program.parseAsync(args, { from: 'user' });
}

// A reader that has seen enough (`kerblab list errors | head`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const { status, text } = exitOf(error);
  if (text !== '') console.error(text);
  if (status === EXIT.program)
    console.error(
      `kerblab itself is at fault; it was called as: kerblab ${process.argv.slice(2).join(' ')}`,
    );
  process.exitCode = status;
}
