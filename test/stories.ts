/** The scenario files of the repository, sorted. */
import { readdirSync } from 'node:fs';
import { root } from './root.ts';

export function scenarioFiles(): readonly string[] {
  return readdirSync(root('scenarios'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => root('scenarios', file));
}
