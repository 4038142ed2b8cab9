"""What is made of the site's secret."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from app.core.secrets import Secrets


@given(st.text(), st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_a_keyed_hash_is_the_hmac_of_the_standard_library(
    secret: str, purpose: str, value: str
) -> None:
    secret = secret.encode("utf-8", "ignore").decode()
    key = hmac.digest(secret.encode(), purpose.encode(), "sha256")

    assert (
        Secrets(secret).keyed_hash(purpose, value)
        == hmac.new(key, value.encode(), "sha256").hexdigest()
    )
