/** `kerblab serve`: its options. What it does is in `serving.ts`, loaded when it is asked for. */
import { isIP } from 'node:net';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Address } from '../drivers/outside.ts';
import { portArgument, seedArgument } from './arguments.ts';
import { TROUBLE_EXAMPLES } from './serve-faults.ts';
import { LATER, LISTENERS } from './serve-ports.ts';

export interface ServeOptions {
  readonly host: string;
  readonly kdc?: number;
  readonly ldap?: number;
  readonly entra?: number;
  readonly rdp?: number;
  /** Where a virtual smart card reader listens. */
  readonly vpcd?: Address;
  readonly card?: string;
  readonly state?: string;
  readonly trace?: number;
  readonly export?: string;
  readonly seed?: number;
}

const EXAMPLES = `
Example:
  $ kerblab serve scenarios/password-sign-in.yaml --kdc 0 --trace 0 --export run
  $ KRB5_CONFIG=run/krb5.conf kinit alice

Requests of the control interface are in src/trace/README.md. POST /faults takes
  ${TROUBLE_EXAMPLES.join('\n  ')}`;

export function registerServe(program: Command): void {
  const command = program
    .command('serve')
    .description(
      'put domain controllers and tenants of a scenario on real sockets, for real clients',
    )
    .argument('<file>', 'scenario whose actors are served; its script is not played')
    .addOption(
      new Option('--host <address>', 'address to bind to').default('127.0.0.1').argParser(address),
    );
  for (const { option, about } of LISTENERS) {
    command.option(`--${option} <port>`, `${about}; 0 takes a free port`, portArgument);
  }
  for (const [flags, what] of LATER) {
    const refuse = (): never => {
      throw new InvalidArgumentError(`This version has nothing for ${what}: leave the option out.`);
    };
    command.addOption(new Option(flags, `${what} (not in this version)`).argParser(refuse));
  }
  command
    .option('--trace <port>', 'viewer, trace and control interface', portArgument)
    .option('--export <dir>', 'write krb5.conf, keytabs, certificates and the control token there')
    .addOption(
      new Option(
        '--vpcd <host:port>',
        'put a Hello container into the virtual smart card reader that listens there (vsmartcard)',
      ).argParser(readerAddress),
    )
    .option('--card <user>', 'whose container that is; default: the first of the file')
    .option('--state <dir>', 'keep directory, keys and counters there between starts')
    .option('--seed <n>', 'chance from this seed instead of the system', seedArgument)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: ServeOptions) => {
      const { serve } = await import('./serving.ts');
      await serve(file, options);
    });
}

function address(text: string): string {
  if (text === 'localhost') return '127.0.0.1';
  if (isIP(text) === 0) throw new InvalidArgumentError('Expected an IP address.');
  return text;
}

/** `127.0.0.1:35963`, `[::1]:35963`; without a port vsmartcard's own. */
function readerAddress(text: string): Address {
  const read = /^(?:\[([0-9A-Fa-f:]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text);
  const host = read?.[1] ?? read?.[2];
  const port = Number(read?.[3] ?? VPCD_PORT);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('Expected host:port, 127.0.0.1:35963 for example.');
  }
  return { host, port };
}

/** 0x8C7B, as vsmartcard's reader.conf has it. */
const VPCD_PORT = 35_963;
