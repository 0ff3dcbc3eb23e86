import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { logonNameOf, type Typed, typedIn } from '../../../protocols/actors/rdp-host-sign-in.ts';
import { RESTRICTED_ADMIN } from '../../../protocols/credssp/credentials.ts';
import { formatName } from '../../../protocols/kerberos/names.ts';
import { clientInfo, type InfoPacket, readClientInfo } from '../../../protocols/rdp/client-info.ts';
import { InfoFlags } from '../../../protocols/rdp/constants.ts';

const s = suite('actors/rdp-host-sign-in');

const HOST = { realm: 'CORP.EXAMPLE', domain: 'CORP' };
const typed = (domain: string, userName: string): Typed => ({ domain, userName, password: 'x' });

for (const [domain, userName, expected] of [
  ['CORP', 'alice', 'alice@CORP.EXAMPLE'],
  ['corp', 'alice', 'alice@CORP.EXAMPLE'],
  ['', 'alice', 'alice@CORP.EXAMPLE'],
  ['', 'CORP\\alice', 'alice@CORP.EXAMPLE'],
  ['fabrikam.com', 'frank', 'frank@FABRIKAM.COM'],
  ['', 'fabrikam.com\\frank', 'frank@FABRIKAM.COM'],
] as const) {
  s(`${domain} and ${userName} are ${expected}`, () => {
    const who = logonNameOf(HOST, typed(domain, userName));
    assert.ok(typeof who === 'object');
    if (typeof who === 'object') assert.is(formatName(who.cname, who.realm), expected);
  });
}

s('a user principal name is one component for the host’s own realm', () => {
  const who = logonNameOf(HOST, typed('CORP', 'alice@corp.example'));
  assert.ok(typeof who === 'object');
  if (typeof who === 'object') {
    assert.equal(who.cname, { nameType: 10, nameString: ['alice@corp.example'] });
    assert.is(who.realm, 'CORP.EXAMPLE');
  }
});

s('a NetBIOS name of another domain is said', () => {
  assert.is(logonNameOf(HOST, typed('OTHER', 'alice')), 'OTHER is no domain that this host knows');
});

function info(userName: string, flags = 0): InfoPacket {
  const given = { domain: 'CORP', userName, password: '1234', clientAddress: '10.0.0.9' };
  const read = readClientInfo(clientInfo({ ...given, flags }));
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

s('what the client says counts where nothing was handed over before', () => {
  const expected = { domain: 'CORP', userName: 'alice', password: '1234' };
  assert.equal(typedIn(info('alice'), undefined), expected);
  const delegated = { ...RESTRICTED_ADMIN, userName: 'dana', domainName: 'X', password: 'y' };
  const handed = { domain: 'X', userName: 'dana', password: 'y' };
  assert.equal(typedIn(info('alice'), delegated), handed);
});

s('what cannot be signed in with is said', () => {
  assert.match(String(typedIn(info(''), undefined)), /no name/);
  assert.match(String(typedIn(info('alice', InfoFlags.INFO_PASSWORD_IS_SC_PIN), undefined)), /PIN/);
  assert.match(String(typedIn(info('alice'), RESTRICTED_ADMIN)), /no name/);
  const cspData = { keySpec: 1 };
  const card = { kind: 'smartCard', pin: '1', cspData } as const;
  assert.match(String(typedIn(info('alice'), card)), /smartCard are not taken/);
});

s.run();
