/** The messages of Kerberos, looked into: which key opens what, and which keys show inside. */
import * as types from '../kerberos/constants.ts';
import * as m from '../kerberos/messages.ts';
import { formatName } from '../kerberos/names.ts';
import { TgtRep, TgtReq } from '../negotiate/user-to-user.ts';
import { authorizationData, authorizationInners } from './authorization-data.ts';
import { type Contents, der, type FoundKey, type Inner, merging, under } from './contents.ts';
import { eData, kerbErrorData, methodData, typedData } from './error-data.ts';
import { gssChecksum } from './gss-token.ts';
import { type Library, type PadataPlace, padataInners } from './padata.ts';
import { padataName } from './readable.ts';

const { KeyUsage } = types;

/** A key that a ticket or a reply carries. */
function sessionKey(key: m.EncryptionKey, client: string, server: string): readonly FoundKey[] {
  return [{ key, kind: 'session', name: `session key of ${client} for ${server}`, client, server }];
}

function subkeys(
  key: m.EncryptionKey | undefined,
  name: string,
  parties: { readonly client?: string; readonly server?: string },
): readonly FoundKey[] {
  return key === undefined ? [] : [{ key, kind: 'subkey', name, ...parties }];
}

function encTicketPart(server: string): Contents {
  return der(m.EncTicketPart, {
    inside: (part) => authorizationInners(part.authorizationData, 'authorizationData'),
    keys: (part) => sessionKey(part.key, formatName(part.cname, part.crealm), server),
  });
}

/** The encrypted part of a ticket; tickets for user-to-user are under a session key. */
function ticketInner(ticket: m.Ticket, path: string, put: Inner['put']): Inner {
  const server = formatName(ticket.sname, ticket.realm);
  const usages = { longTerm: KeyUsage.TICKET, session: KeyUsage.TICKET };
  return {
    path: `${path === '' ? '' : `${path}.`}encPart.cipher`,
    contents: encTicketPart(server),
    octets: { data: ticket.encPart, usages, principal: server },
    put,
  };
}

/** A message's one ticket: its PAC is the message's. */
const putTicket: Inner['put'] = (outer, value) => {
  merging('ticket', 'encPart')(outer, value);
  const { pac } = value as { readonly pac?: unknown };
  if (pac !== undefined) outer.pac = pac;
};

function authenticator(server: string): Contents {
  return der(m.Authenticator, {
    inside: (part) => [
      ...authorizationInners(part.authorizationData, 'authorizationData'),
      ...(part.cksum?.cksumtype === types.CKSUMTYPE_GSSAPI
        ? [
            {
              path: 'cksum.checksum',
              contents: gssChecksum,
              octets: part.cksum.checksum,
              put: under('cksum', 'checksum'),
            },
          ]
        : []),
    ],
    keys: (part) => {
      const client = formatName(part.cname, part.crealm);
      return subkeys(part.subkey, `subkey of ${client} for ${server}`, { client, server });
    },
  });
}

function apReq(usage: number): Contents {
  return der(m.ApReq, {
    inside({ ticket: { value: ticket }, authenticator: data }) {
      const server = formatName(ticket.sname, ticket.realm);
      return [
        ticketInner(ticket, 'ticket', putTicket),
        {
          path: 'authenticator.cipher',
          contents: authenticator(server),
          octets: { data, usages: { session: usage }, server },
          put: merging('authenticator'),
        },
      ];
    },
  });
}

const ApReq = apReq(KeyUsage.AP_REQ_AUTHENTICATOR);

const KrbError = der(m.KrbError, {
  inside: (error) => {
    if (error.eData === undefined || error.eData.length === 0) return [];
    const { cname, crealm, realm } = error;
    const client = cname === undefined ? {} : { client: formatName(cname, crealm ?? realm) };
    const contents = eData({ side: 'reply', ...client, library });
    return [{ path: 'eData', contents, octets: error.eData, put: under('eData') }];
  },
});

/** What is encrypted in a request's body, which stands at `path`. */
function reqBodyInners(body: m.KdcReqBody, path: string): readonly Inner[] {
  const { encAuthorizationData, additionalTickets = [] } = body;
  const tickets = additionalTickets.map(({ value }, i) =>
    ticketInner(
      value,
      `${path}.additionalTickets[${i}]`,
      merging(path, 'additionalTickets', i, 'encPart'),
    ),
  );
  if (encAuthorizationData === undefined) return tickets;
  const usages = {
    session: KeyUsage.TGS_REQ_AUTHORIZATION_DATA_SESSION,
    subkey: KeyUsage.TGS_REQ_AUTHORIZATION_DATA_SUBKEY,
  };
  const sealed: Inner = {
    path: `${path}.encAuthorizationData.cipher`,
    contents: authorizationData,
    octets: { data: encAuthorizationData, usages },
    put: merging(path, 'encAuthorizationData'),
  };
  return [sealed, ...tickets];
}

const library: Library = {
  tgsApReq: apReq(KeyUsage.TGS_REQ_AUTHENTICATOR),
  apReq: ApReq,
  krbError: KrbError,
  reqBodyInners,
};

