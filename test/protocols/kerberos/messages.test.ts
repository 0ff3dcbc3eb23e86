import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as fast from '../../../protocols/kerberos/fast-messages.ts';
import * as m from '../../../protocols/kerberos/messages.ts';
import { messageCodec } from '../../../protocols/kerberos/recognise.ts';
import * as s4u from '../../../protocols/kerberos/s4u-messages.ts';
import * as transport from '../../../protocols/kerberos/transport-messages.ts';
import { fromHex, hex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { type Codec, decode, encode, tryDecode } from '../../../src/der/codec.ts';
import { explain } from '../../../src/der/explain.ts';
import { sequenceOf } from '../../../src/der/structures.ts';
import { arbitrary, mutations } from '../../arbitrary.ts';
import { refusal, vectors } from '../../codec-vectors.ts';
import { root } from '../../root.ts';

const s = suite('kerberos/messages');

/** MIT's names of its reference encodings (without what is left out in them). */
const MIT: Readonly<Record<string, Codec<unknown>>> = {
  authenticator: m.Authenticator,
  ticket: m.Ticket,
  keyblock: m.EncryptionKey,
  enc_tkt_part: m.EncTicketPart,
  enc_kdc_rep_part: m.EncTgsRepPart,
  as_rep: m.AsRep,
  tgs_rep: m.TgsRep,
  ap_req: m.ApReq,
  ap_rep: m.ApRep,
  ap_rep_enc_part: m.EncApRepPart,
  as_req: m.AsReq,
  tgs_req: m.TgsReq,
  kdc_req_body: m.KdcReqBody,
  safe: m.KrbSafe,
  priv: m.KrbPriv,
  enc_priv_part: m.EncKrbPrivPart,
  cred: m.KrbCred,
  enc_cred_part: m.EncKrbCredPart,
  error: m.KrbError,
  authorization_data: m.AuthorizationData,
  padata_sequence: m.MethodData,
  typed_data: m.TypedData,
  etype_info: m.EtypeInfo,
  etype_info2: m.EtypeInfo2,
  pa_enc_ts: m.PaEncTsEnc,
  enc_data: m.EncryptedData,
  pa_for_user: s4u.PaForUser,
  pa_s4u_x509_user: s4u.PaS4uX509User,
  ad_kdcissued: m.AdKdcIssued,
  fast_response: fast.KrbFastResponse,
  pa_fx_fast_reply: fast.PaFxFastReply,
  kkdcp_message: transport.KdcProxyMessage,
};

/** Types of MIT's that no message of ours carries: SAM, OTP, SPAKE, CAMMAC, IAKERB, its own cookie. */
const NOT_OURS = /^(sam_|enc_sam_|otp_|pa_otp_|spake_|pa_spake|cammac|iakerb_|secure_cookie)/;

interface Reference {
  readonly name: string;
  readonly codec: Codec<unknown>;
  readonly bytes: Uint8Array;
}

function mitReferences(): Reference[] {
  const text = readFileSync(root('test/vectors/mit/reference_encode.out'), 'utf8');
  const references: Reference[] = [];
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, name = '', type = '', digits = ''] =
      /^encode_krb5_(([a-z0-9_]+).*?):\s+([0-9A-F ]+)$/.exec(line) ?? [];
    const codec = MIT[type];
    if (codec === undefined) assert.match(type, NOT_OURS);
    else references.push({ name, codec, bytes: fromHex(digits) });
  }
  return references;
}

/** The values of MIT's own reading of its encodings, in order, by name of the encoding. */
function mitReadings(): Map<string, string[]> {
  const text = readFileSync(root('test/vectors/mit/trval_reference.out'), 'utf8');
  const readings = new Map<string, string[]>();
  let values: string[] = [];
  for (const line of text.split('\n')) {
    const name = /^encode_krb5_(.*):$/.exec(line)?.[1];
    if (name !== undefined) {
      values = [];
      readings.set(name, values);
    }
    const [, type, value = ''] =
      /\[(Integer|General string|Generalized Time|Octet String|Bit String)\] (.*)$/.exec(line) ??
      [];
    if (type !== undefined) values.push(value);
    const dump = /^ +((?:[0-9a-f]{2} )+) /.exec(line)?.[1];
    if (dump !== undefined && /^(<\d+>|[0-9a-f]+)$/.test(values.at(-1) ?? '')) {
      const before = (values.pop() ?? '').replace(/<\d+>/, '');
      values.push(before + dump.replaceAll(' ', ''));
    }
  }
  return readings;
}

