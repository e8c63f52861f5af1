"""Rows that are safe to open in a spreadsheet."""

from digest.core.readers.subscriber_csv_writer import report_row


def test_what_a_spreadsheet_would_run_is_shown_instead():
    assert report_row(3, "=1+1", "added", "@sum\nof") == (3, "'=1+1", "added", "'@sum of")
