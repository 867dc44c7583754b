import pytest

from digital_life.momat.licences import is_copyleft, licence_class_of


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("CC-BY-4.0", "permissive"),
        ("CC BY 4.0", "permissive"),
        ("CC0-1.0", "permissive"),
        ("MIT", "permissive"),
        ("CC-BY-NC-4.0", "noncommercial"),
        ("MIT, non-commercial use", "noncommercial"),
        ("Apache-2.0 for research only", "noncommercial"),
        ("unknown", "noncommercial"),
        ("", "noncommercial"),
    ],
)
def test_only_what_is_free_for_any_use_is_permissive(licence: str, expected: str) -> None:
    assert licence_class_of(licence) == expected


def test_share_alike_is_copyleft() -> None:
    assert is_copyleft("CC-BY-SA-4.0") and is_copyleft("GPL-3.0-or-later") and not is_copyleft("CC-BY-4.0")
