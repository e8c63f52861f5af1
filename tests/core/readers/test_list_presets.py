"""Which system a list is from, and what its columns are."""

import pytest

from digest.core.readers.list_presets import FIELDS, PLAIN_LIST, PRESETS, preset_of

HEADERS = {
    "mailchimp": "Email Address,First Name,MEMBER_RATING,LEID,EUID",
    "substack": "email,active_subscription,expiry,plan,email_disabled,created_at",
    "ghost": "id,email,name,note,subscribed_to_emails,complimentary_plan,created_at,labels",
    "buttondown": "email_address,creation_date,type,tags",
    "beehiiv": "email,First Name,status,tier,created_at,unsubscribed_at",
    "kit": "first_name,email_address,state,created_at,tags",
    "brevo": "EMAIL,LASTNAME,EMAIL_BLACKLISTED,SMS_BLACKLISTED,ADDED_TIME",
    "listmonk": "uuid,email,name,attributes,status",
    "": "email,name,city",
}


@pytest.mark.parametrize("system", HEADERS)
def test_a_system_is_known_by_its_columns(system):
    names = HEADERS[system].split(",")
    assert preset_of(names) == system
    assert preset_of([name.upper() for name in reversed(names)]) == system


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("E-Mail-Adresse", "email"), ("Adresse e-mail", "email"), ("Correo electrónico", "email"),
        ("Vorname", "first_name"), ("Apellidos", "last_name"), ("OPTIN_IP", "consent_ip"),
        ("Created At", "joined"), ("Langue", "language"), ("shoe size", ""),
    ],
)  # fmt: skip
def test_usual_names_of_columns_are_known_in_several_languages(column, field):
    assert PLAIN_LIST.field_of(column) == field


def test_every_field_is_known_by_its_own_name():
    assert [PLAIN_LIST.field_of(name) for name in FIELDS] == list(FIELDS)


def test_who_pays_is_told_by_the_columns_of_each_system():
    assert PRESETS["substack"].pays({"activesubscription": "TRUE"})
    assert not PRESETS["substack"].pays({"activesubscription": "false"})
    assert PRESETS["ghost"].pays({"tiers": "Gold"})
    assert not PRESETS["ghost"].pays({"tiers": "Free"})
