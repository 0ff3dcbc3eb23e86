import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { entryOf } from '../../../protocols/actors/user-entries.ts';
import type { Args } from '../../../src/machine/actor.ts';

const userEntries = suite('user-entries');

const secret = (text: string) => ({ secret: text, from: 'script[0].value' });

function told(what: string, args: Args = {}) {
  const names = { realm: 'CORP.EXAMPLE', userName: 'alice' };
  return entryOf({ kind: 'told', from: 'alice', what, args: { ...names, ...args } });
}

userEntries('reads what people do at a device', () => {
  const cases: readonly (readonly [string, Args, object])[] = [
    ['password', { value: secret('Passw0rd!') }, { kind: 'password', password: 'Passw0rd!' }],
    ['pin', { value: secret('135791') }, { kind: 'pin', entry: { pin: '135791' } }],
    [
      'pin',
      { value: secret('135791'), challenge: 'A1B2C3' },
      { kind: 'pin', entry: { pin: '135791', challenge: 'A1B2C3' } },
    ],
    ['face', {}, { kind: 'biometric', shown: { biometric: 'face', matches: true } }],
    [
      'fingerprint',
      { matches: false },
      { kind: 'biometric', shown: { biometric: 'fingerprint', matches: false } },
    ],
    [
      'pin change',
      { value: secret('1'), newValue: secret('2') },
      { kind: 'changePin', entry: { pin: '1' }, newPin: '2' },
    ],
    ['pin reset', { newValue: secret('2') }, { kind: 'resetPin', newPin: '2' }],
    [
      'hello provisioning',
      { value: secret('135791'), biometrics: ['face', 'voice'] },
      { kind: 'provision', pin: '135791', biometrics: ['face'] },
    ],
    ['hello container deletion', {}, { kind: 'deleteContainer' }],
  ];
  for (const [what, args, expected] of cases) {
    const { who, ...entry } = told(what, args) as { readonly who: { readonly user: string } };
    assert.equal(entry, expected, what);
    assert.is(who.user, 'alice');
  }
});

userEntries('takes nothing that lacks what it needs', () => {
  for (const what of [
    'password',
    'pin',
    'pin change',
    'pin reset',
    'hello provisioning',
    'voice',
  ]) {
    assert.is(told(what), undefined, what);
  }
  assert.is(told('pin change', { value: secret('1') }), undefined);
  assert.is(told('pin', { value: '135791' }), undefined, 'typed values are secrets');
  assert.is(told('face', { userName: 5 }), undefined);
});

userEntries('a name with an @ is an enterprise name', () => {
  const named = (userName: string) => told('face', { userName })?.who.cname;
  assert.equal(named('alice'), { nameType: 1, nameString: ['alice'] });
  assert.equal(named('a@corp.example'), { nameType: 10, nameString: ['a@corp.example'] });
});

userEntries.run();
