from __future__ import annotations

import sys

import pytest

from lmprice.excel_setup import excel
from tests.excel_setup.conftest import EXCEL, POLICY_TRUST, USER_TRUST, Registry


def test_the_registry_is_that_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    there = Registry()
    monkeypatch.setitem(sys.modules, "winreg", there)
    assert excel._winreg() is there


def test_the_version_of_excel(registry: Registry) -> None:
    assert excel.excel_version() == "16"
    registry.values.pop(EXCEL)
    assert excel.excel_version() is None


@pytest.mark.parametrize(
    ("policy", "user", "trusted"),
    [(None, 1, True), (None, 0, False), (None, None, False), (0, 1, False), (1, None, True)],
)
def test_access_to_macros(
    registry: Registry, policy: int | None, user: int | None, trusted: bool
) -> None:
    values = {POLICY_TRUST: policy, USER_TRUST: user}
    registry.values = {key: value for key, value in values.items() if value is not None}
    assert excel.trusts_macro_access("16") is trusted
