/**
 * What a host reads of a card before the PIN: which card it is, its containers, a certificate. Files of a GIDS card
 * are kept in the cache of the smart card service (MS-RDPESC 3.1.4.42), as Windows' minidriver does.
 */
import { publicKeyKind } from '../../src/crypto/public-key.ts';
import { assertNever, to } from '../../src/machine/machine.ts';
import {
  STATUS_SMARTCARD_NO_CERTIFICATE,
  STATUS_SMARTCARD_NO_KEY_CONTAINER,
} from '../kerberos/ntstatus.ts';
import { readCertificate } from '../x509/certificate.ts';
import type {
  Asked,
  Cached,
  CacheItem,
  CardConfig,
  CardKey,
  CardStep,
  Effect,
  File,
  Files,
} from './card-state.ts';
import { asks, failed, said } from './card-steps.ts';
import * as gids from './gids-card.ts';
import * as piv from './piv-card.ts';

export type Reading = Extract<
  Asked,
  {
    readonly for:
      | 'files'
      | 'cardId'
      | 'freshness'
      | 'containers'
      | 'certificate'
      | 'holder'
      | 'pivCertificate';
  }
>;

/** The card does not give what it was asked for. */
export function notRead(asked: Reading, status: number): CardStep {
  if (asked.for === 'cardId' || asked.for === 'freshness') return listing(asked.files, undefined);
  const isCertificate = asked.for === 'certificate' || asked.for === 'pivCertificate';
  const code = isCertificate ? STATUS_SMARTCARD_NO_CERTIFICATE : STATUS_SMARTCARD_NO_KEY_CONTAINER;
  return failed(code, `reading the card (${asked.for}): ${said(status)}`);
}

const MAP = 'mscp/cmapfile';

/** The card's answer. */
export function read(config: CardConfig, asked: Reading, data: Uint8Array): CardStep {
  switch (asked.for) {
    case 'files': {
      const files = Object.fromEntries(gids.filesIn(data) ?? []);
      if (!Object.hasOwn(files, MAP)) {
        return failed(STATUS_SMARTCARD_NO_KEY_CONTAINER, `the card has no file ${MAP}`);
      }
      return asking({ for: 'cardId', files }, files, 'cardid');
    }
    case 'cardId': {
      const cardId = contentOf(asked.files, 'cardid', data);
      return cardId?.length === CARD_ID_LENGTH
        ? asking({ for: 'freshness', files: asked.files, cardId }, asked.files, 'cardcf')
        : listing(asked.files, undefined);
    }
    case 'freshness': {
      const { files, cardId } = asked;
      const freshness = gids.freshnessIn(contentOf(files, 'cardcf', data));
      return listing(files, freshness === undefined ? undefined : { cardId, freshness });
    }
    case 'containers':
    case 'certificate': {
      const content = gids.contentIn(data, placeOf(asked)) ?? new Uint8Array(0);
      if (asked.cached === undefined) return understood(config, asked, content);
      const item = itemOf(asked, asked.cached);
      const kept: Effect = { kind: 'writeCache', item, data: content };
      return to({ name: 'expectWritten', asked, content }, [kept]);
    }
    case 'holder': {
      const container = piv.containerIn(data);
      return container === undefined
        ? failed(STATUS_SMARTCARD_NO_KEY_CONTAINER, 'the PIV card says nothing of its holder')
        : asks({ for: 'pivCertificate', container }, piv.readCertificateObject());
    }
    case 'pivCertificate': {
      const certificate = piv.certificateIn(data);
      const { container } = asked;
      return withCertificate({ profile: 'PIV', container, index: 0 }, certificate);
    }
    default:
      return assertNever(asked);
  }
}

const CARD_ID_LENGTH = 16;

function contentOf(files: Files, name: string, answer: Uint8Array): Uint8Array | undefined {
  const place = files[name];
  return place && gids.contentIn(answer, place);
}

/** Asks for a file, or goes on without what it would tell. */
function asking(
  asked: Extract<Asked, { readonly for: 'cardId' | 'freshness' }>,
  files: Files,
  name: string,
): CardStep {
  const place = Object.hasOwn(files, name) ? files[name] : undefined;
  return place === undefined ? listing(files, undefined) : asks(asked, gids.readPlace(place));
}

function listing(files: Files, cached: Cached | undefined): CardStep {
  return fetched({ for: 'containers', files, cached });
}

function placeOf(asked: File): gids.Place {
  return asked.for === 'certificate' ? asked.place : (asked.files[MAP] as gids.Place);
}

/** As Windows' minidriver calls what it keeps of files. */
function itemOf(asked: File, cached: Cached): CacheItem {
  const file = asked.for === 'certificate' ? asked.container.certificateFile : MAP;
  return { ...cached, name: `Cached_GeneralFile/${file}` };
}

/** A file, out of the cache where it may be. */
function fetched(asked: File): CardStep {
  if (asked.cached === undefined) return asks(asked, gids.readPlace(placeOf(asked)));
  const item = itemOf(asked, asked.cached);
  return to({ name: 'expectCached', asked }, [{ kind: 'readCache', item }]);
}

/** What the cache has of a file. */
export function remembered(
  config: CardConfig,
  asked: File,
  content: Uint8Array | undefined,
): CardStep {
  return content === undefined
    ? asks(asked, gids.readPlace(placeOf(asked)))
    : understood(config, asked, content);
}

/** A file's content. */
export function understood(config: CardConfig, asked: File, content: Uint8Array): CardStep {
  if (asked.for === 'containers') return chosen(config, asked, content);
  const { index, name } = asked.container;
  const found = { profile: 'GIDS', container: name, index } as const;
  return withCertificate(found, gids.certificateIn(content));
}

/** The container by name, as the credentials say it; else the card's default, else its first. */
function chosen(
  { container: wanted }: CardConfig,
  { files, cached }: Extract<Asked, { readonly for: 'containers' }>,
  content: Uint8Array,
): CardStep {
  const containers = gids.containersIn(content) ?? [];
  const container =
    wanted === undefined
      ? (containers.find(({ isDefault }) => isDefault) ?? containers[0])
      : containers.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (container === undefined) {
    const which = wanted === undefined ? 'no container' : `no container ${wanted}`;
    const there = containers.map(({ name }) => name).join(', ') || 'none';
    return failed(STATUS_SMARTCARD_NO_KEY_CONTAINER, `the card has ${which}: ${there}`);
  }
  const place = Object.hasOwn(files, container.certificateFile)
    ? files[container.certificateFile]
    : undefined;
  if (place === undefined) {
    const why = `the container ${container.name} has no certificate`;
    return failed(STATUS_SMARTCARD_NO_CERTIFICATE, why);
  }
  return fetched({ for: 'certificate', container, place, cached });
}

function withCertificate(
  found: Omit<CardKey, 'certificate' | 'publicKey'>,
  certificate: Uint8Array | undefined,
): CardStep {
  const parsed = certificate === undefined ? undefined : readCertificate(certificate);
  if (certificate === undefined || parsed?.ok !== true) {
    const why = parsed?.ok === false ? parsed.reason : 'there is none';
    return failed(STATUS_SMARTCARD_NO_CERTIFICATE, `the card’s certificate: ${why}`);
  }
  const publicKey = publicKeyKind(parsed.value.publicKey);
  if (publicKey === undefined) {
    return failed(
      STATUS_SMARTCARD_NO_CERTIFICATE,
      'the card’s certificate has a key of another kind',
    );
  }
  const key: CardKey = { ...found, certificate, publicKey };
  return to({ name: 'expectPin', key }, [{ kind: 'pinWanted', key }]);
}
