/** `kerblab bench`: the same suites as `npm run bench`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { runBench, SUITES } from '../../bench/bench.ts';

interface BenchFlags {
  readonly json?: string;
  readonly readme?: true;
  readonly time?: number;
}

export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('measure the parts that must be fast')
    .argument('[subjects...]', `what to measure: ${SUITES.join(', ')} (default: all)`)
    .option('--json <file>', 'write the measurements there')
    .option('--readme', 'put the tables into bench/README.md')
    .addOption(
      new Option('--time <ms>', 'how long to measure each row').argParser(millisecondsArgument),
    )
    .addHelpText(
      'after',
      `
Examples:
  kerblab bench
  kerblab bench der kdc --time 200 --json bench.json`,
    )
    .action(async (subjects: readonly string[], flags: BenchFlags) => {
      process.exitCode = await runBench({ subjects, ...flags }, console.log);
    });
}

function millisecondsArgument(text: string): number {
  const ms = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (ms < 1) throw new InvalidArgumentError('Expected milliseconds, a whole number from 1.');
  return ms;
}