/** A value of ours in the manner of MIT's printer. */
function asMit(type: string, value: unknown, raw: Uint8Array): string {
  if (type === 'OCTET STRING') {
    const text = Array.from(raw, (octet) => String.fromCharCode(octet)).join('');
    return /^[\x20-\x7e]*$/.test(text) ? `"${text}"` : toHex(raw);
  }
  if (type === 'KerberosTime') return `"${String(value).replace(/[-:T]/g, '')}"`;
  if (typeof value === 'string') return `"${value}"`;
  if (/Options|Flags|options/.test(type)) return `0x${(value as number).toString(16)}`;
  return String(value);
}

s('MIT’s reference encodings, round both ways, and each prefix refused', () => {
  const references = mitReferences();
  assert.is(references.length, 56);
  for (const { codec, bytes } of references) {
    vectors(codec, { correct: [[decode(codec, bytes), bytes]] });
  }
});

s('we read the same values in them as MIT does', () => {
  const readings = mitReadings();
  let compared = 0;
  for (const { name, codec, bytes } of mitReferences()) {
    const theirs = readings.get(name);
    assert.ok(theirs !== undefined, `no reading of ${name}`);
    const ours = explain(codec, bytes)
      .filter((row) => row.value !== undefined)
      .map(({ type, value }) => {
        const octets = type === 'OCTET STRING' ? fromHex(String(value)) : new Uint8Array(0);
        return asMit(type, value, octets);
      });
    assert.equal(ours, theirs, name);
    compared += ours.length;
  }
  assert.ok(compared > 600, `${compared} values`);
});

s('a value with every field in its place', () => {
  const name = { nameType: 1, nameString: ['hftsai', 'extra'] };
  const time = Date.UTC(1994, 5, 10, 6, 3, 17);
  const references = new Map(mitReferences().map((one) => [one.name, one.bytes]));
  const encPart = { etype: 0, kvno: 5, cipher: utf8('krbASN.1 test message') };
  const ticket = { tktVno: 5, realm: 'ATHENA.MIT.EDU', sname: name, encPart };
  const addresses = [1, 2].map(() => ({ addrType: 2, address: hex`12 d0 00 23` }));
  const data = [1, 2].map(() => ({ adType: 1, adData: utf8('foobar') }));
  const raw = { value: ticket, raw: encode(m.Ticket, ticket) };
  const body: m.KdcReqBody = {
    kdcOptions: 0xfedcba90,
    cname: name,
    realm: 'ATHENA.MIT.EDU',
    sname: name,
    from: time,
    till: time,
    rtime: time,
    nonce: 42,
    etype: [0, 1],
    addresses,
    encAuthorizationData: encPart,
    additionalTickets: [raw, raw],
  };
  vectors(m.KdcReqBody, { correct: [[body, references.get('kdc_req_body') as Uint8Array]] });
  const part: m.EncTicketPart = {
    flags: 0xfedcba98,
    key: { keytype: 1, keyvalue: utf8('12345678') },
    crealm: 'ATHENA.MIT.EDU',
    cname: name,
    transited: { trType: 1, contents: utf8('EDU,MIT.,ATHENA.,WASHINGTON.EDU,CS.') },
    authtime: time,
    starttime: time,
    endtime: time,
    renewTill: time,
    caddr: addresses,
    authorizationData: data,
  };
  vectors(m.EncTicketPart, { correct: [[part, references.get('enc_tkt_part') as Uint8Array]] });
});

s('messages of MIT’s client and KDC come back octet for octet', () => {
  const folder = root('test/vectors/mit-clients');
  const files = readdirSync(folder);
  assert.is(files.length, 8);
  for (const file of files) {
    const bytes = fromHex(readFileSync(`${folder}/${file}`, 'utf8'));
    const codec = messageCodec(bytes);
    assert.ok(codec !== undefined, file);
    const value = decode(codec, bytes);
    assert.equal(encode(codec, value), bytes, file);
    assert.ok(file.startsWith(codec.type.toLowerCase()), `${file} is ${codec.type}`);
  }
});

