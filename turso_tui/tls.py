"""One TLS context for all clients: reading the system's authorities takes tens of milliseconds, once is enough."""

import ssl
from functools import cache

import httpx


@cache
def tls_context() -> ssl.SSLContext:
    """As httpx makes it: ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` are followed."""
    return httpx.create_ssl_context()
