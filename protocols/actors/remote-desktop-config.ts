/** What Remote Desktop Connection is to a host: a desktop, channels, who signs in. */

import type * as client from '../rdp/client-state.ts';
import { InfoFlags, Protocol } from '../rdp/constants.ts';
import { STATIC_CHANNEL } from '../rdpedyc/constants.ts';
import type { DeviceConfig } from './device-state.ts';
import * as cards from './remote-desktop-cards.ts';
import type { Asked, Desktop, Logon } from './remote-desktop-state.ts';

const WIDTH = 1_024;
const HEIGHT = 768;
/** CHANNEL_OPTION_INITIALIZED and COMPRESS_RDP, as Windows asks for device redirection. */
const RDPDR_OPTIONS = 0x80800000;
/** And ENCRYPT_RDP, for the channel of dynamic ones. */
const DRDYNVC_OPTIONS = 0xc0800000;

export function rdpConfig(
  config: DeviceConfig,
  { asked }: Desktop,
  logon: Logon,
): client.ClientConfig {
  return {
    ...asked,
    userName: cookieName(logon),
    clientName: config.netbiosName,
    width: WIDTH,
    height: HEIGHT,
    channels: channelsOf(asked),
    smartCardLogOn: logon.kind === 'smartCard',
    info: { ...info(asked, logon), clientAddress: '' },
  };
}

/** Windows' client has drdynvc in any case; here it has nothing to say but to hosts without keys. */
function channelsOf({ mode }: Asked): client.ClientConfig['channels'] {
  const devices = { name: cards.CHANNEL, options: RDPDR_OPTIONS };
  return mode === 'remoteCredentialGuard'
    ? [devices, { name: STATIC_CHANNEL, options: DRDYNVC_OPTIONS }]
    : [devices];
}

function cookieName(logon: Logon): string {
  return logon.kind === 'smartCard' ? logon.upn : logon.who.cname.nameString.join('/');
}

/**
 * What the Client Info PDU says. Credentials are in it where no CredSSP carries them: MS-RDPBCGR 2.2.1.11.1.1
 * has the PIN in the password's place. Whether Windows repeats them after CredSSP is not documented: here
 * it does not.
 */
function info(
  { requestedProtocols }: Asked,
  logon: Logon,
): Omit<client.ClientConfig['info'], 'clientAddress'> {
  const { INFO_MOUSE, INFO_UNICODE, INFO_LOGONNOTIFY, INFO_LOGONERRORS } = InfoFlags;
  const { INFO_DISABLECTRLALTDEL, INFO_MAXIMIZESHELL } = InfoFlags;
  const { INFO_AUTOLOGON, INFO_PASSWORD_IS_SC_PIN } = InfoFlags;
  // As mstsc sends them: xrdp takes nobody without the first four.
  const flags =
    INFO_MOUSE |
    INFO_DISABLECTRLALTDEL |
    INFO_UNICODE |
    INFO_MAXIMIZESHELL |
    INFO_LOGONNOTIFY |
    INFO_LOGONERRORS;
  const inClear = (requestedProtocols & CREDSSP) === 0;
  switch (logon.kind) {
    case 'smartCard':
      return {
        flags: flags | INFO_AUTOLOGON | INFO_PASSWORD_IS_SC_PIN,
        domain: '',
        userName: logon.upn,
        password: inClear ? logon.pin : '',
      };
    case 'password': {
      const { domain, userName, password } = logon;
      const more = inClear ? INFO_AUTOLOGON : 0;
      return { flags: flags | more, domain, userName, password: inClear ? password : '' };
    }
    case 'signedIn':
    case 'none':
      return { flags, domain: '', userName: '', password: '' };
  }
}

const CREDSSP = Protocol.PROTOCOL_HYBRID | Protocol.PROTOCOL_HYBRID_EX;
