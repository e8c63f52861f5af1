"""Choices of readers that lead nowhere: topics and authors that nothing is called any more."""

from collections import Counter
from collections.abc import Iterator, Sequence

from digest.core.articles.author import author_key, spellings
from digest.core.editions.reader_filter import MUTED
from digest.core.newsletters.newsletter import Newsletter
from digest.store.database.database import Database
from digest.store.editions import preferences


def lost_choices(db: Database, newsletters: Sequence[Newsletter]) -> Iterator[str]:
    """A sentence for each name that readers chose and nothing goes by, with how many they are.

    What they chose stays: it counts again once there is such a topic or author.
    """
    topics = [rule for one in newsletters for rule in one.topics]
    writers = [writer for one in newsletters for writer in one.writers]
    known = {name.casefold() for rule in topics for name in (rule.slug, rule.name)}
    authors = {author_key(name) for name in db.read(preferences.all_writers)}
    authors |= {author_key(name) for writer in writers for name in spellings(writer.name, writers)}
    lost: Counter[tuple[str, str]] = Counter()
    for topic_names, author_names, readers in db.read(preferences.preference_lists):
        for name in {one.removeprefix(MUTED).strip() for one in topic_names}:
            lost["topic", name] += readers * (name.casefold() not in known)
        for name in {one.removeprefix(MUTED).strip() for one in author_names}:
            spelt = {author_key(one) for one in spellings(name, writers)}
            lost["author", name] += readers * (not spelt & authors)
    why = {
        "topic": "which is not in the config",
        "author": "of whom there is no article and no [[author]]",
    }
    for (kind, name), readers in sorted(lost.items()):
        if readers:
            who = "1 reader has" if readers == 1 else f"{readers:,} readers have"
            yield f'{who} chosen the {kind} "{name}", {why[kind]}: it is kept, and does nothing'
