import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findClient, findServer, krbtgtRealm } from '../../../protocols/kdc/lookup.ts';
import { enterprise, principal } from '../../../protocols/kerberos/names.ts';
import { ALICE, contoso, FILES_KEYS } from './contoso.ts';
import type { AccountSeed, TrustSeed } from './listed-accounts.ts';

const lookup = suite('kdc/lookup');
const secret = { kind: 'keys', keys: FILES_KEYS } as const;
const seed = (
  sAMAccountName: string,
  rid: number,
  more: Partial<AccountSeed> = {},
): AccountSeed => ({
  sAMAccountName,
  rid,
  secret,
  ...more,
});
const trust = (realm: string, flatName: string): TrustSeed => ({
  realm,
  flatName,
  securityIdentifier: 'S-1-5-21-4-5-6',
  direction: 'bidirectional',
  secret,
});
const { realm, accounts } = contoso(
  [
    ALICE,
    seed('PC1$', 1400, { servicePrincipalName: ['HOST/pc1.contoso.com'] }),
    seed('carol', 1401, { userPrincipalName: 'c.smith@other.example' }),
    seed('hosted', 1402, { userPrincipalName: 'host/pc9@contoso.com' }),
    seed('mapped', 1403, { altSecurityIdentities: ['Kerberos:wonder@CONTOSO.COM'] }),
    seed('both', 1404),
    seed('both$', 1405),
  ],
  {},
  [trust('FABRIKAM.COM', 'FABRIKAM'), trust('EU.CONTOSO.COM', 'EU')],
);

const client = (name: ReturnType<typeof principal>, preauthenticated = true) => {
  const found = findClient(accounts, realm, name, preauthenticated);
  return found.kind === 'account'
    ? found.account.sAMAccountName
    : found.kind === 'elsewhere'
      ? `elsewhere ${found.realm}`
      : undefined;
};

// MS-KILE 3.3.5.6.1; Samba's ms_kile_client_principal_lookup_tests.py runs the same on Windows.
lookup('clients by NT-PRINCIPAL', () => {
  const named = (...name: readonly string[]) => client(principal(1, ...name));
  assert.is(named('alice'), 'alice');
  assert.is(named('ALICE'), 'alice');
  assert.is(named('pc1'), 'PC1$');
  assert.is(named('PC1$'), 'PC1$');
  assert.is(named('both'), 'both', 'the name itself before the computer of that name');
  assert.is(named('c.smith'), undefined, 'another suffix');
  assert.is(named('host', 'pc9'), 'hosted', 'two components match a user principal name only');
  assert.is(named('host', 'pc1.contoso.com'), undefined, 'never a service principal name');
  assert.is(named('nobody'), undefined);
  assert.is(named(), undefined);
});

lookup('clients by NT-ENTERPRISE', () => {
  const named = (name: string) => client(enterprise(name));
  assert.is(named('alice@contoso.com'), 'alice', 'the user principal name');
  assert.is(named('c.smith@other.example'), 'carol');
  assert.is(named('carol@contoso.com'), 'carol', 'the implicit name');
  assert.is(named('carol@CONTOSO'), 'carol');
  assert.is(named('pc1@contoso.com'), 'PC1$');
  assert.is(named('pc1$@contoso.com'), 'PC1$');
  assert.is(named('alice'), 'alice', 'without a suffix');
  assert.is(named('alice@other.example'), undefined);
  assert.is(named('HOST/pc1.contoso.com'), undefined, 'never a service principal name');
  assert.is(named('bob@fabrikam.com'), 'elsewhere FABRIKAM.COM');
  assert.is(named('bob@sales.fabrikam.com'), 'elsewhere FABRIKAM.COM');
  assert.is(named('bob@eu.contoso.com'), 'elsewhere EU.CONTOSO.COM', 'a child domain');
  assert.is(named('bob@xfabrikam.com'), undefined);
  assert.is(client(principal(10, 'alice', 'contoso.com')), undefined, 'one component only');
});

lookup('altSecurityIdentities count without a proof only', () => {
  assert.is(client(principal(1, 'wonder'), false), 'mapped');
  assert.is(client(principal(1, 'wonder'), true), undefined);
  assert.is(client(principal(1, 'alice'), false), 'alice', 'after all others');
});

const server = (name: ReturnType<typeof principal>) => {
  const found = findServer(accounts, realm, name);
  switch (found.kind) {
    case 'account':
      return `${found.account.sAMAccountName} by ${found.by}`;
    case 'trust':
    case 'referral':
      return `${found.kind} ${found.trust.realm}`;
    default:
      return found.kind;
  }
};

