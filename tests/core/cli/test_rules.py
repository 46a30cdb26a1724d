import json

from yulin.cli.__main__ import main
from yulin.rules.adapters.shipped import shipped_texts


def test_which_names_the_version_that_rules(capsys):
    for arguments, expected in (
        (["--on", "2026-05-06"], "title-giant-2026"),
        (["--on", "2026-05-06", "--for", "review"], "title-giant-2022"),
        (["--on", "2027-05-06", "--for", "title_held", "--granted-on", "2024-07-01"], "title-giant-2022"),
    ):
        assert main(["rules", "which", "title-giant-2022", *arguments]) == 0
        assert capsys.readouterr().out.strip() == expected


def test_which_says_that_no_version_rules_a_day(capsys):
    assert main(["rules", "which", "title-giant-2022", "--on", "2020-01-01"]) != 0
    assert "RULES.PACK.NOT_IN_FORCE" in capsys.readouterr().err


def test_diff_names_the_number_that_moved(capsys):
    assert main(["rules", "diff", "title-giant-2022", "title-giant-2026", "--json"]) == 0
    rows = {each["row"]: each for each in json.loads(capsys.readouterr().out)}
    assert rows["conditions.debt"]["parts"][-1] == {
        "path": "that",
        "old": "total_liabilities / total_assets <= pct(70)",
        "new": "total_liabilities / total_assets <= pct(75)",
    }
    assert main(["rules", "diff", "title-giant-2022", "title-giant-2026"]) == 0
    assert "removed   routes.award" in capsys.readouterr().out


def test_show_says_which_decisions_a_version_rules_and_when(capsys):
    assert main(["rules", "show", "title-giant-2026"]) == 0
    assert "review: 2027-01-01 – …" in capsys.readouterr().out
    assert main(["rules", "show", "title-giant-2026", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["applies_to"]["review"] == {"from": "2027-01-01", "until": None}
    assert next(row for row in shown["rows"] if row["id"] == "conditions.score")["applies_to"] == ["new_application"]


def test_check_names_every_defect_of_a_folder(tmp_path, capsys):
    law = shipped_texts("title-techsme-2017")["pack.yaml"].replace("staff_count <= 500", "staff_cuont <= 500", 1)
    (tmp_path / "pack.yaml").write_text(law + "\nnonsense: 1\n", encoding="utf-8")
    assert main(["rules", "check", str(tmp_path)]) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if "✗" in line]
    assert [("nonsense" in line, "staff_cuont" in line) for line in lines] == [(True, False), (False, True)]