function kdcReq(codec: typeof m.AsReq): Contents {
  return der(codec, {
    inside({ padata, reqBody: { value: body } }) {
      const { cname, realm } = body;
      const client = cname === undefined ? {} : { client: formatName(cname, realm) };
      return [
        ...padataInners(padata, 'padata', { side: 'request', ...client, library }),
        ...reqBodyInners(body, 'reqBody'),
      ];
    },
  });
}

/** The encrypted part of a reply: either tag, because MIT's KDC has one for both. */
function encKdcRepPart(client: string, place: PadataPlace): Contents {
  return der(m.EncKdcRepPartAny, {
    inside: (part) => padataInners(part.encryptedPaData, 'encryptedPaData', place),
    keys: (part) => sessionKey(part.key, client, formatName(part.sname, part.srealm)),
  });
}

function kdcRep(codec: typeof m.AsRep, usages: Record<string, number>): Contents {
  return der(codec, {
    inside({ padata, crealm, cname, ticket, encPart }) {
      const client = formatName(cname, crealm);
      const place: PadataPlace = { side: 'reply', client, library };
      return [
        ...padataInners(padata, 'padata', place),
        ticketInner(ticket, 'ticket', putTicket),
        {
          path: 'encPart.cipher',
          contents: encKdcRepPart(client, place),
          octets: { data: encPart, usages, principal: client, client },
          put: merging('encPart'),
        },
      ];
    },
  });
}

const encApRepPart = der(m.EncApRepPart, {
  keys: (part) => subkeys(part.subkey, 'subkey of an AP-REP', {}),
});

const encKrbCredPart = der(m.EncKrbCredPart, {
  keys: ({ ticketInfo }) =>
    ticketInfo.flatMap(({ key, pname, prealm, sname, srealm }) => {
      const client = pname === undefined ? 'an unnamed client' : formatName(pname, prealm);
      const server = sname === undefined ? 'an unnamed server' : formatName(sname, srealm);
      return sessionKey(key, client, server);
    }),
});

/** A message with one EncryptedData `encPart` under a session key or subkey. */
function sealedPart<T extends { readonly encPart: m.EncryptedData }>(
  codec: Parameters<typeof der<T>>[0],
  part: Contents,
  usage: number,
  inside: (value: T) => readonly Inner[] = () => [],
): Contents {
  return der(codec, {
    inside: (value) => [
      ...inside(value),
      {
        path: 'encPart.cipher',
        contents: part,
        octets: { data: value.encPart, usages: { session: usage, subkey: usage } },
        put: merging('encPart'),
      },
    ],
  });
}

/** The messages that travel by themselves (RFC 4120 §5.10), by the standard's name. */
export const MESSAGES: ReadonlyMap<string, Contents> = new Map(
  [
    kdcReq(m.AsReq),
    kdcRep(m.AsRep, { longTerm: KeyUsage.AS_REP_ENC_PART, reply: KeyUsage.AS_REP_ENC_PART }),
    kdcReq(m.TgsReq),
    kdcRep(m.TgsRep, {
      session: KeyUsage.TGS_REP_ENC_PART_SESSION,
      subkey: KeyUsage.TGS_REP_ENC_PART_SUBKEY,
    }),
    ApReq,
    sealedPart(m.ApRep, encApRepPart, KeyUsage.AP_REP_ENC_PART),
    der(m.KrbSafe),
    sealedPart(m.KrbPriv, der(m.EncKrbPrivPart), KeyUsage.KRB_PRIV_ENC_PART),
    sealedPart(m.KrbCred, encKrbCredPart, KeyUsage.KRB_CRED_ENC_PART, ({ tickets }) =>
      tickets.map(({ value }, i) =>
        ticketInner(value, `tickets[${i}]`, merging('tickets', i, 'encPart')),
      ),
    ),
    KrbError,
  ].map((contents) => [contents.type, contents]),
);

/** What user-to-user has besides (draft-swift-win2k-krb-user2user), by name. */
export const USER_TO_USER: ReadonlyMap<string, Contents> = new Map(
  [
    der(TgtReq),
    der(TgtRep, { inside: ({ ticket }) => [ticketInner(ticket.value, 'ticket', putTicket)] }),
  ].map((contents) => [contents.type, contents]),
);

/** A ticket by itself, as a file may hold it. */
const Ticket: Contents = der(m.Ticket, {
  inside: (ticket) => [ticketInner(ticket, '', merging('encPart'))],
});

const PLACE: PadataPlace = { side: 'reply', library };

/** Parts of messages by themselves, where more stands inside them than their codec says. */
export const PARTS: readonly Contents[] = [
  Ticket,
  encTicketPart('an unnamed server'),
  authenticator('an unnamed server'),
  encKdcRepPart('an unnamed client', PLACE),
  encApRepPart,
  encKrbCredPart,
  ...USER_TO_USER.values(),
  authorizationData,
  methodData(PLACE),
  typedData(PLACE),
  kerbErrorData,
  der(m.PaData, {
    json: ({ padataType }) => ({ padata: [padataName(padataType)] }),
    inside: (one) =>
      padataInners([one], '', PLACE).map((inner) => ({ ...inner, path: 'padataValue' })),
  }),
];