s('what Windows puts into padata and e-data', () => {
  vectors(m.EtypeInfo2, {
    correct: [
      [
        [{ etype: 18, salt: 'CONTOSO.COMalice' }, { etype: 23 }],
        hex`30223019A003020112A1121B10434F4E544F534F2E434F4D616C6963653005A003020117`,
      ],
    ],
  });
  vectors(m.KerbPaPacRequest, {
    correct: [
      [{ includePac: true }, hex`3005A0030101FF`],
      [{ includePac: false }, hex`3005A003010100`],
    ],
    wrong: [['includePac: BOOLEAN is neither 00 nor FF', hex`3005A003010101`]],
  });
  vectors(m.PaPacOptions, {
    correct: [
      [{ options: 0x40000000 }, hex`3009A00703050040000000`],
      [{ options: 0xd0000000 }, hex`3009A007030500D0000000`],
    ],
  });
  vectors(m.KerbKeyListReq, { correct: [[[23], hex`3003020117`]] });
  vectors(m.KerbErrorData, {
    correct: [
      [{ dataType: 2 }, hex`3005A103020102`],
      [
        { dataType: 3, dataValue: hex`340200c00000000001000000` },
        hex`3015a103020103a20e040c340200c00000000001000000`,
      ],
    ],
    wrong: [['dataType: expected [1], got SEQUENCE', encode(m.MethodData, [pa(3)])]],
  });
  vectors(m.PaEncTsEnc, {
    correct: [
      [
        { patimestamp: Date.UTC(2024, 0, 1), pausec: 0 },
        hex`3018a011180f32303234303130313030303030305aa103020100`,
      ],
    ],
    wrong: [
      [
        'pausec: Microseconds 1000000 is not from 0 to 999999',
        hex`301aa011180f32303234303130313030303030305aa10502030f4240`,
      ],
    ],
  });
});

function pa(padataType: number): m.PaData {
  return { padataType, padataValue: new Uint8Array(0) };
}

s('a KRB-ERROR of a locked account', () => {
  const eData = hex`3015a103020103a20e040c340200c00000000001000000`;
  vectors(m.KrbError, {
    correct: [
      [
        {
          pvno: 5,
          msgType: 30,
          stime: Date.UTC(2024, 0, 1),
          susec: 0,
          errorCode: 18,
          realm: 'CONTOSO.COM',
          sname: { nameType: 2, nameString: ['krbtgt', 'CONTOSO.COM'] },
          eData,
        },
        hex`7e753073a003020105a10302011ea411180f32303234303130313030303030305aa503020100a603020112
            a90d1b0b434f4e544f534f2e434f4daa20301ea003020102a11730151b066b72627467741b0b434f4e544f
            534f2e434f4dac1904173015a103020103a20e040c340200c00000000001000000`,
      ],
    ],
    wrong: [
      ['expected [APPLICATION 30], got [APPLICATION 10]', hex`6a00`],
      ['pvno: expected [0], got the KRB-ERROR ends', hex`7e023000`],
    ],
  });
});

s('the key version of a read-only DC keeps its sign', () => {
  const part = (kvno: number) => ({ etype: 18, kvno, cipher: hex`aa` });
  vectors(m.EncryptedData, {
    correct: [
      [part(1824849921), hex`3012a003020112a10602046cc50001a203 0401aa`],
      [part(-2115502079), hex`3012a003020112a106020481e80001a2030401aa`],
      [part(0x81e80001), hex`3013a003020112a10702050081e80001a2030401aa`],
    ],
  });
});

s('S4U and the proxy', () => {
  vectors(s4u.PaForUser, {
    correct: [
      [
        {
          userName: { nameType: 1, nameString: ['alice'] },
          userRealm: 'CONTOSO.COM',
          cksum: { cksumtype: -138, checksum: hex`5de7d49d805e4ad62c4e8cdf3c41a624` },
          authPackage: 'Kerberos',
        },
        hex`304da0123010a003020101a10930071b05616c696365a10d1b0b434f4e544f534f2e434f4da21c301aa0040202
            ff76a11204105de7d49d805e4ad62c4e8cdf3c41a624a30a1b084b65726265726f73`,
      ],
    ],
  });
  vectors(s4u.S4uUserId, {
    correct: [
      [
        {
          nonce: 0x12345678,
          cname: { nameType: 10, nameString: ['alice@contoso.com'] },
          crealm: 'CONTOSO.COM',
          options: 0x20000000,
        },
        hex`3040a006020412345678a11e301ca00302010aa11530131b11616c69636540636f6e746f736f2e636f6da20d
            1b0b434f4e544f534f2e434f4da40703050020000000`,
      ],
    ],
  });
  vectors(transport.KdcProxyMessage, {
    correct: [
      [
        { kerbMessage: hex`000000056a03020100`, targetDomain: 'CONTOSO.COM' },
        hex`301ca00b0409000000056a03020100a10d1b0b434f4e544f534f2e434f4d`,
      ],
    ],
  });
});

