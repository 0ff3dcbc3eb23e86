/** The rules of ARCHITECTURE.md and CONTRIBUTING.md that Biome cannot hold. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from './root.ts';

const TOP = ['src', 'protocols', 'test', 'bench'];

/** The order of the protocols: each may import those before it. */
const PROTOCOLS = [
  'x509',
  'cms',
  'kerberos',
  'pac',
  'pkinit',
  'kdc',
  'directory',
  'gss',
  'ntlm',
  'negotiate',
  'netlogon',
  'http',
  'ldap',
  'hello',
  'iso7816',
  'gids',
  'piv',
  'credssp',
  'rdp',
  'rdpefs',
  'rdpesc',
  'minidriver',
  'rdpedyc',
  'rdpear',
  'oauth',
  'entra',
  'enrollment',
  'actors',
  'dissect',
  'roles.ts',
];

/** Which folders of src/ a folder may import, itself apart. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bytes: [],
  machine: [],
  store: ['bytes', 'machine', 'crypto'],
  schema: [],
  der: ['bytes'],
  ndr: ['bytes', 'der'],
  layout: ['bytes', 'der'],
  crypto: ['bytes'],
  signing: ['bytes', 'crypto'],
  trace: ['bytes', 'der', 'machine', 'crypto', 'store'],
  sim: ['bytes', 'machine', 'store', 'trace', 'crypto', 'signing'],
  drivers: ['bytes', 'machine', 'store', 'trace', 'crypto', 'signing'],
  scenario: ['bytes', 'machine', 'trace', 'schema', 'sim', 'crypto', 'signing'],
  viewer: ['trace'],
};

/** What `protocols/` may import of src/. */
const FOR_PROTOCOLS = ['bytes', 'der', 'ndr', 'layout', 'crypto', 'machine'];
/** Only the compositions declare fields for scenario files and implement what the tracer asks for. */
const FOR_COMPOSITIONS: Readonly<Record<string, readonly string[]>> = {
  actors: ['schema', 'scenario/role.ts'],
  dissect: ['trace/dissector.ts'],
  'roles.ts': ['schema', 'scenario/role.ts', 'trace/dissector.ts'],
};

/** Files over 350 lines that were looked at and stay, each with its reason. */
const LONG: Readonly<Record<string, string>> = {
  'protocols/kerberos/constants.ts': 'a table of the standards’ numbers',
  'protocols/kerberos/messages.ts': 'a table of RFC 4120’s types, in its order',
  'protocols/directory/schema-attributes.ts': 'a table of the schema’s attributes',
  'protocols/directory/schema-classes.ts': 'a table of the schema’s classes',
  'protocols/kerberos/error-codes.ts': 'a table of error codes',
  'protocols/kerberos/ntstatus.ts': 'a table of status codes',
  'protocols/kerberos/reproductions.ts': 'a table of the causes of errors',
};

const PROTOCOL_HEADINGS = ['Standards', 'Messages', 'Machines', 'Simulated', 'Omitted'];

function filesUnder(folder: string, ending: string): string[] {
  if (!existsSync(root(folder))) return [];
  return readdirSync(root(folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file).split(sep).join('/'))
    .sort();
}

function text(file: string): string {
  return readFileSync(root(file), 'utf8');
}

const sources = TOP.flatMap((folder) => filesUnder(folder, '.ts'));

function importsOf(file: string): string[] {
  const found = text(file).matchAll(
    /^\s*(?:import|export)\b[^'"]*?from\s+'([^']+)'|import\('([^']+)'\)/gm,
  );
  return Array.from(found, (match) => match[1] ?? match[2] ?? '');
}

/** A relative import as a path from the root. */
function resolve(file: string, specifier: string): string {
  return relative(root(), join(root(dirname(file)), specifier))
    .split(sep)
    .join('/');
}

function allowed(file: string, target: string): boolean {
  const [top, folder = ''] = file.split('/');
  const [targetTop, targetFolder = ''] = target.split('/');
  if (top === 'test' || top === 'bench') return true;
  if (targetTop === 'test' || (targetTop === 'bench' && folder !== 'cli')) return false;
  if (top === 'src') {
    if (folder === 'cli') return true;
    if (targetTop !== 'src') return false;
    return targetFolder === folder || (MAY_IMPORT[folder] ?? []).includes(targetFolder);
  }
  if (targetTop === 'src') {
    const path = target.slice('src/'.length);
    const names = [...FOR_PROTOCOLS, ...(FOR_COMPOSITIONS[folder] ?? [])];
    return names.some((name) => path === name || path.startsWith(`${name}/`));
  }
  const own = PROTOCOLS.indexOf(folder);
  const other = PROTOCOLS.indexOf(targetFolder);
  return own >= 0 && other >= 0 && other <= own;
}

const tidy = suite('tidy');

tidy('imports point one way', () => {
  const wrong = sources.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => resolve(file, specifier))
      .filter((target) => !allowed(file, target))
      .map((target) => `${file} imports ${target}`),
  );
  assert.equal(wrong, []);
});

