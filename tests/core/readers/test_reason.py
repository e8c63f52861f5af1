"""The vocabulary of why a message did not go."""

from digest.core.delivery.smtp_outcome import Broken, Phase, Refused, Unusable, judge
from digest.core.readers.reason import NOT_MAILED, Reason
from tests.builders import MONDAY


def reason(outcome):
    return judge(outcome, 1, MONDAY).reason


def test_each_answer_of_a_server_has_its_reason_whatever_its_words_are():
    for words in ("", "please call us", "bitte sp\u00e4ter"):
        assert reason(Refused(Phase.RCPT, 550, f"5.1.1 {words}")) is Reason.DEAD_ADDRESS
        assert reason(Refused(Phase.RCPT, 552, f"5.2.2 {words}")) is Reason.MAILBOX_FULL
        assert reason(Refused(Phase.RCPT, 452, f"4.2.2 {words}")) is Reason.MAILBOX_FULL
        assert reason(Refused(Phase.DOT, 550, f"5.7.1 {words}")) is Reason.POLICY
        assert reason(Refused(Phase.DOT, 552, f"5.3.4 {words}")) is Reason.TOO_LARGE
        assert reason(Refused(Phase.CONNECT, 421, words)) is Reason.SERVER
        assert reason(Broken(Phase.DOT, words)) is Reason.NO_ANSWER
        assert reason(Broken(Phase.RCPT, words)) is Reason.CONNECTION
        assert reason(Unusable(words)) is Reason.UNSENDABLE


def test_values_are_short_and_distinct_since_the_ledger_keeps_them():
    assert len({one.value for one in Reason}) == len(Reason)
    assert set(NOT_MAILED) <= set(Reason)
