"""What a rotation or a revocation ends, in sentences."""

from dataclasses import replace

from tests.tokens.samples import UNRESTRICTED
from tests.ui.tokens_known import ALL, CI, SIGN_IN
from turso_tui.service.issuing import Rotation
from turso_tui.tokens import PlatformToken
from turso_tui.ui.consequences import is_signed_in_with, of_rotation, wider_than_asked
from turso_tui.ui.screens.token_target import TokenTarget

ONE = Rotation("acme", "agent-0003", "default", ("agent-0003",), whole_group=False)
MANY = Rotation("acme", None, "default", tuple(f"agent-{number:04}" for number in range(1, 1201)), whole_group=True)


def test_one_database_is_counted_and_named() -> None:
    lines = of_rotation(TokenTarget("agent-0003"), ONE, ALL)
    assert "Every token for 1 database stops working at once" in lines[0]
    assert lines[0].endswith("agent-0003.")


def test_of_many_databases_some_are_named_and_the_rest_is_counted() -> None:
    lines = of_rotation(TokenTarget("default", is_group=True), MANY, ALL)
    assert "1 200 databases" in lines[0]
    assert "agent-0005 and 1 195 more" in lines[0]


def test_what_the_program_mints_again_is_not_counted_as_lost() -> None:
    lines = of_rotation(TokenTarget("agent-0003"), ONE, ALL)
    assert lines[1:] == ["The 2 that this program mints for itself are minted again by themselves."]


def test_a_groups_tokens_go_with_its_key_and_others_stay() -> None:
    lines = of_rotation(TokenTarget("default", is_group=True), MANY, ALL)
    assert "Of the tokens listed here, 2 become worthless." in lines  # agent-0001's and the group's


def test_a_group_without_databases_is_no_error() -> None:
    empty = Rotation("acme", None, "idle", (), whole_group=True)
    assert "no databases yet" in of_rotation(TokenTarget("idle", is_group=True), empty, ())[0]


def test_a_key_that_a_whole_group_shares_is_a_warning_only_where_one_database_was_meant() -> None:
    shared = replace(ONE, whole_group=True, databases=MANY.databases)
    assert "whole group default" in wider_than_asked(TokenTarget("agent-0003"), shared)
    assert wider_than_asked(TokenTarget("default", is_group=True), MANY) == ""
    assert wider_than_asked(TokenTarget("agent-0003"), ONE) == ""


def test_the_token_in_use_is_known_by_its_id() -> None:
    in_use = replace(SIGN_IN, token=PlatformToken(UNRESTRICTED))
    assert is_signed_in_with(replace(CI, id="hF5Iq1ZbEe-xYw7Qd0hXJg"), (in_use, CI))
    assert not is_signed_in_with(CI, (in_use, CI))
    assert not is_signed_in_with(CI, (SIGN_IN, CI))
