"""The security policy of the story's project, as it stands at the start, after its change and after its new coat."""

_HEAD = """\
# Security policy of Quillpost

Quillpost is a small IMAP and calendar server. This page says which versions get security fixes and how to tell us.

## Supported versions

"""

_TAIL = """
Fixes are made for the newest line first and are carried back to every line that is still supported.

## Reporting a vulnerability

Please do not open a public issue. Write to {contact}, or use the private form under
*Security → Report a vulnerability*. You will hear from a person within two working days, and get a first
assessment within seven.

## What is not a vulnerability

Missing hardening headers on the start page, and anything that needs the administrator's own password.
"""

AT_FIRST = f"""{_HEAD}\
| Version | Supported          | Until      |
| ------- | ------------------ | ---------- |
| 2.3.x   | :white_check_mark: |            |
| 2.2.x   | :white_check_mark: | 2031-09-30 |
| < 2.2   | :x:                |            |
{_TAIL.format(contact="security@quillpost.example")}"""

CHANGED = f"""{_HEAD}\
| Version | Supported          | Until      |
| ------- | ------------------ | ---------- |
| 2.4.x   | :white_check_mark: |            |
| 2.3.x   | :white_check_mark: | 2031-12-31 |
| 2.2.x   | :white_check_mark: | 2031-06-30 |
| < 2.2   | :x:                |            |
{_TAIL.format(contact="psirt@quillpost.example")}"""

REFORMATTED = f"""{_HEAD}\
Version | Supported | Until
:---: | :---: | ---:
**2.4.x** | ✅ | –
**2.3.x** | ✅ | 2031-12-31
**2.2.x** | ✅ | 2031-06-30
**< 2.2** | ❌ | –
{_TAIL.format(contact="<psirt@quillpost.example>")}"""
