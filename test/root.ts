import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder, found by its package.json: tests run from any output folder. */
export function root(...parts: readonly string[]): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${import.meta.url}`);
    folder = parent;
  }
  return join(folder, ...parts);
}

/** A file of the built program, beside this test: `built('src/cli/main.js')`. */
export function built(path: string): string {
  return join(dirname(fileURLToPath(import.meta.url)), '..', path);
}
