"""NTLM by impacket alone: a client that answers our challenge, and a server that judges our response."""
import random
import sys
from binascii import hexlify, unhexlify

from impacket import ntlm
from impacket.smbserver import computeNTLMv2
from Cryptodome.Cipher import ARC4

random.seed(1)
USER, DOMAIN, PASSWORD = "alice", "CORP", "Passw0rd!"


def said(*values):
    print(*(hexlify(bytes(value)).decode() for value in values))


def sealed(flags, key, side, text):
    signing = ntlm.SIGNKEY(flags, key, side)
    handle = ARC4.new(ntlm.SEALKEY(flags, key, side)).encrypt
    data, signature = ntlm.SEAL(flags, signing, ntlm.SEALKEY(flags, key, side), text, text, 0, handle)
    return signature.getData() + data


def client(challenge):
    type1 = ntlm.getNTLMSSPType1("LAPTOP", "", True, use_ntlmv2=True)
    if challenge is None:
        return said(type1.getData())
    type3, key = ntlm.getNTLMSSPType3(type1, challenge, USER, PASSWORD, DOMAIN, use_ntlmv2=True)
    flags = type3["flags"]
    said(type3.getData(), key, sealed(flags, key, "Client", b"from impacket"))


def server(negotiate, challenge, authenticate):
    type1 = ntlm.NTLMAuthNegotiate()
    type1.fromString(negotiate)
    type2 = ntlm.NTLMAuthChallenge(challenge)
    type3 = ntlm.NTLMAuthChallengeResponse()
    type3.fromString(authenticate)
    nthash = ntlm.compute_nthash(PASSWORD)
    status, key = computeNTLMv2(USER, b"", nthash, type2["challenge"], type3, type2, type1)
    flags = type3["flags"]
    mic = ntlm.hmac_md5(key, negotiate + challenge + authenticate[:72] + bytes(16) + authenticate[88:])
    said(status.to_bytes(4, "big"), key, mic, sealed(flags, key, "Server", b"from impacket"))


what, *octets = sys.argv[1:]
octets = [unhexlify(one) for one in octets]
if what == "client":
    client(octets[0] if octets else None)
else:
    server(*octets)
