/** Messages of a host and of the client whose card it uses. */
import { chunks } from '../../../protocols/rdp/channels.ts';
import { domainPdu, indication } from '../../../protocols/rdp/mcs.ts';
import { IRP_MJ_DEVICE_CONTROL } from '../../../protocols/rdpefs/messages.ts';
import { packet } from '../../../protocols/rdpefs/packets.ts';
import { callOctets, returnOctets } from '../../../protocols/rdpesc/exchange.ts';
import { fromHex, hex } from '../../../src/bytes/bytes.ts';

const context = { pbContext: hex`02000000` };

/** What a host asks a client's card, and what comes back, each in a message of its channel. */
export function asked(completionId: number, command: string): Uint8Array {
  const handle = { Context: context, pbHandle: hex`03000000` };
  const { ioControlCode, input } = callOctets('Transmit', {
    hCard: handle,
    ioSendPci: { dwProtocol: 2, pbExtraBytes: null },
    pbSendBuffer: fromHex(command),
    pioRecvPci: null,
    fpbRecvBufferIsNULL: 0,
    cbRecvLength: 258,
  });
  const request = packet({
    kind: 'controlRequest',
    DeviceId: 1,
    FileId: 1,
    CompletionId: completionId,
    MajorFunction: IRP_MJ_DEVICE_CONTROL,
    MinorFunction: 0,
    OutputBufferLength: 2048,
    IoControlCode: ioControlCode,
    InputBuffer: input,
  });
  return chunks(request).map((chunk) => indication(1004, chunk))[0] as Uint8Array;
}

/** In as many messages as it takes. */
export function answered(completionId: number, response: Uint8Array): readonly Uint8Array[] {
  const completion = packet({
    kind: 'completion',
    DeviceId: 1,
    CompletionId: completionId,
    IoStatus: 0,
    OutputBuffer: returnOctets('Transmit', {
      ReturnCode: 0,
      pioRecvPci: null,
      cbRecvLength: response.length,
      pbRecvBuffer: response,
    }),
  });
  return chunks(completion).map((data) =>
    domainPdu({ kind: 'sendDataRequest', initiator: 1007, channelId: 1004, data }),
  );
}
