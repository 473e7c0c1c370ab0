"""What OCPP wants of the TLS of a station, and Python does not do by itself."""

from __future__ import annotations

import ipaddress
import os
import ssl
import tempfile
from typing import Any, Callable, Iterator, List, Optional, Tuple

from websockets.exceptions import InvalidStatus

KeyOf = Callable[[str], Optional[str]]

_VERSION = ("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "WRONG_VERSION")
_CIPHERS = ("ALERT_HANDSHAKE_FAILURE", "NO_SHARED_CIPHER", "INSUFFICIENT_SECURITY")
_OURS = ("CERTIFICATE", "UNKNOWN_CA")


def refusal(error: BaseException) -> Optional[str]:
    """The security event for why a connection failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "InvalidCsmsCertificate"
    if isinstance(error, InvalidStatus) and error.response.status_code == 401:
        return "FailedToAuthenticateAtCsms"
    if isinstance(error, ssl.SSLError):
        reason = error.reason or ""
        if any(word in reason for word in _VERSION):
            return "InvalidTLSVersion"
        if any(word in reason for word in _CIPHERS):
            return "InvalidTLSCipherSuite"
        if "ALERT" in reason and any(word in reason for word in _OURS):
            return "FailedToAuthenticateAtCsms"
    return None


def names(certificate: Any) -> List[str]:
    """The names of hosts in a certificate: those of its subjectAltName, otherwise its common name."""
    if "subjectAltName" in certificate:
        return [name for kind, name in certificate["subjectAltName"] if kind == "DNS"]
    return [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]


def is_named(certificate: Any, host: str) -> bool:
    """Whether a certificate that is right for a host names it without a wildcard (A00.FR.309, A00.FR.412)."""
    try:
        ipaddress.ip_address(host)
        return True  # Addresses never have one.
    except ValueError:
        wanted = host.rstrip(".").lower()
        return any(name.rstrip(".").lower() == wanted for name in names(certificate))


class _WithoutWildcards(ssl.SSLObject):
    def do_handshake(self) -> None:
        super().do_handshake()
        # Before anything is said to whoever is there.
        host = self.server_hostname
        if host is not None and not is_named(self.getpeercert() or {}, host):
            raise ssl.SSLCertVerificationError(1, f"the certificate names {host} by a wildcard")


def _context(pem: Optional[str], allow_wildcards: bool, own: Optional[Tuple[str, str]]) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=pem)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not allow_wildcards:
        context.sslobject_class = _WithoutWildcards
    if own is not None:
        # Python reads chain and key from a file only.
        descriptor, path = tempfile.mkstemp()  # For the owner alone.
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write("\n".join(own))
            context.load_cert_chain(path)
        finally:
            os.remove(path)
    return context


def attempts(wanted: Any, roots: Optional[str], key_of: Optional[KeyOf]) -> Iterator[Tuple[Any, ssl.SSLContext]]:
    """The ways to connect as the output ``Connect`` wants to, the best first: each with one root, that of the factory at last.

    Gives what ``ConnectionSecured`` tells of it, and the context.
    """
    own = wanted["client_certificate"] if wanted["security_profile"] == 3 else None
    chain = None
    if own is not None:
        key = None if key_of is None else key_of(own["key"])
        if key is None:
            raise ValueError(f"the private key {own['key']} of the station's certificate is not there")
        chain = (own["chain"], key)
    identifier = None if own is None else own["id"]
    ways = [(root["id"], root["pem"]) for root in wanted["roots"]]
    if roots is not None or not ways:
        ways.append((None, roots))
    for root, pem in ways:
        secured = {"root": root, "client_certificate": identifier}
        yield secured, _context(pem, wanted["allow_wildcards"], chain)
