"""Reads our NetrLogonSamLogonEx by impacket's declarations, and writes a request by them."""
import sys

from impacket.dcerpc.v5 import nrpc
from impacket.dcerpc.v5.dtypes import NULL

HEADER = 24
request, reply = (bytes.fromhex(one)[HEADER:] for one in sys.argv[1:3])

asked = nrpc.NetrLogonSamLogonEx(request)
info = asked["LogonInformation"]["LogonNetworkTransitive"]
print(asked["LogonServer"][:-1], asked["ComputerName"][:-1])
print(asked["LogonLevel"], asked["ValidationLevel"])
identity = info["Identity"]
print(identity["LogonDomainName"], identity["UserName"], identity["Workstation"])
print(bytes(info["LmChallenge"]).hex(), len(info["NtChallengeResponse"]))

told = nrpc.NetrLogonSamLogonExResponse(reply)
sam = told["ValidationInformation"]["ValidationSam4"]
print(sam["EffectiveName"], sam["UserId"], sam["LogonDomainName"], sam["DnsLogonDomainName"])
print([group["RelativeId"] for group in sam["GroupIds"]], bytes(sam["UserSessionKey"]).hex())
print(told["ErrorCode"])

ours = nrpc.NetrLogonSamLogonEx()
ours["LogonServer"] = "\\\\DC1\x00"
ours["ComputerName"] = "FILES\x00"
level = nrpc.NETLOGON_LOGON_INFO_CLASS.NetlogonNetworkTransitiveInformation
ours["LogonLevel"] = level
ours["LogonInformation"]["tag"] = level
theirs = ours["LogonInformation"]["LogonNetworkTransitive"]
theirs["Identity"]["LogonDomainName"] = "CORP"
theirs["Identity"]["ParameterControl"] = 0
theirs["Identity"]["UserName"] = "bob"
theirs["Identity"]["Workstation"] = ""
theirs["LmChallenge"] = bytes(range(8))
theirs["NtChallengeResponse"] = b"\x11" * 50
theirs["LmChallengeResponse"] = b""
ours["ValidationLevel"] = nrpc.NETLOGON_VALIDATION_INFO_CLASS.NetlogonValidationSamInfo4
ours["ExtraFlags"] = 0
print(ours.getData().hex())
