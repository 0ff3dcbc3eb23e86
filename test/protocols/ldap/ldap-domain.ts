/** The small domain of the directory's tests, reached by LDAP messages: a store, a host, connections. */
import { directory as directoryOf } from '../../../protocols/directory/directory.ts';
import { initialDomain } from '../../../protocols/directory/domain.ts';
import type { DomainInfo } from '../../../protocols/directory/domain-info.ts';
import { type Entry, one } from '../../../protocols/directory/entry.ts';
import { sidText } from '../../../protocols/directory/names.ts';
import { isPassword } from '../../../protocols/directory/password.ts';
import { NT_SRV_INST } from '../../../protocols/kerberos/constants.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import {
  type Effect,
  type Host,
  type LdapEnv,
  type LdapOptions,
  LogonFailure,
  POLICIES,
} from '../../../protocols/ldap/host.ts';
import { LdapMessage, type ProtocolOp } from '../../../protocols/ldap/messages.ts';
import { connected, step } from '../../../protocols/ldap/server.ts';
import type { Connection } from '../../../protocols/ldap/state.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import type { WritableStore } from '../../../src/machine/store.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { CORP, CORP_NOW } from '../directory/corp.ts';
import { REALM } from '../kerberos/forged-kdc.ts';
import { SERVICE } from '../kerberos/service-ticket.ts';

export const PASSWORD = 'Passw0rd!';
export const LDAP_NAME = principal(NT_SRV_INST, 'ldap', 'dc1.corp.example');

export const OPTIONS: LdapOptions = {
  passwordsInClear: false,
  simpleBindInClear: true,
  policies: POLICIES,
};

export interface LdapDomain {
  readonly store: WritableStore;
  readonly domain: DomainInfo;
  readonly host: Host;
  env(): LdapEnv;
}

/** @param options what differs from a usual controller */
export function ldapDomain(options: Partial<LdapOptions> = {}): LdapDomain {
  const { batch, info } = initialDomain({ ...CORP, administrator: { password: PASSWORD } });
  const store = memoryStore();
  store.write(batch);
  const host: Host = {
    realm: REALM,
    domain: info,
    options: { ...OPTIONS, ...options },
    tasks: {},
    acceptor: () => ({
      realm: REALM,
      names: [LDAP_NAME],
      keys: [{ kvno: 2, key: SERVICE }],
      clockSkew: 300_000,
      authorize: (part) => ({
        kind: 'granted',
        identity: identityOf(part.cname.nameString[0] as string),
      }),
    }),
    logOn: (_, account, password) => {
      const [current] = account.secrets ?? [];
      if (current !== undefined && isPassword(current, password)) return { kind: 'granted' };
      return { kind: 'refused', data: LogonFailure.ERROR_LOGON_FAILURE, reason: 'wrong password' };
    },
  };
  const found = (name: string): Entry => {
    const reading = directoryOf(store);
    return reading.entry(reading.find('sAMAccountName', name)[0] as number) as Entry;
  };
  function identityOf(name: string) {
    const entry = found(name);
    const admin = one(entry, 'sAMAccountName') === 'Administrator';
    const groups = admin ? [`${info.sid}-512`, `${info.sid}-519`, 'S-1-5-32-544'] : [];
    return {
      name: `CORP\\${name}`,
      sid: sidText(entry) as string,
      groups: [`${info.sid}-513`, ...groups],
    };
  }
  return {
    store,
    domain: info,
    host,
    env: () => ({
      now: CORP_NOW,
      random: seededRandom(3, `ldap ${store.counter('id')}`),
      host,
      directory: directoryOf(store),
      replays: [],
    }),
  };
}

/** A client that speaks plain LDAP to one connection. */
export interface LdapClient {
  /** Sends one request; all that comes back. */
  ask(operation: ProtocolOp, controls?: LdapMessage['controls']): readonly LdapMessage[];
  /** Sends octets. */
  raw(bytes: Uint8Array): readonly Effect[];
  readonly connection: Connection;
}

export function ldapClient(domain: LdapDomain): LdapClient {
  let connection = connected();
  let messageID = 0;
  const raw = (bytes: Uint8Array): readonly Effect[] => {
    const next = step(connection, { kind: 'received', bytes }, domain.env());
    connection = next.state;
    for (const effect of next.effects)
      if (effect.kind === 'write') domain.store.write(effect.batch);
    return next.effects;
  };
  return {
    raw,
    ask(protocolOp, controls) {
      messageID += 1;
      const request = { messageID, protocolOp, ...(controls === undefined ? {} : { controls }) };
      return raw(encode(LdapMessage, request)).flatMap((effect) =>
        effect.kind === 'send' ? [decode(LdapMessage, effect.bytes, { rules: 'BER' })] : [],
      );
    },
    get connection() {
      return connection;
    },
  };
}
