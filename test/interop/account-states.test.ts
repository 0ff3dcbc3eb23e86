/** MIT's and Heimdal's clients meet accounts in every state: what they print is the judge. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peer, peerTest } from '../peers.ts';
import { cacheOf, execute, type Outcome, passwordFile, type Served, serve } from './served.ts';

const PASSWORD = 'Passw0rd!';
const s = suite('account states');
let served: Served;

s.before(async () => {
  served = await serve('test/interop/account-states.yaml', ['--kdc', '0']);
});
s.after(async () => {
  assert.is((await served.stop()).code, 0, served.log());
});

const run = (name: string, cache: string, args: readonly string[], input = ''): Promise<Outcome> =>
  execute(peer(name) as string, args, cacheOf(served, cache), input);

const kinit = (account: string, password = PASSWORD, ...options: readonly string[]) =>
  run('kinit', account, [...options, account], `${password}\n`);
const byKeytab = (account: string) =>
  run('kinit', account, ['-k', '-t', join(served.folder, 'all.keytab'), account]);
const heimdal = (account: string, password = PASSWORD, ...options: readonly string[]) => {
  const file = passwordFile(served, password);
  return run('kinit.heimdal', `h-${account}`, [...options, `--password-file=${file}`, account]);
};

interface State {
  readonly account: string;
  /** What MIT's kinit and Heimdal's print; absent: they get a ticket. */
  readonly mit?: RegExp;
  readonly heimdal?: RegExp;
}

const REVOKED = {
  mit: /Client's credentials have been revoked/,
  heimdal: /Clients credentials have been revoked/,
};
const POLICY = { mit: /KDC policy rejects request/, heimdal: /KDC policy rejects request/ };
const NO_ETYPE = {
  mit: /KDC has no support for encryption type/,
  heimdal: /KDC has no support for encryption type/,
};
const UNKNOWN = { mit: /not found in Kerberos database/, heimdal: /unknown/ };
/** Both go on to change the password, which is a service of its own. */
const EXPIRED = { mit: /Password expired\./, heimdal: /Password has expired/ };

const STATES: readonly State[] = [
  { account: 'alice' },
  { account: 'ALICE' },
  { account: 'suffixed' },
  { account: 'disabled', ...REVOKED },
  { account: 'expired', ...REVOKED },
  { account: 'lockedout', ...REVOKED },
  { account: 'outofhours', ...REVOKED },
  { account: 'mustchange', ...EXPIRED },
  { account: 'oldpassword', ...EXPIRED },
  { account: 'smartcard', ...POLICY },
  { account: 'protected' },
  { account: 'sensitive' },
  { account: 'noproof' },
  { account: 'desonly', ...NO_ETYPE },
  { account: 'renamed' },
  // An alias counts as long as no proof is asked for.
  { account: 'wonder' },
  { account: 'prover', ...UNKNOWN },
  { account: 'nobody', ...UNKNOWN },
  { account: 'http/web.corp.example', ...UNKNOWN },
];

for (const { account, mit, heimdal: other } of STATES) {
  peerTest(s, `MIT kinit ${account}`, ['kinit'], async () => {
    const outcome = await kinit(account);
    if (mit === undefined) assert.is(outcome.code, 0, outcome.stderr);
    else assert.match(outcome.stdout + outcome.stderr, mit);
    assert.is(outcome.code === 0, mit === undefined);
  });
  peerTest(s, `Heimdal kinit ${account}`, ['kinit.heimdal'], async () => {
    const outcome = await heimdal(account);
    if (other === undefined) assert.is(outcome.code, 0, outcome.stderr);
    else assert.match(outcome.stdout + outcome.stderr, other);
    assert.is(outcome.code === 0, other === undefined);
  });
}

peerTest(
  s,
  'without anybody to type a new one, it is: Password has expired',
  ['kinit'],
  async () => {
    for (const account of ['oldpassword', 'mustchange']) {
      const outcome = await byKeytab(account);
      assert.is(outcome.code, 1);
      assert.match(outcome.stderr, /Password has expired while getting initial credentials/);
    }
  },
);

