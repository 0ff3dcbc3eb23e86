/** `kerblab explain`: an error by its code or name, or a scenario with its defaults filled in. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { withDefaults } from '../scenario/editor-schema.ts';
import { readYaml, writeYaml } from '../scenario/yaml.ts';
import { nearest } from '../schema/nearest.ts';
import { loadScenarios } from './arguments.ts';
import { ERRORS, errorsNamed, errorText } from './errors.ts';
import { InputError } from './exit.ts';

export function registerExplain(program: Command): void {
  program
    .command('explain')
    .description('an error code with its likely causes; a scenario with its defaults filled in')
    .argument(
      '<what>',
      'a code (24, 0x18, 0xc000006d, AADSTS50126), a name (KDC_ERR_PREAUTH_FAILED), or a file',
    )
    .addHelpText(
      'after',
      `
Examples:
  kerblab explain KDC_ERR_PREAUTH_FAILED
  kerblab explain 0xc000006d
  kerblab explain AADSTS50126
  kerblab explain ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES
  kerblab explain SCARD_W_WRONG_CHV
  kerblab explain scenarios/password-sign-in.yaml`,
    )
    .action(explain);
}

async function explain(what: string): Promise<void> {
  const found = errorsNamed(what);
  if (found.length > 0) process.stdout.write(found.map(errorText).join('\n'));
  else if (existsSync(what) && statSync(what).isFile())
    process.stdout.write(await scenarioText(what));
  else throw new InputError(unknown(what));
}

async function scenarioText(file: string): Promise<string> {
  const { stage } = await import('./stage.ts');
  loadScenarios([file], stage);
  return writeYaml(withDefaults(readYaml(readFileSync(file, 'utf8')).value, stage));
}

function unknown(what: string): string {
  if (/\.ya?ml$/.test(what) || what.includes('/')) return `${what}: there is no such file`;
  const near = nearest(
    what.toUpperCase(),
    ERRORS.map(({ name }) => name),
  );
  const hint = near === undefined ? 'see `kerblab list errors`' : `nearest is "${near}"`;
  return `"${what}" is no error code, no name of an error and no file: ${hint}`;
}
