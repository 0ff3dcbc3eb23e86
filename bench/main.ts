/** `node dist/bench/main.js [SUITE...] [--smoke] [--time MS] [--json FILE] [--readme]` */
import { parseArgs } from 'node:util';
import { runBench, SUITES } from './bench.ts';

const USAGE = `usage: node dist/bench/main.js [SUITE...] [--smoke] [--time MS] [--json FILE] [--readme]
suites: ${SUITES.join(', ')}; none named: all of them
example: node dist/bench/main.js etypes sign --time 200`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      smoke: { type: 'boolean' },
      time: { type: 'string' },
      json: { type: 'string' },
      readme: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const time = values.time === undefined ? undefined : Number(values.time);
  if (time !== undefined && !(time > 0)) {
    throw new TypeError(`--time takes milliseconds greater than 0, not "${values.time}"`);
  }
  return runBench(
    {
      subjects: positionals,
      ...(values.smoke === undefined ? {} : { smoke: values.smoke }),
      ...(time === undefined ? {} : { time }),
      ...(values.json === undefined ? {} : { json: values.json }),
      ...(values.readme === undefined ? {} : { readme: values.readme }),
    },
    console.log,
  );
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`${(error as Error).message}\n${USAGE}`);
  process.exitCode = 2;
}
