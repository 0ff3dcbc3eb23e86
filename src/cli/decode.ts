/** `kerblab decode`: any message the program knows as a tree with offsets; else generic ASN.1. */
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readPem } from '../../protocols/x509/pem.ts';
import { fromHex, fromUtf8, toHex, view } from '../bytes/bytes.ts';
import type { KeyRecord } from '../machine/actor.ts';
import { unknownWord } from '../schema/nearest.ts';
import type { DissectedField } from '../trace/dissector.ts';
import { readKeytab } from '../trace/keytab.ts';
import { principalText } from '../trace/principal.ts';
import { InputError } from './exit.ts';
import { fieldTree } from './field-tree.ts';

interface DecodeOptions {
  readonly type?: string;
  readonly keytab: readonly string[];
}

const collected = (file: string, files: readonly string[]): readonly string[] => [...files, file];

export function registerDecode(program: Command): void {
  program
    .command('decode')
    .description('any message the program knows, as a tree with offsets; else generic ASN.1')
    .argument(
      '[input]',
      'a file (octets, hexadecimal text or PEM), hexadecimal digits, or "-" for stdin',
      '-',
    )
    .option('--type <name>', 'what it is, by the standard: "EncTicketPart", "PA-DATA", "PACTYPE"')
    .option(
      '--keytab <file>',
      'long-term keys that open what is encrypted; repeatable',
      collected,
      [],
    )
    .addHelpText(
      'after',
      `
Offsets are hexadecimal, the end excluded.
Four octets of length in front, as TCP has them, are passed over.

Examples:
  kerblab decode as-req.bin
  kerblab decode ca.pem
  kerblab decode --type PA-DATA 3009a103020102a2020400
  kerblab decode ticket.bin --type Ticket --keytab services.keytab`,
    )
    .action(async (input: string, options: DecodeOptions) => {
      for (const bytes of inputOctets(input)) await print(withoutLength(bytes), options);
    });
}

async function print(bytes: Uint8Array, options: DecodeOptions): Promise<void> {
  if (bytes.length === 0) throw new InputError('nothing to decode: the input is empty');
  const fields = await decoded(bytes, options);
  process.stdout.write(`${fieldTree(fields)}\n`);
  const wrong = fields.find(({ type }) => type === 'error');
  if (wrong !== undefined) {
    throw new InputError(`not a whole message: ${wrong.path}: ${String(wrong.value)}`);
  }
}

async function decoded(
  bytes: Uint8Array,
  { type, keytab }: DecodeOptions,
): Promise<readonly DissectedField[]> {
  const { dissector } = await import('../../protocols/dissect/dissector.ts');
  const { TYPES } = await import('../../protocols/dissect/types.ts');
  if (type !== undefined && !TYPES.has(type)) {
    throw new InputError(`--type: ${unknownWord('type', type, [...TYPES.keys()])}`);
  }
  const keyring = dissector.keyring();
  for (const file of keytab) keyring.add(keytabKeys(file));
  const fields = dissector.fields(bytes, type === undefined ? {} : { message: type }, keyring);
  if (fields.length === 1 && fields[0]?.type === 'octets') {
    const start = toHex(bytes.subarray(0, 8));
    throw new InputError(
      `neither a message of the program nor ASN.1: ${bytes.length} octets that begin ${start}; --type says what they are`,
    );
  }
  return fields;
}

/** Octets of a file, of stdin, or of digits on the command line; of PEM, every block's. */
function inputOctets(input: string): readonly Uint8Array[] {
  if (input === '-') return octetsOfContent(readFileSync(0));
  if (existsSync(input)) return octetsOfContent(readFileSync(input));
  const octets = hexadecimal(input);
  if (octets !== undefined) return [octets];
  throw new InputError(`"${input}" is no file, and not an even number of hexadecimal digits`);
}

/** A file's own octets, or those that its hexadecimal text means. */
function octetsOfContent(content: Uint8Array): readonly Uint8Array[] {
  const text = fromUtf8(content);
  const blocks = readPem(text);
  if (blocks.length > 0) return blocks.map(({ der }) => der);
  return [hexadecimal(text) ?? new Uint8Array(content)];
}

function hexadecimal(text: string): Uint8Array | undefined {
  const digits = text.replace(/^\s*0x/i, '').replace(/[\s:]/g, '');
  return /^([0-9a-f]{2})+$/i.test(digits) ? fromHex(digits) : undefined;
}

/** The message behind the length that TCP puts in front (RFC 4120 §7.2.2). */
function withoutLength(bytes: Uint8Array): Uint8Array {
  const framed = bytes.length > 4 && view(bytes).getUint32(0) === bytes.length - 4;
  return framed ? bytes.subarray(4) : bytes;
}

function keytabKeys(file: string): readonly KeyRecord[] {
  try {
    return readKeytab(readFileSync(file)).map(({ principal, kvno, etype, key }) => ({
      principal: principalText(principal),
      kvno,
      etype,
      key: toHex(key),
    }));
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(`${file}: ${error.message}`);
    throw error;
  }
}
