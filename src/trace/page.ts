/** The viewer's files, read once. They are plain HTML, CSS and JavaScript, served as they stand. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PageFile {
  readonly type: string;
  readonly content: Uint8Array;
}

const SCRIPT = 'text/javascript; charset=utf-8';
const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'viewer.css': 'text/css; charset=utf-8',
  'viewer.js': SCRIPT,
  'records.js': SCRIPT,
  'row.js': SCRIPT,
  'tree.js': SCRIPT,
  'octets.js': SCRIPT,
  'element.js': SCRIPT,
};

/** By path below the server's root; `/` is the page itself. */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  const folder = join(packageFolder(), 'src', 'viewer');
  return new Map(
    Object.entries(TYPES).map(([name, type]) => [
      name === 'index.html' ? '/' : `/${name}`,
      { type, content: new Uint8Array(readFileSync(join(folder, name))) },
    ]),
  );
}

/** Sources and build stand in one package, wherever the build's output folder is. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${import.meta.url}`);
    folder = parent;
  }
  return folder;
}
