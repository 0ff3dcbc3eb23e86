import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCmdlet } from '../../../protocols/actors/kerberos-server-line.ts';

const s = suite('actors/kerberos-server-line');

s('the three cmdlets, without regard to case', () => {
  assert.equal(readCmdlet('Set-AzureADKerberosServer'), { cmdlet: 'set', rotate: false });
  assert.equal(readCmdlet('set-azureadkerberosserver -rotateServerKey'), {
    cmdlet: 'set',
    rotate: true,
  });
  assert.equal(
    readCmdlet(`Get-AzureADKerberosServer -Domain "corp.example" -UserPrincipalName 'a b@c.d'`),
    { cmdlet: 'get', rotate: false, domain: 'corp.example', userPrincipalName: 'a b@c.d' },
  );
  assert.equal(readCmdlet('Remove-AzureADKerberosServer'), { cmdlet: 'remove', rotate: false });
});

s('what they do not know is told, other commands are none of theirs', () => {
  for (const line of [
    'Get-AzureADKerberosServer -RotateServerKey',
    'Set-AzureADKerberosServer -SetupCloudTrust',
    'Set-AzureADKerberosServer -Domain',
    'Set-AzureADKerberosServer -Domain a.b -Domain c.d',
    'Set-AzureADKerberosServer corp.example',
  ]) {
    const read = readCmdlet(line);
    assert.ok(read !== undefined && 'usage' in read, line);
  }
  for (const line of ['', 'dsacls x', 'New-AzureADKerberosServer', 'Set-AzureADKerberosServerX']) {
    assert.is(readCmdlet(line), undefined, line);
  }
});

s('any text is read to an end', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const read = readCmdlet(`Set-AzureADKerberosServer ${text}`);
      assert.ok(read !== undefined);
    }),
  );
});

s.run();
