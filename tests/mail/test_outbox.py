import resource
from contextlib import contextmanager

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.core.delivery.smtp_outcome import Accepted, Broken, Phase
from digest.mail.outbox import Outbox
from tests.builders import an_envelope
from tests.mail.conftest import sent


async def test_a_message_becomes_a_file_with_its_very_bytes(tmp_path):
    envelope = an_envelope(message_id="<12.345.ab@harbour.example>")
    outbox = Outbox(tmp_path / "new" / "outbox")
    assert await outbox.offer(envelope) is None
    outcome = await outbox.complete()
    [file] = (tmp_path / "new" / "outbox").iterdir()
    assert file.name == "12.345.ab@harbour.example.eml"
    assert file.read_bytes() == envelope.message
    assert outcome == Accepted(f"written to {file}")


async def test_a_message_written_again_replaces_itself(tmp_path):
    outbox = Outbox(tmp_path)
    await sent(outbox, message=b"Subject: one\r\n\r\n")
    await sent(outbox, message=b"Subject: two\r\n\r\n")
    [file] = tmp_path.iterdir()
    assert file.read_bytes() == b"Subject: two\r\n\r\n"


async def test_a_folder_that_can_not_be_made_is_told_in_a_sentence(tmp_path):
    (tmp_path / "outbox").write_text("a file where the folder should be")
    outcome = await sent(Outbox(tmp_path / "outbox"))
    assert isinstance(outcome, Broken)
    assert (outcome.phase, outcome.stop) == (Phase.CONNECT, False)
    assert "can't be written: File exists" in outcome.why


async def test_a_full_disk_is_told_in_a_sentence_and_leaves_nothing_half_done(tmp_path):
    outbox = Outbox(tmp_path)
    with little_disk():
        outcome = await sent(outbox, message=b"x" * 100_000)
    assert outcome == Broken(
        Phase.CONNECT, f"{the_file(tmp_path)} can't be written: File too large"
    )
    assert list(tmp_path.iterdir()) == []
    assert isinstance(await sent(outbox), Accepted)


@contextmanager
def little_disk():
    """No file may grow beyond 10 kB: the nearest to a full disk that needs no privileges."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def the_file(folder):
    return folder / f"{an_envelope().message_id.strip('<>')}.eml"


async def test_a_folder_that_takes_no_files_is_told_in_a_sentence(tmp_path):
    the_file(tmp_path).mkdir()
    (the_file(tmp_path) / "inside").touch()
    outcome = await sent(Outbox(tmp_path))
    assert outcome == Broken(
        Phase.CONNECT, f"{the_file(tmp_path)} can't be written: Is a directory"
    )
    assert [path.name for path in tmp_path.iterdir()] == [the_file(tmp_path).name]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(), min_size=1, max_size=3, unique=True))
async def test_any_message_id_is_a_safe_name_of_its_own(tmp_path_factory, ids):
    folder = tmp_path_factory.mktemp("outbox")
    outbox = Outbox(folder / "inside")
    for message_id in ids:
        envelope = an_envelope(message_id=f"<{message_id}>")
        assert await outbox.offer(envelope) is None
        assert isinstance(await outbox.complete(), Accepted)
    assert [path.name for path in folder.iterdir()] == ["inside"]
    files = list((folder / "inside").iterdir())
    assert len(files) == len(ids)
    assert all(file.suffix == ".eml" and not file.name.startswith(".") for file in files)
