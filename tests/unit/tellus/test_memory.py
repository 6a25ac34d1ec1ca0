"""Memory is counted so that shared pages count once."""

from pathlib import Path

from deploy.local.memory import proportional_bytes


def test_only_the_proportional_share_counts(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "smaps_rollup").write_text(
        "00400000-7ffe ---p 00000000 00:00 0    [rollup]\n"
        "Rss:    5000 kB\nPss:    1200 kB\nPss_Anon:    900 kB\nSwapPss:    0 kB\n"
    )
    assert proportional_bytes(7, tmp_path) == 1200 * 1024


def test_a_process_that_has_just_ended_costs_nothing(tmp_path: Path) -> None:
    assert proportional_bytes(7, tmp_path) == 0
