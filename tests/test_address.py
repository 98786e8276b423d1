"""Queries that are addresses, and those that are not."""

import pytest

from policyqa.address import Address, normal_number, parse_address


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("民法典第一千一百六十五条", Address("民法典", article=(1165, 0))),
        ("民法典1165条", Address("民法典", article=(1165, 0))),
        ("第十二条第二款", Address(article=(12, 0), paragraph=2)),
        ("九条", Address(article=(9, 0))),
        ("９条", Address(article=(9, 0))),
        ("《中华人民共和国刑法》第一百三十三条之一第二款", Address("刑法", article=(133, 1), paragraph=2)),
        ("刑法第二十条第（三）项", Address("刑法", article=(20, 0), item=3)),
        ("国发〔2019〕5号", Address(number="国发〔2019〕5号")),
        ("国发[2019]05号", Address(number="国发〔2019〕5号")),
    ],
)  # fmt: skip
def test_addresses(query: str, address: Address) -> None:
    assert parse_address(query) == address


@pytest.mark.parametrize(
    "query",
    ["违反第十二条怎么处罚", "党费缴纳比例是多少", "几条", "国发〔2019〕5号要求什么时候完成"],
)
def test_questions_are_no_addresses(query: str) -> None:
    assert parse_address(query) is None


def test_document_numbers_in_every_bracket() -> None:
    assert {
        normal_number(f"国办发{left}2018{right}第115号")
        for left, right in ("〔〕", "[]", "［］", "（）", "()", "【】")
    } == {"国办发〔2018〕115号"}
