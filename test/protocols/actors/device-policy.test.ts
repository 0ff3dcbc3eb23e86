import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SMALLEST, smallWorld } from './small-world.ts';

const s = suite('device-policy');

const MINUTE = 60_000;

/** A laptop on which the policies come, one after another, and then Alice signs in and wants Hello. */
async function trustAfter(
  policies: Readonly<Record<string, unknown>>,
  applied: readonly Readonly<Record<string, unknown>>[],
) {
  const laptop = { ...SMALLEST.laptop, signsInAtStart: false, join: 'hybrid', policies } as const;
  const small = smallWorld({ ...SMALLEST, laptop });
  for (const args of applied) small.command('laptop', 'appliesPolicy', args as never);
  // What came has to survive a restart.
  small.command('laptop', 'restarts', { restarts: 'device' }, MINUTE);
  const password = { enters: 'password', value: 'Passw0rd!', on: 'laptop' };
  small.command('alice', 'enters', password, 2 * MINUTE);
  const hello = { provisions: 'hello', value: '135791', on: 'laptop' };
  small.command('alice', 'provisions', hello, 3 * MINUTE);
  await small.world.run();
  const view = small.world.view('laptop') as {
    readonly hello?: { readonly alice?: { readonly trust?: string } };
  };
  return { trust: view.hello?.alice?.trust, causes: small.causes().join('\n') };
}

s('Hello is not used where nothing says so, until a source does', async () => {
  const none = await trustAfter({}, []);
  assert.is(none.trust, undefined);
  assert.match(none.causes, /policy is enabled: No/);
  const settings = { UsePassportForWork: true };
  const group = await trustAfter({}, [{ appliesPolicy: 'computerGPO', settings }]);
  assert.is(group.trust, 'key');
  assert.is(group.causes, '');
});

s('a user’s own policy is for that user, and goes before the computer’s', async () => {
  const computerGPO = { UsePassportForWork: true };
  const settings = { UsePassportForWork: false };
  const alices = { appliesPolicy: 'userGPO', of: 'alice', settings };
  assert.is((await trustAfter({ computerGPO }, [alices])).trust, undefined);
  const taken = { appliesPolicy: 'userGPO', of: 'alice' };
  assert.is((await trustAfter({ computerGPO }, [alices, taken])).trust, 'key');
  const nobodys = await trustAfter({ computerGPO }, [{ appliesPolicy: 'userGPO', settings }]);
  assert.match(nobodys.causes, /userGPO: it is not said of whom/);
});

s.run();
