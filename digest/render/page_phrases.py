"""What the pages for readers say: joining."""

from digest.render.phrase import Phrase


class JoiningPhrases:
    """The words of the pages on which readers join."""

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

    def text(self, source: str, **values: str) -> str:
        """A phrase, with these values in place of {their names}."""
        raise NotImplementedError

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
