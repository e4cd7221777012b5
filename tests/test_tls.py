"""The one TLS context: made once, and as strict as httpx makes it."""

import ssl

from turso_tui.tls import tls_context


def test_it_is_made_once_and_checks_who_answers() -> None:
    context = tls_context()
    assert tls_context() is context
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
