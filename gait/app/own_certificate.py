"""A certificate that the server makes itself, so that phones in the network may give it their camera."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gait.atomic_files import atomic_write
from gait.display_language import _
from gait.errors import InputError

if TYPE_CHECKING:
    from cryptography import x509

#: How long a certificate holds, days: browsers on iPhones take no longer ones; and when it is made anew before. [E]
_DAYS, _RENEW_DAYS = 825, 30
_CERTIFICATE, _KEY = "certificate.pem", "certificate-key.pem"


def own_certificate(folder: Path, names: Sequence[str]) -> tuple[Path, Path]:
    """Return the certificate of this server; make it where it is missing, soon too old, or for other names.

    Nobody else vouches for it: a browser warns once, and shows the pages encrypted after that.

    Parameters
    ----------
    folder : Path
        Of the data; kept there, so that a phone warns once and not at each start.
    names : sequence of str
        Names and addresses under which the server is reached.

    Returns
    -------
    Path
        Certificate, PEM.
    Path
        Its key, PEM, readable by this user alone.

    Raises
    ------
    InputError
        The library that makes it is not installed.
    """
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import ExtendedKeyUsageOID
    except ImportError:
        raise InputError(
            _("a certificate cannot be made without cryptography; install {extra}").format(extra="gait[https]"),
            code="https_missing",
        ) from None
    certificate_file, key_file = folder / _CERTIFICATE, folder / _KEY
    if _holds(certificate_file, key_file, names):
        return certificate_file, key_file
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gait")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=_DAYS - 1))
        .add_extension(x509.SubjectAlternativeName([_as_general_name(one) for one in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with atomic_write(key_file) as path:
        path.touch()
        path.chmod(0o600)
        path.write_bytes(secret)
    with atomic_write(certificate_file) as path:
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate_file, key_file


def _as_general_name(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode())


def _holds(certificate_file: Path, key_file: Path, names: Sequence[str]) -> bool:
    """Whether a certificate made before fits its key and the names, and holds for a while."""
    import ssl

    from cryptography import x509

    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        known = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate_file, key_file)
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    left = certificate.not_valid_after_utc - dt.datetime.now(dt.UTC)
    return left > dt.timedelta(days=_RENEW_DAYS) and {_as_general_name(one) for one in names} <= set(known)
