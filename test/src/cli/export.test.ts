import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readKrbCred } from '../../../protocols/kerberos/krb-cred.ts';
import { formatName } from '../../../protocols/kerberos/names.ts';
import { readCcache } from '../../../src/trace/ccache.ts';
import { readKeytab } from '../../../src/trace/keytab.ts';
import { principalText } from '../../../src/trace/principal.ts';
import { finishedRun, kerblab, SCENARIO } from './finished-run.ts';

const s = suite('kerblab export');
const run = finishedRun();
s.after(run.remove);

function exported(...args: readonly string[]): {
  readonly status: number | null;
  readonly stderr: string;
} {
  return kerblab('export', 'latest', '--runs', run.runs, ...args);
}

function octets(file: string): Uint8Array {
  return new Uint8Array(readFileSync(file));
}

s('--keytab: every long-term key, for nobody else', () => {
  const file = join(run.runs, 'out', 'all.keytab');
  assert.is(exported('--keytab', file).status, 0);
  const names = new Set(readKeytab(octets(file)).map((entry) => principalText(entry.principal)));
  for (const name of ['alice', 'krbtgt/CORP.EXAMPLE', 'LAPTOP$']) {
    assert.ok(names.has(`${name}@CORP.EXAMPLE`), [...names].join(', '));
  }
  assert.is(statSync(file).mode & 0o777, 0o600);
});

s("--ccache: the user's tickets with the times of the run, or somebody else's", () => {
  const file = join(run.runs, 'ccache');
  assert.is(exported('--ccache', file).status, 0);
  const cache = readCcache(octets(file));
  assert.is(principalText(cache.principal), 'alice@CORP.EXAMPLE');
  const servers = cache.credentials.map(({ server }) => principalText(server));
  for (const name of ['krbtgt/CORP.EXAMPLE', 'cifs/files.corp.example']) {
    assert.is(
      servers.filter((server) => server === `${name}@CORP.EXAMPLE`).length,
      1,
      servers.join(', '),
    );
  }
  for (const { authtime, endtime, ticket, key } of cache.credentials) {
    assert.is(authtime, Date.UTC(2026, 2, 2, 8) / 1000);
    assert.ok(endtime > authtime);
    assert.is(ticket[0], 0x61);
    assert.is(key.bytes.length, 32);
  }
  assert.is(exported('--ccache', file, '--principal', 'LAPTOP$').status, 0);
  assert.is(principalText(readCcache(octets(file)).principal), 'LAPTOP$@CORP.EXAMPLE');
  const unknown = exported('--ccache', file, '--principal', 'carol');
  assert.is(unknown.status, 2);
  assert.match(unknown.stderr, /carol was given no ticket; these were: .*alice@CORP\.EXAMPLE/);
});

s('--ticket: the one that is wanted, in a cache or a KRB-CRED', () => {
  const [ccache, kirbi] = [join(run.runs, 'one.ccache'), join(run.runs, 'one.kirbi')];
  const of = (...args: readonly string[]) => {
    const called = exported('--ccache', ccache, '--kirbi', kirbi, ...args);
    assert.is(called.status, 0, called.stderr);
    const [inKirbi, ...others] = readKrbCred(octets(kirbi)) ?? [];
    assert.equal(others, []);
    return {
      cache: readCcache(octets(ccache)).credentials.map(({ server }) => principalText(server)),
      kirbi: inKirbi === undefined ? undefined : formatName(inKirbi.sname, inKirbi.srealm),
      key: inKirbi?.key.bytes.length,
    };
  };
  const tgt = 'krbtgt/CORP.EXAMPLE@CORP.EXAMPLE';
  assert.equal(of('--ticket', 'full'), { cache: [tgt], kirbi: tgt, key: 32 });
  const share = 'cifs/files.corp.example@CORP.EXAMPLE';
  assert.equal(of('--ticket', 'cifs/FILES.corp.example'), {
    cache: [share],
    kirbi: share,
    key: 32,
  });
  assert.equal(of('--ticket', share).cache, [share]);
  assert.is(of().kirbi, tgt);
  assert.is(of().cache.length, 3);
  assert.is(statSync(kirbi).mode & 0o777, 0o600);
  const none = exported('--kirbi', kirbi, '--ticket', 'partial');
  assert.is(none.status, 2);
  assert.match(none.stderr, /--ticket partial: there is none such .*; there are .*full of alice@/);
});

s('--prt and --device: nobody here has Entra to ask', () => {
  const prt = exported('--prt', join(run.runs, 'roadtx.prt'));
  assert.is(prt.status, 2);
  assert.match(prt.stderr, /no device was given a primary refresh token of Entra in this run/);
  const device = exported('--device', join(run.runs, 'device'));
  assert.is(device.status, 2);
  assert.match(device.stderr, /--device: say which one with --on: there is none in this run/);
  const laptop = exported('--device', join(run.runs, 'device'), '--on', 'laptop');
  assert.match(laptop.stderr, /--device: laptop is no device that is registered with Entra/);
  assert.not.ok(existsSync(join(run.runs, 'device')));
});

s('--pcapng and --mermaid', () => {
  const [pcapng, diagram] = [join(run.runs, 'run.pcapng'), join(run.runs, 'run.mmd')];
  assert.is(exported('--pcapng', pcapng, '--mermaid', diagram).status, 0);
  assert.is(Buffer.from(octets(pcapng)).readUInt32LE(), 0x0a0d0d0a);
  const text = readFileSync(diagram, 'utf8');
  assert.match(text, 'sequenceDiagram');
  assert.match(text, /->>a\d+: AS-REQ/);
});

s('--bundle: everything, and the run in it can be replayed', () => {
  const folder = join(run.runs, 'bundle');
  assert.is(exported('--bundle', folder).status, 0);
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const named = Array.from(readme.matchAll(/^\| `([^`]+)`/gm), (match) => match[1] as string);
  assert.ok(named.length >= 6, readme);
  for (const file of named) assert.ok(existsSync(join(folder, file)), file);
  const scenario = readFileSync(join(folder, `${SCENARIO}.yaml`), 'utf8');
  assert.match(scenario, 'scenario: 1');
  assert.is(kerblab('replay', join(folder, 'run')).status, 0);
});

s('nothing to do, nothing to give, nothing there', () => {
  const none = exported();
  assert.is(none.status, 2);
  assert.match(none.stderr, 'nothing to export: name a file with --pcapng');
  const tls = exported('--keylog', join(run.runs, 'keys.log'));
  assert.is(tls.status, 2);
  assert.match(tls.stderr, 'no connection of this run is TLS');
  assert.not.ok(existsSync(join(run.runs, 'keys.log')));
  const nowhere = kerblab('export', join(run.runs, 'nothing'), '--keytab', 'x');
  assert.is(nowhere.status, 2);
  assert.match(nowhere.stderr, 'is not a run folder');
});

s.run();
