/** An LDAP client of few words that sees exactly which requests were answered, and which were not. */
import { connect, type Socket } from 'node:net';
import { ldapFraming } from '../../protocols/ldap/framing.ts';
import { LDAP_LIMITS, LdapMessage, type ProtocolOp } from '../../protocols/ldap/messages.ts';
import { concat, fromUtf8, toHex, utf8 } from '../../src/bytes/bytes.ts';
import { decode, encode } from '../../src/der/codec.ts';

/** An entry as it came: values by the attribute's name, octets of SIDs and GUIDs in hexadecimal. */
export interface Found {
  readonly dn: string;
  readonly values: Readonly<Record<string, readonly string[]>>;
}

export interface LdapConnection {
  /** Sends at once, whatever is still unanswered. Answers with all messages of the answer. */
  ask(operation: ProtocolOp): Promise<readonly ProtocolOp[]>;
  /** @throws Error when the result is not success. */
  found(base: string, filter: string, attributes: readonly string[]): Promise<readonly Found[]>;
  close(): void;
}

/** @throws Error when there is no connection, or the bind is refused. */
export async function ldapConnection(
  address: string,
  name: string,
  password: string,
): Promise<LdapConnection> {
  const at = address.lastIndexOf(':');
  const socket = connect(Number(address.slice(at + 1)), address.slice(0, at));
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const ask = asking(socket);
  const simple = utf8(password);
  const [bound] = await ask({ bindRequest: { version: 3, name, authentication: { simple } } });
  if (bound === undefined || !('bindResponse' in bound) || bound.bindResponse.resultCode !== 0) {
    throw new Error(`the bind as ${name} was refused: ${JSON.stringify(bound)}`);
  }
  return {
    ask,
    found: async (baseObject, objectClass, attributes) => {
      const answer = await ask({
        searchRequest: {
          baseObject,
          scope: 2,
          derefAliases: 0,
          sizeLimit: 0,
          timeLimit: 0,
          typesOnly: false,
          filter: {
            equalityMatch: { attributeDesc: 'objectClass', assertionValue: utf8(objectClass) },
          },
          attributes,
        },
      });
      const done = answer.at(-1);
      if (done === undefined || !('searchResDone' in done) || done.searchResDone.resultCode !== 0) {
        throw new Error(`the search below ${baseObject} failed: ${JSON.stringify(done)}`);
      }
      return answer.flatMap((one) => ('searchResEntry' in one ? foundIn(one.searchResEntry) : []));
    },
    close: () => socket.destroy(),
  };
}

const OCTETS: ReadonlySet<string> = new Set(['objectGUID', 'objectSid']);

function foundIn(entry: {
  readonly objectName: string;
  readonly attributes: readonly { readonly type: string; readonly vals: readonly Uint8Array[] }[];
}): Found {
  const values = entry.attributes.map(
    ({ type, vals }) => [type, vals.map(OCTETS.has(type) ? toHex : fromUtf8)] as const,
  );
  return { dn: entry.objectName, values: Object.fromEntries(values) };
}

/** Pending requests are refused when the connection ends, in the order in which they were sent. */
function asking(socket: Socket): LdapConnection['ask'] {
  const waiting = new Map<
    number,
    {
      readonly parts: ProtocolOp[];
      readonly resolve: (answer: readonly ProtocolOp[]) => void;
      readonly reject: (error: Error) => void;
    }
  >();
  let buffer: Uint8Array = new Uint8Array(0);
  let ended = false;
  let last = 0;
  const end = (): void => {
    ended = true;
    for (const { reject } of waiting.values()) reject(new Error('the connection ended'));
    waiting.clear();
  };
  const heard = (bytes: Uint8Array): void => {
    const { messageID, protocolOp } = decode(LdapMessage, bytes, LDAP_LIMITS);
    const asked = waiting.get(messageID);
    if (asked === undefined) return;
    asked.parts.push(protocolOp);
    if ('searchResEntry' in protocolOp || 'searchResRef' in protocolOp) return;
    waiting.delete(messageID);
    asked.resolve(asked.parts);
  };
  socket.on('data', (chunk: Buffer) => {
    buffer = concat(buffer, chunk);
    for (;;) {
      const cut = ldapFraming.next(buffer);
      if (cut.kind === 'refused') throw new Error(cut.reason);
      if (cut.kind === 'more') return;
      heard(cut.message);
      buffer = buffer.subarray(cut.consumed);
    }
  });
  socket.on('error', end);
  socket.on('close', end);
  return (protocolOp) =>
    new Promise((resolve, reject) => {
      if (ended) {
        reject(new Error('the connection ended'));
        return;
      }
      const messageID = ++last;
      waiting.set(messageID, { parts: [], resolve, reject });
      socket.write(encode(LdapMessage, { messageID, protocolOp }));
    });
}
