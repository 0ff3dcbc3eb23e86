import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type DirectoryAccounts,
  directoryAccounts,
} from '../../../protocols/actors/directory-accounts.ts';
import type { DomainControllerFields } from '../../../protocols/actors/fields.ts';
import { answerLogon, judged } from '../../../protocols/actors/network-logon.ts';
import { storeOf } from '../../../protocols/actors/new-domain-store.ts';
import { realmCast } from '../../../protocols/actors/realm-cast.ts';
import { initialDomain } from '../../../protocols/directory/domain.ts';
import {
  STATUS_ACCOUNT_DISABLED,
  STATUS_ACCOUNT_EXPIRED,
  STATUS_ACCOUNT_LOCKED_OUT,
  STATUS_ACCOUNT_RESTRICTION,
  STATUS_INVALID_WORKSTATION,
  STATUS_NO_SUCH_USER,
  STATUS_PASSWORD_EXPIRED,
  STATUS_WRONG_PASSWORD,
} from '../../../protocols/kerberos/ntstatus.ts';
import { readSamLogonReply, samLogonRequest } from '../../../protocols/netlogon/messages.ts';
import type { NetworkLogon } from '../../../protocols/ntlm/acceptor.ts';
import { avPairs } from '../../../protocols/ntlm/av-pairs.ts';
import { ntHash, ntlmv2Response, ntowfv2 } from '../../../protocols/ntlm/response.ts';
import { fileTimeOf } from '../../../protocols/pac/file-time.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { AUTHORITIES, sceneOf } from './pki-scene.ts';
import { START } from './small-world.ts';

const s = suite('actors/network-logon');

const PASSWORD = 'Passw0rd!';
const account = { password: PASSWORD };
const { scene, config } = sceneOf({
  ...AUTHORITIES,
  dc1: {
    role: 'domain-controller',
    realm: 'CORP.EXAMPLE',
    netbios: 'CORP',
    groups: { Locals: { scope: 'domainLocal' } },
    domainPolicy: { lockoutThreshold: 3 },
    accounts: {
      alice: { ...account, displayName: 'Alice Example', groups: ['Finance', 'Locals'] },
      bob: { ...account, userPrincipalName: 'robert@corp.example' },
      gone: { ...account, userAccountControl: ['ACCOUNTDISABLE'] },
      past: { ...account, accountExpires: '2020-01-01T00:00:00Z' },
      old: { ...account, passwordExpires: '2020-01-01T00:00:00Z' },
      safe: { ...account, groups: ['Protected Users'] },
      card: { ...account, userAccountControl: ['SMARTCARD_REQUIRED'] },
      desk: { ...account, attributes: { userWorkstations: 'DESK' } },
      shut: { ...account, attributes: { lockoutTime: '2026-03-02T07:59:00Z' } },
    },
  },
});
const { seed, realm } = realmCast(scene, 'dc1', config<DomainControllerFields>('dc1'));
const accounts: DirectoryAccounts = directoryAccounts(storeOf(initialDomain(seed).batch));

interface Wish extends Partial<Pick<NetworkLogon, 'domainName' | 'workstation'>> {
  readonly password?: string;
}

const CHALLENGE = new Uint8Array(8).fill(0x3c);

function logon(userName: string, wish: Wish = {}): NetworkLogon & { readonly base: Uint8Array } {
  const { password = PASSWORD, domainName = 'CORP', workstation = 'LAPTOP' } = wish;
  const { ntResponse, lmResponse, sessionBaseKey } = ntlmv2Response({
    key: ntowfv2(ntHash(password), userName, domainName),
    serverChallenge: CHALLENGE,
    clientChallenge: new Uint8Array(8).fill(0x5a),
    time: fileTimeOf(START),
    targetInfo: avPairs([]),
  });
  const said = { userName, domainName, workstation, serverChallenge: CHALLENGE };
  return { ...said, ntResponse, lmResponse, base: sessionBaseKey };
}

const ask = (userName: string, wish: Wish = {}) =>
  judged(logon(userName, wish), realm, accounts, START);
const statusOf = (userName: string, wish: Wish = {}): number => {
  const { reply } = ask(userName, wish);
  return reply.kind === 'denied' ? reply.status : 0;
};

