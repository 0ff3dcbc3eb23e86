import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder, kerblab } from './called.ts';

const main = suite('main');

const COMMANDS = ['run', 'serve', 'view', 'replay', 'export', 'decode', 'explain', 'list', 'bench'];

main('unknown commands and options, missing and wrong values are exit 2', () =>
  inFolder(async (folder) => {
    const table: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /Usage: kerblab/],
      [['rnu'], /unknown command 'rnu'\n\(Did you mean run\?\)/],
      [['run', '--nope'], /unknown option '--nope'/],
      [['run', '--fault'], /unknown option '--fault'\n\(Did you mean --faults\?\)/],
      [['run', '--seed', 'x'], /'x' is invalid\. Expected a whole number from 0 to/],
      [['run', '--seeds', '1-5'], /'1-5' is invalid\. Expected a range such as 1\.\.200/],
      [['run', '--seeds', '5..1'], /The first seed is greater than the last/],
      [['run', '--seed', '1', '--seeds', '1..2'], /cannot be used with option/],
      [['run', '--reporter', 'xml'], /Allowed choices are pretty, jsonl, junit/],
      [['run', '--trace', '70000'], /Expected a port from 0 to 65535/],
      [['list'], /missing required argument 'what'/],
      [['list', 'role'], /Allowed choices are roles, messages, faults, errors, scenarios/],
      [['explain', 'KDC_ERR_PREAUTH_FAILD'], /nearest is "KDC_ERR_PREAUTH_FAILED"/],
      [['explain', 'nope.yaml'], /nope\.yaml: there is no such file/],
      [['replay', 'nope'], /nope.* is not a run folder/],
    ];
    for (const [args, message] of table) {
      const called = await kerblab(args, folder);
      assert.is(called.status, 2, `${args.join(' ')}: ${called.stderr}`);
      assert.match(called.stderr, message, args.join(' '));
      assert.is(called.stdout, '', args.join(' '));
    }
  }),
);

main('every command has help with an example, and is in the help of all', () =>
  inFolder(async (folder) => {
    const all = await kerblab(['--help'], folder);
    assert.is(all.status, 0);
    for (const command of COMMANDS) {
      assert.match(all.stdout, new RegExp(`^  ${command} `, 'm'));
      const help = await kerblab([command, '--help'], folder);
      assert.is(help.status, 0, command);
      assert.match(help.stdout, new RegExp(`Usage: kerblab ${command}`));
      assert.match(help.stdout, /Examples?:\n +(\$ )?(\w+=\S+ )?kerblab/, command);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: no colours where no terminal is
      assert.not.match(help.stdout, /\x1b/);
    }
    assert.is(
      (await kerblab(['help', 'run'], folder)).stdout,
      (await kerblab(['run', '--help'], folder)).stdout,
    );
    assert.match((await kerblab(['--version'], folder)).stdout, /^\d+\.\d+\.\d+\n$/);
  }),
);

main('a reader that goes away is no error', () =>
  inFolder(async (folder) => {
    const called = await kerblab(['list', 'errors', '--json'], folder, 10);
    assert.is(called.stderr, '');
    assert.is(called.status, 0);
  }),
);

main.run();
