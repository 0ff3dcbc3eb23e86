/** impacket opens the ticket in an exported token as public tools do; MIT's klist shows what it makes of it. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peer, peerTest } from '../peers.ts';
import { finishedRun, kerblab } from '../src/cli/finished-run.ts';

const s = suite('prt for others');
const run = finishedRun('cloud-trust-first-sign-in');
s.after(() => run.remove());

/** The ticket's key stands beside it in hexadecimal, the AS-REP in it in base 64. */
const OPEN = `
import base64, json, sys
from binascii import unhexlify
from pyasn1.codec.der import decoder
from impacket.krb5.asn1 import AS_REP, EncASRepPart
from impacket.krb5.ccache import CCache
from impacket.krb5.crypto import Key, _enctype_table
prt = json.load(open(sys.argv[1]))
field = json.loads(prt['tgt_ad'])
octets = base64.b64decode(field['messageBuffer'])
rep = decoder.decode(octets, asn1Spec=AS_REP())[0]
key = Key(field['keyType'], unhexlify(prt['tgt_ad_sessionkey']))
plain = _enctype_table[18].decrypt(key, 3, rep['enc-part']['cipher'])
part = decoder.decode(plain, asn1Spec=EncASRepPart())[0]
print(int(rep['ticket']['enc-part']['kvno']), len(part['key']['keyvalue']), field['cn'])
cache = CCache()
cache.fromTGT(octets, key, key)
cache.saveFile(sys.argv[2])
`;

function klist(file: string): string {
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
  const text = execFileSync('klist', ['-e', '-f', '-c', file], { encoding: 'utf8', env });
  return text.slice(text.indexOf('Default principal'));
}

peerTest(
  s,
  'the partial ticket in a .prt is that of --ticket partial',
  ['impacket', 'klist'],
  () => {
    const [prt, ours, theirs] = ['roadtx.prt', 'ours.ccache', 'theirs.ccache'].map((name) =>
      join(run.runs, name),
    ) as [string, string, string];
    const files = ['--prt', prt, '--ccache', ours, '--ticket', 'partial'];
    const exported = kerblab('export', run.folder, ...files);
    assert.is(exported.status, 0, exported.stderr);
    const python = peer('impacket') as string;
    const said = execFileSync(python, ['-c', OPEN, prt, theirs], { encoding: 'utf8' }).trim();
    const [kvno, size, client] = said.split(' ');
    assert.ok(Number(kvno) >>> 16 > 0, `the number of krbtgt_AzureAD is in ${kvno}`);
    assert.equal([size, client], ['32', 'alice@CORP.EXAMPLE']);
    assert.is(klist(theirs), klist(ours));
  },
);

s.run();