s('padata that nobody knows is kept', () => {
  const padata = [{ padataType: 31337, padataValue: hex`de ad` }, pa(-1)];
  assert.equal(decode(m.MethodData, encode(m.MethodData, padata)), padata);
});

s('FAST passes over what later versions add, RFC 4120 does not', () => {
  const reply = hex`a0 0b 30 09 a0 07 30 05 a0 03 02 01 12`;
  assert.match(refusal(fast.PaFxFastReply, reply).message, 'armoredData.encFastRep.cipher');
  const armor = hex`30 0f a0 03 02 01 01 a1 03 04 01 aa a9 03 02 01 05`;
  assert.equal(decode(fast.KrbFastArmor, armor), { armorType: 1, armorValue: hex`aa` });
  const address = hex`30 0f a0 03 02 01 02 a1 03 04 01 aa a9 03 02 01 05`;
  assert.match(refusal(m.HostAddress, address).message, '[9] is not expected in HostAddress here');
});

s('EncKDCRepPart comes under either tag, and goes out under its own', () => {
  const part = decode(
    m.EncTgsRepPart,
    mitReferences().find((r) => r.name === 'enc_kdc_rep_part')?.bytes as Uint8Array,
  );
  for (const codec of [m.EncAsRepPart, m.EncTgsRepPart]) {
    assert.equal(decode(m.EncKdcRepPartAny, encode(codec, part)), part);
  }
  assert.is(encode(m.EncAsRepPart, part)[0], 0x79);
  assert.is(encode(m.EncTgsRepPart, part)[0], 0x7a);
});

s('where a message is wrong, its path and offset say so', () => {
  const good = fromHex(readFileSync(root('test/vectors/mit-clients/as-req.hex'), 'utf8'));
  const request = decode(m.AsReq, good);
  const etypes = explain(m.AsReq, good).find((row) => row.path === 'AS-REQ.reqBody.etype[0]');
  assert.ok(etypes !== undefined && request.reqBody.value.etype.length > 1);
  const wrong = good.with(etypes.start, 0x04);
  const error = refusal(m.AsReq, wrong);
  assert.is(error.path, 'reqBody.etype[0]');
  assert.is(error.offset, etypes.start);
  assert.is(
    error.message,
    `reqBody.etype[0]: expected INTEGER, got OCTET STRING at ${etypes.start}`,
  );
});

const ALL: readonly Codec<unknown>[] = [
  ...[m, fast, s4u, transport].flatMap((module) => Object.values(module) as Codec<unknown>[]),
];

s('whatever a type can hold comes back as it went', () => {
  for (const codec of ALL) {
    fc.assert(
      fc.property(arbitrary(codec), (value) => {
        const bytes = encode(codec, value);
        assert.equal(decode(codec, bytes), value, codec.type);
      }),
      { seed: 1, numRuns: 60 },
    );
  }
});

s('mutated messages give a value or a DecodeError, soon', () => {
  const started = performance.now();
  const folder = root('test/vectors/mit-clients');
  let taken = 0;
  for (const file of readdirSync(folder)) {
    const bytes = fromHex(readFileSync(`${folder}/${file}`, 'utf8'));
    const codec = messageCodec(bytes) as Codec<unknown>;
    fc.assert(
      fc.property(mutations(bytes), (mutant) => {
        const decoded = tryDecode(codec, mutant);
        if (!decoded.ok) return;
        taken++;
        // What is taken can be written again, and then means the same.
        assert.equal(decode(codec, encode(codec, decoded.value)), decoded.value);
        assert.is(explain(codec, mutant).at(-1)?.type === 'error', false);
      }),
      { seed: 1, numRuns: 400 },
    );
  }
  assert.ok(taken > 100, `${taken} mutants were taken`);
  assert.ok(performance.now() - started < 20_000);
});

s('lengths that lie do not cost memory', () => {
  const list = sequenceOf(m.PaData);
  for (const size of ['7f', '81ff', '82ffff', '83ffffff', '84ffffffff', '847fffffff']) {
    assert.match(
      refusal(list, fromHex(`30${size}`)).message,
      /the length says \d+ octets, 0 are left/,
    );
  }
});

s.run();
