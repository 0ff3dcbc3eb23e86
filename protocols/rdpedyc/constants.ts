/** Numbers of MS-RDPEDYC. */

/** The static virtual channel that carries the dynamic ones (MS-RDPEDYC 2.1). */
export const STATIC_CHANNEL = 'drdynvc';

/** MS-RDPEDYC 2.2: what a PDU is. */
export const Cmd = {
  CREATE: 0x01,
  DATA_FIRST: 0x02,
  DATA: 0x03,
  CLOSE: 0x04,
  CAPABILITY: 0x05,
  DATA_FIRST_COMPRESSED: 0x06,
  DATA_COMPRESSED: 0x07,
  SOFT_SYNC_REQUEST: 0x08,
  SOFT_SYNC_RESPONSE: 0x09,
} as const;

/** Version 3 brings compression and other transports, which neither side speaks here. */
export const VERSION_MAX = 2;
/** From here on a server says how it shares its bandwidth out (MS-RDPEDYC 2.2.1.1.2). */
export const HAS_PRIORITIES = 2;

/** Octets of a PDU, header included, and of a message's data in it (MS-RDPEDYC 2.2.3). */
export const PDU_MAX = 1600;
export const DATA_MAX = 1590;

/** The standard allows 2^32 - 1; what is spoken over such channels here is far shorter. */
export const MESSAGE_MAX = 1 << 17;
/** Fragments of a message: many times what one of MESSAGE_MAX has when they are full. */
export const FRAGMENTS_MAX = 1024;
/** Channels of one connection at the same time. */
export const CHANNELS_MAX = 32;
/** Names are short: those that the standards give have fewer than 50 characters. */
export const NAME_MAX = 255;

/** MS-ERREF 2.1, as a client says that a channel is there, or that nobody listens to its name. */
export const CreationStatus = {
  S_OK: 0,
  STATUS_UNSUCCESSFUL: 0xc0000001,
} as const;
