import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pem } from '../../../protocols/x509/pem.ts';
import { fromHex } from '../../../src/bytes/bytes.ts';
import { registerDecode } from '../../../src/cli/decode.ts';
import { keytabEntry, writeKeytab } from '../../../src/trace/keytab.ts';
import { root } from '../../root.ts';

const s = suite('cli decode');
const folder = mkdtempSync(join(tmpdir(), 'kerblab-decode-'));
s.after(() => rmSync(folder, { recursive: true }));

/** What the command prints on stdout. */
async function decode(...args: readonly string[]): Promise<string> {
  const program = new Command('kerblab').exitOverride();
  registerDecode(program);
  let out = '';
  const { write } = process.stdout;
  process.stdout.write = ((text: string) => {
    out += text;
    return true;
  }) as typeof process.stdout.write;
  try {
    await program.parseAsync(['decode', ...args], { from: 'user' });
  } finally {
    process.stdout.write = write;
  }
  return out;
}

async function refusal(...args: readonly string[]): Promise<Error> {
  try {
    await decode(...args);
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a refusal');
}

const CERTIFICATE = fromHex(
  readFileSync(root('test', 'vectors', 'own', 'kdc-certificate.hex'), 'utf8').replace(/\s/g, ''),
);

s('a certificate, in DER and in PEM, with names for what it says', async () => {
  const file = join(folder, 'kdc.der');
  writeFileSync(file, CERTIFICATE);
  const printed = await decode(file);
  for (const line of [
    /^0000\.\.0384 {4}Certificate$/m,
    /subject: Name \(CN=kdc\)$/m,
    /algorithm: OBJECT IDENTIFIER = 1\.2\.840\.113549\.1\.1\.11 \(sha256WithRSAEncryption\)$/m,
    /extnID: OBJECT IDENTIFIER = 2\.5\.29\.37 \(extendedKeyUsage\)$/m,
    /\[0\]: OBJECT IDENTIFIER = 1\.3\.6\.1\.5\.2\.3\.5 \(kdcAuthentication\)$/m,
    /KeyUsage: = .* \(digitalSignature keyEncipherment\)$/m,
    /realm: GeneralString = KRB\.EXAMPLE$/m,
    /publicExponent: INTEGER = 010001$/m,
  ]) {
    assert.match(printed, line);
  }
  const two = join(folder, 'two.pem');
  writeFileSync(two, `subject: kdc\n${pem('CERTIFICATE', CERTIFICATE)}`.repeat(2));
  assert.is(await decode(two), printed.repeat(2));
});

s('hexadecimal digits with a type', async () => {
  assert.is(
    await decode('3009a103020102a2020400', '--type', 'PA-DATA'),
    [
      '0000..000b    PA-DATA',
      '0002..0007      padataType: Int32 = 2 (PA_ENC_TIMESTAMP)',
      '0007..000b      padataValue: OCTET STRING = ',
      '',
    ].join('\n'),
  );
});

s('what nobody knows is shown as ASN.1', async () => {
  assert.is(
    await decode('30:03 02:01 05'),
    '0000..0005    ASN.1: SEQUENCE\n0002..0005      [0]: INTEGER = 5\n',
  );
});

s('a file of hexadecimal text, opened with a keytab', async () => {
  const keytab = join(folder, 'services.keytab');
  const key = '114a84e3148faab1fa7b5351b28ac2f1fd196d61e0f3f23e1fdbd3c1797dc1ee';
  const principal = 'cifs/w2022-118.w2022-l7.base@W2022-L7.BASE';
  writeFileSync(keytab, writeKeytab([keytabEntry({ principal, kvno: 5, etype: 18, key }, 0)]));
  const out = await decode(root('test/vectors/mit/w2022-ticket.hex'), '--keytab', keytab);
  assert.match(out, /^0000\.\.051b {4}Ticket\n/);
  assert.ok(out.includes(`opened with ${principal} kvno 5: 1179 octets`));
  assert.match(out, /\* = wchar_t|LogonServer: RPC_UNICODE_STRING = W2022-118/);
  assert.match(out, /Sid: SID = S-1-5-21-133451344-1126667713-3548050118-500/);
});

s('octets from a file, with the length of TCP in front', async () => {
  const file = join(folder, 'message');
  writeFileSync(file, fromHex('00000005 30 03 02 01 05'));
  assert.match(await decode(file), /^0000\.\.0005 {4}ASN\.1: SEQUENCE/);
});

s('wrong input is said, with a way out', async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['no-such-file'], /"no-such-file" is no file, and not an even number of hexadecimal digits/],
    [['3003020105', '--type', 'PADATA'], /--type: unknown type "PADATA", nearest is "PA-DATA"/],
    [['0102'], /neither a message of the program nor ASN\.1: 2 octets that begin 0102/],
    [['6a03020105'], /not a whole message: AS-REQ: expected SEQUENCE, got INTEGER at 2/],
    [['3003020105', '--keytab', root('package.json')], /package\.json: keytab: expected version/],
  ];
  for (const [args, expected] of cases) {
    const error = await refusal(...args);
    assert.is(error.name, 'InputError', args.join(' '));
    assert.match(error.message, expected);
  }
});

s.run();