s('who knows the password is told of, with the key of the session', () => {
  const wanted = logon('alice');
  const { reply, change, reason } = judged(wanted, realm, accounts, START);
  assert.is(reason, undefined);
  if (reply.kind !== 'granted') throw new Error('denied');
  const { info } = reply;
  assert.is(toHex(info.UserSessionKey), toHex(wanted.base));
  assert.is(info.EffectiveName, 'alice');
  assert.is(info.FullName, 'Alice Example');
  assert.is(info.LogonDomainName, 'CORP');
  assert.is(info.DnsLogonDomainName, 'CORP.EXAMPLE');
  assert.is(info.Upn, 'alice@corp.example');
  assert.is(info.LogonServer, 'DC1');
  const rids = info.GroupIds?.map(({ RelativeId }) => RelativeId) ?? [];
  assert.ok(rids.includes(513) && rids.length === 2);
  // Local groups of the domain stand with the SIDs of others, as resources.
  const [locals] = info.ExtraSids ?? [];
  assert.match(locals?.Sid ?? '', new RegExp(`^${accounts.domain.sid}-\\d+$`));
  assert.is(locals?.Attributes, 0x2000_0007);
  assert.is(change?.why, 'signedIn');
  assert.is(change?.attributes.lastLogon, START);
});

s('names: of the domain in both forms, principal names without one', () => {
  assert.is(statusOf('ALICE', { domainName: 'corp.example' }), 0);
  assert.is(statusOf('alice', { domainName: '' }), 0);
  assert.is(statusOf('robert@corp.example', { domainName: '' }), 0);
  assert.is(statusOf('alice@corp.example', { domainName: '' }), 0);
  assert.is(statusOf('alice@other.example', { domainName: '' }), STATUS_NO_SUCH_USER);
  assert.is(statusOf('alice', { domainName: 'OTHER' }), STATUS_NO_SUCH_USER);
  assert.is(statusOf('nobody'), STATUS_NO_SUCH_USER);
});

s('a wrong password is counted, and told before anything else', () => {
  const { reply, change } = ask('alice', { password: 'Passw0rd?' });
  assert.equal(reply, { kind: 'denied', status: STATUS_WRONG_PASSWORD });
  assert.is(change?.attributes.badPwdCount, 1);
  for (const name of ['gone', 'past', 'old', 'safe', 'desk']) {
    assert.is(statusOf(name, { password: 'x' }), STATUS_WRONG_PASSWORD, name);
  }
});

s('accounts that may not sign in so, from there, or now', () => {
  assert.is(statusOf('gone'), STATUS_ACCOUNT_DISABLED);
  assert.is(statusOf('past'), STATUS_ACCOUNT_EXPIRED);
  assert.is(statusOf('old'), STATUS_PASSWORD_EXPIRED);
  assert.is(statusOf('safe'), STATUS_ACCOUNT_RESTRICTION);
  assert.is(statusOf('desk'), STATUS_INVALID_WORKSTATION);
  assert.is(statusOf('desk', { workstation: 'desk' }), 0);
  assert.is(statusOf('shut'), STATUS_ACCOUNT_LOCKED_OUT);
  assert.is(statusOf('shut', { password: 'x' }), STATUS_ACCOUNT_LOCKED_OUT);
  // Smart cards are for desktops.
  assert.is(statusOf('card'), 0);
});

s('a response of another version, or none, proves nothing', () => {
  const whole = logon('alice');
  for (const ntResponse of [new Uint8Array(0), new Uint8Array(24), whole.ntResponse.slice(0, 30)]) {
    const { reply } = judged({ ...whole, ntResponse }, realm, accounts, START);
    assert.equal(reply, { kind: 'denied', status: STATUS_WRONG_PASSWORD });
  }
});

s('on the wire: a reply, or the end of the connection', () => {
  const bytes = samLogonRequest({
    logonServer: 'DC1',
    computerName: 'FILES',
    logon: logon('alice'),
  });
  const { effects, change } = answerLogon('c', bytes, realm, accounts, START);
  assert.is(change?.sAMAccountName, 'alice');
  const [sent, ...more] = effects;
  assert.equal(more, []);
  assert.ok(sent?.kind === 'send');
  const octets = sent?.kind === 'send' ? sent.bytes : new Uint8Array();
  assert.is(readSamLogonReply(octets).kind, 'granted');
  const denied = samLogonRequest({
    logonServer: 'DC1',
    computerName: 'FILES',
    logon: logon('gone'),
  });
  const refused = answerLogon('c', denied, realm, accounts, START).effects;
  assert.ok(refused.some((one) => one.kind === 'note' && /STATUS_ACCOUNT_DISABLED/.test(one.text)));
  for (const bad of [new Uint8Array(3), 'version 22 of RPC, not 5']) {
    const closed = answerLogon('c', bad, realm, accounts, START);
    assert.equal(
      closed.effects.map(({ kind }) => kind),
      ['note', 'close'],
    );
    assert.is(closed.change, undefined);
  }
});

s.run();
