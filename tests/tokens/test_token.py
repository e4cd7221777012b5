import copy
import dataclasses
import pickle
import traceback

import pytest

from turso_tui.errors import TokenRejected
from turso_tui.tokens import DatabaseToken, PlatformToken

SECRET = "eyJhbGciOiJFZERTQSJ9.eyJqdGkiOiJ4In0.c2lnbmF0dXJlLXdYz"


@dataclasses.dataclass
class Holder:
    token: PlatformToken


@pytest.mark.parametrize("kind", [PlatformToken, DatabaseToken])
def test_no_way_of_writing_a_token_down_shows_the_secret(kind: type[PlatformToken] | type[DatabaseToken]) -> None:
    token = kind(SECRET)
    writings = [repr(token), str(token), f"{token}", f"{token!r:>40}", f"{token:>20}", "%s" % token]  # noqa: UP031
    for written in writings:
        assert "eyJh…XdYz" in written
        assert SECRET[4:-4] not in written


def test_a_dataclass_that_holds_a_token_does_not_give_it_away() -> None:
    assert SECRET not in str(dataclasses.asdict(Holder(PlatformToken(SECRET))))


def test_a_token_is_not_pickled() -> None:
    with pytest.raises(TypeError, match="vault"):
        pickle.dumps(PlatformToken(SECRET))


def test_a_copy_of_a_token_is_the_token() -> None:
    token = PlatformToken(SECRET)
    assert copy.copy(token) is token
    assert copy.deepcopy(token) is token


def test_reveal_is_the_one_way_to_the_secret() -> None:
    assert DatabaseToken(SECRET).reveal() == SECRET


def test_a_short_secret_is_masked_whole() -> None:
    assert str(DatabaseToken("hunter2")) == "…"


def test_the_two_kinds_are_never_equal() -> None:
    platform: object = PlatformToken(SECRET)
    assert platform != DatabaseToken(SECRET)
    assert platform == PlatformToken(SECRET)
    assert len({platform, DatabaseToken(SECRET), PlatformToken(SECRET)}) == 2


def test_a_token_never_changes() -> None:
    token = PlatformToken(SECRET)
    with pytest.raises(AttributeError):
        token._secret = "another"
    with pytest.raises(AttributeError):
        del token._secret


@pytest.mark.parametrize("text", ["", "two words", "line\r\nX-Injected: 1", "tab\t", "naïve", "\x1b[31m"])
def test_what_could_not_go_into_a_header_is_no_token(text: str) -> None:
    with pytest.raises(TokenRejected) as caught:
        PlatformToken(text)
    assert not text or text not in "".join(traceback.format_exception_only(caught.value))


def test_the_type_checker_rejects_one_where_the_other_is_wanted() -> None:
    """Strict mypy reports an ignore comment that ignores nothing, so these lines fail CI when the types blur."""

    def manage(token: PlatformToken) -> None: ...

    def query(token: DatabaseToken) -> None: ...

    manage(DatabaseToken(SECRET))  # type: ignore[arg-type]
    query(PlatformToken(SECRET))  # type: ignore[arg-type]
    manage(SECRET)  # type: ignore[arg-type]
