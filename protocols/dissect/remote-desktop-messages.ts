/** What traces call the messages of a remote desktop: RDP's own, and those that its channels carry. */
import { PACKET_NAMES as REMOTE_GUARD_NAMES } from '../rdpear/packets.ts';
import { PDU_NAMES } from '../rdpedyc/messages.ts';
import { PACKET_NAMES } from '../rdpefs/packets.ts';
import { CALL_NAMES, callName, returnName } from '../rdpesc/calls.ts';

/** Name, and what it is for, with the section of MS-RDPBCGR where no other is named. */
const CONNECTION: Readonly<Record<string, string>> = {
  'X.224 Connection Request': 'opens a connection and says which protection it knows (2.2.1.1)',
  'X.224 Connection Confirm': 'which protection it is, or why none (2.2.1.2)',
  TSRequest: 'CredSSP: a token, the binding to TLS, credentials (MS-CSSP 2.2.1)',
  'Early User Authorization Result PDU': 'whether who proved themselves may sign in (2.2.10.2)',
  'MCS Connect Initial': 'what the client is, and the channels that it wants (2.2.1.3)',
  'MCS Connect Response': 'what the server is, and the channels’ numbers (2.2.1.4)',
  'MCS Erect Domain Request': 'begins MCS’ domain (2.2.1.5)',
  'MCS Attach User Request': 'asks for the client’s own channel (2.2.1.6)',
  'MCS Attach User Confirm': 'gives it (2.2.1.7)',
  'MCS Channel Join Request': 'joins a channel (2.2.1.8)',
  'MCS Channel Join Confirm': 'the channel is joined (2.2.1.9)',
  'MCS Disconnect Provider Ultimatum': 'ends the connection (2.2.2.3)',
  'Client Info PDU': 'who is to be signed in (2.2.1.11)',
  'License Error PDU': 'licensing, which ends with “valid client” (2.2.1.12)',
  'License PDU': 'licensing, before it ends (2.2.1.12, MS-RDPELE 2.2.2)',
  'Demand Active PDU': 'the server’s capabilities (2.2.1.13.1)',
  'Confirm Active PDU': 'the client’s capabilities (2.2.1.13.2)',
  'Deactivate All PDU': 'the capabilities are to be agreed on anew (2.2.3.1)',
  'Server Redirection PDU': 'the client is to go to another server (2.2.13.3)',
  'Synchronize PDU': 'both sides begin (2.2.1.14)',
  'Control PDU': 'who controls the session (2.2.1.15)',
  'Persistent Key List PDU': 'bitmaps that the client has kept (2.2.1.17)',
  'Font List PDU': 'the client is done (2.2.1.18)',
  'Font Map PDU': 'the server is done: the session is there (2.2.1.22)',
  'Set Error Info PDU': 'why the connection will end (2.2.5.1)',
  'Status Info PDU': 'how far a connection through a broker is (2.2.5.2)',
  'Save Session Info PDU': 'who is signed in, or why not (2.2.10.1)',
  'Update PDU': 'a part of the screen (2.2.9.1.1.3)',
  'Pointer Update PDU': 'the mouse’s picture, or where it is (2.2.9.1.1.4)',
  'Fast-Path Update PDU': 'both, without share headers (2.2.9.1.2)',
  'Input Event PDU': 'keys and mouse (2.2.8.1.1.3)',
  'Fast-Path Input Event PDU': 'the same, without share headers (2.2.8.1.2)',
  'Set Keyboard Indicators PDU': 'lights of the keyboard (2.2.8.2.1)',
  'Refresh Rect PDU': 'what is to be drawn again (2.2.11.2)',
  'Suppress Output PDU': 'nobody looks at the screen, or somebody does again (2.2.11.3)',
  'Play Sound PDU': 'a beep (2.2.9.1.1.5)',
  'Monitor Layout PDU': 'how the monitors stand (2.2.12.1)',
  'Auto-Reconnect Status PDU': 'connecting again did not do (2.2.4.1)',
  'Shutdown Request PDU': 'the user closes the client (2.2.2.1)',
  'Shutdown Request Denied PDU': 'the session goes on if the client does (2.2.2.2)',
  'Auto-Detect Request PDU': 'how fast is the network? (2.2.14.3)',
  'Auto-Detect Response PDU': 'so fast (2.2.14.4)',
  'Virtual Channel PDU': 'a channel’s message (2.2.6.1)',
};

export const REMOTE_DESKTOP_MESSAGES: readonly {
  readonly name: string;
  readonly about: string;
}[] = [
  ...Object.entries(CONNECTION).map(([name, about]) => ({
    name,
    about: about.includes('MS-') ? about : about.replace(/\(2\./, '(MS-RDPBCGR 2.'),
  })),
  ...PACKET_NAMES.map((name) => ({ name, about: 'redirection of devices (MS-RDPEFS 2.2.2)' })),
  ...Object.values(PDU_NAMES).map((name) => ({
    name,
    about: 'channels within a channel (MS-RDPEDYC 2.2)',
  })),
  ...REMOTE_GUARD_NAMES.map((name) => ({
    name,
    about: 'a host without keys asks the client of its session (MS-RDPEAR 2.2.1.2)',
  })),
  ...['AccessStartedEvent', ...CALL_NAMES].flatMap((call) => [
    { name: callName(call), about: 'the host calls the smart card service (MS-RDPESC 2.2.2)' },
    { name: returnName(call), about: 'what the call came to (MS-RDPESC 2.2.3)' },
  ]),
];
