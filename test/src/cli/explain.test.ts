import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../root.ts';
import { inFolder, kerblab } from './called.ts';

const explain = suite('explain');

explain('errors by code, hexadecimal code, name and short name', () =>
  inFolder(async (folder) => {
    for (const what of ['24', '0x18', 'KDC_ERR_PREAUTH_FAILED', 'preauth_failed']) {
      const { status, stdout } = await kerblab(['explain', what], folder);
      assert.is(status, 0, what);
      assert.match(stdout, /^KDC_ERR_PREAUTH_FAILED \(KRB-ERROR 24, RFC 4120 §7\.5\.9\)\n/, what);
      assert.match(stdout, /likely causes:\n {2}- /);
    }
    const status = await kerblab(['explain', '0xC000006D'], folder);
    assert.match(status.stdout, /^STATUS_LOGON_FAILURE \(NTSTATUS 0xc000006d/);
  }),
);

explain('errors of Entra by AADSTS number, and of Hello by HRESULT', () =>
  inFolder(async (folder) => {
    for (const what of ['AADSTS50126', 'aadsts50126', '50126']) {
      const { status, stdout } = await kerblab(['explain', what], folder);
      assert.is(status, 0, what);
      assert.match(
        stdout,
        /^AADSTS50126 \(AADSTS 50126, OAuth 2\.0 invalid_grant\)\n {2}Error val/,
      );
      assert.match(stdout, /likely causes:\n {2}- the password was typed wrong\n/);
      assert.not.match(stdout, 'made to happen');
    }
    for (const what of ['0x801C03ED', '-2145647635', '2149319661']) {
      const { stdout } = await kerblab(['explain', what], folder);
      assert.match(stdout, /^0x801C03ED \(HRESULT 0x801c03ed, Windows Hello errors/, what);
    }
    const pin = await kerblab(['explain', 'NTE_INCORRECT_PASSWORD'], folder);
    assert.match(pin.stdout, /HRESULT 0x80090033/);
  }),
);

explain('a scenario with its defaults is the same scenario', () =>
  inFolder(async (folder) => {
    const file = root('scenarios', 'password-sign-in.yaml');
    const { status, stdout } = await kerblab(['explain', file], folder);
    assert.is(status, 0);
    assert.ok(stdout.length > readFileSync(file, 'utf8').length, 'defaults are written out');
    writeFileSync(join(folder, 'password-sign-in.yaml'), stdout);
    for (const [path, out] of [
      [file, 'a'],
      ['password-sign-in.yaml', 'b'],
    ] as const) {
      assert.is((await kerblab(['run', path, '--out', out], folder)).status, 0);
    }
    const trace = (out: string): string =>
      readFileSync(join(folder, out, 'latest', 'trace.jsonl'), 'utf8');
    assert.is(trace('a'), trace('b'));
  }),
);

explain.run();