peerTest(s, 'what is told to those who do not know the password', ['kinit'], async () => {
  for (const account of ['oldpassword', 'mustchange', 'smartcard', 'alice']) {
    assert.match((await kinit(account, 'Guess1!')).stderr, /Password incorrect/, account);
  }
  const hours = await kinit('outofhours', 'Guess1!');
  assert.match(hours.stderr, /Client's credentials have been revoked/);
});

peerTest(s, 'three wrong passwords lock the account', ['kinit', 'kinit.heimdal'], async () => {
  assert.is((await kinit('mistyped')).code, 0);
  for (let i = 0; i < 2; i++) await kinit('mistyped', 'Guess1!');
  assert.is((await kinit('mistyped')).code, 0, 'the right one sets the count back');
  for (let i = 0; i < 3; i++) {
    assert.match((await kinit('mistyped', 'Guess1!')).stderr, /Password incorrect/);
  }
  assert.match((await kinit('mistyped')).stderr, /Client's credentials have been revoked/);
  assert.match((await heimdal('mistyped')).stderr, /Clients credentials have been revoked/);
});

interface Service {
  readonly name: string;
  readonly mit: RegExp;
  readonly heimdal: RegExp | undefined;
}

const SERVICES: readonly Service[] = [
  { name: 'http/web.corp.example', mit: /kvno = 2/, heimdal: undefined },
  { name: 'HTTP/Web.Corp.Example', mit: /kvno = 2/, heimdal: undefined },
  { name: 'http/plain.corp.example', mit: /kvno = 2/, heimdal: undefined },
  { name: 'host/files.corp.example', mit: /kvno = 2/, heimdal: undefined },
  { name: 'http/old.corp.example', ...NO_ETYPE },
  {
    name: 'http/twin.corp.example',
    mit: /Principal has multiple entries in Kerberos database/,
    heimdal: /Principal has multiple entries in Kerberos database/,
  },
  { name: 'http/nowhere.corp.example', mit: /Server not found/, heimdal: /unknown/ },
];

for (const { name, mit, heimdal: other } of SERVICES) {
  peerTest(s, `MIT kvno ${name}`, ['kinit', 'kvno'], async () => {
    await kinit('alice');
    const outcome = await run('kvno', 'alice', [name]);
    assert.match(outcome.stdout + outcome.stderr, mit);
  });
  peerTest(s, `Heimdal kgetcred ${name}`, ['kinit.heimdal', 'kgetcred'], async () => {
    await heimdal('alice');
    const outcome = await run('kgetcred', 'h-alice', [name]);
    if (other === undefined) assert.is(outcome.code, 0, outcome.stderr);
    else assert.match(outcome.stderr, other);
  });
}

peerTest(s, 'an account without a service name takes user-to-user', ['kinit', 'kvno'], async () => {
  await kinit('alice');
  const plain = await run('kvno', 'alice', ['sensitive']);
  assert.match(plain.stderr, /Server principal valid for user2user only/);
  await kinit('sensitive');
  const cache = `FILE:${join(served.folder, 'cc-sensitive')}`;
  const both = await run('kvno', 'alice', ['--u2u', cache, 'sensitive']);
  assert.is(both.code, 0, both.stderr);
});

/** The lines of `klist -e -f` about a ticket: times, renewal and flags, encryption types. */
async function ticketText(cache: string, service: string): Promise<string> {
  const { stdout } = await run('klist', cache, ['-e', '-f']);
  const at = stdout.indexOf(service);
  assert.ok(at >= 0, stdout);
  const line = stdout.lastIndexOf('\n', at) + 1;
  return stdout.slice(line).split('\n').slice(0, 3).join('\n');
}

const hoursBetween = (text: string): number => {
  const [from, to] = text.match(/\d\d:\d\d:\d\d/g) ?? [];
  const seconds = (clock = ''): number => {
    const [h = 0, m = 0, sec = 0] = clock.split(':').map(Number);
    return h * 3600 + m * 60 + sec;
  };
  return ((seconds(to) - seconds(from)) / 3600 + 24) % 24;
};

peerTest(s, 'Protected Users: four hours, nothing to forward', ['kinit', 'klist'], async () => {
  await kinit('protected', PASSWORD, '-f', '-p', '-r', '7d');
  const text = await ticketText('protected', 'krbtgt/CORP.EXAMPLE');
  assert.is(hoursBetween(text), 4, text);
  assert.not.match(text, /Flags: \w*[FP]/);
  await kinit('alice', PASSWORD, '-f');
  const usual = await ticketText('alice', 'krbtgt/CORP.EXAMPLE');
  assert.is(hoursBetween(usual), 10, usual);
  assert.match(usual, /Flags: \w*F/);
});

peerTest(s, 'Protected Users and RC4', ['kinit.heimdal'], async () => {
  const outcome = await heimdal('protected', PASSWORD, '--enctypes=arcfour-hmac-md5');
  assert.is(outcome.code, 1);
});

peerTest(s, 'a sensitive account is not forwarded', ['kinit', 'klist'], async () => {
  await kinit('sensitive', PASSWORD, '-f', '-p');
  assert.not.match(await ticketText('sensitive', 'krbtgt/CORP.EXAMPLE'), /Flags: \w*[FP]/);
});

peerTest(s, 'without a proof the ticket is not pre-authenticated', ['kinit', 'klist'], async () => {
  await kinit('noproof');
  assert.not.match(await ticketText('noproof', 'krbtgt/CORP.EXAMPLE'), /Flags: \w*A/);
  await kinit('alice');
  assert.match(await ticketText('alice', 'krbtgt/CORP.EXAMPLE'), /Flags: \w*A/);
});

peerTest(
  s,
  'the ticket has the service’s encryption type',
  ['kinit', 'kvno', 'klist'],
  async () => {
    await kinit('alice');
    await run('kvno', 'alice', ['http/small.corp.example', 'http/trusted.corp.example']);
    const small = await ticketText('alice', 'http/small');
    assert.match(small, /aes128-cts-hmac-sha1-96, aes128-cts-hmac-sha1-96/);
    assert.match(await ticketText('alice', 'http/trusted'), /Flags: \w*O/);
  },
);

peerTest(s, 'a service that wants no PAC gets a small ticket', ['kinit', 'kvno'], async () => {
  const size = async (service: string): Promise<number> => {
    await kinit('alice');
    const file = join(served.folder, 'cc-alice');
    const before = statSync(file).size;
    const kvno = await run('kvno', 'alice', [service]);
    assert.is(kvno.code, 0, kvno.stderr);
    return statSync(file).size - before;
  };
  assert.ok((await size('http/web.corp.example')) > (await size('http/plain.corp.example')) + 400);
});

peerTest(s, 'a ticket in the name of an alias is good for nothing', ['kinit', 'kvno'], async () => {
  await kinit('wonder');
  const kvno = await run('kvno', 'wonder', ['http/web.corp.example']);
  assert.match(kvno.stderr, /TGT has been revoked/);
  assert.is((await kinit('wonder', PASSWORD, '-C')).code, 0);
  const canonical = await run('kvno', 'wonder', ['http/web.corp.example']);
  assert.is(canonical.code, 0, canonical.stderr);
});

peerTest(s, 'enterprise names and canonicalisation', ['kinit', 'klist'], async () => {
  const whole = 's.smith@other.example';
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['ALICE', [], 'ALICE@CORP.EXAMPLE'],
    ['ALICE', ['-C'], 'alice@CORP.EXAMPLE'],
    [whole, ['-E'], 's.smith\\@other.example@CORP.EXAMPLE'],
    [whole, ['-E', '-C'], 'suffixed@CORP.EXAMPLE'],
    ['suffixed@CORP.EXAMPLE', ['-E', '-C'], 'suffixed@CORP.EXAMPLE'],
  ];
  for (const [name, options, principal] of cases) {
    const outcome = await run('kinit', 'names', [...options, name], `${PASSWORD}\n`);
    assert.is(outcome.code, 0, `${options.join(' ')} ${name}: ${outcome.stderr}`);
    const { stdout } = await run('klist', 'names', []);
    assert.ok(stdout.includes(`Default principal: ${principal}\n`), stdout);
  }
  const stranger = await run('kinit', 'names', ['-E', 'alice@elsewhere.example'], 'x\n');
  assert.match(stranger.stderr, /not found in Kerberos database/);
});

s.run();
