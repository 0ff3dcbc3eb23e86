import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isPin, pinObjection, pinVerifier } from '../../../protocols/hello/pin.ts';
import { DEFAULT_POLICY, type PinComplexity } from '../../../protocols/hello/policy.ts';

const pin = suite('pin');

const DEFAULT = DEFAULT_POLICY.PINComplexity;

pin('the policy decides which PINs may be chosen', () => {
  const cases: readonly (readonly [string, Partial<PinComplexity>, RegExp | undefined])[] = [
    ['135791', {}, undefined],
    ['13579', {}, /has 5 characters, policy wants 6/],
    ['1358', { MinimumPINLength: 4 }, undefined],
    ['1358024680', { MaximumPINLength: 8 }, /has 10 characters, policy allows 8/],
    ['Herbst26!', {}, undefined],
    ['herbst', { Digits: 'required' }, /no digits, policy wants some \(Digits\)/],
    ['herbst26', { Digits: 'disallowed' }, /has digits, policy wants none/],
    ['HERBST26', { LowercaseLetters: 'required' }, /no lowercase letters/],
    ['Herbst26', { LowercaseLetters: 'disallowed' }, /has lowercase letters/],
    ['herbst26', { UppercaseLetters: 'required' }, /no uppercase letters/],
    ['Herbst26', { UppercaseLetters: 'disallowed' }, /has uppercase letters/],
    ['Herbst26', { SpecialCharacters: 'required' }, /no special characters/],
    ['Herbst 26', { SpecialCharacters: 'disallowed' }, /has special characters/],
    ['1357\n9246', {}, /characters that no keyboard types/],
    ['größer', {}, /characters that no keyboard types/],
  ];
  for (const [chosen, rules, expected] of cases) {
    const objection = pinObjection(chosen, { ...DEFAULT, ...rules });
    if (expected === undefined) assert.is(objection, undefined, chosen);
    else assert.match(objection ?? '', expected, chosen);
  }
});

pin('a constant step from digit to digit is too simple; with a letter it is not', () => {
  const rules = { ...DEFAULT, MinimumPINLength: 4 };
  for (const simple of ['1111', '1234', '1357', '9630', '000000', '987654']) {
    assert.match(pinObjection(simple, rules) ?? '', /too simple/, simple);
  }
  for (const fine of ['1231', '1593', '1235', 'abcd', '123a']) {
    assert.is(pinObjection(fine, rules), undefined, fine);
  }
});

pin('former PINs may not come again while the policy remembers them', () => {
  const former = ['246813', '864209', '112358'].map((old, i) =>
    pinVerifier(old, new Uint8Array(16).fill(i)),
  );
  const chosen = (candidate: string, History: number) =>
    pinObjection(candidate, { ...DEFAULT, History }, former);
  assert.is(chosen('246813', 0), undefined);
  assert.match(chosen('246813', 1) ?? '', /used before, policy remembers 1/);
  assert.match(chosen('864209', 2) ?? '', /used before/);
  assert.is(chosen('112358', 2), undefined);
});

pin('is known again by its salted digest only', () => {
  const text = fc.string({ minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(text, text, fc.uint8Array({ minLength: 16, maxLength: 16 }), (a, b, salt) => {
      const verifier = pinVerifier(a, salt);
      assert.is(isPin(verifier, a), true);
      assert.is(isPin(verifier, b), a === b);
    }),
  );
  const [first, second] = [1, 2].map((octet) =>
    pinVerifier('135791', new Uint8Array(16).fill(octet)),
  );
  assert.not.equal(first?.digest, second?.digest);
});

pin.run();
