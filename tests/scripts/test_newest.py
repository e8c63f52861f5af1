"""`scripts/newest`: which versions it asks for, and which differ from the lock."""

from scripts.newest import differences, requirements

PROJECT = {
    "name": "digest",
    "dependencies": ["aiosmtplib>=5.1.3,<6", "tzdata", 'uvloop<1,>=0.2; os_name == "posix"'],
    "optional-dependencies": {
        "demo": ["aiosmtpd>=1.4.6"],
        "dev": ["digest[demo]", "dkimpy[ed25519]>=1.1.8,!=1.1.9,==1.*"],
    },
}


def test_it_asks_for_what_is_allowed_with_all_extras():
    assert requirements(PROJECT, beyond=False) == [
        "aiosmtpd>=1.4.6",
        "aiosmtplib<6,>=5.1.3",
        "dkimpy[ed25519]!=1.1.9,==1.*,>=1.1.8",
        "tzdata",
        'uvloop<1,>=0.2; os_name == "posix"',
    ]


def test_beyond_it_asks_for_what_is_not_allowed():
    assert requirements(PROJECT, beyond=True) == [
        "aiosmtpd>=1.4.6",
        "aiosmtplib>=5.1.3",
        "dkimpy[ed25519]!=1.1.9,>=1.1.8",
        "tzdata",
        'uvloop>=0.2; os_name == "posix"',
    ]


def test_it_says_which_versions_differ_from_the_lock():
    lock = (
        "babel==2.18.0 \\\n    --hash=sha256:0\n    # via courlan\n"
        "cffi==2.1.1 ; os_name == 'nt' \\\n    --hash=sha256:1\n"
    )
    versions = {"babel": "2.19.0", "cffi": "2.1.1", "new": "1"}
    assert differences(lock, versions) == ["babel 2.18.0 → 2.19.0", "new not there → 1"]