tidy('protocols do no I/O, read no clock and draw no chance', () => {
  const forbidden =
    /\bDate\.now\(|\bMath\.random\(|\bperformance\.now\(|\bset(?:Timeout|Interval|Immediate)\(|\bprocess\.|\bnew Date\(\)/;
  for (const file of sources.filter((name) => name.startsWith('protocols/'))) {
    const node = importsOf(file).filter((specifier) => specifier.startsWith('node:'));
    assert.equal(node, [], `${file} imports ${node}`);
    const found = forbidden.exec(text(file))?.[0];
    assert.is(found, undefined, `${file} contains ${found}`);
  }
});

tidy('each third-party package is imported in one place', () => {
  const places = new Map<string, Set<string>>();
  for (const file of sources.filter((name) => /^(src|protocols)\//.test(name))) {
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.') || specifier.startsWith('node:')) continue;
      const parts = specifier.split('/');
      const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] as string);
      if (builtinModules.includes(name)) assert.unreachable(`${file}: write node:${name}`);
      // The CLI's commands each register themselves with the one command-line library.
      const place = name === 'commander' ? dirname(file) : file;
      places.set(name, (places.get(name) ?? new Set()).add(place));
    }
  }
  const scattered = [...places].filter(([, files]) => files.size > 1);
  assert.equal(
    scattered.map(([name, files]) => `${name}: ${[...files].join(', ')}`),
    [],
  );
});

tidy('every test file runs its suites, and mirrors a source file', () => {
  for (const file of sources.filter((name) => name.endsWith('.test.ts'))) {
    const content = text(file);
    for (const match of content.matchAll(/^const (\w+) = suite\(/gm)) {
      assert.ok(
        new RegExp(`^${match[1]}\\.run\\(\\);`, 'm').test(content),
        `${file}: ${match[1]}.run() is missing, so its tests would never run`,
      );
    }
    assert.ok(/^\w+\.run\(\);/m.test(content), `${file}: no .run()`);
    const mirrored = /^test\/((?:src|protocols)\/.*)\.test\.ts$/.exec(file)?.[1];
    if (mirrored !== undefined) {
      assert.ok(existsSync(root(`${mirrored}.ts`)), `${file}: there is no ${mirrored}.ts`);
    }
  }
});

tidy('files fit a head', () => {
  const long = sources
    .filter((file) => /^(src|protocols)\//.test(file))
    .filter((file) => LONG[file] === undefined && text(file).split('\n').length > 351)
    .map((file) => `${file}: ${text(file).split('\n').length} lines`);
  assert.equal(long, []);
  for (const file of Object.keys(LONG)) assert.ok(existsSync(root(file)), `LONG names ${file}`);
});

tidy('every protocol folder has a README with the five headings, in order', () => {
  for (const folder of PROTOCOLS.filter(
    (name) => existsSync(root('protocols', name)) && !name.endsWith('.ts'),
  )) {
    const file = `protocols/${folder}/README.md`;
    assert.ok(existsSync(root(file)), `${file} is missing`);
    const headings = Array.from(text(file).matchAll(/^## (.+)$/gm), (match) => match[1]);
    assert.equal(headings.slice(0, 5), PROTOCOL_HEADINGS, file);
  }
});

tidy('ARCHITECTURE.md names every folder, and only folders that exist', () => {
  const map = text('ARCHITECTURE.md');
  for (const top of ['src', 'protocols']) {
    const folders = readdirSync(root(top), { withFileTypes: true }).filter((e) => e.isDirectory());
    for (const { name } of folders) {
      assert.ok(map.includes(`\`${top}/${name}\``), `ARCHITECTURE.md does not name ${top}/${name}`);
    }
  }
  for (const match of map.matchAll(/`((?:src|protocols)\/[\w-]+)`/g)) {
    assert.ok(existsSync(root(match[1] as string)), `ARCHITECTURE.md names ${match[1]}`);
  }
});

tidy('links in Markdown lead somewhere', () => {
  const documents = [...TOP, 'scenarios'].flatMap((folder) => filesUnder(folder, '.md'));
  const own = readdirSync(root()).filter((file) => file.endsWith('.md'));
  for (const file of [...documents, ...own]) {
    for (const match of text(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      const target = match[1] as string;
      if (/^[a-z]+:/.test(target)) continue;
      const path = join(dirname(file), target);
      assert.ok(existsSync(root(path)), `${file}: link to ${target}`);
    }
  }
});

tidy('nothing is left for later, and nothing names the place it was made in', () => {
  const places = ['wo' + 'rk/', 'tm' + 'p/kl', 'ro' + 'ot/'].map((name) => `/${name}`);
  const marks = [...places, 'TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'];
  for (const file of [...sources, ...filesUnder('scenarios', '.yaml')]) {
    for (const mark of marks) {
      assert.not.ok(new RegExp(`(^|[^\\w])${mark}`).test(text(file)), `${file} contains ${mark}`);
    }
  }
});

tidy.run();
