import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  credentialsIn,
  logonNameOf,
  type Typed,
} from '../../../protocols/actors/rdp-host-sign-in.ts';
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

function info(userName: string, flags = 0, password = '1234'): InfoPacket {
  const given = { domain: 'CORP', userName, password, clientAddress: '10.0.0.9' };
  const read = readClientInfo(clientInfo({ ...given, flags }));
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

s('what the client says counts where nothing was handed over before', () => {
  const typed = { domain: 'CORP', userName: 'alice', password: '1234' };
  assert.equal(credentialsIn(info('alice'), undefined, false), { kind: 'password', typed });
  const delegated = { ...RESTRICTED_ADMIN, userName: 'dana', domainName: 'X', password: 'y' };
  const handed = { domain: 'X', userName: 'dana', password: 'y' };
  assert.equal(credentialsIn(info('alice'), delegated, false), { kind: 'password', typed: handed });
});

s('a PIN comes with the names of reader and container, or in the place of the password', () => {
  const cspData = { keySpec: 1, readerName: 'Reader 1', containerName: 'c' };
  const card = { kind: 'smartCard', pin: '24680', cspData } as const;
  const logOn = { pin: '24680', reader: 'Reader 1', container: 'c' };
  assert.equal(credentialsIn(info('alice'), card, true), { kind: 'card', logOn });
  const flagged = info('alice', InfoFlags.INFO_PASSWORD_IS_SC_PIN);
  assert.equal(credentialsIn(flagged, undefined, false), { kind: 'card', logOn: { pin: '1234' } });
  const silent = info('', 0, '');
  assert.equal(credentialsIn(silent, undefined, true), { kind: 'card', logOn: {} });
  assert.is(credentialsIn(silent, undefined, false).kind, 'none');
});

s('what cannot be signed in with is said', () => {
  for (const delegated of [undefined, RESTRICTED_ADMIN]) {
    const given = credentialsIn(info(''), delegated, false);
    assert.is(given.kind, 'none');
    if (given.kind === 'none') assert.match(given.why, /no name/);
  }
});

s.run();
