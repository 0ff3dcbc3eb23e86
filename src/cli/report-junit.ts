/** `--reporter junit`: the XML that build servers read; a scenario is a suite, a seed a test. */
import { causeLine } from '../scenario/run.ts';
import { type Reporter, type RunReport, repeatLine } from './report.ts';
import type { Output } from './terminal.ts';

export function junitReporter(output: Output): Reporter {
  const suites = new Map<string, RunReport[]>();
  return {
    begin: () => undefined,
    ran(report) {
      const { name } = report.scenario;
      // The stories themselves are in the run folders: a sweep's would not fit into memory.
      suites.set(name, [...(suites.get(name) ?? []), { ...report, records: [] }]);
    },
    end() {
      const all = [...suites.values()].flat();
      output.write('<?xml version="1.0" encoding="UTF-8"?>\n');
      output.write(`<testsuites name="kerblab"${counts(all)}>\n`);
      for (const [name, reports] of suites) output.write(suiteXml(name, reports));
      output.write('</testsuites>\n');
    },
  };
}

function counts(reports: readonly RunReport[]): string {
  const failures = reports.filter((r) => r.result.kind === 'judged' && !r.result.outcome.held);
  const errors = reports.filter((r) => r.result.kind === 'broken');
  const time = reports.reduce((sum, { took }) => sum + took, 0);
  return ` tests="${reports.length}" failures="${failures.length}" errors="${errors.length}" time="${(time / 1000).toFixed(3)}"`;
}

function suiteXml(name: string, reports: readonly RunReport[]): string {
  const cases = reports.map(caseXml).join('');
  return `  <testsuite name="${escaped(name)}"${counts(reports)}>\n${cases}  </testsuite>\n`;
}

function caseXml(report: RunReport): string {
  const { scenario, seed, took, result } = report;
  const name = `${scenario.title}, seed ${seed}`;
  const head = `    <testcase classname="${escaped(scenario.file)}" name="${escaped(name)}" time="${(took / 1000).toFixed(3)}"`;
  if (result.kind === 'broken') {
    const text = escaped(`${result.reason}\n${repeatLine(report)}`);
    return `${head}>\n      <error message="${escaped(result.reason)}">${text}</error>\n    </testcase>\n`;
  }
  const { held, failures, causes } = result.outcome;
  if (held) return `${head}/>\n`;
  const lines = [
    ...failures.map(({ line, column, text }) => `${scenario.file}:${line}:${column}: ${text}`),
    ...causes.map((cause) => `why: ${causeLine(cause)}`),
    repeatLine(report),
  ];
  const message = escaped(failures[0]?.text ?? 'it did not hold');
  const text = escaped(lines.join('\n'));
  return `${head}>\n      <failure message="${message}">${text}</failure>\n    </testcase>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** Text for XML 1.0, which has no way to write most control characters. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"\n]/g, (character) => ENTITIES[character] ?? character);
}