// MS-KILE 3.3.5.1.1
lookup('ticket-granting services', () => {
  assert.is(server(principal(2, 'krbtgt', 'CONTOSO.COM')), 'krbtgt');
  assert.is(server(principal(2, 'krbtgt', 'contoso')), 'krbtgt');
  assert.is(server(principal(1, 'krbtgt')), 'krbtgt');
  assert.is(server(principal(2, 'krbtgt', 'FABRIKAM.COM')), 'trust FABRIKAM.COM');
  assert.is(server(principal(2, 'krbtgt', 'fabrikam')), 'trust FABRIKAM.COM');
  assert.is(server(principal(2, 'krbtgt', 'NOWHERE.COM')), 'unknown');
  assert.is(server(principal(2, 'krbtgt', 'CONTOSO.COM', 'x')), 'unknown');
  assert.is(krbtgtRealm(principal(2, 'cifs', 'x')), undefined);
});

lookup('services by their names, by account name, by enterprise name', () => {
  assert.is(server(principal(2, 'HOST', 'files.contoso.com')), 'FILES$ by spn');
  assert.is(server(principal(3, 'cifs', 'FILES.contoso.com')), 'FILES$ by spn');
  assert.is(server(principal(12, 'cifs', 'files')), 'FILES$ by spn');
  assert.is(server(principal(1, 'files')), 'FILES$ by account');
  assert.is(server(principal(1, 'FILES$')), 'FILES$ by account');
  assert.is(server(principal(1, 'alice')), 'alice by account');
  assert.is(server(enterprise('HOST/files.contoso.com')), 'FILES$ by spn');
  assert.is(server(enterprise('alice@contoso.com')), 'alice by enterprise');
  assert.is(server(enterprise('files@contoso.com')), 'FILES$ by enterprise');
  assert.is(server(principal(6, 'HOST', 'files.contoso.com')), 'unknown', 'another name type');
  assert.is(server(principal(2, 'nfs', 'pc1.contoso.com')), 'unknown', 'no alias of host');
  assert.is(server(principal(2, 'HOST', 'files.contoso.com:445')), 'unknown', 'with a port');
});

lookup('three parts: in the own domain for domain controllers only', () => {
  assert.is(server(principal(2, 'ldap', 'dc1.contoso.com', 'contoso.com')), 'DC1$ by spn');
  const more = contoso([
    seed('APP$', 1500, {
      servicePrincipalName: ['app/app.contoso.com/contoso.com', 'app/app.contoso.com/instance'],
    }),
  ]);
  const found = (...name: readonly string[]) =>
    findServer(more.accounts, more.realm, principal(2, ...name)).kind;
  assert.is(found('app', 'app.contoso.com', 'contoso.com'), 'unknown');
  assert.is(found('app', 'app.contoso.com', 'instance'), 'account');
});

lookup('hosts of other realms, by the longest suffix', () => {
  assert.is(server(principal(2, 'cifs', 'nas.fabrikam.com')), 'referral FABRIKAM.COM');
  assert.is(server(principal(2, 'cifs', 'NAS.FABRIKAM.COM')), 'referral FABRIKAM.COM');
  assert.is(server(principal(2, 'http', 'web.fabrikam.com:8080')), 'referral FABRIKAM.COM');
  assert.is(server(principal(2, 'cifs', 'nas.eu.contoso.com')), 'referral EU.CONTOSO.COM');
  assert.is(
    server(principal(2, 'cifs', 'nas.contoso.com')),
    'unknown',
    'the own realm’s is nearer',
  );
  assert.is(server(principal(2, 'cifs', 'notfabrikam.com')), 'unknown');
  assert.is(
    server(principal(2, 'ldap', 'dc.x.com', 'fabrikam.com')),
    'referral FABRIKAM.COM',
    'the third part names the domain',
  );
});

lookup('no way out over a trust that only lets others in', () => {
  const outbound = contoso([], {}, [{ ...trust('FABRIKAM.COM', 'F'), direction: 'outbound' }]);
  const found = (...name: readonly string[]) =>
    findServer(outbound.accounts, outbound.realm, principal(2, ...name)).kind;
  assert.is(found('krbtgt', 'FABRIKAM.COM'), 'unknown');
  assert.is(found('cifs', 'nas.fabrikam.com'), 'unknown');
});

lookup.run();
