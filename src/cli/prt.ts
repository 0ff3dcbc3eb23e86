/**
 * `kerblab prt`: what a token endpoint of Entra answered with, opened with the session key: for who asked by
 * hand, or with a program of their own, and goes on with the tickets.
 */
import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type OpenedTgt, openTgt } from '../../protocols/entra/prt-messages.ts';
import { openKrbCred } from '../../protocols/kerberos/krb-cred.ts';
import { formatName } from '../../protocols/kerberos/names.ts';
import { type JsonObject, jsonObjectOf, textField } from '../../protocols/oauth/json.ts';
import { CONTENT_KEY_SIZE } from '../../protocols/oauth/jwe.ts';
import { fromHex } from '../bytes/bytes.ts';
import { writeWhole } from '../trace/run-folder.ts';
import { serverOf } from './credentials.ts';
import { InputError } from './exit.ts';
import { ccacheOf } from './export-tickets.ts';

interface PrtOptions {
  readonly sessionKey: Uint8Array;
  readonly ticket: 'partial' | 'cloud';
  readonly ccache?: string;
  readonly kirbi?: string;
}

const EXAMPLES = `
Example, with the session key that the device's transport key brought to light:
  $ openssl pkeyutl -decrypt -inkey transport.key -pkeyopt rsa_padding_mode:oaep -in wrapped -out session
  $ kerblab prt answer.json --session-key "$(xxd -p -c 64 session)" --ccache partial.ccache

protocols/entra/WALKTHROUGH.md goes the whole way by hand.`;

const FIELDS = { partial: 'tgt_ad', cloud: 'tgt_cloud' } as const;
type Kind = keyof typeof FIELDS;

export function registerPrt(program: Command): void {
  program
    .command('prt')
    .description('the tickets in an answer that brought a primary refresh token')
    .argument('<file>', 'the answer of the token endpoint, JSON; - is standard input')
    .addOption(
      new Option('--session-key <hex>', 'the session key of the token, 32 octets')
        .argParser(sessionKey)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--ticket <which>', 'which one the files get')
        .choices(Object.keys(FIELDS))
        .default('partial'),
    )
    .option('--ccache <file>', 'write it as a credentials cache of MIT krb5 and Heimdal')
    .option('--kirbi <file>', 'write it as a KRB-CRED')
    .addHelpText('after', EXAMPLES)
    .action(prt);
}

function sessionKey(text: string): Uint8Array {
  if (!/^([0-9a-fA-F]{2})+$/.test(text) || text.length !== 2 * CONTENT_KEY_SIZE) {
    throw new InvalidArgumentError(`Expected ${2 * CONTENT_KEY_SIZE} hexadecimal digits.`);
  }
  return fromHex(text);
}

/** @throws InputError when the file is no such answer, or the ticket that is to be written is not there */
function prt(file: string, { sessionKey: key, ticket, ccache, kirbi }: PrtOptions): void {
  const answer = jsonObjectOf(read(file));
  if (answer === undefined) throw new InputError(`${file}: expected a JSON object`);
  const tickets = ticketsIn(answer, key);
  for (const [kind, opened] of tickets) process.stdout.write(`${kind}: ${told(opened)}\n`);
  if (ccache === undefined && kirbi === undefined) return;
  const wanted = tickets.get(ticket);
  if (wanted?.kind !== 'ticket') {
    throw new InputError(`${file}: ${ticket}: ${told(wanted)}, so there is no file of it`);
  }
  const { credential } = wanted;
  const client = formatName(credential.cname, credential.crealm);
  if (ccache !== undefined) {
    write('--ccache', ccache, ccacheOf(client, [{ credential }]));
  }
  if (kirbi !== undefined) write('--kirbi', kirbi, openKrbCred([credential]));
}

function read(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file === '-' ? 0 : file));
  } catch (error) {
    throw new InputError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** There whole or not at all, and for nobody else: there is a session key in it. */
function write(option: string, file: string, octets: Uint8Array): void {
  try {
    writeWhole(file, octets, 0o600);
  } catch (error) {
    throw new InputError(`${option} ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function ticketsIn(answer: JsonObject, key: Uint8Array): ReadonlyMap<Kind, OpenedTgt> {
  return new Map(
    (Object.keys(FIELDS) as readonly Kind[]).flatMap((kind): [Kind, OpenedTgt][] => {
      const text = textField(answer, FIELDS[kind]);
      return text === undefined ? [] : [[kind, openTgt(text, key)]];
    }),
  );
}

/** In one line, for people. */
function told(opened: OpenedTgt | undefined): string {
  switch (opened?.kind) {
    case undefined:
      return 'not in the answer';
    case 'error':
      return `refused, ${opened.error.error} ${opened.error.errorCode}`;
    case 'unreadable':
      return `unreadable, ${opened.reason}`;
    case 'ticket': {
      const { credential, asRep } = opened;
      const { kvno = 0 } = asRep.ticket.encPart;
      // The account of a read-only domain controller has its number in the upper half (MS-KILE 3.1.5.8).
      const number = kvno >>> 16 === 0 ? '' : ` (number ${kvno >>> 16}, version ${kvno & 0xffff})`;
      const client = formatName(credential.cname, credential.crealm);
      const until = new Date(credential.endtime).toISOString();
      return `${serverOf(credential)} for ${client}, kvno ${kvno >>> 0}${number}, until ${until}`;
    }
  }
}
