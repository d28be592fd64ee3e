"""What `./run test` counts and when it fails."""

import pytest

from tests.__main__ import count

REPORT = (
    '<testsuites><testsuite tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}"/></testsuites>'
)


@pytest.mark.parametrize(
    ("tests", "failures", "errors", "skipped", "status", "expected"),
    [
        (10, 0, 0, 0, 0, {"passed": 10}),
        (10, 2, 1, 3, 1, {"passed": 4, "failed": 3, "skipped": 3}),
        (10, 0, 0, 0, 2, {"passed": 10, "failed": 1}),  # interrupted, or a warning after the last test
    ],
)
def test_a_session_is_counted(tmp_path, tests, failures, errors, skipped, status, expected):
    report = tmp_path / "report.xml"
    report.write_text(REPORT.format(tests=tests, failures=failures, errors=errors, skipped=skipped))

    assert count(report, status) == expected


def test_a_session_that_left_no_report_has_failed(tmp_path):
    assert count(tmp_path / "none.xml", 1) == {"failed": 1}
