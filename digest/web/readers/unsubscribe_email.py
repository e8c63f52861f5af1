"""The letter that says that somebody was unsubscribed, for who left by a page.

A mail program's one click gets none: it is answered where it is made, and a message in return for
it is what people complain about.
"""

from starlette.background import BackgroundTask

from digest.actions.readers.subscribe import UnsubscribeLink
from digest.actions.transactional import unsubscribe_email
from digest.app import App


def farewell_task(app: App, link: UnsubscribeLink) -> BackgroundTask | None:
    """What is to be done once the page is answered, where the config asks for it."""
    newsletters = app.settings.newsletter_values()
    newsletter = next((one for one in newsletters if one.slug == link.newsletter), None)
    if not app.settings.signup.goodbye or newsletter is None:
        return None
    return BackgroundTask(
        unsubscribe_email.send_unsubscribe_email, app.post, link, newsletter, app.secret
    )
