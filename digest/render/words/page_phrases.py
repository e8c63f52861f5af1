"""What the pages for readers say: joining, choosing, leaving."""

from abc import ABC, abstractmethod
from datetime import datetime

from digest.render.words.phrase import Phrase


class PagePhrases(ABC):
    """The words of the pages on which readers join, choose and leave."""

    join = Phrase("Subscribe")
    which_ones = Phrase("Which ones?")
    your_email = Phrase("Your email address")
    leave_empty = Phrase("Leave this empty")
    join_means = Phrase(
        "You get an email with a link first. Only after you have confirmed does anything else"
        " come, and every edition has a link that ends it."
    )
    closed_means = Phrase("At present nobody can subscribe here.")
    bad_email = Phrase("No mail can go to this address. Please look at it again.")
    none_chosen = Phrase("Please choose at least one.")
    once_more = Phrase("Please press the button once more.")
    asked = Phrase("Please look into your inbox")
    asked_means = Phrase(
        "If this address can be subscribed, an email with a link is on its way to it. Look among"
        " the spam, too. The link is good for seven days."
    )
    busy = Phrase("Too many at once")
    busy_way_out = Phrase("Too many addresses were entered lately. Please try again in an hour.")
    confirm = Phrase("Yes, send it to me")
    joined = Phrase("You are subscribed")
    expired = Phrase("This link is too old")
    expired_way_out = Phrase("It was good for seven days. Please enter your address once more.")
    to_the_form = Phrase("To the form")
    barred = Phrase("This address can’t be subscribed")
    barred_way_out = Phrase(
        "Mail to it came back, or we were asked never to write to it. Please write to the editors."
    )
    unknown_way_out = Phrase(
        "Perhaps the end of it was cut off. Open the link in the message once more, or copy all of"
        " it."
    )

    choose = Phrase("Choose what you get")
    choose_how = Phrase(
        "If you follow nothing, you get everything but what you mute. If you follow something, you"
        " get only that."
    )
    topics = Phrase("Topics")
    authors = Phrase("Writers")
    follow = Phrase("Follow")
    neither = Phrase("Neither")
    mute = Phrase("Mute")
    how_often = Phrase("How often")
    every_edition = Phrase("Every edition")
    every_second = Phrase("Every second edition")
    once_a_month = Phrase("Once a month")
    how_often_means = Phrase("Nothing is lost: the next edition brings what came between.")
    how_it_looks = Phrase("In which form")
    in_full = Phrase("In full, with pictures")
    in_short = Phrase("Short: titles only, but for the first story")
    in_text = Phrase("Plain text, without pictures")
    take_a_break = Phrase("Take a break")
    break_weeks = Phrase("Pause for two weeks")
    break_month = Phrase("Pause for a month")
    break_day = Phrase("Or until which day?")
    break_until = Phrase("Pause until then")
    catch_up = Phrase("Afterwards, send me the best of what I missed")
    bad_day = Phrase("Please choose a day from tomorrow to a year from now.")
    end_break = Phrase("End the break now")
    break_over = Phrase("Your break is over. You get the next edition.")
    show = Phrase("Show me")
    save = Phrase("Save")
    saved = Phrase("Saved. It counts from the next edition on.")
    sample = Phrase("What your choices mean")
    gets_nothing = Phrase("At present you get no newsletter from us.")
    no_sample = Phrase("There is no edition yet that could show what this means.")
    leave_all = Phrase("Unsubscribe from everything")
    undo = Phrase("Undo it")
    undone = Phrase("You are subscribed again")
    undone_means = Phrase("It is as if you had never left.")
    too_late = Phrase("This can’t be undone any more")
    too_late_way_out = Phrase("But you can subscribe anew.")
    no_choices_in_a_preview = Phrase(
        "It changes nothing. In the message that a reader gets, the link is their own."
    )

    @abstractmethod
    def text(self, source: str, **values: str) -> str:
        """A phrase, with these values in place of {their names}."""

    @abstractmethod
    def plural(self, one: str, many: str, count: int, **values: str) -> str:
        """A phrase in the form that goes with a number."""

    @abstractmethod
    def day(self, moment: datetime) -> str:
        """The day of a moment."""

    def choices_of(self, email: str) -> str:
        """Whose choices they are."""
        return self.text("These are the choices of {email}.", email=email)

    def sample_of(self, at: datetime, count: int) -> str:
        """Above the stories that an edition would have had for the reader."""
        return self.plural(
            "With these choices, the edition of {date} would have had {count} story for you:",
            "With these choices, the edition of {date} would have had {count} stories for you:",
            count,
            date=self.day(at),
        )

    def nothing_of(self, at: datetime) -> str:
        """In place of them, if there is none."""
        return self.text(
            "With these choices, the edition of {date} would have had nothing for you, and no"
            " email would have come.",
            date=self.day(at),
        )

    def paused_until(self, day: datetime, *, catch_up: bool) -> str:
        """That nothing comes for a while, and what comes then."""
        date = self.day(day)
        if catch_up:
            return self.text(
                "You get nothing before {date}. Then it begins again by itself, with the best of"
                " what you missed.",
                date=date,
            )
        return self.text(
            "You get nothing before {date}. Then it begins again by itself; what comes meanwhile"
            " passes you by.",
            date=date,
        )

    def leave_one(self, newsletter: str) -> str:
        """On the button that ends one newsletter."""
        return self.text("Unsubscribe from {newsletter}", newsletter=newsletter)

    def left_all_means(self, email: str) -> str:
        """What leaving everything did."""
        return self.text(
            "{email} gets no more mail from us, for good. A message that is on its way already may"
            " still arrive.",
            email=email,
        )

    def confirm_question(self, newsletters: str) -> str:
        """Asked before somebody is subscribed."""
        return self.text("Subscribe to {newsletters}?", newsletters=newsletters)

    def confirm_means(self, email: str) -> str:
        """What the button does."""
        return self.text(
            "{email} gets it from the next edition on. Before you press the button, nothing is"
            " sent.",
            email=email,
        )

    def joined_means(self, email: str, newsletters: str) -> str:
        """What the button did."""
        return self.text(
            "{email} gets {newsletters} from the next edition on.",
            email=email,
            newsletters=newsletters,
        )
