/** Chooses suites by name, runs them and reports: what `node dist/bench/main.js` and `kerblab bench` do. */
import { existsSync, writeFileSync } from 'node:fs';
import { type Measured, measure } from './measure.ts';
import { report, table, writeReadme } from './report.ts';
import type { SuiteModule } from './suite.ts';

/** Every suite; each is a file `<name>.bench.ts` here. */
export const SUITES = [
  'der',
  'etypes',
  'sign',
  'agree',
  'x509',
  'kdc',
  'pkinit',
  'directory',
  'world',
] as const;

export interface BenchOptions {
  /** Names of {@link SUITES}; empty: all. */
  readonly subjects: readonly string[];
  /** A few milliseconds a row, to see that nothing fails. */
  readonly smoke?: boolean;
  /** Milliseconds a row. */
  readonly time?: number;
  /** File to write the measurements to. */
  readonly json?: string;
  /** Puts the tables into bench/README.md. */
  readonly readme?: boolean;
}

const USUAL_TIME = 500;
const SMOKE_TIME = 3;

/**
 * @param print takes the text, for stdout
 * @returns exit status: 0, 1 when a benchmark failed, 2 when a subject is unknown
 */
export async function runBench(
  options: BenchOptions,
  print: (text: string) => void,
): Promise<number> {
  const unknown = options.subjects.filter((name) => !SUITES.some((suite) => suite === name));
  if (unknown.length > 0) {
    print(`no suite is called ${unknown.join(', ')}: there are ${SUITES.join(', ')}`);
    return 2;
  }
  const smoke = options.smoke === true;
  const time = options.time ?? (smoke ? SMOKE_TIME : USUAL_TIME);
  const chosen = options.subjects.length > 0 ? options.subjects : SUITES;
  const suites: Record<string, readonly Measured[]> = {};
  let failed = 0;
  for (const name of chosen) {
    try {
      const module = await load(name);
      const rows = await measure(module, time, smoke);
      suites[name] = rows;
      print(smoke ? `${name}: ${rows.length} rows ran` : `${table(name, rows)}\n`);
    } catch (error) {
      failed++;
      print(`${name}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(report(suites, time), null, 2)}\n`);
  }
  if (options.readme === true && failed === 0) {
    print(`wrote ${writeReadme(report(suites, time))}`);
  }
  return failed === 0 ? 0 : 1;
}

async function load(name: string): Promise<SuiteModule> {
  const file = new URL(`./${name}.bench.js`, import.meta.url);
  if (!existsSync(file)) throw new Error(`there is no ${file.pathname}`);
  return (await import(file.href)) as SuiteModule;
}
